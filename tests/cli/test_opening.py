"""A session file is done again as it was recorded, by whatever command reads it; what differs is said."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from nnlab.engine.device import THREAD_VARIABLES
from nnlab.session import Session
from nnlab.session.keyframe import keyframe_path

SCRIPT = "data xor\nnet dense 4 tanh | dense 1\nrun 20 steps\n"


def recorded(path: Path, seed: int = 7, *actions: str) -> float:
    """A session kept at ``path``; its loss."""
    session = Session(path, seed=seed)
    for line in (*SCRIPT.splitlines(), *actions):
        session.execute(line)
    loss = session.need_run().loss
    session.close()
    return loss


def explained(nnlab, path: Path, *words: str) -> float:  # type: ignore[no-untyped-def]
    done = nnlab("explain", "loss", "--session", str(path), "--json", *words)
    assert done.returncode == 0, done.stderr
    return float(json.loads(done.stdout)["payload"]["value"])


def test_explain_computes_with_the_seed_of_the_file(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    loss = recorded(path)
    assert explained(nnlab, path) == loss
    keyframe_path(path).unlink()
    assert explained(nnlab, path) == loss
    assert explained(nnlab, path, "--seed", "8") != loss, "another seed may be asked for"


@pytest.mark.parametrize("how", ["file", "run -", "plain", "bare"])
def test_a_saved_session_runs_with_the_seed_it_was_recorded_with(nnlab, tmp_path: Path, how: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    loss = recorded(path)
    text = path.read_text() + "explain loss\n"
    path.write_text(text)
    words = {"file": ("run", str(path)), "run -": ("run", "-"), "plain": ("--plain",), "bare": ()}[how]
    done = nnlab(*words, stdin="" if how == "file" else text)
    assert done.returncode == 0, done.stderr
    assert f"{loss:.4g}" in done.stdout


def test_a_session_run_again_undoes_as_much_as_it_did(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Training that was still going on when it was written down is one change with what follows it."""
    path = tmp_path / "s.nnl"
    path.write_text(
        "# nnlab session 1\n# seed: 3\ndata xor\nnet dense 2 tanh | dense 1\n"
        "run to step 5 …\t# run 9 steps: going on\nrun to step 9\t# run 9 steps: reached\nundo\n"
    )
    resumed = Session.resume(path)
    assert resumed.need_run().step_count == 0
    resumed.close()
    done = nnlab("run", "-", stdin=path.read_text() + "explain loss\n")
    assert "take a step first" in done.stdout


def test_as_many_threads_as_recorded_where_nobody_asks(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    recorded(path)
    then = next(line for line in path.read_text().splitlines() if line.startswith("# threads"))
    path.write_text(path.read_text().replace(then, f"# threads: {os.cpu_count()}"))
    free = dict.fromkeys(THREAD_VARIABLES)
    assert "threads was" not in nnlab("explain", "loss", "--session", str(path), **free).stderr
    asked = nnlab("explain", "loss", "--session", str(path), "--threads", "777", **free)
    assert f"threads was {os.cpu_count()} when this session was recorded and is 777 here" in asked.stderr


def test_a_changed_data_file_is_said_by_every_command(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table, path = tmp_path / "x.csv", tmp_path / "s.nnl"
    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(40)]
    table.write_text("a,b,c\n" + "\n".join(rows) + "\n")
    session = Session(path)
    for line in (f'data file:"{table}"', "net dense 2 tanh | dense 1", "run 20 steps"):
        session.execute(line)
    loss = session.need_run().loss
    session.close()
    table.write_text("a,b,c\n" + "\n".join(rows[::-1]) + "\n")
    explain = nnlab("explain", "loss", "--session", str(path), "--json")
    assert "has changed" in explain.stderr
    assert json.loads(explain.stdout)["payload"]["value"] != loss, "computed with the data there are"
    assert "has changed" in nnlab("run", str(path)).stdout
    piped = nnlab("--plain", "--session", str(path), stdin="explain loss\n")
    assert "has changed" in piped.stdout
    assert nnlab("explain", "loss", "--session", str(path)).stdout in piped.stdout


def test_explain_goes_on_from_the_keyframe(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    loss = recorded(path)
    text = path.read_text()
    session = Session.resume(path)
    session.run.history._losses[5] = 77.0  # what only the keyframe can know
    session.close()
    assert path.read_text() == text
    copy = Session.copy(type(session.log).copy(path))
    assert copy.need_run().history.losses[4] == 77.0
    assert explained(nnlab, path) == loss


def test_training_that_no_memory_takes_is_refused_at_once(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    path.write_text("# nnlab session 1\n# seed: 1\n" + SCRIPT + "run to step 99999999999\n")
    began = time.monotonic()
    for words in (("explain", "loss", "--session", str(path)), ("run", str(path))):
        done = nnlab(*words, timeout=30)
        assert done.returncode == 2
        assert "99,999,999,999 steps need" in done.stderr + done.stdout
        assert "line 6" in done.stderr + done.stdout
    assert time.monotonic() - began < 25


def test_a_long_replay_says_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    recorded(path, 7, "run to step 900")
    keyframe_path(path).unlink()
    monkeypatch.setattr("nnlab.session.catchup.SECONDS", 0.0)
    told: list[tuple[int, int]] = []
    session = Session.resume(path, on_replay=lambda step, last: told.append((step, last)))
    session.close()
    assert told
    assert {last for _step, last in told} <= {20, 900}
    assert all(step < last for step, last in told)


def test_a_session_file_with_the_line_ends_of_windows_opens(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    loss = recorded(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert explained(nnlab, path) == loss
    session = Session.resume(path)
    assert session.differences == []
    session.execute("lr 0.5")
    session.close()
    assert Session.resume(path).history[-2:] == ["run to step 20", "lr 0.5"]


def test_a_file_as_long_as_no_session_is_refused_before_it_is_read(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "long.nnl"
    with path.open("wb") as file:
        file.write(b"# nnlab session 1\n")
        file.truncate(2_000_000_000)
    for words in (
        ("run", str(path)),
        ("explain", "loss", "--session", str(path)),
        ("--plain", "--session", str(path)),
    ):
        done = nnlab(*words)
        assert done.returncode == 2, done.stdout
        assert "is longer than 64 MB" in done.stderr


def test_a_session_file_that_is_there_is_answered_with_how_to_go_on(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "my session.nnl"
    recorded(path)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    before = path.read_bytes(), other.read_bytes()
    for words in (("run", "-"), ("train", "dense 1", "--data", "xor")):
        assert f"nnlab --plain --session '{path}'" in nnlab(*words, "--session", str(path)).stderr
        assert "is no session" in nnlab(*words, "--session", str(other)).stderr
    assert (path.read_bytes(), other.read_bytes()) == before


def test_explain_names_the_line_of_a_script_that_is_wrong(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "a.nnl"
    path.write_text("# mine\ndata xor\n\nnett dense 1\n")
    done = nnlab("explain", "loss", "--session", str(path))
    assert done.returncode == 2
    assert f"{path}, line 4: " in done.stderr


def test_a_session_of_a_gpu_opens_where_there_is_none(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    recorded(path)
    path.write_text(path.read_text().replace("# device: auto", "# device: gpu"))
    try:
        import cupy  # noqa: F401

        pytest.skip("there is a GPU here")
    except ImportError:
        pass
    session = Session.resume(path)
    assert "device was gpu when this session was recorded and is auto here" in session.differences
    session.close()


@pytest.mark.parametrize("knob", ["lr 0.01", "l2 0.1", "clip norm 1", "edit dense1.W[0,0] 2"])
def test_a_session_whose_last_line_turns_a_knob_can_be_explained(nnlab, tmp_path: Path, knob: str) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    loss = recorded(path, 7, knob)
    assert explained(nnlab, path) == loss
    assert "of step 20" in nnlab("explain", "loss", "--session", str(path)).stdout


@pytest.mark.parametrize("words", [(), ("--plain",), ("lesson", "run", "a1"), ("run", "-")], ids=" ".join)
def test_a_script_in_a_pipe_leaves_the_settings_as_they_are(
    nnlab, tmp_path: Path, words: tuple[str, ...]
) -> None:
    kept = tmp_path / "home" / "config" / "settings.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"theme": "light"}')
    done = nnlab(*words, stdin="setting theme dark\nsetting accessible yes\n")
    assert "A script keeps no settings" in done.stdout
    assert kept.read_text() == '{"theme": "light"}'

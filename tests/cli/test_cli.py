"""The command line as people use it: in a process of its own, with pipes for terminals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from nnlab.cli import main, parser
from nnlab.engine import device
from nnlab.session import Session

ROOT = Path(__file__).resolve().parents[2]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from nnlab.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'textual', 'rich', 'sqlalchemy', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_run_does_not_load_the_screen(tmp_path: Path) -> None:
    script = tmp_path / "a.nnl"
    script.write_text("data xor\nnet dense 2 tanh | dense 1\nstep batch\n")
    code = (
        f"import sys; from nnlab.cli import main; code = main(['run', {str(script)!r}])\n"
        "heavy = {'textual', 'rich', 'sqlalchemy', 'plotext'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_a_script_prints_text_or_json(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    script = tmp_path / "a.nnl"
    script.write_text(
        "# a comment\ndata xor\nnet dense 2 tanh | dense 1\nrun 3 steps\nexplain dense2.z[0,0]\n"
    )
    text = nnlab("run", str(script))
    assert text.returncode == 0, text.stderr
    assert "z = x·W + b" in text.stdout
    as_json = nnlab("run", str(script), "--json")
    rows = [json.loads(line) for line in as_json.stdout.splitlines()]
    explained = next(r for r in rows if r.get("action", "").startswith("explain"))
    assert explained["payload"]["address"] == "dense2.z[0,0]"


def test_until_trains_on_to_a_condition(nnlab) -> None:  # type: ignore[no-untyped-def]
    done = nnlab("run", "-", "--until", "step = 7", stdin="data xor\nnet dense 2 tanh | dense 1\n")
    assert done.returncode == 0, done.stderr
    assert "step 7" in done.stdout


@pytest.mark.parametrize(
    ("words", "stdin", "sentence"),
    [
        (("run", "/no/such/file"), "", "cannot be read"),
        (("run", "-"), "dataa xor\n", "did you mean"),
        (("run", "-"), "data xor\nnet dense 2 | dense 1000000000\nstep\n", "memory"),
        (("train", "dense 3", "--data", "digits", "--epochs", "0"), "", "1 or more"),
        (("train", "dense 3", "--data", "digits"), "", "10 units"),
        (("train", "dens 3", "--data", "digits"), "", "dense"),
        (("train", "dense 10", "--data", "digit"), "", "digits"),
        (("train", "dense 10", "--data", "digits", "--lr", "nan"), "", "learning rate"),
        (("explain", "dense1.W[0,0]", "--session", "/no/such"), "", "cannot be read"),
        (("lesson", "run", "neurone"), "", "neuron"),
        (("data", "import", "/no/such.csv"), "", "/no/such.csv"),
        (("nonsense",), "", "nonsense"),
        (("--threads", "0"), "", "threads"),
        (("--threads", "100000"), "", "from 1 to 1024"),
        (("tran", "x"), "", "did you mean “train”?"),
        (("lesson", "rnu"), "", "did you mean “run”?"),
        (("--device", "tpu"), "", "did you mean “gpu”?"),
        (("--language", "xx"), "", "choose from 'auto', 'en', 'zh'"),
        (("run", "a.nnl", "--sesion", "b"), "", "did you mean “--session”?"),
        (("train", "dense 1", "--data", "xor", "--epocs", "3"), "", "did you mean “--epochs”?"),
    ],
)
def test_bad_input_gets_one_sentence_and_code_2(nnlab, words, stdin: str, sentence: str) -> None:  # type: ignore[no-untyped-def]
    done = nnlab(*words, stdin=stdin)
    said = done.stderr + done.stdout
    assert done.returncode == 2, said
    assert sentence in said
    assert "Traceback" not in said


def test_without_a_terminal_lines_are_actions_and_silence_is_the_demo(nnlab) -> None:  # type: ignore[no-untyped-def]
    piped = nnlab(stdin="data xor\nshow data\n")
    assert piped.returncode == 0, piped.stderr
    assert "xor" in piped.stdout
    demo = nnlab()
    assert demo.returncode == 0, demo.stderr
    assert "dense2.W[3,7].grad" in demo.stdout


def test_explain_reads_a_session_file_and_leaves_it_alone(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    nnlab("run", "-", "--session", str(path), stdin="data xor\nnet dense 2 tanh | dense 1\nrun 5 steps\n")
    before = path.read_bytes()
    done = nnlab("explain", "dense1.W[0,1].grad", "--session", str(path), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["payload"]["step"] == 5
    earlier = nnlab("explain", "dense1.W[0,1].grad", "--session", str(path), "--step", "2", "--json")
    assert json.loads(earlier.stdout)["payload"]["step"] == 2
    assert path.read_bytes() == before


def test_own_data_is_checked_and_kept(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    table = tmp_path / "mine.csv"
    table.write_text("a,b,kind\n" + "\n".join(f"{i},{i % 3},{'xy'[i % 2]}" for i in range(30)))
    done = nnlab("data", "import", str(table), "--json")
    assert done.returncode == 0, done.stderr
    spec = json.loads(done.stdout)["spec"]
    table.unlink()
    assert nnlab("train", "dense 1", "--data", spec, "--epochs", "1").returncode == 0


def test_doctor_says_what_it_found(nnlab) -> None:  # type: ignore[no-untyped-def]
    done = nnlab("doctor", "--json")
    report = json.loads(done.stdout)
    assert {"versions", "device", "terminal", "folders", "settings"} <= set(report)


def test_a_lesson_can_be_taken_by_typing(nnlab) -> None:  # type: ignore[no-untyped-def]
    first = nnlab("lesson", "run", "a1", stdin="next\nanswer 0.5\n")
    assert first.returncode == 0, first.stderr
    assert "✓" in first.stdout
    again = nnlab("lesson", "run", "neuron")
    assert again.stdout != first.stdout, "progress was kept"
    assert "a1" in nnlab("lesson", "list").stdout


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_ends_the_proof_of_lessons(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    def proof(lesson: object, sessions: Callable[[], Session], **how: object) -> None:
        bench = sessions()
        for line in ("data xor", "net dense 1", "run 50 epochs"):
            bench.execute(line)

    monkeypatch.setattr("nnlab.lesson.proving.check_lesson", proof)
    monkeypatch.setattr(Session, "reached", lambda self: os.kill(os.getpid(), signal.SIGINT))
    assert main(["lesson", "check", "neuron"]) == 130


def test_a_new_lesson_passes_its_own_check(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    made = nnlab("lesson", "new", "z1_mine", "--to", str(tmp_path))
    assert made.returncode == 0, made.stderr
    done = nnlab("lesson", "check", "z1", "--lessons", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_error_is_json_too_where_json_was_asked_for(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    missing = nnlab("run", str(tmp_path / "none.nnl"), "--json")
    assert missing.returncode == 2
    assert "none.nnl" in json.loads(missing.stdout)["error"]
    refused = nnlab("run", "-", "--json", stdin="data xor\n\nstep 3 layr\n")
    assert refused.returncode == 2
    last = json.loads(refused.stdout.splitlines()[-1])
    assert (last["word"], last["line"]) == ("layr", 3)


def test_a_check_that_does_not_hold_is_exit_code_1(nnlab) -> None:  # type: ignore[no-untyped-def]
    wrong = nnlab("lesson", "run", "a1", stdin="go 6\nanswer 3\n")
    assert wrong.returncode == 1
    assert "this rule fires" in wrong.stdout


def test_a_lesson_left_in_the_middle_goes_on_with_its_bench(nnlab) -> None:  # type: ignore[no-untyped-def]
    nnlab("lesson", "run", "a1", stdin="go 4\nedit dense1.W[0,0] 1\nedit dense1.W[1,0] 1\n")
    again = nnlab("lesson", "run", "a1", stdin="edit dense1.b[0] -1.5\nanswer\n")
    assert "[4/10]" in again.stdout
    assert again.returncode == 0, again.stdout


def test_progress_travels_in_one_file(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    nnlab("lesson", "run", "a1", stdin="next\nanswer 0.5\n")
    kept = tmp_path / "progress.json"
    assert nnlab("lesson", "export", str(kept)).returncode == 0
    merged = nnlab("lesson", "import", str(kept))
    assert merged.returncode == 0, merged.stderr
    assert "1 lessons begun" in merged.stdout
    assert nnlab("lesson", "import", str(tmp_path / "none.json")).returncode == 2


def test_recall_says_when_a_question_comes_back(nnlab) -> None:  # type: ignore[no-untyped-def]
    assert "no question is waiting" in nnlab("lesson", "recall").stdout
    nnlab("lesson", "run", "a1", stdin="next\nanswer 0.5\n")
    assert "in 2 days" in nnlab("lesson", "recall").stdout


def test_a_script_from_windows_runs(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    script = tmp_path / "script.nnl"
    script.write_bytes(b"\xef\xbb\xbfdata xor\r\nnet dense 2 tanh | dense 1\r\nrun 3 steps\r\n")
    done = nnlab("run", str(script))
    assert done.returncode == 0, done.stderr
    assert "step 3 reached" in done.stdout


@pytest.mark.parametrize("word", ["cuda", "gpu"])
def test_a_gpu_may_be_called_cuda(word: str) -> None:
    assert parser.build().parse_args(["train", "dense 1", "--data", "xor", "--device", word]).device == "gpu"


@pytest.mark.skipif(find_spec("cupy") is not None, reason="CuPy is installed")
@pytest.mark.parametrize("word", ["cuda", "gpu"])
@pytest.mark.parametrize(
    "words",
    [
        ("zoo", "train", "xor"),
        ("zoo", "train", "tree"),
        ("sweep", "dense 1", "--data", "xor", "--vary", "lr=0.1,0.01"),
        ("train", "dense 1", "--data", "xor"),
        ("run", "-"),
        ("lesson", "check", "neuron"),
        ("lesson", "run", "neuron"),
        ("demo", "--fast"),
    ],
)
def test_where_there_is_no_gpu_none_is_computed_with(capsys, words: tuple[str, ...], word: str) -> None:  # type: ignore[no-untyped-def]
    assert main(["--language", "en", *words, "--device", word]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("nnlab: --device gpu: CuPy is not installed; ")
    assert err.count("\n") == 1


@pytest.mark.skipif(find_spec("cupy") is not None, reason="CuPy is installed")
def test_doctor_says_why_there_is_no_gpu(nnlab) -> None:  # type: ignore[no-untyped-def]
    assert "✗ --device gpu: CuPy is not installed" in nnlab("doctor", "--device", "gpu").stdout


@pytest.mark.parametrize(
    "words", [("zoo", "train", "xor"), ("sweep", "dense 1", "--data", "xor", "--vary", "lr=0.1,0.01")]
)
def test_a_gpu_that_does_not_compute_is_told_before_training(capsys, monkeypatch, words) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(device, "has_cupy", lambda: True)
    monkeypatch.setattr(device, "_gpu", lambda: (None, "no driver"))
    assert main(["--language", "en", *words, "--device", "gpu"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "nnlab: --device gpu: no driver\n")


def test_a_script_leaves_the_settings_alone_and_lost_devices_end_nothing(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert nnlab("run", "-", stdin="setting theme light\nsetting language zh\n").returncode == 0
    kept = tmp_path / "home" / "config" / "settings.json"
    assert not kept.exists()
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text('{"device": "gpu"}')
    done = nnlab("run", "-", stdin="data xor\nnet dense 1\nstep\n")
    if find_spec("cupy") is None:
        assert done.returncode == 0, done.stderr
        assert "device gpu is not used" in nnlab("doctor").stdout


def test_the_demonstration_prints_both_passes(nnlab) -> None:  # type: ignore[no-untyped-def]
    shown = nnlab("demo", "--fast").stdout
    tape = shown.partition("> show tape")[2].partition("\n\n")[0]
    assert tape.count(".  forward ") == 3
    assert tape.count(".  backward ") == 4
    assert "dense2.z (32×10)" in shown
    assert "dense2.z.grad (32×10)" in shown


def test_doctor_tries_whether_folders_can_be_written(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert str(tmp_path / "home" / "data") + " (can be written)" in nnlab("doctor").stdout
    (tmp_path / "file").write_text("")
    for home in ("/proc/x", str(tmp_path / "file" / "x")):
        done = nnlab("doctor", NNLAB_HOME=home)
        assert f"✗ {home}/data (cannot be written" in done.stdout
        assert done.returncode == 1

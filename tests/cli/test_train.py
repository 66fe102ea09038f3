"""``nnlab train`` says how training ended, to people, to programs and by its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.session.text import render_history
from nnlab.training.history import History
from tests.cli.conftest import ROOT

BROKEN = ("train", "dense 4 | dense 1", "--data", "sine", "--optimizer", "sgd lr=1e20")


def test_a_number_that_breaks_down_is_told_with_what_made_it(nnlab) -> None:  # type: ignore[no-untyped-def]
    done = nnlab(*BROKEN)
    assert done.returncode == 1
    assert "stopped at step 2: dense2.z[0,0] became inf in dense2" in done.stdout
    assert "from dense1.z[0,0]" in done.stdout


def test_a_breakdown_is_valid_json(nnlab) -> None:  # type: ignore[no-untyped-def]
    done = nnlab(*BROKEN, "--json")
    assert done.returncode == 1

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    last = [json.loads(line, parse_constant=refuse) for line in done.stdout.splitlines()][-1]
    assert (last["ended"], last["steps"], last["test"]["loss"]) == ("nan", 2, None)
    assert "became inf" in last["text"]


def test_the_end_that_was_asked_for_is_told_too(nnlab) -> None:  # type: ignore[no-untyped-def]
    words = ("train", "dense 2 tanh | dense 1", "--data", "xor")
    done = nnlab(*words, "--until", "step = 3")
    assert done.returncode == 0
    assert "stopped at step 3: step = 3" in done.stdout
    rows = nnlab(*words, "--epochs", "2", "--json").stdout.splitlines()
    assert json.loads(rows[-1])["ended"] == "reached"


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("kept", [False, True])
def test_interrupted_training_says_so_and_what_is_kept(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "s.nnl"
    words = ["train", "dense 2 tanh | dense 1", "--data", "xor", "--epochs", "100000000", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", *words, *(["--session", str(path)] if kept else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NNLAB_HOME": str(tmp_path / "home"), "NNLAB_LANG": "en"},
    )
    assert process.stdout is not None
    process.stdout.readline()  # an epoch is done: it trains
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 130
    assert (last["ended"], last["text"]) == ("paused", f"paused at step {last['steps']}")
    assert ("is kept in" in err) == kept
    if kept:
        assert f"run to step {last['steps']}\t" in path.read_text()


@pytest.mark.skipif(os.name != "posix", reason="ulimit")
@pytest.mark.parametrize(
    "words",
    [
        ("train", "dense 2 tanh | dense 1", "--data", "xor", "--epochs", "2"),
        ("run", "-"),
        ("--plain",),
    ],
)
def test_a_session_that_cannot_be_kept_is_told_and_is_an_exit_status(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "s.nnl"
    done = subprocess.run(
        [
            "sh",
            "-c",
            'ulimit -f 0; exec "$@"',
            "sh",
            sys.executable,
            "-m",
            "nnlab",
            *words,
            "--session",
            str(path),
        ],
        input="data xor\nnet dense 1\nrun 2 epochs\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NNLAB_HOME": str(tmp_path / "home"), "NNLAB_LANG": "en"},
        timeout=60,
    )
    said = " ".join((done.stderr if words[0] == "train" else done.stdout).split())
    assert done.returncode == 2, done.stdout + done.stderr
    assert said.count(f"the session file {path} cannot be written") == 1
    assert "save FILE" in said
    assert "epoch" in done.stdout
    assert not path.exists()


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_where_nothing_is_kept_claims_nothing(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    process = subprocess.Popen(
        [sys.executable, "-m", "nnlab", "run", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "NNLAB_HOME": str(tmp_path / "home"), "NNLAB_LANG": "en"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("data xor\nshow data\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "nnlab: interrupted\n"


def test_the_best_loss_is_a_number_where_the_last_is_none() -> None:
    history = History("accuracy")
    history.room(3)[1:4] = (2.0, 1.0, float("nan"))
    history.count = 3
    assert "1 at best (step 2)" in "\n".join(render_history(history))


def test_patience_ends_training_with_the_best_weights(nnlab):  # type: ignore[no-untyped-def]
    done = nnlab(
        "train", "dense 64 tanh | dense 1", "--data", "moons n=60 noise=0.4", "--epochs", "200", "--lr",
        "0.05", "--batch", "8", "--patience", "4", "--json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    *epochs, summary = map(json.loads, done.stdout.splitlines())
    best = min(epochs, key=lambda row: row["val_loss"])
    assert summary["ended"] == "patience"
    assert summary["steps"] == best["step"]
    assert summary["val_metric"] == best["val_metric"]
    assert summary["epochs"] == best["epoch"] + 4


def test_accuracy_against_size_of_a_file_is_shown(nnlab, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "iris.safetensors"
    script = tmp_path / "script.nnl"
    script.write_text(f"data iris\nnet dense 8 relu | dense 3\nlr 0.03\nrun 20 epochs\nexport {file}\n")
    assert nnlab("run", str(script)).returncode == 0
    done = nnlab("shrink", str(file), "--data", "iris", "--json")
    assert done.returncode == 0, done.stderr
    pruned, rounded = (json.loads(line)["payload"] for line in done.stdout.splitlines())
    assert (pruned["way"], rounded["way"]) == ("prune", "quantise")
    assert pruned["rows"][0]["metric"] == rounded["rows"][0]["metric"]
    alone = nnlab("shrink", str(file), "--data", "iris", "--way", "quantise", "--part", "test")
    assert "as it is" in alone.stdout
    assert nnlab("shrink", str(file), "--data", "digits").returncode == 2

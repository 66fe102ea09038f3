"""Standard streams may be closed, full or of another encoding: one sentence at most, never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.cli import main, streams
from tests.cli.conftest import ROOT

SCRIPT = "data xor\nnet dense 2 tanh | dense 1\nrun 3 steps\nexplain dense1.z[0,0]\n"

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")


def shell(
    command: str, tmp_path: Path, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """``command`` in a shell, where ``nnlab`` is this program."""
    script = tmp_path / "a.nnl"
    script.write_text(SCRIPT)
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
        "NNLAB_HOME": str(tmp_path / "home"),
        "NNLAB_LANG": "en",
        "PYTHONPATH": str(ROOT),
        **variables,
    }
    head = f'nnlab() {{ "{sys.executable}" -m nnlab "$@"; }}; '
    return subprocess.run(
        ["bash", "-c", head + command],
        input=stdin,
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path,
        timeout=60,
    )


@needs_full
@pytest.mark.parametrize("buffered", ["", "1"])
@pytest.mark.parametrize(
    "words",
    [
        *("demo --fast", "data list", "doctor", "lesson list", "--help", "--version", "run a.nnl"),
        *("run a.nnl --json", "train 'dense 1' --data xor", "--plain <a.nnl", "explain loss --session a.nnl"),
    ],
)
def test_a_full_device_is_told_in_one_sentence(tmp_path: Path, words: str, buffered: str) -> None:
    done = shell(f"nnlab {words} >/dev/full", tmp_path, PYTHONUNBUFFERED=buffered)
    assert done.returncode == 2
    assert done.stderr.splitlines() == ["nnlab: the output cannot be written (No space left on device)"]


@needs_full
@pytest.mark.parametrize("end", ["2>/dev/full", "2>&-"])
def test_where_complaints_cannot_be_heard_the_exit_code_still_tells(tmp_path: Path, end: str) -> None:
    assert shell(f"nnlab nonsense {end}", tmp_path).returncode == 2
    assert shell(f"nnlab run a.nnl {end}", tmp_path).returncode == 0


@posix
@pytest.mark.parametrize(
    "command", ["nnlab --plain <&-", "nnlab run - <&-", "nnlab run a.nnl >&-", "nnlab run a.nnl <&- >&- 2>&-"]
)
def test_closed_streams_are_ends_where_nothing_comes_and_everything_goes(
    tmp_path: Path, command: str
) -> None:
    done = shell(command, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@posix
def test_a_session_is_kept_though_its_output_goes_nowhere(tmp_path: Path) -> None:
    shell("nnlab run a.nnl --session s.nnl >&-", tmp_path)
    assert "run to step 3" in (tmp_path / "s.nnl").read_text()


@posix
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path, buffered: str) -> None:
    done = shell("nnlab run a.nnl | true; echo ${PIPESTATUS[0]}", tmp_path, PYTHONUNBUFFERED=buffered)
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_an_error_that_is_not_of_the_output_is_still_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_arguments: object) -> int:
        raise OSError(28, "somewhere else")

    monkeypatch.setattr("nnlab.cli.doctor.main", broken)
    before = sys.stdout, sys.stderr
    with pytest.raises(OSError, match="somewhere else"):
        main(["doctor"])
    assert (sys.stdout, sys.stderr) == before


@pytest.mark.parametrize(
    ("words", "encoding"),
    [("run a.nnl", "ascii"), ("--glyphs ascii run a.nnl", "utf-8"), ("--glyphs ascii demo --fast", "utf-8"),
     ("--glyphs ascii explain 'dense1.z[0,0]' --session a.nnl", "utf-8"), ("demo --fast", "ascii"),
     ("train 'dense 1' --data xor --epochs 1", "ascii")],
)  # fmt: skip
@posix
def test_signs_that_are_not_there_are_written_in_seven_bits(
    tmp_path: Path, words: str, encoding: str
) -> None:
    done = shell(f"nnlab {words}", tmp_path, PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "?" not in done.stdout
    if "run" in words:
        assert "z = x*W + b" in done.stdout


@posix
def test_complaints_are_written_in_seven_bits_too(tmp_path: Path) -> None:
    said = shell("nnlab --glyphs ascii explain '“' --session a.nnl", tmp_path)
    assert said.stderr
    assert said.stderr.isascii()


@posix
def test_json_stays_json_in_seven_bits(tmp_path: Path) -> None:
    for variables in ({"PYTHONIOENCODING": "ascii"}, {}):
        done = shell("nnlab --glyphs ascii run a.nnl --json", tmp_path, **variables)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert any("·" in line for row in rows for line in row.get("lines", ()))


def test_chinese_stays_where_the_encoding_has_it() -> None:
    assert streams._seven_bit("−1 “好”") == '-1 "好"'
    assert streams._seven_bit("−好", "?") == "-?"

"""The session file: written ahead, torn lines dropped, one owner, and trouble told in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.log import Entry, Log, differences, read


def test_the_file_is_readable_text_with_the_header_first(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path, seed=7)
    session.execute("data xor")
    session.execute("net dense 2 tanh | dense 1")
    session.execute("run until step = 3")
    lines = path.read_text().splitlines()
    assert lines[0] == "# nnlab session 1"
    keys = [line[2:].split(":")[0] for line in lines if line.startswith("# ") and ":" in line]
    assert keys == ["seed", "nnlab", "numpy", "python", "machine", "device", "threads", "dtype", "kernels"]
    assert lines[-1] == "run to step 3\t# run until step = 3: condition"
    session.close()
    again = Session.resume(path)
    assert again.seed == 7
    again.close()


def test_the_header_says_what_the_device_came_to(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute("data xor")
    assert "kernels" not in session.log.header
    session.execute("net dense 2 | dense 1")
    session.execute("step")
    assert session.log.header["kernels"] == session.run.machine.kernels.name
    session.close()
    path.write_text(path.read_text().replace("# kernels: ", "# kernels: other "))
    again = Session.resume(path)
    assert any("kernels was other" in line for line in again.differences)
    again.close()


def test_a_session_goes_on_with_the_kernels_it_was_recorded_with(tmp_path, monkeypatch) -> None:
    pytest.importorskip("numba", reason="Numba is not installed (the extra nnlab[fast])")
    path = tmp_path / "s.nnl"
    monkeypatch.setenv("NNLAB_KERNELS", "numba")
    session = Session(path)
    for action in ("data xor", "net dense 3 tanh | dense 1", "run 5 steps", "lr 0.2", "run 5 steps"):
        session.execute(action)
    assert session.log.header["kernels"] == "numba"
    theta = session.run.settled_theta().copy()
    session.close()
    monkeypatch.delenv("NNLAB_KERNELS")
    again = Session.resume(path)
    again.execute("undo")
    again.execute("redo")
    assert again.run.machine.kernels.name == "numba"
    assert np.array_equal(again.run.settled_theta(), theta)
    assert again.differences == []
    again.close()
    monkeypatch.setenv("NNLAB_KERNELS", "numpy")
    again = Session.resume(path)
    assert any("kernels was numba" in line for line in again.differences)
    again.close()


def test_an_action_is_on_the_disk_when_its_result_is_there(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    for action in ("data xor", "net dense 2 | dense 1", "step", "undo"):
        session.execute(action)
        assert path.read_text().splitlines()[-1] == action
    session.close()


@pytest.mark.parametrize("torn", ["lr 0.", "net dense 8", "x", "run to step 12\t# "])
def test_a_half_written_last_line_is_dropped(tmp_path: Path, torn: str) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute("data xor")
    session.close()
    with path.open("a") as file:
        file.write(torn)
    again = Session.resume(path)
    assert again.history == ["data xor"]
    assert again.log.dropped == torn
    again.execute("seed 3")
    again.close()
    assert path.read_text().splitlines()[-2:] == ["data xor", "seed 3"]


def test_a_tail_of_zero_bytes_is_dropped() -> None:
    content = b"# nnlab session 1\ndata xor\nlr 0.1\x00\x00\x00\n\x00"
    _header, entries, _dropped, whole = read(content, Path("s"))
    assert [e.text for e in entries] == ["data xor"]
    assert content[:whole].endswith(b"data xor\n")


def test_a_second_copy_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute("data xor")
    code = (
        "import sys; from nnlab.session import Session; from nnlab.errors import NnlabError\n"
        "try: Session.resume(sys.argv[1])\n"
        "except NnlabError as error: print(error); sys.exit(2)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert found.returncode == 2, found.stderr
    assert "open in another nnlab" in found.stdout
    assert path.read_text().endswith("data xor\n")
    session.close()
    Session.resume(path).close()


def test_an_existing_session_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    Session(path).close()
    with pytest.raises(NnlabError, match="already holds a session"):
        Session(path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_told_once_and_the_session_goes_on() -> None:
    session = Session("/dev/full")
    first = session.execute("data xor")
    second = session.execute("net dense 2 | dense 1")
    assert [line for line in first.lines if "cannot be written" in line]
    assert not [line for line in second.lines if "cannot be written" in line]
    assert session.history == ["data xor", "net dense 2 | dense 1"]
    session.execute("step")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    session = Session(tmp_path / "s.nnl")
    assert [line for line in session.execute("data xor").lines if "cannot be written" in line]


def test_a_folder_that_cannot_be_made_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    session = Session(tmp_path / "file" / "s.nnl")
    assert [line for line in session.execute("data xor").lines if "cannot be written" in line]
    session.execute(f"save {tmp_path / 'kept.nnl'}")
    assert (tmp_path / "kept.nnl").read_text().endswith("data xor\n")


@pytest.mark.parametrize("content", [b"hello\n", b"\xff\xfe\n", b"# nnlab session 99\n", b"PK\x03\x04\n"])
def test_a_file_that_is_no_session_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.nnl"
    path.write_bytes(content)
    with pytest.raises(NnlabError):
        Session.resume(path)
    assert path.read_bytes() == content


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match="there is no session file"):
        Session.resume(tmp_path / "nobody.nnl")


def test_what_differs_from_the_header_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute("data xor")
    session.close()
    path.write_text(path.read_text().replace("# numpy: ", "# numpy: 0."))
    again = Session.resume(path)
    assert len(again.differences) == 1
    assert again.differences[0].startswith("numpy was 0.")
    again.close()
    assert differences({"a": "1"}, {"a": "1", "b": "2"}) == []


def test_a_changed_data_file_is_reported(tmp_path: Path) -> None:
    table = tmp_path / "my table.csv"
    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(40)]
    table.write_text("a,b,c\n" + "\n".join(rows) + "\n")
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute(f'data file:"{table}"')
    assert "# sha256 " in path.read_text()
    session.log.close()
    table.write_text("a,b,c\n" + "\n".join(rows[::-1]) + "\n")
    again = Session.resume(path)
    assert [d for d in again.differences if "has changed" in d]
    again.close()


@pytest.mark.parametrize("entry", [Entry("lr 0.1"), Entry("run to step 3", "run until loss < 1: condition")])
def test_an_entry_reads_back_as_itself(entry: Entry) -> None:
    assert Entry.read(str(entry)) == entry


def test_a_log_in_memory_says_the_same(tmp_path: Path) -> None:
    on_disk, in_memory = Session(tmp_path / "s.nnl"), Session()
    for action in ("data xor", "net dense 2 | dense 1", "run 3 steps"):
        on_disk.execute(action)
        in_memory.execute(action)
    assert in_memory.log.text() == on_disk.log.text()
    content, path = (tmp_path / "s.nnl").read_bytes(), tmp_path / "s.nnl"
    assert read(content, path)[:2] == read(on_disk.log.text().encode(), path)[:2]
    assert Log().path is None
    on_disk.close()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_what_is_not_a_file_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    session = Session()
    session.execute("data xor")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(NnlabError, match="is not a file"):
            session.execute(f"save {place}")
    assert (tmp_path / "pipe").is_fifo()

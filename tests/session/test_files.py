"""Saving replaces sessions and exports of our own, and nothing else unless it is told to."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session

posix = pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")


@pytest.fixture
def session() -> Session:
    made = Session()
    for line in ("data xor", "net dense 2 tanh | dense 1", "step"):
        made.execute(line)
    return made


def test_a_file_that_is_no_session_is_replaced_only_by_force(session: Session, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("a,b\n1,2\n")
    with pytest.raises(NnlabError, match=r"is something else.*force"):
        session.execute(f"save {table}")
    assert table.read_text() == "a,b\n1,2\n"
    session.execute(f"save {table} force")
    session.execute("lr 0.5")
    session.execute(f"save {table}")
    assert table.read_text().endswith("lr 0.5\n"), "a session is replaced by a later one"


def test_the_user_s_arrays_are_replaced_only_by_force(session: Session, tmp_path: Path) -> None:
    mine = tmp_path / "mine.npz"
    np.savez(mine, x=np.zeros((3, 2)), y=np.zeros(3))
    before = mine.read_bytes()
    with pytest.raises(NnlabError, match="is something else"):
        session.execute(f"export {mine}")
    assert mine.read_bytes() == before
    session.execute(f"export {mine} force")
    session.execute(f"export {mine}")
    assert set(np.load(mine).files) == set(session.need_run().network.parameters)


def test_what_force_is_called_is_part_of_the_action(session: Session) -> None:
    for text in ("save a.nnl force", 'export "a b.npz" force', "save a.nnl"):
        assert str(session.parse(text)) == text
    with pytest.raises(NnlabError, match="did you mean “force”"):
        session.parse("save a.nnl forse")


@posix
def test_a_link_stays_one_and_its_file_is_written(session: Session, tmp_path: Path) -> None:
    real, link = tmp_path / "deep" / "real.nnl", tmp_path / "link.nnl"
    real.parent.mkdir()
    link.symlink_to(real)
    session.execute(f"save {link}")
    session.execute(f"save {link}")
    assert link.is_symlink()
    assert real.read_text().endswith("step\n")
    real.write_text("something else")
    with pytest.raises(NnlabError, match="is something else"):
        session.execute(f"save {link}")


@posix
def test_permissions_stay_as_they_were(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session.execute(f"save {path}")
    path.chmod(0o644)
    session.execute(f"save {path}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_saving_onto_the_session_s_own_file_goes_on_writing_it(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = Session(path)
    session.execute("data xor")
    session.execute(f"save {path}")
    session.execute("data moons")
    session.close()
    assert path.read_text().endswith("data xor\ndata moons\n")


def test_a_session_that_is_open_elsewhere_is_not_replaced(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    code = (
        "import sys; from nnlab.session import Session; session = Session(sys.argv[1])\n"
        "print('open', flush=True); sys.stdin.read(); session.execute('data moons'); session.close()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "open\n"
    with pytest.raises(NnlabError, match="open in another nnlab"):
        session.execute(f"save {path}")
    other.communicate("")
    assert path.read_text().endswith("data moons\n")

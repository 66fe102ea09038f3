"""The sessions kept in the data folder: which one to continue, and whether it was cut off.

A session file that is open has a small file ``NAME.open`` beside it with the process that has it; leaving
cleanly takes it away, so one of a process that is gone tells of a crash.  Nothing is lost by one: the
session file is complete up to its last action.  Imports neither Textual nor NumPy.
"""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.session.files import read_whole

if TYPE_CHECKING:
    from nnlab.session.session import Session

ENDING = ".nnl"
LAB = "lab"


@dataclass(frozen=True, slots=True)
class Kept:
    """A session on the shelf: how many actions it has, its last network and data, whether it was cut off."""

    path: Path
    touched: float
    actions: int
    network: str = ""
    data: str = ""
    cut_off: bool = False


def folder() -> Path:
    return paths.data_dir() / "sessions"


def marker(path: Path) -> Path:
    return path.with_suffix(".open")


def opened(path: Path) -> None:
    """Note that ``path`` is in use by this process."""
    with contextlib.suppress(OSError):
        marker(path).write_text(str(os.getpid()))


def closed(path: Path) -> None:
    """Note that ``path`` was left in order."""
    with contextlib.suppress(OSError):
        marker(path).unlink()


def put_away(session: Session) -> None:
    """Close a session and note that it was left in order; a full disk does not keep anybody from leaving."""
    with contextlib.suppress(NnlabError, OSError):
        session.close()
    path = session.log.path
    if path is not None:
        closed(path)
        if not session.log.entries and not session.log.trouble:
            path.unlink(missing_ok=True)  # a bench on which nothing was done


def user_of(path: Path) -> int | None:
    """The process that has ``path`` open, perhaps one that is gone; None where nobody has."""
    try:
        return int(marker(path).read_text())
    except (OSError, ValueError):
        return None


def _alive(process: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it there
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def new_path(kind: str = LAB) -> Path:
    """The name of the next session: lab-1.nnl, lab-2.nnl, …"""
    used = [_number(path) for path in folder().glob(f"{kind}-*{ENDING}")]
    return folder() / f"{kind}-{max(used, default=0) + 1}{ENDING}"


def newest(kind: str = LAB) -> Kept | None:
    """The session touched last that has any action in it and is not open in another nnlab."""
    found = []
    with contextlib.suppress(OSError):
        found = sorted(folder().glob(f"{kind}-*{ENDING}"), key=_touched, reverse=True)
    for path in found[:10]:
        user = user_of(path)
        if user is not None and user != os.getpid() and _alive(user):
            continue
        kept = look(path)
        if kept is not None and kept.actions:
            return kept
    return None


def look(path: Path) -> Kept | None:
    """What stands in a session file, without replaying it."""
    try:
        lines = read_whole(path).decode("utf-8", "replace").splitlines()
    except NnlabError:
        return None
    actions = [line.split("\t", 1)[0].strip() for line in lines if line.strip() and not line.startswith("#")]
    return Kept(
        path,
        _touched(path),
        len(actions),
        _last(actions, "net "),
        _last(actions, "data "),
        user_of(path) not in (None, os.getpid()),
    )


def _last(actions: list[str], word: str) -> str:
    return next((line[len(word) :] for line in reversed(actions) if line.startswith(word)), "")


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

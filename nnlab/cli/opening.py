"""How commands open a session: in the look of this terminal, with what its file recorded, kept at the end."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.session import Session
    from nnlab.session.look import Look
    from nnlab.store import Progress

WIDTH, WIDEST = 81, 100
"""Columns where nobody looks, and the longest lines that are easy to read; the last column stays free."""


def look(arguments: argparse.Namespace) -> Look:
    """How text is written here: as asked for, else as set, in the terminal's width and signs."""
    from nnlab.session.look import Look

    kept = arguments.settings
    encoding = (sys.stdout.encoding or "ascii").lower()
    width = shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH
    return Look(
        width=min(max(width - 1, 40), WIDEST),
        accessible=getattr(arguments, "accessible", False) or kept.accessible,
        ascii=(getattr(arguments, "glyphs", None) or kept.glyphs) == "ascii" or "utf" not in encoding,
    )


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """The learner's progress, closed behind; what is wrong with its file is said first, on stderr."""
    from nnlab.store import Progress

    with contextlib.closing(Progress()) as kept:
        if kept.warning:
            print(kept.warning, file=sys.stderr)
        yield kept


def follow_threads(arguments: argparse.Namespace, recorded: Mapping[str, str]) -> None:
    """Compute with as many threads as a session was recorded with, where nobody asks for others.

    To be called before anything imports NumPy.
    """
    from nnlab.engine.device import set_threads

    threads = recorded.get("threads", "")
    if not arguments.threads_asked and threads.isdecimal() and 1 <= int(threads) <= (os.cpu_count() or 1):
        arguments.threads = set_threads(int(threads))


def follow_threads_of(arguments: argparse.Namespace, path: Path) -> None:
    """The same for the session that will be opened at ``path``; what is wrong with it is said by then."""
    from nnlab.session.log import read_script

    with contextlib.suppress(NnlabError):
        follow_threads(arguments, read_script(path)[0])


def resume(arguments: argparse.Namespace, path: Path) -> Session:
    """The session kept at ``path``, to go on with."""
    from nnlab.session import Session

    follow_threads_of(arguments, path)
    return Session.resume(path, device=arguments.device, look=look(arguments), on_replay=say_replay)


def copy(arguments: argparse.Namespace, path: Path) -> Session:
    """The session kept at ``path``, or what a script comes to, to look at."""
    from nnlab.session import Session
    from nnlab.session.log import Log

    log = Log.copy(path)
    follow_threads(arguments, log.header)
    return Session.copy(
        log, seed=arguments.seed, device=arguments.device, look=look(arguments), on_replay=say_replay
    )


def begin(
    arguments: argparse.Namespace, path: Path | None, recorded: Mapping[str, str] | None = None
) -> Session:
    """A new session, kept at ``path`` if anywhere; ``recorded`` is the header of what will be done in it."""
    from nnlab.session import Session

    follow_threads(arguments, recorded or {})
    return Session(path, arguments.seed, arguments.device, look=look(arguments), recorded=recorded)


def script(name: str) -> tuple[Mapping[str, str], Iterable[str]]:
    """What a file of actions was recorded with, and its lines; ``-`` is standard input."""
    from nnlab.session.log import read_script

    return peeked(sys.stdin) if name == "-" else read_script(Path(name))


def peeked(lines: Iterable[str]) -> tuple[Mapping[str, str], Iterable[str]]:
    """The same of lines that are still coming in: no more of them is waited for than the first action."""
    from nnlab.session.log import header_of

    source, head = iter(lines), []
    for line in source:
        head.append(line.removeprefix("\ufeff"))
        if not line.startswith("#"):
            break
    return header_of(head), chain(head, source)


def say_replay(step: int, last: int) -> None:
    """A word on standard error while training is done again."""
    sys.stderr.write(_("nnlab: the session is done again: step {step} of {last}", step=f"{step:,}",
                       last=f"{last:,}") + "\n")  # fmt: skip


@contextlib.contextmanager
def closing(session: Session) -> Iterator[Session]:
    """Close ``session`` in the end; who interrupts it hears what is kept."""
    try:
        yield session
    except KeyboardInterrupt:
        say_kept(session)
        raise
    finally:
        session.close()


def kept(session: Session, code: int) -> int:
    """The exit code: ``code``, or 2 instead of 0 where the session's file could not be written."""
    return code or (2 if session.log.trouble else 0)


def say_kept(session: Session) -> None:
    """On standard error: where what was done can be gone on with, if anywhere."""
    if session.path is not None and not session.log.trouble and session.log.entries:
        sys.stderr.write(_("nnlab: what was done is kept in {path}", path=session.path) + "\n")

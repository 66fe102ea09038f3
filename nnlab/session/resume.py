"""Going on with a session from its file: keyframe, then replay of what came after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import keyframe
from nnlab.session import log as log_module
from nnlab.session.action import Action
from nnlab.session.actions.data import Data
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.bench import Memento
from nnlab.session.log import Entry, Log
from nnlab.session.look import Look

if TYPE_CHECKING:
    from nnlab.session.session import Session


def resumed(
    cls: type[Session],
    path: Path,
    *,
    device: str = "auto",
    look: Look | None = None,
    extensions: dict[str, type[Action]] | None = None,
) -> Session:
    """The session kept at ``path``; ``differences`` says what is not as it was when it was recorded."""
    log = Log.resume(path)
    seed = int(log.header.get("seed", "1"))
    session = cls.__new__(cls)
    if device == "auto":
        device = log.header.get("device", "auto")
    session._begin_empty(seed, device, look)
    session.extensions.update(extensions or {})
    session.log = log
    session.differences = log_module.differences(log.header, log_module.environment(seed, device))
    try:
        covered = keyframe.load(session)
        session._forgotten = session._redo_forgotten = covered > 0
        replay(session, log.entries, covered)
    except BaseException:
        log.close()
        raise
    if session.run is not None:
        session._epochs_told = len(session.run.history.epochs)
    return session


def replayed(
    entries: Sequence[Entry], seed: int, device: str, extensions: dict[str, type[Action]], kernels: str
) -> Session:
    """A session in memory that has done ``entries`` from the start with ``kernels``, and has its mementos."""
    from nnlab.session.session import Session

    session = Session(None, seed, device)
    session.extensions.update(extensions)
    session.log.header[log_module.KERNELS] = kernels
    session.log.entries = list(entries)
    replay(session, entries, 0)
    return session


def replay(session: Session, entries: Sequence[Entry], start: int) -> None:
    """Do the actions from number ``start`` on again.  Raises NnlabError that names the line."""
    session._replaying = True
    try:
        for number in range(start, len(entries)):
            session._replayed = number
            _again(session, entries[number], number)
    finally:
        session._replaying = False


def _again(session: Session, entry: Entry, number: int) -> None:
    try:
        action = session.parse(entry.text)
    except NnlabError as error:
        session.differences.append(
            _(
                "action {n} “{text}” is not known here and was left out: {error}",
                n=number + 1,
                text=entry.text,
                error=error,
            )
        )
        return
    if isinstance(action, Data):
        now = action.note(session)
        if entry.note and now and now != entry.note:
            session.differences.append(
                _("the file of “{text}” has changed since this session was recorded", text=entry.text)
            )
    before = Memento.of(session.bench, entry.text)
    if isinstance(action, RunAction):
        session._asked = entry.note.rpartition(": ")[0] or entry.text
    try:
        action.replay(session)
    except NnlabError as error:
        raise NnlabError(
            _("action {n} “{text}” cannot be done again: {error}", n=number + 1, text=entry.text, error=error)
        ) from error
    if not isinstance(action, RunAction):
        session._record(action, before)

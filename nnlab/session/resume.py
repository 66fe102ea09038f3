"""Doing a session again from its file: the newest keyframe, then what came after it.

Everybody who opens a session file comes here: the app and the plain form to go on with it, ``nnlab explain``
to look into it.  What is not as it was recorded stands in ``Session.differences``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session import hits, keyframe
from nnlab.session import log as log_module
from nnlab.session.action import Action
from nnlab.session.actions.data import CHECKSUM
from nnlab.session.actions.training import Run as RunAction
from nnlab.session.bench import Memento
from nnlab.session.catchup import ReplayListener
from nnlab.session.goal import heed_pause
from nnlab.session.log import Entry, Log
from nnlab.session.look import Look

if TYPE_CHECKING:
    from nnlab.session.session import Session


def resumed(
    cls: type[Session],
    log: Log,
    *,
    seed: int | None = None,
    device: str = "auto",
    look: Look | None = None,
    extensions: dict[str, type[Action]] | None = None,
    on_replay: ReplayListener | None = None,
) -> Session:
    """The session of ``log``; its keyframe stands beside its file."""
    session = cls.__new__(cls)
    try:
        session._begin_empty(log.header, seed, device, look)
        session.extensions.update(extensions or {})
        session.log, session.on_replay = log, on_replay
        covered = 0
        place = log.path or log.source
        if place is not None and seed is None and not any(file_changed(session, e) for e in log.entries):
            covered = keyframe.load(session, keyframe.keyframe_path(place))
        if covered:
            session.changes.forget()
        replay(session, log.entries, covered)
    except BaseException:
        log.close()
        raise
    if session.run is not None:
        session.audience.catch_up(session.run)
    return session


def copied(
    cls: type[Session],
    log: Log,
    *,
    seed: int | None = None,
    device: str = "auto",
    look: Look | None = None,
    on_replay: ReplayListener | None = None,
) -> Session:
    """The session of a ``log`` in memory; a script, which has no header, is done as it stands."""
    if log.header:
        return resumed(cls, log, seed=seed, device=device, look=look, on_replay=on_replay)
    session = cls(None, seed, device, look=look)
    for entry in log.entries:
        try:
            done = session.execute(entry.text)
        except NnlabError as error:
            file = log.source or _("the script")
            raise NnlabError(_("{file}, line {n}: {error}", file=file, n=entry.line, error=error)) from error
        heed_pause(done.payload)
    return session


def replayed(
    entries: Sequence[Entry], seed: int, device: str, extensions: dict[str, type[Action]], kernels: str
) -> Session:
    """A session in memory that has done ``entries`` from the start with ``kernels``, and has its mementos."""
    from nnlab.session.session import Session

    session = Session(None, seed, device, recorded={log_module.KERNELS: kernels})
    session.extensions.update(extensions)
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
    line = entry.line or number + 1
    try:
        action = session.parse(entry.text)
    except NnlabError as error:
        session.differ(
            _(
                "line {n} “{text}” is not known here and was left out: {error}",
                n=line,
                text=entry.text,
                error=error,
            )
        )
        return
    compare(session, entry)
    before = Memento.of(session.bench, entry.text)
    asked, _colon, reason = entry.note.rpartition(": ")
    if isinstance(action, RunAction):
        session.stretch.asked = asked or entry.text
    try:
        action.replay(session)
    except NnlabError as error:
        raise NnlabError(
            _("line {n} “{text}” cannot be done again: {error}", n=line, text=entry.text, error=error)
        ) from error
    if not isinstance(action, RunAction):
        session.record(action, before)
    elif reason in hits.HALTS:
        session.count_hit()


def compare(session: Session, entry: Entry) -> None:
    """Say so where an action that is done again reads a file that is not what it was."""
    if file_changed(session, entry):
        session.differ(_("the file of “{text}” has changed since this session was recorded", text=entry.text))


def file_changed(session: Session, entry: Entry) -> bool:
    """Whether ``entry`` read a file that is there with other contents now."""
    if not entry.note.startswith(CHECKSUM):
        return False
    try:
        action = session.parse(entry.text)
    except NnlabError:
        return False
    return action.note(session) not in ("", entry.note)

"""Going on with a lesson: progress says which step, the session file holds the bench as it was left.

The app and the plain form keep the bench of a lesson in the same file, so that a lesson begun in one is
gone on with in the other.
"""

from __future__ import annotations

import contextlib
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.run import LessonRun
from nnlab.lesson.step import Lesson

if TYPE_CHECKING:
    from nnlab.session import Session
    from nnlab.store import Progress


def lesson_sessions() -> Path:
    """The folder of session files, those of lessons among them."""
    return paths.data_dir() / "sessions"


def open_lesson(
    lesson: Lesson,
    progress: Progress,
    *,
    language: str | None = None,
    folder: Path | None = None,
    again: bool = False,
    device: str = "auto",
) -> tuple[LessonRun, str]:
    """Where the learner left, or the start; with a sentence where the bench could not be kept, else "".

    ``again`` begins anew; what was done stays on record.  The caller is to close the run and its ``session``.
    """
    folder = folder or lesson_sessions()
    session, notice = _kept_session(lesson, progress, folder, device)
    if session is not None:
        run = LessonRun(lesson, session, progress, language=language, bench="kept")
    else:
        session, trouble = _fresh_session(lesson, folder, device)
        run, notice = LessonRun(lesson, session, progress, language=language), notice or trouble
    if again:
        run.begin_anew()
    return run, notice


def _kept_session(
    lesson: Lesson, progress: Progress, folder: Path, device: str
) -> tuple[Session | None, str]:
    from nnlab.session import Session

    state = progress.steps(lesson.name).get(progress.position(lesson.name), {})
    name = state.get("bench", "")
    path = folder / Path(name).name
    if not name or not path.is_file():
        return None, ""
    try:
        return Session.resume(path, device=device), ""
    except NnlabError as error:
        return None, _("{reason}; the bench of this step is set up again", reason=str(error).rstrip("."))


def _fresh_session(lesson: Lesson, folder: Path, device: str) -> tuple[Session, str]:
    """A session in the lesson's file, or in the next free one where another program has that open.

    A file left over from a bench nobody will come back to is kept beside it as ``.before``.  In memory where
    the folder cannot be written.
    """
    from nnlab.session import Session
    from nnlab.session.log import in_use

    try:
        paths.ensure(folder)
    except NnlabError as error:
        return Session(device=device), str(error)
    for number in count(1):
        path = folder / f"lesson-{lesson.name}{f'-{number}' if number > 1 else ''}.nnl"
        if path.exists() and in_use(path):
            continue
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".before"))
        try:
            return Session(path, device=device), ""
        except NnlabError:  # somebody else was quicker, or the old file cannot be moved
            continue
    raise AssertionError("unreachable")

"""Going on with a lesson: progress says which step, the session file holds the bench as it was left."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.lesson.run import LessonRun
from nnlab.lesson.step import Lesson

if TYPE_CHECKING:
    from nnlab.session import Session
    from nnlab.store import Progress


def lesson_sessions() -> Path:
    """The folder of the session files of lessons."""
    return paths.data_dir() / "lessons"


def open_lesson(
    lesson: Lesson,
    progress: Progress,
    *,
    language: str | None = None,
    folder: Path | None = None,
    again: bool = False,
) -> tuple[LessonRun, str]:
    """Where the learner left, or the start; with a sentence where the bench could not be kept, else "".

    ``again`` begins anew; answers that were given stay in the store.  The run's ``session`` is to be closed
    by the caller.
    """
    folder = folder or lesson_sessions()
    if again:
        progress.forget(lesson.name)
    session, notice = _kept_session(lesson, progress, folder)
    if session is not None:
        return LessonRun(lesson, session, progress, language=language, bench="kept"), notice
    session, trouble = _fresh_session(lesson, folder)
    return LessonRun(lesson, session, progress, language=language), notice or trouble


def _kept_session(lesson: Lesson, progress: Progress, folder: Path) -> tuple[Session | None, str]:
    from nnlab.session import Session

    state = progress.steps(lesson.name).get(progress.position(lesson.name), {})
    name = state.get("bench", "")
    path = folder / Path(name).name
    if not name or not path.is_file():
        return None, ""
    try:
        return Session.resume(path), ""
    except NnlabError as error:
        return None, str(error)


def _fresh_session(lesson: Lesson, folder: Path) -> tuple[Session, str]:
    """A session in the first free file; in memory where the folder cannot be written."""
    from nnlab.session import Session

    try:
        paths.ensure(folder)
    except NnlabError as error:
        return Session(), str(error)
    for number in count(1):
        path = folder / f"{lesson.name}-{number}.session"
        if not path.exists():
            return Session(path), ""
    raise AssertionError("unreachable")

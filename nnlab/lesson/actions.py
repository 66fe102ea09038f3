"""Lessons as actions of a session, so that every skin can take them by typing.

``lesson a7`` puts the bench of a lesson in place of the learner's; ``answer``, ``hint``, ``solution``,
``next`` and ``previous`` go through it, and every other action works on its bench as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _, current_language
from nnlab.lesson.find import find_lessons, load_lesson
from nnlab.lesson.render import render_text
from nnlab.lesson.run import LessonRun, Verdict
from nnlab.session.action import Action, Result
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.store import Progress


@dataclass
class Course:
    """The lessons one session can take, and the one it is in."""

    folders: Sequence[str]
    progress: Progress
    run: LessonRun | None = None
    warned: str = field(default="", init=False)

    def need_run(self) -> LessonRun:
        if self.run is None:
            raise NnlabError(_("no lesson is open; begin one, for example: lesson a1"))
        return self.run

    def shown(self, session: Session) -> Result:
        """The step the learner is at."""
        run = self.need_run()
        lines = [*self._warning(), *render_text(run.view(), session.look.width)]
        if run.done:
            lines += ["", _("This lesson is done. “lesson” lists them all.")]
        return Result(lines, payload={"lesson": run.lesson.name, "step": run.step.id})

    def _warning(self) -> list[str]:
        """Once, what is wrong with the progress file."""
        if not self.progress.warning or self.progress.warning == self.warned:
            return []
        self.warned = self.progress.warning
        return [self.warned, ""]


_COURSES: WeakKeyDictionary[Any, Course] = WeakKeyDictionary()


def install(session: Session, lessons: Sequence[str] = (), progress: Progress | None = None) -> Course:
    """Give ``session`` the lesson actions; ``progress`` is the learner's own file unless given."""
    if progress is None:
        from nnlab.store import Progress

        progress = Progress()
    course = _COURSES[session] = Course(lessons, progress)
    session.extensions.update(
        {action.name: action for action in (Lesson, Answer, Hint, Solution, Next, Previous)}
    )
    return course


class _LessonAction(Action):
    """Progress has a store of its own: nothing of it goes into the session file, and undo leaves it alone."""

    category = "session"
    undoable = False
    logged = False

    def replay(self, session: Session) -> None:
        return


@dataclass(frozen=True)
class Lesson(_LessonAction):
    """Open a lesson, or list them."""

    name = "lesson"
    syntax = "lesson [NAME]"
    help = N_("open a lesson on this bench; without a name, list them")
    example = "lesson a7"
    aliases = ("lessons",)

    lesson: str = ""

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.rest() if words.more else "")

    def __str__(self) -> str:
        return f"lesson {self.lesson}".rstrip()

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        if not self.lesson:
            return Result(overview(course.folders, course.progress))
        lesson = load_lesson(self.lesson, course.folders)
        if course.run is not None:
            course.run.close()
        course.run = LessonRun(lesson, session, course.progress)
        return course.shown(session)


@dataclass(frozen=True)
class Answer(_LessonAction):
    """Answer the question of the step."""

    name = "answer"
    syntax = "answer [TEXT | @FILE]"
    help = N_("answer the step of the lesson; @FILE takes the answer from a file, as code is")
    example = "answer 0.5"
    aliases = ("check-step",)

    text: str = ""

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.rest() if words.more else "")

    def __str__(self) -> str:
        return f"answer {self.text}".rstrip()

    def apply(self, session: Session) -> Result:
        run = _COURSES[session].need_run()
        verdict = run.submit(self._given())
        lines = verdict_lines(verdict)
        if verdict.passed:
            lines += ["", _("“next” goes on.")]
        return Result(lines, payload=verdict)

    def _given(self) -> str:
        if not self.text.startswith("@"):
            return self.text
        path = Path(self.text[1:].strip().strip('"')).expanduser()
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NnlabError(_("{file} cannot be read: {reason}", file=path, reason=error)) from error


@dataclass(frozen=True)
class Hint(_LessonAction):
    """The next hint."""

    name = "hint"
    syntax = "hint"
    help = N_("the next of three hints for the step of the lesson")
    example = "hint"

    def apply(self, session: Session) -> Result:
        return Result([_COURSES[session].need_run().hint()])


@dataclass(frozen=True)
class Solution(_LessonAction):
    """The solution, after the hints."""

    name = "solution"
    syntax = "solution"
    help = N_("the solution of the step, once all three hints are shown")
    example = "solution"

    def apply(self, session: Session) -> Result:
        return Result(_COURSES[session].need_run().solution().splitlines())


@dataclass(frozen=True)
class Next(_LessonAction):
    """The next step of the lesson."""

    name = "next"
    syntax = "next [skip]"
    help = N_("the next step of the lesson; “next skip” leaves this one for later")
    example = "next"

    skip: bool = False

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(bool(words.more and words.choice(["skip"], "skip")))

    def __str__(self) -> str:
        return "next skip" if self.skip else "next"

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        course.need_run().advance(skip=self.skip)
        return course.shown(session)


@dataclass(frozen=True)
class Previous(_LessonAction):
    """The step before."""

    name = "previous"
    syntax = "previous"
    help = N_("the step of the lesson before this one")
    example = "previous"

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        course.need_run().back()
        return course.shown(session)


def verdict_lines(verdict: Verdict) -> list[str]:
    """A verdict in words: right, wrong or kept, then what to read."""
    head = _("✓ right") if verdict.ok else _("✓ kept") if verdict.passed else _("✗ not yet")
    lines = [head]
    for text in (verdict.detail, verdict.text):
        if text:
            lines += text.splitlines()
    if verdict.reveal and not verdict.ok:
        lines.append(_("you said {given}; it is {truth}", given=verdict.given, truth=verdict.reveal))
    return lines


def overview(folders: Sequence[str], progress: Progress) -> list[str]:
    """All lessons with how far the learner is."""
    kept = progress.lessons()
    lines = []
    track = ""
    for entry in find_lessons(folders):
        if entry.track != track:
            track = entry.track
            lines.append(track.split("_", 1)[-1].replace("_", " "))
        row = kept.get(entry.name)
        state = " " if row is None else "✓" if row.finished else "…"
        lines.append(
            f"  {state} {entry.id:<4} {entry.slug.replace('_', '-'):<20} {entry.title(current_language())}"
        )
    return lines or [_("no lessons were found")]

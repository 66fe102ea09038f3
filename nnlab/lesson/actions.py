"""Lessons as actions of a session, so that every skin can take them by typing.

``lesson a7`` puts the bench of a lesson in place of the learner's; ``answer``, ``hint``, ``solution``,
``next`` and ``previous`` go through it, and every other action works on its bench as always.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _, current_language
from nnlab.lesson.card_action import install_cards
from nnlab.lesson.course import Course, Tell
from nnlab.lesson.find import find_lessons, load_lesson
from nnlab.lesson.packs import pack_troubles
from nnlab.lesson.prose import HINTS
from nnlab.lesson.recall import due_recalls, next_recall, nothing_due
from nnlab.lesson.render import asked_lines, asks, outcome_lines, verdict_lines, wrap
from nnlab.lesson.run import LessonRun
from nnlab.session.action import Action, Result
from nnlab.session.files import write_atomically
from nnlab.session.offers import KINDS
from nnlab.session.words import Words, quoted
from nnlab.tracks import track_title

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.store import Progress


_COURSES: WeakKeyDictionary[Any, Course] = WeakKeyDictionary()


def install(
    session: Session,
    lessons: Sequence[str] = (),
    progress: Progress | None = None,
    tell: Tell | None = None,
) -> Course:
    """Give ``session`` the lesson actions; ``progress`` is the learner's own file unless given.

    ``tell`` takes lines that have to be said while an action is still going on.
    """
    if progress is None:
        from nnlab.store import Progress

        progress = Progress()
    course = _COURSES[session] = Course(lessons, progress, tell=tell)
    session.on_progress(lambda rows: course.look(session))
    session.extensions.update({action.name: action for action in LESSON_ACTIONS})
    KINDS["lesson"] = _lessons
    install_cards(session, lessons)
    return course


def install_steps(
    session: Session, run: LessonRun, lessons: Sequence[str | Path], progress: Progress
) -> None:
    """Give ``session`` the actions that go through ``run``, for a skin that has opened the lesson itself."""
    _COURSES[session] = Course([str(folder) for folder in lessons], progress, run)
    session.extensions.update({action.name: action for action in STEP_ACTIONS})


def _lessons(session: Session, before: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    """What may stand behind “lesson”."""
    for entry in find_lessons(_COURSES[session].folders):
        yield entry.id, entry.slug.replace("_", " ")


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
    arguments = ("lesson",)
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
        course.run, course.recall = LessonRun(lesson, session, course.progress), None
        return course.opened(session)


@dataclass(frozen=True)
class Answer(_LessonAction):
    """Answer the question of the step."""

    name = "answer"
    syntax = "answer [TEXT | @FILE]"
    help = N_(
        "answer the step of the lesson; code follows in lines up to one with a dot, or comes from @FILE"
    )
    example = "answer 0.5"
    aliases = ("check-step",)

    text: str = ""
    lines: str = ""

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.rest() if words.more else "")

    def __str__(self) -> str:
        return f"answer {self.text}".rstrip()

    def takes_lines(self, session: Session) -> bool:
        course = _COURSES[session]
        code = course.recall is None and course.run is not None and course.run.view().answer_form == "code"
        return code and not self.text

    def with_lines(self, text: str) -> Action:
        return replace(self, lines=text)

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        if course.recall is not None:
            verdict = course.recall.submit(self._given())
            course.recall = None
            left = len(due_recalls(course.progress))
            following = _("“recall” asks the next one; {n} are left.", n=left) if left else ""
            return Result(verdict_lines(verdict, session.look.width, following), payload=verdict)
        run = course.need_run()
        verdict = run.submit(self._given() or (run.view().draft if run.view().answer_form == "code" else ""))
        view = run.view()
        following = _("“next” goes on.") if verdict.passed else ""
        if view.sight:
            following = " ".join(filter(None, [_("“see” shows it: {line}.", line=view.sight), following]))
        lines = [
            *outcome_lines(view, run.state.memory.get("outcome"), accessible=session.look.accessible),
            *verdict_lines(verdict, session.look.width, following),
        ]
        return Result(lines, payload=verdict)

    def _given(self) -> str:
        if self.lines or not self.text.startswith("@"):
            return self.lines or self.text
        path = Path(self.text[1:].strip().strip('"')).expanduser()
        try:
            return path.read_text(encoding="utf-8")
        except OSError as error:
            raise NnlabError(
                _("{file} cannot be read: {reason}", file=path, reason=error.strerror or error)
            ) from error
        except UnicodeDecodeError as error:
            raise NnlabError(
                _("{file} is not UTF-8 text (byte {n}); save it as UTF-8", file=path, n=error.start)
            ) from error


@dataclass(frozen=True)
class Draft(_LessonAction):
    """The code of the step, to be edited elsewhere."""

    name = "draft"
    syntax = "draft FILE"
    help = N_("write the code of the step to a file; “answer @FILE” takes it from there")
    example = "draft relu.py"
    arguments = ("file",)

    path: str

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.take(_("the name of a file")))

    def __str__(self) -> str:
        return f"draft {quoted(self.path)}"

    def apply(self, session: Session) -> Result:
        view = _COURSES[session].need_run().view()
        if view.answer_form != "code":
            raise NnlabError(_("this step asks for no code"))
        path = Path(self.path).expanduser()
        if path.exists():
            raise NnlabError(_("{path} exists already; choose another name", path=path))
        write_atomically(path, view.draft.encode())
        return Result([_("written to {path}; edit it, then: answer @{path}", path=self.path)])


@dataclass(frozen=True)
class See(_LessonAction):
    """The misconception of the last answer, on the bench."""

    name = "see"
    syntax = "see"
    help = N_("show on the bench what the last answer to the step got wrong")
    example = "see"

    def apply(self, session: Session) -> Result:
        shown: Result = _COURSES[session].need_run().see()
        return shown


@dataclass(frozen=True)
class Hint(_LessonAction):
    """The next hint."""

    name = "hint"
    syntax = "hint"
    help = N_("the next of three hints for the step of the lesson")
    example = "hint"

    def apply(self, session: Session) -> Result:
        run = _COURSES[session].need_run()
        text = run.hint()
        lines = wrap(_("Hint {n}: {text}", n=run.state.hints, text=text), session.look.width)
        if run.state.hints == HINTS:
            lines.append(_("That was the last hint; “solution” shows the answer."))
        return Result(lines)


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
    arguments = ("skip",)

    skip: bool = False

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(bool(words.more and words.choice(["skip"], _("the word “skip”"))))

    def __str__(self) -> str:
        return "next skip" if self.skip else "next"

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        moved = course.need_run().advance(skip=self.skip)
        return course.shown(session) if moved is not None else course.ended(session)


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


@dataclass(frozen=True)
class Go(_LessonAction):
    """Any step: nothing is locked."""

    name = "go"
    syntax = "go [STEP]"
    help = N_("go to a step of the lesson by its number; alone, show this step again")
    example = "go 5"

    number: int = 0

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.integer(_("the number of the step"), low=1) if words.more else 0)

    def __str__(self) -> str:
        return f"go {self.number or ''}".rstrip()

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        steps = course.need_run().lesson.steps
        if self.number > len(steps):
            raise NnlabError(
                _("there is no step {number}; the lesson has {n} steps", number=self.number, n=len(steps))
            )
        if self.number:
            course.need_run().go(steps[self.number - 1].id)
        return course.shown(session)


@dataclass(frozen=True)
class Anew(_LessonAction):
    """The lesson from its first step."""

    name = "anew"
    syntax = "anew"
    help = N_("begin this lesson anew, as if nothing had been done; what you did stays on record")
    example = "anew"

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        course.need_run().begin_anew()
        return course.opened(session)


@dataclass(frozen=True)
class Recall(_LessonAction):
    """A question of a lesson taken days ago, with fresh numbers."""

    name = "recall"
    syntax = "recall"
    help = N_("a question that has come back from a lesson taken before; “answer” answers it")
    example = "recall"

    def apply(self, session: Session) -> Result:
        course = _COURSES[session]
        course.recall, lesson = next_recall(course.progress, course.folders)
        if course.recall is None:
            return Result([nothing_due(course.progress)])
        width = session.look.width
        lines = asked_lines(course.recall.question, course.recall.options, lesson, width)
        return Result([*lines, "", *wrap(asks(course.recall.recall.ask.answer_form), width)])


STEP_ACTIONS: tuple[type[Action], ...] = (Answer, Hint, Solution, Next, Previous, Go, Anew)
"""What goes through the lesson that is open,"""
LESSON_ACTIONS: tuple[type[Action], ...] = (*STEP_ACTIONS, Lesson, Draft, See, Recall)
"""and what a skin without screens has besides."""


def overview(folders: Sequence[str], progress: Progress) -> list[str]:
    """All lessons with how far the learner is."""
    kept = progress.lessons()
    lines = []
    track = ""
    for entry in find_lessons(folders):
        if entry.track != track:
            track = entry.track
            lines.append(track_title(track))
        row = kept.get(entry.name)
        state = " " if row is None else "✓" if row.finished else "…"
        lines.append(
            f"  {state} {entry.id:<4} {entry.slug.replace('_', '-'):<20} {entry.title(current_language())}"
        )
    lines += [line for trouble in pack_troubles() for line in ("", trouble)]
    waiting = len(due_recalls(progress))
    if waiting:
        lines += ["", _("{n} questions have come back; “recall” asks the first", n=waiting)]
    return lines or [_("no lessons were found")]

"""Questions that come back days later with fresh numbers."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.bench import Bench, perform
from nnlab.lesson.find import written_in
from nnlab.lesson.prose import fill, prose_path, read_prose
from nnlab.lesson.run import new_session
from nnlab.lesson.schedule import DAY, after
from nnlab.lesson.state import Verdict
from nnlab.lesson.step import Lesson
from nnlab.lesson.tasks import Context, Judgement

if TYPE_CHECKING:
    from nnlab.store import Progress


def due_recalls(progress: Progress, now: float | None = None) -> list[tuple[str, str]]:
    """(lesson, step id) of every question that is due, the longest waiting first."""
    return [(row.lesson, row.step) for row in progress.due(time.time() if now is None else now)]


def next_recall(
    progress: Progress, folders: Sequence[str] = (), now: float | None = None
) -> tuple[RecallRun | None, str]:
    """The question that waits longest and its lesson's title; None where none is due.

    A question whose lesson is not here any more (its pack was taken away) is passed over.
    """
    from nnlab.lesson.find import load_lesson

    for name, step_id in due_recalls(progress, now):
        with contextlib.suppress(NnlabError):
            lesson = load_lesson(name, folders)
            run = RecallRun(lesson, step_id, Random().randrange(1, 1_000_000), progress)
            return run, f"{lesson.id} {read_prose(prose_path(lesson.path, current_language())).title}"
    return None, ""


def nothing_due(progress: Progress) -> str:
    """Why no question is asked, and when the next one comes back."""
    coming = progress.due(float("inf"))
    if not coming:
        return _("no question is waiting; they come back some days after a lesson")
    days = max(1, math.ceil((coming[0].due - time.time()) / DAY))
    return _("no question is due; the next one comes back in {n} days", n=days)


class RecallRun:
    """One recall question on a bench of its own; ``seed`` draws its numbers."""

    def __init__(
        self,
        lesson: Lesson,
        step_id: str,
        seed: int,
        progress: Progress | None = None,
        *,
        language: str | None = None,
        session: Bench | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.lesson = lesson
        self.step = lesson.steps[lesson.index(step_id)]
        if self.step.recall is None:
            raise NnlabError(
                _("step '{step}' of lesson {lesson} has no recall question", step=step_id, lesson=lesson.name)
            )
        self.recall = self.step.recall
        self.progress = progress
        self._clock = clock
        self.session = session if session is not None else new_session()
        with written_in(lesson.path):
            self.numbers: dict[str, float] = dict(self.recall.draw(Random(seed)))
            named = {name: repr(value) for name, value in self.numbers.items()}
            lines = [*lesson.setup, *self.recall.setup]
            perform(self.session, [line.format(seed=seed, **named) for line in lines])
            self.prepared: Any = self.recall.ask.prepare(self.session)
        prose = read_prose(prose_path(lesson.path, language or current_language())).step(step_id)
        self.question = fill(prose.text("recall"), self.numbers)
        self.options = [
            (name, fill(text, self.numbers))
            for (field, name), text in prose.texts.items()
            if field == "option"
        ]

    def judged(self, answer: str) -> tuple[Judgement, str]:
        """(what is said of an answer, the right one)."""
        context = Context(self.session, self.prepared)
        with written_in(self.lesson.path):
            judgement = self.recall.ask.judge(answer, context)
        return judgement, self.recall.ask.reveal(context)

    def submit(self, answer: str) -> Verdict:
        """Judge, show the truth either way, and say when the question returns."""
        judgement, reveal = self.judged(answer)
        text = _("Right.") if judgement.ok else _("It is {truth}.", truth=reveal)
        if self.progress is not None:
            self.progress.answer(
                self.lesson.name, self.step.id, answer, judgement.ok, judgement.misconception, kind="recall"
            )
            days = self._reschedule(self.progress, judgement.ok)
            when = _("This comes back tomorrow.") if days == 1 else _("This comes back in {n} days.", n=days)
            text = f"{text} {when}"
        return Verdict(judgement.ok, True, text, judgement.misconception, judgement.detail, reveal, answer)

    def _reschedule(self, progress: Progress, ok: bool) -> int:
        """Days until it is asked again, as the scheduler says."""
        now, lesson, step = self._clock(), self.lesson.name, self.step.id
        row = progress.recall(lesson, step)
        due, card = after(row, ok, now)
        rung = (row.rung if row is not None else -1) + 1 if ok else -1
        progress.schedule(lesson, step, due, rung, card)
        return round((due - now) / DAY)

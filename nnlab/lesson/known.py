"""The fast track: one question of a lesson's recall bank answered right, and the lesson counts as known."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.recall import RecallRun
from nnlab.lesson.schedule import first
from nnlab.lesson.state import Verdict

if TYPE_CHECKING:
    from nnlab.lesson.step import Lesson
    from nnlab.store import Progress


class KnowRun(RecallRun):
    """A recall question asked beforehand.  Wrong, it costs nothing: the lesson is there to be taken."""

    @classmethod
    def drawn(cls, lesson: Lesson, progress: Progress, seed: int | None = None) -> KnowRun:
        """One of the lesson's questions, with numbers that nobody has seen."""
        ids = [step.id for step in lesson.steps if step.recall is not None]
        if not ids:
            raise NnlabError(
                _(
                    "lesson {lesson} has no question that comes back; take it, or skip its steps",
                    lesson=lesson.name,
                )
            )
        random = Random(seed)
        return cls(lesson, random.choice(ids), random.randrange(1, 1_000_000), progress)

    def submit(self, answer: str) -> Verdict:
        judgement, reveal = self.judged(answer)
        progress = self.progress
        assert progress is not None
        name, step = self.lesson.name, self.step.id
        progress.answer(name, step, answer, judgement.ok, judgement.misconception, kind="know")
        if judgement.ok:
            due, card = first(self._clock(), clean=True)
            progress.schedule(name, step, due, card=card)
            progress.finish(name)
            text = _("Right. The lesson counts as known; it stays open, and the question comes back.")
        else:
            text = _("It is {truth}. The lesson teaches just that.", truth=reveal)
        return Verdict(
            judgement.ok, judgement.ok, text, judgement.misconception, judgement.detail, reveal, answer
        )

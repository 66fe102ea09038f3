"""Seeing for oneself that the bench of a lesson has come where its step wants it.

The bench is looked at after every action and, while training goes on, a few times a second; a lesson that
asks nothing of the bench is not looked at, and nobody looks where no lesson is on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.tui.chrome import app_of

if TYPE_CHECKING:
    from textual.widget import Widget

    from nnlab.lesson.run import LessonRun
    from nnlab.lesson.state import StepView, Verdict

EVERY = 0.3
"""Seconds between two looks at a run that goes on,"""
SHARE = 0.05
"""and more where a look is dear: looking takes no more than this share of the time."""

Told = Callable[["StepView", "Verdict | None"], None]


class Lookout:
    """Looks at the bench of ``run`` for ``screen``; ``told`` hears what each look has found."""

    def __init__(self, screen: Widget, run: LessonRun, told: Told) -> None:
        self._screen, self._run, self._told = screen, run, told
        self._looking = self._again = False

    @property
    def wanted(self) -> bool:
        """Whether what is done on the bench counts for the step and it is not passed yet."""
        task = self._run.step.task
        counts = task is not None and (task.answer_form in ("bench", "see") or hasattr(task, "look"))
        return counts and not self._run.passed

    def look(self) -> None:
        """Look now; what happens meanwhile is looked at after that."""
        self._again = self._looking
        if self._looking or not self.wanted:
            return
        self._looking = True
        app_of(self._screen).do(self._glance, self._seen, self._failed)

    def _glance(self) -> tuple[StepView, Verdict | None, float]:
        begun = time.perf_counter()
        verdict = self._run.glance()
        return self._run.view(), verdict, time.perf_counter() - begun

    def _seen(self, found: tuple[StepView, Verdict | None, float]) -> None:
        view, verdict, seconds = found
        self._looking = False
        self._told(view, verdict)
        self._go_on(seconds)

    def _failed(self, error: NnlabError) -> None:
        """The bench cannot be judged as it is, because the network does not fit the data for example."""
        self._looking = False
        self._go_on(0.0)

    def _go_on(self, seconds: float) -> None:
        if self._again:
            self.look()
        elif self.wanted and self._run.session.trainer.running:  # type: ignore[attr-defined]
            self._screen.set_timer(max(EVERY, seconds / SHARE), self.look)

"""The lessons that one session can take, and the one it is in."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.find import find_lessons
from nnlab.lesson.recall import RecallRun
from nnlab.lesson.render import header_lines, render_text, verdict_lines
from nnlab.lesson.run import LessonRun
from nnlab.lesson.state import PASSED
from nnlab.session.action import Result

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.store import Progress

Tell = Callable[[Sequence[str]], None]

LOOKS = 0.3
"""Seconds between two looks at a bench that trains, whether it has come where the step wants it."""


@dataclass
class Course:
    """``recall`` is the question that has come back; ``tell`` takes lines said while an action goes on."""

    folders: Sequence[str]
    progress: Progress
    run: LessonRun | None = None
    recall: RecallRun | None = None
    tell: Tell | None = None
    warned: str = field(default="", init=False)
    looked_at: float = field(default=0.0, init=False)

    def need_run(self) -> LessonRun:
        if self.run is None:
            raise NnlabError(_("no lesson is open; begin one, for example: lesson a1"))
        return self.run

    def opened(self, session: Session) -> Result:
        """The lesson as it is opened: what it is for where it begins, then the step."""
        run = self.need_run()
        result = self.shown(session)
        if run.index > 0:
            return result
        header = header_lines(run.lesson_prose, run.lesson.minutes, session.look.width)
        return replace(result, lines=[*header, *result.lines])

    def shown(self, session: Session) -> Result:
        """The step the learner is at."""
        run, look = self.need_run(), session.look
        lines = [*self._warning(), *render_text(run.view(), look.width, accessible=look.accessible)]
        return Result(lines, payload={"lesson": run.lesson.name, "step": run.step.id})

    def ended(self, session: Session) -> Result:
        """Behind the last step: what is still open, or where to go on."""
        run = self.need_run()
        left = [n for n, (_id, status) in enumerate(run.statuses(), 1) if status != PASSED]
        if left:
            numbers = ", ".join(map(str, left))
            lines = [
                _(
                    "That was the last step. Still open: {numbers}; “go {n}” goes there.",
                    numbers=numbers,
                    n=left[0],
                )
            ]
        else:
            lines = [_("This lesson is done.")]
            names = [entry.name for entry in find_lessons(self.folders)]
            following = names[names.index(run.lesson.name) + 1 :] if run.lesson.name in names else []
            if following:
                lines.append(
                    _(
                        "“lesson {name}” is the next one; “lesson” lists them all.",
                        name=following[0].partition("_")[0],
                    )
                )
        return Result(lines, payload={"lesson": run.lesson.name, "step": run.step.id, "open": left})

    def look(self, session: Session) -> None:
        """While training goes on, a few times a second: say so as soon as the goal of the step is reached."""
        now = time.monotonic()
        if self.run is None or self.tell is None or now - self.looked_at < LOOKS:
            return
        verdict = self.run.glance()
        self.looked_at = time.monotonic()
        if verdict is not None:
            self.tell(verdict_lines(verdict, session.look.width, _("“next” goes on.")))

    def _warning(self) -> list[str]:
        """Once, what is wrong with the progress file."""
        if not self.progress.warning or self.progress.warning == self.warned:
            return []
        self.warned = self.progress.warning
        return [self.warned, ""]

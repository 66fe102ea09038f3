"""Where a run should end (after so many steps or epochs, at a step, at a condition, when paused), and why it
did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.vocabulary import stop_conditions

if TYPE_CHECKING:
    from nnlab.training import Run


@dataclass(frozen=True, slots=True)
class Ending:
    """Why training stopped; ``reason`` is reached, paused, condition, break, nan or error."""

    reason: str
    step: int
    text: str


@dataclass(frozen=True, slots=True)
class Goal:
    """``kind`` is ``pause``, ``steps``, ``epochs``, ``to`` (a step number) or ``until`` (a condition)."""

    kind: str = "pause"
    amount: int = 0
    condition: str = ""

    def __str__(self) -> str:
        if self.kind == "until":
            return f"until {self.condition}"
        if self.kind == "to":
            return f"to step {self.amount}"
        if self.kind == "pause":
            return ""
        return f"{self.amount} {self.kind if self.amount != 1 else self.kind[:-1]}"

    @property
    def endless(self) -> bool:
        """Whether only a pause ends it: somebody is watching."""
        return self.kind == "pause"

    def last_step(self, run: Run) -> int | None:
        """The step to end at, from where ``run`` stands; None where only a condition or a pause ends it."""
        if self.kind == "steps":
            return run.step_count + self.amount
        if self.kind == "epochs":
            return run.order.last_step(self.amount, run.step_count)
        return self.amount if self.kind == "to" else None

    def require_ahead(self, run: Run, breaks: tuple[str, ...]) -> None:
        """Raises NnlabError where ``run`` cannot come here, or does not know what ``breaks`` are about."""
        for condition in stop_conditions(breaks, self.condition):
            condition.check_against(run)
        for condition in stop_conditions((), self.condition):
            condition.require_ahead(run)
        if self.kind == "to" and self.amount < run.step_count:
            raise NnlabError(
                _(
                    "the run is at step {step}, after {goal}; “seek {goal}” goes back",
                    step=run.step_count,
                    goal=self.amount,
                )
            )
        run.history.require(self.last_step(run) or 0)

    def advance(self, run: Run, steps: int, breaks: tuple[str, ...]) -> Ending | None:
        """Take up to ``steps`` steps; an ending where a condition held or numbers broke down."""
        stop = run.run_to(run.step_count + steps, list(stop_conditions(breaks, self.condition)))
        if stop.reason in ("done", "interrupted"):  # interrupted: cut short to stand aside
            return None
        reason = stop.reason
        if reason == "condition" and not (self.condition and stop.text.endswith(self.condition)):
            reason = "break"
        return Ending(reason, stop.step, stop.text)

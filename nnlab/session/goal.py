"""Where a run should end: after so many steps or epochs, at a step, at a condition, or when paused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.training import Run


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

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
    """Why training stopped; ``reason`` is reached, paused, condition, break, patience, nan or error."""

    reason: str
    step: int
    text: str


def heed_pause(payload: object) -> None:
    """Raise KeyboardInterrupt where an action answered that training was paused.

    Training takes Ctrl-C for a pause; where nobody types, nothing else pauses it.
    """
    if getattr(payload, "reason", "") == "paused":
        raise KeyboardInterrupt


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

    def require_ahead(self, run: Run, breaks: tuple[str, ...], patience: int = 0) -> None:
        """Raises NnlabError where ``run`` cannot come here, or does not know what ``breaks`` are about."""
        for condition in stop_conditions(breaks, self.condition, patience):
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

    def advance(self, run: Run, steps: int, breaks: tuple[str, ...], patience: int = 0) -> Ending | None:
        """Take up to ``steps`` steps; an ending where a condition held or numbers broke down.

        ``patience`` is how many epochs without a better one are borne, 0 for any number.
        """
        stop = run.run_to(run.step_count + steps, list(stop_conditions(breaks, self.condition, patience)))
        if stop.reason in ("done", "interrupted"):  # interrupted: cut short to stand aside
            return None
        reason = stop.reason
        if reason != "condition" or (self.condition and stop.text.endswith(self.condition)):
            return Ending(reason, stop.step, stop.text)
        if not any(stop.text.endswith(text) for text in breaks):
            return Ending("patience", stop.step, _stalled(run, stop.step, patience))
        return Ending("break", stop.step, stop.text)


def _stalled(run: Run, step: int, patience: int) -> str:
    return _(
        "stopped at step {n}: no better validation loss for {patience} epochs; back at the best, step {best}",
        n=step,
        patience=patience,
        best=run.best_step(),
    )

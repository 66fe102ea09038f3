"""What a run remembers of itself: the loss of every step, a row for every epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nnlab.engine.memory import require
from nnlab.i18n import _

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class EpochRow:
    """One finished epoch.  ``train_loss`` is the mean over its steps, the rest is measured at its end.

    Validation numbers are NaN where there is no validation part.
    """

    epoch: int
    step: int
    train_loss: float
    train_metric: float
    val_loss: float
    val_metric: float
    seconds: float


@dataclass
class History:
    """``losses[i]`` is the loss of step i + 1, before its update."""

    metric: str
    epochs: list[EpochRow] = field(default_factory=list)
    _losses: Array = field(default_factory=lambda: np.full(1024, np.nan, np.float64), repr=False)
    count: int = 0

    @property
    def losses(self) -> Array:
        """(count,) float64, a view."""
        return self._losses[1 : self.count + 1]

    @property
    def steps(self) -> Array:
        return np.arange(1, self.count + 1)

    def require(self, step: int) -> None:
        """Raises NnlabError where the losses up to ``step`` are more than the memory takes."""
        if step >= len(self._losses):
            what = _("the losses of {n} steps", n=f"{step:,}")
            require(self._losses.itemsize * step, what, _("train fewer steps"))

    def room(self, step: int) -> Array:
        """The buffer, grown so that index ``step`` can be written; index 0 is not used."""
        if step >= len(self._losses):
            grown = np.full(max(2 * len(self._losses), step + 1), np.nan, np.float64)
            grown[: len(self._losses)] = self._losses
            self._losses = grown
        return self._losses

    def record(self, row: EpochRow) -> None:
        """Add ``row`` unless its epoch is there already (a replay)."""
        if not self.epochs or row.step > self.epochs[-1].step:
            self.epochs.append(row)

    def truncate(self, step: int) -> None:
        self.count = min(self.count, step)
        self.epochs = [row for row in self.epochs if row.step <= step]

    def copy(self, step: int) -> History:
        """The history up to ``step``, for a branch."""
        twin = History(self.metric, [r for r in self.epochs if r.step <= step], self._losses.copy())
        twin.count = min(self.count, step)
        return twin

"""The learning-rate finder: a short run whose rate grows step by step, to see where learning breaks.

Smith 2017 (arXiv 1506.01186).  What is suggested is a tenth of the rate at which the smoothed loss is least:
the loss goes on falling there, and the rate of the least value is already too near the one that breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.schedules import Schedule
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.studies.errand import Errand

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
LOWEST, HIGHEST = 1e-6, 10.0
STEPS = 100
SMOOTHING = 0.9
BROKEN = 4.0
"""The search ends where the smoothed loss is this many times its least."""


@dataclass(frozen=True)
class Search:
    """``rates`` (n,) and the loss at each, raw and smoothed; ``suggestion`` is a tenth of the best rate."""

    rates: Array
    losses: Array
    smoothed: Array
    suggestion: float


class Growing(Schedule):
    """The rate that every step tries, given by the schedule: as changes of the run, each would lay down a
    keyframe.  It is of the search alone; no run can be told it in words.
    """

    name = "growing"

    def __init__(self, rates: Array) -> None:
        super().__init__()
        self.rates = rates.tolist()

    def value(self, step: int, base: float) -> float:
        return float(self.rates[step])


def find_rate(
    run: Run,
    lowest: float = LOWEST,
    highest: float = HIGHEST,
    steps: int = STEPS,
    errand: Errand | None = None,
) -> Search:
    """Try ``steps`` rates between ``lowest`` and ``highest`` on a copy of ``run``, from its first step.

    The run itself stays as it is.  Raises NnlabError where the bounds are no range of positive numbers, and
    where ``errand`` is stopped.
    """
    errand = errand or Errand()
    if not 0 < lowest < highest or steps < 10:
        raise NnlabError(
            _(
                "the rates to try go from a positive number up, in at least 10 steps, not from {low} to "
                "{high} in {steps}",
                low=lowest,
                high=highest,
                steps=steps,
            )
        )
    rates, losses = np.geomspace(lowest, highest, steps), []
    smoothed: list[float] = []
    errand.expects(steps)
    with errand.lock:
        twin = run.branch(0)
    twin.machine.schedule = Growing(rates)
    twin.history.require(steps)
    for count in range(1, steps + 1):
        twin.apply_pending()
        broken = twin.stretch(count)
        errand.step()
        loss = twin.loss
        if broken or not np.isfinite(loss):
            break
        losses.append(loss)
        before = smoothed[-1] * (1 - SMOOTHING ** (count - 1)) if smoothed else 0.0
        smoothed.append((SMOOTHING * before + (1 - SMOOTHING) * loss) / (1 - SMOOTHING**count))
        if smoothed[-1] > BROKEN * min(smoothed):
            break
    best = float(rates[int(np.argmin(smoothed))]) if smoothed else lowest
    return Search(rates[: len(losses)], np.array(losses), np.array(smoothed), max(lowest, best / 10))

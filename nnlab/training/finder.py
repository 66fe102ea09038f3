"""The learning-rate finder: a short run whose rate grows step by step, to see where learning breaks.

Smith 2017 (arXiv 1506.01186).  What is suggested is a tenth of the rate at which the smoothed loss is least:
the loss goes on falling there, and the rate of the least value is already too near the one that breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _

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


def find_rate(run: Run, lowest: float = LOWEST, highest: float = HIGHEST, steps: int = STEPS) -> Search:
    """Try ``steps`` rates between ``lowest`` and ``highest`` on a copy of ``run``, from its first step.

    The run itself stays as it is.  Raises NnlabError where the bounds are no range of positive numbers.
    """
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
    twin = run.branch(0)
    twin.set(schedule="constant")
    rates, losses = np.geomspace(lowest, highest, steps), []
    smoothed: list[float] = []
    for count, rate in enumerate(rates, 1):
        twin.set(lr=float(rate))
        stop = twin.step()
        loss = twin.loss
        if stop.reason == "nan" or not np.isfinite(loss):
            break
        losses.append(loss)
        before = smoothed[-1] * (1 - SMOOTHING ** (count - 1)) if smoothed else 0.0
        smoothed.append((SMOOTHING * before + (1 - SMOOTHING) * loss) / (1 - SMOOTHING**count))
        if smoothed[-1] > BROKEN * min(smoothed):
            break
    best = float(rates[int(np.argmin(smoothed))]) if smoothed else lowest
    return Search(rates[: len(losses)], np.array(losses), np.array(smoothed), max(lowest, best / 10))

"""How a number became infinite or not a number: the first one, what it came from, and the steps before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.health import Breakdown, first_breakdown
from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

BACK = 8


@dataclass(frozen=True)
class Vital:
    """A step before the end: its loss, the length of the gradient, the largest weight."""

    step: int
    loss: float
    gradient: float
    weight: float


@dataclass(frozen=True)
class Autopsy:
    """The first bad number of ``step``, and how the steps before it were, the oldest first."""

    step: int
    found: Breakdown
    vitals: tuple[Vital, ...]


def autopsy(run: Run) -> Autopsy:
    """Raises NnlabError where all numbers of the last step are finite."""
    losses = run.history.losses
    bad = np.flatnonzero(~np.isfinite(losses))
    step = int(bad[0]) + 1 if len(bad) else run.step_count
    twin = run.branch(step)  # it may lie ahead of where the run was taken back to
    found = first_breakdown(twin.program) if step else None
    if found is None:
        raise NnlabError(_("all numbers of this step are finite: there is nothing to look into"))
    vitals = []
    for at in range(max(1, step - BACK), step):
        twin.seek(at)
        grad, theta = host(twin.store.grad).astype(np.float64), host(twin.store.theta)
        vitals.append(Vital(at, twin.loss, float(np.sqrt(grad @ grad)), float(np.abs(theta).max())))
    return Autopsy(step, found, tuple(vitals))

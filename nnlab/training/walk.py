"""Where a run has been in the plane of one or two of its parameters, step by step.

Training records nothing for it: a leg of the walk is computed again from its beginning, by a run beside the
run, and only when somebody looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.program import host

if TYPE_CHECKING:
    from nnlab.training.run import Run
    from nnlab.training.track import Change

Array = np.ndarray[Any, Any]

MOST = 400
"""Steps of a leg that are walked again one by one; further on keyframes tell."""
LEGS = 3
"""Legs that are shown, the last ones."""


class Leg:
    """The walk of a run from step ``begin``, where it started or a weight was set by hand, on.

    ``at`` are the places in θ of the parameters that are looked at.  Made where the run stands still; only
    :meth:`go` may be called while it trains, from one thread at a time.
    """

    def __init__(self, run: Run, begin: int, at: tuple[int, ...]) -> None:
        self.begin, self.at = begin, at
        self._twin = run.branch(begin)
        self._twin.settle()
        self._points = [self._seen(self._twin.store.theta)]

    def _seen(self, theta: Any) -> Array:
        return np.array([float(theta[at]) for at in self.at])

    def fits(self, run: Run, end: int) -> bool:
        """Whether ``run`` has walked this way up to step ``end``, as far as is known here."""
        twin = self._twin
        return (
            run.data is twin.data
            and run.network.text == twin.network.text
            and run.first_config == twin.first_config
            and np.array_equal(host(run.timeline.before(0).theta), host(twin.timeline.before(0).theta))
            and _changes(run, self.begin, end) == _changes(twin, self.begin, min(twin.step_count, end))
        )

    def foresee(self, run: Run, end: int) -> None:
        """Take over the settings that were changed on the way to step ``end``."""
        self._twin.changes = _changes(run, self.begin, end)

    def go(self, end: int) -> Array:
        """The points (n, k) from ``begin`` to step ``end``, each with the update of its step applied."""
        last = min(end, self.begin + MOST) - self.begin
        while len(self._points) <= last and np.isfinite(self._points[-1]).all():
            self._twin.replay(self.begin + len(self._points))
            self._points.append(self._seen(host(self._twin.settled_theta())))
        return np.array(self._points[: last + 1])


def beginnings(run: Run) -> list[int]:
    """The steps up to now at which a leg of the walk began, the last :data:`LEGS` of them."""
    edited = {c.step for c in run.changes if (c.weights or c.surgery) and c.step <= run.step_count}
    return sorted({0, *edited})[-LEGS:]


def _changes(run: Run, begin: int, end: int) -> list[Change]:
    """What was changed up to ``begin`` and on from there before ``end``."""
    return [c for c in run.changes if c.step <= begin or c.step < end]

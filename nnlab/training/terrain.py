"""The loss of a network as a function of one or two of its parameters: the ground that a run walks on."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.program import Program, host
from nnlab.engine.store import ParameterStore

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
Range = tuple[float, float]

LINE, GRID, COARSE = (160,), (40, 56), (20, 28)
"""Places the loss is computed at: along one parameter; up the second one and along the first."""
DEAR = 1 << 18
"""Parameters times training examples from which on the grid is coarse: a place takes 0.2 ms there."""
ROOM = 0.12
"""Room around what must be in sight, as a share of it."""
FARTHEST = 4.0
"""Places with more than so many times the loss of the start need not be in sight."""
STEP = 1e-3
"""Of the differences that the shape of the ground around the start is taken from."""


class Terrain:
    """The mean loss over the training part, penalty included, with chosen parameters of θ moved.

    In float64 and on the host, in buffers of its own: it may be asked from any thread, one at a time.  With
    ``most`` the mean is over so many examples, the first of the part.
    """

    def __init__(self, run: Run, axes: Sequence[Address], most: int = 0) -> None:
        machine, rows = run.machine, len(run.data.split.train)
        rows = min(rows, most) if most else rows
        self._store = ParameterStore(machine.graph, np.float64)
        self._store.put_states({name: host(state) for name, state in run.store.states.items()})
        self._program = Program(machine.graph, self._store, rows, training=False)
        for name, column in machine.part("train").items():
            self._program.values[name][...] = host(column[:rows])
        self._loss = self._program.values[machine.turn(run.step_count).root]
        self.grid = COARSE if run.store.size * len(run.data.split.train) > DEAR else GRID
        self.at = tuple(place(self._store, axis) for axis in axes)

    def put(self, theta: Array) -> None:
        """All parameters (n,), of which the chosen ones will be moved."""
        self._store.theta[...] = theta

    def loss(self, point: Sequence[float] | Array) -> float:
        """The loss with the chosen parameters at ``point`` (k,)."""
        for at, value in zip(self.at, point):
            self._store.theta[at] = value
        with np.errstate(all="ignore"):  # far out numbers overflow, which the picture shows
            self._program.forward()
        return float(self._loss)

    def losses(self, ranges: Sequence[Range]) -> Array:
        """The loss over ``ranges``: (columns,), or (rows, columns) for two with row 0 at the top."""
        if len(ranges) == 1:
            return np.array([self.loss((x,)) for x in np.linspace(*ranges[0], LINE[0])])
        (left, right), (low, high) = ranges
        xs = np.linspace(left, right, self.grid[1])
        return np.array([[self.loss((x, y)) for x in xs] for y in np.linspace(high, low, self.grid[0])])

    def bottom(self, start: Array) -> Array:
        """Where a bowl of the ground's shape around ``start`` (k,) would have its bottom; else ``start``."""
        k = len(start)
        unit = np.eye(k) * STEP * np.maximum(1.0, np.abs(start))
        here = self.loss(start)
        slope = np.array([self.loss(start + d) - self.loss(start - d) for d in unit]) / 2
        bend = np.empty((k, k))
        for i, d in enumerate(unit):
            for j, e in enumerate(unit):
                ends = [self.loss(start + a * d + b * e) for a in (1, -1) for b in (1, -1)]
                bend[i, j] = (ends[0] - ends[1] - ends[2] + ends[3]) / 4
        if not (np.isfinite(bend).all() and (np.linalg.eigvalsh(bend) > 1e-12 * max(1.0, abs(here))).all()):
            return start
        target = start - np.linalg.solve(bend, slope) @ unit
        return target if self.loss(target) < here else start

    def ranges(self, start: Array, points: Array) -> tuple[Range, ...]:
        """What should be in sight of a walk from ``start`` (k,) through ``points`` (n, k).

        The start, the bottom beneath it, the other slope, and all of the walk that is not high up.
        """
        bottom = self.bottom(start)
        limit = FARTHEST * max(self.loss(start), self.loss(2 * bottom - start))
        near = [point for point in points if np.isfinite(point).all() and self.loss(point) <= limit]
        seen = np.array([start, bottom, 2 * bottom - start, *near])
        low, high = seen.min(axis=0), seen.max(axis=0)
        least = max(float((high - low).max()) / 4, 1e-3) if (high > low).any() else 2.0
        return tuple(_outward(a, b, least) for a, b in zip(low, high))


def place(store: ParameterStore, address: Address) -> int:
    """Where in θ the parameter at ``address`` stands."""
    begin, _end, shape = store.slices[address.value]
    return begin + int(np.ravel_multi_index(address.index, shape)) if shape else begin


def _outward(low: float, high: float, least: float) -> Range:
    """``low`` to ``high`` and some room, at least ``least`` wide, between round numbers."""
    wide = max(high - low, least)
    middle = (low + high) / 2
    low, high = middle - wide * (0.5 + ROOM), middle + wide * (0.5 + ROOM)
    power = 10.0 ** floor(log10(wide / 5))
    step = next(n * power for n in (1, 2, 5, 10) if n * power * 10 >= wide)
    return float(f"{floor(low / step) * step:.9g}"), float(f"{ceil(high / step) * step:.9g}")

"""The loss as a landscape over one or two parameters of a run, with the way the run has gone on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.training.terrain import Range

Array = np.ndarray[Any, Any]

LEVELS = 10


@dataclass(frozen=True, slots=True)
class Axis:
    """A parameter to look along, over a range where somebody has chosen one."""

    address: str
    range: Range | None = None


@dataclass(frozen=True)
class Landscape:
    """The ground and the walk.

    ``losses`` is (columns,) over one parameter, (rows, columns) over two with row 0 at the top; ``walks`` are
    (n, k), the last one ending ``here`` (k,), where the last step was computed.  ``gradient`` (k,) is that of
    its batch, ``next`` (k,) where its pending update leads; None where no update is pending.
    """

    names: tuple[str, ...]
    ranges: tuple[Range, ...]
    losses: Array
    walks: tuple[Array, ...]
    here: Array
    loss: float
    step: int
    gradient: Array | None = None
    next: Array | None = None

    @property
    def thresholds(self) -> Array:
        """(LEVELS - 1,) losses between the levels, spaced so that those of a round bowl are equally wide."""
        finite = self.losses[np.isfinite(self.losses)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        return low + (high - low) * (np.arange(1, LEVELS) / LEVELS) ** 2

    def levels(self, rows: int, columns: int) -> Array:
        """The level 0..LEVELS-1 of each cell of a map (rows, columns), row 0 at the top; two parameters."""
        height, width = self.losses.shape
        y, x = np.linspace(0, height - 1, rows), np.linspace(0, width - 1, columns)
        across = np.array([np.interp(x, np.arange(width), row) for row in self.losses])
        smooth = np.array([np.interp(y, np.arange(height), column) for column in across.T]).T
        return np.where(np.isnan(smooth), LEVELS - 1, np.searchsorted(self.thresholds, smooth))

    def contour(self, rows: int, columns: int) -> Array:
        """The levels where a line of the map runs, -1 between the lines."""
        level = self.levels(rows, columns)
        edge = np.zeros(level.shape, bool)
        edge[:, :-1] |= level[:, :-1] < level[:, 1:]
        edge[:, 1:] |= level[:, 1:] < level[:, :-1]
        edge[:-1] |= level[:-1] < level[1:]
        edge[1:] |= level[1:] < level[:-1]
        return np.where(edge, level, -1)

    def lowest(self) -> tuple[Array, float]:
        """The lowest place (k,) of those the loss was computed at, and its loss."""
        finite = np.where(np.isnan(self.losses), np.inf, self.losses)
        at = np.unravel_index(int(finite.argmin()), finite.shape)
        ends = self.ranges if len(self.ranges) == 1 else (self.ranges[1][::-1], self.ranges[0])
        place = [np.linspace(*end, n)[i] for end, n, i in zip(ends, self.losses.shape, at)]
        return np.array(place[::-1]), float(self.losses[at])

    def shares(self, points: Array) -> Array:
        """(n, 2) share of the height, from the top, and of the width at which ``points`` (n, 2) lie."""
        (left, right), (low, high) = self.ranges
        down, across = (high - points[:, 1]) / (high - low), (points[:, 0] - left) / (right - left)
        return np.stack((down, across), axis=1)

    def inside(self, point: Array) -> bool:
        return within(point, self.ranges)

    def height_at(self, xs: Array) -> Array:
        """The loss at places along one parameter, read from the line."""
        return np.interp(xs, np.linspace(*self.ranges[0], len(self.losses)), self.losses)


def within(point: Array, ranges: Sequence[Range]) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(point, ranges))

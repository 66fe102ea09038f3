"""Numbers to levels that stay put: quantisation with hysteresis, and a scale that moves rarely.

Weights drift a little at every training step.  Without hysteresis each level boundary flickers and the
whole picture is sent again; with it a cell changes only when its number has moved by most of a level
(18.0 kB a frame becomes 2.4 kB at 32 levels, research/02 A3.1).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.int16]


class Quantiser:
    """Fractions 0..1 to levels 0..levels-1, remembering the last picture of the same shape.

    A level is kept until the number is more than ``hysteresis`` levels from its centre; 0.5 is plain
    rounding.  Not-a-number becomes level -1, so that pictures can mark it.
    """

    def __init__(self, levels: int = 32, hysteresis: float = 0.75) -> None:
        self.levels = levels
        self.hysteresis = max(0.5, hysteresis)
        self._last: Levels | None = None

    def __call__(self, fractions: NDArray[np.floating]) -> Levels:
        position = np.clip(fractions, 0.0, 1.0) * (self.levels - 1)
        missing = np.isnan(position)
        if missing.any():
            position = np.where(missing, -1.0, position)
        levels: Levels = np.rint(position).astype(np.int16)
        last = self._last
        if last is not None and last.shape == levels.shape:
            levels = np.where(np.abs(position - last) > self.hysteresis, levels, last)
        self._last = levels
        return levels

    def reset(self, levels: int | None = None) -> None:
        """Forget the last picture; ``levels``: use this many from now on (the quality ladder)."""
        self._last = None
        if levels is not None:
            self.levels = levels


def nice_above(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 5, 7 times a power of ten that is >= value; 1 for zero and nan."""
    if not np.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    for step in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0):
        if step * power >= value * (1 - 1e-9):
            return float(step * power)
    return float(10 * power)


class StickyScale:
    """The range of a picture: grows at once, shrinks only when the numbers use less than ``shrink`` of it.

    A range taken afresh from each frame would move every cell of the picture at every step.
    """

    def __init__(self, shrink: float = 0.4) -> None:
        self.shrink = shrink
        self.limit = 0.0

    def __call__(self, values: NDArray[np.floating]) -> float:
        """The limit to draw ``values`` with, at least their largest finite size."""
        size = np.abs(values)
        largest = float(np.max(size, initial=0.0, where=np.isfinite(size)))
        if largest > self.limit or largest < self.shrink * self.limit or not self.limit:
            self.limit = nice_above(largest)
        return self.limit


def signed(values: NDArray[np.floating], limit: float) -> NDArray[np.floating]:
    """-limit..limit to 0..1 with zero at the middle."""
    return np.asarray(values) * (0.5 / limit) + 0.5


def unsigned(values: NDArray[np.floating], low: float, high: float) -> NDArray[np.floating]:
    """low..high to 0..1; a flat picture becomes zeros."""
    return (np.asarray(values) - low) / ((high - low) or 1.0)

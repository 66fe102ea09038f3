"""How fast watched training goes: a ladder of speeds, and the beat that keeps to one of them.

A small network takes thirty thousand steps a second: whoever sees it for the first time sees nothing.  So
training that goes on until it is paused keeps to a speed, and the keys walk the ladder up to flat out.
"""

from __future__ import annotations

LADDER: tuple[float | None, ...] = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0, None)
"""Steps a second, slow to fast; None is flat out: as fast as it runs."""


def walked(speed: float | None, way: int) -> float | None:
    """The next speed of the ladder above ``speed`` (``way`` 1) or below it (-1); its ends stay."""
    numbers = [rung if rung is not None else float("inf") for rung in LADDER]
    now = speed if speed is not None else float("inf")
    beyond = [n for n in numbers if (n > now if way > 0 else n < now)]
    if not beyond:
        return speed
    found = beyond[0] if way > 0 else beyond[-1]
    return found if found != float("inf") else None


class Beat:
    """Which steps are due at a speed.  Time lost to a slow step is not made up for: no bursts.

    Nothing is fixed ahead, so another speed counts at once.
    """

    def __init__(self, slice_seconds: float) -> None:
        self._slice = slice_seconds
        self._last = float("-inf")
        self._taken = 0

    def wait(self, speed: float, now: float) -> float:
        """Seconds from ``now`` until steps are due; 0 where they are."""
        return max(0.0, self._last + self._taken / speed - now)

    def due(self, speed: float) -> int:
        """Steps to take at once: one, or as many as go by in a slice of time."""
        return max(1, int(speed * self._slice))

    def took(self, steps: int, speed: float, now: float) -> None:
        """``steps`` were taken, the first of them due when the beat said."""
        due = self._last + self._taken / speed
        self._last = max(due, now - self._slice)
        self._taken = steps

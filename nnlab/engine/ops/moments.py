"""The order in which a recurrent layer goes through time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Array = Any


@dataclass(frozen=True, slots=True)
class Moments:
    """``time`` moments t from the first to the last, or from the last to the first if ``reverse``.

    ``step`` counts them in the order of the loop.  ``truncate`` (0 for none) is how many steps a chunk has
    that the gradient does not flow out of.
    """

    time: int
    reverse: bool = False
    truncate: int = 0

    def step(self, t: int) -> int:
        return self.time - 1 - t if self.reverse else t

    def before(self, t: int) -> int | None:
        """The moment that the state of t comes from; None at the first."""
        return None if self.step(t) == 0 else t + 1 if self.reverse else t - 1

    def after(self, t: int) -> int | None:
        """The moment that the state of t goes to; None at the last."""
        return None if self.step(t) == self.time - 1 else t - 1 if self.reverse else t + 1

    @property
    def first(self) -> int:
        return self.time - 1 if self.reverse else 0

    @property
    def last(self) -> int:
        return 0 if self.reverse else self.time - 1

    def cut(self, step: int) -> bool:
        """Whether no gradient flows from ``step`` to the step before."""
        return step > 0 and self.truncate > 0 and step % self.truncate == 0

    def view(self, array: Array) -> Array:
        """(T, B, …) in the order of the loop as (B, T, …) in the order of time."""
        ordered = array[::-1] if self.reverse else array
        return ordered.transpose(1, 0, *range(2, array.ndim))

    def in_loop(self, array: Array) -> Array:
        """(B, T, …) in the order of time as (T, B, …) in the order of the loop."""
        ordered = array.transpose(1, 0, *range(2, array.ndim))
        return ordered[::-1] if self.reverse else ordered

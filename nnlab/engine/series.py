"""The terms of a sum: ranked by size, and made only when looked at where there are very many.

‖grad‖ of a 784-128 network has 109,386 terms.  To build them all takes seconds; to add up and rank an array
takes milliseconds, and a reader looks at a dozen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from nnlab.engine.expression import Expression


class LikeTerms(Sequence["Expression"]):
    """n terms of one form: ``values`` (n,) float64 is what each is worth, ``make(i)`` its expression."""

    __slots__ = ("make", "values")

    def __init__(self, values: ArrayLike, make: Callable[[int], Expression]):
        self.values: NDArray[np.float64] = np.asarray(values, np.float64)
        self.make = make

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> Expression: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Expression]: ...
    def __getitem__(self, place: int | slice) -> Expression | Sequence[Expression]:
        places = range(len(self.values))[place]
        return self.make(places) if isinstance(places, int) else [self.make(i) for i in places]


def ranking(values: NDArray[np.float64], most: int | None = None) -> NDArray[np.int64]:
    """Places of ``values`` (n,) from the largest magnitude to the smallest, NaN first, ties in order.

    ``most`` is how many are asked for; few of many are found without sorting the others.
    """
    sizes = np.abs(values)
    sizes[np.isnan(sizes)] = np.inf
    if most is None or most >= len(sizes):
        return np.argsort(-sizes, kind="stable")
    least = np.partition(sizes, len(sizes) - most)[len(sizes) - most]
    large = np.flatnonzero(sizes >= least)
    return large[np.argsort(-sizes[large], kind="stable")[:most]]


def places_to_show(values: NDArray[np.float64], limit: int) -> list[int]:
    """Which terms of a sum to write out: all in order, or of a long one the largest that are not zero."""
    if len(values) <= limit:
        return list(range(len(values)))
    order: list[int] = ranking(values, limit).tolist()
    return [i for i in order if values[i] != 0.0] or order[:1]


def added(values: Iterable[float]) -> float:
    """Σ values, rounded once; infinities and overflow give what adding one by one gives."""
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    try:
        return math.fsum(listed)
    except (OverflowError, ValueError):  # beyond the largest float on the way, or ∞ − ∞
        return float(sum(listed))

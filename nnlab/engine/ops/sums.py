"""Sums for explanations that may be long: of products, and of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.expression import Expression, Reference, const, series, total

LONG = 1000
"""Sums of more terms than this are made term by term only when somebody looks."""

Pick = Callable[..., Reference]
Numbers = NDArray[np.float64]
Places = Sequence[tuple[tuple[int, ...], tuple[int, ...]]]


def products(
    places: Places,
    x: Pick,
    y: Pick,
    whole_x: Callable[[], Numbers],
    whole_y: Callable[[], Numbers],
    rest: Sequence[Expression] = (),
) -> Expression:
    """Σ x[i]·y[j] over pairs of indices (i, j), and ``rest``; a series where the terms are many.

    ``x`` and ``y`` pick a number by its index; ``whole_x()`` and ``whole_y()`` are all of them at once.
    """
    count = len(places)

    def term(k: int) -> Expression:
        if k >= count:
            return rest[k - count]
        first, second = places[k]
        return x(*first) * y(*second)

    if count + len(rest) == 0:
        return const(0.0)
    if count <= LONG:
        return total([term(k) for k in range(count + len(rest))])
    firsts, seconds = (tuple(np.array(side).T) for side in zip(*places))
    worth = whole_x()[firsts] * whole_y()[seconds]
    return series(np.append(worth, [part.evaluate() for part in rest]), term)


def numbers(places: Sequence[tuple[int, ...]], x: Pick, whole_x: Callable[[], Numbers]) -> Expression:
    """Σ x[i] over indices, likewise."""
    if len(places) <= LONG:
        return total([x(*place) for place in places])
    return series(whole_x()[tuple(np.array(places).T)], lambda k: x(*places[k]))

"""A window of its own for every channel.

Beside whole arrays come tuples of views, one for each tap: what it sees at all positions at once, and its
weights, repeated along a row where that makes long runs in memory of both.  Backends with loops of their own
take the whole arrays and ``moves``: (dilation down, dilation right, stride down, stride right).
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any
Arrays = tuple[Any, ...]
Moves = tuple[int, ...]


def depthwise(
    x: Array, W: Array, moves: Moves, b: Array, views: Arrays, weights: Arrays, part: Array, sums: Array,
    z: Array,
) -> None:  # fmt: skip
    """z (batch, rows, columns, channels) = b + Σ x·W over the taps.

    x has its padding around it, W is (height, width, channels); ``sums`` is z in the shape of the views,
    ``part`` scratch in that shape.
    """
    xp.copyto(z, b)
    for seen, weight in zip(views, weights):
        xp.multiply(seen, weight, part)
        xp.add(sums, part, sums)


def depthwise_weights(
    x: Array, dz: Array, moves: Moves, views: Arrays, slopes: Array, part: Array, flat: Array, ones: Array,
    rows: Arrays, dW: Array,
) -> None:  # fmt: skip
    """dW (height, width, channels) = Σ x·dz over all positions.

    ``slopes`` is dz in the shape of the views, ``part`` scratch in that shape and ``flat`` the same as
    (positions, channels), ``rows`` the taps of dW.
    """
    for seen, row in zip(views, rows):
        xp.multiply(seen, slopes, part)
        xp.dot(ones, flat, row)


def depthwise_scatter(
    zero: Array, slopes: Arrays, weights: Arrays, parts: Arrays, places: Arrays, dx: Array
) -> None:
    """dx = Σ dz·W, tap by tap to the ``places`` it has looked at; ``parts`` is scratch in their shapes."""
    xp.copyto(dx, zero)
    for slope, weight, part, place in zip(slopes, weights, parts, places):
        xp.multiply(slope, weight, part)
        xp.add(place, part, place)

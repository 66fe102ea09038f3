"""Pooling: the largest or the mean of what a window sees.

Arrays come as tuples of views, one for each tap of the window: what the tap sees at all positions at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any
Arrays = tuple[Any, ...]


def larger_of_two(x: Array, y: Array, most: Array, second: Array) -> None:
    """most = max(x, y), and ``second`` (bool) where that is y alone."""
    xp.greater(y, x, second)
    xp.maximum(x, y, out=most)


def max_pool(
    xs: Arrays, highest: Arrays, beats: Arrays, beaten: Arrays, codes: Arrays, marks: Arrays, winners: Arrays
) -> None:
    """highest = max(highest, x) tap by tap; the winner is the last tap that was larger than all before.

    Tap k has the number ``codes[k]``: the winner is the largest number of a tap that beat those before it.
    ``beats`` is bool scratch, ``beaten`` the same memory as numbers of the winner's kind where it can be.
    """
    for x, most, beat, was, code, mark, winner in zip(xs, highest, beats, beaten, codes, marks, winners):
        xp.greater(x, most, beat)
        xp.maximum(most, x, out=most)
        xp.multiply(was, code, mark)
        xp.maximum(winner, mark, out=winner)


def max_pool_backward(
    winners: Arrays, codes: Arrays, hits: Arrays, gradients: Arrays, places: Arrays
) -> None:
    """Each place takes the gradient of the window that it won, for windows that share no place."""
    for winner, code, hit, da, place in zip(winners, codes, hits, gradients, places):
        xp.equal(winner, code, hit)
        xp.multiply(da, hit, place)


def max_pool_scatter(
    winners: Arrays, codes: Arrays, hits: Arrays, gradients: Arrays, parts: Arrays, places: Arrays
) -> None:
    """The same for windows that overlap: every place adds up what it won.  ``parts`` is scratch."""
    for winner, code, hit, da, part, place in zip(winners, codes, hits, gradients, parts, places):
        xp.equal(winner, code, hit)
        xp.multiply(da, hit, part)
        xp.add(place, part, place)


def add_taps(xs: Arrays, sums: Arrays) -> None:
    """sums += x, tap by tap."""
    for x, part in zip(xs, sums):
        xp.add(part, x, part)


def spread(gradients: Arrays, places: Arrays) -> None:
    """Every place of a window takes its gradient, for windows that share no place."""
    for da, place in zip(gradients, places):
        xp.copyto(place, da)


def global_max(x: Array, winner: Array, a: Array) -> None:
    """The largest of x (batch, places, channels) over the places, and the first place that has it."""
    xp.argmax(x, 1, winner)
    xp.amax(x, 1, a)


def global_max_backward(winner: Array, places: Array, hit: Array, da: Array, dx: Array) -> None:
    """dx (batch, places, channels) = da where the place has won; winner and da are (batch, 1, channels)."""
    xp.equal(winner, places, hit)
    xp.multiply(hit, da, dx)


def global_mean(ones: Array, x: Array, share: Array, a: Array) -> None:
    """a (batch, 1, channels) = Σ x / places; ``ones`` is (1, places)."""
    xp.matmul(ones, x, a)
    xp.multiply(a, share, a)


def global_mean_backward(da: Array, share: Array, dx: Array) -> None:
    xp.multiply(da, share, dx)

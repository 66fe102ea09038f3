"""Pooling: the largest or the mean of what a window sees.

Beside whole arrays come tuples of views, one for each tap of the window: what it sees at all positions at
once.  Backends with loops of their own take the whole arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any
Arrays = tuple[Any, ...]
Taps = tuple[Arrays, ...]
Moves = tuple[int, ...]


def max_pool(x: Array, moves: Moves, a: Array, winner: Array, begin: Taps, pair: Taps, taps: Taps) -> None:
    """a = the largest number of each window of x, winner = the number of the tap that saw it.

    ``moves`` are (window height, width, stride down, right), () where windows hang over the edge.  The arrays
    in ``begin`` take a value first.
    ``pair`` are the first two taps where they can be taken at once: whether the second is larger is a bool,
    whose byte is the number of the winner of the two.  Of the other ``taps``, one is larger than all before
    it or not, so that the winner is the largest number of a tap that was.  ``beat`` is bool scratch, ``was``
    the same memory as numbers of the winner's kind where it can be.
    """
    for value, out in zip(*begin):
        xp.copyto(out, value)
    for first, second, most, larger in zip(*pair):
        xp.greater(second, first, larger)
        xp.maximum(first, second, out=most)
    for seen, most, beat, was, number, mark, won in zip(*taps):
        xp.greater(seen, most, beat)
        xp.maximum(most, seen, out=most)
        xp.multiply(was, number, mark)
        xp.maximum(won, mark, out=won)


def max_pool_backward(dx: Array, moves: Moves, da: Array, winner: Array, taps: Taps) -> None:
    """Each place takes the gradient of the window that it won, for windows that share no place."""
    for won, number, hit, slope, place in zip(*taps):
        xp.equal(won, number, hit)
        xp.multiply(slope, hit, place)


def max_pool_scatter(taps: Taps) -> None:
    """The same for windows that overlap: every place adds up what it won.  ``part`` is scratch."""
    for won, number, hit, slope, part, place in zip(*taps):
        xp.equal(won, number, hit)
        xp.multiply(slope, hit, part)
        xp.add(place, part, place)


def max_pool_relu(
    z: Array, first: Array, second: Array, others: Arrays, numbers: Arrays, larger: Array, beats: Array,
    beaten: Array, zeros: Array, zero: Array, a: Array, winner: Array,
) -> None:  # fmt: skip
    """a = the largest of z (taps, n) over the taps, or 0 where that is larger; winner = the first tap that
    saw max(z, 0) so large.

    ``first``, ``second`` and the ``others``, whose ``numbers`` are 2, 3, …, are the rows of z.  ``larger`` is
    winner as bool; ``beats`` is bool scratch, ``beaten`` the same memory as bytes.
    """
    xp.greater(second, first, larger)
    xp.maximum(first, second, out=a)
    for seen, number in zip(others, numbers):
        xp.greater(seen, a, beats)
        xp.maximum(a, seen, out=a)
        xp.multiply(beaten, number, beaten)
        xp.maximum(winner, beaten, out=winner)
    xp.maximum(a, zeros, out=a)
    xp.not_equal(a, zero, beats)
    xp.multiply(winner, beaten, winner)


def max_pool_relu_backward(
    a: Array, winner: Array, da: Array, zero: Array, hit: Array, slope: Array, numbers: Arrays,
    places: Arrays, dz: Array,
) -> None:  # fmt: skip
    """dz (taps, n) = da where a > 0, in the row of the tap that has won.

    ``places`` are the rows of dz, ``hit`` is bool scratch, ``slope`` scratch.
    """
    xp.greater(a, zero, hit)
    xp.copyto(slope, hit)
    xp.multiply(slope, da, slope)
    for number, place in zip(numbers, places):
        xp.equal(winner, number, hit)
        xp.copyto(place, hit)
        xp.multiply(place, slope, place)


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

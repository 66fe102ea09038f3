"""Sliding windows: convolution and pooling."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def columns(windows: Array, out: Array) -> None:
    """What each window sees; ``windows`` is a view of the image in which neighbours overlap."""
    xp.copyto(out, windows)


def grouped_matmul(x: Array, W: Array, z: Array) -> None:
    """z[g] = x[g]·W[g], matrices that lie apart by a stride."""
    xp.matmul(x, W, z)


def scatter(
    zero: Array, pieces: tuple[Array, ...], places: tuple[Array, ...], parts: Array,
    moves: tuple[int, ...], out: Array,
) -> None:  # fmt: skip
    """out = 0; then out at ``places[k]``, which are views of it, += ``pieces[k]``, one k for each tap.

    The pieces are views of ``parts`` (examples, *positions, *taps, channels); ``moves`` are stride, dilation
    and zeros ahead, down and then right.  Backends with loops of their own take these.
    """
    xp.copyto(out, zero)
    for piece, place in zip(pieces, places):
        xp.add(place, piece, place)

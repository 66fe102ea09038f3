"""What a sliding window sees, as the rows of a matrix: a convolution is then one matrix product (im2col).

Arrays here have two axes of space, (examples, height, width, channels); a sequence has height 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import prod

from nnlab.engine.operation import Array, Buffers, Call
from nnlab.engine.ops.window import Axes, Axis, positions, taps

FEW_CHANNELS = 4
"""Up to so many channels a column for each tap is copied faster than a row for each position (measured)."""


def in_plane(window: Axes) -> tuple[Axis, Axis]:
    """The window over a sequence as one over an image of height 1."""
    return (Axis(1, 1), window[0]) if len(window) == 1 else (window[0], window[1])


def image(x: Array) -> Array:
    """A sequence (examples, time, channels) as an image of height 1; an image as it is."""
    return x if x.ndim == 4 else x[:, None]


@dataclass(slots=True)
class Columns:
    """``matrix`` (rows, taps·channels): a row for each position of each example; ``load`` are the calls
    that fill it.

    With ``groups`` the matrix is (groups, rows, taps·channels of a group).  Where it was asked for, a column
    of ones stands last, for a bias that is one more row of the weights.
    """

    load: list[Call]
    matrix: Array


def columns(
    at: Buffers,
    x: Array,
    window: Axes,
    groups: int = 1,
    ones: bool = False,
    room: str = "",
    pooling: Axes = (),
) -> Columns:
    """Buffers and calls that lay out what ``window`` sees in x (examples, height, width, channels).

    With ``room``, the name of a room of few channels, the matrix is kept from forward to backward.  With
    ``pooling``, windows over the positions that lie apart, the rows are those positions only, first what the
    first tap of every window looks at, then the second, and so on.
    """
    few = groups == 1 and x.shape[3] <= FEW_CHANNELS
    return laid_out(at, *padded(at, x, window, planes=few), window, groups, ones, room, pooling, few)


def laid_out(
    at: Buffers,
    seen: Array,
    load: list[Call],
    window: Axes,
    groups: int = 1,
    ones: bool = False,
    room: str = "",
    pooling: Axes = (),
    few: bool = False,
) -> Columns:
    """The same of an image ``seen`` that ``load`` puts its padding around."""
    examples, channels = seen.shape[0], seen.shape[3] // groups
    rows_, columns_ = window
    e, h, w, c = seen.strides
    down, right = rows_.stride * h, columns_.stride * w
    out: tuple[int, ...] = (examples, *positions(window))
    steps: tuple[int, ...] = (e, down, right)
    if pooling:
        vertical, horizontal = pooling
        out = (vertical.size, horizontal.size, examples, *positions(pooling))
        steps = (down, right, e, vertical.stride * down, horizontal.stride * right)
    below, beside = rows_.dilation * h, columns_.dilation * w
    as_strided = at.kernels.xp.lib.stride_tricks.as_strided
    size = (rows_.size, columns_.size, channels)
    count, width = prod(out), rows_.size * columns_.size * channels
    if few:
        shape = (width + ones, count)
        matrix = at.kept(room, *shape) if room else at.scratch(*shape)
        if ones:
            matrix[width:] = at.scalar(1.0)
        view = as_strided(seen, (*size, *out), (below, beside, c, *steps))
        load.append(partial(at.kernels.columns, view, matrix[:width].reshape(*size, *out)))
        return Columns(load, matrix.T)
    matrix = at.ones(count, width + 1) if ones else at.scratch(groups, count, width)
    into = matrix[:, :width] if ones else matrix
    view = as_strided(seen, (groups, *out, *size), (channels * c, *steps, below, beside, c))
    load.append(partial(at.kernels.columns, view, into.reshape(groups, *out, *size)))
    return Columns(load, matrix[0] if groups == 1 and not ones else matrix)


def padded(at: Buffers, x: Array, window: Axes, planes: bool) -> tuple[Array, list[Call]]:
    """x with zeros around it, and the call that puts it there; x itself where nothing is padded.

    ``planes`` lays out each channel for itself: what neighbours in a column then are neighbours in memory.
    """
    if not planes and not any(axis.before or axis.after for axis in window):
        return x, []
    around, inside = room_for(at, x.shape, window, planes)
    return around, [partial(at.kernels.copy, x, inside)]


def in_windows(
    at: Buffers, dz: Array, shape: tuple[int, ...], window: Axes, pooling: Axes
) -> tuple[Array, list[Call]]:
    """dz (rows, channels), in the order that ``pooling`` gives, put back into an image of ``shape`` with
    zeros around it, and the calls that do so; what no window of the pooling looks at stays 0."""
    around, inside = room_for(at, shape, window)
    vertical, horizontal = pooling
    pieces = dz.reshape(vertical.size, horizontal.size, shape[0], *positions(pooling), shape[3])
    load: list[Call] = []
    for i, j in taps(pooling):
        (_rows, ys), (_cols, xs) = vertical.shared(i), horizontal.shared(j)
        load.append(partial(at.kernels.copy, pieces[i, j], inside[:, ys, xs]))
    return around, load


def room_for(at: Buffers, shape: tuple[int, ...], window: Axes, planes: bool = False) -> tuple[Array, Array]:
    """Zeros for an image of ``shape`` and the padding of ``window`` around it, and the view of the inside."""
    examples, height, width, channels = shape
    (top, bottom), (left, right) = ((axis.before, axis.after) for axis in window)
    size = (top + height + bottom, left + width + right)
    if planes:
        around = at.scratch(channels, examples, *size).transpose(1, 2, 3, 0)
    else:
        around = at.scratch(examples, *size, channels)
    return around, around[:, top : top + height, left : left + width]


def scattered(at: Buffers, parts: Array, out: Array, window: Axes) -> list[Call]:
    """Calls that add to every place of ``out`` what the windows that look at it hold for it (col2im).

    ``parts`` (examples, *positions, *taps, channels) is laid out as columns are; what falls on padding is
    dropped.
    """
    pieces, places = [], []
    for i, j in taps(window):
        (rows, ys), (cols, xs) = window[0].shared(i), window[1].shared(j)
        pieces.append(parts[:, rows, cols, i, j])
        places.append(out[:, ys, xs])
    moves = tuple(number for axis in window for number in (axis.stride, axis.dilation, axis.before))
    views = tuple(pieces), tuple(places)
    return [partial(at.kernels.scatter, at.scalar(0.0), *views, parts, moves, out)]

"""A convolution, relu and a max pooling that run as one, window by window of the pooling.

A pooling looks at places that lie apart in memory, in runs as short as there are channels.  So the product of
the convolution is computed in another order: first every position that is the first of its window, then every
second, and so on.  The largest of each window is then taken of a few whole arrays, and relu need only look at
what is left, since the largest of max(z, 0) is max(the largest z, 0).  What flows back goes the same way.

What stands in between, z, relu's a and their gradients, is on nobody's way.  It is left out of the pass and
made when a reader asks for it (:mod:`nnlab.engine.asked`), from the same products, so that it is what the
pass has worked with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import prod

import numpy as np

from nnlab.engine.operation import Array, Buffers, Call, Operation
from nnlab.engine.ops.activations import ReLU
from nnlab.engine.ops.columns import FEW_CHANNELS, image, in_plane, room_for
from nnlab.engine.ops.conv import Convolution
from nnlab.engine.ops.pool import MaxPool
from nnlab.engine.ops.window import Axes, positions, taps

LARGEST = 256
"""More taps have numbers that do not fit into a byte."""


def fits(operations: Sequence[Operation]) -> bool:
    """Whether the first three are a convolution, relu and a pooling with windows that share no place."""
    if len(operations) < 3:
        return False
    convolution, relu, pool = operations[:3]
    if not (isinstance(convolution, Convolution) and type(relu) is ReLU and isinstance(pool, MaxPool)):
        return False
    moves_by_one = convolution.groups == 1 and all(axis.stride == 1 for axis in convolution.window)
    return moves_by_one and pool.apart and not pool.padded and 1 < prod(pool.size) <= LARGEST


def forward(convolution: Convolution, pool: MaxPool, first: Buffers, last: Buffers) -> list[Call]:
    """a and the winners of the pooling, whose buffers are ``last``, from what the convolution reads."""
    z, calls = _product(convolution, pool, first)
    zs, (a, winner) = z.reshape(prod(pool.size), -1), (array.reshape(-1) for array in last.outs)
    beats, numbers = last.scratch(a.size, dtype=bool), _numbers(pool, last)
    work = last.kernels.max_pool_relu
    scratch = winner.view(bool), beats, beats.view(winner.dtype)
    zeros = last.scratch(a.size), last.scalar(0.0)
    calls.append(partial(work, zs, zs[0], zs[1], tuple(zs[2:]), numbers[2:], *scratch, *zeros, a, winner))
    return calls


def backward(convolution: Convolution, pool: MaxPool, first: Buffers, last: Buffers) -> list[Call]:
    """The gradients that are asked of the convolution, from that of what the pooling makes."""
    a, winner = (array.reshape(-1) for array in last.outs)
    da: Array = last.gouts[0]
    dz = last.scratch(prod(pool.size), a.size, dtype=a.dtype)
    scratch = last.scalar(0.0), last.scratch(a.size, dtype=bool), last.scratch(a.size)
    work = last.kernels.max_pool_relu_backward
    call = partial(work, a, winner, da.reshape(-1), *scratch, _numbers(pool, last), tuple(dz), dz)
    channels = first.outs[0].shape[-1]
    return [call, *convolution.flow_back(first, dz.reshape(-1, channels), in_plane(pool.window))]


def takes_winners(convolution: Convolution, pool: MaxPool, at: Buffers) -> bool:
    """Whether the kernels have one that multiplies the winners alone, and it pays: they are a quarter."""
    few = prod(pool.size) < 4 or convolution.inputs[0].shape[-1] <= FEW_CHANNELS
    both = at.gins[0] is not None and at.gins[1] is not None
    narrow = all(axis.dilation == 1 for axis in convolution.window)
    return "winner_gradients" in at.kernels.fused and both and narrow and not few


def from_winners(
    convolution: Convolution, pool: MaxPool, first: Buffers, last: Buffers, end: bool
) -> list[Call]:
    """As :func:`backward`; gradients of parameters are summed up over the blocks, and complete at the end."""
    kernels, window = first.kernels, in_plane(convolution.window)
    x, dx = image(first.ins[0]), image(first.gins[0])
    sequence = first.ins[1].ndim == 3
    W = first.ins[1][None] if sequence else first.ins[1]
    height, width, channels, out = W.shape
    around, inside = room_for(first, x.shape, window)
    back, under = room_for(first, x.shape, window)
    turned, sums = (first.scratch(out, height, width * channels) for _ in range(2))
    db, zero = first.scratch(out), first.scalar(0.0)
    first.once(partial(kernels.copy, W.transpose(3, 0, 1, 2), turned.reshape(out, height, width, channels)))
    first.once(partial(kernels.fill, zero, sums))
    first.once(partial(kernels.fill, zero, db))
    a, winner = map(image, last.outs)
    da = image(last.gouts[0])
    work = kernels.fused["winner_gradients"]
    scratch = _lists(first, prod(pool.size), out, a.size // out)
    row = first.scratch(height * width * channels)
    calls: list[Call] = [
        partial(kernels.copy, x, inside),
        partial(work, around, turned, a, winner, da, pool.moves, *scratch, row, back, sums, db),
        partial(kernels.copy, under, dx),
    ]
    if end:
        dW: Array = first.gins[1]
        shape = out, height, width, channels
        made = sums.reshape(shape).transpose(1, 2, 3, 0)
        calls.append(partial(kernels.copy, made, dW[None] if sequence else dW))
        calls += [partial(kernels.copy, db, total) for total in first.gins[2:] if total is not None]
    return calls


def _lists(at: Buffers, taps_: int, out: int, windows: int) -> tuple[Array, ...]:
    """Scratch for the winners of a window by tap and of all windows by output; see the kernel."""
    more, whole = 8, np.intp
    of_window = at.scratch(taps_, out + more, dtype=whole), at.scratch(taps_, out + more)
    of_output = at.scratch(out, windows + more, dtype=whole), at.scratch(out, windows + more)
    return *of_window, at.scratch(taps_, dtype=whole), *of_output, at.scratch(out, dtype=whole)


def shown(convolution: Convolution, pool: MaxPool, first: Buffers) -> list[Call]:
    """z as a reader sees it: the products of :func:`forward` in their places, those of no window as well."""
    window, z = in_plane(pool.window), image(first.outs[0])
    calls = [] if _covers(window) else convolution.forward(first)
    product, more = _product(convolution, pool, first)
    pieces = product.reshape(window[0].size, window[1].size, len(z), *positions(window), z.shape[-1])
    calls += more
    for i, j in taps(window):
        (_rows, ys), (_columns, xs) = window[0].shared(i), window[1].shared(j)
        calls.append(partial(first.kernels.copy, pieces[i, j], z[:, ys, xs]))
    return calls


def _product(convolution: Convolution, pool: MaxPool, at: Buffers) -> tuple[Array, list[Call]]:
    """z (tap · window, channels) and the calls that compute it."""
    window = in_plane(pool.window)
    count = prod(pool.size) * at.batch * prod(positions(window))
    z = at.scratch(count, at.outs[0].shape[-1])
    return z, convolution.product(at, z, window)


def _covers(window: Axes) -> bool:
    """Whether every position belongs to a window."""
    return all(axis.positions * axis.stride == axis.length == axis.positions * axis.size for axis in window)


def _numbers(pool: MaxPool, at: Buffers) -> tuple[Array, ...]:
    """The numbers of the taps, as 0-d arrays."""
    return tuple(at.kernels.xp.asarray(k, at.outs[1].dtype) for k in range(prod(pool.size)))

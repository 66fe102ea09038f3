"""How a convolution runs whose channels have each a window of their own: sums, and no product of matrices."""

from __future__ import annotations

from functools import partial
from math import prod

from nnlab.engine.operation import Array, Buffers, Call
from nnlab.engine.ops.columns import image, padded
from nnlab.engine.ops.window import Axes, adjoint, positions, tap_views, taps


def forward(at: Buffers, window: Axes) -> list[Call]:
    """z = b + Σ x·W; ``window`` has two axes, as everywhere here."""
    x, W, *b = at.ins
    bias = b[0] if b else at.scratch(x.shape[-1])
    return _sums(at, image(x), _plane(W), window, bias, image(at.outs[0]))


def backward(at: Buffers, window: Axes) -> list[Call]:
    dx, dW, *db = at.gins
    dz: Array = image(at.gouts[0])
    calls: list[Call] = []
    if dx is not None:
        calls += _input_gradient(at, dz, image(dx), window)
    if dW is not None:
        calls += _weight_gradient(at, dz, _plane(dW), window)
    if db and db[0] is not None:
        flat = dz.reshape(-1, dz.shape[-1])
        calls.append(partial(at.kernels.sum_rows, flat, at.ones(len(flat)), db[0]))
    return calls


def _plane(W: Array) -> Array:
    """W (height, width, 1, channels), or (time, 1, channels), as (height, width, channels)."""
    return W[:, :, 0] if W.ndim == 4 else W[None, :, 0]


def _sums(at: Buffers, x: Array, W: Array, window: Axes, b: Array, z: Array) -> list[Call]:
    around, load = padded(at, x, window, planes=False)
    views, shape = _seen(around, window)
    weights = at.scratch(prod(W.shape[:2]), *shape[2:])
    repeated, own = weights.reshape(len(weights), -1, W.shape[2]), at.scratch(*W.shape)
    at.once(partial(at.kernels.copy, W, own))
    at.once(partial(at.kernels.copy, own.reshape(len(weights), 1, -1), repeated))
    part = at.scratch(*shape)
    work = at.kernels.depthwise
    rest = views, tuple(weights), part, z.reshape(shape), z
    return [*load, partial(work, around, own, _moves(window), b, *rest)]


def _seen(around: Array, window: Axes) -> tuple[tuple[Array, ...], tuple[int, ...]]:
    """What each tap sees of an image with its padding, and the shape of that.

    It is (batch, rows, columns · channels), long runs, where windows move right by one.
    """
    down, right = window
    rows, columns = positions(window)
    views = [
        around[
            :,
            i * down.dilation : i * down.dilation + (rows - 1) * down.stride + 1 : down.stride,
            j * right.dilation : j * right.dilation + (columns - 1) * right.stride + 1 : right.stride,
        ]
        for i, j in taps(window)
    ]
    shape = views[0].shape
    if right.stride == 1:
        shape = *shape[:2], shape[2] * shape[3]
    return tuple(view.reshape(shape) for view in views), shape


def _input_gradient(at: Buffers, dz: Array, dx: Array, window: Axes) -> list[Call]:
    W = _plane(at.ins[1])
    if all(axis.stride == 1 for axis in window):
        none = at.scratch(dx.shape[-1])
        return _sums(at, dz, W[::-1, ::-1], tuple(map(adjoint, window)), none, dx)
    kernels = at.kernels
    places, slopes, parts = (list(views) for views in tap_views(window, [dx], [dz, at.scratch(*dz.shape)]))
    weights = tuple(W[i, j] for i, j in taps(window))
    zero = at.scalar(0.0)
    return [partial(kernels.depthwise_scatter, zero, tuple(slopes), weights, tuple(parts), tuple(places), dx)]


def _weight_gradient(at: Buffers, dz: Array, dW: Array, window: Axes) -> list[Call]:
    around, load = padded(at, image(at.ins[0]), window, planes=False)
    views, shape = _seen(around, window)
    part, channels = at.scratch(*shape), dz.shape[-1]
    flat = part.reshape(-1, channels)
    rows = tuple(dW[i, j] for i, j in taps(window))
    work, rest = at.kernels.depthwise_weights, (part, flat, at.ones(len(flat)), rows, dW)
    return [*load, partial(work, around, dz, _moves(window), views, dz.reshape(shape), *rest)]


def _moves(window: Axes) -> tuple[int, ...]:
    down, right = window
    return down.dilation, right.dilation, down.stride, right.stride

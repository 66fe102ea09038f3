"""Numba kernels of pooling and batch normalisation: one pass over memory each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.engine.kernels import pooling
from nnlab.engine.kernels.fast_normalise import scale_and_shift
from nnlab.engine.kernels.machine_code import compiled

Array = Any
Arrays = tuple[Any, ...]
Moves = tuple[int, ...]


def max_pool_2x2(x: Array, a: Array, winner: Array) -> None:
    """Four taps at once for windows of 2 × 2 that move by 2."""
    for n in range(a.shape[0]):
        for i in range(a.shape[1]):
            for j in range(a.shape[2]):
                first, second = x[n, 2 * i, 2 * j], x[n, 2 * i, 2 * j + 1]
                third, fourth = x[n, 2 * i + 1, 2 * j], x[n, 2 * i + 1, 2 * j + 1]
                most, won = a[n, i, j], winner[n, i, j]
                for c in range(most.size):
                    high, low = first[c], third[c]
                    top, bottom = 0, 2
                    if second[c] > high or second[c] != second[c]:
                        high, top = second[c], 1
                    if fourth[c] > low or fourth[c] != fourth[c]:
                        low, bottom = fourth[c], 3
                    below = low > high or low != low
                    most[c] = low if below else high
                    won[c] = bottom if below else top


def max_pool_any(x: Array, moves: Moves, a: Array, winner: Array) -> None:
    height, width, down, right = moves
    for n in range(a.shape[0]):
        for i in range(a.shape[1]):
            for j in range(a.shape[2]):
                most, won = a[n, i, j], winner[n, i, j]
                for c in range(most.size):
                    most[c], won[c] = x[n, i * down, j * right, c], 0
                for tap in range(1, height * width):
                    seen = x[n, i * down + tap // width, j * right + tap % width]
                    for c in range(most.size):
                        if seen[c] > most[c] or seen[c] != seen[c]:
                            most[c], won[c] = seen[c], tap


def max_pool_apart(dx: Array, moves: Moves, da: Array, winner: Array) -> None:
    height, width, down, right = moves
    zero = da.dtype.type(0)
    for n in range(da.shape[0]):
        for i in range(da.shape[1]):
            for j in range(da.shape[2]):
                slopes, won = da[n, i, j], winner[n, i, j]
                for tap in range(height * width):
                    place = dx[n, i * down + tap // width, j * right + tap % width]
                    for c in range(slopes.size):
                        place[c] = slopes[c] if won[c] == tap else zero


def max_of_four(z: Array, a: Array, winner: Array) -> None:
    """The largest of four rows, or 0: a loop of its own that keeps the numbers in registers."""
    none = z.dtype.type(0)
    first, second, third, fourth = z[0], z[1], z[2], z[3]
    for i in range(a.size):
        most, won = first[i], np.uint8(0)
        if second[i] > most or second[i] != second[i]:
            most, won = second[i], np.uint8(1)
        if third[i] > most or third[i] != third[i]:
            most, won = third[i], np.uint8(2)
        if fourth[i] > most or fourth[i] != fourth[i]:
            most, won = fourth[i], np.uint8(3)
        a[i] = none if most <= none else most
        winner[i] = np.uint8(0) if most <= none else won


def max_of_rows(z: Array, a: Array, winner: Array) -> None:
    none = z.dtype.type(0)
    for i in range(a.size):
        a[i], winner[i] = z[0, i], 0
    for tap in range(1, z.shape[0]):
        seen = z[tap]
        for i in range(a.size):
            if seen[i] > a[i] or seen[i] != seen[i]:
                a[i], winner[i] = seen[i], tap
    for i in range(a.size):
        if a[i] <= none:
            a[i], winner[i] = none, 0


def max_of_rows_backward(a: Array, winner: Array, da: Array, dz: Array) -> None:
    none = a.dtype.type(0)
    for tap in range(dz.shape[0]):
        place = dz[tap]
        for i in range(a.size):
            place[i] = da[i] if winner[i] == tap and a[i] > none else none


MAX_OF_FOUR, MAX_OF_ROWS = compiled(max_of_four), compiled(max_of_rows)
MAX_OF_ROWS_BACKWARD = compiled(max_of_rows_backward)
MAX_POOL_2X2, MAX_POOL = compiled(max_pool_2x2), compiled(max_pool_any)
MAX_POOL_APART = compiled(max_pool_apart)


def max_pool(
    x: Array, moves: Moves, a: Array, winner: Array, begin: Arrays, pair: Arrays, taps: Arrays
) -> None:
    if moves == (2, 2, 2, 2):
        MAX_POOL_2X2(x, a, winner)
    elif moves:
        MAX_POOL(x, moves, a, winner)
    else:
        pooling.max_pool(x, moves, a, winner, begin, pair, taps)


def max_pool_backward(dx: Array, moves: Moves, da: Array, winner: Array, taps: Arrays) -> None:
    if moves:
        MAX_POOL_APART(dx, moves, da, winner)
    else:
        pooling.max_pool_backward(dx, moves, da, winner, taps)


def max_pool_relu(
    z: Array, first: Array, second: Array, others: Arrays, numbers: Arrays, larger: Array, beats: Array,
    beaten: Array, zeros: Array, zero: Array, a: Array, winner: Array,
) -> None:  # fmt: skip
    work = MAX_OF_FOUR if len(z) == 4 else MAX_OF_ROWS
    work(z, a, winner)


def max_pool_relu_backward(
    a: Array, winner: Array, da: Array, zero: Array, hit: Array, slope: Array, numbers: Arrays,
    places: Arrays, dz: Array,
) -> None:  # fmt: skip
    MAX_OF_ROWS_BACKWARD(a, winner, da, dz)


def batch_statistics(x: Array, share: Array, u: Array, mean: Array, variance: Array) -> None:
    mean[:] = 0
    variance[:] = 0
    for i in range(x.shape[0]):
        row = x[i]
        for c in range(mean.size):
            mean[c] += row[c]
    for c in range(mean.size):
        mean[c] *= share[0]
    for i in range(x.shape[0]):
        row = x[i]
        for c in range(mean.size):
            variance[c] += (row[c] - mean[c]) * (row[c] - mean[c])
    for c in range(mean.size):
        variance[c] *= share[0]


def batch_norm(
    x: Array, gamma: Array, beta: Array, eps: Array, mean: Array, variance: Array, r: Array,
    normalised: Array, a: Array,
) -> None:  # fmt: skip
    one = eps[()] / eps[()]
    for c in range(r.size):
        r[c] = one / math.sqrt(variance[c] + eps[()])
    for i in range(x.shape[0]):
        row, centred, out = x[i], normalised[i], a[i]
        for c in range(r.size):
            centred[c] = (row[c] - mean[c]) * r[c]
            out[c] = centred[c] * gamma[c] + beta[c]


def batch_norm_backward(
    da: Array, normalised: Array, gamma: Array, variance: Array, eps: Array, part: Array,
    dgamma: Array, dbeta: Array, r: Array, s: Array, u: Array, dx: Array,
) -> None:  # fmt: skip
    each = part[()]
    for c in range(r.size):
        r[c] = gamma[c] / math.sqrt(variance[c] + eps[()])
    for i in range(da.shape[0]):
        slopes, row, out = da[i], normalised[i], dx[i]
        for c in range(r.size):
            out[c] = (slopes[c] - (dbeta[c] + row[c] * dgamma[c]) * each) * r[c]


NUMBA: dict[str, Callable[..., None]] = {
    "max_pool": max_pool,
    "max_pool_backward": max_pool_backward,
    "max_pool_relu": max_pool_relu,
    "max_pool_relu_backward": max_pool_relu_backward,
    **{
        function.__name__: compiled(function)
        for function in (batch_statistics, batch_norm, batch_norm_backward)
    },
    "batch_norm_parameters": scale_and_shift,
}

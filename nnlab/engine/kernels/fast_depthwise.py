"""Numba kernels of convolutions with a window for every channel: a number is loaded once for a row of taps.

Rows of three taps, the most usual, have a loop of their own: with one tap at a time the loop itself takes as
long as what is in it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nnlab.engine.kernels.machine_code import FUSED, compiled

Array = Any
Arrays = tuple[Any, ...]
Moves = tuple[int, ...]


def sums(x: Array, W: Array, moves: Moves, b: Array, z: Array) -> None:
    below, beside, down, right = moves
    channels, width = W.shape[2], W.shape[1]
    for n in range(z.shape[0]):
        for i in range(z.shape[1]):
            for j in range(z.shape[2]):
                out, left = z[n, i, j], j * right
                for c in range(channels):
                    out[c] = b[c]
                for p in range(W.shape[0]):
                    line, weights = x[n, i * down + p * below], W[p]
                    if width == 3:
                        x0, x1, x2 = line[left], line[left + beside], line[left + 2 * beside]
                        w0, w1, w2 = weights[0], weights[1], weights[2]
                        for c in range(channels):
                            out[c] += x0[c] * w0[c] + x1[c] * w1[c] + x2[c] * w2[c]
                    else:
                        for q in range(width):
                            seen, weight = line[left + q * beside], weights[q]
                            for c in range(channels):
                                out[c] += seen[c] * weight[c]


def slopes(x: Array, dz: Array, moves: Moves, dW: Array) -> None:
    below, beside, down, right = moves
    for p in range(dW.shape[0]):
        for q in range(dW.shape[1]):
            total = dW[p, q]
            for c in range(total.size):
                total[c] = 0
            for n in range(dz.shape[0]):
                for i in range(dz.shape[1]):
                    line, back = x[n, i * down + p * below], dz[n, i]
                    for j in range(0, dz.shape[2] - 1, 2):
                        x0, x1 = line[j * right + q * beside], line[(j + 1) * right + q * beside]
                        d0, d1 = back[j], back[j + 1]
                        for c in range(total.size):
                            total[c] += x0[c] * d0[c] + x1[c] * d1[c]
                    if dz.shape[2] % 2:
                        j = dz.shape[2] - 1
                        seen, slope = line[j * right + q * beside], back[j]
                        for c in range(total.size):
                            total[c] += seen[c] * slope[c]


SUMS, SLOPES = compiled(sums, FUSED), compiled(slopes, FUSED)


def depthwise(
    x: Array, W: Array, moves: Moves, b: Array, views: Arrays, weights: Arrays, part: Array, sums: Array,
    z: Array,
) -> None:  # fmt: skip
    SUMS(x, W, moves, b, z)


def depthwise_weights(
    x: Array, dz: Array, moves: Moves, views: Arrays, slopes: Array, part: Array, flat: Array, ones: Array,
    rows: Arrays, dW: Array,
) -> None:  # fmt: skip
    SLOPES(x, dz, moves, dW)


NUMBA: dict[str, Callable[..., None]] = {
    function.__name__: function for function in (depthwise, depthwise_weights)
}

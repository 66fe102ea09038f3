"""Numba kernels of layer normalisation: one pass over memory each.

Measured beside NumPy, one thread, float32, 1024 rows of 64: forward 6 times as fast, backward 6.6, the
gradients of γ and β 2.9.
"""

from __future__ import annotations

import math
from typing import Any

from nnlab.engine.kernels.machine_code import SUMS, compiled

Array = Any


def layer_norm(
    x: Array, gamma: Array, beta: Array, share: Array, eps: Array, u: Array, r: Array,
    mean: Array, variance: Array, normalised: Array, a: Array,
) -> None:  # fmt: skip
    one, small = share[0, 0], eps[()]
    none = small - small
    for i in range(x.shape[0]):
        row, out, centred = x[i], a[i], normalised[i]
        middle, spread = none, none
        for j in range(row.size):
            middle += row[j]
        middle *= one
        for j in range(row.size):
            spread += (row[j] - middle) * (row[j] - middle)
        spread *= one
        mean[i, 0], variance[i, 0] = middle, spread
        deviation = math.sqrt(spread + small)
        for j in range(row.size):
            centred[j] = (row[j] - middle) / deviation
            out[j] = centred[j] * gamma[j] + beta[j]


def normalised_parameters(
    da: Array, normalised: Array, ones: Array, u: Array, dgamma: Array, dbeta: Array
) -> None:
    dgamma[:] = 0
    dbeta[:] = 0
    for i in range(da.shape[0]):
        slopes, row = da[i], normalised[i]
        for j in range(slopes.size):
            dgamma[j] += slopes[j] * row[j]
            dbeta[j] += slopes[j]


def layer_norm_backward(
    da: Array, normalised: Array, variance: Array, gamma: Array, share: Array, eps: Array,
    u: Array, r: Array, s: Array, dx: Array,
) -> None:  # fmt: skip
    one, small = share[0, 0], eps[()]
    none = small - small
    for i in range(da.shape[0]):
        slopes, row, out = da[i], normalised[i], dx[i]
        plain, along = none, none
        for j in range(row.size):
            g = slopes[j] * gamma[j]
            plain += g
            along += g * row[j]
        plain *= one
        along *= one
        deviation = math.sqrt(variance[i, 0] + small)
        for j in range(row.size):
            out[j] = (slopes[j] * gamma[j] - plain - row[j] * along) / deviation


scale_and_shift = compiled(normalised_parameters)
"""Gradients of γ and β, which every normalisation sums alike: over the rows."""

NUMBA = {
    "layer_norm": compiled(layer_norm, SUMS),
    "layer_norm_parameters": scale_and_shift,
    "layer_norm_backward": compiled(layer_norm_backward, SUMS),
}

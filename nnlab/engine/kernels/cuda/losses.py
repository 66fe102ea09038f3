"""Losses that sum over the numbers of an example: a block for each row."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import Launch, on_device, row_threads

launch: Launch = on_device
Array = Any

SOURCE = r"""
extern "C" __global__ void squared_error(
    const real* a, const real* t, const real* share, real* each, whole apart, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real part = 0;
    for (whole j = threadIdx.x; j < width; j += blockDim.x) {
        real error = a[start + j] - t[(start + j) * apart];
        part += error * error * share[j];
    }
    real sum = block_sum(part, shared);
    if (threadIdx.x == 0) each[blockIdx.x] = sum;
}

extern "C" __global__ void binary_cross_entropy(
    const real* z, const real* t, const real* ceiling, const real* share, real* each, whole apart, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real part = 0;
    for (whole j = threadIdx.x; j < width; j += blockDim.x) {
        real x = z[start + j], far = x < 0 ? -x : x;
        real soft = log1p(exp(-(far > *ceiling ? *ceiling : far)));
        part += (soft + larger(x, 0) - x * t[(start + j) * apart]) * share[j];
    }
    real sum = block_sum(part, shared);
    if (threadIdx.x == 0) each[blockIdx.x] = sum;
}
"""


def squared_error(a: Array, t: Array, share: Array, u: Array, each: Array) -> None:
    """One target may stand for all."""
    rows, width = a.shape
    apart = int(t.size > 1)
    launch(SOURCE, "squared_error", rows, row_threads(width), a, t, share, each, apart, width)


def binary_cross_entropy(
    z: Array, t: Array, zeros: Array, ceiling: Array, share: Array, u: Array, v: Array, each: Array
) -> None:
    rows, width = z.shape
    apart = int(t.size > 1)
    launch(SOURCE, "binary_cross_entropy", rows, row_threads(width), z, t, ceiling, share, each, apart, width)

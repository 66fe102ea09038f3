"""Layer and batch normalisation: a block for each row, a strip of channels for each block."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device, row_threads

launch: Launch = on_device
Array = Any

STRIP = 8
"""Channels of a block that goes down the rows: 8 float32 are what memory hands out at once, 32 bytes."""

SOURCE = (
    rf"""
#define STRIP {STRIP}
#define LANES (THREADS / STRIP)
"""
    + r"""
extern "C" __global__ void layer_norm(
    const real* x, const real* gamma, const real* beta, const real* share, const real* eps,
    real* mean, real* variance, real* normalised, real* a, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real part = 0, squares = 0;
    for (whole c = threadIdx.x; c < width; c += blockDim.x) part += x[start + c];
    real middle = block_sum(part, shared) * *share;
    for (whole c = threadIdx.x; c < width; c += blockDim.x) {
        real apart = x[start + c] - middle;
        squares += apart * apart;
    }
    real spread = block_sum(squares, shared) * *share, deviation = sqrt(spread + *eps);
    for (whole c = threadIdx.x; c < width; c += blockDim.x) {
        real one = (x[start + c] - middle) / deviation;
        normalised[start + c] = one;
        a[start + c] = one * gamma[c] + beta[c];
    }
    if (threadIdx.x == 0) {
        mean[blockIdx.x] = middle;
        variance[blockIdx.x] = spread;
    }
}

extern "C" __global__ void layer_norm_backward(
    const real* da, const real* normalised, const real* variance, const real* gamma, const real* share,
    const real* eps, real* dx, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real part = 0, mixed = 0;
    for (whole c = threadIdx.x; c < width; c += blockDim.x) {
        real g = da[start + c] * gamma[c];
        part += g;
        mixed += g * normalised[start + c];
    }
    real mean = block_sum(part, shared) * *share;
    mixed = block_sum(mixed, shared) * *share;
    real deviation = sqrt(variance[blockIdx.x] + *eps);
    for (whole c = threadIdx.x; c < width; c += blockDim.x) {
        real g = da[start + c] * gamma[c];
        dx[start + c] = (g - mean - normalised[start + c] * mixed) / deviation;
    }
}

// Lane l of a strip adds rows l, l + LANES, …; then the lanes are added in pairs: every thread of a channel
// gets its sum.
__device__ real strip_sum(real mine, real* shared) {
    shared[threadIdx.x] = mine;
    __syncthreads();
    for (unsigned half = THREADS / 2; half >= STRIP; half /= 2) {
        if (threadIdx.x < half) shared[threadIdx.x] += shared[threadIdx.x + half];
        __syncthreads();
    }
    real sum = shared[threadIdx.x % STRIP];
    __syncthreads();
    return sum;
}

extern "C" __global__ void sums_of_channels(
    const real* da, const real* normalised, real* dgamma, real* dbeta, whole rows, whole width
) {
    __shared__ real shared[THREADS];
    whole c = blockIdx.x * (whole)STRIP + threadIdx.x % STRIP;
    real plain = 0, mixed = 0;
    if (c < width)
        for (whole n = threadIdx.x / STRIP; n < rows; n += LANES) {
            plain += da[n * width + c];
            mixed += da[n * width + c] * normalised[n * width + c];
        }
    plain = strip_sum(plain, shared);
    mixed = strip_sum(mixed, shared);
    if (threadIdx.x < STRIP && c < width) {
        dbeta[c] = plain;
        dgamma[c] = mixed;
    }
}

extern "C" __global__ void batch_statistics(
    const real* x, const real* share, real* mean, real* variance, whole rows, whole width
) {
    __shared__ real shared[THREADS];
    whole c = blockIdx.x * (whole)STRIP + threadIdx.x % STRIP;
    real part = 0, squares = 0;
    if (c < width)
        for (whole n = threadIdx.x / STRIP; n < rows; n += LANES) part += x[n * width + c];
    real middle = strip_sum(part, shared) * *share;
    if (c < width)
        for (whole n = threadIdx.x / STRIP; n < rows; n += LANES) {
            real apart = x[n * width + c] - middle;
            squares += apart * apart;
        }
    squares = strip_sum(squares, shared) * *share;
    if (threadIdx.x < STRIP && c < width) {
        mean[c] = middle;
        variance[c] = squares;
    }
}

extern "C" __global__ void batch_norm(
    const real* x, const real* gamma, const real* beta, const real* eps, const real* mean,
    const real* variance, real* normalised, real* a, whole width, whole n
) {
    whole i = place();
    if (i >= n) return;
    whole c = i % width;
    real one = (x[i] - mean[c]) * (1 / sqrt(variance[c] + *eps));
    normalised[i] = one;
    a[i] = one * gamma[c] + beta[c];
}

extern "C" __global__ void batch_norm_backward(
    const real* da, const real* normalised, const real* gamma, const real* variance, const real* eps,
    const real* part, const real* dgamma, const real* dbeta, real* dx, whole width, whole n
) {
    whole i = place();
    if (i >= n) return;
    whole c = i % width;
    real shared = normalised[i] * (dgamma[c] * *part) + dbeta[c] * *part;
    dx[i] = (da[i] - shared) * (gamma[c] / sqrt(variance[c] + *eps));
}

extern "C" __global__ void fixed_norm_backward(
    const real* da, const real* gamma, const real* variance, const real* eps, real* dx, whole width, whole n
) {
    whole i = place();
    if (i < n) dx[i] = da[i] * (gamma[i % width] / sqrt(variance[i % width] + *eps));
}

extern "C" __global__ void moving_average(
    const real* old, const real* now, const real* keep, const real* take, real* out, whole n
) {
    whole i = place();
    if (i < n) out[i] = old[i] * *keep + now[i] * *take;
}
"""
)


def layer_norm(
    x: Array, gamma: Array, beta: Array, share: Array, eps: Array, u: Array, r: Array,
    mean: Array, variance: Array, normalised: Array, a: Array,
) -> None:  # fmt: skip
    rows, width = x.shape
    launch(
        SOURCE, "layer_norm", rows, row_threads(width),
        x, gamma, beta, share, eps, mean, variance, normalised, a, width,
    )  # fmt: skip


def layer_norm_backward(
    da: Array, normalised: Array, variance: Array, gamma: Array, share: Array, eps: Array,
    u: Array, r: Array, s: Array, dx: Array,
) -> None:  # fmt: skip
    rows, width = da.shape
    launch(
        SOURCE, "layer_norm_backward", rows, row_threads(width),
        da, normalised, variance, gamma, share, eps, dx, width,
    )  # fmt: skip


def layer_norm_parameters(
    da: Array, normalised: Array, ones: Array, u: Array, dgamma: Array, dbeta: Array
) -> None:
    rows, width = da.shape
    strips = blocks_of(width, STRIP)
    launch(SOURCE, "sums_of_channels", strips, THREADS, da, normalised, dgamma, dbeta, rows, width)


def batch_norm_parameters(
    da: Array, normalised: Array, ones: Array, u: Array, dgamma: Array, dbeta: Array
) -> None:
    layer_norm_parameters(da, normalised, ones, u, dgamma, dbeta)


def batch_statistics(x: Array, share: Array, u: Array, mean: Array, variance: Array) -> None:
    rows, width = x.shape
    strips = blocks_of(width, STRIP)
    launch(SOURCE, "batch_statistics", strips, THREADS, x, share, mean, variance, rows, width)


def batch_norm(
    x: Array, gamma: Array, beta: Array, eps: Array, mean: Array, variance: Array, r: Array,
    normalised: Array, a: Array,
) -> None:  # fmt: skip
    launch(
        SOURCE, "batch_norm", blocks_of(x.size), THREADS,
        x, gamma, beta, eps, mean, variance, normalised, a, x.shape[1], x.size,
    )  # fmt: skip


def batch_norm_backward(
    da: Array, normalised: Array, gamma: Array, variance: Array, eps: Array, part: Array,
    dgamma: Array, dbeta: Array, r: Array, s: Array, u: Array, dx: Array,
) -> None:  # fmt: skip
    launch(
        SOURCE, "batch_norm_backward", blocks_of(da.size), THREADS,
        da, normalised, gamma, variance, eps, part, dgamma, dbeta, dx, da.shape[1], da.size,
    )  # fmt: skip


def fixed_norm_backward(da: Array, gamma: Array, variance: Array, eps: Array, r: Array, dx: Array) -> None:
    launch(
        SOURCE, "fixed_norm_backward", blocks_of(da.size), THREADS,
        da, gamma, variance, eps, dx, da.shape[1], da.size,
    )  # fmt: skip


def moving_average(old: Array, new: Array, keep: Array, take: Array, s: Array, out: Array) -> None:
    launch(SOURCE, "moving_average", blocks_of(old.size), THREADS, old, new, keep, take, out, old.size)

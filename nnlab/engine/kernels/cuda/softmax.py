"""Softmax and the cross-entropies above it: a block for each row; a thread for each query in attention."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device, row_threads

launch: Launch = on_device
Array = Any

SOURCE = r"""
extern "C" __global__ void row_maximum(const real* flat, real* m, whole width) {
    __shared__ real shared[THREADS];
    const real* row = flat + blockIdx.x * width;
    real most = row[0];
    for (whole j = threadIdx.x; j < width; j += blockDim.x) most = larger(most, row[j]);
    shared[threadIdx.x] = most;
    __syncthreads();
    for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
        if (threadIdx.x < half)
            shared[threadIdx.x] = larger(shared[threadIdx.x], shared[threadIdx.x + half]);
        __syncthreads();
    }
    if (threadIdx.x == 0) m[blockIdx.x] = shared[0];
}

extern "C" __global__ void softmax(
    const real* z, const real* m, const real* floor, real* s, real* p, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real most = m[blockIdx.x], part = 0;
    for (whole j = threadIdx.x; j < width; j += blockDim.x) {
        real e = exp(larger(z[start + j] - most, *floor));
        p[start + j] = e;
        part += e;
    }
    real sum = block_sum(part, shared);
    for (whole j = threadIdx.x; j < width; j += blockDim.x) p[start + j] /= sum;
    if (threadIdx.x == 0) s[blockIdx.x] = sum;
}

extern "C" __global__ void softmax_backward(const real* p, const real* dp, real* dz, whole width) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real part = 0;
    for (whole j = threadIdx.x; j < width; j += blockDim.x) part += dp[start + j] * p[start + j];
    real mixed = block_sum(part, shared);
    for (whole j = threadIdx.x; j < width; j += blockDim.x)
        dz[start + j] = (dp[start + j] - mixed) * p[start + j];
}

extern "C" __global__ void softmax_cross_entropy(
    const real* z, const real* t, const real* m, const real* floor, real* zt, real* s, real* p,
    real* each, whole width
) {
    __shared__ real shared[THREADS];
    whole start = blockIdx.x * width;
    real most = m[blockIdx.x], hit = 0, part = 0;
    for (whole j = threadIdx.x; j < width; j += blockDim.x) {
        real x = z[start + j] - most;
        hit += x * t[start + j];
        real e = exp(larger(x, *floor));
        p[start + j] = e;
        part += e;
    }
    hit = block_sum(hit, shared);
    real sum = block_sum(part, shared);
    for (whole j = threadIdx.x; j < width; j += blockDim.x) p[start + j] /= sum;
    if (threadIdx.x == 0) {
        zt[blockIdx.x] = hit;
        s[blockIdx.x] = sum;
        each[blockIdx.x] = log(sum) - hit;
    }
}

extern "C" __global__ void difference_scaled(
    const real* p, const real* t, const real* scale, real* dz, whole apart, whole n
) {
    whole i = place();
    if (i < n) dz[i] = (p[i] - t[i * apart]) * *scale;
}

extern "C" __global__ void token_cross_entropy_backward(
    const real* p, const real* t, const real* m, const real* count, real* dz, whole width, whole n
) {
    whole i = place();
    if (i < n) dz[i] = (p[i] * m[i / width] - t[i]) / *count;
}

// Keys lie one row of queries behind the other: neighbouring threads read neighbouring numbers.
extern "C" __global__ void attention_softmax(
    const real* z, const real* m, const real* floor, real* s, real* p, whole heads, whole keys,
    whole queries, whole n, whole by_example, whole by_key, whole by_query
) {
    whole i = place();
    if (i >= n) return;
    whole start = i / queries * keys * queries + i % queries;
    const real* lowest = floor + i / queries / heads * by_example + i % queries * by_query;
    real most = m[i], sum = 0;
    for (whole k = 0; k < keys; k++) {
        real e = exp(larger(z[start + k * queries] - most, lowest[k * by_key]));
        p[start + k * queries] = e;
        sum += e;
    }
    s[i] = sum;
    for (whole k = 0; k < keys; k++) p[start + k * queries] /= sum;
}

extern "C" __global__ void attention_softmax_backward(
    const real* p, const real* dp, real* dz, whole keys, whole queries, whole n
) {
    whole i = place();
    if (i >= n) return;
    whole start = i / queries * keys * queries + i % queries;
    real mixed = 0;
    for (whole k = 0; k < keys; k++) mixed += dp[start + k * queries] * p[start + k * queries];
    for (whole k = 0; k < keys; k++)
        dz[start + k * queries] = (dp[start + k * queries] - mixed) * p[start + k * queries];
}
"""


def row_maximum(flat: Array, starts: Array, m: Array) -> None:
    n = m.size
    width = flat.size // n if n else 0
    launch(SOURCE, "row_maximum", n, row_threads(width), flat, m, width)


def softmax(z: Array, m: Array, floor: Array, ones: Array, u: Array, s: Array, p: Array) -> None:
    rows, width = z.shape
    launch(SOURCE, "softmax", rows, row_threads(width), z, m, floor, s, p, width)


def softmax_backward(p: Array, dp: Array, ones: Array, u: Array, r: Array, dz: Array) -> None:
    rows, width = p.shape
    launch(SOURCE, "softmax_backward", rows, row_threads(width), p, dp, dz, width)


def softmax_cross_entropy(
    z: Array, t: Array, m: Array, floor: Array, ones: Array, u: Array, zt: Array, s: Array, p: Array,
    each: Array,
) -> None:  # fmt: skip
    rows, width = z.shape
    launch(SOURCE, "softmax_cross_entropy", rows, row_threads(width), z, t, m, floor, zt, s, p, each, width)


def difference_scaled(p: Array, t: Array, scale: Array, dz: Array) -> None:
    """One target may stand for all."""
    apart = int(t.size > 1)
    launch(SOURCE, "difference_scaled", blocks_of(p.size), THREADS, p, t, scale, dz, apart, p.size)


def token_cross_entropy_backward(p: Array, t: Array, m: Array, count: Array, u: Array, dz: Array) -> None:
    launch(
        SOURCE, "token_cross_entropy_backward", blocks_of(p.size), THREADS, p, t, m, count, dz,
        p.shape[1], p.size,
    )  # fmt: skip


def neighbours(floor: Array) -> tuple[int, ...]:
    """How far apart, in numbers, neighbours along (example, head, key, query) are: 0 where one is for all."""
    steps = [0 if n == 1 else stride // floor.itemsize for n, stride in zip(floor.shape, floor.strides)]
    return (*[0] * (4 - floor.ndim), *steps)


def attention_softmax(
    z: Array, m: Array, floor: Array, starts: Array, ones: Array, s: Array, p: Array
) -> None:
    by_example, _by_head, by_key, by_query = neighbours(floor)
    launch(
        SOURCE, "attention_softmax", blocks_of(m.size), THREADS,
        z, m, floor, s, p, *z.shape[1:], m.size, by_example, by_key, by_query,
    )  # fmt: skip


def attention_softmax_backward(
    p: Array, dp: Array, starts: Array, ones: Array, u: Array, r: Array, dz: Array
) -> None:
    (keys, queries), n = p.shape[2:], r.size
    launch(SOURCE, "attention_softmax_backward", blocks_of(n), THREADS, p, dp, dz, keys, queries, n)

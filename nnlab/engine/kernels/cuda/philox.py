"""Random numbers made on the device: the bits of :mod:`nnlab.engine.rng`, by its layout of key and counter.

Philox 4x64-10 (Salmon et al., SC 2011).  A thread makes one block of four words.  Masks and uniforms are the
same bits as on the host; normals go through the device's own log, sine and cosine in float64.
"""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device, signed
from nnlab.engine.rng import key

launch: Launch = on_device
Array = Any

EACH_TIME = frozenset({"dropout_mask", "draw_uniform", "gaussian_noise"})
"""They depend on the number of the step."""

HALVES, WORDS = 8, 4
"""How many numbers of 32 and of 64 bits are in a block."""

SOURCE = r"""
typedef unsigned long long word;
#define UNIT (1.0 / 9007199254740992.0)  // 2⁻⁵³

// Block number `block` of a step as four words.
__device__ void philox(word key0, word key1, word step, whole block, word* out) {
    word c0 = 1 + block, c1 = step, c2 = 0, c3 = 0;
    for (int round = 0; round < 10; round++) {
        word high0 = __umul64hi(0xD2E7470EE14C6C93ULL, c0), low0 = 0xD2E7470EE14C6C93ULL * c0;
        word high1 = __umul64hi(0xCA5A826395121157ULL, c2), low1 = 0xCA5A826395121157ULL * c2;
        c0 = high1 ^ c1 ^ key0;
        c1 = low1;
        c2 = high0 ^ c3 ^ key1;
        c3 = low0;
        key0 += 0x9E3779B97F4A7C15ULL;
        key1 += 0xBB67AE8584CAA73BULL;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

__device__ unsigned half_of(const word* words, int k) {
    return (unsigned)(words[k / 2] >> (k % 2 ? 32 : 0));
}

extern "C" __global__ void dropout_mask(
    real* mask, const unsigned* threshold, const real* scale, word key0, word key1, word step, whole n
) {
    word words[4];
    whole first = 8 * place();
    if (first >= n) return;
    philox(key0, key1, step, place(), words);
    for (int k = 0; k < 8 && first + k < n; k++)
        mask[first + k] = half_of(words, k) >= *threshold ? *scale : 0;
}

extern "C" __global__ void draw_uniform(
    real* out, const unsigned* shift, const real* scale, word key0, word key1, word step, whole n
) {
    word words[4];
    whole first = 8 * place();
    if (first >= n) return;
    philox(key0, key1, step, place(), words);
    for (int k = 0; k < 8 && first + k < n; k++)
        out[first + k] = (real)(half_of(words, k) >> *shift) * *scale;
}

extern "C" __global__ void gaussian_noise(real* eps, word key0, word key1, word step, whole n) {
    word words[4];
    whole first = 4 * place();
    if (first >= n) return;
    philox(key0, key1, step, place(), words);
    for (int k = 0; k < 4 && first + k < n; k++) {
        double u = (words[k & ~1] >> 11) * UNIT, v = (words[k | 1] >> 11) * UNIT;
        double radius = sqrt(-2.0 * log1p(-u)), angle = 6.283185307179586 * v;
        eps[first + k] = (real)(radius * (k % 2 ? sin(angle) : cos(angle)));
    }
}
"""


def origin(stream: Any, clock: list[int]) -> tuple[int, int, int]:
    """The key of a stream and the step, as a launch takes them."""
    first, second = key(stream.seed, stream.purpose)
    return signed(first), signed(second), clock[0]


def dropout_mask(
    stream: Any, clock: list[int], threshold: Array, scale: Array, keep: Array, mask: Array
) -> None:
    blocks = blocks_of(mask.size, HALVES * THREADS)
    launch(SOURCE, "dropout_mask", blocks, THREADS, mask, threshold, scale, *origin(stream, clock), mask.size)


def draw_uniform(stream: Any, clock: list[int], shift: Array, scale: Array, out: Array) -> None:
    blocks = blocks_of(out.size, HALVES * THREADS)
    launch(SOURCE, "draw_uniform", blocks, THREADS, out, shift, scale, *origin(stream, clock), out.size)


def gaussian_noise(stream: Any, clock: list[int], eps: Array) -> None:
    blocks = blocks_of(eps.size, WORDS * THREADS)
    launch(SOURCE, "gaussian_noise", blocks, THREADS, eps, *origin(stream, clock), eps.size)

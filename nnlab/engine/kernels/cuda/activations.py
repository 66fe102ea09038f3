"""Activations, forward and backward: one thread for each number, one launch for each."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device

launch: Launch = on_device
Array = Any

SOURCE = r"""
extern "C" __global__ void gelu(
    const real* z, const real* scale, const real* cube, const real* one, const real* half,
    real* u, real* a, whole n
) {
    whole i = place();
    if (i >= n) return;
    real x = z[i];
    real bent = tanh((x * x * *cube + *one) * x * *scale);
    u[i] = bent;
    a[i] = (bent + *one) * x * *half;
}

extern "C" __global__ void gelu_backward(
    const real* z, const real* u, const real* da, const real* scale, const real* cube3, const real* one,
    const real* half, real* dz, whole n
) {
    whole i = place();
    if (i >= n) return;
    real x = z[i], bent = u[i];
    real slope = (x * x * *cube3 + *one) * *scale * x * (*one - bent * bent);
    dz[i] = (bent + *one + slope) * *half * da[i];
}

extern "C" __global__ void sigmoid(
    const real* z, const real* ceiling, const real* one, real* a, whole n
) {
    whole i = place();
    if (i >= n) return;
    real x = -z[i];
    a[i] = *one / (exp(x > *ceiling ? *ceiling : x) + *one);
}

extern "C" __global__ void sigmoid_backward(
    const real* a, const real* da, const real* one, real* dz, whole n
) {
    whole i = place();
    if (i < n) dz[i] = (*one - a[i]) * a[i] * da[i];
}

extern "C" __global__ void tanh_backward(
    const real* a, const real* da, const real* one, real* dz, whole n
) {
    whole i = place();
    if (i < n) dz[i] = (*one - a[i] * a[i]) * da[i];
}

extern "C" __global__ void relu_backward(const real* a, const real* da, real* dz, whole n) {
    whole i = place();
    if (i < n) dz[i] = da[i] * (a[i] > 0 ? 1 : a[i] == 0 ? 0 : a[i]);  // NaN where a is: a is never < 0
}
"""


def gelu(z: Array, scale: Array, cube: Array, one: Array, half: Array, u: Array, a: Array) -> None:
    n = z.size
    launch(SOURCE, "gelu", blocks_of(n), THREADS, z, scale, cube, one, half, u, a, n)


def gelu_backward(
    z: Array, u: Array, da: Array, scale: Array, cube3: Array, one: Array, half: Array, s: Array, dz: Array
) -> None:
    n = z.size
    launch(SOURCE, "gelu_backward", blocks_of(n), THREADS, z, u, da, scale, cube3, one, half, dz, n)


def sigmoid(z: Array, ceiling: Array, one: Array, a: Array) -> None:
    launch(SOURCE, "sigmoid", blocks_of(z.size), THREADS, z, ceiling, one, a, z.size)


def sigmoid_backward(a: Array, da: Array, one: Array, dz: Array) -> None:
    launch(SOURCE, "sigmoid_backward", blocks_of(a.size), THREADS, a, da, one, dz, a.size)


def tanh_backward(a: Array, da: Array, one: Array, dz: Array) -> None:
    launch(SOURCE, "tanh_backward", blocks_of(a.size), THREADS, a, da, one, dz, a.size)


def relu_backward(a: Array, da: Array, slope: Array, dz: Array) -> None:
    launch(SOURCE, "relu_backward", blocks_of(a.size), THREADS, a, da, dz, a.size)


def relu_backward_large(a: Array, da: Array, zero: Array, mask: Array, dz: Array) -> None:
    relu_backward(a, da, mask, dz)

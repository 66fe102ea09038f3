"""Updates of the flat parameter vector, in the order of the reference: they give its bits."""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device

launch: Launch = on_device
Array = Any

SOURCE = r"""
extern "C" __global__ void sgd(real* theta, const real* grad, const real* rate, real* s, whole n) {
    whole i = place();
    if (i >= n) return;
    s[i] = grad[i] * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void momentum(
    real* theta, const real* grad, real* velocity, const real* mu, const real* rate, real* s, whole n
) {
    whole i = place();
    if (i >= n) return;
    velocity[i] = velocity[i] * *mu + grad[i];
    s[i] = velocity[i] * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void nesterov(
    real* theta, const real* grad, real* velocity, const real* mu, const real* rate, real* s, whole n
) {
    whole i = place();
    if (i >= n) return;
    velocity[i] = velocity[i] * *mu + grad[i];
    s[i] = (velocity[i] * *mu + grad[i]) * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void adagrad(
    real* theta, const real* grad, real* accumulator, const real* eps, const real* rate, real* s, whole n
) {
    whole i = place();
    if (i >= n) return;
    accumulator[i] += grad[i] * grad[i];
    s[i] = grad[i] / (sqrt(accumulator[i]) + *eps) * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void rmsprop(
    real* theta, const real* grad, real* v, const real* alpha, const real* rest, const real* eps,
    const real* rate, real* s, whole n
) {
    whole i = place();
    if (i >= n) return;
    v[i] = v[i] * *alpha + grad[i] * grad[i] * *rest;
    s[i] = grad[i] / (sqrt(v[i]) + *eps) * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void adam(
    real* theta, const real* grad, real* m, real* v, const real* beta1, const real* rest1,
    const real* beta2, const real* rest2, const real* rate, const real* eps, real* s, whole n
) {
    whole i = place();
    if (i >= n) return;
    m[i] = m[i] * *beta1 + grad[i] * *rest1;
    v[i] = v[i] * *beta2 + grad[i] * grad[i] * *rest2;
    s[i] = m[i] / (sqrt(v[i]) + *eps) * *rate;
    theta[i] += s[i];
}

extern "C" __global__ void adamw(
    real* theta, const real* grad, real* m, real* v, const real* beta1, const real* rest1,
    const real* beta2, const real* rest2, const real* rate, const real* eps, const real* decay, real* s,
    whole n
) {
    whole i = place();
    if (i >= n) return;
    m[i] = m[i] * *beta1 + grad[i] * *rest1;
    v[i] = v[i] * *beta2 + grad[i] * grad[i] * *rest2;
    s[i] = m[i] / (sqrt(v[i]) + *eps) * *rate + theta[i] * *decay;
    theta[i] += s[i];
}

extern "C" __global__ void flush(
    real* x, const real* bottom, const real* top, const real* zero, whole n
) {
    whole i = place();
    if (i < n && x[i] > *bottom && x[i] < *top) x[i] = *zero;
}

extern "C" __global__ void clip_norm(
    const real* grad, const real* limit, const real* length, real* scale, real* used, whole n
) {
    whole i = place();
    real factor = *limit / larger(*length, *limit);
    if (i == 0) *scale = factor;
    if (i < n) used[i] = grad[i] * factor;
}

extern "C" __global__ void clip_value(
    const real* grad, const real* bottom, const real* top, real* used, whole n
) {
    whole i = place();
    if (i >= n) return;
    real low = grad[i] > *top ? *top : grad[i];
    used[i] = larger(low, *bottom);
}
"""


def sgd(theta: Array, grad: Array, rate: Array, s: Array) -> None:
    n = theta.size
    launch(SOURCE, "sgd", blocks_of(n), THREADS, theta, grad, rate, s, n)


def momentum(theta: Array, grad: Array, velocity: Array, mu: Array, rate: Array, s: Array) -> None:
    n = theta.size
    launch(SOURCE, "momentum", blocks_of(n), THREADS, theta, grad, velocity, mu, rate, s, n)


def nesterov(theta: Array, grad: Array, velocity: Array, mu: Array, rate: Array, s: Array) -> None:
    n = theta.size
    launch(SOURCE, "nesterov", blocks_of(n), THREADS, theta, grad, velocity, mu, rate, s, n)


def adagrad(theta: Array, grad: Array, accumulator: Array, eps: Array, rate: Array, s: Array) -> None:
    n = theta.size
    launch(SOURCE, "adagrad", blocks_of(n), THREADS, theta, grad, accumulator, eps, rate, s, n)


def rmsprop(
    theta: Array, grad: Array, v: Array, alpha: Array, rest: Array, eps: Array, rate: Array, s: Array
) -> None:
    n = theta.size
    launch(SOURCE, "rmsprop", blocks_of(n), THREADS, theta, grad, v, alpha, rest, eps, rate, s, n)


def adam(
    theta: Array, grad: Array, m: Array, v: Array,
    beta1: Array, rest1: Array, beta2: Array, rest2: Array, rate: Array, eps: Array, s: Array,
) -> None:  # fmt: skip
    n = theta.size
    launch(
        SOURCE, "adam", blocks_of(n), THREADS,
        theta, grad, m, v, beta1, rest1, beta2, rest2, rate, eps, s, n,
    )  # fmt: skip


def adamw(
    theta: Array, grad: Array, m: Array, v: Array,
    beta1: Array, rest1: Array, beta2: Array, rest2: Array, rate: Array, eps: Array, decay: Array,
    s: Array, u: Array,
) -> None:  # fmt: skip
    n = theta.size
    launch(
        SOURCE, "adamw", blocks_of(n), THREADS,
        theta, grad, m, v, beta1, rest1, beta2, rest2, rate, eps, decay, s, n,
    )  # fmt: skip


def flush(x: Array, bottom: Array, top: Array, zero: Array, above: Array, below: Array) -> None:
    launch(SOURCE, "flush", blocks_of(x.size), THREADS, x, bottom, top, zero, x.size)


def clip_norm(grad: Array, limit: Array, length: Array, scale: Array, used: Array) -> None:
    n = grad.size
    launch(SOURCE, "clip_norm", blocks_of(n), THREADS, grad, limit, length, scale, used, n)


def clip_value(grad: Array, bottom: Array, top: Array, used: Array) -> None:
    n = grad.size
    launch(SOURCE, "clip_value", blocks_of(n), THREADS, grad, bottom, top, used, n)

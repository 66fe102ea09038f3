"""The kernels of an update: clipping, optimisers, denormals flushed.  Part of the kernel table.

All vectors are flat (n,).  ``rate`` is −lr (with Adam's bias corrections), ``s`` keeps what was added to
theta, ``rest`` is 1 − beta.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def norm(grad: Array, out: Array) -> None:
    """The length of a flat vector; stays a 0-d array on the device."""
    xp.dot(grad, grad, out)
    xp.sqrt(out, out)


def clip_norm(grad: Array, limit: Array, length: Array, scale: Array, used: Array) -> None:
    """used = grad · limit / max(length, limit), which is min(1, limit/length) without a division by 0."""
    xp.maximum(length, limit, out=scale)
    xp.divide(limit, scale, scale)
    xp.multiply(grad, scale, used)


def clip_value(grad: Array, bottom: Array, top: Array, used: Array) -> None:
    xp.minimum(grad, top, out=used)
    xp.maximum(used, bottom, out=used)


def flush(x: Array, bottom: Array, top: Array, zero: Array, above: Array, below: Array) -> None:
    """Elements between bottom and top become zero, NaN stays NaN; above and below are boolean scratch."""
    xp.greater(x, bottom, above)
    xp.less(x, top, below)
    xp.logical_and(above, below, above)
    xp.copyto(x, zero, where=above)


def sgd(theta: Array, grad: Array, rate: Array, s: Array) -> None:
    xp.multiply(grad, rate, s)
    xp.add(theta, s, theta)


def momentum(theta: Array, grad: Array, velocity: Array, mu: Array, rate: Array, s: Array) -> None:
    xp.multiply(velocity, mu, velocity)
    xp.add(velocity, grad, velocity)
    xp.multiply(velocity, rate, s)
    xp.add(theta, s, theta)


def nesterov(theta: Array, grad: Array, velocity: Array, mu: Array, rate: Array, s: Array) -> None:
    xp.multiply(velocity, mu, velocity)
    xp.add(velocity, grad, velocity)
    xp.multiply(velocity, mu, s)
    xp.add(s, grad, s)
    xp.multiply(s, rate, s)
    xp.add(theta, s, theta)


def adagrad(theta: Array, grad: Array, accumulator: Array, eps: Array, rate: Array, s: Array) -> None:
    xp.multiply(grad, grad, s)
    xp.add(accumulator, s, accumulator)
    xp.sqrt(accumulator, s)
    xp.add(s, eps, s)
    xp.divide(grad, s, s)
    xp.multiply(s, rate, s)
    xp.add(theta, s, theta)


def rmsprop(
    theta: Array, grad: Array, v: Array, alpha: Array, rest: Array, eps: Array, rate: Array, s: Array
) -> None:
    """``rest`` is 1 − alpha."""
    xp.multiply(v, alpha, v)
    xp.multiply(grad, grad, s)
    xp.multiply(s, rest, s)
    xp.add(v, s, v)
    xp.sqrt(v, s)
    xp.add(s, eps, s)
    xp.divide(grad, s, s)
    xp.multiply(s, rate, s)
    xp.add(theta, s, theta)


def adam(
    theta: Array, grad: Array, m: Array, v: Array,
    beta1: Array, rest1: Array, beta2: Array, rest2: Array, rate: Array, eps: Array, s: Array,
) -> None:  # fmt: skip
    """``rest`` is 1 − beta; rate = −lr·√(1−β₂ᵗ)/(1−β₁ᵗ) and eps = ε·√(1−β₂ᵗ) save a pass over the vector."""
    xp.multiply(m, beta1, m)
    xp.multiply(grad, rest1, s)
    xp.add(m, s, m)
    xp.multiply(v, beta2, v)
    xp.multiply(grad, grad, s)
    xp.multiply(s, rest2, s)
    xp.add(v, s, v)
    xp.sqrt(v, s)
    xp.add(s, eps, s)
    xp.divide(m, s, s)
    xp.multiply(s, rate, s)
    xp.add(theta, s, theta)


def adamw(
    theta: Array, grad: Array, m: Array, v: Array,
    beta1: Array, rest1: Array, beta2: Array, rest2: Array, rate: Array, eps: Array, decay: Array,
    s: Array, u: Array,
) -> None:  # fmt: skip
    """As adam; ``decay`` is −lr·λ, ``u`` scratch."""
    xp.multiply(m, beta1, m)
    xp.multiply(grad, rest1, s)
    xp.add(m, s, m)
    xp.multiply(v, beta2, v)
    xp.multiply(grad, grad, s)
    xp.multiply(s, rest2, s)
    xp.add(v, s, v)
    xp.sqrt(v, s)
    xp.add(s, eps, s)
    xp.divide(m, s, s)
    xp.multiply(s, rate, s)
    xp.multiply(theta, decay, u)
    xp.add(s, u, s)
    xp.add(theta, s, theta)


def max_norm(weight: Array, limit: Array, squares: Array, scale: Array) -> None:
    """Columns of ``weight`` (rows, units) that are longer than ``limit`` become as long as that."""
    xp.multiply(weight, weight, squares)
    xp.sum(squares, axis=0, out=scale)
    xp.sqrt(scale, scale)
    xp.maximum(scale, limit, out=scale)
    xp.divide(limit, scale, scale)
    xp.multiply(weight, scale, weight)


def find_zeros(weight: Array, zero: Array, mask: Array) -> None:
    """Where ``weight`` is 0; ``mask`` is boolean."""
    xp.equal(weight, zero, mask)


def put_zeros(weight: Array, zero: Array, mask: Array) -> None:
    """0 where ``mask`` is set; a product would leave −0."""
    xp.copyto(weight, zero, where=mask)

"""Samples of a Gaussian with learned mean and variance, and how far it is from the standard one."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any

LOG_VARIANCE_LIMIT = 60.0
"""Log-variances beyond ± this count as this, so that e^(lnσ²) and its square are finite in float32."""


def gaussian_noise(stream: Any, clock: list[int], eps: Array) -> None:
    """eps = the standard normals of this step, made on the host and carried over."""
    xp.copyto(eps, xp.asarray(stream.normal(clock[0], eps.size, eps.dtype)).reshape(eps.shape))


OPAQUE = frozenset({"gaussian_noise"})


def bounded_exp(x: Array, low: Array, high: Array, factor: Array, out: Array) -> None:
    """out = exp(factor·x), x counted as low or high beyond them."""
    xp.minimum(x, high, out=out)
    xp.maximum(out, low, out=out)
    xp.multiply(out, factor, out)
    xp.exp(out, out)


def gaussian_sample(mean: Array, std: Array, eps: Array, z: Array) -> None:
    """z = mean + std·eps."""
    xp.multiply(std, eps, z)
    xp.add(z, mean, z)


def gaussian_sample_backward(dz: Array, std: Array, eps: Array, half: Array, out: Array) -> None:
    """d(lnσ²) = dz·eps·std/2."""
    xp.multiply(dz, eps, out)
    xp.multiply(out, std, out)
    xp.multiply(out, half, out)


def gaussian_kl(
    mean: Array, logvar: Array, variance: Array, one: Array, halves: Array, u: Array, each: Array
) -> None:
    """each = ½·Σ (mean² + variance − 1 − logvar) over the last axis; halves is (k, 1)."""
    xp.multiply(mean, mean, u)
    xp.add(u, variance, u)
    xp.subtract(u, one, u)
    xp.subtract(u, logvar, u)
    xp.dot(u, halves, each)

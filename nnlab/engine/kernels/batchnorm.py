"""Batch normalisation, forward and backward.

x, normalised, a, their gradients and the scratch u are (rows, C), everything per channel is (C,); ``share``
(rows,) holds 1/rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def batch_statistics(x: Array, share: Array, u: Array, mean: Array, variance: Array) -> None:
    """Mean and variance of each channel; leaves x − mean in u."""
    xp.dot(share, x, mean)
    xp.subtract(x, mean, u)
    xp.multiply(u, u, u)
    xp.dot(share, u, variance)


def batch_norm(
    x: Array, gamma: Array, beta: Array, eps: Array, mean: Array, variance: Array, r: Array,
    normalised: Array, a: Array,
) -> None:  # fmt: skip
    """a = γ·normalised + β, normalised = (x − mean)/√(variance + ε)."""
    xp.add(variance, eps, r)
    xp.sqrt(r, r)
    xp.reciprocal(r, r)
    xp.subtract(x, mean, normalised)
    xp.multiply(normalised, r, normalised)
    xp.multiply(normalised, gamma, a)
    xp.add(a, beta, a)


def batch_norm_parameters(
    da: Array, normalised: Array, ones: Array, u: Array, dgamma: Array, dbeta: Array
) -> None:
    """dγ = Σ da·normalised and dβ = Σ da over the rows; ``ones`` (rows,)."""
    xp.dot(ones, da, dbeta)
    xp.multiply(da, normalised, u)
    xp.dot(ones, u, dgamma)


def batch_norm_backward(
    da: Array, normalised: Array, gamma: Array, variance: Array, eps: Array, part: Array,
    dgamma: Array, dbeta: Array, r: Array, s: Array, u: Array, dx: Array,
) -> None:  # fmt: skip
    """dx = γ·(da − dβ/n − normalised·dγ/n)/√(variance + ε); ``part`` is 1/n, r and s are scratch (C,)."""
    xp.multiply(dgamma, part, s)
    xp.multiply(normalised, s, u)
    xp.multiply(dbeta, part, s)
    xp.add(u, s, u)
    xp.subtract(da, u, dx)
    xp.add(variance, eps, r)
    xp.sqrt(r, r)
    xp.divide(gamma, r, r)
    xp.multiply(dx, r, dx)


def fixed_norm_backward(da: Array, gamma: Array, variance: Array, eps: Array, r: Array, dx: Array) -> None:
    """dx = γ·da/√(variance + ε), where the statistics do not depend on x."""
    xp.add(variance, eps, r)
    xp.sqrt(r, r)
    xp.divide(gamma, r, r)
    xp.multiply(da, r, dx)


def moving_average(old: Array, new: Array, keep: Array, take: Array, s: Array, out: Array) -> None:
    """out = keep·old + take·new; s is scratch."""
    xp.multiply(new, take, s)
    xp.multiply(old, keep, out)
    xp.add(out, s, out)

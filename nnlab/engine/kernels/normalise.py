"""Layer normalisation, forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def layer_norm(
    x: Array, gamma: Array, beta: Array, share: Array, eps: Array, u: Array, r: Array,
    mean: Array, variance: Array, normalised: Array, a: Array,
) -> None:  # fmt: skip
    """a = γ·(x − mean)/√(variance + ε) + β, row by row.

    x, normalised, a and the scratch u are (rows, C), mean, variance and the scratch r (rows, 1), γ and β
    (C,); ``share`` (C, 1) holds 1/C.
    """
    xp.dot(x, share, mean)
    xp.subtract(x, mean, normalised)
    xp.multiply(normalised, normalised, u)
    xp.dot(u, share, variance)
    xp.add(variance, eps, r)
    xp.sqrt(r, r)
    xp.divide(normalised, r, normalised)
    xp.multiply(normalised, gamma, a)
    xp.add(a, beta, a)


def layer_norm_parameters(
    da: Array, normalised: Array, ones: Array, u: Array, dgamma: Array, dbeta: Array
) -> None:
    """dγ = Σ da·normalised and dβ = Σ da over the rows; ``ones`` (rows,), u (rows, C) is scratch."""
    xp.dot(ones, da, dbeta)
    xp.multiply(da, normalised, u)
    xp.dot(ones, u, dgamma)


def layer_norm_backward(
    da: Array, normalised: Array, variance: Array, gamma: Array, share: Array, eps: Array,
    u: Array, r: Array, s: Array, dx: Array,
) -> None:  # fmt: skip
    """dx = (g − mean(g) − normalised·mean(g·normalised))/√(variance + ε), g = γ·da.

    da, normalised, dx and the scratch u are (rows, C), variance and the scratch r and s (rows, 1).
    """
    xp.multiply(da, gamma, dx)
    xp.multiply(dx, normalised, u)
    xp.dot(u, share, s)
    xp.dot(dx, share, r)
    xp.subtract(dx, r, dx)
    xp.multiply(normalised, s, u)
    xp.subtract(dx, u, dx)
    xp.add(variance, eps, r)
    xp.sqrt(r, r)
    xp.divide(dx, r, dx)

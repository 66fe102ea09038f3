"""What an action was better than usual, and the gradient of a policy that is to do it more often."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def advantage(G: Array, b: Array, m: Array, A: Array) -> None:
    """A = (G − b)·m; G, A and the mask m (n,), b a 0-d array."""
    xp.copyto(A, b)
    xp.subtract(G, A, A)
    xp.multiply(A, m, A)


def advantage_backward(dA: Array, m: Array, share: Array, count: Array, mean: Array, dG: Array) -> None:
    """dG = (dA − share·Σ dA·m/count)·m; ``mean`` is a 0-d scratch."""
    xp.dot(dA, m, mean)
    xp.divide(mean, count, mean)
    xp.multiply(mean, share, mean)
    xp.copyto(dG, mean)
    xp.subtract(dA, dG, dG)
    xp.multiply(dG, m, dG)


def policy_backward(p: Array, t: Array, m: Array, w: Array, u: Array, dz: Array) -> None:
    """dz = (p·m − t)·w; p, one-hot t, scratch u and dz (n, k), mask m and weights w (n, 1)."""
    xp.copyto(u, m)
    xp.multiply(p, u, dz)
    xp.subtract(dz, t, dz)
    xp.copyto(u, w)
    xp.multiply(dz, u, dz)

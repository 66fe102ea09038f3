"""Sums along axes and products of stacks of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def sum_axes(x: Array, axes: tuple[int, ...], out: Array) -> None:
    """out = Σ x over ``axes``, which stay in out with length 1."""
    xp.sum(x, axes, None, out, True)


def products(x: Array, y: Array, out: Array) -> None:
    """out[n] = x[n]·y[n] for stacks of matrices (n, i, k) and (n, k, j); one alone counts for every n."""
    xp.matmul(x, y, out)

"""Cross-entropy at every position of a text, where some positions ask for nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def one_hot(ids: Array, classes: Array, hit: Array, t: Array) -> None:
    """t (n, k) = 1 where ids (n, 1) names the class, else 0; ids below 0 name none.  ``hit`` is scratch."""
    xp.equal(ids, classes, hit)
    xp.copyto(t, hit)


def asked(ids: Array, zero: Array, hit: Array, m: Array) -> None:
    """m (n, 1) = 1 where there is an id, 0 where it is below 0."""
    xp.greater_equal(ids, zero, hit)
    xp.copyto(m, hit)


def masked_mean(each: Array, m: Array, ones: Array, one: Array, count: Array, loss: Array) -> None:
    """each (n,) · m, their sum over how many m are 1; count is at least 1, so that nothing asked costs 0."""
    xp.multiply(each, m, each)
    xp.dot(m, ones, count)
    xp.maximum(count, one, out=count)
    xp.dot(each, ones, loss)
    xp.divide(loss, count, loss)


def token_cross_entropy_backward(p: Array, t: Array, m: Array, count: Array, u: Array, dz: Array) -> None:
    """dz = (p·m − t)/count; p, t, u (n, k), m (n, 1)."""
    xp.copyto(u, m)
    xp.multiply(p, u, dz)
    xp.subtract(dz, t, dz)
    xp.divide(dz, count, dz)

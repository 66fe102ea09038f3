"""Losses and penalties."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def squared_error(a: Array, t: Array, share: Array, u: Array, each: Array) -> None:
    """each = Σ (a − t)²·share over the last axis; leaves a − t in u."""
    xp.subtract(a, t, u)
    xp.multiply(u, u, u)
    xp.dot(u, share, each)


def binary_cross_entropy(
    z: Array, t: Array, zeros: Array, ceiling: Array, share: Array, u: Array, v: Array, each: Array
) -> None:
    """each = Σ (max(z, 0) − z·t + ln(1 + exp(−|z|)))·share over the last axis; u and v are scratch."""
    xp.abs(z, u)
    xp.minimum(u, ceiling, out=u)
    xp.negative(u, u)
    xp.exp(u, u)
    xp.log1p(u, u)
    xp.maximum(z, zeros, out=v)
    xp.add(u, v, u)
    xp.multiply(z, t, v)
    xp.subtract(u, v, u)
    xp.dot(u, share, each)


def softmax_cross_entropy(
    z: Array,
    t: Array,
    m: Array,
    floor: Array,
    ones: Array,
    u: Array,
    zt: Array,
    s: Array,
    p: Array,
    each: Array,
) -> None:
    """each = ln Σ exp(z − m) − Σ t·(z − m) with one-hot rows t and row maxima m; p the probabilities.

    z, t, u, p are (batch, k), the others (batch, 1).
    """
    xp.copyto(u, m)
    xp.subtract(z, u, p)
    xp.multiply(p, t, u)
    xp.dot(u, ones, zt)
    xp.maximum(p, floor, out=p)
    xp.exp(p, p)
    xp.dot(p, ones, s)
    xp.log(s, each)
    xp.subtract(each, zt, each)
    xp.copyto(u, s)
    xp.divide(p, u, p)


def difference_scaled(p: Array, t: Array, scale: Array, dz: Array) -> None:
    """dz = (p − t)·scale."""
    xp.subtract(p, t, dz)
    xp.multiply(dz, scale, dz)


def absolute_penalty(w: Array, l1: Array, ones: Array, u: Array, part: Array, out: Array) -> None:
    """out += λ₁·Σ|w| for a flat w; out and part are 0-d."""
    xp.abs(w, u)
    xp.dot(u, ones, part)
    xp.multiply(part, l1, part)
    xp.add(out, part, out)


def squared_penalty(w: Array, half_l2: Array, part: Array, out: Array) -> None:
    """out += λ₂/2·Σw² for a flat w; out and part are 0-d."""
    xp.dot(w, w, part)
    xp.multiply(part, half_l2, part)
    xp.add(out, part, out)


def penalty_backward(w: Array, l1: Array, l2: Array, u: Array, dw: Array) -> None:
    """dw = λ₁·sign(w) + λ₂·w."""
    xp.sign(w, u)
    xp.multiply(u, l1, u)
    xp.multiply(w, l2, dw)
    xp.add(dw, u, dw)

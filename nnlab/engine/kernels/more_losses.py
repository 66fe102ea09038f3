"""Losses with margins, Huber's loss, and the products and distances of pairs of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def margins(z: Array, t: Array, two: Array, one: Array, m: Array) -> None:
    """m = (2t − 1)·z: how far on the right side of 0 each score lies."""
    xp.multiply(t, two, m)
    xp.subtract(m, one, m)
    xp.multiply(m, z, m)


def hinge(m: Array, one: Array, zeros: Array, share: Array, u: Array, each: Array) -> None:
    """each = Σ max(0, 1 − m)·share over the last axis; u is scratch."""
    xp.subtract(one, m, u)
    xp.maximum(u, zeros, out=u)
    xp.dot(u, share, each)


def hinge_backward(
    m: Array, t: Array, two: Array, one: Array, scale: Array, mask: Array, u: Array, dz: Array
) -> None:
    """dz = −(2t − 1)·[m < 1]·scale."""
    xp.less(m, one, mask)
    xp.copyto(dz, mask)
    xp.multiply(t, two, u)
    xp.subtract(one, u, u)
    xp.multiply(dz, u, dz)
    xp.multiply(dz, scale, dz)


def multi_hinge(
    z: Array,
    t: Array,
    one: Array,
    zeros: Array,
    ones: Array,
    share: Array,
    u: Array,
    y: Array,
    m: Array,
    each: Array,
) -> None:
    """m = (1 − t)·max(0, 1 + z − y), y = Σ t·z with one-hot rows t; each = Σ m·share over the last axis."""
    xp.multiply(t, z, u)
    xp.dot(u, ones, y)
    xp.copyto(u, y)
    xp.subtract(z, u, m)
    xp.add(m, one, m)
    xp.maximum(m, zeros, out=m)
    xp.subtract(one, t, u)
    xp.multiply(m, u, m)
    xp.dot(m, share, each)


def multi_hinge_backward(
    m: Array, t: Array, zero: Array, ones: Array, scale: Array, mask: Array, c: Array, u: Array, dz: Array
) -> None:
    """dz = ([m > 0] − t·Σ [m > 0])·scale; c is (batch, 1), u as z."""
    xp.greater(m, zero, mask)
    xp.copyto(dz, mask)
    xp.dot(dz, ones, c)
    xp.copyto(u, c)
    xp.multiply(u, t, u)
    xp.subtract(dz, u, dz)
    xp.multiply(dz, scale, dz)


def huber(
    a: Array, t: Array, low: Array, high: Array, half: Array, share: Array,
    u: Array, e: Array, c: Array, each: Array,
) -> None:  # fmt: skip
    """e = a − t, c = e between low and high, each = Σ c·(e − c/2)·share over the last axis."""
    xp.subtract(a, t, e)
    xp.minimum(e, high, out=c)
    xp.maximum(c, low, out=c)
    xp.multiply(c, half, u)
    xp.subtract(e, u, u)
    xp.multiply(u, c, u)
    xp.dot(u, share, each)


def squared_distance(x: Array, y: Array, ones: Array, u: Array, d: Array) -> None:
    """d (batch, 1) = Σ (x − y)² over the last axis."""
    xp.subtract(x, y, u)
    xp.multiply(u, u, u)
    xp.dot(u, ones, d)


def triplet(near: Array, far: Array, margin: Array, zeros: Array, each: Array) -> None:
    """each = max(0, near − far + margin), all (batch, 1)."""
    xp.subtract(near, far, each)
    xp.add(each, margin, each)
    xp.maximum(each, zeros, out=each)


def active_rows(each: Array, zero: Array, scale: Array, mask: Array, on: Array, rows: Array) -> None:
    """rows (batch, k) = [each > 0]·scale; mask and on are (batch, 1)."""
    xp.greater(each, zero, mask)
    xp.copyto(on, mask)
    xp.multiply(on, scale, on)
    xp.copyto(rows, on)


def difference_times(x: Array, y: Array, rows: Array, out: Array) -> None:
    """out = (x − y)·rows."""
    xp.subtract(x, y, out)
    xp.multiply(out, rows, out)


def row_dot(x: Array, y: Array, ones: Array, u: Array, z: Array) -> None:
    """z (batch, 1) = Σ x·y over the last axis."""
    xp.multiply(x, y, u)
    xp.dot(u, ones, z)


def row_dot_backward(dz: Array, y: Array, dx: Array) -> None:
    """dx = dz·y, dz (batch, 1)."""
    xp.copyto(dx, dz)
    xp.multiply(dx, y, dx)

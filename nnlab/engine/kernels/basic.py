"""Products, sums, copies: kernels that every room of the table needs."""

from __future__ import annotations

from typing import Any

import numpy as np

xp: Any = np
Array = Any


def dense(x: Array, W: Array, b: Array, rows: Array, z: Array) -> None:
    """z = x·W + b; ``rows`` (batch, out) is scratch for b repeated."""
    xp.dot(x, W, z)
    xp.copyto(rows, b)
    xp.add(z, rows, z)


def matmul(x: Array, W: Array, z: Array) -> None:
    xp.dot(x, W, z)


def add(x: Array, y: Array, out: Array) -> None:
    xp.add(x, y, out)


def multiply(x: Array, y: Array, out: Array) -> None:
    xp.multiply(x, y, out)


def copy(x: Array, out: Array) -> None:
    xp.copyto(out, x)


def fill(value: Array, out: Array) -> None:
    xp.copyto(out, value)


def sum_rows(dz: Array, ones: Array, db: Array) -> None:
    """Column sums as a matrix–vector product: five times faster than ``sum(0)``."""
    xp.dot(ones, dz, db)


def weighted_sum(x: Array, w: Array, out: Array) -> None:
    """out (a 0-d array) = Σ x·w of two vectors."""
    xp.dot(x, w, out)


def gather(rows: Array, index: Array, out: Array) -> None:
    """out[i] = rows[index[i]]; the index is checked on the host, so ``clip`` only saves the test."""
    rows.take(index, 0, out, "clip")


def sum_edges(first: Array, second: Array, out: Array) -> None:
    """The first two summands of a gradient; further ones come by :func:`accumulate`."""
    xp.add(first, second, out)


def accumulate(edge: Array, out: Array) -> None:
    xp.add(out, edge, out)


def dropout_mask(
    stream: Any, clock: list[int], threshold: Array, scale: Array, keep: Array, mask: Array
) -> None:
    """mask = scale where the 32-bit draw ≥ threshold, else 0; ``keep`` is bool scratch.

    The bits are made on the host and carried over; a device that makes the same bits itself overrides this.
    """
    xp.greater_equal(xp.asarray(stream.bits32(clock[0], mask.size)).reshape(mask.shape), threshold, keep)
    xp.copyto(mask, keep)
    xp.multiply(mask, scale, mask)


OPAQUE = frozenset({"dropout_mask", "gather"})
"""Kernels that do more than call array operations, see :mod:`nnlab.engine.unroll`."""

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


def scatter_rows(
    ids: Array, da: Array, width: Array, columns: Array, start: Array, place: Array, dW: Array
) -> None:
    """dW[v] = Σ of the rows of da (n, width) whose id is v, ids (n, 1); repeated ids add up.

    As one vector: there numpy.add.at takes 1 ns a number, whatever the vocabulary, and allocates nothing.  A
    product with one-hot rows is faster below 64 ids alone.  ``start`` (n, 1) and ``place`` (n, width) are
    scratch for whole numbers.
    """
    dW.fill(0)
    xp.multiply(ids, width, start)
    xp.add(start, columns, place)
    xp.add.at(dW.reshape(-1), place.reshape(-1), da.reshape(-1))


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


OPAQUE = frozenset({"dropout_mask", "gather", "scatter_rows"})
"""Kernels that do more than call array operations, see :mod:`nnlab.engine.unroll`."""

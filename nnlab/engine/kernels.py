"""The kernel table: all arithmetic that differs between NumPy, Numba and CuPy, and nothing else.

The functions below, and those in :mod:`kernels_update`, are the NumPy reference.  They write into buffers
that exist already, allocate nothing, and return nothing to the host.  They name the array module ``xp``;
:func:`table` gives copies bound to another module, and a backend replaces the slow ones by functions of the
same name and signature.

Letters: ``x`` (batch, in), ``W`` (in, out), ``z`` and ``a`` (batch, out), ``t`` targets, ``d…`` gradients.

Measured on 320 elements: an operation between two arrays of one shape costs 0.2 µs, with one of them
broadcast 1.0 to 1.4 µs.  So a row or column is first copied into a whole array (0.35 µs), and constants of
``maximum`` are whole arrays too: with a 0-d one it is not vectorised.  0-d constants of ``add`` and
``multiply`` are fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from nnlab.engine import kernels_update

xp: Any = np
Array = Any

EXP_FLOOR = -80.0
"""Exponents below count as this: exp() of less than −87 is a float32 denormal, up to 100 times slower."""

GELU_SCALE = 0.7978845608028654  # √(2/π)
GELU_CUBE = 0.044715


def dense(x: Array, W: Array, b: Array, rows: Array, z: Array) -> None:
    """z = x·W + b; ``rows`` (batch, out) is scratch for b repeated."""
    xp.dot(x, W, z)
    xp.copyto(rows, b)
    xp.add(z, rows, z)


def matmul(x: Array, W: Array, z: Array) -> None:
    xp.dot(x, W, z)


def add(x: Array, y: Array, out: Array) -> None:
    xp.add(x, y, out)


def copy(x: Array, out: Array) -> None:
    xp.copyto(out, x)


def fill(value: Array, out: Array) -> None:
    xp.copyto(out, value)


def sum_rows(dz: Array, ones: Array, db: Array) -> None:
    """Column sums as a matrix–vector product: five times faster than ``sum(0)``."""
    xp.dot(ones, dz, db)


def gather(rows: Array, index: Array, out: Array) -> None:
    """out[i] = rows[index[i]]; the index is checked on the host, so ``clip`` only saves the test."""
    rows.take(index, 0, out, "clip")


def relu(z: Array, zeros: Array, a: Array) -> None:
    xp.maximum(z, zeros, out=a)


def relu_backward(a: Array, da: Array, slope: Array, dz: Array) -> None:
    """dz = da where a > 0; the slope at 0 is 0.  sign(a) is the fastest mask below 2,000 elements."""
    xp.sign(a, slope)
    xp.multiply(da, slope, dz)


def relu_backward_large(a: Array, da: Array, zero: Array, mask: Array, dz: Array) -> None:
    """The same for large arrays, through a bool mask: half the time of sign, a tenth of ``where``."""
    xp.greater(a, zero, mask)
    xp.copyto(dz, mask)
    xp.multiply(dz, da, dz)


def leaky_relu(z: Array, slope: Array, a: Array) -> None:
    """max(z, s·z), for slopes below 1."""
    xp.multiply(z, slope, a)
    xp.maximum(z, a, out=a)


def leaky_relu_backward(
    z: Array, da: Array, zero: Array, rest: Array, slope: Array, mask: Array, dz: Array
) -> None:
    """dz = da·([z > 0]·(1 − s) + s); the slope at 0 is s."""
    xp.greater(z, zero, mask)
    xp.copyto(dz, mask)
    xp.multiply(dz, rest, dz)
    xp.add(dz, slope, dz)
    xp.multiply(dz, da, dz)


def sigmoid(z: Array, ceiling: Array, one: Array, a: Array) -> None:
    """σ(z) = 1/(1 + e⁻ᶻ), exact to a few ulp on both sides; −z counts as 80 at most, so nothing overflows."""
    xp.negative(z, a)
    xp.minimum(a, ceiling, out=a)
    xp.exp(a, a)
    xp.add(a, one, a)
    xp.reciprocal(a, a)


def sigmoid_backward(a: Array, da: Array, one: Array, dz: Array) -> None:
    xp.subtract(one, a, dz)
    xp.multiply(dz, a, dz)
    xp.multiply(dz, da, dz)


def tanh(z: Array, a: Array) -> None:
    xp.tanh(z, a)


def tanh_backward(a: Array, da: Array, one: Array, dz: Array) -> None:
    xp.multiply(a, a, dz)
    xp.subtract(one, dz, dz)
    xp.multiply(dz, da, dz)


def gelu(z: Array, scale: Array, cube: Array, one: Array, half: Array, u: Array, a: Array) -> None:
    """½z(1 + tanh(√(2/π)(z + 0.044715z³))), Hendrycks and Gimpel 2016, tanh form; leaves tanh(…) in u."""
    xp.multiply(z, z, u)
    xp.multiply(u, cube, u)
    xp.add(u, one, u)
    xp.multiply(u, z, u)
    xp.multiply(u, scale, u)
    xp.tanh(u, u)
    xp.add(u, one, a)
    xp.multiply(a, z, a)
    xp.multiply(a, half, a)


def gelu_backward(
    z: Array, u: Array, da: Array, scale: Array, cube3: Array, one: Array, half: Array, s: Array, dz: Array
) -> None:
    """dz = da·(½(1 + u) + ½z(1 − u²)·√(2/π)(1 + 3·0.044715z²)), u = tanh(…)."""
    xp.multiply(z, z, s)
    xp.multiply(s, cube3, s)
    xp.add(s, one, s)
    xp.multiply(s, scale, s)
    xp.multiply(s, z, s)
    xp.multiply(u, u, dz)
    xp.subtract(one, dz, dz)
    xp.multiply(s, dz, s)
    xp.add(u, one, dz)
    xp.add(dz, s, dz)
    xp.multiply(dz, half, dz)
    xp.multiply(dz, da, dz)


def step(z: Array, zero: Array, mask: Array, a: Array) -> None:
    """1 where z ≥ 0, else 0."""
    xp.greater_equal(z, zero, mask)
    xp.copyto(a, mask)


def row_maximum(flat: Array, starts: Array, m: Array) -> None:
    """m (batch,) = the largest of each row, in half the time of a reduction along the axis.

    ``flat`` holds the rows as one vector, ``starts`` the places where they begin.
    """
    xp.maximum.reduceat(flat, starts, 0, None, m)


def softmax(z: Array, m: Array, floor: Array, ones: Array, u: Array, s: Array, p: Array) -> None:
    """p = exp(z − m)/Σ over the last axis, m the row maximum; leaves the sum in s.

    z, p and the scratch u are (batch, k), m and s (batch, 1).
    """
    xp.copyto(u, m)
    xp.subtract(z, u, p)
    xp.maximum(p, floor, out=p)
    xp.exp(p, p)
    xp.dot(p, ones, s)
    xp.copyto(u, s)
    xp.divide(p, u, p)


def softmax_backward(p: Array, dp: Array, ones: Array, u: Array, r: Array, dz: Array) -> None:
    """dz = p·(dp − Σ dp·p)."""
    xp.multiply(dp, p, u)
    xp.dot(u, ones, r)
    xp.subtract(dp, r, dz)
    xp.multiply(dz, p, dz)


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


def squared_error(a: Array, t: Array, share: Array, u: Array, each: Array) -> None:
    """each = Σ (a − t)²·share over the last axis; leaves a − t in u."""
    xp.subtract(a, t, u)
    xp.multiply(u, u, u)
    xp.dot(u, share, each)


def weighted_sum(x: Array, w: Array, out: Array) -> None:
    """out (a 0-d array) = Σ x·w of two vectors."""
    xp.dot(x, w, out)


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


def multiply(x: Array, y: Array, out: Array) -> None:
    xp.multiply(x, y, out)


def dropout_mask(
    stream: Any, clock: list[int], threshold: Array, scale: Array, keep: Array, mask: Array
) -> None:
    """mask = scale where the 32-bit draw ≥ threshold, else 0; ``keep`` is bool scratch.

    The bits are made on the host and carried over; a device that makes the same bits itself overrides this.
    """
    xp.greater_equal(xp.asarray(stream.bits32(clock[0], mask.size)).reshape(mask.shape), threshold, keep)
    xp.copyto(mask, keep)
    xp.multiply(mask, scale, mask)


def sum_edges(first: Array, second: Array, out: Array) -> None:
    """The first two summands of a gradient; further ones come by :func:`accumulate`."""
    xp.add(first, second, out)


def accumulate(edge: Array, out: Array) -> None:
    xp.add(out, edge, out)


class Kernels:
    """The functions of the table by name, bound to one array module.

    ``kernels.dense(x, W, b, z)``; ``kernels.xp`` is the module they compute with.
    """

    def __init__(self, functions: Mapping[str, Callable[..., None]], module: ModuleType | Any, name: str):
        self.xp = module
        self.name = name
        self.functions = dict(functions)
        self.__dict__.update(functions)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the kernel table has no {name}")

    def override(self, functions: Mapping[str, Callable[..., None]], name: str) -> Kernels:
        """A table in which ``functions`` replace the reference ones; unknown names are refused."""
        unknown = set(functions) - set(self.functions)
        if unknown:
            raise KeyError(f"no reference kernel is called {', '.join(sorted(unknown))}")
        return Kernels({**self.functions, **functions}, self.xp, name)


def _kernels_of(module: ModuleType) -> dict[str, Callable[..., None]]:
    return {
        name: thing
        for name, thing in vars(module).items()
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__ and name[0] != "_"
    }


REFERENCE: dict[str, Callable[..., None]] = {
    **_kernels_of(sys.modules[__name__]),
    **_kernels_of(kernels_update),
}

OPAQUE = {"dropout_mask", "gather"}
"""Kernels that do more than call array operations, see :mod:`nnlab.engine.unroll`."""


def table(module: ModuleType | Any = np, name: str = "numpy") -> Kernels:
    """The reference kernels computing with ``module`` (numpy, cupy or a test double)."""
    if module is np:
        return Kernels(REFERENCE, np, name)
    scope = {"xp": module}
    bound = {k: FunctionType(f.__code__, scope, k, f.__defaults__) for k, f in REFERENCE.items()}
    return Kernels(bound, module, name)

"""The kernel table: all arithmetic that differs between NumPy, Numba and CuPy, and nothing else.

The functions below are the NumPy reference.  They write into buffers that exist already, allocate
nothing, and return nothing to the host.  They name the array module ``xp``; :func:`table` gives copies
bound to another module, and a backend replaces the slow ones by functions of the same name and signature.

Letters: ``x`` (batch, in), ``W`` (in, out), ``z`` and ``a`` (batch, out), ``t`` targets, ``d…`` gradients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

xp: Any = np
Array = Any

SOFTMAX_FLOOR = -80.0
"""exp() of less than this is a float32 denormal, 100 times slower to multiply (research: denormal trap)."""

GELU_SCALE = 0.7978845608028654  # √(2/π)
GELU_CUBE = 0.044715


def dense(x: Array, W: Array, b: Array, z: Array) -> None:
    x.dot(W, z)
    xp.add(z, b, z)


def matmul(x: Array, W: Array, z: Array) -> None:
    x.dot(W, z)


def add(x: Array, y: Array, out: Array) -> None:
    xp.add(x, y, out)


def copy(x: Array, out: Array) -> None:
    out[...] = x


def fill(value: Array, out: Array) -> None:
    out[...] = value


def sum_rows(dz: Array, ones: Array, db: Array) -> None:
    """Column sums as a matrix–vector product: five times faster than ``sum(0)``."""
    ones.dot(dz, db)


def gather(rows: Array, index: Array, out: Array) -> None:
    """out[i] = rows[index[i]]; the index is checked on the host, so ``clip`` only saves the test."""
    xp.take(rows, index, 0, out, "clip")


def relu(z: Array, zero: Array, a: Array) -> None:
    xp.maximum(z, zero, out=a)


def relu_backward(a: Array, da: Array, slope: Array, dz: Array) -> None:
    """dz = da where a > 0; the slope at 0 is 0.  sign(a) is the fastest mask below 2,000 elements."""
    xp.sign(a, slope)
    xp.multiply(da, slope, dz)


def relu_backward_large(a: Array, da: Array, mask: Array, dz: Array) -> None:
    """The same with a bool mask: 0.7 ns an element against 6 to 14 for ``where`` on random masks."""
    xp.sign(a, dz)
    xp.greater(a, 0, out=mask)
    xp.multiply(da, mask, dz)


def leaky_relu(z: Array, slope: Array, a: Array) -> None:
    """max(z, s·z), for slopes below 1."""
    xp.multiply(z, slope, a)
    xp.maximum(z, a, out=a)


def leaky_relu_backward(z: Array, da: Array, zero: Array, rest: Array, slope: Array, dz: Array) -> None:
    """dz = da·([z > 0]·(1 − s) + s); the slope at 0 is s."""
    xp.heaviside(z, zero, dz)
    xp.multiply(dz, rest, dz)
    xp.add(dz, slope, dz)
    xp.multiply(dz, da, dz)


def sigmoid(z: Array, half: Array, a: Array) -> None:
    """σ(z) = ½ + ½·tanh(z/2): never overflows, and tanh is vectorised."""
    xp.multiply(z, half, a)
    xp.tanh(a, a)
    xp.multiply(a, half, a)
    xp.add(a, half, a)


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


def step(z: Array, one: Array, a: Array) -> None:
    """1 where z ≥ 0, else 0."""
    xp.heaviside(z, one, a)


def softmax(z: Array, floor: Array, ones: Array, m: Array, s: Array, p: Array) -> None:
    """p = exp(z − max)/Σ over the last axis; leaves the row maximum in m and the sum in s (both (batch, 1))."""
    xp.maximum.reduce(z, 1, None, m, True)
    xp.subtract(z, m, p)
    xp.maximum(p, floor, out=p)
    xp.exp(p, p)
    p.dot(ones, s)
    xp.divide(p, s, p)


def softmax_backward(p: Array, dp: Array, ones: Array, u: Array, r: Array, dz: Array) -> None:
    """dz = p·(dp − Σ dp·p)."""
    xp.multiply(dp, p, u)
    u.dot(ones, r)
    xp.subtract(dp, r, dz)
    xp.multiply(dz, p, dz)


def softmax_cross_entropy(
    z: Array,
    t: Array,
    floor: Array,
    ones: Array,
    m: Array,
    s: Array,
    u: Array,
    zt: Array,
    p: Array,
    each: Array,
) -> None:
    """each = ln Σ exp(z − m) + m − Σ t·z with one-hot rows t; p the probabilities.  All (batch, 1) but z, t, u, p."""
    xp.maximum.reduce(z, 1, None, m, True)
    xp.subtract(z, m, p)
    xp.multiply(p, t, u)
    u.dot(ones, zt)
    xp.maximum(p, floor, out=p)
    xp.exp(p, p)
    p.dot(ones, s)
    xp.log(s, each)
    xp.subtract(each, zt, each)
    xp.divide(p, s, p)


def difference_scaled(p: Array, t: Array, scale: Array, dz: Array) -> None:
    """dz = (p − t)·scale."""
    xp.subtract(p, t, dz)
    xp.multiply(dz, scale, dz)


def binary_cross_entropy(
    z: Array, t: Array, zero: Array, half: Array, share: Array, u: Array, p: Array, each: Array
) -> None:
    """each = Σ (max(z, 0) − z·t + ln(1 + exp(−|z|)))·share over the last axis; p = σ(z)."""
    xp.abs(z, u)
    xp.negative(u, u)
    xp.exp(u, u)
    xp.log1p(u, u)
    xp.maximum(z, zero, out=p)
    xp.add(u, p, u)
    xp.multiply(z, t, p)
    xp.subtract(u, p, u)
    u.dot(share, each)
    xp.multiply(z, half, p)
    xp.tanh(p, p)
    xp.multiply(p, half, p)
    xp.add(p, half, p)


def squared_error(a: Array, t: Array, share: Array, u: Array, each: Array) -> None:
    """each = Σ (a − t)²·share over the last axis; leaves a − t in u."""
    xp.subtract(a, t, u)
    xp.multiply(u, u, u)
    u.dot(share, each)


def weighted_sum(x: Array, w: Array, out: Array) -> None:
    """out (a 0-d array) = Σ x·w of two vectors."""
    x.dot(w, out)


def absolute_penalty(w: Array, l1: Array, ones: Array, u: Array, part: Array, out: Array) -> None:
    """out += λ₁·Σ|w| for a flat w; out and part are 0-d."""
    xp.abs(w, u)
    u.dot(ones, part)
    xp.multiply(part, l1, part)
    xp.add(out, part, out)


def squared_penalty(w: Array, half_l2: Array, part: Array, out: Array) -> None:
    """out += λ₂/2·Σw² for a flat w; out and part are 0-d."""
    w.dot(w, part)
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


def dropout_mask(u: Array, rate: float, scale: Array, mask: Array) -> None:
    """mask = scale where u ≥ rate, else 0, for uniform u; u may be mask itself."""
    xp.greater_equal(u, rate, out=mask)
    xp.multiply(mask, scale, mask)


def sum_edges(first: Array, second: Array, out: Array) -> None:
    """The first two summands of a gradient; further ones come by :func:`accumulate`."""
    xp.add(first, second, out)


def accumulate(edge: Array, out: Array) -> None:
    xp.add(out, edge, out)


class Kernels:
    """The functions of this module by name, bound to one array module.

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


REFERENCE: dict[str, Callable[..., None]] = {
    name: function
    for name, function in list(globals().items())
    if isinstance(function, FunctionType) and function.__module__ == __name__ and not name.startswith("_")
}


def table(module: ModuleType | Any = np, name: str = "numpy") -> Kernels:
    """The reference kernels computing with ``module`` (numpy, cupy or a test double)."""
    if module is np:
        return Kernels(REFERENCE, np, name)
    scope = {**globals(), "xp": module}
    bound = {k: FunctionType(f.__code__, scope, k, f.__defaults__) for k, f in REFERENCE.items()}
    return Kernels(bound, module, name)

"""How kernels become machine code with Numba, and the functions that LLVM has no vector form of."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numba
import numpy as np

SUMS = frozenset({"reassoc", "contract", "nsz"})
"""A sum over a row in any order, so that it is computed in lanes."""
FUSED = frozenset({"contract"})
"""A product and a sum in one instruction: it takes a third off the exponential."""


def compiled(function: Callable[..., Any], fastmath: frozenset[str] = frozenset()) -> Callable[..., None]:
    """``function`` in machine code; without a place to keep it, it is compiled again by every process."""
    options: dict[str, Any] = {"nopython": True, "nogil": True, "error_model": "numpy"}
    if fastmath:
        options["fastmath"] = set(fastmath)
    try:
        made = numba.jit(cache=True, **options)(function)
    except RuntimeError:
        made = numba.jit(**options)(function)
    return made  # type: ignore[no-any-return]


def _tanh32(x: Any) -> Any:
    """A rational function within 4e-7, for float32: LLVM vectorises it, and has no vector tanh of its own."""
    f = np.float32
    x = min(max(x, f(-7.905311)), f(7.905311))
    y = x * x
    p = f(-2.76076847742355e-16)
    p = p * y + f(2.00018790482477e-13)
    p = p * y + f(-8.60467152213735e-11)
    p = p * y + f(5.12229709037114e-08)
    p = p * y + f(1.48572235717979e-05)
    p = p * y + f(6.37261928875436e-04)
    p = p * y + f(4.89352455891786e-03)
    q = f(1.19825839466702e-06)
    q = q * y + f(1.18534705686654e-04)
    q = q * y + f(2.26843463243900e-03)
    q = q * y + f(4.89352518554385e-03)
    return p * x / q


def _exp32(x: Any) -> Any:
    """eˣ within 1e-7 for float32 between −87 and 88: 2ⁿ·eʳ with |r| ≤ ln(2)/2 (Cephes' polynomial)."""
    f, i = np.float32, np.int32
    n = math.floor(x * f(1.44269504) + f(0.5))
    r = x - n * f(0.693359375) + n * f(2.12194440e-4)
    p = f(1.9875691500e-4)
    p = p * r + f(1.3981999507e-3)
    p = p * r + f(8.3334519073e-3)
    p = p * r + f(4.1665795894e-2)
    p = p * r + f(1.6666665459e-1)
    p = p * r + f(5.0000001201e-1)
    power = i((i(n) + i(127)) << i(23)).view(f)
    return (p * r * r + r + f(1)) * power


tanh32: Any = numba.jit(nopython=True, inline="always")(_tanh32)
exp32: Any = numba.jit(nopython=True, inline="always", fastmath=set(FUSED))(_exp32)

"""How fast this machine multiplies matrices."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

SECONDS = 0.08
"""How long each size is measured; the best of what fits into it counts."""


@dataclass(frozen=True, slots=True)
class Product:
    """Of two (n, n) matrices in float32: ``operations`` are the multiplications and additions of one."""

    n: int
    seconds: float

    @property
    def operations(self) -> int:
        """2n³: n products and n − 1 sums for each of n² numbers, counted as pairs."""
        return 2 * self.n**3

    @property
    def rate(self) -> float:
        """Floating-point operations a second."""
        return self.operations / self.seconds


def time_products(sizes: Sequence[int], xp: Any = np) -> list[Product]:
    """The best time for each size, with ``xp`` numpy or cupy; a device is waited for."""
    return [Product(n, _best(n, xp)) for n in sizes]


def _best(n: int, xp: Any) -> float:
    a = xp.asarray(np.random.default_rng(n).normal(size=(n, n)).astype(np.float32))
    b, out = a.T.copy(), xp.empty_like(a)
    wait = (lambda: None) if xp is np else xp.cuda.Device().synchronize
    xp.matmul(a, b, out=out)
    wait()
    best, end = float("inf"), time.perf_counter() + SECONDS
    while True:
        began = time.perf_counter()
        xp.matmul(a, b, out=out)
        wait()
        now = time.perf_counter()
        best = min(best, now - began)
        if now > end:
            return best

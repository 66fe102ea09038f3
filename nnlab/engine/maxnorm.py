"""Max-norm: after every update, weights of a unit that together are longer than c are shortened to c.

A unit's weights are its column: every index but the last of an array (…, units).  The bound is that of
Srebro, Rennie and Jaakkola 2004 (Maximum-Margin Matrix Factorization), used with dropout by Srivastava et
al. 2014.  It works on the flat vector (n,) without allocation and without bringing a number to the host.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, call, const, extreme, power, ref, series
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.store import ParameterStore

MOVED, NORM = "moved", "norm"
"""Parts of a bounded weight: what it is before it is shortened, and how long its column is then."""


class MaxNorm:
    """The bound ``limit`` on the columns of the parameters ``names`` in ``store``."""

    def __init__(self, limit: float, store: ParameterStore, names: Collection[str]) -> None:
        self.limit, self.store = limit, store
        self.names = tuple(name for name in store if name in names)

    def columns(self, name: str, vector: Any) -> Any:
        """Parameter ``name`` in a flat vector as (rows, units)."""
        start, end, shape = self.store.slices[name]
        return vector[start:end].reshape(-1, shape[-1])

    def bind(self, theta: Any, kernels: Kernels | None = None) -> Callable[[], None]:
        """A call that shortens the columns of ``theta`` (n,) in place."""
        kernels = kernels or table()
        xp = kernels.xp
        limit = xp.full((), self.limit, theta.dtype)
        bound = []
        for name in self.names:
            weight = self.columns(name, theta)
            bound.append((weight, xp.empty_like(weight), xp.empty(weight.shape[1:], theta.dtype)))

        def shorten() -> None:
            for weight, squares, scale in bound:
                kernels.max_norm(weight, limit, squares, scale)

        return shorten

    def norms(self, theta: Any) -> Any:
        """(n,): how long the column of each element is, NaN where an element is not bounded."""
        xp = self.store.xp
        found = xp.full_like(theta, np.nan)
        for name in self.names:
            weight = self.columns(name, theta)
            self.columns(name, found)[...] = xp.sqrt((weight * weight).sum(axis=0))
        return found


def shortened(moved: Expression, norm: Expression, limit: float) -> Expression:
    """The new weight: moved · (c / max(‖column‖, c))."""
    c = const(limit, "c")
    return moved * (c / extreme("max", [norm, c]))


def explain_norm(column: NDArray[Any], address: Callable[[int], Address]) -> Expression:
    """‖column‖ as an expression of its elements before they are shortened; ``address(i)`` names element i."""
    exact = column.astype(np.float64)
    return call("√", series(exact * exact, lambda i: power(ref(address(i), float(exact[i])), 2)))

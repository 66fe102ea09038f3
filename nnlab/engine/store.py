"""All parameters of a network in one flat vector, with named views; their gradients in another."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import Any

import numpy as np

from nnlab.engine.memory import require
from nnlab.engine.values import Graph, unknown_name
from nnlab.i18n import _

Array = Any


class ParameterStore:
    """``theta`` (n,) holds every parameter one behind the other, ``grad`` (n,) dL/dθ in the same order.

    ``store["dense1.W"]`` is the view (in, out) into theta; writing to it changes the parameter.
    """

    def __init__(self, graph: Graph, dtype: Any = np.float32, xp: Any = np):
        self.dtype = np.dtype(dtype)
        self.xp = xp
        self.slices: dict[str, tuple[int, int, tuple[int, ...]]] = {}
        self.inits: dict[str, str] = {}
        count = sum(value.size for value in graph.parameters)
        if xp is np:
            require(2 * count * self.dtype.itemsize, _("{n:,} parameters and their gradients", n=count))
        end = 0
        for value in graph.parameters:
            size = value.size
            self.slices[value.name] = (end, end + size, value.shape)
            self.inits[value.name] = value.init
            end += size
        self.size = end
        self.theta: Array = xp.zeros(end, self.dtype)
        self.grad: Array = xp.zeros(end, self.dtype)

    def initialize(self, seed: int) -> None:
        """Draw every parameter from its initialiser and (seed, its name); always on the host."""
        from nnlab.engine.initializers import DRAW_BYTES, Initializer

        largest = max((end - start for start, end, _shape in self.slices.values()), default=0)
        require(
            self.size * self.dtype.itemsize + DRAW_BYTES * largest,
            _("the initial weights of {n:,} parameters while they are drawn", n=self.size),
        )
        for name, (start, end, shape) in self.slices.items():
            drawn = Initializer.parse(self.inits[name] or "zeros").draw(shape, seed, name, self.dtype)
            self.theta[start:end] = self.xp.asarray(drawn.reshape(-1))

    def twin(self) -> ParameterStore:
        """The same layout with a copy of θ of its own, for forward passes; the gradient is not copied."""
        other = copy(self)
        other.theta = self.theta.copy()
        return other

    def view(self, name: str, vector: Array) -> Array:
        """The part of any flat vector that belongs to parameter ``name``, in its shape."""
        if name not in self.slices:
            raise unknown_name(name, self.slices)
        start, end, shape = self.slices[name]
        return vector[start:end].reshape(shape)

    def block(self, first: str, second: str, vector: Array) -> Array | None:
        """Two parameters (n, k) and (k,) as one block (n + 1, k) of ``vector``, None where they lie apart."""
        start, end, (rows, columns) = self.slices[first]
        following, stop, _shape = self.slices[second]
        return vector[start:stop].reshape(rows + 1, columns) if following == end else None

    def position(self, name: str, index: tuple[int, ...]) -> int:
        """Where element ``index`` of parameter ``name`` stands in the flat vector."""
        start, _end, shape = self.slices[name]
        return start + int(np.ravel_multi_index(index, shape))

    def locate(self, position: int) -> tuple[str, tuple[int, ...]]:
        """The parameter and index at a place of the flat vector."""
        for name, (start, end, shape) in self.slices.items():
            if start <= position < end:
                return name, tuple(int(i) for i in np.unravel_index(position - start, shape))
        raise IndexError(position)

    def __getitem__(self, name: str) -> Array:
        return self.view(name, self.theta)

    def __contains__(self, name: object) -> bool:
        return name in self.slices

    def __iter__(self) -> Iterator[str]:
        return iter(self.slices)

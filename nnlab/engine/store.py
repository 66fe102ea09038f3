"""All parameters of a network in one flat vector with named views, their gradients in another, its states."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from copy import copy
from typing import Any, NamedTuple

import numpy as np

from nnlab.engine.memory import require
from nnlab.engine.values import Graph, unknown_name
from nnlab.i18n import _

Array = Any


class Settled(NamedTuple):
    """What a network is once every update is applied: θ (n,), and its states by name."""

    theta: Array
    states: Mapping[str, Array]


class ParameterStore:
    """``theta`` (n,) holds every parameter one behind the other, ``grad`` (n,) dL/dθ in the same order.

    ``store["dense1.W"]`` is the view (in, out) into theta; writing to it changes the parameter.
    ``states`` are the arrays that a network carries from step to step without a gradient, such as the running
    mean of a batch normalisation, by name.  ``streams`` (B, …) are states with a row for each example of a
    batch, which the example in the same place of the next batch begins with; they belong to the batches and
    not to the network, so :class:`Settled` and :meth:`twin` leave them out.
    """

    def __init__(self, graph: Graph, dtype: Any = np.float32, xp: Any = np):
        self.dtype = np.dtype(dtype)
        self.xp = xp
        self.slices: dict[str, tuple[int, int, tuple[int, ...]]] = {}
        self.inits: dict[str, str] = {}
        count = sum(value.size for value in graph.parameters)
        require(2 * count * self.dtype.itemsize, _("{n:,} parameters and their gradients", n=count), xp=xp)
        end = 0
        for value in graph.parameters:
            size = value.size
            self.slices[value.name] = (end, end + size, value.shape)
            self.inits[value.name] = value.init
            end += size
        self.size = end
        self.theta: Array = xp.zeros(end, self.dtype)
        self.grad: Array = xp.zeros(end, self.dtype)
        self.states: dict[str, Array] = {}
        self._state_inits = {value.name: value.init for value in graph.states}
        for value in graph.states:
            self.states[value.name] = xp.zeros(value.shape, self.dtype)
        self.reset_states()
        self.streams: dict[str, Array] = {}
        self._stream_shapes = {value.name: value.shape[1:] for value in graph.streams}

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

    def reset_states(self) -> None:
        """Put every state to where it begins."""
        from nnlab.engine.initializers import Initializer

        for name, state in self.states.items():
            drawn = Initializer.parse(self._state_inits[name] or "zeros").draw(
                state.shape, 0, name, self.dtype
            )
            state[...] = self.xp.asarray(drawn)

    def copy_states(self) -> dict[str, Array]:
        return {name: state.copy() for name, state in self.states.items()}

    def put_states(self, states: Mapping[str, Array]) -> None:
        """Let the states take the numbers of ``states``, arrays by name."""
        for name, state in states.items():
            self.states[name][...] = state

    def lay_out_streams(self, rows: int) -> None:
        """Room for ``rows`` streams, all at their beginning; what was there stays where there are as many."""
        for name, shape in self._stream_shapes.items():
            if name not in self.streams or len(self.streams[name]) != rows:
                self.streams[name] = self.xp.zeros((rows, *shape), self.dtype)

    def begin_streams(self) -> None:
        """Put every stream to its beginning: nothing has been read."""
        for stream in self.streams.values():
            stream[...] = 0

    def stream(self, name: str, rows: int) -> Array:
        """The first ``rows`` streams (rows, …), the same memory for every batch size laid out for."""
        if name not in self.streams or len(self.streams[name]) < rows:
            self.lay_out_streams(rows)
        return self.streams[name][:rows]

    def twin(self) -> ParameterStore:
        """The same layout with copies of θ and the states, for forward passes; the gradient is not copied."""
        other = copy(self)
        other.theta = self.theta.copy()
        other.states = self.copy_states()
        other.streams = {}
        return other

    def view(self, name: str, vector: Array) -> Array:
        """The part of any flat vector that belongs to parameter ``name``, in its shape."""
        if name not in self.slices:
            raise unknown_name(name, self.slices)
        start, end, shape = self.slices[name]
        return vector[start:end].reshape(shape)

    def block(self, first: str, second: str, vector: Array) -> Array | None:
        """Two parameters (…, k) and (k,) as one block (n + 1, k) of ``vector``, None where they lie apart."""
        start, end, shape = self.slices[first]
        following, stop, _shape = self.slices[second]
        return vector[start:stop].reshape(-1, shape[-1]) if following == end else None

    def spans(self, names: Collection[str]) -> tuple[slice, ...]:
        """Where parameters ``names`` stand in a flat vector: as few stretches as there are."""
        found: list[slice] = []
        for name, (start, end, _shape) in self.slices.items():
            if name not in names:
                continue
            if found and found[-1].stop == start:
                start = found.pop().start
            found.append(slice(start, end))
        return tuple(found)

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

"""The shape of an operation: what it computes, how it and its gradient run, how one element is explained.

An operation is a definition without arrays.  A program binds it to buffers once
(:class:`Buffers`) and gets back the calls to make; nothing is looked up while training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

import numpy as np

from nnlab.engine import aligned
from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, Reference
from nnlab.engine.kernels import Kernels
from nnlab.engine.values import BATCH, Role, Value

Call: TypeAlias = Callable[[], object]
Array: TypeAlias = Any  # np.ndarray or its CuPy twin
PIECES = "   "
"""Stands in a backward formula between the rules of one input and the next."""
Inferred: TypeAlias = Iterable[tuple[str, tuple[int, ...], Role]]


@dataclass(frozen=True, slots=True)
class Folded:
    """A bias as one more row of the weights: [x 1] (rows, in + 1) · [W; b] (in + 1, out).

    ``dW`` is the gradient of both, None where it is not one block (a penalty has a share in W).  ``x`` is
    None for operations that make the column of ones themselves.
    """

    x: Array
    W: Array
    dW: Array | None


@dataclass(frozen=True, slots=True)
class Laid:
    """Arrays that an operation lays out itself, such as a loop over time that wants each step in one piece.

    All but ``arrays`` are views in the shape of the outputs, by the position of the output: ``values`` are
    the outputs, ``shares`` what flows back to them from the operation itself, ``totals`` dL/d(output) where
    other operations read it too.  ``arrays`` is what the views show, for the calls of the operation.
    """

    values: Mapping[int, Array]
    shares: Mapping[int, Array]
    totals: Mapping[int, Array]
    arrays: Any


class Scratch:
    """Arrays that an operation works in.  After a rewind the same ones are handed out again, in their order.

    So all blocks of a batch share them: what a block leaves there is of no use to the next.
    """

    def __init__(self, xp: Any):
        self.xp = xp
        self.made: dict[tuple[Any, ...], Array] = {}
        self.count = 0

    def rewind(self) -> None:
        self.count = 0

    def zeros(self, shape: tuple[int, ...], dtype: Any) -> Array:
        return self.full(shape, 0, dtype)

    def full(self, shape: tuple[int, ...], value: float, dtype: Any) -> Array:
        key = self.count, shape, value, np.dtype(dtype)
        self.count += 1
        if key not in self.made:
            self.made[key] = aligned.filled(self.xp, shape, value, dtype)
        return self.made[key]


@dataclass(slots=True)
class Buffers:
    """Everything one operation touches in one program.

    ``ins`` and ``outs`` are the values, ``gouts[i]`` is dL/d(outs[i]) (None where no parameter needs it)
    and ``gins[k]`` the buffer for this use of input k (None where nobody asks).  ``clock`` is a one-element
    list holding the number of the step, for random draws.  ``root`` says that the first output is what the
    gradient is taken of, so that dL/d(it) is 1.
    """

    ins: tuple[Array, ...]
    outs: tuple[Array, ...]
    gouts: tuple[Array | None, ...]
    gins: tuple[Array | None, ...]
    kernels: Kernels
    batch: int
    dtype: np.dtype[Any]
    training: bool
    seed: int
    clock: list[int]
    folded: Folded | None = None
    root: bool = False
    laid: Laid | None = None
    rooms: dict[tuple[str, int], Array] = field(default_factory=dict)
    memory: Scratch | None = None
    first: list[Call] = field(default_factory=list)
    block: int = 0

    def kept(self, name: str, *shape: int) -> Array:
        """Scratch by name: what forward leaves in it, backward finds there."""
        place = name, self.block
        if place not in self.rooms:
            self.rooms[place] = aligned.zeros(self.kernels.xp, shape, self.dtype)
        return self.rooms[place]

    def once(self, call: Call) -> None:
        """A call to be made before all others, once for a pass, and not for each block of the batch."""
        self.first.append(call)

    def scratch(self, *shape: int, dtype: Any = None) -> Array:
        return self._memory.zeros(shape, dtype or self.dtype)

    def mask(self, k: int) -> Array:
        """Bool scratch in the shape of output k."""
        return self.scratch(*self.outs[k].shape, dtype=bool)

    def ones(self, *shape: int, value: float = 1.0) -> Array:
        return self._memory.full(shape, value, self.dtype)

    @property
    def _memory(self) -> Scratch:
        if self.memory is None:
            self.memory = Scratch(self.kernels.xp)
        return self.memory

    def scalar(self, value: float) -> Array:
        """A 0-d array: multiplying by it is faster than by a Python float."""
        return self.kernels.xp.asarray(value, self.dtype)


@dataclass(slots=True)
class View:
    """The numbers around an operation, each as a reference with its address, for explanations.

    ``at.x(k)(i, j)`` is element (i, j) of input k, ``at.out(k)(...)`` of output k, ``at.gout(k)(...)`` of
    dL/d(output k).  ``at.whole(k)`` is all of input k at once, where the terms of a sum are too many to be
    read one by one.
    """

    operation: Operation
    read: Callable[[Address], float]
    array: Callable[..., Array]
    batch: int
    training: bool

    def x(self, k: int) -> Callable[..., Reference]:
        return self._pick(Address(self.operation.inputs[k].name))

    def out(self, k: int = 0) -> Callable[..., Reference]:
        return self._pick(Address(self.operation.outputs[k].name))

    def gout(self, k: int = 0) -> Callable[..., Reference]:
        return self._pick(Address(self.operation.outputs[k].name, (), "grad"))

    def whole(self, k: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Input k in float64 on the host."""
        return _in_float64(self.array(self.operation.inputs[k].name))

    def whole_output(self, k: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """Output k in float64 on the host."""
        return _in_float64(self.array(self.operation.outputs[k].name))

    def whole_gradient(self, k: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """dL/d(output k) in float64 on the host."""
        return _in_float64(self.array(self.operation.outputs[k].name, "grad"))

    def shape(self, k: int) -> tuple[int, ...]:
        return self.operation.inputs[k].concrete(self.batch)

    def _pick(self, base: Address) -> Callable[..., Reference]:
        def pick(*index: int) -> Reference:
            address = base.at(*index)
            return Reference(address, self.read(address))

        return pick


def _in_float64(array: Array) -> np.ndarray[Any, np.dtype[np.float64]]:
    get = getattr(array, "get", None)
    return np.asarray(get() if get is not None else array, np.float64)


@dataclass(eq=False)
class Operation:
    """outs = f(ins).  Subclasses are the registry :data:`nnlab.engine.ops.OPERATIONS`.

    ``formula`` and ``backward_formula`` are plain Unicode in the field's letters.  ``layer`` may be given as
    a path, such as ``block1.ff1``: what comes out is called ``block1.ff1.z`` and shown under ``block1``.
    """

    layer: str
    path: str = field(default="", init=False, repr=False)
    inputs: tuple[Value, ...] = field(default=(), init=False, repr=False)
    outputs: tuple[Value, ...] = field(default=(), init=False, repr=False)

    kind: ClassVar[str] = ""
    formula: ClassVar[str] = ""
    backward_formula: ClassVar[str] = ""
    phase: ClassVar[str] = "forward"
    by_example: ClassVar[bool] = False
    """Whether an example of the outputs comes from the same example of the inputs and from parameters."""
    heads_stretch: ClassVar[bool] = False
    """Whether it pays to run it, and what follows by example, in :mod:`nnlab.engine.blocks`."""
    reads_in_order: ClassVar[bool] = False
    """Whether its output is its input read row by row, so that they may be the same memory."""
    makes_ones: ClassVar[bool] = False
    """Whether it makes the column of ones of a :class:`Folded` product itself, and does not read it in x."""

    def __post_init__(self) -> None:
        self.path = self.layer
        self.layer = self.path.partition(".")[0]

    @property
    def folds_bias(self) -> bool:
        """Whether inputs (x, W, b) may be given as a :class:`Folded` product."""
        return False

    @property
    def differentiable(self) -> tuple[Value, ...]:
        """The inputs that a gradient flows back to."""
        return tuple(value for value in self.inputs if not value.discrete and value.role is not Role.STATE)

    @property
    def name(self) -> str:
        """Unique within a graph: the name of the first output."""
        return self.outputs[0].name if self.outputs else f"{self.path}.{self.kind}"

    def output_name(self, suffix: str) -> str:
        return f"{self.path}.{suffix}" if suffix else self.path

    def axes(self, output: int) -> tuple[int, ...]:
        """The axes of an output as they lie in memory, the slowest first; () for the order of its shape."""
        return ()

    def footprint(self) -> int:
        """About how many numbers it touches for one example."""
        return sum(value.size for value in (*self.inputs, *self.outputs) if value.shape[:1] == (BATCH,))

    def refuses(self, batch: int) -> str:
        """Why training on batches of this size is no use; empty where it is."""
        return ""

    def departs(self) -> str:
        """Why what flows back is not the slope of what runs forward, in one sentence; empty where it is."""
        return ""

    def levels(self, output: int) -> int:
        """How many different whole numbers an output may hold, from 0 on; 0 where it holds real numbers."""
        return 0

    @property
    def own_uses(self) -> tuple[int, ...]:
        """Positions of the outputs that the operation itself reads again; it lays them out (:class:`Laid`).

        A hidden state feeds the next moment, a gate the cell.  ``backward`` writes what flows back to them,
        and the total where others read them too; ``explain_backward`` answers for them as for inputs, behind
        those.
        """
        return ()

    def follow(
        self,
        ins: tuple[Array, ...],
        outs: tuple[Array, ...],
        output: int,
        index: tuple[int, ...],
        delta: float,
    ) -> None:
        """Of a pass that has run: let outs[output][index] be ``delta`` larger, and write what the operation
        makes of that itself into ``outs``; asked about the outputs in ``own_uses``.
        """
        raise NotImplementedError

    def lay_out(self, batch: int, zeros: Callable[..., Array], gradients: bool) -> Laid | None:
        """Its outputs, and their gradients if asked, where they shall lie in memory in a way of its own."""
        return None

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        """(suffix, shape, role) of every output; raises NnlabError where the shapes do not fit."""
        raise NotImplementedError

    def forward(self, at: Buffers) -> list[Call]:
        raise NotImplementedError

    def backward(self, at: Buffers) -> list[Call]:
        """Calls that write every ``at.gins[k]`` that is not None."""
        return []

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        """The arithmetic of ``outputs[output][index]``."""
        raise NotImplementedError

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        """The arithmetic of this operation's share of dL/d(inputs[use])[index]; see ``own_uses`` too."""
        raise NotImplementedError

    def formula_of(self, output: int) -> str:
        return self.formula

    def backward_formula_of(self, use: int) -> str:
        """The rule of dL/d(inputs[use]): its piece of ``backward_formula``, or all of it where it is one."""
        pieces = self.backward_formula.split(PIECES)
        return pieces[use] if len(pieces) > 1 else pieces[0]

    def draws(self, output: int) -> bool:
        """Whether that output is a random draw, and so a leaf of explanations."""
        return self.outputs[output].role is Role.RANDOM

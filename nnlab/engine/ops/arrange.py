"""Operations that put numbers elsewhere and change none: reshape, slice, concatenate, stack, transpose."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from math import prod
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, const
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Operation, View
from nnlab.engine.values import BATCH, Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _

Shape = tuple[int, ...]


class Arrangement(Operation):
    """Every number of the output is one of an input; what no output takes has the gradient 0."""

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        """The input that output ``index`` is taken from, and the place in it."""
        raise NotImplementedError

    def target(self, at: View, use: int, index: Shape) -> Shape | None:
        """Where element ``index`` of an input goes; None where it goes nowhere."""
        raise NotImplementedError

    def explain(self, at: View, output: int, index: Shape) -> Expression:
        use, place = self.source(at, index)
        return at.x(use)(*place)

    def explain_backward(self, at: View, use: int, index: Shape) -> Expression:
        place = self.target(at, use, index)
        return const(0.0) if place is None else at.gout()(*place)


def unravel(position: int, shape: Shape) -> Shape:
    """The index of the ``position``-th element of an array of ``shape``, row by row."""
    return tuple(int(i) for i in np.unravel_index(position, shape))


def moved(shape: Shape, to: Shape, index: Shape) -> Shape:
    """Where in an array of shape ``to`` the element ``index`` of ``shape`` stands, both read row by row."""
    return unravel(int(np.ravel_multi_index(index, shape)), to)


def carried(at: Buffers, x: Array, out: Array) -> list[Call]:
    """x written to ``out`` row by row; nothing is to be done where they are the same memory."""
    if at.kernels.xp.may_share_memory(x, out):
        return []
    if out.flags.c_contiguous:
        return [partial(at.kernels.copy, x, out.reshape(x.shape))]
    return [partial(at.kernels.copy, x.reshape(out.shape), out)]


@dataclass(eq=False)
class Reshape(Arrangement):
    """a (batch, *shape) = x (batch, …) read row by row."""

    shape: Shape = ()

    kind: ClassVar[str] = "reshape"
    by_example: ClassVar[bool] = True
    formula: ClassVar[str] = "a = x, read row by row"
    backward_formula: ClassVar[str] = "dx = da, put back in place"
    strided: ClassVar[bool] = False  # so that a can be written in the shape of x
    reads_in_order: ClassVar[bool] = True

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        has, wanted = inputs[0].shape[1:], self.shape
        if prod(has) != prod(wanted):
            raise NnlabError(
                _(
                    "{layer} makes {wanted} of {has}, but that would be {n} numbers instead of {m}",
                    layer=self.path,
                    wanted=shape_text(wanted),
                    has=shape_text(has),
                    n=prod(wanted),
                    m=prod(has),
                )
            )
        return [("a", (BATCH, *wanted), Role.INTERMEDIATE)]

    def forward(self, at: Buffers) -> list[Call]:
        return carried(at, at.ins[0], at.outs[0])

    def backward(self, at: Buffers) -> list[Call]:
        da: Array = at.gouts[0]
        dx: Array = at.gins[0]
        return carried(at, da, dx)

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        return 0, moved((at.batch, *self.outputs[0].shape[1:]), at.shape(0), index)

    def target(self, at: View, use: int, index: Shape) -> Shape:
        return moved(at.shape(0), (at.batch, *self.outputs[0].shape[1:]), index)


class Flatten(Reshape):
    """a (batch, n) = x (batch, …) read row by row."""

    kind: ClassVar[str] = "flatten"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        return [("a", (BATCH, prod(inputs[0].shape[1:])), Role.INTERMEDIATE)]


@dataclass(eq=False)
class Slice(Arrangement):
    """a = the places from ``start`` up to ``stop`` of one axis of x (1 is the first behind the batch).

    ``drop`` leaves that axis out, where one place is taken.
    """

    axis: int = 1
    start: int = 0
    stop: int = 1
    drop: bool = False

    kind: ClassVar[str] = "slice"
    formula: ClassVar[str] = "a = x[from:to]"
    backward_formula: ClassVar[str] = "dx = da where it was taken, else 0"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        length = shape[self.axis] if self.axis < len(shape) else 0
        if not 0 <= self.start < self.stop <= length:
            raise NnlabError(
                _(
                    "{layer} takes the places from {start} up to {stop} of axis {axis}, "
                    "but in shape {shape} there are {length}",
                    layer=self.path,
                    start=self.start,
                    stop=self.stop,
                    axis=self.axis,
                    length=length,
                    shape=shape_text(shape[1:]),
                )
            )
        middle = () if self.drop else (self.stop - self.start,)
        return [("a", (*shape[: self.axis], *middle, *shape[self.axis + 1 :]), Role.INTERMEDIATE)]

    def part(self, x: Array, start: int | None, stop: int | None) -> Array:
        return x[(slice(None),) * self.axis + (slice(start, stop),)]

    def taken(self, x: Array) -> Array:
        whole = (slice(None),) * self.axis
        return x[(*whole, self.start)] if self.drop else self.part(x, self.start, self.stop)

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, self.taken(at.ins[0]), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        (da,), (dx,) = at.gouts, at.gins
        rest = [self.part(dx, None, self.start), self.part(dx, self.stop, None)]
        calls: list[Call] = [partial(at.kernels.fill, at.scalar(0.0), part) for part in rest if part.size]
        return [*calls, partial(at.kernels.copy, da, self.taken(dx))]

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        before, behind = index[: self.axis], index[self.axis :]
        if self.drop:
            return 0, (*before, self.start, *behind)
        return 0, (*before, behind[0] + self.start, *behind[1:])

    def target(self, at: View, use: int, index: Shape) -> Shape | None:
        i = index[self.axis]
        if not self.start <= i < self.stop:
            return None
        middle = () if self.drop else (i - self.start,)
        return (*index[: self.axis], *middle, *index[self.axis + 1 :])


@dataclass(eq=False)
class Joint(Arrangement):
    """Several inputs, each a part of the output."""

    axis: int = 1

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        for x, y in pairwise(inputs):
            if not self.fit(x, y):
                raise NnlabError(
                    _(
                        "{layer} cannot put shape {first} and shape {second} together along axis {axis}",
                        layer=self.path,
                        first=shape_text(x.shape[1:]),
                        second=shape_text(y.shape[1:]),
                        axis=self.axis if self.axis > 0 else len(x.shape) + self.axis,
                    )
                )
        return [("a", self.joined(inputs), Role.INTERMEDIATE)]

    def fit(self, x: Value, y: Value) -> bool:
        raise NotImplementedError

    def joined(self, inputs: tuple[Value, ...]) -> Shape:
        raise NotImplementedError

    def part(self, a: Array, k: int) -> Array:
        """Where input k stands in the output."""
        raise NotImplementedError

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, x, self.part(at.outs[0], k)) for k, x in enumerate(at.ins)]

    def backward(self, at: Buffers) -> list[Call]:
        (da,) = at.gouts
        return [
            partial(at.kernels.copy, self.part(da, k), dx) for k, dx in enumerate(at.gins) if dx is not None
        ]


@dataclass(eq=False)
class Concat(Joint):
    """a = the inputs one behind the other along an axis (1 is the first behind the batch, −1 the last)."""

    axis: int = -1

    kind: ClassVar[str] = "concat"
    formula: ClassVar[str] = "a = [x, y]"
    backward_formula: ClassVar[str] = "dx = the part of da that x became"

    def fit(self, x: Value, y: Value) -> bool:
        first, second = list(x.shape), list(y.shape)
        if len(first) != len(second) or self.axis >= len(first):
            return False
        del first[self.axis], second[self.axis]
        return first == second

    def joined(self, inputs: tuple[Value, ...]) -> Shape:
        shape = list(inputs[0].shape)
        shape[self.axis] = sum(value.shape[self.axis] for value in inputs)
        return tuple(shape)

    @property
    def along(self) -> int:
        """The axis, counted from the batch on."""
        return self.axis % len(self.inputs[0].shape)

    @property
    def starts(self) -> list[int]:
        """Where in the output each input begins, and where the last one ends."""
        return [0, *accumulate(value.shape[self.axis] for value in self.inputs)]

    def part(self, a: Array, k: int) -> Array:
        return a[(slice(None),) * self.along + (slice(*self.starts[k : k + 2]),)]

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        axis, starts = self.along, self.starts
        k = next(k for k, stop in enumerate(starts[1:]) if index[axis] < stop)
        return k, (*index[:axis], index[axis] - starts[k], *index[axis + 1 :])

    def target(self, at: View, use: int, index: Shape) -> Shape:
        axis = self.along
        return (*index[:axis], index[axis] + self.starts[use], *index[axis + 1 :])


@dataclass(eq=False)
class Stack(Joint):
    """a = the inputs, all of one shape, along a new axis (1 is the first behind the batch)."""

    kind: ClassVar[str] = "stack"
    formula: ClassVar[str] = "a[k] = xₖ"
    backward_formula: ClassVar[str] = "dxₖ = da[k]"

    def fit(self, x: Value, y: Value) -> bool:
        return x.shape == y.shape and self.axis <= len(x.shape)

    def joined(self, inputs: tuple[Value, ...]) -> Shape:
        shape = inputs[0].shape
        return (*shape[: self.axis], len(inputs), *shape[self.axis :])

    def part(self, a: Array, k: int) -> Array:
        return a[(*(slice(None),) * self.axis, k)]

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        return index[self.axis], (*index[: self.axis], *index[self.axis + 1 :])

    def target(self, at: View, use: int, index: Shape) -> Shape:
        return (*index[: self.axis], use, *index[self.axis :])


@dataclass(eq=False)
class Transpose(Arrangement):
    """a = x with its axes behind the batch in another order: axis i of a is axis order[i] of x, from 1."""

    order: Shape = (2, 1)

    kind: ClassVar[str] = "transpose"
    formula: ClassVar[str] = "aᵢⱼ = xⱼᵢ"
    backward_formula: ClassVar[str] = "dxⱼᵢ = daᵢⱼ"

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        shape = inputs[0].shape
        if sorted(self.order) != list(range(1, len(shape))):
            raise NnlabError(
                _(
                    "{layer} puts the axes in the order {order}, but shape {shape} has {n}",
                    layer=self.path,
                    order=shape_text(self.order),
                    shape=shape_text(shape[1:]),
                    n=len(shape) - 1,
                )
            )
        return [("a", tuple(shape[axis] for axis in (0, *self.order)), Role.INTERMEDIATE)]

    @property
    def back(self) -> Shape:
        """The order that undoes this one, the batch axis with it."""
        return tuple(int(axis) for axis in np.argsort((0, *self.order)))

    def forward(self, at: Buffers) -> list[Call]:
        return [partial(at.kernels.copy, at.ins[0].transpose(0, *self.order), at.outs[0])]

    def backward(self, at: Buffers) -> list[Call]:
        da: Array = at.gouts[0]
        return [partial(at.kernels.copy, da.transpose(*self.back), at.gins[0])]

    def source(self, at: View, index: Shape) -> tuple[int, Shape]:
        return 0, tuple(index[axis] for axis in self.back)

    def target(self, at: View, use: int, index: Shape) -> Shape:
        return tuple(index[axis] for axis in (0, *self.order))

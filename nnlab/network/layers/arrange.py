"""Layers that put numbers elsewhere: reshape, slice, pick, concatenate, stack, transpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind, shape_behind

AXIS_HELP = N_("which axis, 1 is the first")


@dataclass(frozen=True)
class Arrangement(Layer):
    """One operation of the engine, which depends on the shape that arrives."""

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        raise NotImplementedError

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return shape_behind(self.operation(self.kind, shape), shape, *others)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(self.operation(name, x.shape[1:]), x, *others)[0]


@dataclass(frozen=True)
class Reshape(Arrangement):
    """The same numbers, read row by row, in another shape."""

    shape: Shape

    kind: ClassVar[str] = "reshape"
    help: ClassVar[str] = N_("the same numbers, row by row, in another shape")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("shape", "shape", N_("the new shape, like 4x4x8"), required=True),
    )

    @property
    def text(self) -> str:
        return f"reshape {'x'.join(map(str, self.shape))}"

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        return ops.Reshape(name, self.shape)


@dataclass(frozen=True)
class Slice(Arrangement):
    """The places from ``start`` to before ``stop``; negative ones count from the end."""

    start: int
    stop: int
    axis: int = 1

    kind: ClassVar[str] = "slice"
    help: ClassVar[str] = N_("a part of what arrives, such as the first positions")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("start", "place", N_("the first place taken; 0 is the first of all"), required=True),
        Argument("stop", "place", N_("the place before which it ends"), required=True),
        Argument("axis", "count", AXIS_HELP, default=1, keyword=True),
    )

    @property
    def text(self) -> str:
        return f"slice {self.start} {self.stop}" + (f" axis={self.axis}" if self.axis != 1 else "")

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        length = length_of(self.kind, shape, self.axis)
        start, stop = (i + length if i < 0 else i for i in (self.start, self.stop))
        return ops.Slice(name, self.axis, start, stop)


@dataclass(frozen=True)
class Pick(Arrangement):
    """One place of an axis, without that axis: the first position, or the last."""

    place: int = 0
    axis: int = 1

    kind: ClassVar[str] = "pick"
    help: ClassVar[str] = N_("one place of a sequence: 0 the first, -1 the last")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("place", "place", N_("which place; -1 is the last"), default=0),
        Argument("axis", "count", AXIS_HELP, default=1, keyword=True),
    )

    @property
    def text(self) -> str:
        return f"pick {self.place}" + (f" axis={self.axis}" if self.axis != 1 else "")

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        length = length_of(self.kind, shape, self.axis)
        start = self.place + length if self.place < 0 else self.place
        return ops.Slice(name, self.axis, start, start + 1, drop=True)


def length_of(kind: str, shape: Shape, axis: int) -> int:
    if axis > len(shape):
        raise NnlabError(
            _("{kind}: shape {shape} has no axis {axis}", kind=kind, shape=shape_text(shape), axis=axis)
        )
    return shape[axis - 1]


@dataclass(frozen=True)
class Concat(Arrangement):
    """What arrives, and behind it what a mark names."""

    name: str
    axis: int = 0

    kind: ClassVar[str] = "concat"
    help: ClassVar[str] = N_("puts what was marked behind what arrives")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the mark, or the name of the input"), required=True),
        Argument("axis", "count", N_("which axis, 1 is the first; the last unless given"), 0, keyword=True),
    )

    @property
    def text(self) -> str:
        return f"concat {self.name}" + (f" axis={self.axis}" if self.axis else "")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        return ops.Concat(name, self.axis or -1)


@dataclass(frozen=True)
class Stack(Arrangement):
    """What arrives and what a mark names, of one shape, along a new axis."""

    name: str
    axis: int = 1

    kind: ClassVar[str] = "stack"
    help: ClassVar[str] = N_("puts what arrives and what was marked side by side, along a new axis")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the mark, or the name of the input"), required=True),
        Argument("axis", "count", AXIS_HELP, default=1, keyword=True),
    )

    @property
    def text(self) -> str:
        return f"stack {self.name}" + (f" axis={self.axis}" if self.axis != 1 else "")

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        return ops.Stack(name, self.axis)


@dataclass(frozen=True)
class Transpose(Arrangement):
    """Axes in another order; the last two change places unless an order is given."""

    order: Shape = ()

    kind: ClassVar[str] = "transpose"
    help: ClassVar[str] = N_("rows become columns")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("order", "shape", N_("the new order of the axes, like 2x1"), default=()),
    )

    @property
    def text(self) -> str:
        return f"transpose {'x'.join(map(str, self.order))}" if self.order else "transpose"

    def operation(self, name: str, shape: Shape) -> ops.Operation:
        n = len(shape)
        if n < 2:
            raise NnlabError(
                _("transpose changes rows for columns, but shape {shape} has none", shape=shape_text(shape))
            )
        return ops.Transpose(name, self.order or (*range(1, n - 1), n, n - 1))


KINDS = (
    LayerKind("reshape", Reshape.help, Reshape.arguments, Reshape, "reshape 4x4x8"),
    LayerKind("slice", Slice.help, Slice.arguments, Slice, "slice 0 4"),
    LayerKind("pick", Pick.help, Pick.arguments, Pick, "pick 0"),
    LayerKind("concat", Concat.help, Concat.arguments, Concat, "concat skip"),
    LayerKind("stack", Stack.help, Stack.arguments, Stack, "stack other"),
    LayerKind("transpose", Transpose.help, Transpose.arguments, Transpose),
)

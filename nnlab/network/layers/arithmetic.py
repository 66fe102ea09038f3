"""Layers that compute with two values, or stop a gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Argument, Shape
from nnlab.network.layers.layer import Layer, LayerKind, shape_behind


@dataclass(frozen=True)
class Pair(Layer):
    """Joins what arrives with what a mark names."""

    name: str

    operation: ClassVar[type[ops.Operation]]
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the mark, or the name of the input"), required=True),
    )

    @property
    def text(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return shape_behind(self.operation(self.kind), shape, *others)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(self.operation(name), x, *others)[0]


@dataclass(frozen=True)
class Add(Pair):
    """x + y: the sum of a residual connection."""

    kind: ClassVar[str] = "add"
    help: ClassVar[str] = N_("adds what was marked: a residual connection")
    operation: ClassVar[type[ops.Operation]] = ops.Add


@dataclass(frozen=True)
class Multiply(Pair):
    """x·y, element by element."""

    kind: ClassVar[str] = "mul"
    help: ClassVar[str] = N_("multiplies by what was marked, number by number: a gate")
    operation: ClassVar[type[ops.Operation]] = ops.Multiply


@dataclass(frozen=True)
class Scale(Layer):
    """s·x with a number that is not learned."""

    factor: float

    kind: ClassVar[str] = "scale"
    help: ClassVar[str] = N_("multiplies by a number that is not learned")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("factor", "number", N_("the number"), required=True),
    )

    @property
    def text(self) -> str:
        return f"scale {self.factor:g}"

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Scale(name, self.factor), x)[0]


@dataclass(frozen=True)
class Detach(Layer):
    """x, without the way back."""

    kind: ClassVar[str] = "detach"
    help: ClassVar[str] = N_("passes numbers on and no gradient back")

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Detach(name), x)[0]


@dataclass(frozen=True)
class GraphProduct(Layer):
    """Â·x: each node takes from its neighbours, as the matrix of an input says, or as is learned."""

    name: str = ""

    kind: ClassVar[str] = "graph"
    help: ClassVar[str] = N_("each node of a graph takes from its neighbours")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the input with the matrix; without one it is learned"), default=""),
    )

    @property
    def text(self) -> str:
        return f"graph {self.name}" if self.name else "graph"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,) if self.name else ()

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return shape_behind(ops.GraphProduct(self.kind), shape, *(others or [(*shape[:1], *shape[:1])]))

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return 0 if self.name else shape[0] ** 2

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        A = (
            others[0]
            if others
            else graph.value(f"{name}.A", (x.shape[1], x.shape[1]), Role.PARAMETER, name, "glorot")
        )
        return graph.apply(ops.GraphProduct(name), x, A)[0]


KINDS = (
    LayerKind("add", Add.help, Add.arguments, Add, "add skip"),
    LayerKind("mul", Multiply.help, Multiply.arguments, Multiply, "mul gate"),
    LayerKind("scale", Scale.help, Scale.arguments, Scale, "scale 0.5"),
    LayerKind("detach", Detach.help, (), Detach),
    LayerKind("graph", GraphProduct.help, GraphProduct.arguments, GraphProduct, "graph adjacency"),
)

"""Layers that rearrange or drop numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Argument, Shape
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Dropout(Layer):
    """Zeroes each input with probability ``rate`` while training."""

    rate: float = 0.5

    kind: ClassVar[str] = "dropout"
    help: ClassVar[str] = N_("while training, drops each input with this probability")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("rate", "rate", N_("share of inputs dropped"), default=0.5),
    )

    @property
    def text(self) -> str:
        return f"dropout {self.rate:g}"

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Dropout(name, self.rate), x)[0]


@dataclass(frozen=True)
class Flatten(Layer):
    """Reads an image row by row into one row of numbers."""

    kind: ClassVar[str] = "flatten"
    help: ClassVar[str] = N_("an image becomes one row of numbers")

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return (prod(shape),)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Flatten(name), x)[0]


KINDS = (
    LayerKind("dropout", Dropout.help, Dropout.arguments, Dropout, "dropout 0.2"),
    LayerKind("flatten", Flatten.help, (), Flatten),
)

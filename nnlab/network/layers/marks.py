"""Marks: they let a layer read what is not right before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine.values import Graph, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Argument, Shape
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Mark(Layer):
    """Gives what arrives a name, for ``add``, ``concat``, ``from`` and others further on."""

    name: str = ""

    kind: ClassVar[str] = "as"
    help: ClassVar[str] = N_("names what arrives here, so that layers further on can read it")
    arguments: ClassVar[tuple[Argument, ...]] = (Argument("name", "name", N_("the name"), required=True),)

    @property
    def text(self) -> str:
        return f"as {self.name}"

    @property
    def marks(self) -> str:
        return self.name

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return x


@dataclass(frozen=True)
class From(Layer):
    """Goes on from a marked value, or from another input of the data, instead of from the layer before."""

    name: str = ""

    kind: ClassVar[str] = "from"
    help: ClassVar[str] = N_("goes on from a marked place, or from another input")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the mark, or the name of the input"), required=True),
    )

    @property
    def text(self) -> str:
        return f"from {self.name}"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return others[0]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return others[0]


KINDS = (
    LayerKind("as", Mark.help, Mark.arguments, Mark, "as skip"),
    LayerKind("from", From.help, From.arguments, From, "from skip"),
)

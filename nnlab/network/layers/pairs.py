"""Layers that compare two rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Dot(Layer):
    """One number: the product of what arrives (k,) and a marked row (k,), such as of a user and an item."""

    name: str = ""

    kind: ClassVar[str] = "dot"
    help: ClassVar[str] = N_("multiplies what arrives with a marked row and adds up: how well they fit")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("name", "name", N_("the mark of the other row"), required=True),
    )

    @property
    def text(self) -> str:
        return f"dot {self.name}"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.name,)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if len(shape) != 1 or others[0] != shape:
            raise NnlabError(
                _(
                    "dot multiplies two rows of equally many numbers: shape {shape} arrives, and “{name}” "
                    "marks shape {other}",
                    shape=shape_text(shape),
                    name=self.name,
                    other=shape_text(others[0]),
                )
            )
        return (1,)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Dot(name), x, others[0])[0]


KINDS = (LayerKind("dot", Dot.help, Dot.arguments, Dot, "dot user"),)

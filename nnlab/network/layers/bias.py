"""A bias as a layer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Bias(Layer):
    """Adds one learned number to each unit."""

    kind: ClassVar[str] = "bias"
    help: ClassVar[str] = N_("adds a learned number to each input")

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if len(shape) != 1:
            raise NnlabError(
                _("bias adds to a row of numbers, but shape {shape} arrives", shape=shape_text(shape))
            )
        return shape

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return prod(shape)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        b = graph.value(f"{name}.b", x.shape[1:], Role.PARAMETER, name, "zeros")
        return graph.apply(ops.Bias(name), x, b)[0]


KINDS = (LayerKind("bias", Bias.help, (), Bias),)

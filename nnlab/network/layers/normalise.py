"""Layer normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Shape
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class LayerNorm(Layer):
    """Mean 0 and variance 1 along the last axis of each example, then a learned scale γ and shift β."""

    kind: ClassVar[str] = "layernorm"
    help: ClassVar[str] = N_("each example by itself gets mean 0 and variance 1, then a learned scale")

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return 2 * shape[-1]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        width = x.shape[-1:]
        gamma = graph.value(f"{name}.gamma", width, Role.PARAMETER, name, "constant:1")
        beta = graph.value(f"{name}.beta", width, Role.PARAMETER, name, "zeros")
        return graph.apply(ops.LayerNorm(name), x, gamma, beta)[0]


KINDS = (LayerKind("layernorm", LayerNorm.help, (), LayerNorm),)

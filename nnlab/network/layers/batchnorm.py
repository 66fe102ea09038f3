"""Batch normalisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.i18n import N_
from nnlab.network.layers.argument import Shape
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Mean 0 and variance 1 over the batch for each unit or channel, then a learned scale γ and shift β.

    In evaluation the running mean and variance of training take the place of the batch's.
    """

    kind: ClassVar[str] = "batchnorm"
    help: ClassVar[str] = N_("over the batch each channel gets mean 0 and variance 1, then a learned scale")

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return 2 * shape[-1]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        width = x.shape[-1:]
        gamma = graph.value(f"{name}.gamma", width, Role.PARAMETER, name, "constant:1")
        beta = graph.value(f"{name}.beta", width, Role.PARAMETER, name, "zeros")
        mean = graph.value(f"{name}.running_mean", width, Role.STATE, name, "zeros")
        variance = graph.value(f"{name}.running_variance", width, Role.STATE, name, "constant:1")
        a, *_stages, next_mean, next_variance = graph.apply(
            ops.BatchNorm(name), x, gamma, beta, mean, variance
        )
        graph.carry(next_mean, mean)
        graph.carry(next_variance, variance)
        return a


KINDS = (LayerKind("batchnorm", BatchNorm.help, (), BatchNorm),)

"""Activation functions as layers of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind

ACTIVATIONS: dict[str, Callable[[str], ops.Operation]] = {
    "relu": ops.ReLU,
    "tanh": ops.Tanh,
    "sigmoid": ops.Sigmoid,
    "leaky_relu": ops.LeakyReLU,
    "gelu": ops.GELU,
    "softmax": ops.Softmax,
    "step": ops.StepFunction,
    "identity": ops.Identity,
}

RECTIFIERS = ("relu", "leaky_relu", "gelu")


@dataclass(frozen=True)
class Activation(Layer):
    """An activation function as a layer of its own."""

    function: str = "identity"

    kind: ClassVar[str] = "activation"
    help: ClassVar[str] = N_("an activation alone")

    @property
    def text(self) -> str:
        return self.function

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if self.function == "softmax" and len(shape) != 1:
            raise NnlabError(
                _("softmax takes a row of scores, but shape {shape} arrives", shape=shape_text(shape))
            )
        return shape

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ACTIVATIONS[self.function](name), x)[0]


@dataclass(frozen=True)
class LeakyReLU(Activation):
    """max(z, slope·z)."""

    function: str = "leaky_relu"
    slope: float = 0.01

    kind: ClassVar[str] = "leaky_relu"
    help: ClassVar[str] = N_("relu that lets a little through below 0")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("slope", "rate", N_("slope below 0"), default=0.01),
    )

    @property
    def text(self) -> str:
        return f"leaky_relu {self.slope:g}"

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.LeakyReLU(name, self.slope), x)[0]


_ACTIVATION_HELP = {
    "relu": N_("max(z, 0)"),
    "sigmoid": N_("squeezes into 0 … 1"),
    "tanh": N_("squeezes into −1 … 1"),
    "gelu": N_("a smooth relu"),
    "softmax": N_("scores become probabilities that add up to 1"),
    "step": N_("1 where z ≥ 0, else 0: the perceptron's decision"),
    "identity": N_("leaves numbers as they are"),
}


def _kind(function: str) -> LayerKind:
    return LayerKind(function, _ACTIVATION_HELP[function], (), lambda: Activation(function))


KINDS = (
    *(_kind(f) for f in ("relu", "sigmoid", "tanh")),
    LayerKind("leaky_relu", LeakyReLU.help, LeakyReLU.arguments, lambda slope=0.01: LeakyReLU(slope=slope)),
    *(_kind(f) for f in ("gelu", "softmax", "step", "identity")),
)

"""The fully connected layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.activation import ACTIVATIONS, RECTIFIERS
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind


@dataclass(frozen=True)
class Dense(Layer):
    """units weighted sums of all inputs, with an activation: a = f(x·W + b), W (in, units).

    Behind a sequence (time, in) every moment has the same weights, and (time, units) comes out.
    """

    units: int
    activation: str = ""
    init: str = ""
    bias: bool = True

    kind: ClassVar[str] = "dense"
    help: ClassVar[str] = N_("fully connected: every unit sees every input")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("units", "count", N_("number of units"), required=True),
        Argument(
            "activation", "activation", N_("what bends the sum"), default="", choices=tuple(ACTIVATIONS)
        ),
        Argument("init", "init", N_("how weights begin"), default="", keyword=True),
        Argument("bias", "flag", N_("add a bias to each unit"), default=True, keyword=True),
    )

    @property
    def text(self) -> str:
        parts = [f"dense {self.units}", self.activation]
        parts += [f"init={self.init}" if self.init else "", "" if self.bias else "bias=no"]
        return " ".join(p for p in parts if p)

    @property
    def initializer(self) -> str:
        """He for the rectifiers, Glorot for everything else, unless ``init`` says otherwise."""
        return self.init or ("he" if self.activation in RECTIFIERS else "glorot")

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if len(shape) not in (1, 2):
            raise NnlabError(
                _(
                    "a dense layer takes a row of numbers, but shape {shape} arrives; put flatten before it",
                    shape=shape_text(shape),
                )
            )
        return (*shape[:-1], self.units)

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return shape[-1] * self.units + (self.units if self.bias else 0)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        inside = x.shape[-1]
        W = graph.value(f"{name}.W", (inside, self.units), Role.PARAMETER, name, self.initializer)
        parameters = [W]
        if self.bias:
            parameters.append(graph.value(f"{name}.b", (self.units,), Role.PARAMETER, name, "zeros"))
        (z,) = graph.apply(ops.Dense(name), x, *parameters)
        return graph.apply(ACTIVATIONS[self.activation](name), z)[0] if self.activation else z


KINDS = (LayerKind("dense", Dense.help, Dense.arguments, Dense, "dense 8 relu"),)

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
    tied: str = ""

    kind: ClassVar[str] = "dense"
    help: ClassVar[str] = N_("fully connected: every unit sees every input")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("units", "count", N_("number of units"), required=True),
        Argument(
            "activation", "activation", N_("what bends the sum"), default="", choices=tuple(ACTIVATIONS)
        ),
        Argument("init", "init", N_("how weights begin"), default="", keyword=True),
        Argument("bias", "flag", N_("add a bias to each unit"), default=True, keyword=True),
        Argument("tied", "name", N_("the embedding whose table it uses, such as embed1"), "", keyword=True),
    )

    @property
    def text(self) -> str:
        parts = [f"dense {self.units}", self.activation]
        parts += [f"init={self.init}" if self.init else "", "" if self.bias else "bias=no"]
        parts.append(f"tied={self.tied}" if self.tied else "")
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
        return (0 if self.tied else shape[-1] * self.units) + (self.units if self.bias else 0)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        parameters = [self._weights(graph, x.shape[-1], name)]
        if self.bias:
            parameters.append(graph.value(f"{name}.b", (self.units,), Role.PARAMETER, name, "zeros"))
        product = ops.Tied(name) if self.tied else ops.Dense(name)
        (z,) = graph.apply(product, x, *parameters)
        return graph.apply(ACTIVATIONS[self.activation](name), z)[0] if self.activation else z

    def _weights(self, graph: Graph, inside: int, name: str) -> Value:
        """W (inside, units) of its own, or the table (units, inside) of an embedding."""
        if not self.tied:
            return graph.value(f"{name}.W", (inside, self.units), Role.PARAMETER, name, self.initializer)
        table = graph.values.get(f"{self.tied}.W")
        if table is None or table.shape != (self.units, inside):
            raise NnlabError(
                _(
                    "{layer} needs a table of {units} rows of {inside} numbers, but {tied} has {shape}",
                    layer=name,
                    units=self.units,
                    inside=inside,
                    tied=self.tied,
                    shape=shape_text(table.shape) if table is not None else _("none"),
                )
            )
        return table


KINDS = (LayerKind("dense", Dense.help, Dense.arguments, Dense, "dense 8 relu"),)

"""Two networks that play against each other, a generator and a discriminator.

In ``noise 2 | dense 16 relu | dense 2 | versus | dense 16 relu | dense 1`` what stands before ``versus`` is
the generator, what stands behind it the discriminator, which judges the examples of the data and what the
generator made with one set of weights (Goodfellow et al. 2014, arXiv 1406.2661).
"""

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
class Noise(Layer):
    """Standard normals, drawn anew for every step, instead of what arrives."""

    units: int

    kind: ClassVar[str] = "noise"
    help: ClassVar[str] = N_("random numbers in place of the input: what a generator begins with")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("units", "count", N_("how many numbers"), required=True),
    )

    @property
    def text(self) -> str:
        return f"noise {self.units}"

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return (self.units,)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Noise(name, self.units))[0]


@dataclass(frozen=True)
class Versus(Layer):
    """From here on the discriminator: it reads the data, and what arrives here too."""

    kind: ClassVar[str] = "versus"
    help: ClassVar[str] = N_("the generator ends here, and the discriminator that judges it begins")

    @property
    def reads(self) -> tuple[str, ...]:
        return ("input",)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if shape != others[0]:
            raise NnlabError(
                _(
                    "the generator makes shape {made}, and the data have shape {data}; end the generator in "
                    "the shape of the data",
                    made=shape_text(shape),
                    data=shape_text(others[0]),
                )
            )
        return others[0]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return others[0]


KINDS = (
    LayerKind("noise", Noise.help, Noise.arguments, Noise, "noise 2"),
    LayerKind("versus", Versus.help, (), Versus),
)

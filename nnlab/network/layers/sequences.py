"""Layers between sequences and single rows: the mean over time, the last moment, a row repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind, shape_behind


@dataclass(frozen=True)
class MeanTime(Layer):
    """(time, numbers) → the mean over time; with ``mask`` over the moments whose id is not 0."""

    mask: str = ""

    kind: ClassVar[str] = "meantime"
    help: ClassVar[str] = N_("the mean over time: a sequence becomes a row")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("mask", "name", N_("the input whose ids are 0 at padding"), "", keyword=True),
    )

    @property
    def text(self) -> str:
        return f"meantime mask={self.mask}" if self.mask else "meantime"

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.mask,) if self.mask else ()

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return shape_behind(ops.MeanTime(self.kind), shape, *others)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.MeanTime(name), x, *others)[0]


@dataclass(frozen=True)
class Last(Layer):
    """(time, …) → what stands at the last moment."""

    kind: ClassVar[str] = "last"
    help: ClassVar[str] = N_("the last moment of a sequence")

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if len(shape) < 2:
            raise NnlabError(
                _("last takes a sequence (time, numbers), but shape {shape} arrives", shape=shape_text(shape))
            )
        return shape[1:]

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        time = x.shape[1]
        return graph.apply(ops.Slice(name, 1, time - 1, time, drop=True), x)[0]


@dataclass(frozen=True)
class Repeat(Layer):
    """(numbers,) → (times, numbers): the same row at every moment."""

    times: int

    kind: ClassVar[str] = "repeat"
    help: ClassVar[str] = N_("a row becomes a sequence: the same at every moment")
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("times", "count", N_("how many moments"), required=True),
    )

    @property
    def text(self) -> str:
        return f"repeat {self.times}"

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return shape_behind(ops.Repeat(self.kind, self.times), shape)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        return graph.apply(ops.Repeat(name, self.times), x)[0]


KINDS = (
    LayerKind("meantime", MeanTime.help, MeanTime.arguments, MeanTime),
    LayerKind("last", Last.help, (), Last),
    LayerKind("repeat", Repeat.help, Repeat.arguments, Repeat, "repeat 8"),
)

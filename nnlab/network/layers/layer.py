"""What a layer is: its notation, its shapes, how it adds itself to a graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from nnlab.engine.operation import Operation
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.network.layers.argument import Argument, Shape


@dataclass(frozen=True)
class Layer:
    """Base of all layers.  ``text`` is the layer in normal notation.

    A layer works on what the layer before it gives.  One that reads more says the names in ``reads``: what
    ``as NAME`` marked before, or ``input``; shapes and values of those come as ``others``, in that order.
    """

    kind: ClassVar[str] = ""
    help: ClassVar[str] = ""
    arguments: ClassVar[tuple[Argument, ...]] = ()
    takes_ids: ClassVar[bool] = False
    """Whether what it works on are whole numbers, such as the ids of words."""

    takes_image: ClassVar[bool] = False
    """Whether what it works on is an image, height×width×channels."""

    @property
    def text(self) -> str:
        return self.kind

    @property
    def reads(self) -> tuple[str, ...]:
        return ()

    @property
    def marks(self) -> str:
        """The name that later layers may read this one's output by."""
        return ""

    @property
    def vocabulary(self) -> int:
        """How many different ids it can take, from 0; 0 where that is not known or ids are not its matter."""
        return 0

    def with_vocabulary(self, count: int) -> Layer:
        """The same layer for the ids 0 to ``count`` − 1; one that says its own vocabulary keeps it."""
        return self

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        """The shape of one example behind this layer; raises NnlabError where shapes do not fit."""
        return shape

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return 0

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        """Add the layer to ``graph`` behind ``x`` and return its output."""
        raise NotImplementedError


class Composed(Layer):
    """A layer of several operations: its shapes and parameters are those of a graph built to try."""

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        return self._tried(shape, *others)[1].shape[1:]

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return sum(parameter.size for parameter in self._tried(shape, *others)[0].parameters)

    def _tried(self, *shapes: Shape) -> tuple[Graph, Value]:
        graph = Graph()
        x, *others = [
            graph.value(f"{self.kind}.{k}", (BATCH, *shape), Role.INPUT) for k, shape in enumerate(shapes)
        ]
        return graph, self.build(graph, x, self.kind, *others)


def shape_behind(operation: Operation, *shapes: Shape) -> Shape:
    """The shape of one example behind ``operation``, of examples of these shapes.

    Raises NnlabError where they do not fit.
    """
    inputs = tuple(Value(operation.kind, (BATCH, *shape), Role.INPUT, "") for shape in shapes)
    operation.inputs = inputs
    _suffix, shape, _role = next(iter(operation.infer(inputs)))
    return shape[1:]


@dataclass(frozen=True, slots=True)
class LayerKind:
    """A word of the notation: how it is written, what it takes, what it makes.

    ``sample`` is a layer of this kind as one first writes it, for the palette.
    """

    word: str
    help: str
    arguments: tuple[Argument, ...]
    make: Callable[..., Layer]
    sample: str = ""

    @property
    def syntax(self) -> str:
        written = []
        for a in self.arguments:
            shown = f"{a.name}=…" if a.keyword else a.name if a.kind == "switch" else a.name.upper()
            written.append(shown if a.required else f"[{shown}]")
        return " ".join([self.word, *written])

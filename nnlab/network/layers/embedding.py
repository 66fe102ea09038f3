"""Embedding: ids become rows of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.layer import Layer, LayerKind

START = "normal:0.1"


@dataclass(frozen=True)
class Embed(Layer):
    """ids (time,) → (time, size): the row of W (vocabulary, size) for every id.

    ``vocab``, how many ids there are, is that of the data where it is not written.
    """

    size: int
    vocab: int = 0
    init: str = START

    kind: ClassVar[str] = "embed"
    help: ClassVar[str] = N_("a learned row of numbers for every id, such as that of a word")
    takes_ids: ClassVar[bool] = True
    arguments: ClassVar[tuple[Argument, ...]] = (
        Argument("size", "count", N_("numbers for each id"), required=True),
        Argument("vocab", "count", N_("how many ids there are; by the data unless given"), 0, keyword=True),
        Argument("init", "init", N_("how weights begin"), START, keyword=True),
    )

    @property
    def text(self) -> str:
        parts = [f"embed {self.size}", f"vocab={self.vocab}" if self.vocab else ""]
        return " ".join(p for p in [*parts, f"init={self.init}" if self.init != START else ""] if p)

    @property
    def vocabulary(self) -> int:
        return self.vocab

    def with_vocabulary(self, count: int) -> Embed:
        return self if self.vocab else replace(self, vocab=count)

    def output_shape(self, shape: Shape, *others: Shape) -> Shape:
        if not self.vocab:
            raise NnlabError(
                _(
                    "it is not known how many ids there are; load data with a vocabulary first, "
                    "or write {text} vocab=100",
                    text=self.text,
                )
            )
        if len(shape) != 1:
            raise NnlabError(
                _(
                    "embed takes a row of ids, but shape {shape} arrives; put it right behind the data",
                    shape=shape_text(shape),
                )
            )
        return (*shape, self.size)

    def parameter_count(self, shape: Shape, *others: Shape) -> int:
        return self.vocab * self.size

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        W = graph.value(f"{name}.W", (self.vocab, self.size), Role.PARAMETER, name, self.init)
        return graph.apply(ops.Embedding(name), x, W)[0]


KINDS = (LayerKind("embed", Embed.help, Embed.arguments, Embed, "embed 16 vocab=100"),)

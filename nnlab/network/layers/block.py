"""The block of a Transformer: attention and a small dense network, each with norm and residual connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Value
from nnlab.i18n import N_
from nnlab.network.layers.activation import ACTIVATIONS
from nnlab.network.layers.argument import Argument
from nnlab.network.layers.attention import (
    BIAS,
    CAUSAL,
    DROPOUT,
    FROM,
    HEADS,
    INIT,
    MASK,
    Attention,
    attend,
    read_from,
    written,
)
from nnlab.network.layers.dense import Dense
from nnlab.network.layers.layer import Composed, LayerKind
from nnlab.network.layers.normalise import LayerNorm

START = "normal:0.08"


@dataclass(frozen=True)
class Block(Composed):
    """x + attention(norm(x)), then x + ff(norm(x)) (T, C); with ``post`` the norm comes behind the sum.

    With ``memory`` (a decoder) attention to it stands between the two, called ``cross``; the mask is then of
    the memory.  The dense network has one hidden layer of ``ff`` units, four times C unless given.
    """

    heads: int
    causal: bool = False
    ff: int = 0
    memory: str = ""
    mask: str = ""
    post: bool = False
    dropout: float = 0.0
    activation: str = "gelu"
    bias: bool = False
    init: str = START

    kind: ClassVar[str] = "block"
    help: ClassVar[str] = N_("a Transformer block: attention, then a dense network at each position")
    arguments: ClassVar[tuple[Argument, ...]] = (
        HEADS,
        CAUSAL,
        Argument("ff", "count", N_("hidden units of the dense network; 4 times the width unless given"), 0,
                 keyword=True),
        FROM,
        MASK,
        Argument("post", "flag", N_("norm behind each sum, as in 2017, instead of before"), False,
                 keyword=True),
        DROPOUT,
        Argument("activation", "choice", N_("what bends the sum"), "gelu", keyword=True,
                 choices=tuple(ACTIVATIONS)),
        BIAS,
        replace(INIT, default=START),
    )  # fmt: skip

    @property
    def text(self) -> str:
        options = written(
            ff=self.ff, **{"from": self.memory}, mask=self.mask, post=self.post,
            dropout=f"{self.dropout:g}" if self.dropout else "",
            activation=self.activation if self.activation != "gelu" else "", bias=self.bias,
            init=self.init if self.init != START else "",
        )  # fmt: skip
        return " ".join(p for p in (f"block {self.heads}", "causal" if self.causal else "", options) if p)

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(name for name in (self.memory, self.mask) if name)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        ids = others[-1:] if self.mask else ()
        own = Attention(self.heads, self.causal, dropout=self.dropout, bias=self.bias, init=self.init)

        def look(h: Value) -> Value:
            return attend(graph, name, h, h, () if self.memory else ids, own)

        def cross(h: Value) -> Value:
            return attend(graph, f"{name}.cross", h, others[0], ids, replace(own, causal=False))

        def forward(h: Value) -> Value:
            width = h.shape[2]
            hidden = Dense(self.ff or 4 * width, self.activation, self.init).build(graph, h, f"{name}.ff1")
            return Dense(width, init=self.init).build(graph, hidden, f"{name}.ff2")

        for count, part in enumerate((look, cross, forward) if self.memory else (look, forward), 1):
            x = self._around(graph, x, name, count, part)
        return x

    def _around(self, graph: Graph, x: Value, name: str, count: int, part: Callable[[Value], Value]) -> Value:
        """A part with its norm, dropout and residual connection."""
        norm = LayerNorm()
        h = part(x if self.post else norm.build(graph, x, f"{name}.ln{count}"))
        if self.dropout:
            h = graph.apply(ops.Dropout(f"{name}.dropout{count}", self.dropout), h)[0]
        (total,) = graph.apply(ops.Add(f"{name}.add{count}"), x, h)
        return norm.build(graph, total, f"{name}.ln{count}") if self.post else total


KINDS = (
    LayerKind(
        "block", Block.help, Block.arguments, lambda **values: Block(**read_from(values)), "block 4 causal"
    ),
)

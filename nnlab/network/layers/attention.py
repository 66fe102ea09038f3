"""Attention as a layer: every position takes from others, or from what a mark names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from nnlab.engine import ops
from nnlab.engine.values import Graph, Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.layers.argument import Argument
from nnlab.network.layers.layer import Composed, LayerKind

HEADS = Argument("heads", "count", N_("heads, which compare in their own way"), required=True)
CAUSAL = Argument("causal", "switch", N_("a position sees itself and what is before it"), default=False)
FROM = Argument("from", "name", N_("the mark of what is taken from, such as an encoder"), "", keyword=True)
MASK = Argument(
    "mask", "name", N_("the input with the ids of what is taken from; where they are 0, nothing is"), "",
    keyword=True,
)  # fmt: skip
BIAS = Argument("bias", "flag", N_("add a bias to queries, keys, values and output"), False, keyword=True)
DROPOUT = Argument("dropout", "rate", N_("share of weights dropped while training"), 0.0, keyword=True)
INIT = Argument("init", "init", N_("how weights begin"), "", keyword=True)


def written(**options: Any) -> str:
    """Options in the notation, those left out that are empty, off or 0."""
    return " ".join(f"{name}={'yes' if value is True else value}" for name, value in options.items() if value)


def read_from(values: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer, ``from`` under a name that Python allows."""
    return {"memory" if name == "from" else name: value for name, value in values.items()}


@dataclass(frozen=True)
class Attention(Composed):
    """Queries of what arrives (T, C), keys and values of the same or of ``memory`` (S, …), in ``heads``.

    W of queries, keys, values and output are (…, C).  ``score`` is how a query and a key are compared, and
    ``choice`` whether a query takes a weighted mean (soft) or one drawn position (hard), with the gradient
    of the straight-through estimator, not of REINFORCE.
    """

    heads: int
    causal: bool = False
    memory: str = ""
    mask: str = ""
    score: str = "dot"
    choice: str = "soft"
    dropout: float = 0.0
    bias: bool = False
    init: str = ""

    kind: ClassVar[str] = "attention"
    help: ClassVar[str] = N_("every position takes from others, weighted by how well they fit")
    arguments: ClassVar[tuple[Argument, ...]] = (
        HEADS,
        CAUSAL,
        FROM,
        MASK,
        Argument("score", "choice", N_("how a query and a key are compared"), "dot", keyword=True,
                 choices=("dot", "additive")),
        Argument("choice", "choice",
                 N_("soft: a weighted mean; hard: one position drawn, the gradient going straight through"),
                 "soft", keyword=True, choices=("soft", "hard")),
        DROPOUT,
        BIAS,
        INIT,
    )  # fmt: skip

    @property
    def text(self) -> str:
        options = written(
            **{"from": self.memory}, mask=self.mask, score=self.score if self.score != "dot" else "",
            choice=self.choice if self.choice != "soft" else "",
            dropout=f"{self.dropout:g}" if self.dropout else "", bias=self.bias, init=self.init,
        )  # fmt: skip
        return " ".join(p for p in (f"attention {self.heads}", "causal" if self.causal else "", options) if p)

    @property
    def reads(self) -> tuple[str, ...]:
        return tuple(name for name in (self.memory, self.mask) if name)

    def build(self, graph: Graph, x: Value, name: str, *others: Value) -> Value:
        memory = others[0] if self.memory else x
        ids = others[-1:] if self.mask else ()
        return attend(graph, name, x, memory, ids, self)


def attend(graph: Graph, name: str, x: Value, memory: Value, ids: tuple[Value, ...], how: Attention) -> Value:
    """Attention from x to ``memory``; values are called ``name.q``, ``name.weights``, …, ``name.z``."""
    for value in (x, memory):
        if len(value.shape) != 3:
            raise NnlabError(
                _(
                    "{layer} works on sequences of rows, such as 16×32, but it is given shape {shape}",
                    layer=name,
                    shape=shape_text(value.shape[1:]),
                )
            )

    width = x.shape[2]

    def project(source: Value, letter: str, suffix: str) -> Value:
        """The rows of ``source`` times a matrix of their own."""
        init = how.init or "glorot"
        shape = (source.shape[2], width)
        parameters = [graph.value(f"{name}.W{suffix}", shape, Role.PARAMETER, name, init)]
        if how.bias:
            parameters.append(graph.value(f"{name}.b{suffix}", (width,), Role.PARAMETER, name, "zeros"))
        return graph.apply(ops.Dense(name, letter), source, *parameters)[0]

    q, k, v = project(x, "q", "q"), project(memory, "k", "k"), project(memory, "v", "v")
    if how.score == "additive":
        w = graph.value(f"{name}.w", (width,), Role.PARAMETER, name, "glorot")
        scores = graph.apply(ops.AdditiveScores(name, how.causal, how.heads), q, k, w, *ids)[0]
    else:
        scores = graph.apply(ops.DotScores(name, how.causal, how.heads), q, k, *ids)[0]
    weights = graph.apply(ops.AttentionWeights(name, how.causal), scores, *ids)[0]
    if how.choice == "hard":
        weights = graph.apply(ops.HardChoice(name), weights)[0]
    if how.dropout:
        weights = graph.apply(ops.Dropout(f"{name}.dropout", how.dropout), weights)[0]
    return project(graph.apply(ops.Context(name), weights, v)[0], "z", "o")


KINDS = (
    LayerKind(
        "attention",
        Attention.help,
        Attention.arguments,
        lambda **values: Attention(**read_from(values)),
        "attention 4",
    ),
)

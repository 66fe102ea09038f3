"""Scores, weights and what they take: attention of three queries with three or two keys, in two heads."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt

import numpy as np
from case_kit import Case, Size, parameter, squared, uniform

from nnlab.engine.ops import (
    AdditiveScores,
    AttentionWeights,
    Context,
    DotScores,
    Flatten,
    HardChoice,
    LearnedPositions,
    Tied,
    Waves,
)
from nnlab.engine.values import BATCH, Graph, Role, Value

HEADS, QUERIES, KEYS = 2, 3, 2
HIDDEN = -1e9


def ended(graph: Graph, a: Value) -> str:
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def ended_twin(a, others):
    from torch.nn import functional as F

    return F.mse_loss(a.flatten(1), others["target"])


def by_head(x):
    """(batch, length, C) as (batch, heads, length, D)."""
    return x.unflatten(2, (HEADS, -1)).transpose(1, 2)


def queries_and_keys(graph: Graph, size: Size, keys: int) -> tuple[Value, Value]:
    width = HEADS * size.width
    return parameter(graph, "q", size.batch, QUERIES, width), parameter(graph, "k", size.batch, keys, width)


def ids_of(graph: Graph, keys: int) -> Value:
    return graph.value("ids", (BATCH, keys), Role.INPUT, discrete=True)


def some_padding(program, seed):
    """Ids of which the first example has none but padding, the others some."""
    ids = (uniform(program, "ids", seed) * 3).astype(np.intp)
    ids[0] = 0
    return {"ids": ids}


def scores(graph: Graph, size: Size) -> str:
    q, k = queries_and_keys(graph, size, KEYS)
    return ended(graph, graph.apply(DotScores("layer1", heads=HEADS), q, k)[0])


def dot(p):
    q, k = by_head(p["q"]), by_head(p["k"])
    return q @ k.transpose(2, 3) / sqrt(q.shape[3])


def additive(p):
    q, k, w = by_head(p["q"]), by_head(p["k"]), p["w"].unflatten(0, (HEADS, -1))
    features = (q[:, :, :, None] + k[:, :, None]).tanh()
    return (features * w[:, None, None]).sum(4)


def weighed(causal: bool, padded: bool) -> Callable[[Graph, Size], str]:
    """Scores and weights: hidden scores themselves are too low to end in a square."""

    def build(graph: Graph, size: Size) -> str:
        keys = QUERIES if causal else KEYS
        q, k = queries_and_keys(graph, size, keys)
        ids = [ids_of(graph, keys)] if padded else []
        (z,) = graph.apply(DotScores("layer1", causal, HEADS), q, k, *ids)
        return ended(graph, graph.apply(AttentionWeights("layer1", causal), z, *ids)[0])

    return build


def weights_twin(p, others):
    import torch

    z = dot(p)
    queries, keys = z.shape[2:]
    if "ids" in others:
        z = torch.where(others["ids"][:, None, None] == 0, HIDDEN, z)
    if queries == keys:
        z = torch.where(torch.ones(keys, keys).triu(1) > 0, 2 * HIDDEN, z)
    return ended_twin(z.softmax(3), others)


def additive_scores(padded: bool) -> Callable[[Graph, Size], str]:
    def build(graph: Graph, size: Size) -> str:
        q, k = queries_and_keys(graph, size, KEYS)
        w = parameter(graph, "w", HEADS * size.width)
        ids = [ids_of(graph, KEYS)] if padded else []
        z = graph.apply(AdditiveScores("layer1", heads=HEADS), q, k, w, *ids)[0]
        return ended(graph, graph.apply(AttentionWeights("layer1"), z, *ids)[0] if padded else z)

    return build


def additive_twin(p, others):
    import torch

    z = additive(p)
    if "ids" in others:
        z = torch.where(others["ids"][:, None, None] == 0, HIDDEN, z).softmax(3)
    return ended_twin(z, others)


def context(graph: Graph, size: Size) -> str:
    weights = parameter(graph, "weights", size.batch, HEADS, QUERIES, KEYS)
    v = parameter(graph, "v", size.batch, KEYS, HEADS * size.width)
    return ended(graph, graph.apply(Context("layer1"), weights, v)[0])


def context_twin(p, others):
    return ended_twin((p["weights"] @ by_head(p["v"])).transpose(1, 2).flatten(2), others)


def hard(graph: Graph, size: Size) -> str:
    """The weights are an input: the gradient passes straight through, and is not their slope."""
    weights = graph.value("weights", (BATCH, HEADS, QUERIES, KEYS), Role.INPUT)
    v = parameter(graph, "v", size.batch, KEYS, HEADS * size.width)
    choice = graph.apply(HardChoice("layer1"), weights)[0]
    return ended(graph, graph.apply(Context("layer1"), choice, v)[0])


def hard_twin(p, others):
    weights, draw = others["weights"], others["layer1.draw"]
    running = weights.cumsum(3)
    above = (running > draw * running[..., -1:]).float()
    choice = above.diff(dim=3, prepend=above[..., :1] * 0)
    return ended_twin((choice @ by_head(p["v"])).transpose(1, 2).flatten(2), others)


def probabilities(program, seed):
    drawn = uniform(program, "weights", seed)
    return {"weights": drawn / drawn.sum(3, keepdims=True)}


def waves(graph: Graph, size: Size) -> str:
    x = parameter(graph, "x", size.batch, 3, size.width)
    return ended(graph, graph.apply(Waves("layer1"), x)[0])


def waves_twin(p, others):
    import torch

    x = p["x"]
    even = torch.arange(0, x.shape[2]) // 2 * 2
    angles = torch.arange(3)[:, None] / 10_000 ** (even / x.shape[2])
    odd = torch.arange(x.shape[2]) % 2 == 1
    return ended_twin(x + torch.where(odd, angles.cos(), angles.sin()), others)


def learned_positions(graph: Graph, size: Size) -> str:
    """Two places of three that are known."""
    x, P = parameter(graph, "x", size.batch, 2, size.width), parameter(graph, "P", 3, size.width)
    return ended(graph, graph.apply(LearnedPositions("layer1"), x, P)[0])


def tied(graph: Graph, size: Size) -> str:
    """Two rows to an example, a table of three."""
    x, E = parameter(graph, "x", size.batch, 2, size.width), parameter(graph, "E", 3, size.width)
    return ended(graph, graph.apply(Tied("layer1"), x, E, parameter(graph, "b", 3))[0])


CASES = {
    "positions": Case(waves, waves_twin),
    "learned_positions": Case(learned_positions, lambda p, others: ended_twin(p["x"] + p["P"][:2], others)),
    "tied": Case(tied, lambda p, others: ended_twin(p["x"] @ p["E"].T + p["b"], others)),
    "scores": Case(scores, lambda p, others: ended_twin(dot(p), others)),
    "additive_scores": Case(additive_scores(False), additive_twin),
    "additive_scores:padded": Case(additive_scores(True), additive_twin, some_padding),
    "attention": Case(weighed(False, False), weights_twin),
    "attention:causal": Case(weighed(True, False), weights_twin),
    "attention:padded": Case(weighed(False, True), weights_twin, some_padding),
    "attention:causal padded": Case(weighed(True, True), weights_twin, some_padding),
    "context": Case(context, context_twin),
    "hard": Case(hard, hard_twin, probabilities),
}

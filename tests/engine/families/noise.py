"""The case of what a generator begins with."""

from __future__ import annotations

from case_kit import Case, Size, parameter, squared

from nnlab.engine.ops import Dense, Noise
from nnlab.engine.values import Graph


def noise(graph: Graph, size: Size) -> str:
    (a,) = graph.apply(Noise("noise1", size.width))
    W = parameter(graph, "layer1.W", size.width, 3)
    return squared(graph, graph.apply(Dense("layer1"), a, W)[0])


CASES = {
    "noise": Case(noise, lambda p, v: (v["noise1.a"] @ p["layer1.W"] - v["target"]).square().mean()),
}

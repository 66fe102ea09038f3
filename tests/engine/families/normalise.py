"""Layer normalisation."""

from __future__ import annotations

from case_kit import Case, Size, parameter, squared

from nnlab.engine.ops import Flatten, LayerNorm
from nnlab.engine.values import Graph


def layer_norm(graph: Graph, size: Size) -> str:
    """Two rows to an example."""
    gamma, beta = parameter(graph, "layer1.gamma", size.width), parameter(graph, "layer1.beta", size.width)
    x = parameter(graph, "x", size.batch, 2, size.width)
    a = graph.apply(LayerNorm("layer1"), x, gamma, beta)[0]
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def layer_norm_twin(p, others):
    from torch.nn import functional as F

    x, gamma = p["x"], p["layer1.gamma"]
    a = F.layer_norm(x, gamma.shape, gamma, p["layer1.beta"])
    return F.mse_loss(a.flatten(1), others["target"])


CASES = {"layernorm": Case(layer_norm, layer_norm_twin)}

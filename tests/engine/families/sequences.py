"""The mean over time, with padding and without, and a row repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from case_kit import Case, Size, parameter, squared

from nnlab.engine.ops import Flatten, MeanTime, Repeat
from nnlab.engine.values import BATCH, Graph, Role

from .recurrent import padded

TIME = 4


def mean(graph: Graph, size: Size) -> str:
    return squared(
        graph, graph.apply(MeanTime("layer1"), parameter(graph, "x", size.batch, TIME, size.width))[0]
    )


def masked(graph: Graph, size: Size) -> str:
    x = parameter(graph, "x", size.batch, TIME, size.width)
    ids = graph.value("ids", (BATCH, TIME), Role.INPUT, discrete=True)
    return squared(graph, graph.apply(MeanTime("layer1"), x, ids)[0])


def repeat(graph: Graph, size: Size) -> str:
    (a,) = graph.apply(Repeat("layer1", TIME), parameter(graph, "x", size.batch, size.width))
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def error(a: Any, given: Mapping[str, Any]) -> Any:
    import torch

    return torch.nn.functional.mse_loss(a.flatten(1), given["target"])


def masked_twin(p: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    real = (given["ids"] != 0).unsqueeze(2)
    return error((p["x"] * real).sum(1) / real.sum(1).clamp(min=1), given)


CASES = {
    "meantime": Case(mean, lambda p, given: error(p["x"].mean(1), given)),
    "meantime:masked": Case(masked, masked_twin, padded),
    "repeat": Case(repeat, lambda p, given: error(p["x"].unsqueeze(1).repeat(1, TIME, 1), given)),
}

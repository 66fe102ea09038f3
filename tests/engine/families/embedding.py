"""Embedding: ids that repeat within a row and between rows, and ids that nobody uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from case_kit import Case, Size, parameter, squared, uniform

from nnlab.engine.ops import Embedding, Flatten
from nnlab.engine.program import Program
from nnlab.engine.values import BATCH, Graph, Role

TIME = 4


def build(graph: Graph, size: Size) -> str:
    ids = graph.value("ids", (BATCH, TIME), Role.INPUT, discrete=True)
    W = parameter(graph, "layer1.W", size.width + 2, 3)
    (a,) = graph.apply(Embedding("layer1"), ids, W)
    return squared(graph, graph.apply(Flatten("flat"), a)[0])


def with_repeats(program: Program, seed: int) -> dict[str, Any]:
    """Id 1 twice in every row; the last id never."""
    last = len(program.values["layer1.W"]) - 1
    ids = np.floor(uniform(program, "ids", seed) * last)
    ids[:, :2] = 1
    return {"ids": ids}


def twin(p: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    import torch

    a = torch.nn.functional.embedding(given["ids"], p["layer1.W"])
    return torch.nn.functional.mse_loss(a.flatten(1), given["target"])


CASES = {"embedding": Case(build, twin, with_repeats)}

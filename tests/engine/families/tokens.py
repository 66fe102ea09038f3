"""Cases of the loss of a text: every position asked, some, none; of pixels; and as one summand."""

from __future__ import annotations

from typing import Any

import numpy as np
from case_kit import Case, Size, parameter

from nnlab.engine import rng
from nnlab.engine.ops import TokenCrossEntropy, Total
from nnlab.engine.program import Program
from nnlab.engine.values import BATCH, Graph, Role

TIME = 3


def text(graph: Graph, size: Size) -> str:
    z = parameter(graph, "x", size.batch, TIME, size.width)
    ids = graph.value("ids", (BATCH, TIME), Role.TARGET, discrete=True)
    return graph.apply(TokenCrossEntropy("loss"), z, ids)[0].name


def pixels(graph: Graph, size: Size) -> str:
    z = parameter(graph, "x", size.batch, 2, TIME, size.width)
    ids = graph.value("ids", (BATCH, 2, TIME), Role.TARGET, discrete=True)
    return graph.apply(TokenCrossEntropy("loss"), z, ids)[0].name


def summand(graph: Graph, size: Size) -> str:
    text(graph, size)
    return graph.apply(Total("total", (1.0, 0.5)), graph.values["loss"], graph.values["loss"])[0].name


def ids_from(lowest: int) -> Any:
    def fill(program: Program, seed: int) -> dict[str, Any]:
        shape = program.graph.values["ids"].concrete(program.batch)
        width = program.graph.values["x"].shape[-1]
        drawn = rng.uniform(seed, "ids", 0, shape, np.float64)
        return {"ids": np.floor(lowest + drawn * (width - lowest)).clip(-1, width - 1)}

    return fill


def nothing_asked(program: Program, seed: int) -> dict[str, Any]:
    return {"ids": np.full(program.graph.values["ids"].concrete(program.batch), -1)}


def twin(p: Any, v: Any) -> Any:
    from torch.nn import functional as F

    asked = (v["ids"] >= 0).sum().clamp(min=1)
    rows = p["x"].reshape(-1, p["x"].shape[-1])
    return F.cross_entropy(rows, v["ids"].reshape(-1), ignore_index=-1, reduction="sum") / asked


CASES = {
    "token_cross_entropy": Case(text, twin, ids_from(0)),
    "token_cross_entropy:padded": Case(text, twin, ids_from(-2)),
    "token_cross_entropy:pixels": Case(pixels, twin, ids_from(-2)),
    "token_cross_entropy:nothing asked": Case(text, twin, nothing_asked),
    "token_cross_entropy:summand": Case(summand, lambda p, v: 1.5 * twin(p, v), ids_from(-2)),
}

"""Cases of REINFORCE: returns, advantages with and without a baseline, the loss of a policy."""

from __future__ import annotations

from typing import Any

import numpy as np
from case_kit import Case, Size, parameter, squared

from families.tokens import ids_from
from nnlab.engine import rng
from nnlab.engine.ops import Advantage, Flatten, PolicyLoss, Returns, Total
from nnlab.engine.program import Program
from nnlab.engine.values import BATCH, Graph, Role, Value

GAMMA = 0.7
TIME = 3


def returns(graph: Graph, size: Size) -> str:
    G = graph.apply(Returns("returns", GAMMA), parameter(graph, "r", size.batch, 5))[0]
    return squared(graph, graph.apply(Flatten("flatten1"), G)[0])


def acted(graph: Graph) -> Value:
    return graph.value("ids", (BATCH, TIME), Role.TARGET, discrete=True)


def advantage(share: float) -> Any:
    def build(graph: Graph, size: Size) -> str:
        G = parameter(graph, "x", size.batch, TIME)
        return squared(graph, graph.apply(Advantage("baseline", share), G, acted(graph))[0])

    return build


def policy(graph: Graph, size: Size) -> str:
    z, A = parameter(graph, "x", size.batch, TIME, size.width), parameter(graph, "A", size.batch, TIME)
    return graph.apply(PolicyLoss("loss"), z, acted(graph), A)[0].name


def whole(graph: Graph, size: Size) -> str:
    """Rewards to loss, as a run puts them together, and as one summand of a total."""
    z, r = parameter(graph, "x", size.batch, TIME, size.width), parameter(graph, "r", size.batch, TIME)
    actions = acted(graph)
    G = graph.apply(Returns("returns", GAMMA), r)[0]
    A = graph.apply(Advantage("baseline"), G, actions)[0]
    loss = graph.apply(PolicyLoss("loss"), z, actions, A)[0]
    return graph.apply(Total("total", (1.0, 0.5)), loss, loss)[0].name


def nothing_done(program: Program, seed: int) -> dict[str, Any]:
    return {"ids": np.full(program.graph.values["ids"].concrete(program.batch), -1)}


def some_done(program: Program, seed: int) -> dict[str, Any]:
    drawn = rng.uniform(seed, "ids", 0, program.graph.values["ids"].concrete(program.batch), np.float64)
    return {"ids": np.floor(3 * drawn) - 1}


def returned(r: Any) -> Any:
    import torch

    later = torch.zeros_like(r[:, 0])
    found = []
    for t in reversed(range(r.shape[1])):
        later = r[:, t] + GAMMA * later
        found.append(later)
    return torch.stack(found[::-1], 1)


def centred(G: Any, ids: Any, share: float) -> Any:
    done = (ids >= 0).to(G.dtype)
    return (G - share * (G * done).sum() / done.sum().clamp(min=1)) * done


def cost(z: Any, ids: Any, A: Any) -> Any:
    import torch

    said = torch.log_softmax(z, 2).gather(2, ids.clamp(min=0)[..., None])[..., 0]
    return -(said * A * (ids >= 0)).sum() / len(z)


def squares(a: Any, v: Any) -> Any:
    return ((a - v["target"]) ** 2).mean()


def advantage_case(share: float, fill: Any) -> Case:
    return Case(advantage(share), lambda p, v: squares(centred(p["x"], v["ids"], share), v), fill)


def from_rewards(p: Any, v: Any) -> Any:
    return 1.5 * cost(p["x"], v["ids"], centred(returned(p["r"]), v["ids"], 1.0))


CASES = {
    "returns": Case(returns, lambda p, v: squares(returned(p["r"]), v)),
    "advantage": advantage_case(1.0, some_done),
    "advantage:half": advantage_case(0.5, some_done),
    "advantage:nothing done": advantage_case(1.0, nothing_done),
    "reinforce": Case(policy, lambda p, v: cost(p["x"], v["ids"], p["A"]), ids_from(0)),
    "reinforce:ends early": Case(policy, lambda p, v: cost(p["x"], v["ids"], p["A"]), ids_from(-2)),
    "reinforce:from rewards": Case(whole, from_rewards, ids_from(-2)),
}

"""Recurrent layers: every state or the last, padding, a given start, truncation, from the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from case_kit import Case, Size, nothing, parameter, squared, uniform

from nnlab.engine.ops import GRU, LSTM, Flatten, GRUResetBefore, SimpleRNN
from nnlab.engine.ops.recurrent import Recurrent
from nnlab.engine.program import Program
from nnlab.engine.values import BATCH, Graph, Role

INSIDE = 2
Named = Mapping[str, Any]
State = tuple[Any, ...]
Cell = Callable[[Any, State, Callable[[str], Any]], State]


def build(graph: Graph, size: Size, make: type[Recurrent], time: int, options: dict[str, Any]) -> str:
    layer = make("layer1", size.width, **options)
    inputs = [parameter(graph, "x", size.batch, time, INSIDE)]
    for name, shape in layer.parameters(INSIDE, size.width).items():
        inputs.append(parameter(graph, f"layer1.{name}", *shape))
    if layer.masked:
        inputs.append(graph.value("ids", (BATCH, time), Role.INPUT, discrete=True))
    for name, given in {"start": layer.started, "cell": layer.celled}.items():
        if given:
            inputs.append(parameter(graph, name, size.batch, size.width))
    a = graph.apply(layer, *inputs)[0]
    return squared(graph, graph.apply(Flatten("flat"), a)[0] if layer.every else a)


def padded(program: Program, seed: int) -> dict[str, Any]:
    """Rows of different lengths, the first of nothing but padding; the last is full but for a hole."""
    ids = np.ceil(uniform(program, "ids", seed) * 5)
    for row, length in enumerate(np.arange(len(ids) - 1) % ids.shape[1]):
        ids[row, length:] = 0
    ids[-1, 1] = 0
    return {"ids": ids}


def lstm_cell(x: Any, state: State, p: Callable[[str], Any]) -> State:
    import torch

    W, U, b = (torch.cat([p(f"{kind}{gate}") for gate in "ifgo"], -1) for kind in "WUb")
    return torch.lstm_cell(x, list(state), W.T, U.T, b, torch.zeros_like(b))


def rnn_cell(x: Any, state: State, p: Callable[[str], Any]) -> State:
    import torch

    return (torch.rnn_tanh_cell(x, state[0], p("W").T, p("U").T, p("b"), torch.zeros_like(p("b"))),)


def gru_cell(x: Any, state: State, p: Callable[[str], Any]) -> State:
    """PyTorch calls u z."""
    import torch

    W, U, b, c = (torch.cat([p(f"{kind}{gate}") for gate in "run"], -1) for kind in "WUbc")
    return (torch.gru_cell(x, state[0], W.T, U.T, b, c),)


def gru_cell_before(x: Any, state: State, p: Callable[[str], Any]) -> State:
    import torch

    h = state[0]
    r, u = (torch.sigmoid(x @ p(f"W{gate}") + h @ p(f"U{gate}") + p(f"b{gate}")) for gate in "ru")
    n = torch.tanh(x @ p("Wn") + p("bn") + (r * h) @ p("Un"))
    return ((1 - u) * n + u * h,)


def twin(p: Named, given: Named, cell: Cell, states: int, options: dict[str, Any]) -> Any:
    """PyTorch's cells in a plain loop."""
    import torch

    x, U = p["x"], next(p[name] for name in p if name.startswith("layer1.U"))
    zeros = x.new_zeros(len(x), len(U))
    state = tuple(p.get(name, zeros) for name in ("start", "cell")[:states])
    found = []
    order = list(range(x.shape[1]))
    if options.get("reverse"):
        order.reverse()
    for step, t in enumerate(order):
        if options.get("truncate") and step and step % options["truncate"] == 0:
            state = tuple(s.detach() for s in state)
        new = cell(x[:, t], state, lambda name: p[f"layer1.{name}"])
        if options.get("masked"):
            real = (given["ids"][:, t] != 0).unsqueeze(1)
            new = tuple(torch.where(real, a, b) for a, b in zip(new, state))
        state = new
        found.append(state[0])
    if options.get("reverse"):
        found.reverse()
    answer = torch.stack(found, 1).flatten(1) if options.get("every") else state[0]
    return torch.nn.functional.mse_loss(answer, given["target"])


def case(make: type[Recurrent], cell: Cell, states: int, time: int = 3, **options: Any) -> Case:
    return Case(
        partial(build, make=make, time=time, options=options),
        partial(twin, cell=cell, states=states, options=options),
        padded if options.get("masked") else nothing,
        true_slope=not options.get("truncate"),
    )


VARIANTS: dict[str, dict[str, Any]] = {
    "": {},
    ":every": {"every": True},
    ":one moment": {"time": 1},
    ":masked": {"masked": True, "time": 4},
    ":masked, every, started": {"masked": True, "every": True, "started": True},
    ":started": {"started": True},
    ":truncated": {"truncate": 2, "time": 5, "every": True},
    ":from the end": {"reverse": True, "masked": True, "time": 4, "truncate": 3},
    ":from the end, every": {"reverse": True, "every": True},
}

KINDS: dict[str, tuple[type[Recurrent], Cell, int]] = {
    "gru": (GRU, gru_cell, 1),
    "gru_reset_before": (GRUResetBefore, gru_cell_before, 1),
    "lstm": (LSTM, lstm_cell, 2),
    "rnn": (SimpleRNN, rnn_cell, 1),
}

CASES = {
    f"{kind}{variant}": case(*parts, **options)
    for kind, parts in KINDS.items()
    for variant, options in VARIANTS.items()
}
for variant, options in {"": {}, ", masked, every": {"masked": True, "every": True, "time": 4}}.items():
    given = {"started": True, "celled": True, **options}
    CASES[f"lstm:started, celled{variant}"] = case(LSTM, lstm_cell, 2, **given)

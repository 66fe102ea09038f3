"""What the operations of sequences are in PyTorch: attention, positions, recurrent cells, means over time."""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

import torch
from families.recurrent import gru_cell, gru_cell_before, lstm_cell, rnn_cell

Tensor = Any
PADDING, FUTURE = -1e9, -2e9


def by_head(x: Tensor, heads: int) -> Tensor:
    """x (batch, length, C) as (batch, heads, length, D)."""
    return x.unflatten(2, (heads, -1)).transpose(1, 2)


def held(op: Any, z: Tensor, *ids: Tensor) -> Tensor:
    """Scores (batch, heads, queries, keys) with those of padding and of the future held down."""
    if ids:
        z = torch.where(ids[0][:, None, None] == 0, PADDING, z)
    return torch.where(torch.ones(z.shape[2:]).triu(1) > 0, FUTURE, z) if op.causal else z


def scores(op: Any, q: Tensor, k: Tensor, *ids: Tensor) -> Tensor:
    q, k = by_head(q, op.heads), by_head(k, op.heads)
    return held(op, q @ k.transpose(2, 3) / sqrt(q.shape[3]), *ids)


def context(op: Any, weights: Tensor, v: Tensor) -> Tensor:
    return (weights @ by_head(v, weights.shape[1])).transpose(1, 2).flatten(2)


def waves(op: Any, x: Tensor) -> Tensor:
    length, width = x.shape[1:]
    even = torch.arange(width, dtype=torch.float64) // 2 * 2
    angles = torch.arange(length)[:, None] / 10_000 ** (even / width)
    p = torch.where(torch.arange(width) % 2 == 1, angles.cos(), angles.sin())
    return x + p.to(x.dtype)


def mean_over_time(op: Any, x: Tensor, *ids: Tensor) -> Tensor:
    if not ids:
        return x.mean(1)
    real = (ids[0] != 0).unsqueeze(2)
    return (x * real).sum(1) / real.sum(1).clamp(min=1)


def recurrent(cell: Callable[..., Any], states: int = 1) -> Callable[..., Tensor]:
    """A cell of PyTorch in a plain loop over time."""

    def run(op: Any, x: Tensor, *inputs: Tensor) -> Tensor:
        names = list(op.parameter_names())
        parameters, others = dict(zip(names, inputs)), list(inputs[len(names) :])
        ids = others.pop(0) if op.masked else None
        zeros = x.new_zeros(len(x), op.units)
        state = (others[0] if op.started else zeros, *(others[1:] if op.celled else [zeros] * (states - 1)))
        found = []
        for t in reversed(range(x.shape[1])) if op.reverse else range(x.shape[1]):
            new = cell(x[:, t], state, parameters.__getitem__)
            if ids is not None:
                new = tuple(torch.where((ids[:, t] != 0)[:, None], a, b) for a, b in zip(new, state))
            state = new
            found.append(state[0])
        return torch.stack(found[::-1] if op.reverse else found, 1) if op.every else state[0]

    return run


def hard(op: Any, weights: Tensor, *, drawn: dict[int, Tensor]) -> Tensor:
    """One key by the draw; the gradient passes straight through to the weights."""
    running = weights.detach().cumsum(3)
    above = (running > drawn[3] * running[..., -1:]).float()
    choice = above.diff(dim=3, prepend=torch.zeros_like(above[..., :1]))
    return weights + (choice - weights).detach()


TWINS: dict[str, Callable[..., Tensor]] = {
    "attention": lambda op, z, *ids: held(op, z, *ids).softmax(3),
    "context": context,
    "gru": recurrent(gru_cell),
    "hard": hard,
    "gru_reset_before": recurrent(gru_cell_before),
    "learned_positions": lambda op, x, P: x + P[: x.shape[1]],
    "lstm": recurrent(lstm_cell, 2),
    "meantime": mean_over_time,
    "positions": waves,
    "repeat": lambda op, x: x.unsqueeze(1).expand(-1, op.times, -1),
    "rnn": recurrent(rnn_cell),
    "scores": scores,
}

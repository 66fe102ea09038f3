"""Five steps of a stateful layer on a long sequence, for the comparison with PyTorch.

``ours(kind)`` trains here, tests/reference/make_streams.py the same in PyTorch, its state detached from batch
to batch.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.data.dataset import Split
from nnlab.network import Network
from nnlab.training import Run

KINDS = ("rnn", "lstm", "gru")
STEPS, BATCH, TIME, UNITS, RATE = 5, 3, 4, 5, 0.1


@cache
def series() -> Dataset:
    """One noisy wave in windows of 4 moments, and what comes next at each: x and y, each (24, 4, 1)."""
    t = np.arange(24 * TIME + 1)
    wave = np.sin(0.3 * t) + 0.3 * np.random.default_rng(3).normal(size=len(t))
    x, y = (part.reshape(24, TIME, 1).astype(np.float32) for part in (wave[:-1], wave[1:]))
    rows = np.arange(24)
    return Dataset("wave", "regression", x, y, Split(rows, rows, rows[:0]), streams=1)


def run_of(kind: str) -> Run:
    network = Network.parse(f"{kind} {UNITS} all stateful | dense 1", (TIME, 1))
    return Run(network, series(), optimizer=f"sgd lr={RATE}", batch_size=BATCH, seed=4)


def ours(kind: str) -> tuple[list[float], dict[str, Any]]:
    """Losses of five steps, and the parameters after them."""
    run, losses = run_of(kind), []
    for _ in range(STEPS):
        run.step()
        losses.append(run.loss)
    return losses, dict(run.network.parameters)

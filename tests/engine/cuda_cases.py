"""What the tests of the CUDA kernels share, whether they run on a GPU or on the CPU."""

from __future__ import annotations

from typing import Any

import numpy as np
from engine_cases import CASES, shared

from nnlab.engine import rng
from nnlab.engine.optimizers import Optimizer

BUILDS = {**CASES, "shared": shared}
SLOPES = {name: build for name, build in BUILDS.items() if getattr(build, "true_slope", True)}
PRECISIONS = [np.float32, np.float64]


def drawn(dtype: Any, *shape: int, name: str = "x") -> np.ndarray:
    return rng.normal(1, name, 0, shape).astype(dtype)


def close(dtype: Any) -> dict[str, float]:
    return {"rel": 1e-5, "abs": 1e-6} if dtype == np.float32 else {"rel": 1e-12, "abs": 1e-13}


def updated(text: str, dtype: Any, table: Any, size: int = 1000) -> list[Any]:
    """θ and the state after twenty updates, of which one makes denormals zero."""
    xp = table.xp
    theta, rule = xp.asarray(drawn(dtype, size)), Optimizer.parse(text)
    state, grad = rule.new_state(theta, table), xp.zeros_like(theta)
    update = rule.bind(theta, grad, state, table)
    for t in [*range(1, 20), 100]:
        grad[...] = xp.asarray(drawn(dtype, size, name=f"grad{t}") * dtype(1e-20 if t == 19 else 1))
        for vector in state.values():
            vector[:10] = 1e-31
        update(t, 0.01)
    return [theta, *state.values()]

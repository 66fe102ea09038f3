"""One pass of a case of an operation, ours and PyTorch's, from the same numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from case_kit import Case, Size
from engine_cases import compiled

from nnlab.engine.program import Program, host

SIZE = Size(3, 4)


def leaves(program: Program) -> dict[str, Any]:
    """Everything the arithmetic starts from, but the parameters."""
    made = program.graph.producers
    return {
        name: host(program.values[name])
        for name, value in program.graph.values.items()
        if value.role != "parameter" and (name not in made or made[name][0].draws(made[name][1]))
    }


def ours(case: Case, size: Size = SIZE) -> tuple[float, dict[str, Any], Program]:
    """The number it ends in, and the gradient of every parameter, in float32."""
    program = compiled(case, size, dtype=np.float32)
    program.run()
    gradients = {name: program.store.view(name, program.store.grad).copy() for name in program.store}
    return float(program.values[program.loss]), gradients, program


def theirs(case: Case, program: Program) -> tuple[float, dict[str, Any]]:
    """The same from PyTorch."""
    import torch

    parameters = {
        name: torch.from_numpy(program.store[name].copy()).requires_grad_() for name in program.store
    }
    others = {
        name: torch.from_numpy(numbers.astype(np.int64) if numbers.dtype.kind == "i" else numbers.copy())
        for name, numbers in leaves(program).items()
    }
    loss = case.twin(parameters, others)
    loss.backward()
    zero = {name: torch.zeros_like(p) for name, p in parameters.items()}
    return loss.item(), {
        name: (zero[name] if p.grad is None else p.grad).numpy() for name, p in parameters.items()
    }

"""Five steps of a model of the zoo, with everything that PyTorch needs to take them too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.engine.program import host
from nnlab.network.zoo import Model
from nnlab.session import Session
from nnlab.training import Run

STEPS = 5


@dataclass(frozen=True)
class Taken:
    """Step ``number``: its loss and, by their names, what the arithmetic started from but the parameters."""

    number: int
    loss: float
    leaves: dict[str, Any]


def laid_out(model: Model) -> Run:
    """The run of a model before its first step."""
    session = Session()
    for line in model.layout:
        session.execute(line)
    return session.need_run()


def ours(model: Model) -> tuple[Run, dict[str, Any], list[Taken], dict[str, Any]]:
    """The run, its parameters before, the steps, its parameters behind them."""
    run = laid_out(model)
    start = {name: array.copy() for name, array in run.network.parameters.items()}
    steps = []
    for number in range(1, STEPS + 1):
        run.train(steps=1)
        steps.append(Taken(number, float(run.loss), leaves(run.program)))
    return run, start, steps, dict(run.network.parameters)


def leaves(program: Any) -> dict[str, Any]:
    """Inputs, targets, states and draws."""
    made = program.graph.producers
    return {
        name: host(program.values[name]).astype(np.int64 if value.discrete else np.float32)
        for name, value in program.graph.values.items()
        if name in program.values
        and value.role != "parameter"
        and (name not in made or made[name][0].draws(made[name][1]))
    }


def watched(parameters: dict[str, Any]) -> dict[str, list[float]]:
    """A few numbers of each parameter that tell whether all of it is right."""
    return {
        name: [float(array.mean(dtype=np.float64)), float(array.flat[0]), float(np.abs(array).max())]
        for name, array in parameters.items()
    }

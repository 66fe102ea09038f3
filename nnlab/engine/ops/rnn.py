"""The simple recurrent layer (Elman 1990)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, total
from nnlab.engine.operation import Array, Buffers, Call, View
from nnlab.engine.ops.forced import Moment
from nnlab.engine.ops.recurrent import Advance, Place, Recurrent, Retreat
from nnlab.engine.ops.recurrent_explained import (
    back_through,
    flow,
    from_input,
    from_state,
    stage,
    through_time,
)
from nnlab.engine.ops.recurrent_memory import Memory


class SimpleRNN(Recurrent):
    """h = tanh(x·W + h₋₁·U + b)."""

    kind: ClassVar[str] = "rnn"
    formula: ClassVar[str] = "h = tanh(z),  z = x·W + h₋₁·U + b"
    backward_formula: ClassVar[str] = "dz = dh·(1 − h²),  dh₋₁ = dz·Uᵀ"
    gates: ClassVar[tuple[str, ...]] = ("",)
    stages: ClassVar[tuple[str, ...]] = ("h", "z")
    formulas: ClassVar[dict[str, str]] = {"h": "h = tanh(z)", "z": "z = x·W + h₋₁·U + b"}
    backward_formulas: ClassVar[dict[str, str]] = {
        "h": "dh = dz₊₁·Uᵀ, from the moment after",
        "z": "dz = dh·(1 − h²)",
    }

    def shown(self, memory: Memory) -> dict[str, Array]:
        return {"h": memory.h[1:], "z": memory.z[:, 0]}

    def shown_gradients(self, memory: Memory) -> dict[str, Array]:
        return {"h": memory.through, "z": memory.dz}

    def advance(self, at: Buffers, memory: Memory) -> Advance:
        from_h = self.from_state(at, memory)

        def step_calls(step: int) -> list[Call]:
            added, calls = from_h(step)
            return [
                *calls,
                partial(at.kernels.rnn_step, memory.z[step, 0], added[0], memory.h[step + 1]),
            ]

        return step_calls

    def retreat(self, at: Buffers, memory: Memory) -> Retreat:
        one, u = at.scalar(1.0), at.scratch(at.batch, self.units)

        def step_calls(step: int, dh: Array, before: Array | None) -> list[Call]:
            h, dz = memory.h[step + 1], memory.dz[step]
            step_call = partial(at.kernels.rnn_step_backward, dh, h, one, u, dz)
            return [step_call, *self.flow_back(at, memory, step, before)]

        return step_calls

    def compute(self, now: Moment) -> None:
        now["z"] = now.from_input("") + now.from_state("")
        now["h"] = np.tanh(now["z"])

    def explain_stage(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "h":
            return call("tanh", stage(self, at, "z")(*place))
        return total(from_input(self, at, "", place) + from_state(self, at, "", place))

    def explain_flow(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "h":
            return through_time(self, at, place)
        return flow(self, at, "h")(*place) * (const(1.0) - power(stage(self, at, "h")(*place), 2))

    def explain_back(self, at: View, place: Place) -> list[Expression]:
        return back_through(self, at, {"": "z"}, place)

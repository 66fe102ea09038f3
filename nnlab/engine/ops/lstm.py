"""The LSTM (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from nnlab.engine.expression import Expression, call, const, power, total
from nnlab.engine.operation import Array, Buffers, Call, View
from nnlab.engine.ops import forced
from nnlab.engine.ops.forced import Moment
from nnlab.engine.ops.recurrent import Advance, Place, Recurrent, Retreat
from nnlab.engine.ops.recurrent_explained import (
    NOTHING,
    back_through,
    flow,
    from_input,
    from_state,
    is_real,
    sigmoid,
    sigmoid_slope,
    stage,
    state_before,
    through_time,
)
from nnlab.engine.ops.recurrent_memory import Memory, Zeros


class LSTM(Recurrent):
    """A cell c (B, T, H) that is kept, and three gates i, f, o that open and close; g is what may enter.

    c = f·c₋₁ + i·g and h = o·tanh(c).  A given start is that of h; the cell begins at 0 unless one is given.
    """

    kind: ClassVar[str] = "lstm"
    formula: ClassVar[str] = "c = f·c₋₁ + i·g,  h = o·tanh(c)"
    backward_formula: ClassVar[str] = "dc = dh·o·(1 − tanh²(c)) + dc₊₁·f₊₁,  dh₋₁ = Σ dz·Uᵀ"
    gates: ClassVar[tuple[str, ...]] = ("i", "f", "o", "g")
    stages: ClassVar[tuple[str, ...]] = ("h", "c", "i", "f", "g", "o", "zi", "zf", "zg", "zo")
    formulas: ClassVar[dict[str, str]] = {
        "h": "h = o·tanh(c)",
        "c": "c = f·c₋₁ + i·g",
        "i": "i = σ(zi) = ½ + ½·tanh(½·zi)",
        "f": "f = σ(zf) = ½ + ½·tanh(½·zf)",
        "g": "g = tanh(zg)",
        "o": "o = σ(zo) = ½ + ½·tanh(½·zo)",
        **{f"z{gate}": f"z{gate} = x·W{gate} + h₋₁·U{gate} + b{gate}" for gate in "ifgo"},
    }
    backward_formulas: ClassVar[dict[str, str]] = {
        "h": "dh = Σ dz₊₁·Uᵀ, over the gates of the moment after",
        "c": "dc = dh·o·(1 − tanh²(c)) + dc₊₁·f₊₁",
        "i": "di = dc·g",
        "f": "df = dc·c₋₁",
        "g": "dg = dc·i",
        "o": "do = dh·tanh(c)",
        "zg": "dzg = dg·(1 − g²)",
        **{f"z{gate}": f"dz{gate} = d{gate}·{gate}·(1 − {gate})" for gate in "ifo"},
    }

    @property
    def carried(self) -> tuple[str, ...]:
        return ("h", "c")

    def states(self, memory: Memory) -> list[Array]:
        return [memory.h, memory.more["c"]]

    def lay_out_more(self, memory: Memory, zeros: Zeros, gradients: bool) -> None:
        T, shape = self.moments.time, memory.h.shape[1:]
        memory.more |= {"c": zeros(T + 1, *shape), "tanh_c": zeros(T, *shape)}
        if gradients:
            memory.more["dc"] = zeros(T, *shape)

    def shown(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.h[1:], "c": memory.more["c"][1:]}
        for g, gate in enumerate(self.gates):
            found |= {gate: memory.gates[:, g], f"z{gate}": memory.z[:, g]}
        return found

    def shown_gradients(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.through, "c": memory.more["dc"]}
        for g, (gate, columns) in enumerate(self.columns(self.gates)):
            found |= {gate: memory.dgates[:, g], f"z{gate}": memory.dz[:, :, columns]}
        return found

    # ------------------------------------------------------------------ running

    def advance(self, at: Buffers, memory: Memory) -> Advance:
        from_h = self.from_state(at, memory)
        c, tanh_c = memory.more["c"], memory.more["tanh_c"]
        slopes, half = at.ones(*memory.z.shape[1:]), at.scalar(0.5)
        slopes[:3] = 0.5
        u = at.scratch(at.batch, self.units)

        def step_calls(step: int) -> list[Call]:
            added, calls = from_h(step)
            gates = memory.gates[step]
            step_call = partial(
                at.kernels.lstm_step, memory.z[step], added, slopes, half, gates, gates[:3],
                c[step], u, c[step + 1], tanh_c[step], memory.h[step + 1],
            )  # fmt: skip
            return [*calls, step_call]

        return step_calls

    def retreat(self, at: Buffers, memory: Memory) -> Retreat:
        k, T, more, one = at.kernels, self.moments.time, memory.more, at.scalar(1.0)
        dc, zero, u = more["dc"], at.scalar(0.0), at.scratch(at.batch, self.units)
        slopes = at.scratch(*memory.z.shape[1:])
        nowhere = at.scratch(at.batch, self.units)
        given = at.gins[self.places["cell"]] if self.celled else None
        dcell = nowhere if given is None else given

        def step_calls(step: int, dh: Array, before: Array | None) -> list[Call]:
            gates, dgates, dz = memory.gates[step], memory.dgates[step], self.by_gate(memory.dz[step])
            calls: list[Call] = []
            if step == T - 1 or self.moments.cut(step + 1):
                calls.append(partial(k.fill, zero, dc[step]))
            dbefore = nowhere if self.moments.cut(step) else dc[step - 1] if step else dcell
            calls.append(
                partial(
                    k.lstm_step_backward, dh, dc[step], gates, gates[:3],
                    more["c"][step], more["tanh_c"][step], one, u, slopes, slopes[:3], dgates, dz, dbefore,
                )
            )  # fmt: skip
            if self.masked:
                real, pad = more["real"][step], more["pad"][step]
                calls += [partial(k.multiply, array, real, array) for array in (dgates, dz)]
                calls.append(partial(k.hold, real, pad, dc[step], u, dbefore))
            return calls + self.flow_back(at, memory, step, before)

        return step_calls

    def compute(self, now: Moment) -> None:
        for gate in self.gates:
            now[f"z{gate}"] = now.from_input(gate) + now.from_state(gate)
            now[gate] = (np.tanh if gate == "g" else forced.sigmoid)(now[f"z{gate}"])
        now["c"] = now["f"] * now.before["c"] + now["i"] * now["g"]
        now["h"] = now["o"] * np.tanh(now["c"])

    # ------------------------------------------------------------------ explaining

    def explain_stage(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "h":
            return stage(self, at, "o")(*place) * call("tanh", stage(self, at, "c")(*place))
        if suffix == "c":
            kept = stage(self, at, "f")(*place) * state_before(self, at, "c", place)
            return kept + stage(self, at, "i")(*place) * stage(self, at, "g")(*place)
        if suffix == "g":
            return call("tanh", stage(self, at, "zg")(*place))
        if suffix in "ifo":
            return sigmoid(stage(self, at, f"z{suffix}")(*place))
        gate = suffix[1]
        return total(from_input(self, at, gate, place) + from_state(self, at, gate, place))

    def explain_flow(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "h":
            return through_time(self, at, place)
        if suffix == "c":
            return self._cell_flow(at, place)
        if suffix == "o":
            return flow(self, at, "h")(*place) * call("tanh", stage(self, at, "c")(*place))
        if suffix in ("i", "f", "g"):
            dc = flow(self, at, "c")(*place)
            if suffix == "f":
                return dc * state_before(self, at, "c", place)
            return dc * stage(self, at, "g" if suffix == "i" else "i")(*place)
        gate = suffix[1]
        a = stage(self, at, gate)(*place)
        slope = const(1.0) - power(a, 2) if gate == "g" else sigmoid_slope(a)
        return flow(self, at, gate)(*place) * slope

    def explain_back(self, at: View, place: Place) -> list[Expression]:
        return back_through(self, at, {gate: f"z{gate}" for gate in self.gates}, place)

    def _cell_flow(self, at: View, place: Place) -> Expression:
        n, t, j = place
        terms: list[Expression] = []
        if is_real(self, at, n, t):
            slope = const(1.0) - power(call("tanh", stage(self, at, "c")(*place)), 2)
            terms.append(flow(self, at, "h")(*place) * stage(self, at, "o")(*place) * slope)
        after = self.moments.after(t)
        if after is not None and not self.moments.cut(self.moments.step(after)):
            terms.append(self.explain_cell_back(at, (n, after, j)))
        return total(terms or [NOTHING])

    def explain_cell_back(self, at: View, place: Place) -> Expression:
        """What moment t sends back to the cell before it."""
        dc = flow(self, at, "c")(*place)
        return dc * stage(self, at, "f")(*place) if is_real(self, at, *place[:2]) else dc

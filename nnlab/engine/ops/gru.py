"""The GRU (Cho et al. 2014) that resets after its product with U, as in PyTorch and Keras."""

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
    back_through,
    flow,
    from_input,
    from_state,
    sigmoid,
    sigmoid_slope,
    stage,
    state_before,
    through_time,
)
from nnlab.engine.ops.recurrent_memory import Memory, Zeros


class GRU(Recurrent):
    """h = (1 − u)·n + u·h₋₁: the update gate u keeps the old state where it is 1, r resets it for the new.

    n = tanh(x·Wn + bn + r·s) with s = h₋₁·Un + cn, so the product with Un comes first, and has a bias of its
    own; br and cr, bu and cu are added up, as in PyTorch and Keras.
    """

    kind: ClassVar[str] = "gru"
    formula: ClassVar[str] = "h = (1 − u)·n + u·h₋₁,  n = tanh(x·Wn + bn + r·(h₋₁·Un + cn))"
    backward_formula: ClassVar[str] = "dn = dh·(1 − u),  du = dh·(h₋₁ − n),  dh₋₁ = dh·u + Σ dz·Uᵀ"
    gates: ClassVar[tuple[str, ...]] = ("n", "r", "u")
    wide: ClassVar[bool] = True
    stages: ClassVar[tuple[str, ...]] = ("h", "r", "u", "n", "s", "zr", "zu", "zn")
    formulas: ClassVar[dict[str, str]] = {
        "h": "h = (1 − u)·n + u·h₋₁",
        "r": "r = σ(zr) = ½ + ½·tanh(½·zr)",
        "u": "u = σ(zu) = ½ + ½·tanh(½·zu)",
        "n": "n = tanh(zn)",
        "s": "s = h₋₁·Un + cn",
        "zn": "zn = x·Wn + bn + r·s",
        "zr": "zr = x·Wr + h₋₁·Ur + br + cr",
        "zu": "zu = x·Wu + h₋₁·Uu + bu + cu",
    }
    backward_formulas: ClassVar[dict[str, str]] = {
        "h": "dh = dh₊₁·u₊₁ + Σ dz₊₁·Uᵀ, from the moment after",
        "r": "dr = dzn·s",
        "u": "du = dh·(h₋₁ − n)",
        "n": "dn = dh·(1 − u)",
        "s": "ds = dzn·r",
        "zn": "dzn = dn·(1 − n²)",
        "zr": "dzr = dr·r·(1 − r)",
        "zu": "dzu = du·u·(1 − u)",
    }

    @classmethod
    def parameters(cls, inside: int, units: int) -> dict[str, tuple[int, ...]]:
        return {**super().parameters(inside, units), "cn": (units,), "cr": (units,), "cu": (units,)}

    # ------------------------------------------------------------------ memory

    def lay_out_more(self, memory: Memory, zeros: Zeros, gradients: bool) -> None:
        T, _G, B, H = memory.z.shape
        memory.more["s"] = zeros(T, B, H)
        if gradients:
            memory.dz = zeros(T, B, 4 * H)  # columns n, r, u, s: W takes the first three, U the last three

    def shown(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.h[1:], "s": memory.more["s"]}
        for g, gate in enumerate(self.gates):
            found |= {gate: memory.gates[:, g], f"z{gate}": memory.z[:, g]}
        return found

    def shown_gradients(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.through, "s": memory.dz[:, :, 3 * self.units :]}
        for g, (gate, columns) in enumerate(self.columns(self.gates)):
            found |= {gate: memory.dgates[:, g], f"z{gate}": memory.dz[:, :, columns]}
        return found

    # ------------------------------------------------------------------ running

    def stack_weights(self, at: Buffers, memory: Memory) -> list[Call]:
        calls = super().stack_weights(at, memory)
        bias = memory.more["cn"] = at.scratch(at.batch, self.units)
        calls.append(partial(at.kernels.copy, at.ins[self.places["cn"]], bias))
        for g, gate in enumerate(self.gates[1:], 1):
            row = memory.more["W"][g, -1]
            calls.append(partial(at.kernels.accumulate, at.ins[self.places[f"c{gate}"]], row))
        return calls

    def advance(self, at: Buffers, memory: Memory) -> Advance:
        from_h, more = self.from_state(at, memory), memory.more
        half, q = at.scalar(0.5), at.scratch(at.batch, self.units)

        def step_calls(step: int) -> list[Call]:
            added, calls = from_h(step)
            z, gates = memory.z[step], memory.gates[step]
            step_call = partial(
                at.kernels.gru_step, z, z[1:], added, added[1:], more["cn"], half, gates, gates[1:],
                memory.h[step], q, more["s"][step], memory.h[step + 1],
            )  # fmt: skip
            return [*calls, step_call]

        return step_calls

    def retreat(self, at: Buffers, memory: Memory) -> Retreat:
        one, q = at.scalar(1.0), at.scratch(at.batch, self.units)
        parts = at.scratch(4, at.batch, self.units)

        def step_calls(step: int, dh: Array, before: Array | None) -> list[Call]:
            gates, dz = memory.gates[step], self.by_gate(memory.dz[step])
            calls: list[Call] = [
                partial(
                    at.kernels.gru_step_backward, dh, gates, memory.h[step], memory.more["s"][step],
                    one, q, memory.dgates[step], parts, dz,
                )
            ]  # fmt: skip
            calls += self.flow_back(at, memory, step, before)
            return calls if before is None else calls + self.add_product(at, dh, gates[2], before)

        return step_calls

    @property
    def state_gates(self) -> tuple[str, ...]:
        return ("r", "u", "n")

    def to_input(self, dz: Array) -> Array:
        return dz[:, : 3 * self.units]

    def to_state(self, dz: Array) -> Array:
        return dz[:, self.units :]

    def parameter_gradients(self, at: Buffers, memory: Memory) -> list[Call]:
        calls = super().parameter_gradients(at, memory)
        rows = self.to_state(memory.dz.reshape(-1, memory.dz.shape[2]))
        sums = at.scratch(rows.shape[1])
        parts = [(at.gins[self.places[f"c{g}"]], sums[c]) for g, c in self.columns(self.state_gates)]
        copies = [partial(at.kernels.copy, part, into) for into, part in parts if into is not None]
        if not copies:
            return calls
        return [*calls, partial(at.kernels.products, at.ones(len(rows)), rows, sums), *copies]

    def compute(self, now: Moment) -> None:
        for gate in "ru":
            now[f"z{gate}"] = now.from_input(gate) + now.from_state(gate) + now.parameter(f"c{gate}")
            now[gate] = forced.sigmoid(now[f"z{gate}"])
        now["s"] = now.from_state("n") + now.parameter("cn")
        renew(now, now["r"] * now["s"])

    # ------------------------------------------------------------------ explaining

    def explain_stage(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix in ("h", "n", "r", "u"):
            return explain_gate(self, at, suffix, place)
        if suffix == "zn":
            reset = stage(self, at, "r")(*place) * stage(self, at, "s")(*place)
            return total([*from_input(self, at, "n", place), reset])
        gate = "n" if suffix == "s" else suffix[1]
        terms = [] if suffix == "s" else from_input(self, at, gate, place)
        bias = at.x(self.places[f"c{gate}"])(place[2])
        return total([*terms, *from_state(self, at, gate, place), bias])

    def explain_flow(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "r":
            return flow(self, at, "zn")(*place) * stage(self, at, "s")(*place)
        if suffix == "s":
            return flow(self, at, "zn")(*place) * stage(self, at, "r")(*place)
        return explain_gate_flow(self, at, suffix, place)

    def explain_back(self, at: View, place: Place) -> list[Expression]:
        kept = flow(self, at, "h")(*place) * stage(self, at, "u")(*place)
        return [kept, *back_through(self, at, {"r": "zr", "u": "zu", "n": "s"}, place)]

    def read_by(self, gate: str) -> tuple[str, str]:
        return "h", "s" if gate == "n" else f"z{gate}"


def renew(now: Moment, remembered: Array) -> None:
    """The new memory and the state, the same in both forms."""
    now["zn"] = now.from_input("n") + remembered
    now["n"] = np.tanh(now["zn"])
    now["h"] = (1 - now["u"]) * now["n"] + now["u"] * now.before["h"]


def explain_gate(op: Recurrent, at: View, suffix: str, place: Place) -> Expression:
    """h, n, r and u, the same in both forms."""
    if suffix == "h":
        u, n = stage(op, at, "u")(*place), stage(op, at, "n")(*place)
        return (const(1.0) - u) * n + u * state_before(op, at, "h", place)
    z = stage(op, at, f"z{suffix}")(*place)
    return call("tanh", z) if suffix == "n" else sigmoid(z)


def explain_gate_flow(op: Recurrent, at: View, suffix: str, place: Place) -> Expression:
    """What flows back to h, n, u and the pre-activations."""
    if suffix == "h":
        return through_time(op, at, place)
    if suffix == "n":
        return flow(op, at, "h")(*place) * (const(1.0) - stage(op, at, "u")(*place))
    if suffix == "u":
        changed = state_before(op, at, "h", place) - stage(op, at, "n")(*place)
        return flow(op, at, "h")(*place) * changed
    gate = suffix[1]
    a = stage(op, at, gate)(*place)
    return flow(op, at, gate)(*place) * (const(1.0) - power(a, 2) if gate == "n" else sigmoid_slope(a))

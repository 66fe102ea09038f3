"""The GRU that resets before its product with U, as in the paper (Cho et al. 2014)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from nnlab.engine.expression import Expression, total
from nnlab.engine.operation import Array, Buffers, Call, View
from nnlab.engine.ops import forced
from nnlab.engine.ops.forced import Moment
from nnlab.engine.ops.gru import GRU, explain_gate, explain_gate_flow, renew
from nnlab.engine.ops.recurrent import Advance, Place, Recurrent, Retreat
from nnlab.engine.ops.recurrent_explained import (
    back_through,
    flow,
    from_input,
    from_state,
    stage,
    state_before,
)
from nnlab.engine.ops.recurrent_memory import Memory, Zeros


class GRUResetBefore(Recurrent):
    """h = (1 − u)·n + u·h₋₁, n = tanh(x·Wn + bn + m·Un): m = r·h₋₁ is the memory that r lets through."""

    kind: ClassVar[str] = "gru_reset_before"
    formula: ClassVar[str] = "h = (1 − u)·n + u·h₋₁,  n = tanh(x·Wn + bn + (r·h₋₁)·Un)"
    backward_formula: ClassVar[str] = "dn = dh·(1 − u),  dm = dzn·Unᵀ,  dh₋₁ = dh·u + dm·r + Σ dz·Uᵀ"
    gates: ClassVar[tuple[str, ...]] = ("n", "r", "u")
    wide: ClassVar[bool] = True
    stages: ClassVar[tuple[str, ...]] = ("h", "r", "u", "n", "m", "zr", "zu", "zn")
    formulas: ClassVar[dict[str, str]] = {
        **GRU.formulas,
        "m": "m = r·h₋₁",
        "zn": "zn = x·Wn + bn + m·Un",
        "zr": "zr = x·Wr + h₋₁·Ur + br",
        "zu": "zu = x·Wu + h₋₁·Uu + bu",
    }
    backward_formulas: ClassVar[dict[str, str]] = {
        **GRU.backward_formulas,
        "h": "dh = dh₊₁·u₊₁ + dm₊₁·r₊₁ + Σ dz₊₁·Uᵀ, from the moment after",
        "r": "dr = dm·h₋₁",
        "m": "dm = dzn·Unᵀ",
    }

    # ------------------------------------------------------------------ memory

    def lay_out_more(self, memory: Memory, zeros: Zeros, gradients: bool) -> None:
        T, _G, B, H = memory.z.shape
        memory.more["m"] = zeros(T, B, H)
        if gradients:
            memory.more["dm"] = zeros(T, B, H)

    def shown(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.h[1:], "m": memory.more["m"]}
        for g, gate in enumerate(self.gates):
            found |= {gate: memory.gates[:, g], f"z{gate}": memory.z[:, g]}
        return found

    def shown_gradients(self, memory: Memory) -> dict[str, Array]:
        found = {"h": memory.through, "m": memory.more["dm"]}
        for g, (gate, columns) in enumerate(self.columns(self.gates)):
            found |= {gate: memory.dgates[:, g], f"z{gate}": memory.dz[:, :, columns]}
        return found

    # ------------------------------------------------------------------ running

    def advance(self, at: Buffers, memory: Memory) -> Advance:
        k, more, U = at.kernels, memory.more, memory.more["U"]
        half, q = at.scalar(0.5), at.scratch(at.batch, self.units)
        product, nothing = (at.scratch(2, at.batch, self.units) for _ in range(2))
        of_memory = at.scratch(at.batch, self.units)

        def step_calls(step: int) -> list[Call]:
            zn, before, risen = memory.z[step, 0], memory.h[step], memory.z[step, 1:]
            n, r, u = memory.gates[step]
            m, sigmoids = more["m"][step], memory.gates[step, 1:]
            calls: list[Call] = []
            if step or self.started:
                calls.append(partial(k.products, before, U[1:], product))
            added = product if step or self.started else nothing
            return [
                *calls,
                partial(k.gru_reset, risen, added, half, sigmoids, r, before, m),
                partial(k.matmul, m, U[0], of_memory),
                partial(k.gru_renew, zn, of_memory, n, u, before, q, memory.h[step + 1]),
            ]

        return step_calls

    def retreat(self, at: Buffers, memory: Memory) -> Retreat:
        k, more, H = at.kernels, memory.more, self.units
        one, q, parts = at.scalar(1.0), at.scratch(at.batch, H), at.scratch(3, at.batch, H)
        dzn, dzr, dzu = parts

        def step_calls(step: int, dh: Array, before: Array | None) -> list[Call]:
            n, r, u = memory.gates[step]
            dn, dr, du = memory.dgates[step]
            h, dm = memory.h[step], more["dm"][step]
            calls: list[Call] = [
                partial(k.gru_renew_backward, dh, n, u, h, one, q, dn, du, dzn, dzu),
                partial(k.matmul, dzn, more["UT"][2 * H :], dm),
                partial(
                    k.gru_reset_backward, dm, r, h, one, q, dr, dzr, parts, self.by_gate(memory.dz[step])
                ),
            ]
            if before is None:
                return calls
            both = partial(k.products, memory.dz[step, :, H:], more["UT"][: 2 * H], before)
            kept = self.add_product(at, dh, u, before) + self.add_product(at, dm, r, before)
            return [*calls, both, *kept]

        return step_calls

    @property
    def state_gates(self) -> tuple[str, ...]:
        return ("r", "u", "n")

    def to_state(self, dz: Array) -> Array:
        return dz[:, self.units :]

    def state_gradients(self, at: Buffers, h: Array, dz: Array, gates: tuple[str, ...]) -> list[Call]:
        return super().state_gradients(at, h, dz, ("r", "u"))

    def parameter_gradients(self, at: Buffers, memory: Memory) -> list[Call]:
        calls = super().parameter_gradients(at, memory)
        rows = memory.dz.reshape(-1, memory.dz.shape[2])[:, : self.units]
        m = memory.more["m"].reshape(-1, self.units)
        return calls + Recurrent.state_gradients(self, at, m, rows, ("n",))

    def compute(self, now: Moment) -> None:
        for gate in "ru":
            now[f"z{gate}"] = now.from_input(gate) + now.from_state(gate)
            now[gate] = forced.sigmoid(now[f"z{gate}"])
        now["m"] = now["r"] * now.before["h"]
        renew(now, now["m"] @ now.parameter("Un"))

    # ------------------------------------------------------------------ explaining

    def explain_stage(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix in ("h", "n", "r", "u"):
            return explain_gate(self, at, suffix, place)
        if suffix == "m":
            return stage(self, at, "r")(*place) * state_before(self, at, "h", place)
        if suffix != "zn":
            gate = suffix[1]
            return total(from_input(self, at, gate, place) + from_state(self, at, gate, place))
        n, t, j = place
        m, U = stage(self, at, "m"), at.x(self.places["Un"])
        products = [m(n, t, i) * U(i, j) for i in range(self.units)]
        return total(from_input(self, at, "n", place) + products)

    def explain_flow(self, at: View, suffix: str, place: Place) -> Expression:
        if suffix == "r":
            return flow(self, at, "m")(*place) * state_before(self, at, "h", place)
        if suffix == "m":
            return total(back_through(self, at, {"n": "zn"}, place))
        return explain_gate_flow(self, at, suffix, place)

    def explain_back(self, at: View, place: Place) -> list[Expression]:
        kept = flow(self, at, "h")(*place) * stage(self, at, "u")(*place)
        reset = flow(self, at, "m")(*place) * stage(self, at, "r")(*place)
        return [kept, reset, *back_through(self, at, {"r": "zr", "u": "zu"}, place)]

    def read_by(self, gate: str) -> tuple[str, str]:
        return ("m", "zn") if gate == "n" else ("h", f"z{gate}")

"""What recurrent layers share: the loop over time, the products with W and U, padding, truncation.

A layer is one operation with a loop inside.  What it computes at every moment is an output with an address,
``lstm1.i[n,t,j]``, and so is every gradient that flows back through time.  In memory time comes first, and
the gates of one moment lie one behind the other; outputs are views of that.

Letters: B examples, T moments, C inputs, H units, G gates.  Each gate has its own W (C, H), U (H, H), b (H,).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

from nnlab.engine.expression import Expression
from nnlab.engine.operation import Array, Buffers, Call, Inferred, Laid, Operation, View
from nnlab.engine.ops import forced
from nnlab.engine.ops import recurrent_explained as explained
from nnlab.engine.ops.moments import Moments
from nnlab.engine.ops.recurrent_memory import Memory, Zeros, laid_out
from nnlab.engine.values import Role, Value, shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _

Place = tuple[int, int, int]
"""Example, moment, unit."""
Advance = Callable[[int], list[Call]]
Retreat = Callable[[int, Array, Array | None], list[Call]]


@dataclass(eq=False)
class Recurrent(Operation):
    """x (B, T, C) → every state h (B, T, H); the last state (B, H) too, unless ``every`` one is asked for.

    ``reverse`` reads from the last moment to the first.  ``truncate`` cuts the sequence into chunks of so
    many steps: the state goes on, no gradient flows back from one chunk to the one before.  Inputs are x, the
    parameters, then, if ``masked``, ids (B, T) of which 0 is padding, and if ``started``, the state (B, H) to
    begin with; ``celled`` gives an LSTM its cell (B, H) to begin with too.  At padding the state is carried
    over unchanged.
    """

    units: int
    every: bool = False
    reverse: bool = False
    truncate: int = 0
    masked: bool = False
    started: bool = False
    celled: bool = False

    strided: ClassVar[bool] = False
    wide: ClassVar[bool] = False
    """Whether dz has more columns than one product takes."""
    gates: ClassVar[tuple[str, ...]] = ()
    """The letters that z, W, U and b of each gate end in, in the order of memory."""
    stages: ClassVar[tuple[str, ...]] = ()
    """What is computed at every moment, ``h`` first."""
    formulas: ClassVar[dict[str, str]] = {}
    backward_formulas: ClassVar[dict[str, str]] = {}

    # ------------------------------------------------------------------ names and shapes

    @classmethod
    def parameters(cls, inside: int, units: int) -> dict[str, tuple[int, ...]]:
        """The shape of every parameter by its name, in the order of the inputs."""
        return {
            **{f"W{gate}": (inside, units) for gate in cls.gates},
            **{f"U{gate}": (units, units) for gate in cls.gates},
            **{f"b{gate}": (units,) for gate in cls.gates},
        }

    def parameter_names(self) -> Iterable[str]:
        return self.parameters(1, 1)

    @cached_property
    def places(self) -> dict[str, int]:
        """Which input each name stands for."""
        given = {"mask": self.masked, "start": self.started, "cell": self.celled}
        names = ["x", *self.parameter_names(), *(name for name, there in given.items() if there)]
        return {name: place for place, name in enumerate(names)}

    @cached_property
    def suffixes(self) -> tuple[str, ...]:
        """What the outputs are called; the first is what the layer answers with."""
        return self.stages if self.every else ("last", *self.stages)

    @cached_property
    def moments(self) -> Moments:
        return Moments(self.inputs[0].shape[1], self.reverse, self.truncate)

    @property
    def differentiable(self) -> tuple[Value, ...]:
        mask = self.inputs[self.places["mask"]] if self.masked else None
        return tuple(value for value in super().differentiable if value is not mask)

    @property
    def own_uses(self) -> tuple[int, ...]:
        return tuple(place for place, suffix in enumerate(self.suffixes) if suffix != "last")

    def departs(self) -> str:
        if not any(map(self.moments.cut, range(self.moments.time))):
            return ""
        return _(
            "{layer} cuts the gradient every {count} moments (truncate), and a change goes on through the "
            "state",
            layer=self.path,
            count=self.truncate,
        )

    def infer(self, inputs: tuple[Value, ...]) -> Inferred:
        x = inputs[0]
        if len(x.shape) != 3:
            raise NnlabError(
                _(
                    "{layer} reads a sequence (time, numbers), but {before} gives shape {shape}",
                    layer=self.layer,
                    before=x.name,
                    shape=shape_text(x.shape[1:]),
                )
            )
        self._check_others(inputs)
        every, last = (*x.shape[:2], self.units), (x.shape[0], self.units)
        return [(s, last if s == "last" else every, Role.INTERMEDIATE) for s in self.suffixes]

    def _check_others(self, inputs: tuple[Value, ...]) -> None:
        time = inputs[0].shape[1]
        if self.masked and (ids := inputs[self.places["mask"]]).shape[1:] != (time,):
            raise NnlabError(
                _(
                    "{layer} reads {time} moments, so its mask must be {time} ids; {name} has shape {shape}",
                    layer=self.layer,
                    time=time,
                    name=ids.name,
                    shape=shape_text(ids.shape[1:]),
                )
            )
        for start in (inputs[self.places[name]] for name in ("start", "cell") if name in self.places):
            if start.shape[1:] == (self.units,):
                continue
            raise NnlabError(
                _(
                    "{layer} begins with a state of {units} numbers, but {name} has shape {shape}",
                    layer=self.layer,
                    units=self.units,
                    name=start.name,
                    shape=shape_text(start.shape[1:]),
                )
            )

    def formula_of(self, output: int) -> str:
        return {"last": "last = h of the last moment", **self.formulas}[self.suffixes[output]]

    def backward_formula_of(self, use: int) -> str:
        if use >= len(self.inputs):
            return self.backward_formulas[self.suffixes[use - len(self.inputs)]]
        name = list(self.places)[use]
        kinds = {
            "x": "dx = Σ dz·Wᵀ, over the gates",
            "start": "dstart = what flows back from the first moment",
            "cell": "dcell = what flows back from the first moment",
            "W": "dW = Σ xᵀ·dz, over all moments",
            "U": "dU = Σ h₋₁ᵀ·dz, over all moments",
            "b": "db = Σ dz, over all moments",
            "c": "dc = Σ of what adds it, over all moments",
        }
        return kinds.get(name) or kinds[name[0]]

    # ------------------------------------------------------------------ memory

    def lay_out(self, batch: int, zeros: Zeros, gradients: bool) -> Laid:
        return laid_out(self, batch, zeros, gradients)

    def lay_out_more(self, memory: Memory, zeros: Zeros, gradients: bool) -> None:
        """Put the arrays that only this kind of layer has into ``memory.more``."""

    def shown(self, memory: Memory) -> dict[str, Array]:
        """The array (T, B, H) behind every stage."""
        raise NotImplementedError

    def shown_gradients(self, memory: Memory) -> dict[str, Array]:
        """The array (T, B, H) behind what flows back to every stage from the layer itself."""
        raise NotImplementedError

    def states(self, memory: Memory) -> list[Array]:
        """What is carried from moment to moment, (T + 1, B, H) each."""
        return [memory.h]

    def by_gate(self, rows: Array) -> Array:
        """Rows (B, G·H) as a view (G, B, H)."""
        return rows.reshape(len(rows), -1, self.units).transpose(1, 0, 2)

    # ------------------------------------------------------------------ forward

    def forward(self, at: Buffers) -> list[Call]:
        assert at.laid is not None
        memory: Memory = at.laid.arrays
        k, T, view = at.kernels, self.moments.time, self.moments.view
        calls: list[Call] = [partial(k.copy, at.ins[0], view(memory.x[..., :-1]))]
        calls += self.stack_weights(at, memory)
        each_moment = memory.x.reshape(T, 1, *memory.x.shape[1:])
        calls.append(partial(k.products, each_moment, memory.more["W"], memory.z))
        calls += self._padding(at, memory)
        begins = {"start": memory.h, "cell": memory.more.get("c")}
        for name, states in begins.items():
            if name in self.places:
                calls.append(partial(k.copy, at.ins[self.places[name]], states[0]))
        advance = self.advance(at, memory)
        for step in range(T):
            calls += advance(step)
            calls += self._hold(at, memory, step)
        if self.every:
            return [*calls, partial(k.copy, view(memory.h[1:]), at.outs[0])]
        return [*calls, partial(k.copy, memory.h[T], at.outs[0])]

    def stack_weights(self, at: Buffers, memory: Memory) -> list[Call]:
        """Copies [W; b] of all gates to ``more["W"]`` (G, C + 1, H), and U to ``more["U"]`` (G, H, H)."""
        G, H = len(self.gates), self.units
        W = memory.more["W"] = at.scratch(G, memory.x.shape[-1], H)
        U = memory.more["U"] = at.scratch(G, H, H)
        copies = []
        for g, gate in enumerate(self.gates):
            copies += [(f"W{gate}", W[g, :-1]), (f"b{gate}", W[g, -1]), (f"U{gate}", U[g])]
        return [partial(at.kernels.copy, at.ins[self.places[name]], into) for name, into in copies]

    def advance(self, at: Buffers, memory: Memory) -> Advance:
        """Binds what every step needs; answers the calls of one step."""
        raise NotImplementedError

    def from_state(self, at: Buffers, memory: Memory) -> Callable[[int], tuple[Array, list[Call]]]:
        """For a step: h₋₁·U of all gates (G, B, H), and the calls that compute it; zeros at the first."""
        product, nothing = (at.scratch(*memory.z.shape[1:]) for _ in range(2))

        def of(step: int) -> tuple[Array, list[Call]]:
            if step == 0 and not self.started:
                return nothing, []
            return product, [partial(at.kernels.products, memory.h[step], memory.more["U"], product)]

        return of

    def _padding(self, at: Buffers, memory: Memory) -> list[Call]:
        """``real`` and ``pad`` (T, B, 1): 1 where a moment is one of the text, and where it is padding."""
        if not self.masked:
            return []
        ids, shape = at.ins[self.places["mask"]], (self.moments.time, at.batch, 1)
        real, pad = memory.more["real"], memory.more["pad"] = at.scratch(*shape), at.scratch(*shape)
        zero, is_real = at.kernels.xp.zeros((), ids.dtype), at.scratch(*ids.shape, dtype=bool)
        flat = [self.moments.view(array[..., 0]) for array in (real, pad)]
        return [partial(at.kernels.real_moments, ids, zero, is_real, flat[0], at.scalar(1.0), flat[1])]

    def _hold(self, at: Buffers, memory: Memory, step: int) -> list[Call]:
        if not self.masked:
            return []
        real, pad = memory.more["real"][step], memory.more["pad"][step]
        u = at.scratch(at.batch, self.units)
        return [
            partial(at.kernels.hold, real, pad, state[step], u, state[step + 1])
            for state in self.states(memory)
        ]

    # ------------------------------------------------------------------ backward

    def backward(self, at: Buffers) -> list[Call]:
        assert at.laid is not None
        memory: Memory = at.laid.arrays
        k, T = at.kernels, self.moments.time
        calls = self.stack_transposed(at, memory)
        if not self.every:
            calls.append(partial(k.copy, at.gouts[0], memory.through[-1]))
        # What other layers send back to h; dh is that and what comes through time.
        arriving, dh = None, memory.through
        if self.every and at.gouts[0] is not None:
            arriving, dh = at.scratch(*memory.through.shape), memory.dh
            calls.append(partial(k.copy, self.moments.in_loop(at.gouts[0]), arriving))
        retreat, real_dh = self.retreat(at, memory), at.scratch(at.batch, self.units)
        for step in reversed(range(T)):
            if arriving is not None:
                calls.append(partial(k.add, memory.through[step], arriving[step], dh[step]))
            before = self._before(at, memory, step)
            if not self.masked:
                calls += retreat(step, dh[step], before)
                continue
            calls.append(partial(k.multiply, dh[step], memory.more["real"][step], real_dh))
            calls += retreat(step, real_dh, before)
            if before is not None:
                calls += self.add_product(at, dh[step], memory.more["pad"][step], before)
        return calls + self.parameter_gradients(at, memory) + self._input_gradient(at, memory)

    def _before(self, at: Buffers, memory: Memory, step: int) -> Array | None:
        """Where the gradient of the state before ``step`` goes; None where nothing shall flow."""
        if step == 0:
            return at.gins[self.places["start"]] if self.started else None
        return None if self.moments.cut(step) else memory.through[step - 1]

    def retreat(self, at: Buffers, memory: Memory) -> Callable[[int, Array, Array | None], list[Call]]:
        """Binds what every step back needs; answers the calls of a step: from dh (B, H), 0 at padding, to dz
        and to the gradient of the state before.
        """
        raise NotImplementedError

    def stack_transposed(self, at: Buffers, memory: Memory) -> list[Call]:
        """Copies Uᵀ of all gates to ``more["UT"]`` (G·H, H), and Wᵀ (G·H, C) where x is asked for."""
        more, G, H = memory.more, len(self.gates), self.units
        UT = more["UT"] = at.scratch(G * H, H)
        calls: list[Call] = []
        for place, gate in enumerate(self.state_gates):
            U = more["U"][self.gates.index(gate)]
            calls.append(partial(at.kernels.copy, U.T, UT[place * H : (place + 1) * H]))
        if at.gins[0] is not None:
            W = more["W"][:, :-1].transpose(0, 2, 1)
            more["WT"] = at.scratch(G * H, W.shape[2])
            calls.append(partial(at.kernels.copy, W, more["WT"].reshape(W.shape)))
        return calls

    @property
    def state_gates(self) -> tuple[str, ...]:
        """The gates in the order of the columns that :meth:`to_state` answers."""
        return self.gates

    def to_input(self, dz: Array) -> Array:
        """The columns of dz (rows, …) that belong to the products with W, gate by gate."""
        return dz

    def to_state(self, dz: Array) -> Array:
        """The columns that belong to the products of U with the state before."""
        return dz

    def flow_back(self, at: Buffers, memory: Memory, step: int, before: Array | None) -> list[Call]:
        """dL/d(the state before) = dz·Uᵀ, where it is asked for."""
        if before is None:
            return []
        return [self.product(at, self.to_state(memory.dz[step]), memory.more["UT"], before)]

    def product(self, at: Buffers, x: Array, y: Array, out: Array) -> Call:
        """out = x·y, one of them columns of dz; where its rows are wider than that, ``dot`` would copy."""
        return partial(at.kernels.products if self.wide else at.kernels.matmul, x, y, out)

    def add_product(self, at: Buffers, x: Array, y: Array, out: Array) -> list[Call]:
        """out += x·y."""
        u = at.scratch(at.batch, self.units)
        return [partial(at.kernels.multiply, x, y, u), partial(at.kernels.accumulate, u, out)]

    def parameter_gradients(self, at: Buffers, memory: Memory) -> list[Call]:
        """All moments at once: [x 1]ᵀ·dz and h₋₁ᵀ·dz, then each gate's part to its place."""
        x, dz = memory.x.reshape(-1, memory.x.shape[2]), memory.dz.reshape(-1, memory.dz.shape[2])
        calls = self.weight_gradients(at, x, self.to_input(dz), self.gates)
        # The state before the first moment is 0 unless another was given.
        begins = 0 if self.started else 1
        h = memory.h[begins:-1].reshape(-1, self.units)
        rows = self.to_state(dz)[begins * at.batch :]
        return calls + self.state_gradients(at, h, rows, self.state_gates)

    def weight_gradients(self, at: Buffers, x: Array, dz: Array, gates: tuple[str, ...]) -> list[Call]:
        """dW and db of ``gates``, whose gradients are the columns of dz (rows, G·H)."""
        dW = at.scratch(x.shape[1], dz.shape[1])
        parts = [(f"W{gate}", dW[:-1, columns]) for gate, columns in self.columns(gates)]
        parts += [(f"b{gate}", dW[-1, columns]) for gate, columns in self.columns(gates)]
        return self._product(at, x, dz, dW, parts)

    def state_gradients(self, at: Buffers, h: Array, dz: Array, gates: tuple[str, ...]) -> list[Call]:
        """dU of ``gates``, from the states (rows, H) that they read."""
        dU = at.scratch(self.units, dz.shape[1])
        return self._product(at, h, dz, dU, [(f"U{gate}", dU[:, c]) for gate, c in self.columns(gates)])

    def columns(self, gates: tuple[str, ...]) -> list[tuple[str, slice]]:
        return [(gate, slice(g * self.units, (g + 1) * self.units)) for g, gate in enumerate(gates)]

    def _product(
        self, at: Buffers, x: Array, dz: Array, out: Array, parts: list[tuple[str, Array]]
    ) -> list[Call]:
        """out = xᵀ·dz, and each named part of it to its gradient; nothing where none is asked for."""
        wanted = [(at.gins[self.places[name]], part) for name, part in parts]
        copies = [partial(at.kernels.copy, part, into) for into, part in wanted if into is not None]
        return [self.product(at, x.T, dz, out), *copies] if copies else []

    def _input_gradient(self, at: Buffers, memory: Memory) -> list[Call]:
        dx = at.gins[0]
        if dx is None:
            return []
        T, rows = self.moments.time, self.to_input(memory.dz.reshape(-1, memory.dz.shape[2]))
        found = at.scratch(len(rows), dx.shape[2])
        return [
            self.product(at, rows, memory.more["WT"], found),
            partial(at.kernels.copy, self.moments.view(found.reshape(T, at.batch, -1)), dx),
        ]

    # ------------------------------------------------------------------ what if

    def follow(
        self,
        ins: tuple[Array, ...],
        outs: tuple[Array, ...],
        output: int,
        index: tuple[int, ...],
        delta: float,
    ) -> None:
        n, t, j = index
        forced.follow(self, ins, outs, self.suffixes[output], (n, t, j), delta)

    def compute(self, now: forced.Moment) -> None:
        """Set every stage of a moment by its formula, in the order in which they follow from one another."""
        raise NotImplementedError

    # ------------------------------------------------------------------ explaining

    @property
    def carried(self) -> tuple[str, ...]:
        """The stages that stay as they were at padding."""
        return ("h",)

    def explain(self, at: View, output: int, index: tuple[int, ...]) -> Expression:
        suffix = self.suffixes[output]
        if suffix == "last":
            n, j = index
            return explained.stage(self, at, "h")(n, self.moments.last, j)
        n, t, j = index
        if suffix in self.carried and not explained.is_real(self, at, n, t):
            return explained.state_before(self, at, suffix, (n, t, j))
        return self.explain_stage(at, suffix, (n, t, j))

    def explain_backward(self, at: View, use: int, index: tuple[int, ...]) -> Expression:
        if use < len(self.inputs):
            return explained.input_gradient(self, at, list(self.places)[use], index)
        suffix = self.suffixes[use - len(self.inputs)]
        n, t, j = index
        if suffix not in self.carried and not explained.is_real(self, at, n, t):
            return explained.NOTHING  # padding: the gates were not used
        return self.explain_flow(at, suffix, (n, t, j))

    def explain_stage(self, at: View, suffix: str, place: Place) -> Expression:
        """The arithmetic of a stage at a moment that is no padding."""
        raise NotImplementedError

    def explain_flow(self, at: View, suffix: str, place: Place) -> Expression:
        """What flows back to a stage from the layer itself."""
        raise NotImplementedError

    def explain_back(self, at: View, place: Place) -> list[Expression]:
        """The terms that moment t, no padding, sends back to unit j of the state before it."""
        raise NotImplementedError

    def explain_cell_back(self, at: View, place: Place) -> Expression:
        """What moment t sends back to the cell before it."""
        raise NotImplementedError

    def read_by(self, gate: str) -> tuple[str, str]:
        """What U of the gate multiplies (``h`` before, or a stage of this moment), and what it adds to."""
        return "h", f"z{gate}"

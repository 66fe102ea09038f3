"""Asking “what if”: the numeric check of a gradient, and the nudge of one number.

Both run a copy of the current step in float64 (same batch, same dropout masks) and change one number in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.operation import Call, Operation
from nnlab.engine.program import Program, host
from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]

EPS = 1e-5


@dataclass(frozen=True, slots=True)
class NumericCheck:
    """Backprop's gradient beside the central difference (L(v + ε) − L(v − ε))/2ε, both in float64.

    ``engine`` is the gradient as training computed it, in the run's own precision.
    """

    address: Address
    engine: float
    analytic: float
    numeric: float
    eps: float
    above: float
    below: float
    loss: float
    departure: str = ""
    """Why backprop's gradient is not the slope here, where an operation behind the number means it so."""

    @property
    def difference(self) -> float:
        return self.analytic - self.numeric

    @property
    def agrees(self) -> bool:
        return abs(self.difference) <= self._rounding

    @property
    def _rounding(self) -> float:
        return 1e-6 * max(1.0, abs(self.analytic), abs(self.numeric))

    @property
    def reason(self) -> str:
        """Why the two differ, in one sentence; empty where they agree, and where they should."""
        if self.agrees or self.departure:
            return "" if self.agrees else self.departure
        before, behind = (self.loss - self.below) / self.eps, (self.above - self.loss) / self.eps
        low, high = min(before, behind) - self._rounding, max(before, behind) + self._rounding
        if abs(behind - before) > abs(self.difference) and low <= self.analytic <= high:
            return _(
                "the loss bends sharply here: its slope is {before} below and {behind} above, within ε",
                before=f"{before:.4g}",
                behind=f"{behind:.4g}",
            )
        return ""


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a change of one number does to the loss: predicted (gradient × change) and true."""

    address: Address
    delta: float
    gradient: float
    loss: float
    new_loss: float
    departure: str = ""
    """Why the gradient is not the slope here, so that the gap does not close as the change gets small."""

    @property
    def predicted(self) -> float:
        return self.gradient * self.delta

    @property
    def true(self) -> float:
        return self.new_loss - self.loss

    @property
    def gap(self) -> float:
        """What the straight line leaves out."""
        return self.true - self.predicted


class Probe:
    """The current step of a run in float64, ready to be computed with one number changed."""

    def __init__(self, run: Run):
        source = run.program
        store = ParameterStore(source.graph, np.float64)
        store.theta[...] = host(run.store.theta)
        self.program = Program(
            source.graph,
            store,
            source.batch,
            loss=source.loss,
            wrt=source.wrt,
            training=True,
            seed=source.seed,
            clock=[source.clock[0]],
            whole=True,
        )
        held = [value.name for value in (*source.graph.states, *source.graph.streams)]
        for name in (*run.machine.feeds, *held):
            self.program.values[name][...] = host(source.values[name])
        self.root = source.loss or "loss"
        self._run(self.program.calls)

    @staticmethod
    def _run(calls: Iterable[Call]) -> None:
        with np.errstate(all="ignore"):  # what is not finite is told by its number, not by a warning
            for call in calls:
                call()

    def loss(self) -> float:
        return float(self.program.values[self.root])

    def loss_at(self, theta: Array) -> float:
        """The loss of this batch with all parameters at ``theta`` (n,); the probe stays as it is."""
        store = self.program.store
        kept = store.theta.copy()
        store.theta[...] = theta
        self._run(self.program.forward_calls)
        found = self.loss()
        store.theta[...] = kept
        self._run(self.program.calls)
        return found

    def loss_with(self, address: Address, delta: float) -> float:
        """The loss when the number at ``address`` is ``delta`` larger, everything behind it recomputed."""
        program, array = self.program, self.program.values[address.value]
        done = program.produced_at.get(address.value, 0)
        calls = program.forward_calls
        self._run(calls[:done])
        kept = float(array[address.index])
        if own := program.uses.own(address.value):
            self._follow(*own, address.index, delta)
        else:
            array[address.index] = kept + delta
        self._run(calls[done:])
        changed = self.loss()
        if not own:
            array[address.index] = kept
        self._run(calls)
        return changed

    def _follow(self, operation: Operation, k: int, index: tuple[int, ...], delta: float) -> None:
        """A number that its own maker reads again, such as a state at the next moment, is changed there."""
        values = self.program.values
        ins, outs = ([values[v.name] for v in side] for side in (operation.inputs, operation.outputs))
        operation.follow(tuple(ins), tuple(outs), k - len(operation.inputs), index, delta)

    def gradient(self, address: Address) -> float:
        self._run(self.program.calls)
        return float(self.program.gradients[address.value][address.index])


def changeable(run: Run, address: Address) -> Address:
    """The address of the value itself; raises NnlabError where it cannot be nudged."""
    plain = run.program.address(Address(address.value, address.index))
    if address.part not in ("", "grad") or plain.value not in run.program.gradients:
        if why := departure(run.program, plain):
            raise NnlabError(_("{address} has no gradient: {reason}", address=plain, reason=why))
        raise NnlabError(
            _("{address} has no gradient to check; choose a parameter or a value behind one", address=address)
        )
    return plain


def numeric_check(run: Run, address: Address, eps: float = EPS) -> NumericCheck:
    """Central difference of the loss in float64 beside backprop's value."""
    plain = changeable(run, address)
    probe = Probe(run)
    analytic = probe.gradient(plain)
    above, below = probe.loss_with(plain, eps), probe.loss_with(plain, -eps)
    engine, numeric = run.program.read(plain.of("grad")), (above - below) / (2 * eps)
    why = departure(run.program, plain)
    return NumericCheck(plain, engine, analytic, numeric, eps, above, below, probe.loss(), why)


def departure(program: Program, address: Address) -> str:
    """Why no slope is what flows back to a number, as the first operation behind it says; "" where it is."""
    return next(filter(None, (operation.departs() for operation in behind(program, address.value))), "")


def behind(program: Program, name: str) -> list[Operation]:
    """The operations through which a change of value ``name`` reaches the loss, in order."""
    changed, found = {name}, []
    for operation in program.plan:
        own = {out.name for k, out in enumerate(operation.outputs) if k in operation.own_uses}
        if changed & ({value.name for value in operation.inputs} | own):
            changed |= {out.name for out in operation.outputs}
            found.append(operation)
    return found


def nudge(run: Run, address: Address, delta: float) -> Nudge:
    """The predicted and the true change of the loss when one number changes by ``delta``."""
    return nudges(run, address, (delta,))[0]


def nudges(run: Run, address: Address, deltas: Iterable[float]) -> list[Nudge]:
    """The same for several changes, each for itself, on one copy of the step."""
    plain = changeable(run, address)
    probe = Probe(run)
    gradient, loss, why = probe.gradient(plain), probe.loss(), departure(run.program, plain)
    if why and numeric_check(run, address).agrees:  # it stands behind, and this number is not held back by it
        why = ""
    return [Nudge(plain, delta, gradient, loss, probe.loss_with(plain, delta), why) for delta in deltas]

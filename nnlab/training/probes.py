"""Asking “what if”: the numeric check of a gradient, and the nudge of one number.

Both run a copy of the current step in float64 (same batch, same dropout masks) and change one number in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.operation import Call
from nnlab.engine.program import Program, host
from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run

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

    @property
    def difference(self) -> float:
        return self.analytic - self.numeric

    @property
    def agrees(self) -> bool:
        return abs(self.analytic - self.numeric) <= 1e-6 * max(1.0, abs(self.analytic), abs(self.numeric))


@dataclass(frozen=True, slots=True)
class Nudge:
    """What a change of one number does to the loss: predicted (gradient × change) and true."""

    address: Address
    delta: float
    gradient: float
    loss: float
    new_loss: float

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

    def loss_with(self, address: Address, delta: float) -> float:
        """The loss when the number at ``address`` is ``delta`` larger, everything behind it recomputed."""
        program, array = self.program, self.program.values[address.value]
        done = program.produced_at.get(address.value, 0)
        calls = program.forward_calls
        self._run(calls[:done])
        kept = float(array[address.index])
        array[address.index] = kept + delta
        self._run(calls[done:])
        changed = self.loss()
        array[address.index] = kept
        self._run(calls[done:])
        return changed

    def gradient(self, address: Address) -> float:
        self._run(self.program.calls)
        return float(self.program.gradients[address.value][address.index])


def changeable(run: Run, address: Address) -> Address:
    """The address of the value itself; raises NnlabError where it cannot be nudged."""
    plain = run.program.address(Address(address.value, address.index))
    if address.part not in ("", "grad") or plain.value not in run.program.gradients:
        raise NnlabError(
            _("{address} has no gradient to check; choose a parameter or a value behind one", address=address)
        )
    if run.program.uses.own(plain.value) is not None:
        raise NnlabError(
            _(
                "{address} is made and used again inside {layer}, moment by moment; "
                "check a weight of it, or one of its inputs",
                address=plain,
                layer=run.program.graph.values[plain.value].layer,
            )
        )
    return plain


def numeric_check(run: Run, address: Address, eps: float = EPS) -> NumericCheck:
    """Central difference of the loss in float64 beside backprop's value."""
    plain = changeable(run, address)
    probe = Probe(run)
    analytic = probe.gradient(plain)
    above, below = probe.loss_with(plain, eps), probe.loss_with(plain, -eps)
    engine = run.program.read(plain.of("grad"))
    return NumericCheck(plain, engine, analytic, (above - below) / (2 * eps), eps, above, below)


def nudge(run: Run, address: Address, delta: float) -> Nudge:
    """The predicted and the true change of the loss when one number changes by ``delta``."""
    return nudges(run, address, (delta,))[0]


def nudges(run: Run, address: Address, deltas: Iterable[float]) -> list[Nudge]:
    """The same for several changes, each for itself, on one copy of the step."""
    plain = changeable(run, address)
    probe = Probe(run)
    gradient, loss = probe.gradient(plain), probe.loss()
    return [Nudge(plain, delta, gradient, loss, probe.loss_with(plain, delta)) for delta in deltas]

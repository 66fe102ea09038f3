"""Live data and a run: batches are filled by asking the network, with the parameters a step begins with.

What a batch holds is a function of (θ, seed, step), so a seek, a branch or a resumed session makes the same
one again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.live import Live
from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.manifest import Event
from nnlab.engine.program import Program, host
from nnlab.engine.rng import Stream
from nnlab.engine.store import Settled
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.network.wiring import INPUT

if TYPE_CHECKING:
    from nnlab.training.machine import Machine
    from nnlab.training.track import Track

Array = Any
TARGET = "target"
MADE = N_("batch")
"""The layer that the making of a batch is shown under."""
AT_ONCE = 256
"""Examples that are made at once for an evaluation."""


class Batch:
    """Room for ``n`` examples of live data, and the network to be asked about them.

    ``columns`` are all that the data have, also what the graph of the run does not read.
    """

    def __init__(self, machine: Machine, n: int):
        self.machine, self.program = machine, machine.evaluator(n)
        data = machine.data
        self.sources = {INPUT: machine.inputs[INPUT], **data.inputs, TARGET: data.y}
        self.columns = {
            name: np.empty((n, *column.shape[1:]), column.dtype) for name, column in self.sources.items()
        }
        self.read = [name for name in (INPUT, *machine.network.inputs) if name in self.program.values]
        self.calls = self.program.forward_calls[: self.program.produced_at[machine.output]]

    def ask(self) -> Array:
        """What the network answers to the columns as they are, (n, …), in evaluation."""
        self.put(self.program, self.read)
        for call in self.calls:
            call()
        return self.machine.config.loss_rule.kind.answers(host(self.program.values[self.machine.output]))

    def put(self, program: Program, names: list[str] | None = None) -> None:
        """Copy columns to the values of ``program`` of the same name, all that there are unless given."""
        place = self.machine.kernels.xp.asarray
        for name in self.columns if names is None else names:
            if name in program.values:
                program.values[name][...] = place(self.columns[name])

    def fill(self, rows: Array, stream: Stream, step: int) -> None:
        """Make the examples that ``rows`` of the data are due for, with draws of ``stream`` at ``step``."""
        for name, column in self.columns.items():
            self.sources[name].take(rows, 0, column, "clip")
        _live(self.machine).fill(self.columns, self.ask, partial(stream.uniform_into, step), step)


def _live(machine: Machine) -> Live:
    assert machine.data.live is not None
    return machine.data.live


def living_loader(machine: Machine, program: Program) -> Callable[[Array], None]:
    """``load(rows)``: makes the batch of the step and copies it into ``program``."""
    batch, train = Batch(machine, program.batch), machine.data.split.train
    stream, clock = Stream(machine.config.seed, "walks"), machine.clock

    def load(rows: Array) -> None:
        machine.settle_evaluators(Settled(machine.store.theta, machine.store.states))
        batch.fill(train[host(rows)], stream, clock[0])
        batch.put(program)

    return load


def judge(machine: Machine, settled: Settled, part: str) -> tuple[float, float]:
    """(loss, metric) over examples made with ``settled``, as many as the part has, the draws always alike."""
    machine.settle_evaluators(settled)
    rows, stream = machine.data.split.part(part), Stream(machine.config.seed, "walks.judged")
    found = []
    for start in range(0, len(rows), AT_ONCE):
        due = rows[start : start + AT_ONCE]
        batch = Batch(machine, len(due))
        batch.fill(due, stream, start)
        batch.put(batch.program)
        batch.program.forward()
        found.append((len(due), float(batch.program.values["loss"]), _live(machine).score(batch.columns)))
    counts, losses, scores = (np.array(column) for column in zip(*found))
    return float(counts @ losses / counts.sum()), float(counts @ scores / counts.sum())


def check_live(machine: Machine) -> None:
    """Raise NnlabError where the network cannot give the answers that live data ask for."""
    live = machine.data.live
    if live is None:
        return
    if machine.config.augment:
        raise NnlabError(
            _("{data} are made anew at every step and cannot be augmented", data=machine.data.name)
        )
    if live.ahead:
        return
    batch = Batch(machine, 1)
    for name, column in batch.sources.items():
        batch.columns[name][...] = column[:1]
    first = batch.ask()[:, 0].copy()
    batch.columns[INPUT][:, 1:] = batch.columns[INPUT][:, ::-1][:, 1:] + 1
    if not np.array_equal(first, batch.ask()[:, 0], equal_nan=True):
        raise NnlabError(
            _(
                "{data} ask at every moment what to do next, and this network’s answer depends on what comes "
                "later; choose layers that only look back, such as dense, rnn or attention causal",
                data=machine.data.name,
            )
        )


def with_making(track: Track, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """``events`` of a pass, behind that of making its batch where the data are live."""
    live = track.data.live
    if live is None:
        return events
    written = tuple(name for name in live.writes if name in track.program.graph.values)
    making = Event(0, "forward", MADE, "made", live.rule, tuple(track.store), written)
    return (making, *(replace(event, index=event.index + 1) for event in events))


def surest(machine: Machine, settled: Settled) -> dict[str, Array]:
    """One example made by taking what the network holds for most probable, with nothing left to chance."""
    machine.settle_evaluators(settled)
    batch = Batch(machine, 1)

    def ask() -> Array:
        answers = batch.ask()
        return (answers.argmax(-1)[..., None] == np.arange(answers.shape[-1])).astype(answers.dtype)

    def nothing(out: Array) -> Array:
        out[...] = 0
        return out

    _live(machine).fill(batch.columns, ask, nothing, 0)
    return batch.columns


def explain_made(track: Track, address: Address) -> Explanation | None:
    """Why a number of a batch that was made is what it is; None for all others."""
    live = track.data.live
    if live is None or address.part or address.value in track.program.graph.producers:
        return None
    values = track.program.values
    told = live.explain({name: host(array) for name, array in values.items()}, address)
    if told is None:
        return None
    value, layer = track.program.read(address), track.program.graph.values[address.value].layer
    kind = "leaf" if told.expression is None else "forward"
    return Explanation(
        address, value, kind, layer, "made", told.formula, track.step_count, told.expression, told.note
    )

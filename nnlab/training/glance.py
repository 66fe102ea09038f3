"""A run as it answers an example of one's own: a twin to be read, with the parameters as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

import numpy as np

from nnlab.engine.manifest import Event
from nnlab.engine.program import Program
from nnlab.training.rest import Rest
from nnlab.training.run import Run
from nnlab.training.tape import Tape

Array = Any
READ = ("forward", "loss")
BOTH_WAYS = (*READ, "backward")


class Glance(Run):
    """``run`` after a pass over one example that is not in its data, dropout off.

    Its arrays, addresses and explanations are of that pass, a batch of 1, with every update applied.  Where
    something is ``asked`` of the example there is a way back through it: the gradients are those of its loss
    alone.  Else gradients are unknown.  It is good for reading only.
    """

    def __init__(self, run: Run, asked: bool = False) -> None:
        self.__dict__.update(run.__dict__)
        machine = copy(run.machine)
        kernels = machine.kernels
        loss = machine.turn(1).root if asked else None
        self._held = Program(machine.graph, run.store.twin(), 1, loss=loss, training=False, kernels=kernels)
        self.asked = asked
        machine.store = self._held.store
        self.machine, self.store = machine, machine.store
        self.pending, self._preview, self.rest = True, None, Rest(self)
        self.position, self._step = 0, run.step_count  # nothing is known before the first look

    def look(self, run: Run, feeds: Mapping[str, Array]) -> None:
        """Have the network as it stands in ``run`` read ``feeds``: a batch of 1 of every input by name."""
        settled = run.settled()
        self.history, self.order = run.history, run.order
        self.machine.clock = self._held.clock = [run.step_count]
        self.store.theta[...] = settled.theta
        self.store.put_states(settled.states)
        self.store.begin_streams()
        place = self.machine.kernels.xp.asarray
        for name, array in feeds.items():
            self._held.values[name][...] = place(array)
        with np.errstate(all="ignore"):  # a diverged network is told by its numbers
            self._held.forward()
            for call in self._held.backward_calls:
                call()
        self.position, self._step = len(self.events), run.step_count

    @property
    def loss_now(self) -> float:
        """The loss of the example; NaN where nothing is asked of it."""
        return float(self._held.values[self._held.loss]) if self._held.loss else float("nan")

    @property
    def step_count(self) -> int:
        return self._step

    @property
    def program(self) -> Program:
        return self._held

    @property
    def events(self) -> tuple[Event, ...]:
        phases = BOTH_WAYS if self.asked else READ
        return tuple(event for event in self._held.events if event.phase in phases)

    @property
    def batch_indices(self) -> Array:
        return np.zeros(1, np.int64)

    @property
    def on_show(self) -> Run:
        return self

    @property
    def tape(self) -> Tape:
        return Tape(self.events, len(self.events), self.step_count, self.epoch, 1, 1)

"""The state of a run through time: steps, keyframes, changes, and the way back to any of them.

What stands here knows nothing of readers and cursors; :class:`nnlab.training.run.Run` adds those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import isfinite
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from nnlab.data import Dataset
from nnlab.engine.kernels import Kernels
from nnlab.engine.memory import allocating, frugal
from nnlab.engine.program import Program, host
from nnlab.engine.store import ParameterStore, Settled
from nnlab.engine.update import Preview
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network
from nnlab.network.surgery import operate
from nnlab.training import metrics
from nnlab.training.config import RunConfig
from nnlab.training.feeds import Feeds
from nnlab.training.history import History
from nnlab.training.machine import Machine
from nnlab.training.order import BatchOrder
from nnlab.training.timeline import Keyframe, Timeline, clock

Array = Any
Numbers: TypeAlias = tuple[tuple[str, tuple[int, ...], float], ...]
"""Parameters, each by its name and index, and their numbers."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something the learner changed once ``step`` updates were applied: weights, or settings of the run.

    ``surgery`` is what was done to all weights, as :mod:`nnlab.network.surgery` reads it; ``before`` are the
    numbers that it took away and that can be put back.
    """

    step: int
    weights: Numbers = ()
    settings: tuple[tuple[str, Any], ...] = ()
    surgery: str = ""
    before: Numbers = ()


class Track:
    """A network, its data and a list of changes, at some step.

    ``pending`` says that the update of the current step is computed but not applied.  ``interrupt`` may be
    set from another thread to stop training at the next step boundary.
    """

    def __init__(
        self,
        network: Network,
        data: Dataset,
        config: RunConfig,
        *,
        keyframe_budget: int,
        kernels: Kernels | None = None,
        material: Feeds | None = None,
    ):
        # Two runs on one set of parameters would undo each other's steps.
        self.network = network if network.settled is None else network.blank()
        self.data, self.first_config = data, config
        self.store = self._parameters(config, kernels)
        self.machine = Machine(self.network, data, config, self.store, kernels, material)
        streams = data.streams if network.graph.streams else 0
        size = self._batch_size(config)
        self.order = BatchOrder(len(data.split.train), config.seed, config.shuffle, size, streams)
        self.changes: list[Change] = []
        self.history = History(metrics.metric_of(network, data))
        self.timeline = Timeline(keyframe_budget)
        self.pending = False
        self.interrupt = False
        self._applied = -1  # changes up to this step are in force
        self._second = 1e-4  # measured seconds of a step, for the spacing of keyframes
        self._keyframe_second = 0.0
        self._preview: tuple[int, Preview] | None = None
        self.network.use_store(self.store)
        self.network.settled = self.settled
        self._keep()

    def _parameters(self, config: RunConfig, kernels: Kernels | None) -> ParameterStore:
        """The network's parameters if it has any yet, else drawn from the seed of the run."""
        network = self.network
        drawn = network.store if network.drawn else None
        store = ParameterStore(network.graph, config.dtype, kernels.xp if kernels else np)
        if drawn is not None:
            before = network.now
            store.theta[...] = store.xp.asarray(host(before.theta), store.dtype)
            store.put_states({name: store.xp.asarray(host(state)) for name, state in before.states.items()})
        else:
            store.initialize(config.seed)
        return store

    def _batch_size(self, config: RunConfig) -> int:
        return len(self.data.split.train) if config.rule.full_batch else config.batch_size

    @property
    def config(self) -> RunConfig:
        return self.machine.config

    @property
    def step_count(self) -> int:
        """Steps computed; the update of the last may be pending."""
        return self.machine.clock[0]

    @property
    def last_step(self) -> int:
        """The furthest step this run has been to."""
        return self.history.count

    @property
    def sound(self) -> bool:
        """Whether loss and gradients of the current step are finite numbers."""
        loss = float(self.history.losses[self.step_count - 1]) if self.step_count else 0.0
        return isfinite(loss) and (isfinite(float(self.store.grad.dot(self.store.grad))) or self._finite())

    @property
    def program(self) -> Program:
        """The program of the current batch; at step 0 of the batch to come."""
        step = max(1, self.step_count)
        return self.machine.program(self.order.locate(step)[2], step)

    # ------------------------------------------------------------------ forward

    def stretch_end(self, target: int | None) -> int:
        """How far the fast loop may go: to the epoch's end, the target, a change or a keyframe."""
        t = self.step_count
        if len(self.machine.turns) > 1:  # each step has a program of its own
            self._keep_on_track(t)
            return t + 1
        ends = [self.order.last_step(1, t)]
        if self.order.locate(t + 1)[2] < self.order.segment(t + 1).size:
            ends = [t + 1]  # the ragged last batch has a program of its own
        elif self.order.locate(ends[0])[2] < self.order.segment(t + 1).size and ends[0] > t + 1:
            ends = [ends[0] - 1]
        if target is not None:
            ends.append(target)
        ends += [c.step for c in self.changes if c.step > t]
        ends.append(t + self.timeline.spacing)
        self._keep_on_track(t)
        return min(ends)

    def _keep_on_track(self, step: int) -> None:
        """A keyframe here, where the last one is far enough behind."""
        if step - self.timeline.before(step).step >= self.timeline.spacing:
            self._keep()

    def _keep(self) -> None:
        """Lay down a keyframe, and learn how long that takes."""
        began = clock()
        self.timeline.add(self.keyframe())
        took = clock() - began
        self._keyframe_second += (0.2 if self._keyframe_second else 1.0) * (took - self._keyframe_second)

    def stretch(self, end: int) -> bool:
        """Steps up to ``end``, all with one program.  True where a number went bad."""
        # Overflow is looked for in the numbers themselves; warnings would only be printed over the screen.
        began = self.step_count
        with frugal(), allocating(self.machine.kernels.xp):
            try:
                return self._loop(end)
            except MemoryError:  # the device has no room for the step: it has not been taken
                self.machine.clock[0] = max(began, self.step_count - 1)
                self.history.count = max(self.history.count, self.step_count)
                raise

    def _loop(self, end: int) -> bool:
        """The training loop itself."""
        t = self.step_count
        machine = self.machine
        _epoch, start, size = self.order.locate(t + 1)
        program = machine.program(size, t + 1)
        rows = machine.kernels.xp.asarray(self.order.rows(self.order.locate(t + 1)[0]))
        losses = self.history.room(end)
        apply, clock, calls = machine.updater(program), machine.clock, program.calls
        load = machine.loader(program)
        loss, square = program.values[program.loss or "loss"], partial(self.store.grad.dot, self.store.grad)
        pending = bad = False
        for batch in rows[start : start + (end - t) * size].reshape(-1, size):
            if pending:
                apply(t)
            t += 1
            clock[0] = t
            load(batch)
            for work in calls:
                work()
            pending = True
            losses[t] = value = float(loss)
            # One sum is watched for all numbers of a step; what it finds is looked at closely.
            bad = not isfinite(value + float(square())) and not (isfinite(value) and self._finite())
            if bad:
                break
            if self.interrupt:
                break
        self.pending = pending or self.pending
        self._preview = None
        self.history.count = max(self.history.count, t)
        return bad

    def _finite(self) -> bool:
        return bool(np.isfinite(host(self.store.grad)).all())

    def apply_pending(self) -> None:
        """Apply the update that the current step left pending, if there is one."""
        if self.pending:
            with frugal():
                self.machine.updater(self.program)(self.step_count)
            if self.order.ends_epoch(self.step_count):
                self.store.begin_streams()
            self.pending = False
            self._preview = None

    # ------------------------------------------------------------------ back

    def replay(self, step: int) -> None:
        """Compute on to ``step``, leaving keyframes close to it on the way."""
        dense = max(1, self.timeline.spacing // 8)
        ring = range(max(0, step - 8 * dense), step, dense)
        while self.step_count < step:
            self.apply_pending()
            self.apply_changes()
            t = self.step_count
            if t in ring:
                self.timeline.add_ring(self.keyframe())
            nearest = next((s for s in ring if s > t), step)
            if self.stretch(min(self.stretch_end(step), nearest)):
                break

    def restore_frame(self, frame: Keyframe) -> None:
        """Put the state of ``frame`` in place and bind to the configuration of that moment."""
        config, origin = self.config_at(frame.step)
        self.machine.clock[0] = frame.step
        if config != self.machine.config or origin != self.machine.origin:
            self.machine.configure(config, origin)
        self.store.theta[...] = frame.theta
        for name, vector in frame.state.items():
            homes = self.store.states, self.store.streams, self.machine.state
            next(home for home in homes if name in home)[name][...] = vector
        self._lay_batches(frame.step)
        self.pending = False
        self._preview = None
        self._applied = frame.step

    def keyframe(self) -> Keyframe:
        """The settled state now; only called when no update is pending."""
        state = {name: vector.copy() for name, vector in self.machine.state.items()}
        state |= self.store.copy_states()
        state |= {name: stream.copy() for name, stream in self.store.streams.items()}
        return Keyframe(self.step_count, self.store.theta.copy(), state)

    def go_to(self, step: int) -> None:
        """Be at ``step``, its update pending, from wherever that takes least replaying."""
        frame = self.timeline.before(max(0, step - 1))
        if not frame.step <= self.step_count < step:
            self.restore_frame(frame)
        self.replay(step)

    # ------------------------------------------------------------------ changes

    def change(self, **what: Any) -> None:
        """Settle, do the change here, and forget what was computed beyond this step."""
        self.apply_pending()
        self.apply_changes()  # a branch may stand where earlier changes are still to be done
        step = self.step_count
        self._forget_after(step)
        self.changes.append(Change(step, **what))
        self._do(self.changes[-1])
        self.timeline.add(self.keyframe())  # a keyframe holds the changes made at its step

    def _forget_after(self, step: int) -> None:
        self.changes = [c for c in self.changes if c.step <= step]
        self.history.truncate(step)
        self.timeline.truncate(step)

    def apply_changes(self) -> None:
        """Do again what was changed at this step (in a replay); called once with nothing pending."""
        if self._applied >= self.step_count:
            return
        for change in [c for c in self.changes if self._applied < c.step <= self.step_count]:
            self._do(change)
        self._applied = self.step_count

    def _do(self, change: Change) -> None:
        self._applied = change.step
        if change.surgery:
            operate(self.network, self.store, change.surgery)
        for name, index, value in change.weights:
            self.store[name][index] = value
        if change.settings:
            config, origin = self.config_at(change.step)
            self.machine.configure(config, origin if origin != self.machine.origin else None)
            self._lay_batches(change.step)
        self._preview = None

    def _lay_batches(self, step: int) -> None:
        """The order of batches as the changes up to ``step`` leave it, whatever was tried in between."""
        self.order.begin(self._batch_size(self.first_config))
        for at, configs in groupby(self._configs(step), itemgetter(0)):
            *_passed, (_at, config, _origin) = configs
            size = self._batch_size(config)
            if self.order.segment(at + 1).size != min(size, self.order.n):
                self.order.resize(at, size)

    def config_at(self, step: int) -> tuple[RunConfig, int]:
        """The configuration in force after the changes at ``step``, and where its optimiser state began."""
        *_before, (_at, config, origin) = [(0, self.first_config, 0), *self._configs(step)]
        return config, origin

    def _configs(self, step: int) -> Iterator[tuple[int, RunConfig, int]]:
        """For every change of settings up to ``step``, in their order: its step, the configuration after it,
        and where the optimiser state of that began."""
        config, origin = self.first_config, 0
        for change in self.changes:
            if change.step > step or not change.settings:
                continue
            changed = config.changed(**dict(change.settings))
            if changed.rule.name != config.rule.name:
                origin = change.step
            config = changed
            yield change.step, config, origin

    # ------------------------------------------------------------------ the pending update

    def settled(self) -> Settled:
        """θ and the states with every update applied."""
        states = dict(self.store.states)
        if self.pending:
            program = self.program
            states |= {c.state.name: c.taken(program.values) for c in program.carries if not c.state.by_row}
        return Settled(self.settled_theta(), states)

    def settled_streams(self) -> dict[str, Array]:
        """Copies of the states that go on from batch to batch, with every update applied."""
        streams = {name: stream.copy() for name, stream in self.store.streams.items()}
        if not self.pending:
            return streams
        if self.order.ends_epoch(self.step_count):
            return {name: 0 * stream for name, stream in streams.items()}
        program = self.program
        for carry in program.carries:
            if carry.state.by_row:
                streams[carry.state.name][: program.batch] = carry.taken(program.values)
        return streams

    def settled_theta(self) -> Array:
        """θ (n,) with every update applied; a copy where one is pending."""
        return self.pending_update().new if self.pending else self.store.theta

    def pending_update(self) -> Preview:
        """The update of the current step, on copies; the same until the next step.

        Raises NnlabError where none is pending.
        """
        if not self.pending:
            raise NnlabError(_("no update is pending; take a step first"))
        if self._preview is None or self._preview[0] != self.step_count:
            with np.errstate(all="ignore"):
                self._preview = (self.step_count, self.machine.preview(self.step_count))
        return self._preview[1]

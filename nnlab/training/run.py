"""A run: a network moving through time.

The state after n steps is a function of (network, data, configuration, changes): nothing has to be recorded
to come back to it, keyframes only save replaying from the start.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.expression import call, power, ref, total
from nnlab.engine.health import Breakdown, first_breakdown
from nnlab.engine.kernels import Kernels
from nnlab.engine.optimizers import Preview, columns
from nnlab.engine.program import Event, Program, check_index, host
from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network
from nnlab.training import diagnostics, metrics, probes
from nnlab.training.conditions import Condition
from nnlab.training.config import RunConfig
from nnlab.training.history import EpochRow, History
from nnlab.training.machine import Machine
from nnlab.training.order import BatchOrder
from nnlab.training.tape import Tape, grain_named
from nnlab.training.timeline import Keyframe, Timeline

Array = Any


@dataclass(frozen=True, slots=True)
class Change:
    """Something the learner changed once ``step`` updates were applied: weights, or settings of the run."""

    step: int
    weights: tuple[tuple[str, tuple[int, ...], float], ...] = ()
    settings: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """Why training stopped.  ``reason`` is done, condition, nan or interrupted."""

    reason: str
    step: int
    text: str
    breakdown: Breakdown | None = None


class Run:
    """Trains ``network`` on ``data`` and answers for every number on the way.

    >>> import nnlab
    >>> data = nnlab.datasets.load("xor")
    >>> run = nnlab.Run(nnlab.Network.parse("dense 3 tanh | dense 1", 2), data, optimizer="adam lr=0.1")
    >>> stop = run.train(steps=3)
    >>> run.step_count, run.explain("dense2.z[0,0]").formula
    (3, 'z = x·W + b')

    ``loss`` is cross_entropy, bce or mse (by the task of the data unless given); ``optimizer`` a text such as
    ``"adam lr=0.01"``; ``schedule`` and ``clip`` likewise (``"cosine 1000"``, ``"norm 1"``).
    ``keyframe_budget`` is in bytes.  ``kernels`` chooses the device, NumPy unless given.
    """

    def __init__(
        self,
        network: Network,
        data: Dataset,
        *,
        loss: str | None = None,
        optimizer: str | Any | None = None,
        batch_size: int | None = None,
        seed: int = 1,
        schedule: str | None = None,
        clip: str | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        dtype: str = "float32",
        keyframe_budget: int = 256 << 20,
        shuffle: bool = True,
        kernels: Kernels | None = None,
    ):
        if len(network.output_shape) != 1:
            outputs = 1
        else:
            outputs = network.output_shape[0]
        config = RunConfig.make(
            data,
            outputs,
            loss=loss,
            optimizer=optimizer,
            batch_size=batch_size,
            seed=seed,
            schedule=schedule,
            clip=clip,
            l1=l1,
            l2=l2,
            dtype=dtype,
            shuffle=shuffle,
        )
        self.network, self.data = network, data
        self._begin(config, kernels)
        self.changes: list[Change] = []
        self.history = History(metrics.METRICS[data.task])
        self.timeline = Timeline(keyframe_budget)
        self.timeline.add(self._keyframe())

    def _begin(self, config: RunConfig, kernels: Kernels | None) -> None:
        """Parameters, machine and counters for ``config``, at step 0."""
        self.first_config = config
        drawn = self.network.store if self.network._store is not None else None
        self.store = ParameterStore(self.network.graph, config.dtype, kernels.xp if kernels else np)
        if drawn is not None:
            self.store.theta[...] = self.store.xp.asarray(host(drawn.theta), self.store.dtype)
        else:
            self.store.initialize(config.seed)
        self.network.use_store(self.store)
        self.network.settled = self.settled_theta
        self.machine = Machine(self.network, self.data, config, self.store, kernels)
        n = len(self.data.split.train)
        self.order = BatchOrder(n, config.seed, config.shuffle, self._batch_size(config))
        self.pending = False
        self.position = 0
        self.interrupt = False
        """Set from another thread to stop training at the next step boundary."""
        self._preview: tuple[int, Preview] | None = None
        self._second = 1e-4  # measured seconds of a step, for the spacing of keyframes

    def _batch_size(self, config: RunConfig) -> int:
        return len(self.data.split.train) if config.rule.full_batch else config.batch_size

    # ------------------------------------------------------------------ where we are

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
    def steps_per_epoch(self) -> int:
        return self.order.steps_per_epoch(self.step_count + 1)

    @property
    def epoch(self) -> int:
        """The epoch of the current step, from 1; 0 before the first step."""
        return self.order.epochs_begun(self.step_count)

    @property
    def lr(self) -> float:
        """The learning rate of the pending update, or of the next one."""
        return self.machine.lr(max(1, self.step_count))

    @property
    def loss(self) -> float:
        """The loss of the current batch, before its update; NaN before the first step."""
        return float(self.program.values[self.machine.root]) if self.step_count else float("nan")

    @property
    def batch_indices(self) -> Array:
        """Rows of the data set in the current batch, in order."""
        train = self.data.split.train
        return train[self.order.batch(max(1, self.step_count))]

    @property
    def program(self) -> Program:
        """The program of the current batch; at step 0 of the batch to come."""
        return self.machine.program(self.order.locate(max(1, self.step_count))[2])

    @property
    def tape(self) -> Tape:
        step = max(1, self.step_count)
        epoch, start, _size = self.order.locate(step)
        segment = self.order.segment(step)
        return Tape(
            self.events,
            self.position if self.step_count else 0,
            self.step_count,
            epoch,
            start // segment.size + 1,
            self.order.steps_per_epoch(step),
        )

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of one step: those of the program, then the update."""
        events = self.program.events
        rule = self.machine.optimizer
        reads = tuple(f"{name}.grad" for name in self.store) + tuple(self.store)
        update = Event(
            len(events),
            "update",
            "update",
            rule.name,
            rule.formula,
            reads,
            tuple(f"{n}.new" for n in self.store),
        )
        return (*events, update)

    # ------------------------------------------------------------------ moving forward

    def step(self, n: int = 1) -> Stop:
        """Take ``n`` steps; the last update stays pending and can be looked at."""
        return self._advance(self.step_count + n, [])

    def train(
        self, epochs: int | None = None, steps: int | None = None, until: str | Condition | None = None
    ) -> Stop:
        """Train for whole epochs or for steps, at most until a condition holds.

        Raises NnlabError for counts below 1 or conditions that cannot be read.
        """
        conditions = []
        if until is not None:
            condition = Condition.parse(until) if isinstance(until, str) else until
            if self.step_count:
                condition.check_against(self)
            conditions = [condition]
        for name, count in (("epochs", epochs), ("steps", steps)):
            if count is not None and count < 1:
                raise NnlabError(_("{name} {count} must be 1 or more", name=name, count=count))
        target = self.step_count + steps if steps is not None else None
        if epochs is not None:
            target = self.order.last_step(epochs, self.step_count)
        if target is None and not conditions:
            target = self.order.last_step(1, self.step_count)
        return self._advance(target, conditions)

    def run_to(self, step: int, conditions: list[Condition] | None = None) -> Stop:
        """Train on to step ``step``, or until one of ``conditions`` holds."""
        return self._advance(step, conditions or [])

    def _advance(self, target: int | None, conditions: list[Condition]) -> Stop:
        stepwise = [c for c in conditions if c.every == "step"]
        epochwise = [c for c in conditions if c.every == "epoch"]
        self.interrupt = False
        while target is None or self.step_count < target:
            self._apply_pending()
            self._apply_changes()
            end = self._stretch_end(target)
            began, first = time.perf_counter(), self.step_count
            bad = self._stretch(self.step_count + 1 if stepwise else end)
            done = self.step_count
            self.position = len(self.program.events) + 1
            if done > first:
                self._second = 0.8 * self._second + 0.2 * (time.perf_counter() - began) / (done - first)
                self.timeline.pace(self._second)
            if bad:
                return self._breakdown()
            if self.order.ends_epoch(done):
                self._finish_epoch(began, first)
            for condition in stepwise + (epochwise if self.order.ends_epoch(done) else []):
                if condition.holds(self):
                    return Stop(
                        "condition", done, _("stopped at step {n}: {text}", n=done, text=condition.text)
                    )
            if self.interrupt:
                return Stop("interrupted", done, _("paused at step {n}", n=done))
        return Stop("done", self.step_count, _("step {n} reached", n=self.step_count))

    def _stretch_end(self, target: int | None) -> int:
        """How far the fast loop may go: to the epoch's end, the target, a change or a keyframe."""
        t = self.step_count
        ends = [self.order.last_step(1, t)]
        if self.order.locate(t + 1)[2] < self.order.segment(t + 1).size:
            ends = [t + 1]  # the ragged last batch has a program of its own
        elif self.order.locate(ends[0])[2] < self.order.segment(t + 1).size and ends[0] > t + 1:
            ends = [ends[0] - 1]
        if target is not None:
            ends.append(target)
        ends += [c.step for c in self.changes if c.step > t]
        ends.append((t // self.timeline.spacing + 1) * self.timeline.spacing)
        if t % self.timeline.spacing == 0 or t - self.timeline.before(t).step >= self.timeline.spacing:
            self.timeline.add(self._keyframe())
        return min(ends)

    def _stretch(self, end: int) -> bool:
        """Steps up to ``end``, all with one program.  True where a number went bad."""
        # Overflow is looked for in the numbers themselves; NumPy's warnings would only be printed over the screen.
        with np.errstate(all="ignore"):
            return self._loop(end)

    def _loop(self, end: int) -> bool:
        """The training loop itself."""
        t = self.step_count
        machine = self.machine
        _epoch, start, size = self.order.locate(t + 1)
        program = machine.program(size)
        rows = machine.kernels.xp.asarray(self.order.rows(self.order.locate(t + 1)[0]))
        losses = self.history.room(end)
        apply, gather, clock, calls = machine.updater(), machine.kernels.gather, machine.clock, program.calls
        x, y, xin, yin = machine.x, machine.t, program.values["input"], program.values["target"]
        loss, grad = program.values[machine.root], self.store.grad
        pending = False
        while t < end:
            if pending:
                apply(t)
            t += 1
            clock[0] = t
            batch = rows[start : start + size]
            start += size
            gather(x, batch, xin)
            gather(y, batch, yin)
            for work in calls:
                work()
            pending = True
            losses[t] = value = float(loss)
            # x − x is 0 for every finite x and NaN otherwise: two subtractions watch every number of the step.
            size2 = float(grad.dot(grad))
            if (value - value) + (size2 - size2) != 0.0 and (value - value != 0.0 or not self._finite()):
                break
            if self.interrupt:
                break
        self.pending = pending or self.pending
        self._preview = None
        self.history.count = max(self.history.count, t)
        value = losses[t] if t else 0.0
        return bool(value - value != 0.0) or not self._finite()

    def _finite(self) -> bool:
        return bool(np.isfinite(host(self.store.grad)).all())

    def _breakdown(self) -> Stop:
        found = first_breakdown(self.program)
        text = _("stopped at step {n}: a number is not finite any more", n=self.step_count)
        if found is not None:
            text = _("stopped at step {n}: {what}", n=self.step_count, what=found.text)
        return Stop("nan", self.step_count, text, found)

    def _apply_pending(self) -> None:
        if self.pending:
            self.machine.updater()(self.step_count)
            self.pending = False
            self._preview = None

    def settle(self) -> None:
        """Apply the pending update and what was changed at this step, as an edit or a save does."""
        self._apply_pending()
        self._apply_changes()
        self.position = len(self.program.events) + 1 if self.step_count else 0

    def _finish_epoch(self, began: float, first: int) -> None:
        step = self.step_count
        epoch, _start, _size = self.order.locate(step)
        if self.history.epochs and self.history.epochs[-1].step >= step:
            return
        theta = self.settled_theta()
        train = metrics.evaluate(self.machine, theta, "train", confusion=False)
        validation = None
        if len(self.data.split.validation):
            validation = metrics.evaluate(self.machine, theta, "validation", confusion=False)
        begin = max(0, step - self.order.steps_per_epoch(step))
        mean = float(np.mean(self.history.losses[begin:step]))
        nan = float("nan")
        self.history.record(
            EpochRow(
                epoch,
                step,
                mean,
                train.metric,
                validation.loss if validation else nan,
                validation.metric if validation else nan,
                (time.perf_counter() - began) * (step - begin) / max(1, step - first),
            )
        )

    # ------------------------------------------------------------------ moving in time

    def seek(self, step: int) -> None:
        """Go to the moment just after step ``step``, bit for bit as it was; its update can be looked at.

        Raises NnlabError for steps this run has not reached.
        """
        if not 0 <= step <= self.last_step:
            raise NnlabError(
                _("step {n} is not in this run, which has steps 0 to {last}", n=step, last=self.last_step)
            )
        if step == self.step_count:
            self.position = len(self.program.events) + 1 if step else 0
            return
        frame = self.timeline.before(max(0, step - 1))
        here = self.step_count
        if not (here < step and here >= frame.step):
            self._restore(frame)
        self._replay(step)
        self.position = len(self.program.events) + 1 if step else 0

    def _replay(self, step: int) -> None:
        """Compute on to ``step``, leaving keyframes close to it on the way."""
        dense = max(1, self.timeline.spacing // 8)
        ring = range(max(0, step - 8 * dense), step, dense)
        while self.step_count < step:
            self._apply_pending()
            self._apply_changes()
            t = self.step_count
            if t in ring:
                self.timeline.add_ring(self._keyframe())
            nearest = next((s for s in ring if s > t), step)
            if self._stretch(min(self._stretch_end(step), nearest)):
                break

    def _restore(self, frame: Keyframe) -> None:
        """Put the state of ``frame`` in place and bind to the configuration of that moment."""
        config, origin = self._config_at(frame.step)
        self.machine.clock[0] = frame.step
        if config != self.machine.config or origin != self.machine.origin:
            self.machine.configure(config, origin)
        self.store.theta[...] = frame.theta
        for name, vector in frame.state.items():
            self.machine.state[name][...] = vector
        self.order.truncate(frame.step)
        for change in self.changes:
            size = dict(change.settings)
            if change.step <= frame.step and ("batch_size" in size or "optimizer" in size):
                self._resize(change.step, self._config_at(change.step)[0])
        self.pending = False
        self._preview = None
        self._applied = frame.step

    def _keyframe(self) -> Keyframe:
        """The settled state now; only called when no update is pending."""
        state = {name: vector.copy() for name, vector in self.machine.state.items()}
        return Keyframe(self.step_count, self.store.theta.copy(), state)

    def forward(self, grain: str = "operation") -> Stop:
        """Move the cursor on: to the next operation, layer, batch or the end of the epoch."""
        grain = grain_named(grain)
        tape = self.tape
        length = len(tape.events)
        if grain == "epoch":
            return self.train(epochs=1)
        if grain == "batch":
            if self.step_count and self.position < length:
                self.position = length
                return Stop("done", self.step_count, "")
            return self._next_step()
        if self.step_count == 0 or self.position >= length:
            stop = self._next_step()
            if stop.reason == "nan":
                return stop
            self.position = 0
            tape = self.tape
        self.position = self.position + 1 if grain == "operation" else tape.boundary(True)
        return Stop("done", self.step_count, "")

    def _next_step(self) -> Stop:
        """One more step: replayed where it has been taken before, else new."""
        return self._advance(self.step_count + 1, [])

    def back(self, grain: str = "operation") -> None:
        """Move the cursor back; before the first event of a step stands the end of the step before.

        Raises NnlabError at the very beginning.
        """
        grain = grain_named(grain)
        if self.step_count == 0:
            raise NnlabError(_("this is the beginning of the run; there is nothing before it"))
        if grain == "epoch":
            ended = self.order.last_step(1, self.step_count - 1) - self.order.steps_per_epoch(self.step_count)
            self.seek(max(0, ended))
        elif grain == "batch" or self.position == 0:
            self.seek(self.step_count - 1)
        else:
            self.position = self.position - 1 if grain == "operation" else self.tape.boundary(False)

    # ------------------------------------------------------------------ changing things

    def edit(self, address: str | Address, value: float) -> None:
        """Set one parameter to ``value``; recorded at this step, so that a replay does it again.

        What was computed beyond this step is forgotten; take a :meth:`branch` first to keep it.
        Raises NnlabError where the address is not a parameter or the value is not a finite number.
        """
        found = self.program.address(address)
        if found.part or found.value not in self.store:
            raise NnlabError(
                _("{address} is not a parameter; only weights and biases can be edited", address=found)
            )
        if not np.isfinite(value):
            raise NnlabError(_("{value} is not a finite number", value=value))
        self._change(weights=((found.value, found.index, float(value)),))

    def set(self, **settings: Any) -> None:
        """Change settings from the next step on: lr, optimizer, batch_size, schedule, clip, l1, l2, loss.

        Raises NnlabError as :class:`RunConfig` does; nothing is changed then.
        """
        for fixed in ("seed", "dtype", "shuffle"):
            if fixed in settings:
                raise NnlabError(_("{name} is fixed for a run; begin a new one to change it", name=fixed))
        self.config.changed(**settings)
        self._change(settings=tuple(sorted(settings.items())))

    def _change(self, **what: Any) -> None:
        self.settle()
        step = self.step_count
        self._forget_after(step)
        self.changes.append(Change(step, **what))
        self._do(self.changes[-1])
        self.timeline.add(self._keyframe())  # a keyframe holds the changes made at its step

    def _forget_after(self, step: int) -> None:
        self.changes = [c for c in self.changes if c.step <= step]
        self.history.truncate(step)
        self.timeline.truncate(step)
        self.order.truncate(step)

    def _apply_changes(self) -> None:
        """Do again what was changed at this step (in a replay); called once with nothing pending."""
        if self._applied >= self.step_count:
            return
        for change in self.changes:
            if self._applied < change.step <= self.step_count:
                self._do(change)
        self._applied = self.step_count

    _applied = -1

    def _do(self, change: Change) -> None:
        self._applied = change.step
        for name, index, value in change.weights:
            self.store[name][index] = value
        if change.settings:
            config, origin = self._config_at(change.step)
            self.machine.configure(config, origin if origin != self.machine.origin else None)
            self._resize(change.step, config)
        self._preview = None

    def _resize(self, step: int, config: RunConfig) -> None:
        if self.order.segment(step + 1).size != min(self._batch_size(config), self.order.n):
            self.order.resize(step, self._batch_size(config))

    def _config_at(self, step: int) -> tuple[RunConfig, int]:
        """The configuration in force after the changes at ``step``, and where its optimiser state began."""
        config, origin = self.first_config, 0
        for change in self.changes:
            if change.step > step or not change.settings:
                continue
            changed = config.changed(**dict(change.settings))
            if changed.rule.name != config.rule.name:
                origin = change.step
            config = changed
        return config, origin

    def branch(self, step: int | None = None, **settings: Any) -> Run:
        """A second run that shares the past up to ``step`` (here, unless given) and then goes its own way."""
        here, position = self.step_count, self.position
        if step is not None:
            self.seek(step)
        at = self.step_count
        twin = Run.__new__(Run)
        twin.network = Network(self.network.layers, self.network.input_shape, self.network.seed)
        twin.data = self.data
        twin._begin(self.first_config, self.machine.kernels)
        twin.changes = [c for c in self.changes if c.step <= at]
        twin.history = self.history.copy(at)
        twin.timeline = self.timeline.shared(at)
        twin._restore(twin.timeline.before(max(0, at - 1)))
        twin._replay(at)
        if twin.step_count == 0:
            twin.store.theta[...] = self.settled_theta() if here == 0 else twin.store.theta
        twin.position = len(twin.program.events) + 1 if at else 0
        if settings:
            twin.set(**settings)
        if step is not None and here != at:
            self.seek(here)
            self.position = position
        return twin

    # ------------------------------------------------------------------ asking

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
            self._preview = (self.step_count, self.machine.preview(self.step_count))
        return self._preview[1]

    def address(self, text: str | Address) -> Address:
        """Parse an address of this run: a value, a gradient, or a part of the update of a parameter."""
        program = self.program
        found = text if isinstance(text, Address) else self._split(text)
        if not self._is_update(found):
            return program.address(found)
        if found.value == "gradient":
            return Address("gradient", (), "norm")
        check_index(found, self.store.slices[found.value][2])
        known = [part for _label, part in columns(self.machine.optimizer)]
        if found.part not in known:
            raise NnlabError(
                _(
                    "{name} has no part “{part}”; it has {known}",
                    name=found.value,
                    part=found.part,
                    known=", ".join(p for p in known if p),
                )
            )
        return found

    def _split(self, text: str) -> Address:
        from nnlab.engine.address import split_address

        head, index, tail = split_address(text)
        if head.startswith("gradient"):
            return Address("gradient", (), "norm")
        name, part = self.program.split_name(head)
        return Address(name, index, ".".join(p for p in (part, tail) if p))

    def _is_update(self, address: Address) -> bool:
        if address.value == "gradient":
            return True
        return (
            address.value in self.store and address.part not in ("",) and not address.part.startswith("grad")
        )

    def value(self, text: str | Address) -> float:
        """The number at an address."""
        address = self.address(text)
        if address.value == "gradient":
            grad = host(self.store.grad)
            return float(np.sqrt(grad.dot(grad)))
        if self._is_update(address):
            parts = self.pending_update().parts
            return float(parts[address.part][self.store.position(address.value, address.index)])
        return self.program.read(address)

    def array(self, name: str, part: str = "") -> Array:
        """A whole value, gradient or update part of a parameter, as a NumPy array (may be a view)."""
        if self._is_update(Address(name, (), part)):
            return host(self.store.view(name, self.pending_update().parts[part]))
        return host(self.program.array(name, part))

    def explain(self, text: str | Address) -> Explanation:
        """The arithmetic behind the number at an address."""
        address = self.address(text)
        if not self._is_update(address):
            return self.program.explain(address, self.step_count)
        return self._explain_update(address)

    def _explain_update(self, address: Address) -> Explanation:
        rule = self.machine.optimizer
        layer = address.value.rsplit(".", 1)[0]
        value = self.value(address)
        if address.value == "gradient":
            grads = [
                ref(
                    Address(n, tuple(map(int, ix)), "grad"),
                    float(host(self.store.view(n, self.store.grad))[ix]),
                )
                for n in self.store
                for ix in np.ndindex(self.store.slices[n][2])
            ]
            expression = call("√", total([power(g, 2) for g in grads]))
            return Explanation(
                address, value, "update", "update", "norm", "‖grad‖ = √Σ grad²", self.step_count, expression
            )
        if address.part in rule.state_names:
            note = _("carried over from the update before; 0 at the start")
            return Explanation(
                address, value, "update", layer, rule.name, rule.formula, self.step_count, None, note
            )
        context = self.pending_update().at(self.store.position(address.value, address.index), address.of(""))
        return Explanation(
            address,
            value,
            "update",
            layer,
            rule.name,
            rule.formula,
            self.step_count,
            rule.explain(address.part, context),
        )

    def ledger(self, text: str | Address) -> list[tuple[str, Address, float]]:
        """One parameter's update in reading order: (label, address, value) from old to new."""
        address = self.address(text)
        if address.value not in self.store:
            raise NnlabError(
                _("{address} is not a parameter; the ledger is of weights and biases", address=address)
            )
        plain = Address(address.value, address.index)
        return [
            (label, plain.of(part), self.value(plain.of(part)))
            for label, part in columns(self.machine.optimizer)
        ]

    def check(self, text: str | Address) -> probes.NumericCheck:
        """Backprop's gradient at an address beside the central difference."""
        self._require_step()
        return probes.numeric_check(self, self.address(text))

    def nudge(self, text: str | Address, delta: float) -> probes.Nudge:
        """Predicted and true change of the loss when one number changes by ``delta``."""
        self._require_step()
        return probes.nudge(self, self.address(text), delta)

    def _require_step(self) -> None:
        if not self.step_count:
            raise NnlabError(_("nothing has been computed yet; take a step first"))

    def evaluate(self, part: str = "validation") -> metrics.Scores:
        """Loss, metric and confusion matrix on a part of the data, with every update applied."""
        return metrics.evaluate(self.machine, self.settled_theta(), part)

    def predict(self, x: Any) -> np.ndarray[Any, Any]:
        """Answers (n, outputs) for examples (n, *input_shape): probabilities for classes, else the numbers."""
        output = self.network.predict(x)
        if self.config.loss == "bce":
            return np.asarray(0.5 + 0.5 * np.tanh(output / 2))
        if self.config.loss == "cross_entropy":
            shifted = np.exp(output - output.max(axis=1, keepdims=True))
            return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))
        return output

    def diagnostics(self) -> list[diagnostics.LayerSigns]:
        return diagnostics.layer_signs(self)

    # ------------------------------------------------------------------ saving

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs besides the script: step, θ, optimiser state, history."""
        settled = self.pending_update() if self.pending else None
        arrays = settled.state if settled else {k: v.copy() for k, v in self.machine.state.items()}
        return {
            "step": self.step_count,
            "theta": host(self.settled_theta()).copy(),
            "state": {name: host(vector) for name, vector in arrays.items()},
            "losses": self.history.losses.copy(),
            "epochs": list(self.history.epochs),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state` gave, on a run with the same script: bit for bit the same numbers."""
        step = int(state["step"])
        asarray = self.store.xp.asarray
        vectors = {name: asarray(vector) for name, vector in state["state"].items()}
        frame = Keyframe(step, asarray(state["theta"]), vectors)
        self.timeline.add(frame)
        room = self.history.room(step)
        room[1 : step + 1] = state["losses"][:step]
        self.history.count = max(self.history.count, step)
        self.history.epochs = [
            row if isinstance(row, EpochRow) else EpochRow(*row) for row in state["epochs"]
        ]
        self._restore(frame)
        self.position = 0

    def keyed(self, **changes: Any) -> RunConfig:
        """The first configuration with ``changes``; for starting the same run again with other settings."""
        return replace(self.first_config, **changes)


Progress = Callable[[Run], None]

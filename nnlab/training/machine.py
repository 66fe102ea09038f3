"""The moving parts of a run: programs per batch size, parameters, optimiser state, the pending update.

A step is: apply the pending update, load a batch, forward, backward.  It leaves parameters as they were
when the activations were computed, so that everything on show explains everything else; the new
parameters exist only as a preview until the next step begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.data.augment import Augmentation, Bound
from nnlab.engine.clipping import Clipping
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.memory import allocating, require
from nnlab.engine.optimizer import EVERYTHING
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.program import Program, host
from nnlab.engine.schedules import Constant, Schedule
from nnlab.engine.store import ParameterStore, Settled
from nnlab.engine.update import Preview
from nnlab.engine.values import Role
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network, shape_text
from nnlab.network.wiring import INPUT
from nnlab.training.bounds import Bounds
from nnlab.training.config import RunConfig
from nnlab.training.feeds import Columns, Feeds
from nnlab.training.living import check_live, living_loader
from nnlab.training.objective import Turn, check_batches, check_output, objective
from nnlab.training.streams import in_batches, stream_rows

Array = Any
WIDEST = 1 << 22
"""Bytes of data up to which a copy of them, with a one behind every row, is kept for the sake of speed."""
EVALUATE_NUMBERS = 1 << 18
"""How many numbers an evaluation works on at once: in float32 they fit a second-level cache of 1 MB."""


def _compiled_from(config: RunConfig) -> tuple[object, ...]:
    """What programs depend on; a new batch size begins anew, so that old shapes are not kept for ever."""
    penalties = config.l1, config.l2
    return config.loss, penalties, config.freeze, config.turns, config.batch_size, config.rule.full_batch


class Machine:
    """A network, its data and one configuration, bound together.

    ``feeds`` are the training part: what step by step is gathered into values of the program, by their names.
    ``store`` holds θ and its gradient, ``state`` the optimiser's vectors, ``clock[0]`` the number of the step
    last computed.  ``material`` is that of a run on the same network and data, where there is one.
    """

    def __init__(
        self,
        network: Network,
        data: Dataset,
        config: RunConfig,
        store: ParameterStore,
        kernels: Kernels | None,
        material: Feeds | None = None,
    ):
        if data.input_shape != network.input_shape:
            raise NnlabError(
                _(
                    "the network takes examples of shape {wants}, but {data} has shape {has}",
                    wants=shape_text(network.input_shape),
                    data=data.name,
                    has=shape_text(data.input_shape),
                )
            )
        self.network, self.data, self.store = network, data, store
        self.kernels = kernels or table()
        self._all = material
        self.clock = [0]
        self.state: dict[str, Array] = {}
        self.origin = 0  # the step after which the optimiser state was zero
        self._bound: RunConfig | None = None
        with allocating(self.kernels.xp):
            self.configure(config)

    @property
    def material(self) -> Feeds:
        """All that the programs are fed with; runs on the same network and data share it."""
        assert self._all is not None
        return self._all

    # ------------------------------------------------------------------ binding

    def configure(self, config: RunConfig, origin: int | None = None) -> None:
        """Bind to ``config``; optimiser state is kept where the rule stays the same, else begins at zero.

        Data stay in place and programs stay bound where the change does not touch them: turning the learning
        rate while training costs next to nothing.
        """
        before, self.config = self._bound, config
        if before is None or before.loss != config.loss:
            self._load(config)
        if before is None or _compiled_from(before) != _compiled_from(config):
            made = objective(self.network, config, self.targets.shape[1:], self.targets.dtype.kind == "i")
            self.graph, self.turns = made.graph, made.turns
            self.output, self.made = made.output, made.made
            self.programs: dict[tuple[int, Turn], Program] = {}
            self.evaluators: dict[int, Program] = {}
            self._spare = self.store.twin()  # θ of the evaluators
            for store in (self.store, self._spare):
                store.lay_out_streams(config.rows(self.data))
        if before is None or before.augment != config.augment:
            changes = Augmentation.parse(config.augment)
            self._augment = changes.bind(self.data, config.seed) if changes.changes else None
        self._bound = config
        self.optimizer: Optimizer = config.rule
        self.schedule: Schedule = Schedule.parse(config.schedule)
        self.clip: Clipping | None = Clipping.parse(config.clip)
        self._require_memory()
        if set(self.state) != set(self.optimizer.state_names) or origin is not None:
            self.state = self.optimizer.new_state(self.store.theta, self.kernels)
            self.origin = self.clock[0] if origin is None else origin
        self.used = self.store.grad if self.clip is None else self.store.grad.copy()
        self._clip = None if self.clip is None else self.clip.bind(self.store.grad, self.used, self.kernels)
        self._updates = {
            turn: self.optimizer.bind(
                self.store.theta, self.used, self.state, self.kernels, self._spans(turn), turn.limit
            )
            for turn in dict.fromkeys(self.turns)
        }
        self._around = {
            turn: self._bounds(turn).bind(self.store.theta, self.kernels) for turn in self._updates
        }
        if before is None or _compiled_from(before) != _compiled_from(config) or config.augment:
            self.settle_evaluators(Settled(self.store.theta, self.store.states))
            check_live(self)

    def _bounds(self, turn: Turn) -> Bounds:
        """What holds the weights that ``turn`` changes."""
        return Bounds.of(self.graph, self.store, self.config, turn.wrt)

    def bounded(self, step: int) -> tuple[str, ...]:
        """The parameters whose columns the update of ``step`` may shorten."""
        return self._bounds(self.turn(step)).shortened

    def _spans(self, turn: Turn) -> tuple[slice, ...]:
        """The stretches of θ that ``turn`` changes."""
        return EVERYTHING if turn.wrt is None else self.store.spans(turn.wrt)

    def _load(self, config: RunConfig) -> None:
        """The data in the precision of the run, the training part where the programs compute."""
        if self._all is None or not self._all.serve(config, self.store.dtype, self.kernels):
            self._all = Feeds(self.network, self.data, config, self.store.dtype, self.kernels)
        self.inputs, self.targets = self._all.inputs, self._all.targets
        check_output(self.network, config, self.targets.shape[1:])
        check_batches(self.network, config, self.data)
        if len(self.data.split.train) == 0:
            raise NnlabError(
                _("{data} has no training examples; give split a first part", data=self.data.name)
            )
        self.feeds = self._all.part("train")

    def _require_memory(self) -> None:
        """Refuse a run whose optimiser state and first two keyframes cannot be held."""
        states = len(self.optimizer.state_names)
        require(
            (states + 2 * (1 + states)) * self.store.theta.nbytes,
            _("the optimiser state and keyframes of {n:,} parameters", n=self.store.size),
            xp=self.kernels.xp,
        )

    def turn(self, step: int) -> Turn:
        """Whose turn step number ``step`` (from 1) is."""
        return self.turns[(max(step, 1) - 1) % len(self.turns)]

    def program(self, batch: int, step: int = 1) -> Program:
        """The training program for ``batch`` examples and the turn of ``step``, made once and kept."""
        turn = self.turn(step)
        if (batch, turn) not in self.programs:
            self.programs[batch, turn] = Program(
                self.graph,
                self.store,
                batch,
                loss=turn.root,
                wrt=turn.wrt,
                seed=self.config.seed,
                kernels=self.kernels,
                clock=self.clock,
            )
        return self.programs[batch, turn]

    def loader(self, program: Program) -> Callable[[Array], None]:
        """``load(rows)``: gathers those rows of the training part into ``program``, or makes live data."""
        if self.data.live is not None:
            return living_loader(self, program)
        if self._augment is not None:
            return self._changing_loader(program, self._augment)
        gather = self.kernels.gather
        pairs = [
            (self.material.widened(name), program.with_ones[name])
            if name in program.with_ones and column.nbytes <= WIDEST
            else (column, program.values[name])
            for name, column in self.feeds.items()
        ]
        if any(not value.flags.c_contiguous for _column, value in pairs):
            return self._copying_loader(pairs)
        if len(pairs) > 2:

            def load_all(rows: Array) -> None:
                for column, value in pairs:
                    gather(column, rows, value)

            return load_all
        (x, xin), (t, tin) = pairs

        def load(rows: Array) -> None:
            gather(x, rows, xin)
            gather(t, rows, tin)

        return load

    def _changing_loader(self, program: Program, augment: Bound) -> Callable[[Array], None]:
        """``load(rows)`` that changes the examples on their way, on the host."""
        place, values, clock = self.kernels.xp.asarray, program.values, self.clock
        columns = {name: host(column) for name, column in self.feeds.items()}
        fresh = np.empty((program.batch, *columns[INPUT].shape[1:]), columns[INPUT].dtype)

        def load(rows: Array) -> None:
            places = host(rows)
            for name, column in columns.items():
                if name != INPUT:
                    values[name][...] = place(column[places])
            fresh[...] = columns[INPUT][places]
            values[INPUT][...] = place(augment(fresh, places, clock[0]))

        return load

    def _copying_loader(self, pairs: list[tuple[Array, Array]]) -> Callable[[Array], None]:
        """``load(rows)`` that gathers what has gaps into one piece of memory first, and copies from there."""
        gather, copy, empty = self.kernels.gather, self.kernels.copy, self.kernels.xp.empty
        whole = [(column, value) for column, value in pairs if value.flags.c_contiguous]
        gaps = [pair for pair in pairs if not pair[1].flags.c_contiguous]
        apart = [(column, empty(value.shape, value.dtype), value) for column, value in gaps]

        def load(rows: Array) -> None:
            for column, value in whole:
                gather(column, rows, value)
            for column, fresh, value in apart:
                gather(column, rows, fresh)
                copy(fresh, value)

        return load

    # ------------------------------------------------------------------ the update

    def lr(self, step: int) -> float:
        """The learning rate of update number ``step``."""
        return self.schedule.value(step - 1, self.optimizer.lr) * self.turn(step).pace

    def updater(self, program: Program) -> Callable[[int], None]:
        """``apply(step)``: the update that step ``step``, a pass of ``program``, left pending."""
        if not self.graph.carries:
            return self._parameter_updater()
        update = self._parameter_updater()

        def apply(step: int) -> None:
            update(step)
            program.carry()

        return apply

    def _parameter_updater(self) -> Callable[[int], None]:
        clip, lr, schedule = self._clip, self.optimizer.lr, self.schedule
        updates, around = self._updates, self._around
        if len(self.turns) == 1 and clip is None and isinstance(schedule, Constant):
            turn, origin = self.turns[0], self.origin
            if around[turn] is None:
                update = updates[turn]
                return lambda step: update(step - origin, lr)

        def apply(step: int) -> None:
            if clip is not None:
                clip()
            turn = self.turn(step)
            before, after = around[turn] or (None, None)
            if before is not None:
                before()
            updates[turn](self.updates_done(step), self.lr(step))
            if after is not None:
                after()

        return apply

    def updates_done(self, step: int) -> int:
        """How many updates the player of ``step`` has had with this optimiser state, that of ``step`` too."""
        if len(self.turns) == 1:
            return step - self.origin
        mine = [turn == self.turn(step) for turn in self.turns]

        def until(last: int) -> int:
            rounds, rest = divmod(last, len(mine))
            return rounds * sum(mine) + sum(mine[:rest])

        return until(step) - until(self.origin)

    def preview(self, step: int) -> Preview:
        """The pending update of step ``step``, on copies."""
        return self.preview_by(self.optimizer, self.state, self.updates_done(step), step)

    def preview_by(self, rule: Optimizer, state: Mapping[str, Array], done: int, step: int) -> Preview:
        """What ``rule`` would make of step ``step`` as its update number ``done``, on copies; gradients are
        clipped, weights bounded, and the learning rate is as in the run.
        """
        turn = self.turn(step)
        bounds = self._bounds(turn)
        return rule.preview(
            self.store.theta,
            self.store.grad,
            state,
            done,
            self.lr(step),
            self.clip,
            self.kernels,
            self._spans(turn),
            turn.limit,
            bounds.max_norm,
            bounds.sparse,
        )

    # ------------------------------------------------------------------ evaluating

    def part(self, name: str) -> Columns:
        """A part of the data by the names of the values it is for, where the programs compute."""
        return self.material.part(name)

    def evaluator(self, batch: int) -> Program:
        """A program that runs forward with the spare parameters, dropout off."""
        if batch not in self.evaluators:
            self.evaluators[batch] = Program(
                self.graph, self._spare, batch, training=False, kernels=self.kernels, clock=self.clock
            )
        return self.evaluators[batch]

    def settle_evaluators(self, settled: Settled) -> None:
        """Give the programs of :meth:`evaluator` the parameters and states of ``settled``."""
        self._spare.theta[...] = settled.theta
        self._spare.put_states(settled.states)

    def samples(self, settled: Settled, n: int) -> Array:
        """What the generator makes of ``n`` rows of noise."""
        self.settle_evaluators(settled)
        program = self.evaluator(n)
        with np.errstate(all="ignore"):  # a diverged network is told by its numbers
            program.forward()
        return host(program.values[self.made]).copy()

    def forward_all(
        self, settled: Settled, part: str, read: str, most: int | None = None
    ) -> tuple[Array, Array]:
        """(value ``read`` (n, …), ``loss.each`` (n, …)) over a part of the data with ``settled``.

        ``most`` is how many rows are enough, all unless given.  The chunks are the same every time, so that
        the bits are.  Stateful layers read the part from its beginning, in batches that go on from one
        another as in training.
        """
        self.settle_evaluators(settled)
        self._spare.begin_streams()
        feeds, chunks = self.part(part), self._chunks(len(self.data.split.part(part)[:most]))
        kept: list[Array] = []
        each: list[Array] = []
        for chunk in chunks:
            places = chunk if isinstance(chunk, slice) else self.kernels.xp.asarray(chunk)
            program = self.evaluator(len(feeds[INPUT][places]))
            for name, column in feeds.items():
                program.values[name][...] = column[places]
            program.forward()
            if self.graph.streams:
                program.carry()
            kept.append(host(program.values[read]).copy())
            each.append(host(program.values["loss.each"]).copy())
        found = np.concatenate(kept), np.concatenate(each)
        if not self.graph.streams:
            return found
        back = np.argsort(np.concatenate(chunks))
        return found[0][back], found[1][back]

    def _chunks(self, n: int) -> list[Any]:
        """What an evaluation of ``n`` rows takes at a time: slices, or rows that go on from one another."""
        if self.graph.streams:
            size = self.config.rows(self.data)
            return in_batches(stream_rows(n, self.data.streams, size), size)
        values = [v for v in self.graph.values.values() if v.role is not Role.PARAMETER]
        rows = max(1, EVALUATE_NUMBERS // sum(prod(value.concrete(1)) for value in values))
        return [slice(start, min(start + rows, n)) for start in range(0, n, rows)]

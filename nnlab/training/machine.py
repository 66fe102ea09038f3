"""The moving parts of a run: programs per batch size, parameters, optimiser state, the pending update.

A step is: apply the pending update, load a batch, forward, backward.  It leaves parameters as they were
when the activations were computed, so that everything on show explains everything else; the new
parameters exist only as a preview until the next step begins.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.engine import ops
from nnlab.engine.clipping import Clipping
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.memory import require
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.program import Program, host
from nnlab.engine.schedules import Constant, Schedule
from nnlab.engine.store import ParameterStore, Settled
from nnlab.engine.update import Preview
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network, shape_text
from nnlab.training.config import RunConfig, targets

Array = Any
EVALUATE_NUMBERS = 1 << 18
"""How many numbers an evaluation works on at once: in float32 they fit a second-level cache of 1 MB."""


def _compiled_from(config: RunConfig) -> tuple[object, ...]:
    """What programs depend on; a new batch size begins anew, so that old shapes are not kept for ever."""
    return config.loss, config.l1, config.l2, config.batch_size, config.rule.full_batch


class Machine:
    """A network, its data and one configuration, bound together.

    ``x`` (n_train, …) and ``t`` (n_train, outputs) are the training part; ``store`` holds θ and its gradient,
    ``state`` the optimiser's vectors, ``clock[0]`` the number of the step last computed.
    """

    def __init__(
        self,
        network: Network,
        data: Dataset,
        config: RunConfig,
        store: ParameterStore,
        kernels: Kernels | None,
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
        if len(network.output_shape) != 1:
            raise NnlabError(
                _(
                    "the network ends in shape {shape}; end it in a dense layer so that the loss "
                    "has a row to read",
                    shape=shape_text(network.output_shape),
                )
            )
        self.network, self.data, self.store = network, data, store
        self.kernels = kernels or table()
        self.clock = [0]
        self.state: dict[str, Array] = {}
        self.origin = 0  # the step after which the optimiser state was zero
        self._bound: RunConfig | None = None
        self.configure(config)

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
            self.graph, self.root = self._build(config)
            self.programs: dict[int, Program] = {}
            self.evaluators: dict[int, Program] = {}
            self._spare = self.store.twin()  # θ of the evaluators
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
        self._update = self.optimizer.bind(self.store.theta, self.used, self.state, self.kernels)

    def _load(self, config: RunConfig) -> None:
        """The data in the precision of the run, the training part where the programs compute."""
        self.targets = targets(self.data, config.loss, self.network.output_shape[0], self.store.dtype)
        self.inputs = np.ascontiguousarray(self.data.x, self.store.dtype)
        train = self.data.split.train
        if len(train) == 0:
            raise NnlabError(
                _("{data} has no training examples; give split a first part", data=self.data.name)
            )
        self.x, self.t = self._place(self.inputs[train]), self._place(self.targets[train])
        self._parts = {"train": (self.x, self.t)}

    def _require_memory(self) -> None:
        """Refuse a run whose optimiser state and first two keyframes cannot be held."""
        if self.kernels.xp is np:
            states = len(self.optimizer.state_names)
            require(
                (states + 2 * (1 + states)) * self.store.theta.nbytes,
                _("the optimiser state and keyframes of {n:,} parameters", n=self.store.size),
            )

    def _place(self, array: Array) -> Array:
        return self.kernels.xp.asarray(np.ascontiguousarray(array))

    def _build(self, config: RunConfig) -> tuple[Graph, str]:
        graph = Graph()
        out = self.network.build(graph)
        target = graph.value("target", (BATCH, *self.network.output_shape), Role.TARGET)
        (loss, *_rest) = graph.apply(config.loss_rule.operation(), out, target)
        weights: list[Value] = [p for p in graph.parameters if len(p.shape) > 1]
        if (config.l1 or config.l2) and weights:
            (penalty,) = graph.apply(ops.Penalty("penalty", config.l1, config.l2), *weights)
            (total,) = graph.apply(ops.Total("total"), loss, penalty)
            return graph, total.name
        return graph, loss.name

    def program(self, batch: int) -> Program:
        """The training program for ``batch`` examples, made once and kept."""
        if batch not in self.programs:
            self.programs[batch] = Program(
                self.graph,
                self.store,
                batch,
                loss=self.root,
                seed=self.config.seed,
                kernels=self.kernels,
                clock=self.clock,
            )
        return self.programs[batch]

    # ------------------------------------------------------------------ the update

    def lr(self, step: int) -> float:
        """The learning rate of update number ``step``."""
        return self.schedule.value(step - 1, self.optimizer.lr)

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
        update, clip, origin, lr = self._update, self._clip, self.origin, self.optimizer.lr
        if clip is None and isinstance(self.schedule, Constant):
            return lambda step: update(step - origin, lr)
        schedule = self.schedule

        def apply(step: int) -> None:
            if clip is not None:
                clip()
            update(step - origin, schedule.value(step - 1, lr))

        return apply

    def preview(self, step: int) -> Preview:
        """The pending update of step ``step``, on copies."""
        return self.optimizer.preview(
            self.store.theta,
            self.store.grad,
            self.state,
            step - self.origin,
            self.lr(step),
            self.clip,
            self.kernels,
        )

    # ------------------------------------------------------------------ evaluating

    def part(self, name: str) -> tuple[Array, Array]:
        """(inputs (n, …), targets (n, outputs)) of a part of the data, where the programs compute."""
        if name not in self._parts:
            rows = self.data.split.part(name)
            self._parts[name] = self._place(self.inputs[rows]), self._place(self.targets[rows])
        return self._parts[name]

    def evaluator(self, batch: int) -> Program:
        """A program that runs forward with the spare parameters, dropout off."""
        if batch not in self.evaluators:
            self.evaluators[batch] = Program(
                self.graph, self._spare, batch, training=False, kernels=self.kernels, clock=self.clock
            )
        return self.evaluators[batch]

    @property
    def output(self) -> str:
        """The name of the network's output value."""
        return self.graph.producers["loss"][0].inputs[0].name

    def forward_all(self, settled: Settled, part: str, read: str) -> tuple[Array, Array]:
        """(value ``read`` (n, …), loss of each example (n,)) over a part of the data with ``settled``.

        The chunks are the same every time, so that the bits are.
        """
        self._spare.theta[...] = settled.theta
        self._spare.put_states(settled.states)
        x, t = self.part(part)
        values = [v for v in self.graph.values.values() if v.role is not Role.PARAMETER]
        rows = max(1, EVALUATE_NUMBERS // sum(prod(value.concrete(1)) for value in values))
        kept: list[Array] = []
        each: list[Array] = []
        for start in range(0, len(x), rows):
            chunk = slice(start, start + rows)
            program = self.evaluator(len(x[chunk]))
            program.values["input"][...] = x[chunk]
            program.values["target"][...] = t[chunk]
            program.forward()
            kept.append(host(program.values[read]).copy())
            each.append(host(program.values["loss.each"])[:, 0].copy())
        return np.concatenate(kept), np.concatenate(each)

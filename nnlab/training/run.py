"""A run: a network moving through time.

The state after n steps is a function of (network, data, configuration, changes): nothing has to be recorded
to come back to it, keyframes only save replaying from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.data.augment import Augmentation
from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.kernels import Kernels
from nnlab.engine.manifest import Event
from nnlab.errors import NnlabError
from nnlab.given import at_least_one, finite_number, shown, whole_number, written
from nnlab.i18n import _
from nnlab.network import Network, surgery
from nnlab.training import diagnostics, metrics, probes, reader, taken_out
from nnlab.training.conditions import Condition
from nnlab.training.config import RunConfig
from nnlab.training.cursor import move_back, move_on
from nnlab.training.drive import Stop, advance
from nnlab.training.living import with_making
from nnlab.training.objective import check_batches, require_players, trained_parameters
from nnlab.training.rest import Rest
from nnlab.training.saved import put_state, state_of
from nnlab.training.tape import Tape
from nnlab.training.targets import targets
from nnlab.training.track import Track

Array = Any


class Run(Track):
    """Trains ``network`` on ``data`` and answers for every number on the way.

    >>> import nnlab
    >>> data = nnlab.datasets.load("xor")
    >>> run = nnlab.Run(nnlab.Network.parse("dense 3 tanh | dense 1", 2), data, optimizer="adam lr=0.1")
    >>> stop = run.train(steps=3)
    >>> run.step_count, run.explain("dense2.z[0,0]").formula
    (3, 'z = x·W + b')

    The first run on a network trains that network, from the parameters it has, or drawn from ``seed`` where
    it has none yet.  Another run on the same network trains a blank one of its own, ``run.network``, drawn
    from its own ``seed``: runs never share weights.  ``Run(network.copy(), …)`` goes on from what is trained.

    ``loss`` is a text such as ``"mse"``, by the task of the data unless given; so are ``optimizer``
    (``"adam lr=0.01"``), ``schedule`` (``"cosine 1000"``) and ``clip`` (``"norm 1"``).
    ``maxnorm`` is the longest that the weights of a unit may be together, 0 for any length.
    ``sparse`` keeps weights at 0 that are 0.
    ``freeze`` names layers whose parameters stay as they are (``"conv1 conv2"``), ``augment`` what becomes
    of examples on their way into a batch (``"shift:1 noise:0.1"``).  ``turns`` says who takes steps in a
    duel: ``"both"`` in turn, the ``"discriminator"`` alone, or the ``"generator"`` alone.
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
        maxnorm: float = 0.0,
        sparse: bool = False,
        freeze: str = "",
        augment: str = "",
        dtype: str = "float32",
        keyframe_budget: int = 256 << 20,
        shuffle: bool = True,
        turns: str = "both",
        kernels: Kernels | None = None,
    ):
        if not isinstance(network, Network):
            raise NnlabError(
                _(
                    "a run trains a Network, not {given}; nnlab.Network.parse makes one of its notation",
                    given=shown(network),
                )
            )
        if not isinstance(data, Dataset):
            raise NnlabError(
                _(
                    "a run trains on a Dataset, not on {given}; nnlab.datasets.load makes one by its name",
                    given=shown(data),
                )
            )
        config = RunConfig.make(
            data,
            network.output_shape[-1],
            network.duel,
            loss=loss,
            optimizer=optimizer,
            batch_size=batch_size,
            seed=seed,
            schedule=schedule,
            clip=clip,
            l1=l1,
            l2=l2,
            maxnorm=maxnorm,
            sparse=sparse,
            freeze=freeze,
            augment=augment,
            dtype=dtype,
            shuffle=shuffle,
            turns=turns,
        )
        super().__init__(network, data, config, keyframe_budget=keyframe_budget, kernels=kernels)
        self.position, self.rest = 0, Rest(self)

    # ------------------------------------------------------------------ where we are

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
        return float(self.history.losses[self.step_count - 1]) if self.step_count else float("nan")

    @property
    def batch_indices(self) -> Array:
        """Rows of the data set in the current batch, in order."""
        train = self.data.split.train
        return train[self.order.batch(max(1, self.step_count))]

    @property
    def tape(self) -> Tape:
        """The tape of the current step; once it is settled, of the next one, with nothing known yet."""
        step = self.step_count if self.pending else self.step_count + 1
        epoch, start, _size = self.order.locate(step)
        segment = self.order.segment(step)
        return Tape(
            self.events,
            self.position if self.pending else 0,
            step,
            epoch,
            start // segment.size + 1,
            self.order.steps_per_epoch(step),
        )

    @property
    def on_show(self) -> Run:
        """The run whose numbers fit together here, for a reader who looks at all of them.

        After a change of settings that is the last step as it was, parameters included, until the next one is
        taken.  After an edit the weights are the new ones, and nothing has been computed with them yet.
        """
        return self.rest.seen() if self.rest and not self.rest.edited else self

    @property
    def events(self) -> tuple[Event, ...]:
        """The events of one step: those of the program, then the update."""
        events = with_making(self, tuple(self.program.events))
        rule = self.machine.optimizer
        wrt = self.program.wrt
        names = tuple(name for name in self.store if name in wrt)
        reads = tuple(f"{name}.grad" for name in names) + names
        update = Event(
            len(events),
            "update",
            "update",
            rule.name,
            rule.formula,
            reads,
            tuple(f"{n}.new" for n in names),
        )
        return (*events, update)

    # ------------------------------------------------------------------ moving forward

    def step(self, n: int = 1) -> Stop:
        """Take ``n`` steps; the last update stays pending and can be looked at."""
        return advance(self, self.step_count + at_least_one("steps", n), [])

    def train(
        self, epochs: int | None = None, steps: int | None = None, until: str | Condition | None = None
    ) -> Stop:
        """Train for whole epochs or for steps, at most until a condition holds.

        Raises NnlabError for counts below 1 or conditions that cannot be read.
        """
        conditions = []
        if until is not None:
            condition = until if isinstance(until, Condition) else Condition.parse(until)
            condition.check_against(self)
            condition.require_ahead(self)
            conditions = [condition]
        target = self.step_count + at_least_one("steps", steps) if steps is not None else None
        if epochs is not None:
            target = self.order.last_step(at_least_one("epochs", epochs), self.step_count)
        if target is None and not conditions:
            target = self.order.last_step(1, self.step_count)
        return advance(self, target, conditions)

    def run_to(self, step: int, conditions: list[Condition] | None = None) -> Stop:
        """Train on to step ``step``, or until one of ``conditions`` holds."""
        return advance(self, step, conditions or [])

    def settle(self) -> None:
        """Apply the pending update and what was changed at this step, as an edit or a save does."""
        self.rest.hold()
        self.apply_pending()
        self.apply_changes()
        self.position = 0
        self.rest.begin()

    # ------------------------------------------------------------------ moving in time

    def seek(self, step: int) -> None:
        """Go to the moment just after step ``step``, bit for bit as it was.

        Its update is pending and can be looked at; what was changed there holds from the next step on.

        Raises NnlabError for steps this run has not reached.
        """
        step = whole_number(_("step"), step)
        if not 0 <= step <= self.last_step:
            raise NnlabError(
                _("step {n} is not in this run, which has steps 0 to {last}", n=step, last=self.last_step)
            )
        if step != self.step_count or not self.pending:
            self.go_to(step)
        self.position = len(self.events) if self.pending else 0

    def best_step(self) -> int:
        """The step that ended the epoch with the least validation loss: where early stopping goes back to.

        Raises NnlabError before the first epoch, or where there is no validation part.
        """
        rows = [row for row in self.history.epochs if np.isfinite(row.val_loss)]
        if not rows:
            raise NnlabError(_("no epoch has been measured on a validation part yet; run 1 epoch first"))
        return min(rows, key=lambda row: row.val_loss).step

    def forward(self, grain: str = "operation") -> Stop:
        """Move the cursor on: to the next operation, layer, batch or the end of the epoch."""
        return move_on(self, grain)

    def back(self, grain: str = "operation") -> None:
        """Move the cursor back; before the first event of a step stands the end of the step before.

        Raises NnlabError at the very beginning.
        """
        move_back(self, grain)

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
        try:
            with np.errstate(over="ignore"):
                number = float(self.store.dtype.type(value))
        except (TypeError, ValueError):
            number = float("nan")
        if not np.isfinite(number):
            raise NnlabError(
                _("{value} is not a finite number of {dtype}", value=value, dtype=self.store.dtype.name)
            )
        self._alter(edited=True, weights=((found.value, found.index, float(value)),))

    def operate(self, text: str) -> None:
        """Do something to all weights, such as ``prune 0.5``, ``quantise 8`` or ``ablate dense1 3``.

        Weights that are pruned stay so while training goes on, until ``sparse`` is set to False.
        It is recorded at this step; :meth:`put_back` takes an ablation back.  Raises NnlabError where it
        cannot be done, or a unit is taken out already; nothing is changed then.
        """
        act = surgery.read(text)
        self.settle()  # what stands here after the update and after what was changed at this step before
        tried = self.network.copy()
        past = [change for change in self.changes if change.step <= self.step_count]
        before = taken_out.before(past, tried, text)
        act(tried, tried.store)
        settings = (("sparse", True),) if text.startswith(surgery.PRUNE) else ()
        self._alter(edited=True, surgery=text, before=before, settings=settings)

    def put_back(self, layer: str = "", units: Iterable[int] = ()) -> list[str]:
        """Put back what ablations took out: all of it, that of a layer, or single units; says what.

        They have the numbers that they had before.  Raises NnlabError where nothing of that is taken out.
        """
        past = [change for change in self.changes if change.step <= self.step_count]
        weights, names = taken_out.restoring(past, layer, list(units))
        self._alter(edited=True, weights=weights)
        return names

    def set(self, **settings: Any) -> None:
        """Change settings from the next step on, such as lr, optimizer, batch_size, schedule, l2 or freeze.

        Raises NnlabError as :class:`RunConfig` does; nothing is changed then.
        """
        for fixed in ("seed", "dtype", "shuffle"):
            if fixed in settings:
                raise NnlabError(_("{name} is fixed for a run; begin a new one to change it", name=fixed))
        changed = self.config.changed(**settings)
        targets(self.data, changed.loss, self.network.output_shape, self.store.dtype)
        trained_parameters(self.network, changed)
        require_players(self.network, changed)
        check_batches(self.network, changed, self.data)
        Augmentation.parse(changed.augment).bind(self.data, changed.seed)
        self._alter(edited=False, settings=tuple(sorted(settings.items())))

    def _alter(self, edited: bool, **what: Any) -> None:
        """Do a change here, and rest; ``edited`` says that it changes weights."""
        self.rest.hold()
        self.change(**what)
        self.position = 0
        self.rest.begin(edited)

    def branch(self, step: int | None = None, **settings: Any) -> Run:
        """A second run that shares the past up to ``step`` (here, unless given) and then goes its own way."""
        at = self.step_count if step is None else whole_number(_("step"), step)
        if not 0 <= at <= self.last_step:
            raise NnlabError(
                _("step {n} is not in this run, which has steps 0 to {last}", n=at, last=self.last_step)
            )
        twin = Run.__new__(Run)
        Track.__init__(
            twin,
            self.network.blank(),
            self.data,
            self.first_config,
            keyframe_budget=self.timeline.budget,
            kernels=self.machine.kernels,
            material=self.machine.material,
        )
        twin.changes = [c for c in self.changes if c.step <= at]
        twin.history = self.history.copy(at)
        twin.timeline = self.timeline.shared(at)
        twin.restore_frame(twin.timeline.before(max(0, at - 1)))
        twin.replay(at)
        twin.position, twin.rest = len(twin.events) if twin.pending else 0, Rest(twin)
        if settings:
            twin.set(**settings)
        return twin

    # ------------------------------------------------------------------ asking

    def address(self, text: str | Address) -> Address:
        """Parse an address of this run: a value, a gradient, or a part of the update of a parameter."""
        return reader.find_address(self, text)

    def value(self, text: str | Address) -> float:
        """The number at an address; after a change, of the passes of the last step as they were."""
        seen = self.rest.seen() if self.rest else self
        address = seen.address(text)
        return reader.read_value(self if self._is_parameter(address) else seen, address)

    def array(self, name: str, part: str = "") -> np.ndarray[Any, Any]:
        """A whole value, gradient or update part of a parameter, as a NumPy array (may be a view)."""
        return reader.read_array(self, written(_("the name of a value"), name, "dense1.z"), part)

    def explain(self, text: str | Address) -> Explanation:
        """The arithmetic behind the number at an address.

        After a change (:meth:`set`, :meth:`edit`) the passes of the last step are explained as they were.
        Raises NnlabError where no step was taken yet.
        """
        address = (self.rest.seen() if self.rest else self).address(text)
        if self._is_parameter(address):
            return reader.explain(self, address)
        explanation = reader.explain(self.rest.seen(), address)
        return self.rest.noted(explanation) if self.rest else explanation

    def _is_parameter(self, address: Address) -> bool:
        return not address.part and address.value in self.store

    def ledger(self, text: str | Address) -> list[tuple[str, Address, float]]:
        """One parameter's update in reading order: (label, address, value) from old to new."""
        seen = self.rest.seen()
        return reader.ledger(seen, seen.address(text))

    def check(self, text: str | Address) -> probes.NumericCheck:
        """Backprop's gradient at an address beside the central difference."""
        seen = self.rest.seen()
        return probes.numeric_check(seen, seen.address(text))

    def nudge(self, text: str | Address, delta: float) -> probes.Nudge:
        """Predicted and true change of the loss when one number changes by ``delta``."""
        seen = self.rest.seen()
        return probes.nudge(seen, seen.address(text), finite_number(_("the nudge"), delta))

    def nudges(self, text: str | Address, deltas: Iterable[float]) -> list[probes.Nudge]:
        """Predicted and true change of the loss for each of ``deltas``, from one copy of the step."""
        seen = self.rest.seen()
        numbers = [finite_number(_("the nudge"), delta) for delta in deltas]
        return probes.nudges(seen, seen.address(text), numbers)

    def evaluate(self, part: str = "validation") -> metrics.Scores:
        """Loss, metric and confusion matrix on a part of the data, with every update applied."""
        return metrics.evaluate(self.machine, self.settled(), part)

    def answers(self, part: str = "validation") -> np.ndarray[Any, Any]:
        """The class ids said for a part of the data: (n,), or (n, time) where every position has one."""
        return metrics.answers(self.machine, self.settled(), part)

    def samples(self, n: int = 256) -> np.ndarray[Any, Any]:
        """(n, *input_shape) examples made by the generator as it is now, from noise of this step.

        Raises NnlabError where the network generates nothing.
        """
        if not self.machine.made:
            raise NnlabError(
                _("this network makes no examples; a generator begins with noise and ends in versus")
            )
        return np.asarray(self.machine.samples(self.settled(), at_least_one("samples", n)))

    def predict(self, x: Any) -> np.ndarray[Any, Any]:
        """Answers (n, outputs) for examples (n, *input_shape): probabilities of classes, or numbers.

        They are read as the loss reads them; ``run.network.predict(x)`` gives the bare outputs (logits).
        """
        return self.decide(x)[0]

    def decide(self, x: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Answers (n, outputs) for examples (n, *input_shape), and the class each stands for, (n,)."""
        outputs = self.network.predict(x)
        rule = self.config.loss_rule.kind
        return rule.answers(outputs), rule.chosen(outputs)

    def diagnostics(self) -> list[diagnostics.LayerSigns]:
        """Sizes of weights, gradients and updates, and dead units, of every layer with parameters."""
        return diagnostics.layer_signs(self.on_show)

    # ------------------------------------------------------------------ saving

    def state(self) -> dict[str, Any]:
        """Everything :meth:`restore` needs besides the script: step, θ, optimiser state, history."""
        return state_of(self)

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what :meth:`state` gave, on a run with the same script: bit for bit the same numbers."""
        put_state(self, state)
        self.position = 0
        self.rest.end()
        self.rest.begin()

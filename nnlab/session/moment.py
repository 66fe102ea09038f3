"""One moment of a run, as pictures read it: arrays that are known where the tape stands, and nothing else.

Between steps it reads the run; while training goes on it reads the snapshot that the training thread made
at a step boundary, so drawing never waits for a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.network.generate import Sampling
from nnlab.session.columns import Column, columns_of
from nnlab.session.grounds import ground_of
from nnlab.session.pairs import as_floats, matched, same_data
from nnlab.session.steps import Steps, steps_of
from nnlab.session.text import asked_text, target_text
from nnlab.session.trial import trial_of
from nnlab.session.twin import twin_of

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.explain import Explanation
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame
    from nnlab.session.trial import Trial
    from nnlab.training import Run
    from nnlab.training.tape import Tape

Array = np.ndarray[Any, Any]
COPIED = 1 << 20
"""Numbers of a value that are copied for a picture while training goes on; of larger ones ``?`` is shown."""
UNASKED = ("target", "loss", "loss.each", "penalty", "total")
"""Values that mean nothing where nothing is asked."""
PART = "@part:"
"""Between name and part in the trainer's list of wanted values."""


@dataclass(frozen=True, slots=True)
class Place:
    """A number of the network without saying of which example: ``dense1.z`` (2,), ``dense1.W`` (0, 2)."""

    value: str
    index: tuple[int, ...] = ()


@dataclass
class Moment:
    """``example`` is the row of the training split that is followed, ``row`` its row in the batch.

    ``followed`` is False where the example is not in this batch; the batch's first row is shown then.
    ``own`` is a text of the learner's that is followed in place of an example: ``run`` is what reads it, and
    ``data`` have that one row of ``length`` tokens.  Nothing is asked of it, unless it is what comes next.
    ``sampling`` is how signs would be drawn.
    Where ``other`` is a run, every number is what that one has more; nothing explains such a number.
    """

    run: Run
    data: Dataset
    columns: tuple[Column, ...]
    tape: Tape
    example: int = 0
    flip: bool = False
    frame: Frame | None = None
    row: int = 0
    followed: bool = True
    trial: Trial | None = None
    own: str = ""
    length: int = 0
    sampling: Sampling = field(default_factory=Sampling)
    other: Run | None = None
    _kept: dict[tuple[str, str], Array | None] = field(default_factory=dict, repr=False)
    _explained: dict[Address, Explanation | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of(
        cls, session: Session, flip: bool = False, frame: Frame | None = None, trying: bool = False
    ) -> Moment:
        """The session's current run here and now; ``frame``: as the training thread saw it.

        ``trying``: after an edit the example is passed through with the new weights.

        Raises NnlabError where data or network are missing or do not fit each other.
        """
        run, data = session.shown(fresh=frame is None)
        own = session.bench.own
        moment = cls._seen(session, run, data, flip, frame)
        if trying and frame is None and not own:
            moment.trial = trial_of(moment.run, moment.dataset_row)
        return moment

    @classmethod
    def beside(
        cls, session: Session, difference: bool, flip: bool = False, frame: Frame | None = None
    ) -> Moment | None:
        """The moment of the twin, or the ``difference`` that it makes; None where there is no twin, or a text
        of the learner's is followed, which only the current run reads.
        """
        twin = twin_of(session.bench)
        if twin is None or session.bench.own:
            return None
        data = session.need_data()
        theirs = ground_of(session.bench, session.bench.twin).data or data
        if difference:
            run = session.need_run()
            moment = cls._seen(session, run if frame is not None else run.on_show, data, flip, frame)
            moment.other = twin if frame is not None else twin.on_show
            return moment
        if frame is not None:
            frame = replace(frame, values=frame.twin, rows=frame.twin_rows)
        return cls._seen(session, twin if frame is not None else twin.on_show, theirs, flip, frame)

    @classmethod
    def _seen(cls, session: Session, run: Run, data: Dataset, flip: bool, frame: Frame | None) -> Moment:
        """The moment of one of the runs of ``session``."""
        own = session.bench.own
        texts = {row.name: row.text for row in run.network.ledger()}
        columns = columns_of(run.program.graph, texts)
        example = 0 if own else min(session.example, len(data.split.train) - 1)
        moment = cls(run, data, columns, run.tape, example, flip, frame, own=own)
        moment.length = session.reader.own.length if session.reader is not None else 0
        moment.sampling = Sampling(*session.bench.sampling)
        moment._find_row()
        return moment

    # -- where we are ---------------------------------------------------------------------------

    @property
    def step(self) -> int:
        """Steps computed so far."""
        return self.frame.step if self.frame is not None else self.run.step_count

    @property
    def computed(self) -> bool:
        """Whether there is a step whose numbers can be looked at; not so at the start and after an edit.

        A change of settings leaves the last step on show.
        """
        return self.frame is not None or self.run.pending

    @property
    def phase(self) -> str:
        """forward, loss, backward or update; the end of a step while training goes on."""
        if self.frame is not None:
            return "forward"
        return self.tape.phase

    @property
    def backward(self) -> bool:
        """Whether gradients are shown in the places of the values; a text of one's own has some where it is
        asked something, and shows them when they are asked for."""
        if self.own:
            return self.flip and self.asked
        return (self.phase == "backward") != self.flip

    @property
    def image(self) -> tuple[int, int] | None:
        return self.data.image_shape

    @cached_property
    def dataset_row(self) -> int:
        """The row of the data set that is shown."""
        rows = self._rows
        return int(self.data.split.train[self.example] if self.followed or rows is None else rows[self.row])

    @property
    def _rows(self) -> Array | None:
        """The rows of the data set in this batch; None where the snapshot does not say."""
        rows: Array | None = self.run.batch_indices if self.frame is None else self.frame.rows
        return rows

    @cached_property
    def input(self) -> Array:
        """What is fed in for the example shown, (*input_shape)."""
        batch = self._raw("input", "") if self.computed else None
        return np.asarray(self.data.x[self.dataset_row] if batch is None else batch[self.row])

    @cached_property
    def steps(self) -> Steps | None:
        """What stands at the steps of the input; None where it is no sequence."""
        return steps_of(self, "input")

    @cached_property
    def truth(self) -> str:
        """The answer that would be right, as words; nothing where nobody knows."""
        if self.own and not self.asked:
            return ""
        made = self._raw("target", "") if self.data.live is not None and self.computed else None
        if made is not None:
            return asked_text(self.data, np.asarray(made[self.row]))
        return target_text(self.data, self.dataset_row)

    @cached_property
    def said(self) -> int | None:
        """The class that the output stands for; None while it is not known."""
        outputs = self.example_of(self.output.post) if self.other is None else None
        return None if outputs is None else int(self.run.config.loss_rule.kind.chosen(outputs[None])[0])

    @cached_property
    def asked(self) -> bool:
        """Whether there is something that is right to be compared with."""
        return not self.own or bool(getattr(self.run, "asked", False))

    def _find_row(self) -> None:
        """Where in the batch the followed example is."""
        rows = self._rows if self.computed else None
        if rows is None:
            return
        same = np.flatnonzero(rows == self.data.split.train[self.example])
        self.followed = bool(len(same))
        self.row = int(same[0]) if len(same) else 0

    def turn_to(self, row: int) -> None:
        """Show row ``row`` of the batch."""
        self.followed, self.row = self.followed and row == self.row, row

    # -- numbers --------------------------------------------------------------------------------

    def _raw(self, name: str, part: str) -> Array | None:
        """A whole value as it lies in memory, known or not."""
        frame = self.frame
        if self.trial is not None and frame is None and name not in self.run.store:
            return None if part else self.trial.array(name)
        own = _read(self.run, None if frame is None else frame.values, name, part)
        if self.other is None or own is None or name in ("input", "target", *self.data.inputs):
            return own
        theirs = _read(self.other, None if frame is None else frame.twin, name, part)
        if self.batched(name) and not same_data(self.run, self.other):
            return None
        rows = (self._rows, self._their_rows) if self.batched(name) else (None, None)
        found = None if theirs is None else matched(own, theirs, *rows)
        return None if found is None else found - as_floats(own)

    @property
    def _their_rows(self) -> Array | None:
        """The rows of the data set in the other run's batch."""
        if self.other is None:
            return None
        rows: Array | None = self.other.batch_indices if self.frame is None else self.frame.twin_rows
        return rows

    def array(self, name: str, part: str = "") -> Array | None:
        """A whole value, gradient or update part; None where the tape has not come to it."""
        key = (name, part)
        if name == "input" and not part and not self.computed and self.other is None:
            return self.input[None]  # the example is known before anything is computed
        if key not in self._kept:
            self._kept[key] = self._raw(name, part) if self.known(name, part) else None
        return self._kept[key]

    def known(self, name: str, part: str = "") -> bool:
        if name in UNASKED and not self.asked:
            return False
        if self.frame is not None:
            return True
        if not self.computed or (self.other is not None and not self.other.pending):
            tried = self.trial is not None and self.trial.array(name) is not None
            return not part and (name in self.run.store or tried)
        return self.tape.known(Address(name, (), part))

    def example_of(self, name: str, part: str = "") -> Array | None:
        """The numbers of the example shown, one per unit, (units,)."""
        if name == "input" and not part:
            return self.input.reshape(-1)
        array = self.array(name, part)
        if array is None or not array.ndim:
            return None
        return np.asarray(array[min(self.row, len(array) - 1)]).reshape(-1)

    def shown(self, column: Column, name: str) -> Array | None:
        """The value called ``name`` of ``column``, or its gradient while backward is shown."""
        return self.example_of(name, self.part_of(name))

    def part_of(self, name: str) -> str:
        """``grad`` while backward is shown and the value has a gradient (the input has none)."""
        return "grad" if self.backward and self.has_gradient(name) else ""

    def weights(self, column: Column) -> Array | None:
        """(in, units): the weights, or their gradients while backward is shown."""
        if not column.weights:
            return None
        return self.array(column.weights, "grad" if self.backward else "")

    def bias(self, column: Column) -> Array | None:
        if not column.bias:
            return None
        return self.array(column.bias, "grad" if self.backward else "")

    def has_gradient(self, name: str) -> bool:
        return name in self.run.program.gradients

    def address(self, place: Place) -> Address:
        """The address of a place for the example shown, in the direction shown."""
        part = self.part_of(place.value)
        if place.value in self.run.store or not self.batched(place.value):
            return Address(place.value, place.index, part)
        return Address(place.value, (self.row, *place.index), part)

    def place(self, address: Address) -> Place:
        """The place an address stands on."""
        if address.value in self.run.store or not self.batched(address.value):
            return Place(address.value, address.index)
        return Place(address.value, address.index[1:])

    def batched(self, name: str) -> bool:
        value = self.run.program.graph.values.get(name)
        return value is not None and bool(value.shape) and value.shape[0] == -1

    def number(self, address: Address) -> float | None:
        """The number at ``address``; None where it is not known yet."""
        array = self.array(address.value, address.part)
        if array is None:
            return None
        try:
            return float(array[address.index])
        except (IndexError, TypeError):
            return None

    def explain(self, address: Address) -> Explanation | None:
        """The arithmetic of a number; None where the tape has not come to it, and while training goes on."""
        if address not in self._explained:
            self._explained[address] = self._arithmetic(address)
        return self._explained[address]

    def _arithmetic(self, address: Address) -> Explanation | None:
        if self.frame is not None or self.other is not None or not self.known(address.value, address.part):
            return None
        try:
            if self.trial is not None and address.value not in self.run.store:
                return self.trial.explain(address, self.step)
            return self.run.explain(address)
        except (NnlabError, KeyError):
            return None

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a value in this run's program."""
        return self.run.program.graph.values[name].concrete(self.run.program.batch)

    def column(self, name: str) -> Column | None:
        """The column a value belongs to."""
        for column in self.columns:
            if name in (column.name, column.post, column.pre, column.weights, column.bias, column.mask):
                return column
        return None

    @property
    def output(self) -> Column:
        return self.columns[-1]

    def wanted(self, opened: str = "") -> frozenset[str]:
        """What the training thread should copy for the next picture; ``opened`` is the layer that is looked
        at in detail, whose view says what it reads.
        """
        from nnlab.session import views

        names = ["input", *self.data.inputs, "target", "loss", "loss.p", "loss.each"]
        for column in self.columns:
            names += filter(None, (*column.values, column.weights, column.bias))
            names += views.wanted(self, column, column.name == opened)
        values = self.run.program.values
        small = [name for name in names if name in values and values[name].size <= COPIED]
        return frozenset(small + [f"{name}{PART}grad" for name in small if self.backward])


def _read(run: Run, values: Mapping[str, Array] | None, name: str, part: str) -> Array | None:
    """A whole value of ``run``, of its snapshot ``values`` while it trains; None where there is none."""
    if values is not None:
        return values.get(f"{name}{PART}{part}" if part else name)
    if part and not part.startswith("grad") and not run.pending:
        return None
    try:
        return np.asarray(run.array(name, part))
    except (NnlabError, KeyError):
        return None

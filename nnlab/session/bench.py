"""The bench: everything a session holds, and mementos of it for undo.

A memento is cheap: data and networks are never changed in place, so it keeps references to them; a run is
kept with the place it stood at.  Where a run itself would be changed (an edit, another learning rate) the
session changes a branch of it and leaves the old run to the memento.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from nnlab.session.words import number_text

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.address import Address
    from nnlab.network import Network
    from nnlab.session.grounds import Ground
    from nnlab.training import Run
    from nnlab.training.landscape import Axis


@dataclass(frozen=True)
class Setup:
    """The knobs of training, as a run takes them."""

    loss: str | None = None
    optimizer: str = "adam"
    batch_size: int | None = 32
    seed: int = 1
    shuffle: bool = True
    schedule: str = "constant"
    clip: str = "none"
    l1: float = 0.0
    l2: float = 0.0
    maxnorm: float = 0.0
    sparse: bool = False
    freeze: str = ""
    augment: str = ""
    turns: str = "both"
    patience: int = 0  # epochs without a better one after which training stops and goes back to the best

    def changed(self, **changes: object) -> Setup:
        """A setup with other values; ``lr`` is an option of the optimiser's text."""
        values = dict(changes)
        if "lr" in values:
            optimizer = str(values.get("optimizer", self.optimizer))
            rate = number_text(float(str(values.pop("lr"))))
            words = [w for w in optimizer.split() if not w.startswith("lr=")]
            values["optimizer"] = " ".join([*words, f"lr={rate}"])
        return replace(self, **values)  # type: ignore[arg-type]

    def to_json(self) -> dict[str, object]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True)
class Prediction:
    """A number the learner wrote down, and the true one (None while it is not known)."""

    address: str
    predicted: float
    truth: float | None
    step: int


@dataclass(frozen=True)
class Hit:
    """A breakpoint has stopped training ``count`` times, the last time at ``step`` because of ``run``."""

    condition: str
    run: str
    step: int
    count: int


@dataclass
class Bench:
    """One learner's things.

    Every run has its setup and its reach: the furthest step it has been trained to.  Acting before that
    step is acting in the past.  ``points`` are drawn by hand: (x, y, label).  ``axes`` are the parameters
    that the landscape of the loss was asked for, none where nobody has.  ``twin`` is the run that goes
    wherever the current one goes, "" for none; ``pins`` are runs kept in sight; ``hits`` say what breakpoints
    have done, the last one at the end; those that are ``resting`` stop nothing.  ``seeded`` are the names of
    runs that were begun together from several seeds, group by group.
    """

    data_text: str = ""
    data: Dataset | None = None
    network_text: str = ""
    network: Network | None = None
    weights: Mapping[str, Any] | None = None  # what the network begins with, where it does not draw them
    runs: dict[str, Run] = field(default_factory=dict)
    setups: dict[str, Setup] = field(default_factory=lambda: {"main": Setup()})
    reach: dict[str, int] = field(default_factory=dict)
    current: str = "main"
    example: int = 0
    sampling: tuple[float, int, float] = (
        1.0,
        0,
        1.0,
    )  # temperature, top_k, top_p that candidates are shown with
    own: str = ""  # a text of the learner's that is followed in place of an example
    selection: Address | None = None
    grain: str = "batch"
    breaks: tuple[str, ...] = ()
    resting: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()
    twin: str = ""
    pins: tuple[str, ...] = ()
    seeded: tuple[tuple[str, ...], ...] = ()
    grounds: dict[str, Ground] = field(default_factory=dict)  # where runs stand on different things
    points: tuple[tuple[float, float, str], ...] = ()
    axes: tuple[Axis, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    studies: dict[str, Any] = field(default_factory=dict)  # what trials of this bench found last, by action

    @property
    def run(self) -> Run | None:
        return self.runs.get(self.current)

    @property
    def setup(self) -> Setup:
        return self.setups[self.current]

    @property
    def acting(self) -> tuple[str, ...]:
        """The breakpoints that stop training."""
        return tuple(text for text in self.breaks if text not in self.resting)

    def start_afresh(self, setup: Setup | None = None) -> None:
        """Forget all runs: data, network, loss or seed have changed."""
        self.runs, self.setups = {}, {"main": setup or self.setup}
        self.reach, self.current, self.selection, self.studies = {}, "main", None, {}
        self.twin, self.pins, self.seeded, self.hits, self.grounds = "", (), (), (), {}

    def copied(self) -> Bench:
        """The same things in containers of their own."""
        twin = copy.copy(self)
        twin.runs, twin.setups, twin.reach = dict(self.runs), dict(self.setups), dict(self.reach)
        twin.grounds = dict(self.grounds)
        return twin


@dataclass(frozen=True)
class Place:
    """Where a run stands: its step, the tape's cursor in it, and whether its update is still pending."""

    step: int
    cursor: int
    pending: bool

    @classmethod
    def of(cls, run: Run) -> Place:
        return cls(run.step_count, run.position, run.pending)

    def put(self, run: Run) -> None:
        """Move ``run`` here, bit for bit."""
        if Place.of(run) == self:
            return
        run.seek(self.step)
        if not self.pending:
            run.settle()
        run.position = self.cursor


@dataclass(frozen=True)
class Memento:
    """The bench as it was before an action, and that action's text."""

    action: str
    bench: Bench
    places: dict[str, Place]

    @classmethod
    def of(cls, bench: Bench, action: str) -> Memento:
        return cls(action, bench.copied(), {name: Place.of(run) for name, run in bench.runs.items()})

    def restore(self) -> Bench:
        """The bench again, with every run moved back to where it stood.

        A run that has been trained further since is replaced by a branch of it, so that its curves end
        where they ended; the longer run stays with the memento of redo.
        """
        bench = self.bench.copied()
        for name, run in bench.runs.items():
            reach = max(bench.reach.get(name, 0), self.places[name].step)
            if run.last_step > reach:
                bench.runs[name] = run.branch(reach)
            self.places[name].put(bench.runs[name])
        return bench

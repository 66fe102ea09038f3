"""What a lesson needs of a session, and how it reads numbers from one.

The engine is the only source of numbers: a :data:`Probe` is an address (``dense1.z[0,0]``) or a
function of the bench, and is read when a step is entered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from nnlab.errors import NnlabError
from nnlab.i18n import _

T = TypeVar("T")


class Bench(Protocol):
    """The narrow part of :class:`nnlab.session.Session` that lessons use."""

    @property
    def data(self) -> Any: ...

    @property
    def network(self) -> Any: ...

    @property
    def run(self) -> Any: ...

    quiet: bool
    """True while a lesson sets up: what is trained then is nothing to tell."""
    background: bool
    """Whether training goes on beside whoever has asked for it."""

    def execute(self, line: str) -> Any: ...

    def subscribe(self, callback: Callable[[str, Any], None]) -> Any: ...


Probe = str | float | Callable[[Any], float]


def read_probe(probe: Probe, bench: Bench) -> float:
    """The number a probe stands for, now."""
    if isinstance(probe, str):
        if bench.run is None:
            raise NnlabError(
                _("{address} has no value yet: nothing has been computed on this bench", address=probe)
            )
        return float(bench.run.value(probe))
    return float(probe(bench)) if callable(probe) else float(probe)


def between_steps(bench: Bench, work: Callable[[], T]) -> T:
    """What ``work`` answers, done where no training step is half taken."""
    trainer = getattr(bench, "trainer", None)
    return work() if trainer is None else trainer.at_boundary(work)


def training_step(bench: Bench) -> int:
    """The step of a training that goes on; 0 where the run stands still."""
    trainer = getattr(bench, "trainer", None)
    return int(bench.run.step_count) if trainer is not None and trainer.running else 0


@contextmanager
def prepared(bench: Bench) -> Iterator[None]:
    """While a lesson sets ``bench`` up: every line is done to its end, training too, and nobody is told."""
    background = bench.background
    bench.quiet, bench.background = True, False
    try:
        yield
    finally:
        bench.quiet, bench.background = False, background


def perform(bench: Bench, lines: Sequence[str]) -> None:
    """Execute action lines in order; the error of a bad one names it."""
    for line in lines:
        try:
            bench.execute(line)
        except NnlabError as error:
            raise NnlabError(_("the action '{line}' failed: {reason}", line=line, reason=error)) from error


AFRESH = (
    "set optimizer=adam batch=32 schedule=constant clip=none l1=0 l2=0 maxnorm=none sparse=no freeze=none "
    "augment=none patience=none shuffle=yes turns=both loss=auto"
)
"""All knobs as a new session has them, but for the seed, which a lesson chooses."""


def afresh(bench: Bench) -> list[str]:
    """Lines that undo what was turned in the steps before: a step names only the knobs it is about."""
    from nnlab.session.bench import Setup

    inner = getattr(bench, "bench", None)  # a bench of a test has no knobs
    if inner is None:
        return []
    turned = inner.setup != Setup(seed=inner.setup.seed)
    return [AFRESH] * turned + ["unbreak all"] * bool(inner.breaks)


@dataclass(frozen=True, slots=True)
class Found:
    """What the check of a goal saw: ok, or which ``### say`` text tells what is missing, with its values."""

    ok: bool
    say: str = ""
    misconception: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def found(ok: bool, say: str = "", misconception: str = "", **values: object) -> Found:
    """``found(False, "row", row="(1, 0)", z=0.4)`` shows the section ``### say row`` with {row} and {z}."""
    return Found(ok, say, misconception, values)

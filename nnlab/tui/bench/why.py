"""What the inspector is about: one number, the way that led to it, and what was asked about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.session.pairs import address_there, numbers_at

if TYPE_CHECKING:
    from nnlab.engine.explain import Explanation
    from nnlab.session.session import Session
    from nnlab.session.trial import Trial
    from nnlab.training import Run
    from nnlab.training.probes import Nudge, NumericCheck

Ledger = tuple[tuple[str, Address, float | None], ...]


@dataclass(frozen=True)
class Beside:
    """The same number in the twin called ``name``, and what it has more; None where it is not known.

    ``address`` is where it stands there: an example may lie in another row of that run's batch.
    """

    name: str
    value: float | None
    difference: float | None
    address: Address | None = None


@dataclass(frozen=True)
class Question:
    """The number at ``address``, reached over ``trail``; everything else is what the run answered.

    ``limit`` is how many terms are listed, 0 for as many as fit.  ``known`` is False where the tape has
    not come to it, ``unknown`` are the operands it has not come to; ``rule`` is the formula that will make
    it.  ``trouble`` is why there is no answer.  ``of`` is the run that is asked, "" for the current one, and
    ``runs`` those that the numbers of the trail are of.
    """

    address: Address | None = None
    trail: tuple[Address, ...] = ()
    explanation: Explanation | None = None
    known: bool = True
    unknown: frozenset[Address] = frozenset()
    ledger: Ledger = ()
    check: NumericCheck | None = None
    nudges: tuple[Nudge, ...] = ()
    chosen: float = 0.0
    limit: int = 0
    predicted: tuple[tuple[float, float | None], ...] = field(default=())
    rule: str = ""
    twin: Beside | None = None
    trouble: str = ""
    of: str = ""
    runs: tuple[str, ...] = ()

    def into(self, address: Address, of: str | None = None) -> Question:
        """The same way, one number further; in the run ``of`` where that is another one."""
        run = self.of if of is None else of
        if self.address is None:
            return Question(address, of=run)
        return Question(address, (*self.trail, self.address), of=run, runs=(*self.runs, self.of))

    def back(self) -> Question:
        """One number back; the first one stays."""
        if not self.trail:
            return self
        return Question(self.trail[-1], self.trail[:-1], of=self.runs[-1], runs=self.runs[:-1])

    def across(self) -> Question:
        """The same number in the twin."""
        twin = self.twin
        return self if twin is None or twin.address is None else self.into(twin.address, twin.name)


def ask(session: Session, question: Question, trial: Trial | None = None) -> Question:
    """``question`` with the run's answers as they are now; after an edit those of a pass on ``trial``."""
    address = question.address
    if address is None:
        return question
    if question.of in session.runs and question.of != session.current:
        return _ask_other(session.runs[question.of], replace(question, twin=None), address)
    try:
        now = session.need_run()
        of_step = address.value in now.store and bool(address.part)
        run = now.on_show if of_step else session.shown()[0]
        parameter = address.value in run.store and not address.part
        known = run.tape.known(address) if run.pending else parameter
        explanation = run.explain(address) if run.pending or known else None
        if trial is not None and not parameter and trial.holds(address):
            explanation, known = trial.explain(address, run.step_count), True
        if explanation is not None and now.rest and run is not now and not session.bench.own:
            explanation = now.rest.noted(explanation)
        name = f"{address.value}.{address.part}" if address.part else address.value
        rule = next((event.formula for event in run.events if name in event.writes), "")
        ledger: Ledger = ()
        if address.value in now.store and now.on_show.pending:
            rows = now.on_show.ledger(Address(address.value, address.index))
            ledger = tuple(
                (label, a, value if now.on_show.tape.known(a) else None) for label, a, value in rows
            )
        kept = [p for p in session.predictions if p.address == str(address)]
        twin = _beside(session, address)
        predicted = tuple((p.predicted, session.value(address)) for p in kept[-2:])
    except (NnlabError, KeyError, IndexError) as error:
        return replace(question, explanation=None, ledger=(), trouble=str(error))
    later: frozenset[Address] = frozenset()
    if explanation is not None and not known:
        later = frozenset(a for a in explanation.addresses if not run.tape.known(a))
    answered = replace(question, explanation=explanation, known=known, unknown=later, ledger=ledger)
    return replace(answered, predicted=predicted, rule=rule, twin=twin, trouble="")


def _ask_other(run: Run, question: Question, address: Address) -> Question:
    """``question`` answered by a run that is not the current one."""
    try:
        shown = run.on_show
        known = shown.tape.known(address) if shown.pending else address.value in run.store
        explanation = run.explain(address) if shown.pending or known else None
    except (NnlabError, KeyError, IndexError) as error:
        return replace(question, explanation=None, ledger=(), trouble=str(error))
    return replace(question, explanation=explanation, known=known, unknown=frozenset(), trouble="")


def _beside(session: Session, address: Address) -> Beside | None:
    """The number of the twin; None where there is no twin or nothing of it to compare, as of a rate."""
    try:
        own, theirs = numbers_at(session.bench, address)
    except (NnlabError, KeyError, IndexError):
        return None
    if not session.bench.twin:
        return None
    difference = None if own is None or theirs is None else theirs - own
    return Beside(session.bench.twin, theirs, difference, address_there(session.bench, address))


def checked(session: Session, question: Question) -> Question:
    """With the central difference beside backpropagation's gradient."""
    if question.address is None:
        return question
    return replace(question, check=session.need_run().check(question.address))


STEPS = (-4, -3, -2, -1, 1, 2, 3, 4)


def nudged(session: Session, question: Question, delta: float) -> Question:
    """With predicted and true changes of the loss for nudges up to four times ``delta`` to both sides."""
    if question.address is None:
        return question
    run = session.need_run()
    size = abs(delta) or 0.01
    nudges = tuple(run.nudges(question.address, [k * size / 2 for k in STEPS]))
    return replace(question, nudges=nudges, chosen=delta)

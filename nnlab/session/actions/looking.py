"""Actions that look: explain a number, predict it, check it, show a part of the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session

SHOWN = (
    "network",
    "data",
    "tape",
    "history",
    "comparison",
    "parameters",
    "surface",
    "landscape",
    "diagnostics",
    "setup",
    "example",
    "runs",
    "log",
)
WHOLE = ("input", "target", "loss", "penalty", "total")
"""Values whose names have no dot; all others are written as dense1.W."""
SPLITS = ("train", "validation", "test")


class Looking(Action):
    """An action that changes nothing; replay has nothing to repeat."""

    undoable = False
    live = True

    def replay(self, session: Session) -> None:
        return


@dataclass(frozen=True)
class _AtAddress(Looking):
    """A look at one number, which becomes the selection."""

    address: str

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.address())

    def __str__(self) -> str:
        return f"{self.name} {self.address}"


@register
@dataclass(frozen=True)
class Explain(_AtAddress):
    """The arithmetic behind one number."""

    name = "explain"
    syntax = "explain ADDRESS [in RUN]"
    help = N_("show the arithmetic that made a number, and where each part of it comes from")
    example = "explain dense1.W[0,1].grad"
    category = "looking"
    arguments = ("address", "in_run", "run_name")
    aliases = ("why",)

    run: str = ""

    @classmethod
    def parse(cls, words: Words) -> Explain:
        address = words.address()
        if not words.more:
            return cls(address)
        words.choice(("in",), _("the word “in” before the name of a run"))
        return cls(address, words.take(_("the name of a run")))

    def __str__(self) -> str:
        return f"explain {self.address}" + (f" in {self.run}" if self.run else "")

    def apply(self, session: Session) -> Result:
        if self.run and self.run != session.current:
            return self._elsewhere(session)
        address = session.address(self.address)
        run = session.need_run()
        if session.bench.own and (address.value not in run.store or address.part == "grad"):
            run = session.shown()[0]
        if run.pending and not run.tape.known(address):
            raise NnlabError(_("the tape has not come to {address} yet; “step” goes on", address=address))
        explanation = run.explain(address)
        session.bench.selection = explanation.address
        return session.answer("explanation", explanation)

    def _elsewhere(self, session: Session) -> Result:
        """In a run that is not the current one, where that stands."""
        from nnlab.session.twin import require

        require(session.bench, self.run)
        run = session.runs[self.run]
        address = run.address(self.address)
        if run.pending and not run.tape.known(address):
            raise NnlabError(
                _("the tape of {run} has not come to {address} yet", run=self.run, address=address)
            )
        return session.answer("explanation", run.explain(address))

    def replay(self, session: Session) -> None:
        if not self.run or self.run == session.current:
            session.select(self.address)


@register
@dataclass(frozen=True)
class Predict(Action):
    """The learner's own number, kept and shown beside the truth; never scored."""

    name = "predict"
    syntax = "predict ADDRESS VALUE"
    help = N_("write down your own prediction of a number; it is shown beside the truth, never marked")
    example = "predict dense2.z[0,0] 0.5"
    category = "looking"
    arguments = ("address",)
    undoable = False
    live = True

    address: str
    value: float

    @classmethod
    def parse(cls, words: Words) -> Predict:
        return cls(words.address(), words.number(_("your prediction")))

    def __str__(self) -> str:
        return f"predict {self.address} {number_text(self.value)}"

    def apply(self, session: Session) -> Result:
        return session.answer("prediction", session.predict(self.address, self.value))


@register
@dataclass(frozen=True)
class Check(_AtAddress):
    """A gradient against the central difference."""

    name = "check"
    syntax = "check ADDRESS"
    help = N_("check a gradient: backpropagation's value beside a central difference")
    example = "check dense1.W[0,1]"
    category = "looking"
    arguments = ("address",)

    def apply(self, session: Session) -> Result:
        return session.answer("check", session.need_run().check(session.address(self.address)))


@register
@dataclass(frozen=True)
class Nudge(Action):
    """What a small change of a weight does to the loss: predicted and true."""

    name = "nudge"
    syntax = "nudge ADDRESS DELTA"
    help = N_("change a number a little for trial: predicted change of the loss beside the true one")
    example = "nudge dense1.W[0,1] 0.01"
    category = "looking"
    arguments = ("address",)
    undoable = False
    live = True

    address: str
    delta: float

    @classmethod
    def parse(cls, words: Words) -> Nudge:
        return cls(words.address(), words.number(_("the nudge")))

    def __str__(self) -> str:
        return f"nudge {self.address} {number_text(self.delta)}"

    def apply(self, session: Session) -> Result:
        return session.answer(
            "nudge", session.need_run().nudge(session.address(self.address), self.delta), delta=self.delta
        )

    def replay(self, session: Session) -> None:
        return


@register
@dataclass(frozen=True)
class Ledger(_AtAddress):
    """One weight's update, line by line."""

    name = "ledger"
    syntax = "ledger ADDRESS"
    help = N_("show how the optimiser changes one weight: old value, gradient, state, step, new value")
    example = "ledger dense1.W[0,1]"
    category = "looking"
    arguments = ("parameter_address",)

    def apply(self, session: Session) -> Result:
        return session.answer("update", session.need_run().ledger(session.address(self.address)))


@register
@dataclass(frozen=True)
class Example(Action):
    """The one example that is followed all the way."""

    name = "example"
    syntax = "example ROW"
    help = N_("follow one example of the training split, counted from 0")
    example = "example 3"
    category = "looking"
    undoable = False
    live = True

    row: int

    @classmethod
    def parse(cls, words: Words) -> Example:
        return cls(words.integer(_("the row of the example"), low=0))

    def __str__(self) -> str:
        return f"example {self.row}"

    def apply(self, session: Session) -> Result:
        session.follow(self.row)
        return session.answer("example", session)


@register
@dataclass(frozen=True)
class Select(_AtAddress):
    """The number under the cursor."""

    name = "select"
    syntax = "select ADDRESS"
    help = N_("put the cursor on a number")
    example = "select dense1.W[0,1]"
    category = "looking"
    arguments = ("address",)
    logged = False

    def apply(self, session: Session) -> Result:
        address = session.select(self.address)
        return session.answer("value", (address, session.value(address)))


@register
@dataclass(frozen=True)
class Show(Looking):
    """A part of the bench, or a whole value, as text."""

    name = "show"
    syntax = (
        "show [network|data|tape|history|comparison|parameters|surface|landscape|diagnostics|setup|example"
        "|runs|log] | show VALUE"
    )
    help = N_(
        "show a part of the bench or all numbers of a value such as dense1.W; alone, the bench in short"
    )
    example = "show network"
    category = "looking"
    arguments = ("show",)
    logged = False

    what: str = ""

    @classmethod
    def parse(cls, words: Words) -> Show:
        word = words.peek()
        if "." in word or word in WHOLE:
            return cls(words.take(""))
        return cls(words.choice(SHOWN, _("a thing to show"))) if words.more else cls()

    def __str__(self) -> str:
        return f"show {self.what}".strip()

    def apply(self, session: Session) -> Result:
        return session.show(self.what or "bench")


@register
@dataclass(frozen=True)
class Evaluate(Looking):
    """Loss and metric on a split."""

    name = "evaluate"
    syntax = "evaluate [train|validation|test]"
    help = N_("measure loss and metric on a split of the data, with the confusion matrix")
    example = "evaluate test"
    category = "looking"
    arguments = ("split",)

    split: str = "validation"

    @classmethod
    def parse(cls, words: Words) -> Evaluate:
        return cls(words.choice(SPLITS, _("a split"))) if words.more else cls()

    def __str__(self) -> str:
        return f"evaluate {self.split}"

    def apply(self, session: Session) -> Result:
        return session.answer("scores", session.need_run().evaluate(self.split), split=self.split)


@register
@dataclass(frozen=True)
class Classify(Looking):
    """The network's answer for a row of the data or for numbers of one's own."""

    name = "classify"
    syntax = "classify row N | classify X1 X2 …"
    help = N_("ask the network: for a row of the data, or for numbers of your own")
    example = "classify row 3"
    category = "looking"
    arguments = ("row",)
    aliases = ("infer",)

    row: int = -1
    numbers: tuple[float, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Classify:
        if words.peek().lower() == "row":
            words.take("")
            return cls(words.integer(_("the row"), low=0))
        numbers = [words.number(_("an input of the network"))]
        while words.more:
            numbers.append(words.number(_("an input of the network")))
        return cls(-1, tuple(numbers))

    def __str__(self) -> str:
        inside = f"row {self.row}" if self.row >= 0 else " ".join(map(number_text, self.numbers))
        return f"classify {inside}"

    def apply(self, session: Session) -> Result:
        return session.answer("answer", session.classify(self.row, self.numbers))

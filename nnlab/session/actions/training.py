"""Actions that train: steps, runs, breakpoints and edits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.goal import Goal
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Step(Action):
    """Forward by one or more operations, layers, batches or epochs."""

    name = "step"
    syntax = "step [N] [operation|layer|batch|epoch]"
    help = N_("go forward by one grain, or by N: one operation, one layer, one batch, one epoch")
    example = "step layer"
    category = "training"
    arguments = ("grain*",)
    aliases = ("s",)

    count: int = 1
    grain: str = ""

    @classmethod
    def parse(cls, words: Words) -> Step:
        count = 1
        if words.more and words.peek().lstrip("+-").isdigit():
            count = words.integer(_("the number of steps"), low=1)
        return cls(count, reading.grain(words) if words.more else "")

    def __str__(self) -> str:
        return " ".join(filter(None, ("step", str(self.count) if self.count != 1 else "", self.grain)))

    def as_run(self, grain: str) -> Action:
        """Several whole steps or epochs are a run: it can be paused, and breakpoints count."""
        kind = {"batch": "steps", "epoch": "epochs"}.get(self.grain or grain, "")
        return Run(Goal(kind, self.count)) if kind and self.count > 1 else self

    def apply(self, session: Session) -> Result:
        stop = session.forward(self.grain or session.bench.grain, self.count)
        found = session.answer("position", session.need_run())
        return replace(found, lines=[stop.text, *found.lines]) if stop.reason == "nan" else found


@register
@dataclass(frozen=True)
class Run(Action):
    """Train until something is reached; ``…`` at the end marks training that was still going on."""

    name = "run"
    syntax = "run [N epochs|steps] | run until CONDITION | run to step N"
    help = N_("train: for some epochs or steps, until a condition holds, or until paused")
    example = "run until val_loss rises 5"
    category = "training"
    arguments = ("run_goal", "condition*")
    aliases = ("train",)

    goal: Goal = field(default_factory=Goal)
    going_on: bool = False

    @classmethod
    def parse(cls, words: Words) -> Run:
        if not words.more:
            return cls()
        word = words.peek().lower()
        if word == "until":
            words.take("")
            return cls(Goal("until", condition=reading.normal_text(words, "condition")))
        if word == "to":
            words.take("")
            words.choice(["step"], _("the word “step”"))
            step = words.integer(_("the step to run to"), low=0)
            going_on = words.peek() == "…"
            if going_on:
                words.take("")
            return cls(Goal("to", step), going_on)
        if not word.lstrip("+-").isdigit():
            words.take("")
            raise words.unknown(word, _("a goal of a run"), ["until", "to step", "5 epochs", "100 steps"])
        count = words.integer(_("the number of epochs or steps"), low=1)
        unit = words.choice(["epochs", "steps", "epoch", "step"], _("a unit"))
        return cls(Goal(unit.removesuffix("s") + "s", count))

    def __str__(self) -> str:
        return " ".join(filter(None, ("run", str(self.goal), "…" if self.going_on else "")))

    def apply(self, session: Session) -> Result:
        return session.train(self)

    def replay(self, session: Session) -> None:
        session.retrain(self)


@register
@dataclass(frozen=True)
class Pause(Action):
    """Stop a run that goes on in the background."""

    name = "pause"
    syntax = "pause"
    help = N_("pause training at the next step boundary")
    example = "pause"
    category = "training"
    undoable = False
    logged = False

    def apply(self, session: Session) -> Result:
        stop = session.trainer.pause()
        return Result([stop.text if stop else _("nothing is running")], payload=stop)


@register
@dataclass(frozen=True)
class Edit(Action):
    """One number changed by hand."""

    name = "edit"
    syntax = "edit ADDRESS VALUE"
    help = N_("change a weight or a bias by hand; recorded at this step")
    example = "edit dense1.W[0,1] 0.5"
    category = "training"
    arguments = ("parameter_address",)
    live = True

    address: str
    value: float

    @classmethod
    def parse(cls, words: Words) -> Edit:
        return cls(words.address(), words.number(_("the new value")))

    def __str__(self) -> str:
        return f"edit {self.address} {number_text(self.value)}"

    def apply(self, session: Session) -> Result:
        from nnlab.session import text

        old, new = session.edit(self.address, self.value)
        line = _("{address}: {old} → {new}", address=self.address, old=text.number(old), new=text.number(new))
        return Result([line], payload={"address": self.address, "old": old, "new": new})

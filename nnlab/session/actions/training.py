"""Actions that train: knobs, steps, runs, breakpoints and edits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.goal import Goal
from nnlab.session.words import Words, number_text, options_text

if TYPE_CHECKING:
    from nnlab.session.session import Session

GRAINS = ("operation", "layer", "batch", "epoch")
KNOBS = ("lr", "optimizer", "batch", "schedule", "clip", "l1", "l2", "loss", "seed")


def _grain(words: Words) -> str:
    plural = words.peek().lower().removesuffix("s")
    if plural in ("operation", "layer", "epoch"):
        words.take("")
        return plural
    if words.peek().lower() in ("batches", "step", "steps"):
        words.take("")
        return "batch"
    return words.choice(GRAINS, _("a grain of stepping"))


def _normal(words: Words, kind: str) -> str:
    """The rest of the line, a text of ``kind`` (optimizer, schedule, clip, condition), in its normal form."""
    from nnlab.session.vocabulary import EXPECTED, normal

    start = words.index
    text = words.rest()
    if not text:
        raise words.missing(_(EXPECTED[kind]))
    try:
        return normal(kind, text)
    except NnlabError as error:
        words.index = start
        raise words.fail(str(error)) from None


@register
@dataclass(frozen=True)
class Optimizer(Action):
    """Which rule turns gradients into steps."""

    name = "optimizer"
    syntax = "optimizer NAME [option=value …]"
    help = N_("choose the optimiser and its options; takes effect from the next step")
    example = "optimizer adam lr=0.03"
    category = "training"
    arguments = ("optimizer", "optimizer_option*")
    aliases = ("optimiser", "opt")
    live = True

    text: str

    @classmethod
    def parse(cls, words: Words) -> Optimizer:
        return cls(_normal(words, "optimizer"))

    def __str__(self) -> str:
        return f"optimizer {self.text}"

    def apply(self, session: Session) -> Result:
        session.change(optimizer=self.text)
        return session.answer("setup", session.bench.setup)


class _Knob(Action):
    """An action that turns one knob of training."""

    @property
    def setting(self) -> dict[str, object]:
        raise NotImplementedError

    def apply(self, session: Session) -> Result:
        session.change(**self.setting)
        return session.answer("setup", session.bench.setup)


@register
@dataclass(frozen=True)
class LearningRate(_Knob):
    """How long a step is."""

    name = "lr"
    syntax = "lr RATE"
    help = N_("set the learning rate; takes effect from the next step")
    example = "lr 0.01"
    category = "training"
    live = True

    rate: float

    @classmethod
    def parse(cls, words: Words) -> LearningRate:
        return cls(words.number(_("the learning rate"), above=0))

    def __str__(self) -> str:
        return f"lr {number_text(self.rate)}"

    @property
    def setting(self) -> dict[str, object]:
        return {"lr": self.rate}


@dataclass(frozen=True)
class _TextKnob(_Knob):
    """A knob whose value is a short text of its own."""

    text: str

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(_normal(words, cls.name))

    def __str__(self) -> str:
        return f"{self.name} {self.text}"

    @property
    def setting(self) -> dict[str, object]:
        return {self.name: self.text}


@register
@dataclass(frozen=True)
class Schedule(_TextKnob):
    """How the learning rate changes with the steps."""

    name = "schedule"
    syntax = "schedule KIND [number …]"
    help = N_("let the learning rate follow a schedule: constant, step, exponential, cosine, with warm-up")
    example = "schedule cosine 500"
    category = "training"
    arguments = ("schedule",)
    live = True


@register
@dataclass(frozen=True)
class Clip(_TextKnob):
    """An upper bound for gradients."""

    name = "clip"
    syntax = "clip value X | clip norm X | clip none"
    help = N_("clip gradients by value or by norm")
    example = "clip norm 1"
    category = "training"
    arguments = ("clip",)
    live = True


@register
@dataclass(frozen=True)
class Batch(_Knob):
    """How many examples make one step."""

    name = "batch"
    syntax = "batch N | batch all"
    help = N_("set how many examples make one step")
    example = "batch 16"
    category = "training"
    live = True

    size: int | None = 32

    @classmethod
    def parse(cls, words: Words) -> Batch:
        if words.peek() == "all":
            words.take("")
            return cls(None)
        return cls(words.integer(_("the batch size"), low=1))

    def __str__(self) -> str:
        return f"batch {self.size or 'all'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"batch_size": self.size}


@dataclass(frozen=True)
class _Penalty(_Knob):
    strength: float

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.number(_("the strength of the penalty"), low=0))

    def __str__(self) -> str:
        return f"{self.name} {number_text(self.strength)}"

    @property
    def setting(self) -> dict[str, object]:
        return {self.name: self.strength}


@register
@dataclass(frozen=True)
class L1(_Penalty):
    """Σ|W| times a strength is added to the loss."""

    name = "l1"
    syntax = "l1 STRENGTH"
    help = N_("add an L1 penalty on the weights to the loss")
    example = "l1 0.001"
    category = "training"


@register
@dataclass(frozen=True)
class L2(_Penalty):
    """½ΣW² times a strength is added to the loss."""

    name = "l2"
    syntax = "l2 STRENGTH"
    help = N_("add an L2 penalty on the weights to the loss")
    example = "l2 0.001"
    category = "training"


@register
@dataclass(frozen=True)
class Seed(_Knob):
    """Where all randomness begins."""

    name = "seed"
    syntax = "seed N"
    help = N_("choose the seed of all random numbers; training starts afresh")
    example = "seed 7"
    category = "training"

    seed: int

    @classmethod
    def parse(cls, words: Words) -> Seed:
        return cls(words.integer(_("the seed"), low=0, high=2**63 - 1))

    def __str__(self) -> str:
        return f"seed {self.seed}"

    @property
    def setting(self) -> dict[str, object]:
        return {"seed": self.seed}


@register
@dataclass(frozen=True)
class Set(Action):
    """Several knobs in one action."""

    name = "set"
    syntax = "set knob=value …"
    help = N_("turn several knobs at once: lr, optimizer, batch, schedule, clip, l1, l2, loss, seed")
    example = "set lr=0.01 batch=16"
    category = "training"
    arguments = ("setting*",)
    live = True

    options: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, words: Words) -> Set:
        options = words.options(KNOBS)
        if not options:
            raise words.missing(_("a knob such as lr=0.01"))
        settings(options)
        return cls(options)

    def __str__(self) -> str:
        return f"set {options_text(self.options)}"

    def apply(self, session: Session) -> Result:
        session.change(**settings(self.options))
        return session.answer("setup", session.bench.setup)


def settings(options: tuple[tuple[str, str], ...]) -> dict[str, object]:
    """Each ``knob=value`` read by the knob's own action."""
    from nnlab.session.action import parse

    found: dict[str, object] = {}
    for key, value in options:
        action = parse(f"{key} {value}")
        if isinstance(action, _Knob):
            found |= action.setting
        elif isinstance(action, Optimizer):
            found["optimizer"] = action.text
        else:
            found[key] = value  # loss
    return found


@register
@dataclass(frozen=True)
class Step(Action):
    """Forward by one or more operations, layers, batches or epochs."""

    name = "step"
    syntax = "step [N] [operation|layer|batch|epoch]"
    help = N_("go forward by one grain, or by N: one operation, one layer, one batch, one epoch")
    example = "step layer"
    category = "training"
    arguments = ("grain",)
    aliases = ("s",)

    count: int = 1
    grain: str = ""

    @classmethod
    def parse(cls, words: Words) -> Step:
        count = 1
        if words.more and words.peek().lstrip("+-").isdigit():
            count = words.integer(_("the number of steps"), low=1)
        return cls(count, _grain(words) if words.more else "")

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
            return cls(Goal("until", condition=_normal(words, "condition")))
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
class Break(Action):
    """A condition that stops every run."""

    name = "break"
    syntax = "break CONDITION"
    help = N_("stop every run as soon as a condition holds")
    example = "break loss is nan"
    category = "training"
    arguments = ("condition*",)
    aliases = ("breakpoint",)
    live = True

    condition: str

    @classmethod
    def parse(cls, words: Words) -> Break:
        return cls(_normal(words, "condition"))

    def __str__(self) -> str:
        return f"break {self.condition}"

    def apply(self, session: Session) -> Result:
        if self.condition in session.bench.breaks:
            raise NnlabError(_("there is already a breakpoint “{condition}”", condition=self.condition))
        session.bench.breaks = (*session.bench.breaks, self.condition)
        return session.answer("breaks", session.bench.breaks)


@register
@dataclass(frozen=True)
class Breaks(Action):
    """The breakpoints there are."""

    name = "breaks"
    syntax = "breaks"
    help = N_("list the breakpoints")
    example = "breaks"
    category = "training"
    undoable = False
    logged = False
    live = True

    def apply(self, session: Session) -> Result:
        return session.answer("breaks", session.bench.breaks)


@register
@dataclass(frozen=True)
class Unbreak(Action):
    """One breakpoint less, or none left."""

    name = "unbreak"
    syntax = "unbreak N|all"
    help = N_("take a breakpoint away by its number, or all of them")
    example = "unbreak 1"
    category = "training"
    arguments = ("unbreak",)
    live = True

    number: int = 0

    @classmethod
    def parse(cls, words: Words) -> Unbreak:
        if words.peek().lower() == "all":
            words.take("")
            return cls()
        return cls(words.integer(_("the number of the breakpoint"), low=1))

    def __str__(self) -> str:
        return f"unbreak {self.number or 'all'}"

    def apply(self, session: Session) -> Result:
        breaks = session.bench.breaks
        if self.number > len(breaks):
            raise NnlabError(
                _("there is no breakpoint {number}; there are {n}", number=self.number, n=len(breaks))
            )
        session.bench.breaks = breaks[: self.number - 1] + breaks[self.number :] if self.number else ()
        return session.answer("breaks", session.bench.breaks)


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
        old, new = session.edit(self.address, self.value)
        line = _("{address}: {old} → {new}", address=self.address, old=f"{old:.6g}", new=f"{new:.6g}")
        return Result([line], payload={"address": self.address, "old": old, "new": new})

"""Actions that turn the knobs of training: optimiser, learning rate, batch, penalties, seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, parse, register
from nnlab.session.actions.reading import normal_text
from nnlab.session.words import Words, number_text, options_text

if TYPE_CHECKING:
    from nnlab.session.session import Session

AUTO = "auto"
"""The loss that fits the task of the data."""

WHO = (N_("both"), N_("discriminator"), N_("generator"))
"""Who takes steps in a duel: :data:`nnlab.training.config.TURNS`, without reading it."""
KNOBS = (
    "lr",
    "optimizer",
    "batch",
    "schedule",
    "clip",
    "l1",
    "l2",
    "maxnorm",
    "sparse",
    "freeze",
    "augment",
    "patience",
    "loss",
    "seed",
    "shuffle",
    "turns",
)


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
        return cls(normal_text(words, "optimizer"))

    def __str__(self) -> str:
        return f"optimizer {self.text}"

    def apply(self, session: Session) -> Result:
        session.change(optimizer=self.text)
        return session.answer("setup", session.bench.setup)


class Knob(Action):
    """An action that turns one knob of training."""

    @property
    def setting(self) -> dict[str, object]:
        raise NotImplementedError

    def apply(self, session: Session) -> Result:
        session.change(**self.setting)
        return session.answer("setup", session.bench.setup)


@register
@dataclass(frozen=True)
class LearningRate(Knob):
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
class _TextKnob(Knob):
    """A knob whose value is a short text of its own."""

    text: str

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(normal_text(words, cls.name))

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
    arguments = ("schedule", "schedule_option*")
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
class Batch(Knob):
    """How many examples make one step."""

    name = "batch"
    syntax = "batch N | batch all"
    help = N_("set how many examples make one step")
    example = "batch 16"
    category = "training"
    arguments = ("all",)
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


@register
@dataclass(frozen=True)
class Freeze(Knob):
    """Layers whose parameters stay as they are."""

    name = "freeze"
    syntax = "freeze LAYER … | freeze none"
    help = N_("keep the parameters of these layers as they are; the others train on")
    example = "freeze dense1"
    category = "training"
    arguments = ("frozen*",)
    live = True

    layers: tuple[str, ...]

    @classmethod
    def parse(cls, words: Words) -> Freeze:
        if words.peek() == "none":
            words.take("")
            return cls(())
        listed = words.rest().replace(",", " ").split()
        if not listed:
            raise words.missing(_("the name of a layer, such as dense1, or none"))
        return cls(tuple(dict.fromkeys(listed)))

    def __str__(self) -> str:
        return f"freeze {' '.join(self.layers) or 'none'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"freeze": " ".join(self.layers)}


@register
@dataclass(frozen=True)
class Turns(Knob):
    """Who takes steps where two networks play against each other."""

    name = "turns"
    syntax = "turns both|discriminator|generator"
    help = N_("in a duel, let both networks take steps in turn, or one of them alone")
    example = "turns discriminator"
    category = "training"
    arguments = ("turns",)
    live = True

    who: str

    @classmethod
    def parse(cls, words: Words) -> Turns:
        return cls(words.choice(WHO, _("who takes steps")))

    def __str__(self) -> str:
        return f"turns {self.who}"

    @property
    def setting(self) -> dict[str, object]:
        return {"turns": self.who}


@register
@dataclass(frozen=True)
class Augment(Knob):
    """What becomes of examples on their way into a batch."""

    name = "augment"
    syntax = "augment CHANGE[:HOW_MUCH] … | augment none"
    help = N_("change examples on their way into a batch: shift, rotate, scale, flip, cutout, noise, mask …")
    example = "augment shift:1 noise:0.1"
    category = "training"
    arguments = ("augmentation*",)
    live = True

    text: str

    @classmethod
    def parse(cls, words: Words) -> Augment:
        if words.peek() == "none":
            words.take("")
            return cls("")
        return cls(normal_text(words, "augment"))

    def __str__(self) -> str:
        return f"augment {self.text or 'none'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"augment": self.text}


@register
@dataclass(frozen=True)
class Patience(Knob):
    """Early stopping: how long training goes on without a better epoch."""

    name = "patience"
    syntax = "patience EPOCHS | patience none"
    help = N_(
        "stop training after so many epochs without a better validation loss, and go back to the best one "
        "(early stopping)"
    )
    example = "patience 5"
    category = "training"
    arguments = ("off",)
    live = True

    epochs: int

    @classmethod
    def parse(cls, words: Words) -> Patience:
        if words.peek() == "none":
            words.take("")
            return cls(0)
        epochs = words.integer(_("the number of epochs"))
        if epochs < 1:
            raise words.fail(
                _("patience lasts at least 1 epoch, not {n}; “patience none” never stops early", n=epochs),
                back=1,
            )
        return cls(epochs)

    def __str__(self) -> str:
        return f"patience {self.epochs or 'none'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"patience": self.epochs}


@register
@dataclass(frozen=True)
class Loss(Knob):
    """What training makes small."""

    name = "loss"
    syntax = "loss NAME [option=value …] | loss auto"
    help = N_("choose what training makes small, or auto for what fits the task; training starts afresh")
    example = "loss mse"
    category = "network"
    arguments = ("loss", "loss_option*")

    text: str

    @classmethod
    def parse(cls, words: Words) -> Loss:
        if words.peek() == AUTO:
            return cls(words.take(""))
        return cls(normal_text(words, "loss"))

    def __str__(self) -> str:
        return f"loss {self.text}"

    @property
    def setting(self) -> dict[str, object]:
        return {"loss": None if self.text == AUTO else self.text}


@register
@dataclass(frozen=True)
class Seed(Knob):
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
class Shuffle(Knob):
    """Whether every epoch goes through the examples in an order of its own."""

    name = "shuffle"
    syntax = "shuffle yes|no"
    help = N_(
        "draw a new order of the examples for every epoch, or keep that of the data; training starts afresh"
    )
    example = "shuffle no"
    category = "training"
    arguments = ("yes_no",)

    on: bool

    @classmethod
    def parse(cls, words: Words) -> Shuffle:
        return cls(words.choice(("yes", "no"), _("yes or no")) == "yes")

    def __str__(self) -> str:
        return f"shuffle {'yes' if self.on else 'no'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"shuffle": self.on}


@register
@dataclass(frozen=True)
class Set(Action):
    """Several knobs in one action."""

    name = "set"
    syntax = "set knob=value …"
    help = N_(
        "turn several knobs at once: lr, optimizer, batch, schedule, clip, l1, l2, maxnorm, sparse, freeze, "
        "augment, patience …"
    )
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
    found: dict[str, object] = {}
    for key, value in options:
        action = parse(f"{key} {value}")
        if isinstance(action, Knob):
            found |= action.setting
        elif isinstance(action, Optimizer):
            found["optimizer"] = action.text
    return found

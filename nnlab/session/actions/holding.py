"""Actions that hold weights down: penalties in the loss, bounds after the update."""

from __future__ import annotations

from dataclasses import dataclass

from nnlab.i18n import N_, _
from nnlab.session.action import Action, register
from nnlab.session.actions.knobs import Knob
from nnlab.session.words import Words, number_text


@dataclass(frozen=True)
class _Penalty(Knob):
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
class MaxNorm(Knob):
    """The longest that a unit's weights may be together."""

    name = "maxnorm"
    syntax = "maxnorm LENGTH | maxnorm none"
    help = N_("after every update, shorten the weights of each unit to this length where they are longer")
    example = "maxnorm 3"
    category = "training"
    arguments = ("off",)
    live = True

    length: float

    @classmethod
    def parse(cls, words: Words) -> MaxNorm:
        if words.peek() == "none":
            words.take("")
            return cls(0.0)
        length = words.number(_("the longest a unit’s weights may be"))
        if length <= 0:
            raise words.fail(
                _("a unit’s weights have a length above 0, not {n}; “maxnorm none” lets them grow",
                  n=number_text(length)),
                back=1,
            )  # fmt: skip
        return cls(length)

    def __str__(self) -> str:
        return f"maxnorm {number_text(self.length) if self.length else 'none'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"maxnorm": self.length}


@register
@dataclass(frozen=True)
class Sparse(Knob):
    """Whether weights that were pruned may grow back."""

    name = "sparse"
    syntax = "sparse yes|no"
    help = N_("keep weights that are 0 at 0 while training; “prune” turns it on")
    example = "sparse no"
    category = "training"
    arguments = ("yes_no",)
    live = True

    on: bool

    @classmethod
    def parse(cls, words: Words) -> Sparse:
        return cls(words.choice(("yes", "no"), _("yes or no")) == "yes")

    def __str__(self) -> str:
        return f"sparse {'yes' if self.on else 'no'}"

    @property
    def setting(self) -> dict[str, object]:
        return {"sparse": self.on}

"""Actions that change all weights at once: prune them, round them, take units out and put them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


class _Surgery(Action):
    """An action that a run records under the same text."""

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.surgery import operated

        return session.answer("operated", operated(session, str(self), lambda: session.operate(str(self))))

    def replay(self, session: Session) -> None:
        session.operate(str(self))


@register
@dataclass(frozen=True)
class Prune(_Surgery):
    """The smallest weights set to zero."""

    name = "prune"
    syntax = "prune SHARE"
    help = N_(
        "set the smallest share of all weights to zero, where they stay; “shrink prune” shows what each "
        "share costs, “sparse no” lets them grow again"
    )
    example = "prune 0.5"
    category = "training"
    live = True

    share: float

    @classmethod
    def parse(cls, words: Words) -> Prune:
        return cls(words.share(_("the share of weights")))

    def __str__(self) -> str:
        return f"prune {number_text(self.share)}"


@register
@dataclass(frozen=True)
class Quantise(_Surgery):
    """All weights rounded to a few bits."""

    name = "quantise"
    syntax = "quantise [BITS]"
    help = N_("round all weights to so many bits, 8 unless told, with a scale for every column")
    example = "quantise 8"
    category = "training"
    aliases = ("quantize",)
    live = True

    bits: int = 8

    @classmethod
    def parse(cls, words: Words) -> Quantise:
        return cls(words.integer(_("the number of bits"), low=2, high=16)) if words.more else cls()

    def __str__(self) -> str:
        return f"quantise {self.bits}"


@register
@dataclass(frozen=True)
class Ablate(_Surgery):
    """Units, channels or heads taken out."""

    name = "ablate"
    syntax = "ablate LAYER UNIT …"
    help = N_(
        "take units, channels or heads of a layer out, counted from 0; “restore” puts them back, "
        "“importance” shows what each is worth"
    )
    example = "ablate dense1 3"
    category = "training"
    arguments = ("layer_name",)
    live = True

    layer: str
    units: tuple[int, ...]

    @classmethod
    def parse(cls, words: Words) -> Ablate:
        layer = words.take(_("the name of a layer, such as dense1"))
        units = []
        while words.more:
            units.append(words.integer(_("the number of a unit"), low=0))
        return cls(layer, tuple(units))

    def __str__(self) -> str:
        return " ".join(("ablate", self.layer, *map(str, self.units)))

    def apply(self, session: Session) -> Result:
        if not self.units:
            from nnlab.network.ablation import unit_count

            # Only here is it known which layers there are, and which units they have.
            last = unit_count(session.need_network(), self.layer) - 1
            raise NnlabError(
                _("say which units of {layer}, from 0 to {last}, as in: ablate {layer} 0",
                  layer=self.layer, last=last)
            )  # fmt: skip
        return super().apply(session)


@register
@dataclass(frozen=True)
class Restore(Action):
    """What was taken out, back in its place."""

    name = "restore"
    syntax = "restore [LAYER [UNIT …]]"
    help = N_("put units back that “ablate” took out, with the numbers they had; alone, all of them")
    example = "restore dense1 3"
    category = "training"
    arguments = ("layer_name",)
    live = True

    layer: str = ""
    units: tuple[int, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Restore:
        if not words.more:
            return cls()
        layer = words.take("")
        units = []
        while words.more:
            units.append(words.integer(_("the number of a unit"), low=0))
        return cls(layer, tuple(units))

    def __str__(self) -> str:
        return " ".join(filter(None, ("restore", self.layer, *map(str, self.units))))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.surgery import operated

        found = operated(session, str(self), lambda: session.put_back(self.layer, self.units))
        return session.answer("operated", found)

    def replay(self, session: Session) -> None:
        session.put_back(self.layer, self.units)

"""The action that looks for a learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.look import chart
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class FindRate(Action):
    """A short trial of growing learning rates; the run itself stays as it is."""

    name = "find_lr"
    syntax = "find_lr [FROM TO]"
    help = N_("try growing learning rates on a copy of the run, and suggest one to start with")
    example = "find_lr"
    category = "training"
    aliases = ("findlr",)
    undoable = False
    logged = False
    lengthy = True

    lowest: float = 1e-6
    highest: float = 10.0

    @classmethod
    def parse(cls, words: Words) -> FindRate:
        if not words.more:
            return cls()
        lowest = words.number(_("the lowest learning rate"), above=0)
        return cls(lowest, words.number(_("the highest learning rate"), above=lowest))

    def __str__(self) -> str:
        if self == FindRate():
            return self.name
        return f"{self.name} {number_text(self.lowest)} {number_text(self.highest)}"

    def apply(self, session: Session) -> Result:
        import numpy as np

        from nnlab.training.finder import find_rate

        with session.errands.begun() as errand:
            found = find_rate(session.need_run(), self.lowest, self.highest, errand=errand)
        session.studies["find_lr"] = found
        points = list(zip(np.log10(found.rates).tolist(), found.smoothed.tolist()))
        lines = [
            _("loss (smoothed) against log10 of the learning rate, on a copy of the run"),
            *chart([("*", points)]),
            _("suggested to start with: lr {rate}", rate=f"{found.suggestion:.2g}"),
        ]
        return Result(lines, payload=found)

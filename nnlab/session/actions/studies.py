"""The action that lets optimisers race; what it found is kept for the page that draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session

MOST, FARTHEST = 1000, 10**9


@register
@dataclass(frozen=True)
class Race(Action):
    """Several optimisers from one start, on the same batches."""

    name = "race"
    syntax = "race [OPTIMISER [option=value …] …] [steps=N] [from=STEP]"
    help = N_("let optimisers race from one start on the same batches; the run itself stays as it is")
    example = "race sgd momentum adam steps=100"
    category = "training"
    arguments = ("race*",)
    undoable = False
    logged = False
    lengthy = True

    optimizers: tuple[str, ...] = ()
    steps: int = 100
    start: int = 0

    @classmethod
    def parse(cls, words: Words) -> Race:
        optimizers: list[str] = []
        found = {"steps": 100, "from": 0}
        while words.more:
            word = words.take(_("an optimiser"))
            name, equals, value = word.partition("=")
            if equals and name in found:
                least, most = (1, MOST) if name == "steps" else (0, FARTHEST)
                found[name] = Words(value).integer(name, low=least, high=most)
            elif equals and optimizers:
                optimizers[-1] += f" {word}"
            else:
                optimizers.append(word)
        return cls(tuple(optimizers), found["steps"], found["from"])

    def __str__(self) -> str:
        words = [self.name, *self.optimizers]
        words += [f"steps={self.steps}"] if self.steps != 100 else []
        words += [f"from={self.start}"] if self.start else []
        return " ".join(words)

    def apply(self, session: Session) -> Result:
        from nnlab.session.pages import PAGES
        from nnlab.session.scene_text import render_scene
        from nnlab.training.studies.race import RUNNERS, race

        with session.errands.begun() as errand:
            found = race(session.need_run(), self.optimizers or RUNNERS, self.steps, self.start, errand)
        session.studies["race"] = found
        return Result(render_scene(PAGES["race"].scene(found), session.look), payload=found)

"""Actions that train more than the run at hand: a race of optimisers, one setting from several seeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions.knobs import KNOBS, settings
from nnlab.session.actions.training import Run
from nnlab.session.bench import Memento
from nnlab.session.goal import Goal
from nnlab.session.words import Words, options_text

if TYPE_CHECKING:
    from nnlab.session.session import Session

MOST, FARTHEST = 1000, 10**9
LENGTHS = ("epochs", "steps", "to")
"""Goals of a run whose last step is known beforehand."""


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


@register
@dataclass(frozen=True)
class Seeds(Action):
    """One setting, or several, each from several seeds."""

    name = "seeds"
    syntax = "seeds N [knob=value,value …] [run N epochs|steps]"
    help = N_(
        "train what is on the bench from its start with N seeds, and compare values of a knob; "
        "the runs lie beside the current one, which stays as it is"
    )
    example = "seeds 3 batch=8,32 run 5 epochs"
    category = "training"
    arguments = ("seeds*",)
    lengthy = True

    count: int
    vary: tuple[tuple[str, tuple[str, ...]], ...] = ()
    goal: Goal | None = None

    @classmethod
    def parse(cls, words: Words) -> Seeds:
        from nnlab.session import seeds

        count = words.integer(_("the number of seeds"), low=2, high=seeds.MOST)
        vary: dict[str, tuple[str, ...]] = {}
        while words.more and words.peek().lower() != "run":
            word = words.take("")
            name, _equals, listed = word.partition("=")
            if name not in KNOBS or name == "seed":
                raise words.unknown(name, _("a knob"), [knob for knob in KNOBS if knob != "seed"])
            if name in vary:
                raise words.fail(_("the option “{key}” is given twice", key=name), back=1)
            vary[name] = tuple(value.strip() for value in listed.split(",") if value.strip())
        made = cls(count, tuple(vary.items()), _length(words))
        made.changes()
        return made

    def __str__(self) -> str:
        chosen = options_text([(name, ",".join(values)) for name, values in self.vary])
        goal = f"run {self.goal}" if self.goal is not None else ""
        return " ".join(filter(None, (self.name, str(self.count), chosen, goal)))

    def changes(self) -> list[dict[str, object]]:
        """What each group is told."""
        from nnlab.session.seeds import MOST_RUNS
        from nnlab.session.sweep import each_with_each

        chosen = each_with_each(dict(self.vary), most=MOST_RUNS // self.count)
        return [settings(each) for each in chosen]

    def apply(self, session: Session) -> Result:
        from nnlab.session import seeds

        with session.errands.begun() as errand:
            trained = seeds.train(session, self.count, self.changes(), self.goal, errand)
        with session.lock:
            before = Memento.of(session.bench, str(self))
            seeds.lay(session.bench, trained)
            session.record(self, before)
            found = seeds.groups_of(session.bench)
        lines = [f"{group.told}: {seeds.told(group)}" for group in found]
        more = _("run by run, with curves: view seeds; to work on one: switch {run}", run=found[-1].names[0])
        return Result([*lines, more], payload=found)


def _length(words: Words) -> Goal | None:
    """``run 5 epochs`` at the end of the line; None where nothing stands there."""
    if not words.more:
        return None
    words.take("")
    goal = Run.parse(words).goal
    if goal.kind not in LENGTHS:
        raise words.fail(_("say how long each of them trains, for example: seeds 3 run 5 epochs"), back=1)
    return goal

"""``nnlab zoo``: list the models, look at one, train it and check its goal."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.cli import opening
from nnlab.cli.listing import fact, hanging, say
from nnlab.cli.train import finite
from nnlab.errors import NnlabError
from nnlab.given import at_least_one
from nnlab.i18n import _
from nnlab.nearest import nearby
from nnlab.width import columns, pad

if TYPE_CHECKING:
    from nnlab.network.zoo import Learner, Model
    from nnlab.session.look import Look

SECONDS = 7
"""Columns of a time."""


def list_(arguments: argparse.Namespace) -> int:
    """Every model with the seconds it takes, family by family."""
    look = opening.look(arguments)
    width = max(len(model.name) for _family, models in families() for model in models)
    first = True
    for family, models in families():
        if getattr(arguments, "json", False):  # “nnlab zoo” alone lists too, and has no such option
            for model in models:
                print(json.dumps({"family": family, **_described(model)}))
            continue
        say([*([] if first else [""]), _(family)], look)
        first = False
        for model in models:
            seconds, title = _("{s:.1f} s", s=model.seconds), _(model.title)
            head = f"  {model.name:<{width}}  {pad(seconds, SECONDS, right=True)}  "
            if look.accessible:
                say([f"{model.name}, {seconds}: {title}", _(model.about)], look)
            else:
                say([*hanging(head, title, look), *hanging(" " * columns(head), _(model.about), look)], look)
    return 0


def families() -> Iterator[tuple[str, tuple[Model | Learner, ...]]]:
    """Every family with its models, the learners without gradients last."""
    from nnlab.network.zoo import FAMILIES, LEARNERS, WITHOUT_GRADIENTS

    for name, family in FAMILIES.items():
        yield name, family.MODELS
    yield WITHOUT_GRADIENTS, tuple(LEARNERS.values())


def show(arguments: argparse.Namespace) -> int:
    """The script of one model, its source, its parameters and goals."""
    from nnlab.network.zoo import Learner

    model = find(arguments.name)
    if arguments.json:
        print(json.dumps(_described(model)))
        return 0
    look = opening.look(arguments)
    time_ = _("about {s:g} s on one core", s=model.seconds)
    if isinstance(model, Learner):
        script, size = model.settings, (_("time"), time_)
        how = _(
            "each is a {unit}; nnlab zoo train {name} --steps 20 shows the first",
            unit=_(model.unit),
            name=model.name,
        )
        later = [(_("steps"), how)]
    else:
        count = _parameters(model)
        script, later = model.script, []
        size = (_("size"), _("{n:,} parameters, {time}", n=count, time=time_))
    say([*hanging(f"{model.name}  ", _(model.title), look), *hanging("", _(model.about), look), ""], look)
    facts = [
        (_("source"), model.source),
        size,
        (_("goal"), ", ".join(model.goals)),
        *((_("script") if not k else "", line) for k, line in enumerate(script)),
        *later,
    ]
    for label, text in facts:
        say(fact(label, text, look, 2 if text in script else 0), look)
    return 0


def _parameters(model: Model) -> int:
    from nnlab.session import Session

    session = Session()
    for line in model.actions:
        session.execute(line)
    return session.need_network().parameter_count


def train(arguments: argparse.Namespace) -> int:
    """Train one model, or all; with ``--check`` the exit status says whether every goal was reached."""
    from nnlab.engine.device import choose

    choose(arguments.device)
    everything = [model for _family, models in families() for model in models]
    if bool(arguments.all) == bool(arguments.names):
        raise NnlabError(_("name models to train, or give --all; nnlab zoo list shows them"))
    models = everything if arguments.all else [find(name) for name in arguments.names]
    look, width = opening.look(arguments), max(len(model.name) for model in models)
    watch = _watcher(arguments.steps, look, models) if arguments.steps is not None else None
    missed = 0
    for count, model in enumerate(models):
        try:
            trial = attempt(model, arguments.seed, watch, arguments.device)
        except KeyboardInterrupt:
            _say_interrupted(model, count, len(models))
            return 130
        missed += not trial.reached
        if arguments.json:
            print(json.dumps(trial.to_json()), flush=True)
        else:
            seconds = _("{s:.1f} s", s=trial.seconds)
            head = f"{model.name:<{width}}  {pad(seconds, SECONDS + 1, right=True)}  "
            say(hanging(head, trial.text, look), look)
    if missed and not arguments.json:
        print(_("{n} of {all} models missed a goal", n=missed, all=len(models)))
    return 1 if missed and arguments.check else 0


def _say_interrupted(model: Model | Learner, done: int, of: int) -> None:
    told = _(
        "nnlab: interrupted in {name}, of which nothing is kept; finished before it: {done} of {all} models",
        name=model.name,
        done=done,
        all=of,
    )
    print(told, file=sys.stderr)


def _watcher(most: int, look: Look, models: list[Model | Learner]) -> Callable[[int, str], None]:
    """What prints the first ``most`` steps; raises NnlabError where a model has none of its own."""
    from nnlab.network.zoo import Model

    for model in models:
        if isinstance(model, Model):
            raise NnlabError(
                _(
                    "{name} is a network: its steps are watched on the bench, with “zoo {name}” and “step”; "
                    "--steps is for learners without gradients",
                    name=model.name,
                )
            )

    most = at_least_one("steps", most)

    def watch(n: int, text: str) -> None:
        if n <= most:
            say(hanging(f"{n:>6}  ", text, look), look)

    return watch


@dataclass(frozen=True)
class Trial:
    """One training of a model: what each goal measured, and how long it took (CPU seconds)."""

    model: Model | Learner
    measured: dict[str, float]
    seconds: float

    @property
    def reached(self) -> bool:
        from nnlab.network.zoo import Goal

        return all(Goal.parse(goal).reached(value) for goal, value in self.measured.items())

    @property
    def text(self) -> str:
        from nnlab.network.zoo import Goal

        words = []
        for text, value in self.measured.items():
            goal = Goal.parse(text)
            sign = "✓" if goal.reached(value) else "✗"
            words.append(f"{sign} {goal.measure} {goal.shown(value)} ({goal.sign} {goal.shown(goal.value)})")
        return ", ".join(words)

    def to_json(self) -> dict[str, Any]:
        return {
            "model": self.model.name,
            "reached": self.reached,
            "measured": {goal: finite(value) for goal, value in self.measured.items()},
            "seconds": round(self.seconds, 2),
        }


def attempt(
    model: Model | Learner,
    seed: int | None = None,
    watch: Callable[[int, str], None] | None = None,
    device: str = "auto",
) -> Trial:
    """Train ``model`` from nothing and measure its goals; ``watch(n, text)`` is told of a learner's steps.

    Networks compute on ``device``, learners without gradients always on the CPU.  Raises KeyboardInterrupt at
    Ctrl-C: training that was paused half way has no goal to measure.
    """
    from nnlab.network.zoo import Goal, Learner
    from nnlab.session import Session
    from nnlab.session.goal import heed_pause
    from nnlab.training.measures import measure

    began = time.process_time()
    if isinstance(model, Learner):
        for n, step in enumerate(model.steps(model.seed if seed is None else seed), 1):
            if watch is not None:
                watch(n, step.text)
        seconds, found = time.process_time() - began, step.measure()
        return Trial(model, {goal: found[Goal.parse(goal).measure] for goal in model.goals}, seconds)
    session = Session(device=device)
    for line in model.script if seed is None else (f"seed {seed}", *model.script[1:]):
        heed_pause(session.execute(line).payload)
    seconds, run = time.process_time() - began, session.need_run()
    return Trial(model, {goal: measure(run, Goal.parse(goal).measure) for goal in model.goals}, seconds)


def find(name: str) -> Model | Learner:
    """The model called ``name``; raises NnlabError with the nearest names."""
    there = {model.name: model for _family, models in families() for model in models}
    if name not in there:
        near = nearby(name, there)
        raise NnlabError(
            _(
                "there is no model “{name}” in the zoo; {near}",
                name=name,
                near=_("nearest: {names}; nnlab zoo list shows all", names=", ".join(near))
                if near
                else _("nnlab zoo list shows them"),
            )
        )
    return there[name]


def _described(model: Model | Learner) -> dict[str, Any]:
    from nnlab.network.zoo import Learner

    script = (
        {"settings": list(model.settings)} if isinstance(model, Learner) else {"script": list(model.script)}
    )
    return {
        "name": model.name,
        "title": _(model.title),
        "about": _(model.about),
        "source": model.source,
        **script,
        "goals": list(model.goals),
        "seconds": model.seconds,
    }

"""``nnlab zoo``: list the models, look at one, train it and check its goal."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.cli.train import finite
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearby

if TYPE_CHECKING:
    from nnlab.network.zoo import Model


def list_(arguments: argparse.Namespace) -> int:
    """Every model with its data, size of goal and time."""
    from nnlab.network.zoo import FAMILIES

    if getattr(arguments, "json", False):
        for name, family in FAMILIES.items():
            for model in family.MODELS:
                print(json.dumps({"family": name, **_described(model)}))
        return 0
    width = max(len(model.name) for family in FAMILIES.values() for model in family.MODELS)
    for name, family in FAMILIES.items():
        print(_(name))
        for model in family.MODELS:
            what = _("{title}: {about}", title=_(model.title), about=_(model.about))
            print(f"  {model.name:<{width}}  {model.seconds:>5.1f} s  {what}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """The script of one model, its source, its parameters and goals."""
    from nnlab.session import Session

    model = find(arguments.name)
    if arguments.json:
        print(json.dumps(_described(model)))
        return 0
    session = Session()
    for line in model.actions:
        session.execute(line)
    network = session.need_network()
    print(_("{name}: {title}, {about}", name=model.name, title=_(model.title), about=_(model.about)))
    print(_("source: {source}", source=model.source))
    print(_("{n:,} parameters; about {s:g} s on one core", n=network.parameter_count, s=model.seconds))
    for line in model.script:
        print(f"  {line}")
    print(_("goal: {goals}", goals=", ".join(model.goals)))
    return 0


def train(arguments: argparse.Namespace) -> int:
    """Train one model, or all; with ``--check`` the exit status says whether every goal was reached."""
    from nnlab.network.zoo import ZOO

    if bool(arguments.all) == bool(arguments.names):
        raise NnlabError(_("name models to train, or give --all; nnlab zoo list shows them"))
    models = list(ZOO.values()) if arguments.all else [find(name) for name in arguments.names]
    width = max(len(model.name) for model in models)
    missed = 0
    for model in models:
        trial = attempt(model, arguments.with_seed)
        missed += not trial.reached
        if arguments.json:
            print(json.dumps(trial.to_json()), flush=True)
        else:
            print(f"{model.name:<{width}}  {trial.seconds:>6.1f} s  {trial.text}", flush=True)
    if missed and not arguments.json:
        print(_("{n} of {all} models missed a goal", n=missed, all=len(models)))
    return 1 if missed and arguments.check else 0


@dataclass(frozen=True)
class Trial:
    """One training of a model: what each goal measured, and how long it took (CPU seconds)."""

    model: Model
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


def attempt(model: Model, seed: int | None = None) -> Trial:
    """Train ``model`` on an empty bench and measure its goals."""
    from nnlab.network.zoo import Goal
    from nnlab.session import Session
    from nnlab.training.measures import measure

    session = Session()
    script = model.script if seed is None else (f"seed {seed}", *model.script[1:])
    began = time.process_time()
    for line in script:
        session.execute(line)
    seconds = time.process_time() - began
    run = session.need_run()
    return Trial(model, {goal: measure(run, Goal.parse(goal).measure) for goal in model.goals}, seconds)


def find(name: str) -> Model:
    """The model called ``name``; raises NnlabError with the nearest names."""
    from nnlab.network.zoo import ZOO

    if name not in ZOO:
        near = nearby(name, ZOO)
        raise NnlabError(
            _(
                "there is no model “{name}” in the zoo; {near}",
                name=name,
                near=_("nearest: {names}", names=", ".join(near)) if near else _("nnlab zoo list shows them"),
            )
        )
    return ZOO[name]


def _described(model: Model) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": _(model.title),
        "about": _(model.about),
        "source": model.source,
        "script": list(model.script),
        "goals": list(model.goals),
        "seconds": model.seconds,
    }

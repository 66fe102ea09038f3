"""Optimisers racing over the loss of the network: their ways on a plane, and their losses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Chart, Curve, Deed, Line, Note, Points, Scene, Table
from nnlab.training.studies.race import Race

if TYPE_CHECKING:
    from nnlab.session.session import Session

MOMENTS = (1, 5, 15, 50)


def fits(session: Session) -> bool:
    return session.run is not None and not session.run.network.duel


def read(session: Session) -> Race | None:
    """The last race; None before the first."""
    found = session.studies.get("race")
    return found if isinstance(found, Race) else None


def scene(found: Race | None) -> Scene:
    """The ground in shades with every way on it, where each stands, and the losses step by step."""
    title = _("optimisers racing")
    if found is None:
        lines = (
            Line(_("start"), None, Deed("race"), _("sgd, momentum, adam; 100 steps")),
            Line(_("other runners"), None, None, "race rmsprop adamw lr=0.01 steps=50 from=20"),
        )
        told = _("several optimisers from one start, on the same batches")
        return Scene(title, (Note(told), Table("", lines)))
    names = tuple(runner.optimizer for runner in found.runners)
    places = np.concatenate([runner.places for runner in found.runners])
    kinds = np.concatenate([np.full(len(r.places), k) for k, r in enumerate(found.runners)])
    ends = np.cumsum([len(runner.places) for runner in found.runners])
    edges = [[i, i + 1] for i in range(len(places) - 1) if i + 1 not in ends]
    plane = Points(
        _("the loss on the plane that holds most of their ways"),
        places,
        kinds,
        names,
        x_range=found.ranges[0],
        y_range=found.ranges[1],
        ground=np.log10(np.maximum(found.ground, 1e-12)),
        edges=np.array(edges).reshape(-1, 2),
        note=_("bright is high; the plane holds {share} of the spread", share=f"{sum(found.shares):.0%}"),
    )
    chart = Chart(
        _("loss by step"),
        tuple(
            Curve(r.optimizer, r.losses, found.start + 1 + np.arange(len(r.losses))) for r in found.runners
        ),
        _("step"),
    )
    return Scene(title, (scoreboard(found), plane, chart))


def scoreboard(found: Race) -> Table:
    """The loss of every runner at the end, and at a few moments before."""
    lines = []
    for runner in found.runners:
        early = [f"{n}: {number(runner.losses[n - 1], 3)}" for n in MOMENTS if n <= len(runner.losses)]
        broke = "  " + _("broke") if runner.broke else ""
        lines.append(Line(runner.optimizer, float(runner.losses[-1]), note=", ".join(early) + broke))
    steps = max(len(runner.losses) for runner in found.runners)
    title = _("loss after {n} steps from step {start}", n=steps, start=found.start)
    return Table(title, tuple(lines), digits=4)


PAGE = ScenePage("race", N_("race"), fits, read, scene, alone=True)

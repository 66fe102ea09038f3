"""Weights, gradients and answers of a layer over time: ridges of histograms, the oldest at the top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.figures import Scale
from nnlab.session.pages.optimisers import fits
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Beside, Grid, Line, Note, Scene, Table
from nnlab.training.studies.spread import Ridge, Spread, spread

if TYPE_CHECKING:
    from nnlab.session.session import Session


def read(session: Session) -> Spread:
    """Of the layer the cursor is in, or the first."""
    names = [row.name for row in session.need_network().ledger()]
    chosen = session.selection.value.split(".")[0] if session.selection is not None else ""
    return spread(session.need_run(), chosen if chosen in names else names[0])


def scene(found: Spread) -> Scene:
    """A grid for each value: a row is a moment, a column a range of numbers, its shade how many are there."""
    told = _("rows: steps {steps}; columns: from small to large", steps=", ".join(map(str, found.steps)))
    tables = tuple(_means(found, ridge) for ridge in found.ridges)
    ridges = Beside(tuple(_ridge(found, ridge) for ridge in found.ridges))
    return Scene(_("{layer} over time", layer=found.layer), (ridges, Note(told), *tables))


def _ridge(found: Spread, ridge: Ridge) -> Grid:
    scale = Scale.of(ridge.edges)
    low, high = scale.bare(float(ridge.edges[0])), scale.bare(float(ridge.edges[-1]))
    mean, deviation = ridge.spreads[-1]
    share = ridge.counts / ridge.counts.max(axis=1, keepdims=True).clip(1)
    return Grid(
        ridge.name,
        share,
        rows=tuple(map(str, found.steps)),
        kind="unsigned",
        limit=1.0,
        most="pixels",
        note=_("{low} … {high}; now {mean} ± {deviation}", low=low, high=f"{high} {scale.head()}".strip(),
               mean=number(mean, 3), deviation=number(deviation, 3)),
    )  # fmt: skip


def _means(found: Spread, ridge: Ridge) -> Table:
    lines = tuple(
        Line(_("step {step}", step=step), mean, note=f"± {number(deviation, 4)}")
        for step, (mean, deviation) in zip(found.steps, ridge.spreads)
    )
    return Table(_("mean ± deviation of {name}", name=ridge.name), lines, digits=3)


PAGE = ScenePage("spread", N_("spread"), fits, read, scene, live=False)

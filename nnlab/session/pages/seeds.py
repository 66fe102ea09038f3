"""Runs from several seeds, setting by setting: how far each group spreads, and where its middle is."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Chart, Curve, Deed, Line, Note, Scene, Table
from nnlab.session.seeds import Group, groups_of, told

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.training import Run

MEASURES = {"val_loss": N_("validation loss"), "loss": N_("loss")}


@dataclass(frozen=True)
class Found:
    """Groups, and the curve of each of their runs, those in the middle first."""

    groups: tuple[Group, ...]
    curves: tuple[Curve, ...]


def fits(session: Session) -> bool:
    return bool(session.bench.seeded)


def read(session: Session) -> Found:
    groups = groups_of(session.bench)
    curves = [
        _curve(group, name, k, session.runs[name]) for k, group in enumerate(groups) for name in group.names
    ]
    return Found(tuple(groups), tuple(sorted(curves, key=lambda curve: curve.thin)))


def _curve(group: Group, name: str, kind: int, run: Run) -> Curve:
    """What the group is judged by, epoch by epoch; the loss of every batch before the first is over."""
    key = "train_loss" if group.measure == "loss" else group.measure
    rows = list(run.history.epochs) if group.epochs else []
    xs = np.array([row.epoch for row in rows], float)
    ys = np.array([getattr(row, key) for row in rows], float)
    if not group.epochs:
        ys = run.history.losses.copy()
        xs = np.arange(1.0, len(ys) + 1)
    return Curve(group.told, ys, xs, kind, name != group.middle)


def scene(found: Found) -> Scene:
    """A line for every group with its median and its span, and all curves over each other."""
    title = _("several seeds")
    if not found.groups:
        lines = (Line("seeds 3 run 5 epochs"), Line("seeds 3 batch=8,32 run 5 epochs"))
        return Scene(
            title, (Note(_("train one setting from several seeds, or compare settings")), Table("", lines))
        )
    first = found.groups[0]
    measure = (
        _("validation {metric}", metric=_(first.metric))
        if first.measure == "val_metric"
        else _(MEASURES[first.measure])
    )
    uneven = len({(group.epochs, group.steps if not group.epochs else 0) for group in found.groups}) > 1
    table = Table(
        _("{measure}, median of each group", measure=measure),
        tuple(_line(group, uneven) for group in found.groups),
        digits=4,
    )
    single = tuple(map(_run_by_run, found.groups))
    note = _("solid: the run in the middle of its group; dotted: the others")
    across = _("epoch") if first.epochs else _("step")
    chart = Chart(measure, found.curves, across, note=note)
    blocks = (table, chart, Table(_("run by run"), single))
    return Scene(title, blocks, _("enter: work on the run in the middle"), table.lines[0].at)


def _line(group: Group, uneven: bool) -> Line:
    """Median and span; how long they trained, where that is not the same for all."""
    note = told(group)
    if uneven:
        length = _("{n} epochs", n=group.epochs) if group.epochs else _("{n} steps", n=group.steps)
        note += f" ({length})"
    deed = Deed(f"switch {group.middle}") if group.middle else None
    return Line(group.told, group.median, deed, note)


def _run_by_run(group: Group) -> Line:
    """What each run has come to, by the name that it is gone to with."""
    each = (
        f"{name} {number(value, 3) if isfinite(value) else _('broke down')}"
        for name, value in zip(group.names, group.values)
    )
    return Line(group.told, note=", ".join(each))


PAGE = ScenePage("seeds", N_("several seeds"), fits, read, scene)

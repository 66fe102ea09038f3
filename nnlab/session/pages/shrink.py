"""Accuracy against size: the network pruned more and more, and its weights in fewer bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.shrinking import PRUNE, QUANTISE, WAYS, ShrinkCurve, shrink_curve
from nnlab.session.pages.page import ScenePage
from nnlab.session.pages.worth import fits
from nnlab.session.scene import Chart, Curve, Deed, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

NAMES = {PRUNE: N_("pruned"), QUANTISE: N_("quantised")}


def read(session: Session) -> tuple[ShrinkCurve, ...]:
    return tuple(shrink_curve(session, way) for way in WAYS)


def scene(found: tuple[ShrinkCurve, ...]) -> Scene:
    """A row for every size, which Enter gives to the running network, and both ways as curves."""
    tables = tuple(table(each) for each in found)
    curves = tuple(
        Curve(_(NAMES[each.way]), np.array([row.metric for row in each.rows])[::-1], kilobytes(each)[::-1])
        for each in found
    )
    chart = Chart(
        _("{metric} against size", metric=_(found[0].metric_name)), curves, _("kilobytes of weights")
    )
    return Scene(
        _("a smaller network, {part}", part=_(found[0].part)),
        (Note(_("enter shrinks the running network so far; “undo” takes it back")), *tables, chart),
    )


def kilobytes(curve: ShrinkCurve) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([row.nbytes / 1000 for row in curve.rows])


def table(curve: ShrinkCurve) -> Table:
    prune = curve.way == PRUNE
    lines = []
    for row in curve.rows:
        label, deed = _("as it is"), None
        if row.amount:
            label = f"{row.amount:.0%}" if prune else _("{n} bits", n=f"{row.amount:g}")
            deed = Deed(f"{curve.way} {row.amount:g}")
        lines.append(Line(label, row.metric, deed, f"{row.nbytes / 1000:.1f} kB"))
    title = _("pruned: share of weights that are 0") if prune else _(NAMES[QUANTISE])
    return Table(title, tuple(lines), "share", 1.0 if curve.metric_name == "accuracy" else None, 4)


PAGE = ScenePage("shrink", N_("shrink"), fits, read, scene, live=False)

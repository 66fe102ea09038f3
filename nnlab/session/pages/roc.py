"""ROC curves: how many of a class are found against how many others are taken for it, at every threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.scores import Roc, RocCurve, roc
from nnlab.session.pages.calibration import fits
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Chart, Curve, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

DRAWN = 3
"""Curves in one picture: those with the smallest areas, which are worth looking at."""
STOPS = 9


def read(session: Session) -> Roc:
    return roc(session)


def scene(found: Roc) -> Scene:
    """Areas of all classes and the curves of the hardest; of two classes also what each threshold costs."""
    ranked = sorted(found.curves, key=lambda curve: curve.area)
    areas = tuple(Line(curve.name, curve.area) for curve in ranked)
    curves = tuple(Curve(c.name, c.true_positive, c.false_positive) for c in ranked[:DRAWN])
    even = Curve(_("guessing"), np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    blocks: list[Block] = [
        Note(_("true positives (up) against false positives (across), a point for every threshold"))
    ]
    if len(found.curves) == 1:
        blocks.append(thresholds(found.curves[0]))
    title, across = _("curves of the hardest classes"), _("false positives")
    blocks.append(Chart(title, (*curves, even), across, y_range=(0.0, 1.0)))
    blocks.append(Table(_("area under the curve"), areas, "share", 1.0, 4))
    return Scene(_("ROC, {part}", part=_(found.part)), tuple(blocks))


def thresholds(curve: RocCurve) -> Table:
    """The rates at a few thresholds, from careful to generous."""
    finite = np.flatnonzero(np.isfinite(curve.thresholds))
    places = np.rint(np.linspace(0, max(0, len(finite) - 1), STOPS)).astype(int)
    picked = np.unique(finite[places]) if len(finite) else finite
    lines = tuple(
        Line(
            _("from {share} on", share=f"{curve.thresholds[k]:.3f}"),
            float(curve.true_positive[k]),
            note=_("found; taken for it {share}", share=f"{curve.false_positive[k]:.1%}"),
        )
        for k in picked
    )
    return Table(_("who counts as {name}", name=curve.name), lines, "share", 1.0, 3)


PAGE = ScenePage("roc", N_("ROC"), fits, read, scene)

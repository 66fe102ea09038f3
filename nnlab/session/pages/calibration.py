"""Whether an answer said with 80 % is right 80 times in 100."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.scores import Calibration, calibration
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Chart, Curve, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session


def fits(session: Session) -> bool:
    run = session.run
    if run is None or run.network.duel or run.data.task == "regression":
        return False
    return bool(run.data.class_names)


def scene(found: Calibration) -> Scene:
    """Confidence and share of right answers of every bin with answers, and the diagonal where they agree."""
    bins = [each for each in found.bins if each.count]
    lines = tuple(
        Line(
            f"{each.low:.0%}–{each.high:.0%}",
            each.accuracy,
            note=_("said {share}, {n} answers", share=f"{each.confidence:.1%}", n=each.count),
        )
        for each in bins
    )
    said = np.array([each.confidence for each in bins])
    right = np.array([each.accuracy for each in bins])
    even = np.array([0.0, 1.0])
    chart = Chart(
        _("right against said"),
        (Curve(_("right"), right, said), Curve(_("as said"), even, even)),
        _("confidence"),
        y_range=(0.0, 1.0),
    )
    role = "good" if found.error < 0.05 else "bad"
    told = _("expected calibration error {error}", error=f"{found.error:.3f}")
    return Scene(
        _("calibration, {part}", part=_(found.part)),
        (Note(told, role), Table(_("right answers by confidence"), lines, "share", 1.0, 3), chart),
    )


PAGE = ScenePage("calibration", N_("calibration"), fits, calibration, scene)

"""Predictions beside the truth, and the rows that are furthest off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.insight.scores import Truths, truths
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Deed, Line, Note, Points, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]

WORST = 8
DRAWN = 400
"""Points that are drawn; of more, every so many-th."""


def fits(session: Session) -> bool:
    run = session.run
    return run is not None and not run.network.duel and run.data.task == "regression"


def read(session: Session) -> Truths:
    return truths(session)


def scene(found: Truths) -> Scene:
    """Every prediction over its truth with the line where they agree; the largest errors can be opened."""
    truth, said = found.truth.reshape(-1), found.said.reshape(-1)
    step = -(-len(truth) // DRAWN)
    low, high = float(min(truth.min(), said.min())), float(max(truth.max(), said.max()))
    xy = np.stack((truth[::step], said[::step]), axis=1)
    ends = np.array([[low, low], [high, high]])
    plane = Points(
        _("predictions (up) against the truth (across)"),
        np.concatenate((xy, ends)),
        np.zeros(len(xy) + 2, int),
        x_range=(low, high),
        y_range=(low, high),
        edges=np.array([[len(xy), len(xy) + 1]]),
    )
    size = np.abs(found.error).reshape(len(found.rows), -1).sum(axis=1)
    worst = np.argsort(-size, kind="stable")[:WORST]
    lines = tuple(
        Line(
            _("row {n}", n=int(found.rows[k])),
            float(found.error[k].reshape(-1)[0]),
            Deed(f"classify row {int(found.rows[k])}"),
            _("truth {truth}, said {said}", truth=_first(found.truth[k]), said=_first(found.said[k])),
        )
        for k in worst
    )
    told = _("R² {r2}, root mean squared error {rmse}", r2=number(found.r2, 4), rmse=number(found.rmse, 4))
    return Scene(
        _("predictions and truth, {part}", part=_(found.part)),
        (Note(told, "good" if found.r2 > 0.9 else "text"), plane, Table(_("furthest off"), lines, "signed")),
    )


def _first(numbers: Array) -> str:
    return number(np.asarray(numbers).flat[0], 4)


PAGE = ScenePage("truth", N_("truth"), fits, read, scene)

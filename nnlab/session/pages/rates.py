"""The curve of the learning-rate finder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.pages.race import fits
from nnlab.session.scene import Chart, Curve, Deed, Line, Note, Scene, Table
from nnlab.training.finder import Search

if TYPE_CHECKING:
    from nnlab.session.session import Session


def read(session: Session) -> Search | None:
    """What the finder found last; None before."""
    found = session.studies.get("find_lr")
    return found if isinstance(found, Search) else None


def scene(found: Search | None) -> Scene:
    """The loss against the logarithm of the rate, and what is suggested; Enter takes it."""
    title = _("learning-rate finder")
    if found is None:
        told = _("a short trial of growing learning rates; the run itself stays as it is")
        return Scene(title, (Note(told), Table("", (Line(_("start"), None, Deed("find_lr"), _("enter")),))))
    x = np.log10(found.rates)
    curves = (Curve(_("smoothed"), found.smoothed, x), Curve(_("loss"), found.losses, x))
    least = int(np.argmin(found.smoothed))
    lines = (
        Line(_("suggested"), found.suggestion, Deed(f"lr {found.suggestion:.2g}"), _("enter takes it")),
        Line(_("least loss at"), float(found.rates[least]), note=number(found.smoothed[least], 4)),
        Line(_("ended at"), float(found.rates[-1]), note=number(found.smoothed[-1], 4)),
    )
    chart = Chart(_("loss against log10 of the learning rate"), curves, _("log10 of the rate"))
    return Scene(title, (Table(_("learning rates"), lines, digits=3), chart))


PAGE = ScenePage("rates", N_("rates"), fits, read, scene, alone=True)

"""Where the first number came from that was not finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.formula_words import in_words
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Line, Note, Scene, Table
from nnlab.training.studies.autopsy import Autopsy, autopsy

if TYPE_CHECKING:
    from nnlab.session.session import Session

OPERANDS = 6


def fits(session: Session) -> bool:
    return session.run is not None and not np.isfinite(session.run.history.losses).all()


def read(session: Session) -> Autopsy:
    return autopsy(session.need_run())


def scene(found: Autopsy) -> Scene:
    """The number with its formula, its largest operands, and how loss, gradient and weights had grown."""
    broken = found.found
    worst = sorted(broken.explanation.operands, key=lambda o: -abs(np.nan_to_num(o.value, nan=np.inf)))
    seen: dict[str, Line] = {}
    for operand in worst:
        seen.setdefault(str(operand.address), Line(str(operand.address), operand.value, operand.address))
    operands = tuple(seen.values())[:OPERANDS]
    before = tuple(
        Line(
            _("step {step}", step=vital.step),
            vital.loss,
            note=_("gradient {gradient}, largest weight {weight}", gradient=number(vital.gradient, 3),
                   weight=number(vital.weight, 3)),
        )
        for vital in found.vitals
    )  # fmt: skip
    return Scene(
        _("the first number that was not finite, step {step}", step=found.step),
        (
            Note(broken.text, "bad"),
            Table(_("made from"), operands, digits=5),
            Table(_("loss of the steps before"), before, digits=5),
            Note(_("a smaller learning rate, “clip norm 1”, or scaled inputs keep numbers finite")),
        ),
        in_words(broken.explanation.formula),
        broken.address,
    )


PAGE = ScenePage("autopsy", N_("autopsy"), fits, read, scene, live=False)

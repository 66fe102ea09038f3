"""What the answer for the followed example hangs on, by gradient, gradient × input and occlusion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import number
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.insight.attribution import METHODS, OCCLUSION, Attribution, attribute
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Beside, Block, Grid, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session

LISTED = 8


def fits(session: Session) -> bool:
    run = session.run
    return run is not None and run.step_count > 0 and not run.network.duel and run.data.live is None


def read(session: Session) -> tuple[Attribution, ...]:
    """By every method that the data allow: what cannot be covered has no occlusion."""
    found = []
    for method in METHODS:
        try:
            found.append(attribute(session, method))
        except NnlabError:
            if method != OCCLUSION:
                raise
    return tuple(found)


def scene(found: tuple[Attribution, ...]) -> Scene:
    """Beside a picture its maps, signed: for the answer and against it; of other data the largest shares."""
    first = found[0]
    blocks: list[Block] = [
        Note(_("row {row}: the network says {answer}, truth {truth}", row=first.row, answer=first.answer,
               truth=first.truth), "text"),
        Note(_("asked about: {label} = {score}", label=first.label, score=number(first.score, 4))),
    ]  # fmt: skip
    if first.picture:
        seen = Grid(_("the example"), first.example.mean(axis=2), kind="unsigned", most="pixels")
        maps = (Grid(name_of(each.method), each.values, most="pixels") for each in found)
        blocks.append(Beside((seen, *maps)))
    blocks.append(Beside(tuple(shares(each) for each in found)))
    return Scene(_("what the answer hangs on"), tuple(blocks))


def shares(found: Attribution) -> Table:
    """The places with the largest shares."""
    flat = np.abs(found.values)
    limit = float(flat.max(initial=0.0)) or 1.0
    lines = tuple(Line(found.name_of(place), share) for place, share in found.largest(LISTED))
    return Table(name_of(found.method), lines, "signed", limit, 4)


def name_of(method: str) -> str:
    """What a method is called, without what it tells."""
    return _(METHODS[method]).replace("：", ":").partition(":")[0]


PAGE = ScenePage("saliency", N_("saliency"), fits, read, scene, live=False)

"""Through the narrow middle and back: input, code, what is made of it, the error; the map of all codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.codes import Codes, codes, has_code
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Beside, Block, Grid, Line, Note, Points, Scene, Table, Wall

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]


def fits(session: Session) -> bool:
    return session.run is not None and has_code(session)


def scene(found: Codes) -> Scene:
    """The followed example through the code; the map; what lives all over it; the way to another example."""
    told = _("row {row}: mean squared error {mse}", row=found.row, mse=f"{(found.error**2).mean():.5g}")
    blocks: list[Block] = [Note(told, "text"), through(found), table(found), chart(found)]
    if found.shape is not None:
        blocks += [plane(found), way(found)]
    return Scene(_("the code {name}", name=found.name), tuple(blocks))


def _picture(found: Codes, title: str, numbers: Array, kind: str = "unsigned") -> Grid:
    shape = found.shape or (1, len(numbers))
    return Grid(
        title, numbers.reshape(shape), kind=kind, limit=None if kind == "signed" else 1.0, most="pixels"
    )


def through(found: Codes) -> Beside:
    """Input, rebuilt and their difference."""
    return Beside(
        (
            _picture(found, _("example"), found.example),
            _picture(found, _("made again"), found.rebuilt),
            _picture(found, _("error"), found.error, "signed"),
        ),
        ("→", ""),
    )


def table(found: Codes) -> Table:
    lines = tuple(Line(f"{k}", float(value)) for k, value in enumerate(found.code))
    return Table(_("its code"), lines, "signed", digits=4)


def chart(found: Codes) -> Points:
    """The codes of many examples on the plane that holds most of their spread, and the followed one."""
    xy = np.concatenate((found.others, found.here[None]))
    kinds, names = None, found.kind_names
    if found.kinds is not None:
        kinds = np.concatenate((found.kinds, found.kinds[:1]))
    labels = tuple(names[int(k)] for k in found.kinds) if found.kinds is not None else ()
    return Points(
        _("map of codes"),
        xy,
        kinds,
        names=(*labels, "@") if labels else (),
        x_range=found.x_range,
        y_range=found.y_range,
        chosen=len(xy) - 1,
        note=_("@ here; the plane holds {share} of the spread of codes", share=f"{found.share:.0%}"),
    )


def plane(found: Codes) -> Wall:
    """What the second half makes of codes all over the map, top to bottom as on the map."""
    up, across = found.plane.shape[:2]
    grids = tuple(_picture(found, f"{r},{c}", found.plane[r, c]) for r in range(up) for c in range(across))
    return Wall(_("what lives all over the map, {rows} rows of {columns}", rows=up, columns=across), grids)


def way(found: Codes) -> Wall:
    """From the followed example to another, in equal steps of the code."""
    steps = len(found.way)
    grids = tuple(_picture(found, f"{k / (steps - 1):.0%}", picture) for k, picture in enumerate(found.way))
    return Wall(_("from row {row} to row {other}, through the code", row=found.row, other=found.other), grids)


PAGE = ScenePage("codes", N_("codes"), fits, codes, scene, live=False)

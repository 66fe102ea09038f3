"""Drawing by hand: a picture to paint on, what the network says of it, and every layer lit by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.sketch import Seen, can_be_drawn, seen
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Beside, Block, Deed, Grid, Line, Listed, Note, Scene, Table, Wall

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]
WIDE = 16
"""Units in a row of a layer that has no shape of its own."""


def fits(session: Session) -> bool:
    return session.run is not None and not session.run.network.duel and can_be_drawn(session)


def scene(found: Seen) -> Scene:
    """The picture, each pixel to be painted, beside the answer; the layers below."""
    said = _("enter or a click paints a pixel, once more takes it away; drag to draw a stroke")
    if found.answer:
        said = _("the network says {answer}, {share}", answer=found.answer, share=f"{found.shares.max():.0%}")
    blocks: list[Block] = [
        Note(said, "good" if found.answer else "muted"),
        Beside((canvas(found.pixels), Table("", answers(found), "share", 1.0, 3))),
        Table("", deeds()),
        *(layer(name, values) for name, values in found.layers),
    ]
    return Scene(_("paint a picture"), tuple(blocks), home=Deed(paint(0, 0)))


def paint(row: int, column: int) -> str:
    """The action behind a pixel: it turns the pixel on or off."""
    return f"sketch {row} {column}"


def pixel(row: int, column: int) -> Deed:
    return Deed(paint(row, column), name=_("row {row}, column {column}", row=row, column=column))


def canvas(pixels: Array) -> Grid:
    rows, columns = pixels.shape
    places = Listed(tuple(tuple(pixel(r, c) for c in range(columns)) for r in range(rows)))
    return Grid(
        _("your picture"),
        pixels,
        places,
        kind="unsigned",
        limit=1.0,
        marks={"later": pixels == 0},
        most="tiles",
        least="tiles",
    )


def answers(found: Seen) -> tuple[Line, ...]:
    """The probability of every class; the likeliest stands out."""
    return tuple(
        Line(name, float(share), role="chosen" if name == found.answer else "plain")
        for name, share in zip(found.names, found.shares)
    )


def deeds() -> tuple[Line, ...]:
    return (
        Line(_("wipe it"), None, Deed("sketch clear")),
        Line(_("begin with the example"), None, Deed("sketch example")),
    )


def layer(name: str, values: Array) -> Block:
    """What a layer gives on: maps as pictures, units as a row of shades."""
    if values.ndim == 3:
        limit = float(np.abs(values).max(initial=0.0)) or None
        grids = tuple(Grid(str(k), values[:, :, k], limit=limit) for k in range(values.shape[2]))
        return Wall(name, grids)
    flat = values.reshape(-1)
    wide = min(WIDE, len(flat))
    rows = -(-len(flat) // wide)
    shown = np.full(rows * wide, np.nan)
    shown[: len(flat)] = flat
    return Grid(name, shown.reshape(rows, wide), most="tiles")


PAGE = ScenePage("sketch", N_("sketch"), fits, seen, scene, alone=True)

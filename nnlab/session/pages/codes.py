"""Through the narrow middle and back: input, code, what is made of it, the error; the map of all codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.insight.codes import Codes, Point, codes, has_code
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Beside, Block, Deed, Grid, Line, Note, Points, Scene, Table, Wall

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]


STRIDES = 24
"""Steps of the arrows from one edge of the map to the other."""


def fits(session: Session) -> bool:
    return session.run is not None and has_code(session)


def scene(found: Codes) -> Scene:
    """The followed example through the code; a code to be moved and what is made of it; the map; what lives
    all over it; the way to another example.
    """
    told = _("row {row}: mean squared error {mse}", row=found.row, mse=number((found.error**2).mean(), 5))
    blocks: list[Block] = [Note(told, "text"), through(found), hand(found), starts(found.point)]
    blocks.append(chart(found))
    if found.shape is not None:
        blocks += [plane(found), way(found)]
    rule = _(
        "+ and − move a number of the code, enter takes one from you; on the map drag the *, or take it up "
        "with enter and move it with the arrows"
    )
    return Scene(_("the code {name}", name=found.name), tuple(blocks), rule, home=Deed("code 0="))


def _picture(found: Codes, title: str, numbers: Array, kind: str = "unsigned") -> Grid:
    return picture(found.shape, title, numbers, kind)


def picture(
    shape: tuple[int, int] | None, title: str, numbers: Array, kind: str = "unsigned", most: str = "pixels"
) -> Grid:
    """Numbers (n,) as a picture of ``shape``, or as a row."""
    limit = None if kind == "signed" else 1.0
    return Grid(title, numbers.reshape(shape or (1, len(numbers))), kind=kind, limit=limit, most=most)


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


def moved_scene(point: Point, shape: tuple[int, int] | None) -> Scene:
    """What is made of the code that is moved, in numbers."""
    x, y = point.at
    told = _("on the map at {x}, {y}; the nearest code is that of row {row}",
             x=f"{x:.4g}", y=f"{y:.4g}", row=point.near)  # fmt: skip
    made = picture(shape, _("made of it"), point.made, most="numbers")
    return Scene(_("a code of your own"), (Note(told, "text"), table(point), made))


def hand(found: Codes) -> Block:
    """The code that the learner moves, beside what is made of it."""
    return Beside(
        (table(found.point), _picture(found, _("made of it"), found.point.made)),
        ("→",),
    )


def table(point: Point) -> Table:
    """Each number of the code, to be moved by keys."""
    lines = tuple(
        Line(f"{k}", float(value), number_place(k, float(value), float(step)))
        for k, (value, step) in enumerate(zip(point.code, point.step))
    )
    return Table(_("a code to move"), lines, "signed", digits=4)


def starts(point: Point) -> Table:
    """Codes to begin with."""
    lines = (
        Line(_("as in the example"), None, Deed("code example")),
        Line(_("as in row {row}, the nearest", row=point.near), None, Deed(f"code row {point.near}")),
    )
    return Table("", lines)


def number_place(k: int, value: float, step: float) -> Deed:
    """Where number ``k`` of the code is changed."""
    keys = {"raise": f"code {k}={value + step:.4g}", "lower": f"code {k}={value - step:.4g}"}
    return Deed(f"code {k}=", name=_("number {k} of the code", k=k), keys=keys)


def chart(found: Codes) -> Points:
    """The codes of many examples on the plane that holds most of their spread, the followed one, and the one
    that is moved, which the mouse drags and the arrows take along.
    """
    xy = np.concatenate((found.others, found.here[None], found.point.at[None]))
    kinds, names = None, found.kind_names
    if found.kinds is not None:
        kinds = np.concatenate((found.kinds, found.kinds[:1], found.kinds[:1]))
    labels = [names[int(k)] for k in found.kinds] if found.kinds is not None else ["·"] * len(found.others)
    nowhere = (None,) * (len(xy) - 1)
    return Points(
        _("map of codes"),
        xy,
        kinds,
        names=(*labels, "@", "*"),
        places=(*nowhere, _on_the_map(found)),
        x_range=found.x_range,
        y_range=found.y_range,
        chosen=len(xy) - 1,
        note=_(
            "@ the example, * the code to move; the plane holds {share} of the spread of codes",
            share=f"{found.share:.0%}",
        ),
        field="code map {x} {y}",
    )


def _on_the_map(found: Codes) -> Deed:
    """The moved code as a point that the arrows take along, a step at a time."""
    x, y = found.point.at
    right = (found.x_range[1] - found.x_range[0]) / STRIDES
    up = (found.y_range[1] - found.y_range[0]) / STRIDES
    ways = {"up": (0, up), "down": (0, -up), "left": (-right, 0), "right": (right, 0)}
    keys = {way: f"code map {x + dx:.4g} {y + dy:.4g}" for way, (dx, dy) in ways.items()}
    return Deed("code map ", name=_("the point on the map"), keys=keys)


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

"""The landscape of the loss in plain characters: a map with lines of equal loss and the walk on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.look import Look, chart, wrap
from nnlab.session.text import number

if TYPE_CHECKING:
    from nnlab.session.session import Session
    from nnlab.training.landscape import Array, Landscape

MAP = (16, 56)
"""Lines and columns of the map."""
WALKED, HERE, NEXT = "*", "@", "o"


def survey(session: Session) -> Landscape:
    """The landscape over the parameters that were chosen, or all where there are one or two."""
    run, axes, moving = session.need_run(), session.landscape_axes(), session.trainer.running
    surveyor = session.surveyor
    if not axes:
        raise NnlabError(_("choose one or two parameters, for example: landscape dense1.W[0,0] dense1.b[0]"))
    return surveyor.draw(session.trainer.at_boundary(lambda: surveyor.visit(run, axes, moving=moving)))


def render_landscape(land: Landscape, look: Look) -> list[str]:
    """Where the run stands and is led; then the map, or the curve over one parameter."""
    said = position(land)
    if look.accessible:
        return [line for text in (*said, lowest(land)) for line in wrap(text, look.width)]
    width = min(MAP[1], look.width - 10)
    drawn = _curve(land, width) if len(land.names) == 1 else _map(land, width)
    marks = _("{walked} the walk, {here} here, {next} where the pending update leads",
              walked=WALKED, here=HERE, next=NEXT)  # fmt: skip
    lines = (*said, *drawn, lowest(land), marks)
    return [line for text in lines for line in (wrap(text, look.width) if len(text) > look.width else [text])]


def position(land: Landscape) -> list[str]:
    """Where the run stands, which way is uphill, and where the pending update leads."""
    here = ", ".join(f"{name} = {number(float(v), 4)}" for name, v in zip(land.names, land.here))
    lines = [_("here: {here}; loss {loss}", here=here, loss=number(land.loss, 4))]
    if land.gradient is not None and land.next is not None:
        lines.append(
            _(
                "gradient ({gradient}); the pending update leads to ({next})",
                gradient=_row(land.gradient),
                next=_row(land.next),
            )
        )
    if not land.inside(land.here):
        lines.append(_("that is outside of what is shown"))
    return lines


def _row(values: Array) -> str:
    return ", ".join(number(float(v), 4) for v in values)


def lowest(land: Landscape) -> str:
    """The lowest place of what is shown."""
    place, loss = land.lowest()
    where = ", ".join(f"{name} = {number(float(v), 3)}" for name, v in zip(land.names, place))
    return _("lowest of what is shown: {loss} near {where}", loss=number(loss, 3), where=where)


def _map(land: Landscape, columns: int) -> list[str]:
    rows = MAP[0]
    grid = [["" if c < 0 else str(c) for c in line] for line in land.contour(rows, columns).tolist()]
    marks = [(point, WALKED) for walk in land.walks for point in walk[:-1]]
    marks += [(land.next, NEXT)] if land.next is not None else []
    for point, mark in [*marks, (land.here, HERE)]:
        if land.inside(point):
            down, across = land.shares(point[None])[0].tolist()
            grid[round(down * (rows - 1))][round(across * (columns - 1))] = mark
    thresholds = land.thresholds.tolist()
    key = "  ".join(f"{k} < {number(v, 2)}" for k, v in enumerate(thresholds))
    (left, right), (low, high) = land.ranges
    return [
        key,
        *(f"|{''.join(cell or ' ' for cell in line)}|" for line in grid),
        f"{land.names[0]} {number(left, 3)} … {number(right, 3)}   "
        f"{land.names[1]} {number(low, 3)} … {number(high, 3)}",
    ]


def _curve(land: Landscape, width: int) -> list[str]:
    xs = np.linspace(*land.ranges[0], len(land.losses))
    series = [(".", list(zip(xs.tolist(), land.losses.tolist())))]
    places = [(WALKED, np.concatenate([walk[:-1, 0] for walk in land.walks]))]
    places += [(NEXT, land.next)] if land.next is not None else []
    for mark, points in [*places, (HERE, land.here)]:
        seen = np.array([x for x in points if land.inside(np.array([x]))])
        series.append((mark, list(zip(seen.tolist(), land.height_at(seen).tolist()))))
    return [*chart(series, width, MAP[0]), land.names[0]]

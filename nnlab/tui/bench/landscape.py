"""The gauge of the loss over one or two parameters: its ground in shades or lines, and the walk on it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnlab.i18n import _
from nnlab.session.figures import plain
from nnlab.training.landscape import LEVELS, Landscape
from nnlab.tui import curves, pictures
from nnlab.tui.bench.charts import plot_area
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.glyphs import columns, glyph
from nnlab.tui.palette import CATEGORY, SEQUENTIAL
from nnlab.tui.paths import path, places
from nnlab.tui.themes import Role

SIGNS, SIGNS_ASCII = "●○•", "@o*"
"""Where the run stands, where its update leads, where it was."""
WALKED = 40
"""Steps of a walk that are marked one by one, the first ones; further on it is only a line."""
SCALE = 16
"""Columns of the scale of shades."""

Array = NDArray[np.floating]


def draw(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """Where the run stands and is led in numbers, the ground with the walk, and what the axes are."""
    cells = blank(height, width)
    land = readings.landscape
    if land is None or height < 5 or width < 16:
        what = readings.trouble or _("one moment: the landscape is being computed")
        text(cells, min(1, max(0, height - 1)), 1, clip(what, width - 2), Role.MUTED)
        return Picture(cells)
    names = _short(land.names)
    head = [plain(line, sight.caps) for line in _position(land, names, width - 2)]
    for y, line in enumerate(head):
        text(cells, y, 1, clip(line, width - 2), Role.TEXT if y == 0 else Role.MUTED)
    if len(names) == 1:
        paste(cells, len(head), 0, _curve(land, names[0], height - len(head), width, sight))
        return Picture(cells)
    foot = 2 if height >= 9 else 1
    rows = max(1, height - len(head) - foot)
    paste(cells, len(head), 0, _ground(land, rows, width, sight))
    _axes(cells, height - foot, land, names, sight)
    return Picture(cells)


def _short(names: tuple[str, ...]) -> tuple[str, ...]:
    """``W[0,0]`` where all are of one layer."""
    layers = {name.split(".")[0] for name in names}
    return tuple(name.split(".", 1)[1] for name in names) if len(layers) == 1 else names


def _number(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _position(land: Landscape, names: tuple[str, ...], width: int) -> list[str]:
    """One line where everything fits, else two: where the run stands; the gradient and what it leads to."""
    here = "  ".join(f"{name} {_number(float(v))}" for name, v in zip(names, land.here))
    here += "  " + _("loss {loss}", loss=_number(land.loss))
    if not land.inside(land.here):
        here += "  " + _("(outside)")
    if land.gradient is None or land.next is None:
        return [here]
    slope = ", ".join(_number(float(v)) for v in land.gradient)
    led = ", ".join(_number(float(v)) for v in land.next)
    there = _("gradient {gradient} → {next}", gradient=slope, next=led)
    return [f"{here}  {there}"] if columns(here) + columns(there) + 2 <= width else [here, there]


# -- over two parameters ------------------------------------------------------------------------------


def _ground(land: Landscape, rows: int, width: int, sight: Sight) -> Cells:
    """Shades of the loss, or the lines of equal loss as figures where there are no shades; then the walk."""
    caps = sight.caps
    if caps.color is ColorDepth.NONE:
        lines = land.contour(rows, width)
        area = blank(rows, width)
        area[..., 0] = np.where(lines < 0, 0, glyph("0") + lines)
        area[..., 1] = Role.MUTED
    elif caps.unicode:
        area = pictures.half_blocks(SEQUENTIAL.index(land.levels(2 * rows, width), LEVELS))
    else:
        area = blank(rows, width)
        area[..., 2] = SEQUENTIAL.index(land.levels(rows, width), LEVELS)
    for walk, ink in zip(land.walks, _inks(land)):
        y, x = land.shares(walk).T
        path(area, y, x, ink, caps)
    for walk, ink in zip(land.walks, _inks(land)):
        _mark(area, land.shares(walk[:WALKED]), 2, ink, caps)
    _mark_ends(area, land, land.shares, caps)
    return area


def _inks(land: Landscape) -> list[int]:
    """The last walk stands out from those before it."""
    return [*[int(Role.MUTED)] * (len(land.walks) - 1), int(Role.TEXT)]


def _mark_ends(area: Cells, land: Landscape, shares: Callable[[Array], Array], caps: Capabilities) -> None:
    if land.next is not None:
        _mark(area, shares(land.next[None]), 1, Role.ACCENT, caps)
    _mark(area, shares(land.here[None]), 0, Role.ACCENT, caps)


def _mark(area: Cells, shares: Array, sign: int, ink: int, caps: Capabilities) -> None:
    """A sign at each of the places ``shares`` (n, 2) of the height from the top and of the width."""
    height, width = area.shape[:2]
    row, column = places(shares[:, 0], shares[:, 1], height, width, caps)
    row, column = row[row >= 0], column[row >= 0]
    area[row, column, 0] = glyph((SIGNS if caps.unicode else SIGNS_ASCII)[sign])
    area[row, column, 1] = ink


def _axes(cells: Cells, y: int, land: Landscape, names: tuple[str, ...], sight: Sight) -> None:
    """The ranges in one line; in the next, where there is one, what the shades or the figures stand for."""
    height, width = cells.shape[:2]
    (left, right), (low, high) = land.ranges
    ends = f"→ {names[0]} {_number(left)} … {_number(right)}   ↑ {names[1]} {_number(low)} … {_number(high)}"
    text(cells, y, 1, clip(plain(ends, sight.caps), width - 2), Role.MUTED)
    if y + 1 >= height:
        return
    thresholds = land.thresholds.tolist()
    if sight.caps.color is ColorDepth.NONE:
        key = "  ".join(f"{k}<{t:.2g}" for k, t in enumerate(thresholds))
        text(cells, y + 1, 1, clip(key, width - 2), Role.MUTED)
        return
    finite = land.losses[np.isfinite(land.losses)]
    x = 1 + text(cells, y + 1, 1, f"{_('loss')} {_number(float(finite.min(initial=np.inf)))} ", Role.MUTED)
    shades = SEQUENTIAL.index(np.arange(SCALE) * LEVELS // SCALE, LEVELS)
    if x + SCALE + 12 < width:
        cells[y + 1, x : x + SCALE, 2] = shades
        text(cells, y + 1, x + SCALE, f" {_number(float(finite.max(initial=-np.inf)))}", Role.MUTED)


# -- over one parameter -------------------------------------------------------------------------------


def _curve(land: Landscape, name: str, height: int, width: int, sight: Sight) -> Cells:
    """The loss as a curve, with hops from place to place of the walk."""
    caps = sight.caps
    low, high = curves.data_range([land.losses])
    xs = np.linspace(*land.ranges[0], len(land.losses))
    series = [curves.Series(_("loss"), land.losses, xs, CATEGORY)]
    cells = curves.chart(
        height, width, series, x_range=land.ranges[0], y_range=(low, high), x_name=name, caps=caps
    )
    plot = plot_area(cells, top=0)
    if plot is None or plot[0] >= plot[1]:
        return cells
    area = cells[plot[0] : plot[1], plot[2] :]

    def shares(points: Array) -> Array:
        across = (points[:, 0] - land.ranges[0][0]) / (land.ranges[0][1] - land.ranges[0][0])
        down = (high - land.height_at(points[:, 0])) / (high - low)
        return np.stack((down, across), axis=1)

    curve = area.copy()
    for walk in land.walks:
        y, x = shares(walk[:WALKED]).T
        path(area, y, x, Role.FAINT, caps)
    drawn = curve[..., 1] == CATEGORY
    area[drawn] = curve[drawn]
    for walk, ink in zip(land.walks, _inks(land)):
        _mark(area, shares(walk[:WALKED]), 2, ink, caps)
    _mark_ends(area, land, shares, caps)
    return cells

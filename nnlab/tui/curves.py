"""Live curves drawn straight into cells: loss and metric against steps.

Lines are rasterised per pixel column from the smallest to the largest value (so a spike of one step in a
hundred thousand is still drawn), as braille (2x4 pixels a cell), quadrants (2x2) or ASCII marks.  Series
differ by colour, by dash, and by the name at their last point; in ASCII by their mark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnlab.session.figures import minus
from nnlab.tui import ticks
from nnlab.tui.capabilities import FULL, Capabilities, GlyphSet
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.glyphs import BRAILLE, QUADRANT, columns, spell
from nnlab.tui.palette import CATEGORY
from nnlab.tui.pictures import braille_masks
from nnlab.tui.themes import Role

Array = NDArray[np.floating]

MARKS = "*+o#x@%="
# Dash by series: (period, drawn) in pixel columns; the first is solid.
DASHES = ((1, 1), (6, 4), (4, 2), (8, 6), (3, 1), (10, 5), (5, 3), (7, 2))
THIN, THIN_MARK = (3, 1), "."
"""Of a thin curve, a dot in two of three cells."""


@dataclass(frozen=True)
class Series:
    """One curve: ``y`` (n,) against ``x`` (n,), or against 0..n-1; ``color`` and ``dash`` by its place.

    A ``thin`` one is dotted; one without a name is not in the legend.
    """

    name: str
    y: Array
    x: Array | None = None
    color: int | None = None
    dash: int | None = None
    thin: bool = False


def spans(
    x: Array, y: Array, x_range: tuple[float, float], y_range: tuple[float, float], height: int, width: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The polyline through (x, y) (n,) on a grid of height x width pixels, x rising.

    Returns (columns, top, bottom), one entry per pixel column that the line crosses: rows top..bottom,
    inclusive, are on. Not-a-number breaks the line.
    """
    finite = np.isfinite(y)
    if not finite.all():
        x, y = x[finite], y[finite]
    if not len(y):
        empty = np.zeros(0, np.intp)
        return empty, empty, empty
    fx = (x - x_range[0]) * ((width - 1) / ((x_range[1] - x_range[0]) or 1.0))
    fy = (y_range[1] - y) * ((height - 1) / ((y_range[1] - y_range[0]) or 1.0))
    if len(fx) > 1 and len(fx) < 2 * width:  # fewer points than pixels: points between them
        grid = np.linspace(fx[0], fx[-1], 2 * width)
        fy, fx = np.interp(grid, fx, fy), grid
    column = np.rint(fx).astype(np.intp)
    row = np.rint(np.clip(fy, -1, height)).astype(np.intp)
    starts = np.flatnonzero(np.concatenate(([True], column[1:] != column[:-1])))
    top = np.minimum.reduceat(row, starts)
    bottom = np.maximum.reduceat(row, starts)
    # Join each column to the one before, meeting it where it left off.
    low, high = top.copy(), bottom.copy()
    top[1:] = np.minimum(low[1:], high[:-1])
    bottom[1:] = np.maximum(high[1:], low[:-1])
    top[1:] = np.where(low[1:] > high[:-1], high[:-1] + 1, top[1:])
    bottom[1:] = np.where(high[1:] < low[:-1], low[:-1] - 1, bottom[1:])
    column = column[starts]
    inside = (column >= 0) & (column < width) & (bottom >= 0) & (top < height)
    return column[inside], np.maximum(top[inside], 0), np.minimum(bottom[inside], height - 1)


def raster(
    series: Series,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    height: int,
    width: int,
    dash: tuple[int, int] = DASHES[0],
) -> NDArray[np.bool_]:
    """Pixels (height, width) of one curve; ``dash`` is (period, drawn) in columns."""
    y = np.asarray(series.y, float)
    x = np.arange(len(y), dtype=float) if series.x is None else np.asarray(series.x, float)
    column, top, bottom = spans(x, y, x_range, y_range, height, width)
    period, drawn = dash
    if period > 1:
        keep = column % period < drawn
        column, top, bottom = column[keep], top[keep], bottom[keep]
    # +1 where a column's span begins, -1 after its end; the running sum is 1 inside.
    edge = np.zeros((height + 1, width), np.int8)
    edge[top, column] = 1
    edge[bottom + 1, column] -= 1
    return np.cumsum(edge[:-1], axis=0, dtype=np.int8).view(np.bool_)


def quadrant_masks(pixels: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Pixels (2h, 2w) to quadrant masks (h, w)."""
    p = pixels.astype(np.int16)
    return p[0::2, 0::2] | p[0::2, 1::2] << 1 | p[1::2, 0::2] << 2 | p[1::2, 1::2] << 3


_GRID = {GlyphSet.BRAILLE: (4, 2), GlyphSet.BLOCK: (2, 2), GlyphSet.ASCII: (1, 1)}


def draw(
    cells: Cells,
    series: Sequence[Series],
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    caps: Capabilities = FULL,
) -> None:
    """Curves onto ``cells`` (h, w, 3), without axes; where they cross, the first series lies on top."""
    height, width = cells.shape[:2]
    fine_y, fine_x = _GRID[caps.glyphs]
    union: NDArray[np.int16] | None = None
    for i, one in reversed(list(enumerate(series))):
        dash = dash_of(one, i)
        pattern = THIN if one.thin else DASHES[dash % len(DASHES) if caps.unicode else 0]
        pixels = raster(one, x_range, y_range, height * fine_y, width * fine_x, pattern)
        ink = color_of(one, i)
        if not caps.unicode:
            cells[..., 0][pixels] = ord(THIN_MARK if one.thin else MARKS[dash % len(MARKS)]) - 32
            cells[..., 1][pixels] = ink
            continue
        masks = braille_masks(pixels) if caps.glyphs is GlyphSet.BRAILLE else quadrant_masks(pixels)
        drawn = masks > 0
        cells[..., 1][drawn] = ink
        union = masks if union is None else union | masks
    if union is not None:
        drawn = union > 0
        start = BRAILLE if caps.glyphs is GlyphSet.BRAILLE else QUADRANT
        cells[..., 0][drawn] = start + union[drawn]


def color_of(series: Series, place: int) -> int:
    return CATEGORY + place % 8 if series.color is None else series.color


def dash_of(series: Series, place: int) -> int:
    return place if series.dash is None else series.dash


def data_range(arrays: Sequence[Array], pad: float = 0.05) -> tuple[float, float]:
    """The smallest and largest finite number with a little room; 0..1 when there is none."""
    low, high = np.inf, -np.inf
    for array in arrays:
        if len(array):
            low = min(low, float(np.min(array, initial=np.inf, where=np.isfinite(array))))
            high = max(high, float(np.max(array, initial=-np.inf, where=np.isfinite(array))))
    if not np.isfinite(low):
        return 0.0, 1.0
    room = (high - low) * pad or abs(high) * 0.1 or 1.0
    return (0.0 if 0 <= low < room else low - room), high + room


def chart(
    height: int,
    width: int,
    series: Sequence[Series],
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    log: bool = False,
    title: str = "",
    x_name: str = "",
    cursor: float | None = None,
    caps: Capabilities = FULL,
    background: int = Role.BACKGROUND,
) -> Cells:
    """A chart with axes as a picture (height, width, 3).

    ``log``: logarithmic y; numbers at or below zero are drawn at the lower edge. ``cursor``: an upright
    line at this x (the scrubber). Axis numbers are always whole: where they do not fit they are left out.
    """
    cells = blank(height, width, background)
    if height < 2 or width < 8:
        draw(cells, series, _x_range(series, x_range), y_range or data_range([s.y for s in series]), caps)
        return cells
    if log:
        series, y_range = _logarithms(series, y_range)
    xs = _x_range(series, x_range)
    ys = y_range or data_range([s.y for s in series])
    top = 1 if title or len(series) > 1 else 0
    plot_height = height - top - 2
    if plot_height < 2:  # no room for an x axis
        plot_height = height - top
    marks = [(row, minus(name, caps)) for row, name in _y_marks(ys, plot_height, log)]
    margin = max((len(name) for _, name in marks), default=0)
    if margin + 10 > width:
        marks, margin = [], 0
    plot_width = width - margin - 1
    axis = spell("┤│└─┴" if caps.unicode else "+|+-+")
    area = blank(plot_height, plot_width, background)
    for row, _ in marks:
        if 0 < row < plot_height - 1:
            area[row, ::2, 0], area[row, ::2, 1] = spell("·" if caps.unicode else ".")[0], Role.FAINT
    if cursor is not None:
        at = round((cursor - xs[0]) / ((xs[1] - xs[0]) or 1.0) * (plot_width - 1))
        if 0 <= at < plot_width:
            area[:, at, 0], area[:, at, 1] = spell("│" if caps.unicode else "|")[0], Role.CURSOR
    draw(area, series, xs, ys, caps)
    paste(cells, top, margin + 1, area)
    cells[top : top + plot_height, margin, 0] = axis[1]
    cells[top : top + plot_height, margin, 1] = Role.FAINT
    for row, name in marks:
        text(cells, top + row, margin - len(name), name, Role.MUTED)
        cells[top + row, margin, 0] = axis[0]
    _legend(cells, series, title, caps, rows=2 if plot_height >= 5 else 1)
    if top + plot_height < height:
        _x_axis(cells, top + plot_height, margin, plot_width, xs, x_name, caps)
    return cells


def _logarithms(
    series: Sequence[Series], y_range: tuple[float, float] | None
) -> tuple[list[Series], tuple[float, float]]:
    """The same curves as powers of ten; numbers at or below zero lie on the lower edge."""
    values = [np.asarray(s.y, float) for s in series]
    if y_range is None:
        ends = data_range([np.log10(y[y > 0]) for y in values])
    else:
        ends = (float(np.log10(y_range[0])), float(np.log10(y_range[1])))
    powers = [np.log10(y, where=y > 0, out=np.where(np.isnan(y), y, ends[0])) for y in values]
    return [replace(s, y=p) for s, p in zip(series, powers)], ends


def _x_range(series: Sequence[Series], given: tuple[float, float] | None) -> tuple[float, float]:
    if given is not None:
        return given
    ends = [
        (0.0, len(s.y) - 1.0) if s.x is None else (float(s.x[0]), float(s.x[-1])) for s in series if len(s.y)
    ]
    if not ends:
        return 0.0, 1.0
    low, high = min(a for a, _ in ends), max(b for _, b in ends)
    return (low, high) if high > low else (low, low + 1)


def _y_marks(ys: tuple[float, float], height: int, log: bool) -> list[tuple[int, str]]:
    """(row, number) down the y axis."""
    most = max(1, height // 3)
    values = ticks.log_ticks(*ys, most) if log else ticks.ticks(*ys, most)
    step = ticks.nice_step(ys[1] - ys[0], most)
    marks: dict[int, str] = {}
    names = [ticks.power_label(value) for value in values] if log else ticks.labels(values, step)
    for value, name in zip(values, names):
        row = round((ys[1] - value) / ((ys[1] - ys[0]) or 1.0) * (height - 1))
        if 0 <= row < height:
            marks[row] = name
    if len(marks) < 2 <= height:  # no two round numbers in sight: what the ends are
        ends = [ys[1], ys[0]]
        step = ticks.nice_step(ys[1] - ys[0], 15)
        shown = [ticks.power_label(end) for end in ends] if log else ticks.labels(ends, step)
        return [(0, shown[0]), (height - 1, shown[1])]
    return sorted(marks.items())


def _x_axis(
    cells: Cells, y: int, margin: int, width: int, xs: tuple[float, float], name: str, caps: Capabilities
) -> None:
    corner, line, tick = spell("└─┬" if caps.unicode else "+-+")
    cells[y, margin:, 0], cells[y, margin:, 1] = line, Role.FAINT
    cells[y, margin, 0] = corner
    end = len(cells[0])
    if name:
        end -= columns(name) + 1
        if end > margin + 12:
            text(cells, y + 1, end + 1, name, Role.MUTED)
        else:
            end = len(cells[0])
    most = max(1, width // 12)
    values = ticks.ticks(*xs, most)
    names = ticks.labels(values, ticks.nice_step(xs[1] - xs[0], most))
    found = _beside(values, names, xs, margin, width, end)
    if len(found) < 2:  # no two round numbers in sight: what the ends are, the name before the last
        names = ticks.labels(xs, ticks.nice_step(xs[1] - xs[0], 15))
        text(cells, y + 1, margin, " " * (len(cells[0]) - margin))
        before = len(cells[0]) - len(names[1]) - 1 - columns(name)
        if name and before > margin + 6:
            text(cells, y + 1, before, name, Role.MUTED)
        found = _beside(xs, names, xs, margin, width, len(cells[0]))
    for at, start, string in found:
        cells[y, at, 0] = tick
        text(cells, y + 1, start, minus(string, caps), Role.MUTED)


def _beside(
    values: Sequence[float], names: Sequence[str], xs: tuple[float, float], margin: int, width: int, end: int
) -> list[tuple[int, int, str]]:
    """(column of the tick, column of its number, number) of those that find room before ``end``."""
    found = []
    free = 0
    for value, name in zip(values, names):
        at = margin + 1 + round((value - xs[0]) / ((xs[1] - xs[0]) or 1.0) * (width - 1))
        start = min(max(0, at - len(name) // 2), end - len(name))
        if start >= free and abs(start + len(name) // 2 - at) <= len(name):
            found.append((at, start, name))
            free = start + len(name) + 1
    return found


def _legend(cells: Cells, series: Sequence[Series], title: str, caps: Capabilities, rows: int) -> None:
    """The title on the left, names with their line samples on the right, in ``rows`` rows at most.

    Names that do not fit are left out, the last ones first.
    """
    width = len(cells[0])
    if title:
        text(cells, 0, 0, clip(title, width), Role.TEXT)
    if len(series) < 2:
        return
    names = [
        (f"{_sample(dash_of(one, i), caps)} {one.name}", color_of(one, i))
        for i, one in enumerate(series)
        if one.name
    ]
    for row in range(rows):
        room = width - (columns(title) + 2 if title and row == 0 else 0)
        count = 0
        while count < len(names) and sum(columns(name) + 2 for name, _ink in names[: count + 1]) - 2 <= room:
            count += 1
        x = width + 2 - sum(columns(name) + 2 for name, _ink in names[:count])
        for name, ink in names[:count]:
            x += text(cells, row, x, name, ink) + 2
        names = names[count:]


def _sample(place: int, caps: Capabilities) -> str:
    """Two cells of the series' own line."""
    if not caps.unicode:
        return MARKS[place % len(MARKS)] * 2
    return ("──", "╌╌", "··", "─╌", "∙ ", "─ ", "╌·", "· ")[place % 8]

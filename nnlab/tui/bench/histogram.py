"""A layer too large for shades: how its weights are spread.  A bar opens into the weights inside it."""

from __future__ import annotations

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import _
from nnlab.session.figures import Scale, full, plain
from nnlab.session.moment import Moment, Place
from nnlab.tui.bench.chips import Pen, largest
from nnlab.tui.bench.graph import standing
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import blank, clip, fill, text
from nnlab.tui.glyphs import RISING
from nnlab.tui.themes import Role

LISTED = 5
COUNTED = 1 << 20
"""Weights that are counted; of more, every so many-th."""


def draw(
    moment: Moment, cursor: Place | None, height: int, width: int, sight: Sight = PLAIN, bar: int = -1
) -> Picture:
    """Bars (height, width, 3); ``bar`` is the one the cursor has opened, else that of the cursor's weight."""
    cells = blank(height, width)
    column, unit = standing(moment, cursor)
    name = column.weights or column.post
    part = moment.part_of(name)
    array = moment.array(name, part)
    spots: list[Spot] = []
    if height < 8 or width < 30:
        return Picture(cells)
    pen = Pen(moment, cells, sight, cursor, unit, frozenset(), spots)
    title = f"{name}.grad" if part else name
    shape = plain("×".join(map(str, array.shape)), sight.caps) if array is not None else ""
    text(cells, 0, 1, title, Role.ACCENT)
    text(cells, 0, len(title) + 3, shape, Role.MUTED)
    spots.append(Spot(0, 1, len(title), ("layer", column.name)))
    reason = _("histogram: {n} weights are more than there are cells", n=0 if array is None else array.size)
    text(cells, height - 1, 1, clip(reason, width - 2), Role.MUTED)
    if array is None:
        text(cells, height // 2, 0, "?", Role.MUTED, None, width, "center")
        return Picture(cells, tuple(spots))
    sample = array if array.size <= COUNTED else array.ravel()[:: array.size // COUNTED]
    limit = largest(sample) or 1.0
    bins = max(3, min(61, (width - 4) // 2)) | 1
    counts, edges = np.histogram(np.nan_to_num(sample), bins=bins, range=(-limit, limit))
    if bar < 0:
        here = _value_at(moment, cursor)
        bar = bins // 2 if here is None else int(np.clip((here + limit) / (2 * limit) * bins, 0, bins - 1))
    rows = height - LISTED - 6
    _bars(pen, counts, bar, rows, 2)
    scale = Scale.of(edges)
    for x, value in ((0, -limit), (bins - 1, 0.0), (2 * bins - 6, limit)):
        text(cells, 2 + rows, 2 + x, scale.bare(float(value), sight.caps), Role.MUTED)
    _list(pen, name, array, edges[bar], edges[bar + 1], int(counts[bar]), 3 + rows, width)
    return Picture(cells, tuple(spots))


def _value_at(moment: Moment, cursor: Place | None) -> float | None:
    return None if cursor is None else moment.number(moment.address(cursor))


def _bars(pen: Pen, counts: np.ndarray[tuple[int], np.dtype[np.int64]], bar: int, rows: int, x: int) -> None:
    """Bars two columns apart; heights by the square root, so that rare weights stay visible."""
    caps, cells = pen.sight.caps, pen.cells
    top = max(1, int(counts.max()))
    for k, count in enumerate(counts.tolist()):
        eighths = round((count / top) ** 0.5 * rows * 8)
        if count and not eighths:
            eighths = 1
        side = (
            Role.NEGATIVE if k < len(counts) // 2 else Role.POSITIVE if k > len(counts) // 2 else Role.MUTED
        )
        ink = Role.CURSOR if k == bar else side
        at = x + 2 * k
        full_rows, rest = divmod(eighths, 8)
        fill(cells, 2 + rows - full_rows, at, full_rows, 1, "█" if caps.unicode else "#", ink)
        if rest and full_rows < rows:
            y = 1 + rows - full_rows
            cells[y, at, 0] = RISING + rest if caps.unicode else ord(".") - 32
            cells[y, at, 1] = ink
        pen.spots.append(Spot(1, at, 2, ("bar", k), height=rows + 1))


def _list(
    pen: Pen,
    name: str,
    array: np.ndarray[tuple[int, ...], np.dtype[np.floating]],
    low: float,
    high: float,
    count: int,
    y: int,
    width: int,
) -> None:
    """The largest weights in the open bar, each a spot."""
    caps = pen.sight.caps
    ends = [plain(number(float(end), 3), caps) for end in (low, high)]
    head = _("{n} from {low} to {high}; the largest:", n=count, low=ends[0], high=ends[1])
    text(pen.cells, y, 2, clip(head, width - 3), Role.TEXT)
    inside = np.flatnonzero((array.ravel() >= low) & (array.ravel() <= high))
    order = inside[np.argsort(-np.abs(array.ravel()[inside]), kind="stable")][:LISTED]
    for line, flat in enumerate(order.tolist()):
        index = tuple(int(i) for i in np.unravel_index(flat, array.shape))
        if pen.moment.batched(name):
            index = index[1:]
        place = Place(name, index)
        string = f"{name}[{','.join(map(str, index))}]  {full(float(array.ravel()[flat]), caps)}"
        text(pen.cells, y + 1 + line, 4, string, Role.TEXT)
        if pen.spot(y + 1 + line, 4, min(len(string), width - 5), place):
            pen.mark(y + 1 + line, 4, len(string))

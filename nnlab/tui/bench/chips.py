"""One column of the network picture, in the form its size allows: chips, tiles, a histogram, an image."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.session.columns import Column
from nnlab.session.figures import Scale
from nnlab.session.moment import Moment, Place
from nnlab.tui import pictures
from nnlab.tui.bench.blocks import draw_block
from nnlab.tui.bench.blocks.desk import Desk
from nnlab.tui.bench.layout import Slot
from nnlab.tui.bench.spots import Sight, Spot
from nnlab.tui.bench.step_lines import TILE
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.cells import Cells, box, clip, fill, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.palette import DIVERGING
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
LETTER = 2
"""Columns of the letter at the head of a chip; in a chip of one row they stand for the sum."""


@dataclass
class Pen:
    """What drawing a column needs: the moment, the cursor, what is still on its way, and where spots go."""

    moment: Moment
    cells: Cells
    sight: Sight
    cursor: Place | None
    unit: int
    hidden: frozenset[str]
    spots: list[Spot]
    heads: dict[str, str] = field(default_factory=dict)

    def values(self, column: Column, name: str) -> Array | None:
        """The numbers of the example, (units,); None where not known, or still flying."""
        part = self.moment.part_of(name)
        if (f"{name}.{part}" if part else name) in self.hidden:
            return None
        return self.moment.shown(column, name)

    def spot(self, y: int, x: int, width: int, place: Place) -> bool:
        """Note a spot; True where the cursor stands on it."""
        self.spots.append(Spot(y, x, width, place))
        return place == self.cursor

    def mark(self, y: int, x: int, width: int, string: str | None = None) -> None:
        """The cursor: reversed where the stage has the keyboard, underlaid where not."""
        fg, bg = (Role.CURSOR_TEXT, Role.CURSOR) if self.sight.focus else (Role.TEXT, Role.SELECTION)
        if string is None:
            fill(self.cells, y, x, 1, width, None, fg, bg)
        else:
            text(self.cells, y, x, string, fg, bg, width)


def tone(value: float, limit: float, caps: Any) -> tuple[int, int]:
    """(ink, ground) of a number on its own shade: paper's ink on strong shades."""
    if caps.color is ColorDepth.NONE or not isfinite(value):
        return Role.TEXT, Role.BACKGROUND
    share = max(-1.0, min(1.0, value / (limit or 1.0)))
    ground = DIVERGING.start + round((0.5 + 0.5 * share * 0.85) * (DIVERGING.size - 1))
    return (Role.BACKGROUND if abs(share) > 0.62 else Role.TEXT), ground


def draw(pen: Pen, slot: Slot, chosen: int) -> None:
    """The column of ``slot``; ``chosen`` is the unit the cursor is in, -1 for none."""
    forms = {"graph": _chips, "matrix": _tiles, "histogram": _histogram, "image": _image, "view": _view}
    forms[slot.form](pen, slot, chosen)


def _view(pen: Pen, slot: Slot, chosen: int) -> None:
    """The layer's own view in small; its numbers are places of the network's picture."""
    moment, view = pen.moment, slot.view
    if view is None:
        return
    desk = Desk(pen.cells, pen.sight, moment.address(pen.cursor) if pen.cursor is not None else None)
    draw_block(desk, view.drawn, slot.top, slot.x, view.size)
    for spot in (*desk.spots, *(spot for area in desk.fields for spot in area.spots)):
        if isinstance(spot.target, Address):
            pen.spots.append(replace(spot, target=moment.place(spot.target)))


def _label(name: str, backward: bool) -> str:
    letter = name.rsplit(".", 1)[-1] if "." in name else "x"
    return ("d" if backward else "") + letter


def _chips(pen: Pen, slot: Slot, chosen: int) -> None:
    """A chip for every unit: the sum z and the answer a, each a spot; in one row z shows under the cursor."""
    column, moment, caps, cells = slot.column, pen.moment, pen.sight.caps, pen.cells
    names = column.values if slot.lines == 2 or not column.has_pre else (column.post,)
    arrays = [pen.values(column, name) for name in names]
    folded = column.has_pre and slot.lines == 1  # one row for both numbers: the letter opens the sum
    opened = folded and pen.cursor is not None and pen.cursor.value == column.pre
    sums = pen.values(column, column.pre) if opened else None
    scale = Scale.of(*arrays, sums)
    limit = nice_above(largest(arrays[-1]))
    features = moment.data.feature_names if column.name == "input" else ()
    named = len(features) == column.units
    inner = slot.width - 2 * slot.boxed
    for unit in range(column.units):
        top = slot.top + unit * slot.pitch
        focused = unit == chosen
        if slot.boxed:
            style = "heavy" if focused else "round"
            edge = Role.ACCENT if focused else Role.FAINT
            box(cells, top, slot.x, slot.lines + 2, slot.width, fg=edge, style=style, caps=caps)
        for line, (name, array) in enumerate(zip(names, arrays)):
            y, x = top + slot.boxed + line, slot.x + slot.boxed
            if opened and pen.cursor == Place(column.pre, column.index(unit)):
                name, array = column.pre, sums
            value = None if array is None else float(array[unit])
            last = name == column.post
            if value is None:
                ink, ground = int(Role.MUTED), int(Role.PANEL)
            elif last:
                ink, ground = tone(value, limit, caps)
            else:
                ink, ground = int(Role.TEXT), int(Role.BACKGROUND if slot.boxed else Role.PANEL)
            label = features[unit] if named else _label(name, bool(moment.part_of(name)))
            fill(cells, y, x, 1, inner, " ", ink, ground)
            label = short(label, max(1, inner - 6 if len(label) <= inner - 6 else inner - 7))
            shaded = last and value is not None and abs(value) > 0.25 * limit
            text(cells, y, x, label, ink if shaded else Role.MUTED)
            text(cells, y, x + inner - 6, scale.text(value, caps), ink)
            here = name == column.pre and opened
            if folded:
                pen.spot(y, x, LETTER, Place(column.pre, column.index(unit)))
                here |= pen.spot(y, x + LETTER, inner - LETTER, Place(column.post, column.index(unit)))
            elif pen.spot(y, x, inner, Place(name, column.index(unit))):
                here = True
            if here:
                pen.mark(y, x, inner)
        if not slot.boxed and focused:
            for line in range(slot.lines):
                text(cells, top + line, slot.x - 1, "▐" if caps.unicode else "[", Role.ACCENT)
    pen.heads[column.name] = scale.head(caps)


def short(name: str, width: int) -> str:
    """A name in ``width`` columns that still tells it from its neighbours: every word keeps its beginning."""
    words = name.partition(" (")[0].replace("_", " ").split()
    if columns(name) <= width or len(words) < 2 or width < 2 * len(words):
        return clip(name, width)
    share = (width - len(words) + 1) // len(words)
    return clip(" ".join(word[:share] for word in words), width)


def largest(array: Array | None) -> float:
    if array is None:
        return 0.0
    return float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))


def _tiles(pen: Pen, slot: Slot, chosen: int) -> None:
    """A shaded cell pair for every unit, in rows of ``slot.side``."""
    column, caps = slot.column, pen.sight.caps
    values = pen.values(column, column.post)
    rows = slot.lines
    grid = np.full(rows * slot.side, np.nan)
    if values is None:
        for row in range(rows):
            count = min(slot.side, column.units - row * slot.side)
            text(pen.cells, slot.top + row, slot.x, " ?" * count, Role.MUTED, Role.PANEL)
    else:
        grid[: column.units] = values
        limit = nice_above(largest(values))
        _shade(pen.cells, slot, grid.reshape(rows, slot.side), limit, column.units, caps)
    _pixel_spots(pen, slot, column)
    caption = _reading(pen, column, column.post, values, chosen)
    text(pen.cells, slot.top + rows, slot.x, caption, Role.TEXT, None, max(slot.width, 10))


def _shade(cells: Cells, slot: Slot, grid: Array, limit: float, units: int, caps: Any) -> None:
    """A grid (rows, side) of signed numbers, each two cells wide: sign and size glyphs on their shade."""
    share = np.clip(np.nan_to_num(grid / limit), -1, 1)
    levels = np.rint((0.5 + 0.5 * share) * (DIVERGING.size - 1)).astype(np.intp)
    picture = np.zeros((*grid.shape, TILE, 3), np.int16)
    picture[..., 2] = Role.BACKGROUND
    picture[..., 1] = Role.TEXT
    if caps.color is ColorDepth.NONE:
        signs = np.where(share > 0.02, ord("+") - 32, np.where(share < -0.02, ord("-") - 32, 0))
        picture[..., 0, 0] = signs
        ramp = np.array([ord(c) - 32 for c in " .:-=+*#%@"], np.int16)
        picture[..., 1, 0] = ramp[np.rint(np.abs(share) * 9).astype(np.intp)]
    else:
        picture[..., 2] = DIVERGING.index(levels)[..., None]
        minus = np.where(share < -0.15, ord("-") - 32, np.where(share > 0.15, ord("+") - 32, 0))
        picture[..., 0, 0] = minus
        picture[..., 1] = np.where(np.abs(share) > 0.62, Role.BACKGROUND, Role.MUTED)[..., None]
    flat = picture.reshape(grid.shape[0], -1, 3)
    for row in range(grid.shape[0]):
        count = min(slot.side, units - row * slot.side) * TILE
        paste(cells, slot.top + row, slot.x, flat[row : row + 1, :count])


def _pixel_spots(pen: Pen, slot: Slot, column: Column) -> None:
    name = column.post
    height = len(pen.cells)
    for unit in range(column.units):
        y, x = slot.tile(unit)
        if y < height and pen.spot(y, x, TILE, Place(name, column.index(unit))):
            pen.mark(y, x, TILE)


def _reading(pen: Pen, column: Column, name: str, values: Array | None, chosen: int) -> str:
    """The number under the cursor, in digits."""
    if chosen < 0:
        return ""
    value = None if values is None else float(values[chosen])
    return f"{chosen}: {Scale.of(values).bare(value, pen.sight.caps)}"


def _histogram(pen: Pen, slot: Slot, chosen: int) -> None:
    """How the numbers of a large column are spread; the cursor's own number below."""
    column, caps = slot.column, pen.sight.caps
    values = pen.values(column, column.post)
    rows = max(1, slot.lines - 3)
    if values is None:
        fill(pen.cells, slot.top, slot.x, rows, slot.width, " ", Role.MUTED, Role.PANEL)
        text(pen.cells, slot.top + rows // 2, slot.x, "?", Role.MUTED, Role.PANEL, slot.width, "center")
    else:
        finite = values[np.isfinite(values)]
        counts, edges = np.histogram(finite if len(finite) else np.zeros(1), bins=slot.width)
        middle = (edges[:-1] + edges[1:]) / 2
        ink = np.where(middle < 0, Role.NEGATIVE, Role.POSITIVE).astype(np.int16)
        if chosen >= 0 and np.isfinite(values[chosen]):  # the bar that the number under the cursor is in
            ink[min(int(np.searchsorted(edges, values[chosen], "right")), slot.width) - 1] = Role.CURSOR
        paste(pen.cells, slot.top, slot.x, pictures.columns_chart(counts, rows, ink, caps))
        scale = Scale.of(edges)
        text(pen.cells, slot.top + rows, slot.x, scale.bare(float(edges[0]), caps), Role.MUTED)
        right = scale.bare(float(edges[-1]), caps)
        text(pen.cells, slot.top + rows, slot.x, right, Role.MUTED, None, slot.width, "right")
    unit = max(0, chosen)
    place = Place(column.post, column.index(unit))
    y = slot.top + rows + 1
    text(pen.cells, y, slot.x, _reading(pen, column, column.post, values, unit), Role.TEXT, None, slot.width)
    if pen.spot(y, slot.x, slot.width, place):
        pen.mark(y, slot.x, slot.width)


def _image(pen: Pen, slot: Slot, chosen: int) -> None:
    """The example as a picture, and below it the weights of the focused unit of the next layer."""
    column, caps, cells = slot.column, pen.sight.caps, pen.cells
    values = pen.values(column, column.post)
    side = slot.side
    shape = pen.moment.image
    if shape is None or values is None:
        return
    zoomed = slot.width == TILE * side
    matrix = values.reshape(shape)
    picture = pictures.image(matrix, slot.lines, slot.width, 0.0, caps=caps)
    paste(cells, slot.top, slot.x, picture)
    for unit in range(column.units):
        row, at = unit // side, unit % side
        if zoomed:
            y, x, width = slot.top + row, slot.x + at * TILE, TILE
        elif row % 2:
            continue  # two pixels share a cell: the odd rows are reached in the layer's own view
        else:
            y, x, width = slot.top + row // 2, slot.x + at, 1
        if pen.spot(y, x, width, Place(column.post, column.index(unit))):
            pen.mark(y, x, width)
    if chosen >= 0:
        where = f"{chosen // side},{chosen % side}: {Scale.of(values).bare(float(values[chosen]), caps)}"
        text(cells, slot.top - 1, slot.x, where, Role.TEXT, None, slot.width, "right")
    if not zoomed or slot.top + 2 * slot.lines + 2 > len(cells):
        return
    after = pen.moment.columns[pen.moment.columns.index(column) + 1]
    weights = pen.moment.weights(after)
    if weights is None or weights.shape[0] != column.units:
        return
    top = slot.top + slot.lines + 1
    unit = pen.unit if pen.unit < weights.shape[1] else 0
    text(cells, top - 1, slot.x, f"{after.weights}[·,{unit}]", Role.MUTED, None, slot.width)
    limit = nice_above(largest(weights))
    tile = Slot(column, slot.x, slot.width, "matrix", top=top, lines=shape[0], side=side)
    _shade(cells, tile, np.asarray(weights[:, unit], float).reshape(shape), limit, column.units, caps)
    for i in range(column.units):
        y, x = tile.tile(i)
        if pen.spot(y, x, TILE, Place(after.weights, (i, unit))):
            pen.mark(y, x, TILE)

"""A grid of numbers: figures where there is room, a shade for each number, or pixels."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import full, plain
from nnlab.session.scene import Deed, Frame, Grid
from nnlab.session.scene_text import head_of, words_of
from nnlab.tui.bench.blocks.desk import Desk, Field, Size
from nnlab.tui.bench.blocks.shades import TILE, halves, inside, levels, pixel, pixels, tiles, zoomed
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import clip, fill, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.palette import GREYS, SEQUENTIAL
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
FORMS = ("numbers", "tiles", "pixels")
LOSSES = {"numbers": 0.0, "tiles": 0.5, "pixels": 1.0}
PARTS = (1, 2, 3, 4, 6, 8)
"""How many numbers each way are taken together into a pixel, where there are too many."""
NARROW = 3
"""Columns of the shortest figure with a gap: grids that are wider than that need not be measured."""
ZOOMS = (3, 2)
"""How many pixels each way a number of a picture takes where there is much room."""
TALL = 24
"""Rows of a picture at most that is made larger."""
NAMELESS = 0.6
"""What is lost with the names of rows that pixels have no room for."""
FEW = 30
"""Numbers of a grid that is there to be read, so that shades lose more."""
MANY = 400
"""Numbers of a grid that is there to be seen, so that pixels lose nothing more than tiles."""
NOTE = 24
"""Columns that a note makes its grid wide, at most; a longer one goes on in the next row."""
LOW = 7
"""Rows of a picture that need not become smaller."""
NUMBER = 14
"""Columns of a number in full."""
MARGIN = 12
"""Columns of row names at most."""


def sizes(grid: Grid, width: int, sight: Sight) -> list[Size]:
    """Numbers, tiles, pixels, and pixels taken together where even those are too many."""
    rows, columns = grid.shape
    margin, read = _margin(grid), 2.0 * (rows * columns <= FEW)
    found = []
    allowed = FORMS[FORMS.index(grid.most) : FORMS.index(grid.least) + 1]
    if "numbers" in allowed and grid.values is not None and columns * NARROW <= width:
        wide = margin + columns * _cell_width(grid, _room(grid, width)) + 1
        height = _above(grid, "numbers") + rows + _below(grid, "numbers")
        found.append(Size(height, wide, "numbers", LOSSES["numbers"]))
    if "tiles" in allowed or grid.values is None:
        wide = margin + columns * TILE + 1
        height = _above(grid, "tiles") + rows + _below(grid, "tiles")
        found.append(Size(height, wide, "tiles", LOSSES["tiles"] + read + 0.6 * (rows * columns > MANY)))
    if "pixels" in allowed and grid.values is not None:
        tall, wide = pixel(grid, sight.caps)
        found += _zooms(grid, margin, tall, wide) if halves(sight.caps) else []
        nameless = NAMELESS * (bool(grid.rows) and tall < 1)
        for parts in PARTS:
            high, across = -(-rows // parts), -(-columns // parts)
            height = 1 + ceil(high * tall) + _below(grid, "pixels")
            loss = LOSSES["pixels"] + read + nameless + 0.7 * (parts - 1)
            found.append(Size(height, margin + across * wide, "pixels", loss))
            if margin + across * wide <= width and height <= LOW:
                break
    return [size for size in _titled(grid, found, width) if size.width <= width] or [_least(found, width)]


def _zooms(grid: Grid, margin: int, tall: float, wide: int) -> list[Size]:
    """Larger forms of what is a picture and nothing else."""
    rows, columns = grid.shape
    found = []
    for times in ZOOMS if grid.most == "pixels" else ():
        high = ceil(rows * tall * times)
        if high <= TALL:
            height = 1 + high + _below(grid, "pixels")
            loss = LOSSES["pixels"] - 0.05 * times
            found.append(Size(height, margin + columns * wide * times, f"pixels {times}", loss))
    return found


def _titled(grid: Grid, found: list[Size], width: int) -> list[Size]:
    """Wide enough for the title, and for what is said below in a few rows."""
    title = width_of(_title(grid)) if found and found[0].form == "numbers" else width_of(grid.title)
    least = min(width, max(title, min(width_of(grid.note), NOTE)))
    below = min(width, _said(grid)) if grid.places is not None else 0
    wide = {"numbers": least, "tiles": max(least, below), "pixels": max(least, below)}
    return [replace(size, width=max(size.width, wide[size.form.split()[0]])) for size in found]


def _said(grid: Grid) -> int:
    """Columns that the reading below the shades needs: a place with a name of its own is told with it."""
    rows, columns = grid.shape
    last = grid.places.at(rows - 1, columns - 1) if grid.places is not None else None
    named = width_of(last.name) + len(": 0.1234") if isinstance(last, Deed) and last.name else 0
    return max(NUMBER, named)


def _title(grid: Grid) -> str:
    """The title, with the power of ten of the figures where they have one."""
    head = "" if grid.values is None else head_of(grid)
    return f"{grid.title} {head}".strip()


def _least(found: list[Size], width: int) -> Size:
    return replace(found[-1], width=width, loss=found[-1].loss + 2)


def _margin(grid: Grid) -> int:
    names = max((width_of(name) for name in grid.rows), default=0)
    return min(MARGIN, names + 1) if names else 0


def _room(grid: Grid, width: int) -> int:
    """Columns that each figure may take of a grid of ``width``."""
    return (width - _margin(grid) - 1) // max(1, grid.shape[1])


def _cell_width(grid: Grid, room: int) -> int:
    """Columns of a figure, as many as its head needs where there is ``room`` for each."""
    words = max((width_of(word) for row in words_of(grid) for word in row), default=1)
    words += "winner" in grid.marks
    heads = max((width_of(name) for name in grid.columns), default=0)
    return max(words, min(heads, max(words, 7), room - 1), 2) + 1


def _above(grid: Grid, form: str) -> int:
    return 1 + (1 if grid.columns and (form == "numbers" or _short(grid)) else 0)


def _short(grid: Grid) -> bool:
    """Whether the heads can be told apart above tiles: single signs, wide ones too."""
    return bool(grid.columns) and all(width_of(name) < TILE or len(name) == 1 for name in grid.columns)


def _below(grid: Grid, form: str) -> int:
    """The reading of the number under the cursor where only shades are shown, and the note."""
    return (form != "numbers" and grid.places is not None) + bool(grid.note)


def draw(desk: Desk, grid: Grid, y: int, x: int, size: Size) -> None:
    size, times = _plain(size)
    rows, columns = grid.shape
    margin = _margin(grid)
    above = _above(grid, size.form) if size.form != "pixels" else 1
    values = grid.values
    desk.title(y, x, _title(grid) if size.form == "numbers" else grid.title, size.width)
    top, left = y + above, x + margin
    if values is None:
        for row in range(min(rows, size.height - above)):
            text(desk.cells, top + row, left, " ?" * columns, Role.FAINT, None, size.width - margin)
        return
    if size.form == "pixels":
        larger = zoomed(grid, times)
        shown = values if larger.values is None else larger.values
        paste(
            desk.cells,
            top,
            left,
            pixels(larger, shown, size.height - 1 - _below(grid, "pixels"), desk.sight.caps),
        )
        tall, wide = (times * each for each in _pitch(larger, shown, size, desk.sight.caps))
    else:
        wide = _cell_width(grid, _room(grid, size.width)) if size.form == "numbers" else TILE
        tall = 1.0
        if above > 1:
            crowded = size.form == "tiles" and all(map(str.isdigit, grid.columns))
            apart = 2 if crowded and any(width_of(name) >= TILE for name in grid.columns) else 1
            for c, name in list(enumerate(grid.columns))[::apart]:
                room = wide - 1 if size.form == "numbers" else wide
                text(
                    desk.cells, top - 1, left + c * wide + wide - room, name, Role.MUTED, None, room, "right"
                )
        if size.form == "numbers":
            _figures(desk, grid, values, top, left, wide)
        else:
            paste(desk.cells, top, left, tiles(grid, values, desk.sight.caps))
    for row, name in enumerate(grid.rows if tall >= 1 else ()):
        text(desk.cells, top + int(row * tall), x, name, Role.MUTED, None, margin - 1, "right")
    if grid.places is None:
        cell = None
    else:
        shift = 1 if size.form == "numbers" else 0
        field = Field(top, left + shift, rows, columns, tall, wide, grid.places)
        desk.fields.append(field)
        cell = field.find(desk.cursor)
    if size.form != "pixels":
        for frame in grid.frames:
            _brackets(desk, grid, frame, top, left, wide, size.form)
    bottom = y + size.height - _below(grid, size.form)
    if cell is not None:
        _cursor(desk, grid, cell, (top, left), (tall, wide), size)
        if size.form != "numbers":
            text(desk.cells, bottom, x, _reading(grid, values, cell, size.width), Role.ACCENT)
    if grid.note:
        note = clip(plain(grid.note, desk.sight.caps), size.width)
        text(desk.cells, y + size.height - 1, x, note, Role.MUTED)


def _plain(size: Size) -> tuple[Size, int]:
    """The form without its zoom, and how much larger it is."""
    form, *times = size.form.split()
    return replace(size, form=form), int(times[0]) if times else 1


def _reading(grid: Grid, values: Array, cell: tuple[int, int], width: int) -> str:
    """The number under the cursor, and as much of its name as there is room for: the names of its row and
    column, or its address."""
    named = [names[k] for names, k in ((grid.rows, cell[0]), (grid.columns, cell[1])) if k < len(names)]
    where = ", ".join(named) or str(grid.places and grid.places.at(*cell))
    value = float(values[cell])
    told = _("masked") if _marked(grid, "masked", cell) else full(value) if value == value else "?"
    short = where[where.find("[") :] if "[" in where else where
    found = (f"{name}: {told}" for name in (where, short))
    return next((line for line in found if width_of(line) <= width), clip(told, width))


def _marked(grid: Grid, mark: str, cell: tuple[int, int]) -> bool:
    mask = grid.marks.get(mark)
    return mask is not None and bool(mask[cell])


def _cursor(
    desk: Desk,
    grid: Grid,
    cell: tuple[int, int],
    corner: tuple[int, int],
    pitch: tuple[float, float],
    size: Size,
) -> None:
    y, x = corner[0] + int(cell[0] * pitch[0]), corner[1] + int(cell[1] * pitch[1])
    if size.form != "pixels" or pitch[0] >= 1 or pixel(grid, desk.sight.caps)[0] >= 1:
        shift = 1 if size.form == "numbers" else 0
        desk.mark(y, x + shift, max(1, int(pitch[1]) - shift))
        return
    ink = Role.CURSOR if desk.sight.focus else Role.ACCENT
    if y < len(desk.cells) and x < desk.cells.shape[1]:
        half = 1 if (cell[0] * pitch[0]) % 1 < 0.5 else 2
        under = desk.cells[y, x]
        other = int(under[2 if half == 1 else 1]) if under[0] != 0 else int(under[2])
        top, bottom = (ink, other) if half == 1 else (int(under[1]) if under[0] != 0 else int(under[2]), ink)
        text(desk.cells, y, x, "▀", top, bottom)


# -- forms --------------------------------------------------------------------------------------------


def _figures(desk: Desk, grid: Grid, values: Array, top: int, left: int, wide: int) -> None:
    words, caps = words_of(grid), desk.sight.caps
    inks, grounds = _tones(grid, values, caps)
    winner, path, later = (grid.marks.get(name) for name in ("winner", "path", "later"))
    for r, row in enumerate(words):
        for c, word in enumerate(row):
            x = left + c * wide + 1
            ink, ground = int(inks[r, c]), int(grounds[r, c])
            if later is not None and later[r, c]:
                word, ink, ground = "·" if caps.unicode else ".", Role.FAINT, Role.BACKGROUND
            if path is not None and path[r, c]:
                colourless = caps.color is ColorDepth.NONE
                ink, ground = (Role.ACCENT, ground) if colourless else (Role.TEXT, Role.SELECTION)
            if winner is not None and winner[r, c]:
                word = f"*{word}" if width_of(word) < wide - 1 else word
                if ink != Role.BACKGROUND:  # on a strong shade the accent would be lost
                    ink = Role.ACCENT
            fill(desk.cells, top + r, x, 1, wide - 1, " ", ink, ground)
            text(desk.cells, top + r, x, word, ink, None, wide - 1, "right")


def _tones(grid: Grid, values: Array, caps: Capabilities) -> tuple[Array, Array]:
    """Ink and ground (rows, columns) of figures on their shade."""
    ink = np.full(values.shape, int(Role.TEXT), np.int16)
    ground = np.full(values.shape, int(Role.BACKGROUND), np.int16)
    silent = ~np.isfinite(values)
    for name in ("masked", "padding"):
        mask = grid.marks.get(name)
        if mask is not None:
            silent |= mask
    ink[silent] = Role.FAINT
    if caps.color is ColorDepth.NONE:
        return ink, ground
    shade, ramp, share = levels(grid, values)
    shaded = ramp.index(shade)
    for frame in grid.frames if ramp is GREYS else ():
        held = inside(frame, grid.shape)
        shaded[held] = SEQUENTIAL.index(shade[held])
    ground[~silent] = shaded[~silent]
    strong = np.abs(share) > 0.62 if grid.kind == "signed" else share > 0.55
    ink[strong & ~silent] = Role.BACKGROUND
    return ink, ground


def _pitch(grid: Grid, values: Array, size: Size, caps: Capabilities) -> tuple[float, float]:
    """Rows and columns of a number on screen, in a picture of pixels."""
    tall, wide = pixel(grid, caps)
    rows, columns = values.shape
    parts = max(1, -(-rows // max(1, int((size.height - 1 - _below(grid, "pixels")) / tall))))
    return -(-rows // parts) * tall / rows, -(-columns // parts) * wide / columns


def _brackets(desk: Desk, grid: Grid, frame: Frame, top: int, left: int, wide: float, form: str) -> None:
    """``[`` and ``]`` at the left and right of a framed rectangle, where they hide nothing."""
    rows, columns = inside(frame, grid.shape)
    apart = 1 if form == "tiles" and grid.kind == "signed" else 0
    for row in range(rows.start, rows.stop):
        x0 = left + int(columns.start * wide) - apart
        x1 = left + int(columns.stop * wide) - (1 if form == "tiles" else 0) + apart
        if x0 >= left - 1 and (not apart or columns.start):
            text(desk.cells, top + row, x0, "[", Role.ACCENT)
        if not apart or columns.stop < grid.shape[1]:
            text(desk.cells, top + row, x1, "]", Role.ACCENT)

"""A grid of numbers: figures where there is room, a shade for each number, or pixels."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import full
from nnlab.session.scene import Frame, Grid
from nnlab.session.scene_text import head_of, words_of
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Field, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import Cells, blank, clip, fill, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.palette import DIVERGING, GREYS, SEQUENTIAL, Ramp
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
FORMS = ("numbers", "tiles", "pixels")
TILE = 2
PARTS = (1, 2, 3, 4, 6, 8)
"""How many numbers each way are taken together into a pixel, where there are too many."""
LOW = 20
"""Rows of a picture that need not become smaller."""
MARGIN = 12
"""Columns of row names at most."""
RAMP = np.array([ord(c) - 32 for c in " .:-=+*#%@"], np.int16)
PLUS, MINUS, DOT = ord("+") - 32, ord("-") - 32, ord(".") - 32


def sizes(grid: Grid, width: int, sight: Sight) -> list[Size]:
    """Numbers, tiles, pixels, and pixels taken together where even those are too many."""
    rows, columns = grid.shape
    margin = _margin(grid)
    found = []
    allowed = FORMS[FORMS.index(grid.most) : FORMS.index(grid.least) + 1]
    if "numbers" in allowed and grid.values is not None and rows * columns <= 1600:
        wide = margin + columns * _cell_width(grid) + 1
        found.append(Size(_above(grid, "numbers") + rows + _below(grid, "numbers"), wide, "numbers"))
    if "tiles" in allowed or grid.values is None:
        wide = margin + columns * TILE + 1
        found.append(Size(_above(grid, "tiles") + rows + _below(grid, "tiles"), wide, "tiles"))
    if "pixels" in allowed and grid.values is not None:
        tall, wide = pixel(grid, sight.caps)
        for parts in PARTS:
            high, across = -(-rows // parts), -(-columns // parts)
            height = 1 + ceil(high * tall) + _below(grid, "pixels")
            found.append(Size(height, margin + across * wide, "pixels"))
            if margin + across * wide <= width and height <= LOW:
                break
    return [size for size in _titled(grid, found) if size.width <= width] or [_least(grid, found, width)]


def _titled(grid: Grid, found: list[Size]) -> list[Size]:
    """Wide enough for the title and what is said below."""
    least = max(min(width_of(grid.title), 24), min(width_of(grid.note), 30))
    return [Size(size.height, max(size.width, least), size.form) for size in found]


def _least(grid: Grid, found: list[Size], width: int) -> Size:
    return Size(found[-1].height, width, found[-1].form)


def _margin(grid: Grid) -> int:
    names = max((width_of(name) for name in grid.rows), default=0)
    return min(MARGIN, names + 1) if names else 0


def _cell_width(grid: Grid) -> int:
    values = grid.values
    assert values is not None
    words = max((width_of(word) for row in words_of(grid, values) for word in row), default=1)
    heads = max((width_of(name) for name in grid.columns), default=0)
    return max(words, min(heads, max(words, 7)), 2) + 1


def _above(grid: Grid, form: str) -> int:
    return 1 + (1 if grid.columns and (form == "numbers" or _short(grid)) else 0)


def _short(grid: Grid) -> bool:
    return bool(grid.columns) and all(width_of(name) <= TILE for name in grid.columns)


def _below(grid: Grid, form: str) -> int:
    """The reading of the number under the cursor where only shades are shown, and the note."""
    return (form != "numbers" and grid.places is not None) + bool(grid.note)


def pixel(grid: Grid, caps: Capabilities) -> tuple[float, int]:
    """Rows and columns of a pixel."""
    if caps.unicode and caps.color is not ColorDepth.NONE:
        return 0.5, 1
    return 1, (2 if grid.kind == "signed" else 1)


def draw(desk: Desk, grid: Grid, y: int, x: int, size: Size) -> None:
    rows, columns = grid.shape
    margin = _margin(grid)
    above = _above(grid, size.form) if size.form != "pixels" else 1
    values = grid.values
    title = grid.title
    if values is not None and size.form == "numbers" and head_of(grid, values):
        title = f"{title} {head_of(grid, values)}"
    desk.title(y, x, title, size.width)
    top, left = y + above, x + margin
    if values is None:
        for row in range(min(rows, size.height - above)):
            text(desk.cells, top + row, left, " ?" * columns, Role.FAINT, None, size.width - margin)
        return
    if size.form == "pixels":
        tall, wide = _pixels(desk, grid, values, top, left, size.height - 1 - _below(grid, "pixels"))
    else:
        wide = _cell_width(grid) if size.form == "numbers" else TILE
        tall = 1.0
        if above > 1:
            for c, name in enumerate(grid.columns):
                room = wide - 1 if size.form == "numbers" else wide
                text(
                    desk.cells, top - 1, left + c * wide + wide - room, name, Role.MUTED, None, room, "right"
                )
        if size.form == "numbers":
            _figures(desk, grid, values, top, left, wide)
        else:
            paste(desk.cells, top, left, tiles(grid, values, desk.sight.caps))
    for row, name in enumerate(grid.rows if tall == 1 else ()):
        text(desk.cells, top + row, x, name, Role.MUTED, None, margin - 1, "right")
    if grid.places is None:
        cell = None
    else:
        shift = 1 if size.form == "numbers" else 0
        field = Field(top, left + shift, rows, columns, tall, wide, grid.places)
        desk.fields.append(field)
        cell = field.find(desk.cursor)
    if size.form != "pixels":
        for frame in grid.frames:
            _brackets(desk, frame, top, left, wide, size.form, (rows, columns))
    bottom = y + size.height - _below(grid, size.form)
    if cell is not None:
        _cursor(desk, grid, cell, (top, left), (tall, wide), size)
        if size.form != "numbers":
            where = _reading(grid, values, cell)
            text(desk.cells, bottom, x, clip(where, size.width), Role.ACCENT)
    if grid.note:
        text(desk.cells, y + size.height - 1, x, clip(grid.note, size.width), Role.MUTED)


def _reading(grid: Grid, values: Array, cell: tuple[int, int]) -> str:
    """The number under the cursor, with the names of its row and column."""
    row, column = cell
    names = [
        names[k] if k < len(names) else str(k) for names, k in ((grid.rows, row), (grid.columns, column))
    ]
    value = float(values[cell])
    told = _("masked") if _marked(grid, "masked", cell) else full(value) if value == value else "?"
    return f"{', '.join(names)}: {told}"


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
    if size.form != "pixels" or pitch[0] >= 1:
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
    words, caps = words_of(grid, values), desk.sight.caps
    inks, grounds = _tones(grid, values, caps)
    winner, path, later = (grid.marks.get(name) for name in ("winner", "path", "later"))
    for r, row in enumerate(words):
        for c, word in enumerate(row):
            x = left + c * wide + 1
            ink, ground = int(inks[r, c]), int(grounds[r, c])
            if later is not None and later[r, c]:
                word, ink, ground = "·" if caps.unicode else ".", Role.FAINT, Role.BACKGROUND
            if path is not None and path[r, c] and caps.color is not ColorDepth.NONE:
                ink, ground = Role.TEXT, Role.SELECTION
            if winner is not None and winner[r, c]:
                word = f"*{word}" if width_of(word) < wide - 1 else word
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
    levels, ramp, share = _levels(grid, values)
    shaded = ramp.index(levels)
    ground[~silent] = shaded[~silent]
    strong = np.abs(share) > 0.62 if grid.kind == "signed" else share > 0.55
    ink[strong & ~silent] = Role.BACKGROUND
    return ink, ground


def _levels(grid: Grid, values: Array) -> tuple[Array, Ramp, Array]:
    """Shade number, ramp, and share of the full strength of each value."""
    known = np.nan_to_num(np.asarray(values, float))
    if grid.kind == "signed":
        limit = grid.limit or nice_above(float(np.abs(known).max(initial=0.0)))
        share = np.clip(known / (limit or 1.0), -1, 1)
        return np.rint((0.5 + 0.5 * share * 0.9) * (DIVERGING.size - 1)).astype(np.intp), DIVERGING, share
    limit = grid.limit or (1.0 if grid.kind == "share" else float(known.max(initial=0.0)))
    share = np.clip(known / (limit or 1.0), 0, 1)
    ramp = SEQUENTIAL if grid.kind == "share" else GREYS
    return np.rint(share * (ramp.size - 1)).astype(np.intp), ramp, share


def tiles(grid: Grid, values: Array, caps: Capabilities) -> Cells:
    """Every number as two cells (rows, 2 · columns, 3): its sign and size on its shade."""
    levels, ramp, share = _levels(grid, values)
    picture = blank(len(values), TILE * values.shape[1]).reshape(*values.shape, TILE, 3)
    if caps.color is ColorDepth.NONE:
        tone = RAMP[np.rint(np.abs(share) * (len(RAMP) - 1)).astype(np.intp)]
        signed = grid.kind == "signed"
        sign = np.where(share > 0.02, PLUS, np.where(share < -0.02, MINUS, 0)) if signed else tone
        picture[..., 0, 0], picture[..., 1, 0] = sign, tone
    else:
        picture[..., 2] = ramp.index(levels)[..., None]
        if grid.kind == "signed":
            picture[..., 0, 0] = np.where(share < -0.15, MINUS, np.where(share > 0.15, PLUS, 0))
            picture[..., 1] = np.where(np.abs(share) > 0.62, Role.BACKGROUND, Role.MUTED)[..., None]
    _tile_marks(grid, values, picture, caps)
    return picture.reshape(len(values), -1, 3)


def _tile_marks(grid: Grid, values: Array, picture: Cells, caps: Capabilities) -> None:
    signs = {"padding": (0, DOT), "masked": (ord("/") - 32, ord("/") - 32), "later": (0, DOT)}
    for name, (first, second) in signs.items():
        mask = grid.marks.get(name)
        if mask is not None:
            picture[mask, 0], picture[mask, 1] = (
                (first, Role.FAINT, Role.BACKGROUND),
                (second, Role.FAINT, Role.BACKGROUND),
            )
    picture[~np.isfinite(values)] = (0, Role.FAINT, Role.BACKGROUND)
    winner = grid.marks.get("winner")
    if winner is not None:
        picture[winner, 1, 0] = ord("*") - 32
        picture[winner, 1, 1] = Role.ACCENT


def body(desk: Desk, grid: Grid, y: int, x: int, height: int, form: str) -> None:
    """Only the shades of a grid, in tiles or in pixels that take at most ``height`` rows."""
    if grid.values is not None and form == "tiles":
        paste(desk.cells, y, x, tiles(grid, grid.values, desk.sight.caps))
    elif grid.values is not None:
        _pixels(desk, grid, grid.values, y, x, height)


def _pixels(desk: Desk, grid: Grid, values: Array, top: int, left: int, height: int) -> tuple[float, float]:
    """Half blocks in at most ``height`` rows; answers the rows and columns of a pixel on screen."""
    caps = desk.sight.caps
    rows, columns = values.shape
    tall, wide = pixel(grid, caps)
    parts = max(1, -(-rows // max(1, int(height / tall))))
    high, across = ceil(-(-rows // parts) * tall), -(-columns // parts) * wide
    shown = np.where(np.isfinite(values), values, 0.0)
    for name in ("masked", "later"):
        mask = grid.marks.get(name)
        if mask is not None:
            shown = np.where(mask, 0.0, shown)
    if grid.kind == "signed":
        picture = pictures.heatmap(shown, high, across, grid.limit, caps)
    else:
        ramp = SEQUENTIAL if grid.kind == "share" else GREYS
        limit = grid.limit or (1.0 if grid.kind == "share" else None)
        low = min(0.0, float(shown.min(initial=0.0)))
        picture = pictures.image(shown, high, across, low, limit, ramp, caps)
    paste(desk.cells, top, left, picture)
    pitch = (high / rows, across / columns)
    for frame in grid.frames:
        _outline(desk, frame, top, left, pitch)
    return pitch


def _brackets(
    desk: Desk, frame: Frame, top: int, left: int, wide: float, form: str, shape: tuple[int, int]
) -> None:
    """``[`` and ``]`` at the left and right of a framed rectangle."""
    first, last = max(0, frame.column), min(shape[1], frame.column + frame.width)
    for row in range(max(0, frame.row), min(shape[0], frame.row + frame.height)):
        x0 = left + int(first * wide)
        x1 = left + int(last * wide) - (0 if form == "numbers" else 1)
        text(desk.cells, top + row, x0, "[", Role.ACCENT)
        text(desk.cells, top + row, x1, "]", Role.ACCENT)


def _outline(desk: Desk, frame: Frame, top: int, left: int, pitch: tuple[float, float]) -> None:
    """The edge of a framed rectangle in a picture of pixels."""
    y0, y1 = top + int(frame.row * pitch[0]), top + int((frame.row + frame.height - 1) * pitch[0])
    x0, x1 = left + int(frame.column * pitch[1]), left + int((frame.column + frame.width) * pitch[1]) - 1
    for y in range(max(top, y0), y1 + 1):
        text(desk.cells, y, max(left, x0), "[", Role.ACCENT)
        text(desk.cells, y, x1, "]", Role.ACCENT)

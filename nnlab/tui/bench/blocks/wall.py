"""Many grids as small pictures: all channels of a layer, all filters, all heads."""

from __future__ import annotations

from dataclasses import replace

from nnlab.session.scene import Wall
from nnlab.tui.bench.blocks import grid
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import clip, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

FORMS = ("tiles", "pixels", "half", "third", "quarter")
PARTS = {"pixels": 1, "half": 2, "third": 3, "quarter": 4}
LEAST = 4
"""Columns of the smallest picture, so that its name has room."""


def sizes(wall: Wall, width: int, sight: Sight) -> list[Size]:
    found = []
    for form in FORMS:
        tall, wide = _each(wall, form, sight)
        a_row = max(1, (width + 1) // (wide + 1))
        a_row = min(a_row, len(wall.grids) or 1)
        rows = -(-len(wall.grids) // a_row)
        size = Size(1 + rows * (tall + 1) + bool(wall.note), a_row * (wide + 1) - 1, form)
        if size.width <= width:
            found.append(Size(size.height, max(size.width, min(width, width_of(wall.title))), form))
        if wide <= LEAST:
            break
    return found or [Size(2, width, FORMS[-1])]


def _each(wall: Wall, form: str, sight: Sight) -> tuple[int, int]:
    """Rows and columns of one picture."""
    if not wall.grids:
        return 1, LEAST
    first = wall.grids[0]
    rows, columns = first.shape
    if form == "tiles":
        return rows, max(LEAST, grid.TILE * columns)
    tall, wide = grid.pixel(first, sight.caps)
    parts = PARTS[form]
    return max(1, -(-int(-(-rows // parts) * 2 * tall) // 2)), max(LEAST, -(-columns // parts) * wide)


def draw(desk: Desk, wall: Wall, y: int, x: int, size: Size) -> None:
    desk.title(y, x, wall.title, size.width)
    tall, wide = _each(wall, size.form, desk.sight)
    a_row = max(1, (size.width + 1) // (wide + 1))
    for k, each in enumerate(wall.grids):
        top, left = y + 1 + k // a_row * (tall + 1), x + k % a_row * (wide + 1)
        if top + tall + 1 > y + size.height:
            break
        chosen = k == wall.chosen
        name = each.title
        if chosen:
            name = ("▸" if desk.sight.caps.unicode else ">") + name
        text(desk.cells, top, left, clip(name, wide), Role.ACCENT if chosen else Role.MUTED)
        if each.values is None:
            text(desk.cells, top + 1, left, "?", Role.FAINT)
        else:
            form = "tiles" if size.form == "tiles" else "pixels"
            bare = replace(each, title="", places=None, note="", rows=(), columns=())
            grid.body(desk, bare, top + 1, left, tall, form)
        pick = wall.picks[k] if k < len(wall.picks) else None
        if pick is not None and desk.spot(top, left, wide, pick, 1):
            desk.mark(top, left, max(1, min(wide, width_of(name))))
    if wall.note:
        text(desk.cells, y + size.height - 1, x, clip(wall.note, size.width), Role.MUTED)

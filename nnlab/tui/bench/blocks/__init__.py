"""Scenes in cells: every block in the fullest form that leaves room for the others.

A block's drawer is a module with ``sizes`` and ``draw`` (see :class:`~nnlab.tui.bench.blocks.desk.Drawer`);
a new kind of block is one file and one line in :data:`DRAWERS`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from nnlab.session import scene as content
from nnlab.session.figures import plain
from nnlab.session.formula_words import in_words
from nnlab.tui.bench.blocks import (
    beside,
    captions,
    chart,
    flow,
    grid,
    histogram,
    lanes,
    note,
    points,
    sheet,
    table,
    wall,
)
from nnlab.tui.bench.blocks.desk import Desk, ScenePicture, Size
from nnlab.tui.bench.blocks.packing import settled
from nnlab.tui.bench.page import whole, wrap
from nnlab.tui.bench.spots import PLAIN, Sight
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

DRAWERS: dict[type, Any] = {
    content.Grid: grid,
    content.Wall: wall,
    content.Table: table,
    content.Sheet: sheet,
    content.Flow: flow,
    content.Lanes: lanes,
    content.Note: note,
    content.Histogram: histogram,
    content.Chart: chart,
    content.Points: points,
    content.Beside: beside,
}

LOW = 16
"""Rows of a page that has none to spare for a rule of its own row."""


def sizes_of(block: content.Block, width: int, sight: Sight) -> list[Size]:
    """Ways to show a block, the fullest first; never none."""
    found: list[Size] = DRAWERS[type(block)].sizes(block, width, sight)
    return [captions.roomy(block, size, sight) for size in found]


def draw_block(desk: Desk, block: content.Block, y: int, x: int, size: Size) -> None:
    block, y, size = captions.around(desk, block, y, x, size)
    DRAWERS[type(block)].draw(desk, block, y, x, size)


def draw(
    scene: content.Scene, cursor: Hashable, height: int, width: int, sight: Sight = PLAIN, within: int = -1
) -> ScenePicture:
    """The scene (height, width, 3).  What does not fit scrolls, so that the cursor's number is in sight, the
    one in block ``within`` where it stands in several.
    """
    if height < 3 or width < 12:
        return ScenePicture(blank(max(0, height), max(0, width)))
    scene = scene if sight.caps.unicode else content.in_ascii(scene)
    inner = width - 2
    head = _heading(scene, inner, height, sight)
    room = height - len(head)
    options = tuple(_options(block, inner, sight) for block in scene.blocks)
    sizes, corners, tall = settled(options, room, inner)
    desk = Desk(blank(max(room, tall), width), sight, cursor)
    owners: list[int] = []
    for k, (block, size, (y, x)) in enumerate(zip(scene.blocks, sizes, corners)):
        fields = len(desk.fields)
        draw_block(desk, block, y, x + 1, size)
        desk.fields[fields:] = [replace(each, block=k) for each in desk.fields[fields:]]
        owners += [k] * (len(desk.spots) - len(owners))
    page = ScenePicture(
        desk.cells, tuple(desk.spots), tuple(desk.areas), tuple(desk.fields), tuple(owners), within
    )
    offset = _offset(page, cursor, room, tall)
    cells = blank(height, width)
    paste(cells, 0, 0, head)
    cells[len(head) :] = desk.cells[offset : offset + room]
    _more(cells[len(head) :], offset, room, tall, sight)
    return replace(page.moved(len(head) - offset), cells=cells, top=len(head))


def _heading(scene: content.Scene, inner: int, height: int, sight: Sight) -> Cells:
    """Title and rule: in one row, or a long rule below where there is room for it; a long title has two."""
    title, rule = plain(scene.title, sight.caps), plain(in_words(scene.rule), sight.caps)
    beside = columns(title) + 3 + columns(rule) <= inner or height < LOW
    first, *rest = wrap(title, inner) if whole(title, inner) else [title]
    above = [first, " ".join(rest)] if rest else [first]
    lines = [] if beside else _formulas(rule, inner)[:2]
    cells = blank(len(above) + len(lines), inner + 2)
    for y, line in enumerate(above):
        at = 1 + text(cells, y, 1, clip(line, inner), Role.ACCENT)
    if beside:
        text(cells, len(above) - 1, at + 3, clip(rule, max(0, inner - at - 2)), Role.MUTED)
    for y, line in enumerate(lines, len(above)):
        text(cells, y, 1, line, Role.MUTED)
    return cells


def _formulas(rule: str, width: int) -> list[str]:
    """Formulas in rows of ``width``; one is broken only where it is too long for a row of its own."""
    rows: list[str] = []
    for formula in rule.split("   "):
        if rows and columns(rows[-1]) + 3 + columns(formula) <= width:
            rows[-1] += "   " + formula
        else:
            rows += wrap(formula, width)
    return rows


def _options(block: content.Block, width: int, sight: Sight) -> tuple[Size, ...]:
    """The ways to show a block; a sentence has its rows to itself."""
    found = sizes_of(block, width, sight)
    if isinstance(block, content.Note):
        found = [replace(size, width=width) for size in found]
    return tuple(found)


def _offset(page: ScenePicture, cursor: Hashable, room: int, tall: int) -> int:
    """How far down the page begins: as little as shows the cursor, and to the end from the lowest number on,
    since below it there is nothing that the cursor could go to."""
    spot = page.spot_of(cursor)
    if tall <= room or spot is None:
        return 0
    lowest = max(
        (each.y + int((each.rows - 1) * each.tall) for each in page.fields),
        default=0,
    )
    lowest = max(lowest, *(each.y for each in page.spots), 0) if page.spots else lowest
    if spot.y >= lowest:
        return max(0, min(tall - room, spot.y - 1))
    if spot.y < room - 2:
        return 0
    return min(tall - room, spot.y - room // 2)


def _more(cells: Any, offset: int, room: int, tall: int, sight: Sight) -> None:
    up, down = ("↑", "↓") if sight.caps.unicode else ("^", "v")
    if offset:
        text(cells, 0, cells.shape[1] - 1, up, Role.WARNING)
    if tall > offset + room:
        text(cells, len(cells) - 1, cells.shape[1] - 1, down, Role.WARNING)

"""Scenes in cells: every block in the fullest form that leaves room for the others.

A block's drawer is a module with ``sizes`` and ``draw`` (see :class:`~nnlab.tui.bench.blocks.desk.Drawer`);
a new kind of block is one file and one line in :data:`DRAWERS`.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.session import scene as content
from nnlab.session.figures import plain
from nnlab.tui.bench.blocks import beside, chart, grid, histogram, note, points, table, wall
from nnlab.tui.bench.blocks.desk import Desk, ScenePicture, Size
from nnlab.tui.bench.spots import PLAIN, Sight
from nnlab.tui.cells import blank, clip, text
from nnlab.tui.themes import Role

DRAWERS: dict[type, Any] = {
    content.Grid: grid,
    content.Wall: wall,
    content.Table: table,
    content.Note: note,
    content.Histogram: histogram,
    content.Chart: chart,
    content.Points: points,
    content.Beside: beside,
}
GAP = 3
"""Columns between blocks that stand side by side."""


def sizes_of(block: content.Block, width: int, sight: Sight) -> list[Size]:
    """Ways to show a block, the fullest first; never none."""
    found: list[Size] = DRAWERS[type(block)].sizes(block, width, sight)
    return found


def draw_block(desk: Desk, block: content.Block, y: int, x: int, size: Size) -> None:
    DRAWERS[type(block)].draw(desk, block, y, x, size)


def draw(
    scene: content.Scene, cursor: Hashable, height: int, width: int, sight: Sight = PLAIN
) -> ScenePicture:
    """The scene (height, width, 3).  What does not fit scrolls, so that the cursor's number is in sight."""
    if height < 3 or width < 12:
        return ScenePicture(blank(max(0, height), max(0, width)))
    scene = scene if sight.caps.unicode else content.in_ascii(scene)
    room, inner = height - 1, width - 2
    sizes, corners, tall = _settled(scene.blocks, room, inner, sight)
    desk = Desk(blank(max(room, tall), width), sight, cursor)
    for block, size, (y, x) in zip(scene.blocks, sizes, corners):
        draw_block(desk, block, y, x + 1, size)
    page = ScenePicture(desk.cells, tuple(desk.spots), tuple(desk.fields))
    offset = _offset(page, cursor, room, tall)
    cells = blank(height, width)
    cells[1:] = desk.cells[offset : offset + room]
    at = 1 + text(cells, 0, 1, clip(plain(scene.title, sight.caps), inner), Role.ACCENT)
    text(cells, 0, at + 3, clip(plain(scene.rule, sight.caps), max(0, width - at - 4)), Role.MUTED)
    _more(cells, offset, room, tall, sight)
    return replace(page.moved(1 - offset), cells=cells)


def _settled(
    blocks: tuple[content.Block, ...], height: int, width: int, sight: Sight
) -> tuple[list[Size], list[tuple[int, int]], int]:
    """A size and a corner for each block.

    Blocks give way, the one that saves most rows first, until all of them fit or none can; then each takes
    back what it gave up for nothing.
    """
    options = [_options(block, width, sight) for block in blocks]
    level = [0] * len(blocks)

    def tall(levels: list[int]) -> int:
        return _packed([each[at] for each, at in zip(options, levels)], width)[1]

    def turned(k: int, step: int) -> list[int]:
        return [at + step * (k == i) for i, at in enumerate(level)]

    while (now := tall(level)) > height:
        yielding = [k for k, each in enumerate(options) if level[k] < len(each) - 1]
        if not yielding:
            break
        level = min(
            (turned(k, 1) for k in yielding), key=lambda levels: (tall(levels), _area(options, level, levels))
        )
    most = max(height, now)
    for k in range(len(blocks)):
        while level[k] and tall(turned(k, -1)) <= most:
            level = turned(k, -1)
    sizes = [each[at] for each, at in zip(options, level)]
    return sizes, *_packed(sizes, width)


def _options(block: content.Block, width: int, sight: Sight) -> list[Size]:
    """The ways to show a block; a sentence has its rows to itself."""
    found = sizes_of(block, width, sight)
    return [replace(size, width=width) for size in found] if isinstance(block, content.Note) else found


def _area(options: list[list[Size]], before: list[int], after: list[int]) -> int:
    """Less than nothing: the area of the block that differs, so that the largest gives way first."""
    k = next(i for i, (a, b) in enumerate(zip(before, after)) if a != b)
    size = options[k][before[k]]
    return -size.height * size.width


def _packed(sizes: list[Size], width: int) -> tuple[list[tuple[int, int]], int]:
    """Corners (y, x) of rectangles in their order, each as high up as it can stand, and the height of all."""
    floor = np.zeros(width + 1, np.intp)
    edges = {0}
    corners = []
    for size in sizes:
        wide = min(size.width, width)
        y, x = min((int(floor[at : at + wide].max(initial=0)), at) for at in edges if at + wide <= width)
        corners.append((y, x))
        floor[x : min(width, x + wide + GAP)] = y + size.height + 1
        edges.add(min(width, x + wide + GAP))
    return corners, max((y + size.height for (y, _x), size in zip(corners, sizes)), default=0)


def _offset(page: ScenePicture, cursor: Hashable, room: int, tall: int) -> int:
    """How far down the page begins."""
    spot = page.spot_of(cursor)
    if tall <= room or spot is None or spot.y < room - 2:
        return 0
    return min(tall - room, spot.y - room // 2)


def _more(cells: Any, offset: int, room: int, tall: int, sight: Sight) -> None:
    up, down = ("↑", "↓") if sight.caps.unicode else ("^", "v")
    if offset:
        text(cells, 1, cells.shape[1] - 1, up, Role.WARNING)
    if tall > offset + room:
        text(cells, len(cells) - 1, cells.shape[1] - 1, down, Role.WARNING)

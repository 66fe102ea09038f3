"""Points on a plane: signs or names, a shaded ground, arrows, and lines between points."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.session.scene import Points
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.page import wrap
from nnlab.tui.bench.spots import Area, Sight
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.palette import CATEGORIES, CATEGORY, SEQUENTIAL
from nnlab.tui.paths import path
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
SIZES = ((34, 88), (24, 60), (18, 48), (13, 36), (9, 26))
LOSSES = (0.0, 0.1, 0.5, 0.9, 1.3)
ARROWS, ARROWS_ASCII = "→↗↑↖←↙↓↘", ">/^\\</v\\"
"""Eight ways, counter-clockwise from the right."""
RIM = 0.05


def sizes(block: Points, width: int, sight: Sight) -> list[Size]:
    ways = [(*way, loss) for way, loss in zip(SIZES, LOSSES) if way[1] <= width] or [(8, width, 0.0)]
    return [Size(rows + 1 + _lines_below(block, wide, sight), wide, loss=loss) for rows, wide, loss in ways]


def draw(desk: Desk, block: Points, y: int, x: int, size: Size) -> None:
    desk.title(y, x, block.title, size.width)
    legend, note = _below(block, size.width, desk.sight)
    height = max(1, size.height - 1 - len(legend) - len(note))
    area = _ground(block, height, size.width, desk.sight)
    x_range = block.x_range or _range(block.xy[:, 0])
    y_range = block.y_range or _range(block.xy[:, 1])
    across = (block.xy[:, 0] - x_range[0]) / (x_range[1] - x_range[0])
    down = (y_range[1] - block.xy[:, 1]) / (y_range[1] - y_range[0])
    caps = desk.sight.caps
    for a, b in block.edges.tolist() if block.edges is not None else ():
        path(area, down[[a, b]], across[[a, b]], int(Role.FAINT), caps)
    rows, columns = _cells(down, height), _cells(across, size.width)
    if block.names:
        rows, columns = _names(area, block, rows, columns)
    else:
        pictures.scatter(area, block.xy[:, 0], block.xy[:, 1], block.kinds, x_range, y_range, caps)
    if block.arrows is not None:
        _arrows(area, block.arrows, x_range, y_range, desk.sight)
    paste(desk.cells, y + 1, x, area)
    _spots(desk, block, rows, columns, (y + 1, x, size.width))
    if block.field:
        desk.areas.append(Area(y + 1, x, height, size.width, block.field, x_range, y_range))
    below = y + 1 + height
    for k, row in enumerate(legend):
        at = x
        for kind, label in row:
            at += text(desk.cells, below + k, at, label, CATEGORY + kind % CATEGORIES) + 2
    for k, line in enumerate(note):
        text(desk.cells, below + len(legend) + k, x, line, Role.MUTED)


def _range(values: Array) -> tuple[float, float]:
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    rim = (high - low) * RIM or 1.0
    return low - rim, high + rim


def _cells(shares: Array, size: int) -> Array:
    cells: Array = np.clip(np.nan_to_num(shares) * size, 0, size - 1).astype(np.intp)
    return cells


def _ground(block: Points, height: int, width: int, sight: Sight) -> Cells:
    if block.ground is None or sight.caps.color is ColorDepth.NONE or not sight.caps.unicode:
        return blank(height, width, Role.PANEL)
    return pictures.image(block.ground, height, width, ramp=SEQUENTIAL, caps=sight.caps)


def _names(area: Cells, block: Points, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Writes the names, the chosen one and rare kinds first, each beside those that are there; a dot where
    there is no room.  Answers the rows and columns where they begin.
    """
    kinds = np.zeros(len(block.xy), np.intp) if block.kinds is None else np.asarray(block.kinds)
    taken = np.zeros(area.shape[:2], bool)
    rows, columns = rows.copy(), columns.copy()
    for k in sorted(range(len(block.names)), key=lambda k: (k != block.chosen, -int(kinds[k]))):
        name, ink = block.names[k], CATEGORY + int(kinds[k]) % CATEGORIES
        found = _room(taken, int(rows[k]), int(columns[k]), width_of(name))
        if found is None:
            if not taken[rows[k], columns[k]]:
                text(area, int(rows[k]), int(columns[k]), ".", ink)
            continue
        rows[k], columns[k] = found
        taken[found[0], max(0, found[1] - 1) : found[1] + width_of(name) + 1] = True
        text(area, *found, name, ink)
    return rows, columns


def _room(taken: Array, row: int, column: int, wide: int) -> tuple[int, int] | None:
    """Where a name of ``wide`` columns has room near its point: there, to the left of it, a row off."""
    height, width = taken.shape
    for y in (row, row - 1, row + 1):
        for x in (column, column - wide + 1, column - wide // 2):
            x = min(max(0, x), max(0, width - wide))
            if 0 <= y < height and not taken[y, x : x + wide].any():
                return y, x
    return None


def _arrows(
    area: Cells, arrows: Array, x_range: tuple[float, float], y_range: tuple[float, float], sight: Sight
) -> None:
    height, width = area.shape[:2]
    signs = ARROWS if sight.caps.unicode else ARROWS_ASCII
    columns = pictures.place(arrows[:, 0], *x_range, width)
    rows = pictures.place(arrows[:, 1], *y_range, height)
    turns = np.rint(np.arctan2(arrows[:, 3], arrows[:, 2]) / (np.pi / 4)).astype(int) % 8
    for k in np.flatnonzero((columns >= 0) & (rows >= 0) & (np.abs(arrows[:, 2:]).sum(1) > 0)):
        text(area, height - 1 - int(rows[k]), int(columns[k]), signs[turns[k]], Role.ACCENT)


def _spots(desk: Desk, block: Points, rows: Array, columns: Array, where: tuple[int, int, int]) -> None:
    y, x, width = where
    for k in range(len(block.xy)):
        address = block.places[k] if k < len(block.places) else None
        wide = max(1, width_of(block.names[k])) if block.names else 1
        at = x + min(int(columns[k]), max(0, width - wide))
        here = address is not None and desk.spot(y + int(rows[k]), at, wide, address)
        if here or k == block.chosen:
            desk.mark(y + int(rows[k]), at, wide)


def _lines_below(block: Points, width: int, sight: Sight) -> int:
    legend, note = _below(block, width, sight)
    return len(legend) + len(note)


def _below(block: Points, width: int, sight: Sight) -> tuple[list[list[tuple[int, str]]], list[str]]:
    """What stands below the plane: rows of kinds with their signs, and the note, broken into lines."""
    signs = pictures.MARKS if sight.caps.unicode else pictures.MARKS_ASCII
    rows: list[list[tuple[int, str]]] = []
    room = 0
    for kind, name in enumerate(block.kind_names):
        label = clip(name if block.names else f"{signs[kind % len(signs)]} {name}", width)
        if not rows or room + width_of(label) > width:
            rows.append([])
            room = 0
        rows[-1].append((kind, label))
        room += width_of(label) + 2
    return rows, wrap(block.note, width) if block.note else []

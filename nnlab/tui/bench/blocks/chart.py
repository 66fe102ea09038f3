"""Curves with axes and a name at each."""

from __future__ import annotations

from nnlab.session.figures import plain
from nnlab.session.scene import Chart
from nnlab.tui import curves
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import clip, paste, text
from nnlab.tui.palette import CATEGORY
from nnlab.tui.themes import Role

SIZES = ((26, 130), (16, 90), (24, 70), (12, 64), (8, 44))
LOSSES = (0.0, 0.1, 0.2, 0.5, 0.9)


def sizes(block: Chart, width: int, sight: Sight) -> list[Size]:
    more = 1 + bool(block.note)
    found = [Size(rows + more, wide, "", loss) for (rows, wide), loss in zip(SIZES, LOSSES) if wide <= width]
    return found or [Size(8 + more, width)]


def draw(desk: Desk, block: Chart, y: int, x: int, size: Size) -> None:
    desk.title(y, x, block.title, size.width)
    series = [
        curves.Series(
            "" if c.thin else c.name, c.ys, c.xs, CATEGORY + (k if c.kind is None else c.kind), c.kind, c.thin
        )
        for k, c in enumerate(block.curves)
        if len(c.xs)
    ]
    if series:
        height = size.height - 1 - bool(block.note)
        caps, upright = desk.sight.caps, block.y_range
        drawn = curves.chart(height, size.width, series, y_range=upright, x_name=block.x_name, caps=caps)
        paste(desk.cells, y + 1, x, drawn)
    if block.note:
        note = clip(plain(block.note, desk.sight.caps), size.width)
        text(desk.cells, y + size.height - 1, x, note, Role.MUTED)

"""Upright bars: how numbers are spread, one set below the other."""

from __future__ import annotations

import numpy as np

from nnlab.session.figures import Scale, plain
from nnlab.session.scene import Histogram
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import clip, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

ROWS = (5, 3)
LEAST = 18


def sizes(block: Histogram, width: int, sight: Sight) -> list[Size]:
    bins = len(block.edges) - 1
    wide = min(width, max(bins, LEAST, width_of(block.title)))
    below = 1 + bool(block.note)
    heights = [1 + len(block.counts) * (rows + 1) + below for rows in ROWS]
    return [Size(tall, wide, str(rows), 0.4 * k) for k, (rows, tall) in enumerate(zip(ROWS, heights))]


def draw(desk: Desk, block: Histogram, y: int, x: int, size: Size) -> None:
    caps, rows = desk.sight.caps, int(size.form)
    desk.title(y, x, block.title, size.width)
    middle = (block.edges[:-1] + block.edges[1:]) / 2
    ink = np.where(middle < 0, Role.NEGATIVE, Role.POSITIVE).astype(np.int16)
    at = y + 1
    for name, counts in block.counts:
        text(desk.cells, at, x, clip(name, size.width), Role.TEXT)
        paste(desk.cells, at + 1, x, pictures.columns_chart(counts, rows, ink, caps))
        at += rows + 1
    scale = Scale.of(block.edges)
    left = scale.bare(float(block.edges[0]), caps)
    right = f"{scale.bare(float(block.edges[-1]), caps)} {scale.head(caps)}".rstrip()
    text(desk.cells, at, x, left, Role.MUTED)
    text(desk.cells, at, x, right, Role.MUTED, None, max(len(middle), width_of(left + right) + 1), "right")
    if block.note:
        text(desk.cells, at + 1, x, clip(plain(block.note, desk.sight.caps), size.width), Role.MUTED)

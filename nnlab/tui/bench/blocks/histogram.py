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

FORMS = ((9, 3), (7, 2), (5, 1), (3, 1))
"""Rows of bars, and columns of each."""
LOSSES = (0.0, 0.05, 0.1, 0.5)
MOST = 100
"""Columns of the widest."""
LEAST = 18


def sizes(block: Histogram, width: int, sight: Sight) -> list[Size]:
    bins = len(block.edges) - 1
    least, below = max(LEAST, width_of(block.title)), 1 + bool(block.note)
    found = []
    for (rows, times), loss in zip(FORMS, LOSSES):
        if times == 1 or times * bins <= min(width, MOST):
            wide, tall = min(width, max(times * bins, least)), 1 + len(block.counts) * (rows + 1) + below
            found.append(Size(tall, wide, f"{rows} {times}", loss))
    return found


def draw(desk: Desk, block: Histogram, y: int, x: int, size: Size) -> None:
    caps = desk.sight.caps
    rows, times = map(int, size.form.split())
    desk.title(y, x, block.title, size.width)
    middle = (block.edges[:-1] + block.edges[1:]) / 2
    ink = np.where(middle < 0, Role.NEGATIVE, Role.POSITIVE).astype(np.int16)
    at = y + 1
    for name, counts in block.counts:
        text(desk.cells, at, x, clip(name, size.width), Role.TEXT)
        paste(
            desk.cells,
            at + 1,
            x,
            pictures.columns_chart(np.repeat(counts, times), rows, np.repeat(ink, times), caps),
        )
        at += rows + 1
    scale = Scale.of(block.edges)
    left = scale.bare(float(block.edges[0]), caps)
    right = f"{scale.bare(float(block.edges[-1]), caps)} {scale.head(caps)}".rstrip()
    text(desk.cells, at, x, left, Role.MUTED)
    text(
        desk.cells,
        at,
        x,
        right,
        Role.MUTED,
        None,
        max(times * len(middle), width_of(left + right) + 1),
        "right",
    )
    if block.note:
        text(desk.cells, at + 1, x, clip(plain(block.note, desk.sight.caps), size.width), Role.MUTED)

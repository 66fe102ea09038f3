"""Two pictures of the stage in one: a run and its twin, or a run and the difference that the twin makes."""

from __future__ import annotations

from dataclasses import replace

from nnlab.tui.bench.spots import Picture, Sight
from nnlab.tui.cells import blank, clip, hline, paste, text, vline
from nnlab.tui.themes import Role

WIDE, TALL = 46, 14
"""Columns and rows that a network needs beside or above another one."""


def half(height: int, width: int) -> tuple[int, int]:
    """Rows and columns of each of two pictures, without their names; (0, 0) where there is room for one."""
    if width >= 2 * WIDE + 1:
        return height - 1, (width - 1) // 2
    if height >= 2 * (TALL + 1):
        return (height - 2) // 2, width
    return 0, 0


def named(picture: Picture, name: str, height: int, width: int) -> Picture:
    """``picture`` below a row that says whose it is."""
    cells = blank(height, width)
    text(cells, 0, 1, clip(name, width - 2), Role.WARNING)
    paste(cells, 1, 0, picture.cells)
    return replace(picture.moved(1), cells=cells)


def joined(
    own: Picture, other: Picture, names: tuple[str, str], height: int, width: int, sight: Sight
) -> Picture:
    """Both with their names, side by side or one above the other; the cursor goes about in ``own``."""
    tall, wide = half(height, width)
    cells = blank(height, width)
    across = wide < width
    y, x = (0, wide + 1) if across else (tall + 1, 0)
    text(cells, 0, 1, clip(names[0], wide - 2), Role.ACCENT)
    paste(cells, 1, 0, own.cells)
    if across:
        vline(cells, 0, wide, height, caps=sight.caps)
    else:
        hline(cells, y, 0, width, caps=sight.caps)
    text(cells, y, x + 1, clip(names[1], wide - 2), Role.WARNING)
    paste(cells, y + 1, x, other.cells)
    return replace(own.moved(1), cells=cells)


def mirrored(y: int, x: int, height: int, width: int) -> tuple[int, int]:
    """The place in one's own picture that (y, x) stands for, below the title of the stage."""
    tall, wide = half(height, width)
    if not wide:
        return y, x
    if wide < width:
        return y, x - wide - 1 if x > wide else x
    return (y - tall - 1 if y > tall else y), x

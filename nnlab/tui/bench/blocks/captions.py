"""Titles and notes longer than their block is wide: they go on in further rows, above it and below it.

A drawer knows of one row for each; what is more is put around it here, for all kinds of blocks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nnlab.session import scene as content
from nnlab.session.figures import plain
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.page import whole, wrap
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

ROWS = 3
"""Rows of a title, and of a note, at most: the rest is cut."""
WRITTEN: tuple[type, ...] = (
    content.Grid,
    content.Wall,
    content.Table,
    content.Sheet,
    content.Flow,
    content.Lanes,
    content.Histogram,
    content.Chart,
)
"""Blocks that write a title in their first row and a note in their last; points wrap their own note."""


def roomy(block: content.Block, size: Size, sight: Sight) -> Size:
    """``size`` with rows for all of the title and the note."""
    before, after = _more(block, size.width, sight)
    return replace(size, height=size.height + len(before) + len(after)) if before or after else size


def around(desk: Desk, block: content.Block, y: int, x: int, size: Size) -> tuple[content.Block, int, Size]:
    """Write what goes on in further rows; answers the block with what is left, its first row and its size."""
    before, after = _more(block, size.width, desk.sight)
    if not (before or after):
        return block, y, size
    for k, line in enumerate(before):
        desk.title(y + k, x, line, size.width)
    changed: dict[str, Any] = {}
    if before:
        changed["title"] = _lines(_caption(block, "title"), size.width, desk.sight)[len(before)]
    if after:
        changed["note"] = _lines(_caption(block, "note"), size.width, desk.sight)[0]
    inner = replace(size, height=size.height - len(before) - len(after))
    bottom = y + len(before) + inner.height
    for k, line in enumerate(after):
        text(desk.cells, bottom + k, x, line, Role.MUTED, None, size.width)
    return replace(block, **changed), y + len(before), inner


def _more(block: content.Block, width: int, sight: Sight) -> tuple[list[str], list[str]]:
    """The rows of the title before its last, and those of the note behind its first."""
    title = _lines(_caption(block, "title"), width, sight)
    note = [] if isinstance(block, content.Points) else _lines(_caption(block, "note"), width, sight)
    return title[:-1], note[1:]


def _caption(block: content.Block, name: str) -> str:
    written = isinstance(block, (*WRITTEN, content.Points))
    return str(getattr(block, name, "")) if written else ""


def _lines(caption: str, width: int, sight: Sight) -> list[str]:
    caption = plain(caption, sight.caps)
    if width_of(caption) <= width or not whole(caption, width):
        return [caption]
    lines = wrap(caption, width)
    return [*lines[: ROWS - 1], " ".join(lines[ROWS - 1 :])]

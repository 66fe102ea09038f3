"""Blocks in one row with signs between them; where they do not fit beside, below each other.  Without signs
they stand in as many rows as they need, all in the same form."""

from __future__ import annotations

from dataclasses import replace

from nnlab.session.figures import plain
from nnlab.session.scene import Beside
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import text
from nnlab.tui.themes import Role

GAP = 3
ACROSS, DOWN, ROWS = "across", "down", "rows"


def sizes(block: Beside, width: int, sight: Sight) -> list[Size]:
    """Every part in its fullest form, every part in its second, and so on."""
    from nnlab.tui.bench.blocks import sizes_of

    options = [sizes_of(part, width, sight) for part in block.blocks]
    levels = [
        tuple(each[min(level, len(each) - 1)] for each in options) for level in range(max(map(len, options)))
    ]
    if not block.joints:
        return [_in_rows(chosen, width) for chosen in levels]
    found = [size for chosen in levels if (size := _across(chosen)).width <= width]
    return found or [_down(chosen) for chosen in levels]


def _across(parts: tuple[Size, ...]) -> Size:
    wide = sum(size.width for size in parts) + GAP * (len(parts) - 1)
    return Size(max(size.height for size in parts), wide, ACROSS, max(size.loss for size in parts), parts)


def _rows(parts: tuple[Size, ...], width: int) -> list[tuple[int, ...]]:
    """Which parts stand in a row: as many as there is room for."""
    rows: list[tuple[int, ...]] = []
    at = width + 1
    for k, size in enumerate(parts):
        if at + size.width > width:
            rows.append(())
            at = 0
        rows[-1] += (k,)
        at += size.width + GAP
    return rows


def _in_rows(parts: tuple[Size, ...], width: int) -> Size:
    """Parts without signs between them, in as many rows as they need."""
    rows = [_across(tuple(parts[k] for k in row)) for row in _rows(parts, width)]
    return replace(_down(tuple(rows)), form=ROWS, parts=parts)


def _down(parts: tuple[Size, ...]) -> Size:
    tall = sum(size.height for size in parts) + len(parts) - 1
    return Size(tall, max(size.width for size in parts), DOWN, max(size.loss for size in parts), parts)


def draw(desk: Desk, block: Beside, y: int, x: int, size: Size) -> None:
    from nnlab.tui.bench.blocks import draw_block

    if size.form == ROWS:
        for row in _rows(size.parts, size.width):
            left = x
            for k in row:
                draw_block(desk, block.blocks[k], y, left, size.parts[k])
                left += size.parts[k].width + GAP
            y += max(size.parts[k].height for k in row) + 1
        return
    for k, (part, own) in enumerate(zip(block.blocks, size.parts)):
        draw_block(desk, part, y, x, own)
        if size.form == DOWN:
            y += own.height + 1
            continue
        x += own.width
        joint = block.joints[k] if k < len(block.joints) else ""
        if joint and k < len(block.blocks) - 1:
            sign = plain(joint, desk.sight.caps)
            text(desk.cells, y + own.height // 2, x, sign, Role.PRIMARY, None, GAP, "center")
        x += GAP

"""Blocks in one row with signs between them; where they do not fit beside, below each other."""

from __future__ import annotations

from nnlab.session.figures import plain
from nnlab.session.scene import Beside
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import text
from nnlab.tui.themes import Role

GAP = 3


def sizes(block: Beside, width: int, sight: Sight) -> list[Size]:
    """The form names the choice of each part and whether they stand side by side."""
    from nnlab.tui.bench.blocks import sizes_of

    options = [sizes_of(part, width, sight) for part in block.blocks]
    found = []
    for level in range(max(map(len, options))):
        chosen = [each[min(level, len(each) - 1)] for each in options]
        wide = sum(size.width for size in chosen) + GAP * (len(chosen) - 1)
        if wide <= width:
            found.append(Size(max(size.height for size in chosen), wide, f"{level}|"))
    if found:
        return found
    for level in range(max(map(len, options))):
        chosen = [each[min(level, len(each) - 1)] for each in options]
        tall = sum(size.height for size in chosen) + len(chosen) - 1
        found.append(Size(tall, max(size.width for size in chosen), f"{level}-"))
    return found


def draw(desk: Desk, block: Beside, y: int, x: int, size: Size) -> None:
    from nnlab.tui.bench.blocks import draw_block, sizes_of

    level, across = int(size.form[:-1]), size.form.endswith("|")
    at_y, at_x = y, x
    for k, part in enumerate(block.blocks):
        options = sizes_of(part, max(size.width, 1), desk.sight)
        own = options[min(level, len(options) - 1)]
        draw_block(desk, part, at_y, at_x, own)
        if across:
            at_x += own.width
            joint = block.joints[k] if k < len(block.joints) else ""
            if joint and k < len(block.blocks) - 1:
                sign = plain(joint, desk.sight.caps)
                text(desk.cells, y + own.height // 2, at_x, sign, Role.PRIMARY, None, GAP, "center")
            at_x += GAP
        else:
            at_y += own.height + 1

"""A layer's own view as a column of the network's picture, as wide as the others leave room for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnlab.session.scene import Grid, Wall
from nnlab.tui.bench.blocks import sizes_of
from nnlab.tui.bench.blocks.desk import Size
from nnlab.tui.bench.spots import PLAIN
from nnlab.tui.capabilities import Capabilities

WIDTHS = (30, 22, 15, 11)
"""Columns of a view at most, the widest that shows as many layers as there is room for."""


@dataclass(frozen=True, slots=True)
class Small:
    """A view and its size; of more pictures than have room those from ``first`` to before ``last`` are shown
    (``last`` 0: all of them)."""

    block: Grid | Wall
    size: Size
    first: int = 0
    last: int = 0

    @property
    def drawn(self) -> Grid | Wall:
        return shortened(self.block, self.first, self.last) if self.last else self.block


def shortened(wall: Grid | Wall, first: int, last: int) -> Grid | Wall:
    """A wall of some of its pictures, and which they are."""
    if not isinstance(wall, Wall):
        return wall
    grids, picks = wall.grids[first:last], wall.picks[first:last]
    note = f"{first}–{first + len(grids) - 1} / {len(wall.grids)}"
    return replace(wall, grids=grids, picks=picks, chosen=wall.chosen - first, note=note)


def small(block: Grid | Wall, height: int, width: int, caps: Capabilities) -> Small | None:
    """The fullest form of ``block`` in (height, width), without figures.

    Of more pictures than have room those around the chosen one.
    """
    found = _fitting(block, height, width, caps)
    if found is not None:
        return Small(block, found)
    if not isinstance(block, Wall):
        return None
    count = len(block.grids)
    while count > 1:
        count //= 2
        first = max(0, block.chosen) // count * count
        found = _fitting(shortened(block, first, first + count), height, width, caps)
        if found is not None:
            return Small(block, found, first, first + count)
    return None


def _fitting(block: Grid | Wall, height: int, width: int, caps: Capabilities) -> Size | None:
    sizes = sizes_of(block, width, replace(PLAIN, caps=caps))
    fits = (s for s in sizes if s.form != "numbers" and s.height <= height and s.width <= width)
    return next(fits, None)

"""A scene while the values of an operation are on their way: cells fill one after the other."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.session.moment import Moment
from nnlab.session.scene import Beside, Block, Grid, Scene, Wall


def written(moment: Moment) -> frozenset[str]:
    """The names of what the last operation wrote, such as ``conv1.z``."""
    event = moment.tape.current if moment.frame is None and moment.computed else None
    return frozenset() if event is None else frozenset(event.writes)


def name_of(address: Address) -> str:
    return f"{address.value}.{address.part}" if address.part else address.value


def at_progress(moment: Moment, anchor: Address, progress: float) -> Address:
    """The number of an image or a sequence that has just arrived, in the channel of ``anchor``."""
    shape = moment.shape(anchor.value)
    if len(shape) not in (3, 4) or len(anchor.index) != len(shape):
        return anchor
    places = shape[1:-1]
    reached = min(int(progress * np.prod(places)), int(np.prod(places)) - 1)
    place = tuple(int(i) for i in np.unravel_index(reached, places))
    return replace(anchor, index=(anchor.index[0], *place, anchor.index[-1]))


def filling(scene: Scene, writes: Collection[str], progress: float) -> Scene:
    """``scene`` with the numbers of ``writes`` that have not arrived yet left out."""
    return replace(scene, blocks=tuple(_block(block, writes, progress) for block in scene.blocks))


def _block(block: Block, writes: Collection[str], progress: float) -> Block:
    if isinstance(block, Beside):
        return replace(block, blocks=tuple(_block(part, writes, progress) for part in block.blocks))
    if isinstance(block, Grid) and block.values is not None and _named(block) in writes:
        return replace(block, marks={**block.marks, "later": _later(block.values, progress)})
    if isinstance(block, Wall) and block.picks and _arrives(block.picks[0], writes):
        return replace(block, grids=tuple(_emptied(grid, progress) for grid in block.grids))
    return block


def _named(grid: Grid) -> str:
    """The value whose numbers stand in the grid; nothing where they are of several."""
    value, part = getattr(grid.places, "value", ""), getattr(grid.places, "part", "")
    return f"{value}.{part}" if part else value


def _arrives(pick: object, writes: Collection[str]) -> bool:
    return isinstance(pick, Address) and name_of(pick) in writes


def _later(values: np.ndarray[Any, Any], progress: float) -> np.ndarray[Any, Any]:
    """The cells, row by row, that come after ``progress``."""
    return (np.arange(values.size) >= progress * values.size).reshape(values.shape)


def _emptied(grid: Grid, progress: float) -> Grid:
    if grid.values is None:
        return grid
    later = _later(grid.values, progress)
    return replace(grid, values=np.where(later, np.nan, np.asarray(grid.values, float)))

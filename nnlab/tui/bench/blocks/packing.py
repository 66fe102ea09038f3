"""Where the blocks of a scene stand, and in which of their forms.

The first blocks are the most important: each weighs less than the one before it.  A page is good where much
of that weight is in sight without scrolling, in forms that lose little.
"""

from __future__ import annotations

from functools import lru_cache

from nnlab.tui.bench.blocks.desk import Size

GAP = 3
"""Columns between blocks that stand side by side."""
LESS = 0.62
"""What a block weighs of the one before it."""
HIDDEN = 5.0
"""How much worse a block out of sight is than one without its figures."""

Sizes = tuple[Size, ...]
Corners = tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def settled(options: tuple[Sizes, ...], height: int, width: int) -> tuple[Sizes, Corners, int]:
    """A size and a corner (y, x) for each block, and the height of the page.

    From the fullest forms, the second ones and the smallest ones on, single blocks are changed as long as
    that makes the page better; the best of the three pages is taken.
    """
    deepest = max(map(len, options), default=1) - 1
    starts = (0, min(1, deepest), deepest)
    level = min((_improved(options, start, height, width) for start in starts), default=(0.0, []))[1]
    sizes = tuple(each[at] for each, at in zip(options, level))
    return sizes, *packed(sizes, width)


def _improved(options: tuple[Sizes, ...], start: int, height: int, width: int) -> tuple[float, list[int]]:
    level = [min(start, len(each) - 1) for each in options]
    best = _cost(options, level, height, width)
    improving = True
    while improving:
        improving = False
        for k, each in enumerate(options):
            for at in range(len(each)):
                other = [*level[:k], at, *level[k + 1 :]]
                cost = _cost(options, other, height, width)
                if cost < best - 1e-9:
                    best, level, improving = cost, other, True
    return best, level


def _cost(options: tuple[Sizes, ...], level: list[int], height: int, width: int) -> float:
    """What is lost by the forms chosen and by what is out of sight."""
    sizes = tuple(each[at] for each, at in zip(options, level))
    corners, tall = packed(sizes, width)
    cost, weight = 0.0005 * tall, 1.0
    for size, (y, _x) in zip(sizes, corners):
        hidden = min(1.0, max(0, y + size.height - height) / max(1, size.height))
        cost += weight * (size.loss + HIDDEN * hidden)
        weight *= LESS
    return cost


def packed(sizes: Sizes, width: int) -> tuple[Corners, int]:
    """Corners (y, x) of rectangles in their order, each as high up as it can stand, and the height of all."""
    floor = [0] * (width + 1)
    edges = {0}
    corners = []
    for size in sizes:
        wide = max(1, min(size.width, width))
        y, x = min((max(floor[at : at + wide]), at) for at in edges if at + wide <= width)
        corners.append((y, x))
        end = min(width, x + wide + GAP)
        floor[x:end] = [y + size.height + 1] * (end - x)
        edges.add(end)
    return tuple(corners), max((y + size.height for (y, _x), size in zip(corners, sizes)), default=0)

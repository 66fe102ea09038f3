"""Where the blocks of a scene stand, and in which of their forms.

The first blocks are the most important: each weighs less than the one before it.  A page is good where much
of that weight is in sight without scrolling, in forms that lose little.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import prod

from nnlab.tui.bench.blocks.desk import Size

GAP = 3
"""Columns between blocks that stand side by side."""
FIRST = 4
"""Blocks whose forms are chosen together, fewer where they have many."""
WAYS = 300
"""Ways of choosing that are tried: 10 to 20 µs each."""
LESS = 0.62
"""What a block weighs of the one before it."""
ROW = 0.002
"""What a row more of the page costs."""
CUT, HIDDEN = 1.5, 3.5
"""How much worse than a block without its figures one is whose end is out of sight, and one out of sight."""

Sizes = tuple[Size, ...]
Corners = tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def settled(options: tuple[Sizes, ...], height: int, width: int) -> tuple[Sizes, Corners, int]:
    """A size and a corner (y, x) for each block, and the height of the page.

    The first blocks in all their forms together, the others one by one behind them; then single blocks are
    changed as long as that makes the page better.
    """
    together = FIRST
    while prod(map(len, options[:together])) > WAYS:
        together -= 1
    first, rest = options[:together], options[together:]
    ways = product(*(range(len(each)) for each in first))
    level = list(min(ways, key=lambda levels: _cost(first, list(levels), height, width)))
    for k in range(len(rest)):
        seen = options[: len(first) + k + 1]
        costs = [_cost(seen, [*level, at], height, width) for at in range(len(seen[-1]))]
        level.append(costs.index(min(costs)))
    level = _improved(options, level, height, width)
    sizes = tuple(each[at] for each, at in zip(options, level))
    return sizes, *packed(sizes, width)


def _improved(options: tuple[Sizes, ...], level: list[int], height: int, width: int) -> list[int]:
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
    return level


def _cost(options: tuple[Sizes, ...], level: list[int], height: int, width: int) -> float:
    """What is lost by the forms chosen and by what is out of sight."""
    sizes = tuple(each[at] for each, at in zip(options, level))
    corners, tall = packed(sizes, width)
    cost, weight = ROW * tall, 1.0
    for size, (y, _x) in zip(sizes, corners):
        below = min(1.0, max(0, y + size.height - height) / max(1, size.height))
        cost += weight * (size.loss + (CUT + HIDDEN * below if below else 0.0))
        weight *= LESS
    return cost


def packed(sizes: Sizes, width: int) -> tuple[Corners, int]:
    """Corners (y, x) of rectangles in their order, each as high up as it can stand, and the height of all."""
    taken: list[tuple[int, int, int, int]] = []  # top, bottom, left, right, with the gaps behind
    rows, edges = {0}, {0}
    corners = []
    for size in sizes:
        wide = max(1, min(size.width, width))
        y, x = _free(taken, sorted(rows), sorted(edges), size.height, wide, width)
        corners.append((y, x))
        taken.append((y, y + size.height + 1, x, x + wide + GAP))
        rows.add(y + size.height + 1)
        edges.add(x + wide + GAP)
    return tuple(corners), max((y + size.height for (y, _x), size in zip(corners, sizes)), default=0)


def _free(
    taken: list[tuple[int, int, int, int]],
    rows: list[int],
    edges: list[int],
    tall: int,
    wide: int,
    width: int,
) -> tuple[int, int]:
    """The highest place for ``tall`` x ``wide`` cells, and there the leftmost."""
    for y in rows:
        for x in edges:
            if x + wide > width:
                break
            right, below = x + wide + GAP, y + tall + 1
            if not any(y < b and below > t and x < r and right > left for t, b, left, r in taken):
                return y, x
    return rows[-1], 0

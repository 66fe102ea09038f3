"""The picture beside the name on Home: a small network in braille dots.  No NumPy: it is painted first."""

from __future__ import annotations

from itertools import pairwise

from textual.content import Content

LAYERS = ((1.0, 3.0), (0.0, 2.0, 4.0), (0.0, 2.0, 4.0), (2.0,))
"""The rows on which the units of each layer stand."""
COLUMNS, ROWS = 31, 5
STYLES = ("$primary 45%", "$accent 55%")
NODE = "bold $primary"
_BITS = ((1, 2, 4, 64), (8, 16, 32, 128))  # of a braille cell, by column and row of its dots


def emblem() -> list[Content]:
    """Five lines; an edge is blue or orange, as a weight would be negative or positive."""
    cells: dict[tuple[int, int], int] = {}
    tints: dict[tuple[int, int], int] = {}
    for n, (left, right) in enumerate(pairwise(LAYERS)):
        x0, x1 = _x(n), _x(n + 1)
        for i, y0 in enumerate(left):
            for j, y1 in enumerate(right):
                for x, y in _line(2 * x0 + 1, 4 * y0 + 1.5, 2 * x1, 4 * y1 + 1.5):
                    cell = (y // 4, x // 2)
                    cells[cell] = cells.get(cell, 0) | _BITS[x % 2][y % 4]
                    tints.setdefault(cell, (i + 2 * j + n) % 2)
    nodes = {(int(y), _x(n)) for n, layer in enumerate(LAYERS) for y in layer}
    return [_row(y, cells, tints, nodes) for y in range(ROWS)]


def _x(layer: int) -> int:
    return layer * (COLUMNS - 1) // (len(LAYERS) - 1)


def _line(x0: float, y0: float, x1: float, y1: float) -> list[tuple[int, int]]:
    steps = int(max(abs(x1 - x0), abs(y1 - y0)))
    return [(round(x0 + (x1 - x0) * t / steps), round(y0 + (y1 - y0) * t / steps)) for t in range(steps + 1)]


def _row(
    y: int, cells: dict[tuple[int, int], int], tints: dict[tuple[int, int], int], nodes: set[tuple[int, int]]
) -> Content:
    parts: list[tuple[str, str]] = []
    for x in range(COLUMNS):
        if (y, x) in nodes:
            parts.append(("●", NODE))
        elif mask := cells.get((y, x), 0):
            parts.append((chr(0x2800 + mask), STYLES[tints[y, x]]))
        else:
            parts.append((" ", ""))
    return Content.assemble(*parts)

"""Weights as lines between two columns of units: curved, coloured by sign, heavier for larger.

A positive weight is a solid line, a negative one is broken, so that sign never rests on colour; thickness
is one to three dots.  All lines of a gap are rasterised in one pass (units x units x columns points).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.tui.capabilities import FULL, Capabilities, GlyphSet
from nnlab.tui.cells import Cells
from nnlab.tui.curves import quadrant_masks
from nnlab.tui.glyphs import BRAILLE, QUADRANT
from nnlab.tui.palette import DIVERGING
from nnlab.tui.pictures import braille_masks
from nnlab.tui.themes import Role

_GRID = {GlyphSet.BRAILLE: (4, 2), GlyphSet.BLOCK: (2, 2), GlyphSet.ASCII: (1, 1)}
CROWD = 24
"""Lines beyond which the dim ones are thin, and twice as many beyond which the weakest are left out."""
PLUS, MINUS, DOT = (ord(c) - 32 for c in "+-.")


def inks(values: NDArray[np.floating], limit: float, strength: float) -> NDArray[np.int16]:
    """Colours of ``values`` by sign and size; ``strength`` below 1 dims, above it brightens."""
    share = np.nan_to_num(values / (limit or 1.0))
    size = np.clip(np.abs(share) ** 0.7 * strength, 0.0, 1.0)
    least = 0.16 if strength < 1 else 0.45
    level = 0.5 + 0.5 * np.sign(share) * np.maximum(size, least)
    return DIVERGING.index(np.rint(level * (DIVERGING.size - 1)).astype(np.intp))


def draw(
    cells: Cells,
    x: int,
    width: int,
    starts: NDArray[np.floating],
    ends: NDArray[np.floating],
    values: NDArray[np.floating] | None,
    bright: NDArray[np.bool_],
    limit: float = 1.0,
    *,
    caps: Capabilities = FULL,
    reach: tuple[float, float] = (0.0, 1.0),
    strength: float = 0.5,
) -> None:
    """Lines (n,) from rows ``starts`` to rows ``ends`` across columns x .. x + width.

    ``values`` None draws faint neutral lines. ``bright`` lines lie on top in full strength; the others are
    drawn with ``strength``. Only the part of the gap inside ``reach`` (shares of the width) is drawn.
    """
    height = len(cells)
    n = len(starts)
    if width < 1 or n == 0 or x < 0 or x + width > cells.shape[1]:
        return
    fine_y, fine_x = _GRID[caps.glyphs]
    columns = width * fine_x
    points = max(2, columns * (4 if fine_y > 1 else 3))
    t = np.linspace(0.0, 1.0, points)
    inside = (t >= reach[0]) & (t <= reach[1])
    if not inside.any():
        return
    t = t[inside]
    bend = t * t * (3 - 2 * t)
    rows = (np.asarray(starts)[:, None] + 0.5) * fine_y
    rows = rows + (np.asarray(ends) - np.asarray(starts))[:, None] * fine_y * bend  # (n, points)
    at_y = np.clip(rows, 0, height * fine_y - 1).astype(np.intp)
    at_x = np.broadcast_to(np.minimum(t * columns, columns - 1).astype(np.intp), at_y.shape)
    share = np.zeros(n) if values is None else np.abs(np.nan_to_num(values / (limit or 1.0)))
    shown = bright | (share >= _cut(share, bright))
    if not shown.all():
        at_y, at_x, share, bright = at_y[shown], at_x[shown], share[shown], bright[shown]
        values = None if values is None else values[shown]
    heavy = bright | (n <= CROWD)
    order = np.argsort(share + 2 * bright, kind="stable")
    colour = np.full((height, width), -1, np.int16)
    if values is None:
        ink = np.where(bright, Role.MUTED, Role.FAINT).astype(np.int16)
    else:
        ink = np.where(bright, inks(values, limit, 1.4), inks(values, limit, strength)).astype(np.int16)
    colour[at_y[order] // fine_y, at_x[order] // fine_x] = ink[order][:, None]
    area = cells[:, x : x + width]
    if fine_y == 1:
        _letters(area, at_y, at_x, order, share, values, colour)
        return
    size = np.where(heavy, share, 0.0)
    front = _pixels(height * fine_y, columns, at_y, at_x, size, values, bright)
    behind = _pixels(height * fine_y, columns, at_y, at_x, size, values, ~bright)
    join = braille_masks if caps.glyphs is GlyphSet.BRAILLE else quadrant_masks
    over, under = join(front), join(behind)
    masks = np.where(over > 0, over, under)
    drawn = (masks > 0) & (colour >= 0)
    base = BRAILLE if caps.glyphs is GlyphSet.BRAILLE else QUADRANT
    area[..., 0][drawn] = base + masks[drawn]
    area[..., 1][drawn] = colour[drawn]


def _cut(share: NDArray[np.floating], bright: NDArray[np.bool_]) -> float:
    """The size below which dim lines are left out: in a crowd only the strongest stay readable."""
    dim = share[~bright]
    if len(dim) <= 2 * CROWD or not share.any():
        return 0.0
    return float(np.partition(dim, len(dim) - 2 * CROWD)[len(dim) - 2 * CROWD])


def _pixels(
    height: int,
    width: int,
    at_y: NDArray[np.intp],
    at_x: NDArray[np.intp],
    share: NDArray[np.floating],
    values: NDArray[np.floating] | None,
    chosen: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Dots (height, width) of the ``chosen`` lines: broken where negative, thicker where large."""
    pixels = np.zeros((height, width), bool)
    if not chosen.any():
        return pixels
    y, x = at_y[chosen], at_x[chosen]
    on = np.ones_like(y, bool)
    if values is not None:
        on = (values[chosen] >= 0)[:, None] | (x % 4 < 2)
    pixels[y[on], x[on]] = True
    for least, offset in ((0.1, 1), (0.55, -1)):
        thick = on & (share[chosen] > least)[:, None]
        pixels[np.clip(y[thick] + offset, 0, height - 1), x[thick]] = True
    return pixels


def _letters(
    area: Cells,
    at_y: NDArray[np.intp],
    at_x: NDArray[np.intp],
    order: NDArray[np.intp],
    share: NDArray[np.floating],
    values: NDArray[np.floating] | None,
    colour: NDArray[np.int16],
) -> None:
    """Lines of + and -, weak ones dotted."""
    sign = np.full(len(share), DOT, np.int16)
    if values is not None:
        sign = np.where(share < 0.15, DOT, np.where(values >= 0, PLUS, MINUS)).astype(np.int16)
    area[..., 0][at_y[order], at_x[order]] = sign[order][:, None]
    drawn = colour >= 0
    area[..., 1][drawn] = colour[drawn]

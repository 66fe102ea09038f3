"""Ways drawn into cells: a line from place to place, in the finest dots the terminal has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.tui.capabilities import FULL, Capabilities, GlyphSet
from nnlab.tui.cells import Cells
from nnlab.tui.curves import quadrant_masks
from nnlab.tui.glyphs import BRAILLE, QUADRANT, glyph
from nnlab.tui.pictures import braille_masks
from nnlab.tui.themes import Role

Array = NDArray[np.floating]

FINE = {GlyphSet.BRAILLE: (4, 2), GlyphSet.BLOCK: (2, 2), GlyphSet.ASCII: (1, 1)}
FAR = 4.0
"""Ends that lie further outside than so many pictures are brought in to there."""


def path(cells: Cells, y: Array, x: Array, ink: int = Role.TEXT, caps: Capabilities = FULL) -> None:
    """The way through places (n,) onto ``cells`` (h, w, 3), whose background is kept.

    ``y`` and ``x`` are shares of the height, from the top, and of the width; outside of 0..1 is clipped.
    """
    height, width = cells.shape[:2]
    fine_y, fine_x = FINE[caps.glyphs]
    rows, columns = _line(_onto(y, height * fine_y), _onto(x, width * fine_x))
    inside = (rows >= 0) & (rows < height * fine_y) & (columns >= 0) & (columns < width * fine_x)
    pixels = np.zeros((height * fine_y, width * fine_x), bool)
    pixels[rows[inside], columns[inside]] = True
    if caps.glyphs is GlyphSet.ASCII:
        drawn = pixels
        cells[..., 0][drawn] = glyph(".")
    else:
        braille = caps.glyphs is GlyphSet.BRAILLE
        masks = braille_masks(pixels) if braille else quadrant_masks(pixels)
        drawn = masks > 0
        cells[..., 0][drawn] = (BRAILLE if braille else QUADRANT) + masks[drawn]
    cells[..., 1][drawn] = ink


def places(y: Array, x: Array, height: int, width: int, caps: Capabilities = FULL) -> NDArray[np.intp]:
    """(2, n) rows and columns of the cells that the dots of those places (n,) stand in; -1 where outside."""
    fine_y, fine_x = FINE[caps.glyphs]
    inside = (y >= 0) & (y <= 1) & (x >= 0) & (x <= 1)
    row, column = (
        np.rint(_onto(s, n * fine)).astype(np.intp) // fine
        for s, n, fine in ((y, height, fine_y), (x, width, fine_x))
    )
    return np.where(inside, (row, column), -1)


def _onto(shares: Array, size: int) -> Array:
    """Shares of a side as pixels of it, which has ``size``."""
    return np.clip(np.nan_to_num(shares, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR) * (size - 1)


def _line(y: Array, x: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pixels of the polyline through (y, x) (n,)."""
    if len(y) < 2:
        return np.rint(y).astype(np.intp), np.rint(x).astype(np.intp)
    counts = np.maximum(np.abs(np.diff(y)), np.abs(np.diff(x))).astype(np.intp) + 1
    leg = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(leg)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[leg]
    rows = np.concatenate((y[leg] + share * np.diff(y)[leg], y[-1:]))
    columns = np.concatenate((x[leg] + share * np.diff(x)[leg], x[-1:]))
    return np.rint(rows).astype(np.intp), np.rint(columns).astype(np.intp)

"""Pictures to terminal text, a whole frame in one vectorised pass.

A picture is int16 ``cells[y, x] = glyph number, foreground index, background index``.  A colour is sent
only where it really changes, a space sends no foreground, and from frame to frame only the runs that
differ are sent.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.tui.glyphs import CONTINUATION, SPACE, glyph_table
from nnlab.tui.palette import Palette

Cells = NDArray[np.int16]
Run = tuple[int, str]

GAP = 4  # unchanged cells that cost less to send again than a cursor move (8-9 bytes)


def encode(cells: Cells, first: NDArray[np.bool_], palette: Palette) -> list[str]:
    """Text pieces of ``cells`` (n, 3), three to a cell; ``first`` (n,): colour registers unknown here.

    Piece 1 sets the foreground or opens a joint sequence, piece 2 sets the background or closes it,
    piece 3 is the glyph.
    """
    n = len(cells)
    g, f, b = cells[:, 0], cells[:, 1], cells[:, 2]
    inkless = (g == SPACE) | (g == CONTINUATION)  # leaves the foreground register as it is
    index = np.arange(n)
    run_start = np.maximum.accumulate(np.where(first, index, 0))
    last_ink = np.maximum.accumulate(np.where(inkless, -1, index))
    before = np.empty(n, np.intp)  # the inked cell before each, -1 when there is none
    before[:1] = -1
    before[1:] = last_ink[:-1]
    f_change = ~inkless & ((before < run_start) | (f != f[before]))
    b_change = first.copy()
    b_change[1:] |= b[1:] != b[:-1]
    size = palette.size
    pieces = np.empty((n, 3), dtype=object)
    pieces[:, 0] = palette.part1[np.where(f_change, np.where(b_change, 2 * size, size), 0) + f]
    pieces[:, 1] = palette.part2[np.where(b_change, np.where(f_change, 2 * size, size), 0) + b]
    pieces[:, 2] = glyph_table()[g]
    return pieces.ravel().tolist()


def settle(cells: Cells, palette: Palette) -> Cells:
    """The cells as they will look: equal-looking colours made equal, halves of wide glyphs made whole."""
    if palette.has_twins:
        out = cells.copy()
        out[..., 1:] = palette.canonical[cells[..., 1:]]
    else:
        out = cells
    g = out[..., 0]
    tail = g == CONTINUATION
    if tail.any():
        if out is cells:
            out = cells.copy()
            g = out[..., 0]
        g[:, 0][tail[:, 0]] = SPACE  # cut from its glyph by the left edge
        tail[:, 0] = False
        out[:, 1:, 1:][tail[:, 1:]] = out[:, :-1, 1:][tail[:, 1:]]
    return out


class Frame:
    """One committed picture, (height, width, 3); text is made when first asked for and kept.

    ``runs`` is the way from ``previous`` to here.  ``previous`` is kept for one generation only, or
    frames would hang together in an endless chain.
    """

    __slots__ = ("_rows", "_runs", "cells", "height", "palette", "previous", "width")

    def __init__(self, cells: Cells, palette: Palette, previous: Frame | None = None) -> None:
        self.cells = settle(cells, palette)
        self.height, self.width = cells.shape[:2]
        self.palette = palette
        if previous is not None:
            previous.previous = None
        same = previous is not None and previous.cells.shape == cells.shape and previous.palette is palette
        self.previous: Frame | None = previous if same else None
        self._rows: list[str] | None = None
        self._runs: dict[int, list[Run]] | None = None

    def row(self, y: int) -> str:
        """Row ``y`` whole, colours reset at its end."""
        if self._rows is None:
            h, w = self.height, self.width
            first = np.zeros((h, w), bool)
            first[:, :1] = True
            pieces = encode(self.cells.reshape(-1, 3), first.ravel(), self.palette)
            step = 3 * w
            self._rows = ["".join(pieces[i : i + step]) + "\x1b[m" for i in range(0, h * step, step)]
        return self._rows[y]

    def runs(self) -> dict[int, list[Run]]:
        """{y: [(x, text)]} that turn ``previous`` into this frame."""
        if self._runs is None:
            self._runs = changed_runs(self.previous.cells, self.cells, self.palette) if self.previous else {}
        return self._runs

    def part(self, y: int, x0: int, x1: int) -> str:
        """Columns ``x0`` to ``x1`` of row ``y``, colours reset at the end."""
        cells = crop_row(self.cells[y], x0, x1)
        first = np.zeros(len(cells), bool)
        first[:1] = True
        return "".join(encode(cells, first, self.palette)) + "\x1b[m" if len(cells) else ""


def crop_row(row: Cells, x0: int, x1: int) -> Cells:
    """Cells ``x0`` to ``x1`` of a settled row (width, 3); half a wide glyph becomes a space."""
    part = row[x0:x1]
    cut_left = len(part) and part[0, 0] == CONTINUATION
    cut_right = len(part) and x1 < len(row) and row[x1, 0] == CONTINUATION
    if cut_left or cut_right:
        part = part.copy()
        if cut_left:
            part[0, 0] = SPACE
        if cut_right:
            part[-1, 0] = SPACE
    return part


def changed_runs(old: Cells, new: Cells, palette: Palette) -> dict[int, list[Run]]:
    """{y: [(x, text)]} where settled ``new`` (h, w, 3) differs from settled ``old``; no resets after runs."""
    w = new.shape[1]
    changed = (old != new).any(axis=2)
    # A run must not begin on the right half of a wide glyph: begin on its left half.
    tail = changed & (new[..., 0] == CONTINUATION)
    if tail.any():
        changed[:, :-1] |= tail[:, 1:]
    at = np.flatnonzero(changed)
    if not len(at):
        return {}
    breaks = np.flatnonzero((np.diff(at) > GAP) | (at[1:] // w != at[:-1] // w))
    start = np.concatenate((at[:1], at[breaks + 1]))
    end = np.concatenate((at[breaks], at[-1:])) + 1
    length = end - start
    offset = np.concatenate(([0], np.cumsum(length)[:-1]))
    where = np.repeat(start - offset, length) + np.arange(int(length.sum()))
    first = np.zeros(len(where), bool)
    first[offset] = True
    pieces = encode(new.reshape(-1, 3)[where], first, palette)
    runs: dict[int, list[Run]] = {}
    o = 0
    for s, n in zip(start.tolist(), length.tolist()):
        y, x = divmod(s, w)
        runs.setdefault(y, []).append((x, "".join(pieces[o : o + 3 * n])))
        o += 3 * n
    return runs


def fit(cells: Cells, height: int, width: int, background: int = 0) -> Cells:
    """The picture cropped or padded to (height, width, 3)."""
    if cells.shape[:2] == (height, width):
        return cells
    out = np.zeros((height, width, 3), np.int16)
    out[..., 1:] = background
    h, w = min(height, cells.shape[0]), min(width, cells.shape[1])
    out[:h, :w] = cells[:h, :w]
    if 0 < w < cells.shape[1]:  # a wide glyph cut by the right edge
        out[:h, w - 1, 0][cells[:h, w, 0] == CONTINUATION] = SPACE
    return out

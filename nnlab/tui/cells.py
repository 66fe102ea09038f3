"""Pictures of cells: text, lines and boxes drawn into ``cells[y, x] = glyph, foreground, background``.

Coordinates are (y, x) from the upper left; whatever falls outside is clipped.  Colours are palette
indices (:class:`~nnlab.tui.themes.Role` members are). ``None`` for a colour keeps what is there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnlab.tui.capabilities import FULL, Capabilities
from nnlab.tui.glyphs import CONTINUATION, SPACE, character, columns, glyph, spell
from nnlab.tui.themes import Role

Cells = NDArray[np.int16]

# Corners from the upper left clockwise, then horizontal and vertical.
_BOXES = {
    "round": "╭╮╯╰─│",
    "square": "┌┐┘└─│",
    "heavy": "┏┓┛┗━┃",
    "double": "╔╗╝╚═║",
    "ascii": "++++-|",
}


def blank(height: int, width: int, background: int = Role.BACKGROUND) -> Cells:
    """An empty picture (height, width, 3)."""
    cells = np.empty((height, width, 3), np.int16)
    cells[...] = (SPACE, Role.TEXT, background)
    return cells


def text(
    cells: Cells,
    y: int,
    x: int,
    string: str,
    fg: int | None = Role.TEXT,
    bg: int | None = None,
    width: int | None = None,
    align: str = "left",
) -> int:
    """Write one line, CJK as two cells; returns the columns it takes.

    ``width`` makes a field of that many columns: longer text is cut with an ellipsis, shorter is put
    ``left``, ``right`` or ``center``.
    """
    if width is not None:
        string = clip(string, width)
        x += {"left": 0, "right": width - columns(string), "center": (width - columns(string)) // 2}[align]
    codes = spell(string)
    _write(cells, y, x, codes, fg, bg)
    return len(codes)


def clip(string: str, width: int) -> str:
    """``string`` in at most ``width`` columns, ending in "…" when something was cut."""
    if columns(string) <= width:
        return string
    if width <= 0:
        return ""
    codes = spell(string)
    keep = width - 1
    if keep and codes[keep] == CONTINUATION:
        keep -= 1
    wide = int(np.count_nonzero(codes[:keep] == CONTINUATION))
    cut = string[: keep - wide]
    while columns(cut) > keep:  # combining sequences take more characters than columns
        cut = cut[:-1]
    return cut + "…"


def _write(cells: Cells, y: int, x: int, codes: NDArray[np.int16], fg: int | None, bg: int | None) -> None:
    height, width = cells.shape[:2]
    if not 0 <= y < height or x >= width or x + len(codes) <= 0 or not len(codes):
        return
    start, end = max(0, x), min(width, x + len(codes))
    part = codes[start - x : end - x]
    row = cells[y]
    _unhalve(row, start, end)
    row[start:end, 0] = part
    if part[0] == CONTINUATION:
        row[start, 0] = SPACE
    if end - x < len(codes) and codes[end - x] == CONTINUATION:
        row[end - 1, 0] = SPACE
    if fg is not None:
        row[start:end, 1] = fg
    if bg is not None:
        row[start:end, 2] = bg


def _unhalve(row: Cells, start: int, end: int) -> None:
    """Before columns start..end of ``row`` are overwritten: wide glyphs cut by the edges become spaces."""
    if row[start, 0] == CONTINUATION and start:
        row[start - 1, 0] = SPACE
    if end < len(row) and row[end, 0] == CONTINUATION:
        row[end, 0] = SPACE


def lines(
    cells: Cells, y: int, x: int, strings: Sequence[str], fg: int | None = Role.TEXT, bg: int | None = None
) -> None:
    """Write lines below each other."""
    for i, string in enumerate(strings):
        text(cells, y + i, x, string, fg, bg)


def fill(
    cells: Cells,
    y: int,
    x: int,
    height: int,
    width: int,
    character: str | None = " ",
    fg: int | None = None,
    bg: int | None = None,
) -> None:
    """Fill a rectangle; ``character`` None recolours only."""
    area = cells[max(0, y) : max(0, y + height), max(0, x) : max(0, x + width)]
    if not area.size:
        return
    if character is not None:
        area[..., 0] = glyph(character)
    if fg is not None:
        area[..., 1] = fg
    if bg is not None:
        area[..., 2] = bg


def paste(cells: Cells, y: int, x: int, picture: Cells) -> None:
    """Copy ``picture`` (h, w, 3) with its upper left at (y, x)."""
    height, width = cells.shape[:2]
    y0, y1 = max(0, y), min(height, y + picture.shape[0])
    x0, x1 = max(0, x), min(width, x + picture.shape[1])
    if y0 < y1 and x0 < x1:
        cells[y0:y1, x0:x1] = picture[y0 - y : y1 - y, x0 - x : x1 - x]


def box(
    cells: Cells,
    y: int,
    x: int,
    height: int,
    width: int,
    title: str = "",
    fg: int | None = Role.FAINT,
    bg: int | None = None,
    title_fg: int = Role.TEXT,
    style: str = "round",
    caps: Capabilities = FULL,
) -> None:
    """A frame around (height, width) cells, its title in the upper edge."""
    if height < 2 or width < 2:
        return
    ul, ur, lr, ll, bar = list(_BOXES[style if caps.unicode else "ascii"])[:5]
    across, down = width - 2, height - 2
    text(cells, y, x, ul + bar * across + ur, fg, bg)
    text(cells, y + height - 1, x, ll + bar * across + lr, fg, bg)
    vline(cells, y + 1, x, down, fg, bg, style, caps)
    vline(cells, y + 1, x + width - 1, down, fg, bg, style, caps)
    if title and width > 6:
        text(cells, y, x + 2, " " + clip(title, width - 6) + " ", title_fg, bg)


def hline(
    cells: Cells,
    y: int,
    x: int,
    length: int,
    fg: int | None = Role.FAINT,
    bg: int | None = None,
    style: str = "round",
    caps: Capabilities = FULL,
) -> None:
    fill(cells, y, x, 1, length, _BOXES[style if caps.unicode else "ascii"][4], fg, bg)


def vline(
    cells: Cells,
    y: int,
    x: int,
    length: int,
    fg: int | None = Role.FAINT,
    bg: int | None = None,
    style: str = "round",
    caps: Capabilities = FULL,
) -> None:
    fill(cells, y, x, length, 1, _BOXES[style if caps.unicode else "ascii"][5], fg, bg)


# Which of its four neighbours a line cell joins: 1 up, 2 right, 4 down, 8 left.
_JOINTS = " ╵╶└╷│┌├╴┘─┴┐┤┬┼"
_JOINTS_ASCII = " |-+||++-+-++++++"


def connect(
    cells: Cells,
    edges: NDArray[np.integer],
    fg: int | NDArray[np.integer] = Role.FAINT,
    caps: Capabilities = FULL,
) -> None:
    """Elbow connectors: ``edges`` (n, 4) rows y0, x0, y1, x1 go right, then up or down at the middle column,
    then right.  ``fg``: one colour, or one per edge (n,); later edges lie on top.

    Lines join where they meet. O(length) per edge, with no Python loop over cells.
    """
    height, width = cells.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    color = np.full((height, width), -1, np.int16)
    colors = np.broadcast_to(np.asarray(fg), len(edges))
    for (y0, x0, y1, x1), ink in zip(np.asarray(edges).tolist(), colors.tolist()):
        middle = (x0 + x1) // 2
        top, bottom = min(y0, y1), max(y0, y1)
        if top < 0 or bottom >= height or not 0 <= x0 <= x1 < width:
            continue
        for y, a, b in ((y0, x0, middle), (y1, middle, x1)):
            mask[y, a:b] |= 2
            mask[y, a + 1 : b + 1] |= 8
            color[y, a : b + 1] = ink
        mask[top:bottom, middle] |= 4
        mask[top + 1 : bottom + 1, middle] |= 1
        color[top : bottom + 1, middle] = ink
    joints = spell(_JOINTS if caps.unicode else _JOINTS_ASCII)
    drawn = mask > 0
    cells[..., 0][drawn] = joints[mask[drawn]]
    cells[..., 1][drawn] = color[drawn]


def rows_of(cells: Cells) -> list[str]:
    """The text of a picture, one string per row: for tests, copying and screen readers."""
    from nnlab.tui.glyphs import glyph_table

    return ["".join(row) for row in glyph_table()[cells[..., 0]].tolist()]


_SIGNS = str.maketrans("…−·×▸▶◀‹›√≥≤→←↑↓✓✕²ᵀΣ⁻′", "~-*x>><<>v><><^v=x2TS-'")


def in_ascii(cells: Cells) -> Cells:
    """``cells`` with the signs of prose (ellipsis, minus, arrows) as 7-bit ones; other scripts stay."""
    for number in np.unique(cells[..., 0][cells[..., 0] > 94]).tolist():
        sign = character(number).translate(_SIGNS)
        if len(sign) == 1 and sign.isascii():
            cells[..., 0][cells[..., 0] == number] = ord(sign) - 32
    return cells

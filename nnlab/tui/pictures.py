"""Pictures of arrays: images, heatmaps, number tables, bars, points, decision surfaces.

Each takes an array and a size in cells and gives a new picture (height, width, 3) that
:func:`nnlab.tui.cells.paste` puts in its place.  With half blocks a cell shows two pixels; without
Unicode or without colour it shows one, its size as one of " .:-=+*#%@" and its sign as + or -.  No Python
loop runs over cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.tui.capabilities import FULL, Capabilities, ColorDepth
from nnlab.tui.cells import Cells, blank
from nnlab.tui.glyphs import BRAILLE, GROWING, RAMP, RIGHT_HALF, RISING, SPACE, UPPER_HALF, columns, spell
from nnlab.tui.palette import CATEGORIES, CATEGORY, DIVERGING, GREYS, SEQUENTIAL, TINT, TINTS, Ramp
from nnlab.tui.quantise import Quantiser, nice_above, signed, unsigned
from nnlab.tui.themes import Role

Array = NDArray[np.floating]

PLUS, MINUS = ord("+") - 32, ord("-") - 32
MARKS = "●▲■◆▼★✚○"
MARKS_ASCII = "ox+*#@%&"


def resample(matrix: Array, height: int, width: int) -> Array:
    """``matrix`` (h, w) at another size: means of blocks where it shrinks, repeats where it grows."""
    for axis, size in ((0, height), (1, width)):
        n = matrix.shape[axis]
        if n == size:
            continue
        if size < n:
            edges = np.arange(size + 1) * n // size
            shape = [1, 1]
            shape[axis] = size
            matrix = np.add.reduceat(matrix, edges[:-1], axis=axis) / np.diff(edges).reshape(shape)
        else:
            matrix = np.take(matrix, np.arange(size) * n // size, axis=axis)
    return matrix


def half_blocks(pixels: NDArray[np.int16]) -> Cells:
    """Palette indices (2h, w) to cells (h, w, 3), two pixels a cell; a last odd row is doubled below."""
    if len(pixels) % 2:
        pixels = np.concatenate((pixels, pixels[-1:]))
    cells = np.empty((len(pixels) // 2, pixels.shape[1], 3), np.int16)
    top, bottom = pixels[0::2], pixels[1::2]
    cells[..., 1] = top
    cells[..., 2] = bottom
    cells[..., 0] = np.where(top == bottom, SPACE, UPPER_HALF)
    return cells


def _half(caps: Capabilities) -> bool:
    return caps.unicode and caps.color is not ColorDepth.NONE


def image(
    matrix: Array,
    height: int,
    width: int,
    low: float | None = None,
    high: float | None = None,
    ramp: Ramp = GREYS,
    caps: Capabilities = FULL,
    quantiser: Quantiser | None = None,
) -> Cells:
    """An unsigned matrix (h, w), e.g. a digit or a feature map, stretched over (height, width) cells."""
    finite = matrix[np.isfinite(matrix)] if not np.isfinite(matrix).all() else matrix
    low = float(finite.min(initial=0.0)) if low is None else low
    high = float(finite.max(initial=low)) if high is None else high
    quantiser = quantiser or Quantiser(ramp.size)
    half = _half(caps)
    levels = quantiser(unsigned(resample(matrix, 2 * height if half else height, width), low, high))
    if half:
        return half_blocks(_mark(ramp.index(levels, quantiser.levels), levels))
    return _toned(levels, quantiser.levels, ramp, caps)


def _mark(indices: NDArray[np.int16], levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """Not-a-number in the error colour."""
    missing = levels < 0
    return np.where(missing, np.int16(Role.ERROR), indices) if missing.any() else indices


def _toned(levels: NDArray[np.int16], count: int, ramp: Ramp, caps: Capabilities) -> Cells:
    """One glyph a cell, darker for more."""
    cells = blank(*levels.shape)
    cells[..., 0] = RAMP[np.rint(levels * ((len(RAMP) - 1) / (count - 1))).astype(np.intp)]
    cells[..., 0][levels < 0] = ord("?") - 32
    if caps.color is not ColorDepth.NONE:
        cells[..., 1] = _mark(ramp.index(np.maximum(levels, 0), count), levels)
    return cells


def heatmap(
    matrix: Array,
    height: int,
    width: int,
    limit: float | None = None,
    caps: Capabilities = FULL,
    quantiser: Quantiser | None = None,
) -> Cells:
    """A signed matrix (h, w), e.g. weights: blue below zero, orange above, ground at zero.

    ``limit`` is the number drawn at full strength; pass a :class:`StickyScale`'s and one quantiser (33
    levels, odd so that zero has its own) to keep a training picture steady.  Without colour every value
    takes two columns: its sign and its size.
    """
    if limit is None:
        limit = nice_above(float(np.max(np.abs(matrix), initial=0.0, where=np.isfinite(matrix))))
    quantiser = quantiser or Quantiser(DIVERGING.size)
    if _half(caps):
        levels = quantiser(signed(resample(matrix, 2 * height, width), limit))
        return half_blocks(_mark(DIVERGING.index(levels, quantiser.levels), levels))
    pairs = max(1, width // 2)
    levels = quantiser(signed(resample(matrix, height, pairs), limit))
    middle = (quantiser.levels - 1) / 2
    size = np.minimum(np.abs(levels - middle) / middle, 1)
    cells = blank(height, width)
    sign, tone = cells[:, 0 : 2 * pairs : 2], cells[:, 1 : 2 * pairs : 2]
    if width >= 2:
        sign[..., 0] = np.where(levels > middle, PLUS, np.where(levels < middle, MINUS, SPACE))
        tone[..., 0] = RAMP[np.rint(size * (len(RAMP) - 1)).astype(np.intp)]
        tone[..., 0][levels < 0] = sign[..., 0][levels < 0] = ord("?") - 32
    if caps.color is not ColorDepth.NONE and width >= 2:
        sign[..., 1] = tone[..., 1] = _mark(DIVERGING.index(np.maximum(levels, 0), quantiser.levels), levels)
    return cells


def sign_colors(values: Array) -> NDArray[np.int16]:
    """Text colours of signed numbers: NEGATIVE, MUTED for zero, POSITIVE."""
    inks = np.array([Role.NEGATIVE, Role.MUTED, Role.POSITIVE], np.int16)
    return inks[np.nan_to_num(np.sign(values)).astype(np.intp) + 1]


def numbers(
    matrix: Array, cell_width: int = 7, decimals: int = 3, fg: NDArray[np.int16] | int | None = None
) -> Cells:
    """A table of numbers (h, w) as cells (h, w * cell_width, 3), right-aligned with one space between.

    ``fg``: one colour, one per number (h, w), or None for colours by sign. A number too long for its
    place loses decimals, then is written in powers of ten, never cut.
    """
    h, w = matrix.shape
    cells = blank(h, w * cell_width)
    field = [[number(v, cell_width - 1, decimals).rjust(cell_width) for v in row] for row in matrix.tolist()]
    codes = spell_rows(["".join(row) for row in field])
    cells[: len(codes), : codes.shape[1], 0] = codes
    inks = sign_colors(matrix) if fg is None else np.broadcast_to(np.asarray(fg, np.int16), (h, w))
    cells[..., 1] = np.repeat(inks, cell_width, axis=1)
    return cells


def number(value: float, width: int, decimals: int = 3) -> str:
    """``value`` in at most ``width`` columns: fewer decimals, then powers of ten; "#" when nothing fits."""
    if value != value or value in (float("inf"), float("-inf")):
        return ("nan" if value != value else "inf" if value > 0 else "-inf")[:width]
    for d in range(decimals, -1, -1):
        string = f"{value:.{d}f}"
        if len(string) <= width and (float(string) or not value):
            return string
    for d in range(decimals, -1, -1):
        mantissa, _, exponent = f"{value:.{d}e}".partition("e")
        string = f"{mantissa}e{int(exponent)}"
        if len(string) <= width:
            return string
    for d in range(decimals, -1, -1):  # too small to show here: its zeros
        string = f"{value:.{d}f}"
        if len(string) <= width and abs(value) < 1:
            return string
    return "#" * width


def spell_rows(rows: list[str]) -> NDArray[np.int16]:
    """ASCII rows of one length to glyph numbers (rows, columns)."""
    if not rows:
        return np.zeros((0, 0), np.int16)
    return (np.frombuffer("".join(rows).encode("ascii"), np.uint8).astype(np.int16) - 32).reshape(
        len(rows), -1
    )


def bars(
    values: Array,
    width: int,
    limit: float | None = None,
    fg: NDArray[np.int16] | int = Role.PRIMARY,
    caps: Capabilities = FULL,
) -> Cells:
    """Horizontal bars (n,) of 0..limit, one row each, to an eighth of a cell: predictions, importances."""
    values = np.nan_to_num(np.asarray(values, float))
    limit = float(values.max(initial=0.0)) if limit is None else limit
    length = np.clip(values / (limit or 1.0), 0, 1)[:, None] * width
    cells = blank(len(values), width)
    eighths = np.clip(np.rint((length - np.arange(width)) * 8), 0, 8).astype(np.int16)
    cells[..., 0] = GROWING + eighths if caps.unicode else np.where(eighths >= 4, ord("#") - 32, SPACE)
    cells[..., 0][eighths == 0] = SPACE
    cells[..., 1] = np.broadcast_to(np.asarray(fg, np.int16), len(values))[:, None]
    return cells


def signed_bars(values: Array, width: int, limit: float | None = None, caps: Capabilities = FULL) -> Cells:
    """Bars (n,) from a middle line: negative to the left, positive to the right."""
    values = np.nan_to_num(np.asarray(values, float))
    limit = float(np.abs(values).max(initial=0.0)) if limit is None else limit
    side = (width - 1) // 2
    cells = blank(len(values), width)
    right = bars(np.maximum(values, 0), side, limit, Role.POSITIVE, caps)
    # The left side grows leftwards: there are no such eighths, so the empty part is drawn over a full cell.
    left = bars(np.maximum(-values, 0), side, limit, Role.NEGATIVE, caps)[:, ::-1]
    if caps.unicode:
        partial = (left[..., 0] > GROWING) & (left[..., 0] < GROWING + 8)
        filled = (left[..., 0] - GROWING)[partial]
        if caps.color is ColorDepth.NONE:
            left[..., 0][partial] = np.where(filled >= 4, RIGHT_HALF, SPACE)
        else:
            left[..., 0][partial] = GROWING + 8 - filled
            left[..., 1][partial], left[..., 2][partial] = Role.BACKGROUND, Role.NEGATIVE
    cells[:, :side] = left
    cells[:, side] = (spell("│" if caps.unicode else "|")[0], Role.FAINT, Role.BACKGROUND)
    cells[:, side + 1 : 2 * side + 1] = right
    return cells


def columns_chart(
    values: Array, height: int, fg: NDArray[np.int16] | int = Role.PRIMARY, caps: Capabilities = FULL
) -> Cells:
    """Upright bars (n,), one column each: a histogram or a sparkline of (height, n) cells."""
    values = np.nan_to_num(np.asarray(values, float))
    size = np.clip(values / (values.max(initial=0.0) or 1.0), 0, 1) * height
    above = np.arange(height)[::-1, None]
    eighths = np.clip(np.rint((size - above) * 8), 0, 8).astype(np.int16)
    cells = blank(height, len(values))
    cells[..., 0] = RISING + eighths if caps.unicode else np.where(eighths >= 4, ord("#") - 32, SPACE)
    cells[..., 0][eighths == 0] = SPACE
    cells[..., 1] = np.broadcast_to(np.asarray(fg, np.int16), len(values))
    return cells


def place(values: Array, low: float, high: float, size: int) -> NDArray[np.intp]:
    """Cells 0..size-1 of ``values`` on an axis; outside values give -1."""
    at = np.floor((np.asarray(values, float) - low) * (size / ((high - low) or 1.0)))
    at = np.where(np.asarray(values) == high, size - 1, at)
    return np.where((at >= 0) & (at < size), at, -1).astype(np.intp)


def scatter(
    cells: Cells,
    x: Array,
    y: Array,
    classes: NDArray[np.integer] | None = None,
    x_range: tuple[float, float] = (-1, 1),
    y_range: tuple[float, float] = (-1, 1),
    caps: Capabilities = FULL,
) -> None:
    """Points (n,) onto ``cells`` (h, w, 3), y upwards, each class by shape and colour; the ground is kept."""
    height, width = cells.shape[:2]
    column = place(x, *x_range, width)
    row = place(y, *y_range, height)
    inside = (column >= 0) & (row >= 0)
    r, c = height - 1 - row[inside], column[inside]
    kind = np.zeros(len(r), np.intp) if classes is None else np.asarray(classes)[inside] % CATEGORIES
    cells[r, c, 0] = spell(MARKS if caps.unicode else MARKS_ASCII)[kind]
    cells[r, c, 1] = CATEGORY + kind


def dots(
    cells: Cells,
    x: Array,
    y: Array,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    fg: int = Role.PRIMARY,
) -> None:
    """Points (n,) as braille dots, eight to a cell: many points of one kind."""
    height, width = cells.shape[:2]
    column = place(x, *x_range, 2 * width)
    row = place(y, *y_range, 4 * height)
    inside = (column >= 0) & (row >= 0)
    pixels = np.zeros((4 * height, 2 * width), bool)
    pixels[4 * height - 1 - row[inside], column[inside]] = True
    masks = braille_masks(pixels)
    drawn = masks > 0
    cells[..., 0][drawn] = BRAILLE + masks[drawn]
    cells[..., 1][drawn] = fg


_BITS = np.array([[1, 8], [2, 16], [4, 32], [64, 128]], np.uint8)  # [row, column] of a braille cell


def braille_masks(pixels: NDArray[np.bool_]) -> NDArray[np.int16]:
    """Pixels (4h, 2w) to braille masks (h, w)."""
    h, w = pixels.shape[0] // 4, pixels.shape[1] // 2
    masks = np.zeros((h, w), np.int16)
    for row in range(4):
        for column in range(2):
            masks |= pixels[row::4, column::2] * np.int16(_BITS[row, column])
    return masks


def surface(probabilities: Array, height: int, width: int, caps: Capabilities = FULL) -> Cells:
    """A decision surface: class probabilities (rows, columns, classes), row 0 at the top.

    Each pixel has the tint of its most probable class, stronger with confidence.  A (rows, columns)
    array is the probability of class 1 of two.  Without colour the second class and on are dotted more.
    """
    if probabilities.ndim == 2:
        probabilities = np.stack((1 - probabilities, probabilities), -1)
    half = _half(caps)
    rows = 2 * height if half else height
    n, m, k = probabilities.shape
    picked = probabilities[(np.arange(rows) * n // rows)[:, None], np.arange(width) * m // width]
    best = picked.argmax(-1)
    confidence = (np.nan_to_num(picked.max(-1)) - 1 / k) / (1 - 1 / k)
    if half:
        shade = np.rint(np.clip(confidence, 0, 1) * (TINTS - 1)).astype(np.int16)
        return half_blocks((TINT + (best % CATEGORIES) * TINTS + shade).astype(np.int16))
    cells = blank(height, width)
    cells[..., 0] = RAMP[(best % CATEGORIES).astype(np.intp)]
    cells[..., 1] = CATEGORY + best % CATEGORIES
    return cells


def shades(
    matrix: Array, height: int, width: int, low: float = 0.0, high: float = 1.0, caps: Capabilities = FULL
) -> Cells:
    """An unsigned matrix in the sequential colours: confusion matrices, attention, correlations."""
    return image(matrix, height, width, low, high, SEQUENTIAL, caps)


def confusion(
    matrix: NDArray[np.integer], labels: list[str], cell_width: int = 5, caps: Capabilities = FULL
) -> Cells:
    """Counts (true, predicted) as a labelled table: each row shaded by its share, counts printed."""
    from nnlab.tui.cells import text

    k = len(matrix)
    names = [*labels, *(str(i) for i in range(len(labels), k))]
    margin = max((columns(name) for name in names), default=0) + 1
    cells = blank(k + 1, margin + k * cell_width)
    share = matrix / np.maximum(1, matrix.sum(axis=1, keepdims=True))
    table = numbers(matrix.astype(float), cell_width, 0, Role.TEXT)
    if caps.color is not ColorDepth.NONE:
        levels = np.rint(share * (TINTS - 1)).astype(np.int16)
        kind = np.where(np.eye(k, dtype=bool), 0, 6)  # right answers in the first hue, wrong in the warm one
        ground = np.where(matrix > 0, TINT + kind * TINTS + levels, Role.BACKGROUND)
        table[..., 2] = np.repeat(ground, cell_width, axis=1)
    cells[1:, margin:] = table
    for i, name in enumerate(names):
        text(cells, i + 1, 0, name, Role.MUTED, width=margin - 1, align="right")
        text(cells, 0, margin + i * cell_width + 1, name, Role.MUTED, width=cell_width - 1, align="right")
    return cells

"""Numbers as shades: a tile of two cells for each, or pixels, with what is framed in a hue of its own.

A frame is never drawn over numbers: in colour the shades of what it holds change their hue (greys) or get
corners around them (signed numbers), without colour they are bold and all others dim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import numpy as np

from nnlab.session.scene import Frame, Grid
from nnlab.tui import pictures
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import Cells, blank, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.palette import DIVERGING, GREYS, SEQUENTIAL, Ramp
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
TILE = 2
RAMP = np.array([ord(c) - 32 for c in " .:-=+*#%@"], np.int16)
PLUS, MINUS, DOT, SLASH = (ord(sign) - 32 for sign in "+-./")


def pixel(grid: Grid, caps: Capabilities) -> tuple[float, int]:
    """Rows and columns of a pixel."""
    if halves(caps):
        return 0.5, 1
    return 1, (2 if grid.kind == "signed" else 1)


def halves(caps: Capabilities) -> bool:
    """Whether a cell can show two pixels."""
    return caps.unicode and caps.color is not ColorDepth.NONE


def levels(grid: Grid, values: Array) -> tuple[Array, Ramp, Array]:
    """Shade number, ramp, and share of the full strength of each value."""
    known = np.nan_to_num(np.asarray(values, float))
    if grid.kind == "signed":
        limit = grid.limit or nice_above(float(np.abs(known).max(initial=0.0)))
        share = np.clip(known / (limit or 1.0), -1, 1)
        return np.rint((0.5 + 0.5 * share * 0.9) * (DIVERGING.size - 1)).astype(np.intp), DIVERGING, share
    limit = grid.limit or (1.0 if grid.kind == "share" else float(known.max(initial=0.0)))
    share = np.clip(known / (limit or 1.0), 0, 1)
    ramp = SEQUENTIAL if grid.kind == "share" else GREYS
    return np.rint(share * (ramp.size - 1)).astype(np.intp), ramp, share


def inside(frame: Frame, shape: tuple[int, int], pitch: tuple[float, float] = (1, 1)) -> tuple[slice, slice]:
    """Rows and columns of a framed rectangle within ``shape``, each ``pitch`` of a picture's rows and
    columns high and wide."""
    rows = max(0, frame.row), min(shape[0], frame.row + frame.height)
    columns = max(0, frame.column), min(shape[1], frame.column + frame.width)
    return (
        slice(int(rows[0] * pitch[0]), ceil(rows[1] * pitch[0])),
        slice(int(columns[0] * pitch[1]), ceil(columns[1] * pitch[1])),
    )


# -- tiles --------------------------------------------------------------------------------------------


def tiles(grid: Grid, values: Array, caps: Capabilities) -> Cells:
    """Every number as two cells (rows, 2 · columns, 3): its sign and size on its shade."""
    shade, ramp, share = levels(grid, values)
    picture = blank(len(values), TILE * values.shape[1]).reshape(*values.shape, TILE, 3)
    signed = grid.kind == "signed"
    if caps.color is ColorDepth.NONE:
        tone = RAMP[np.rint(np.abs(share) * (len(RAMP) - 1)).astype(np.intp)]
        sign = np.where(share > 0.02, PLUS, np.where(share < -0.02, MINUS, 0)) if signed else tone
        picture[..., 0, 0], picture[..., 1, 0] = sign, tone
        if grid.frames:
            picture[..., 1] = Role.MUTED
            for frame in grid.frames:
                picture[inside(frame, values.shape)][..., 1] = Role.ACCENT
    else:
        picture[..., 2] = ramp.index(shade)[..., None]
        for frame in grid.frames if ramp is GREYS else ():
            held = inside(frame, values.shape)
            picture[held][..., 2] = SEQUENTIAL.index(shade[held])[..., None]
        if signed:
            picture[..., 0, 0] = np.where(share < -0.15, MINUS, np.where(share > 0.15, PLUS, 0))
            picture[..., 1] = np.where(np.abs(share) > 0.62, Role.BACKGROUND, Role.MUTED)[..., None]
    page: Cells = picture.reshape(len(values), -1, 3)
    _tile_words(grid, share, page)
    _tile_marks(grid, values, picture)
    return page


def _tile_words(grid: Grid, share: Array, page: Cells) -> None:
    """The words that a tile has room for: a shade alone does not say which class it stands for."""
    for row, words in enumerate(grid.words):
        for column, word in enumerate(words):
            if word.strip() and width_of(word) <= TILE:
                ink = Role.BACKGROUND if abs(share[row, column]) > 0.62 else Role.TEXT
                text(page, row, TILE * column, word + " " * (TILE - width_of(word)), ink)


def _tile_marks(grid: Grid, values: Array, picture: Cells) -> None:
    for name, (first, second) in {"padding": (0, DOT), "masked": (SLASH, SLASH), "later": (0, DOT)}.items():
        mask = grid.marks.get(name)
        if mask is not None:
            picture[mask, 0] = (first, Role.FAINT, Role.BACKGROUND)
            picture[mask, 1] = (second, Role.FAINT, Role.BACKGROUND)
    padding = grid.marks.get("padding")
    unknown = ~np.isfinite(values)
    picture[unknown if padding is None else unknown & ~padding] = (0, Role.FAINT, Role.BACKGROUND)
    winner = grid.marks.get("winner")
    if winner is not None:
        picture[winner, 1, 0] = ord("*") - 32
        picture[winner, 1, 1] = Role.ACCENT


# -- pixels -------------------------------------------------------------------------------------------


def zoomed(grid: Grid, times: int) -> Grid:
    """``grid`` with every number ``times`` times in both directions, for a picture that has room."""
    if times == 1 or grid.values is None:
        return grid

    def larger(array: Array) -> Array:
        return np.repeat(np.repeat(array, times, axis=0), times, axis=1)

    frames = tuple(Frame(*(times * n for n in (f.row, f.column, f.height, f.width))) for f in grid.frames)
    marks = {name: larger(mark) for name, mark in grid.marks.items()}
    return replace(grid, values=larger(grid.values), marks=marks, frames=frames)


def pixels(grid: Grid, values: Array, height: int, caps: Capabilities) -> Cells:
    """The grid in at most ``height`` rows: pixels, taken together where there are too many."""
    tall, wide = pixel(grid, caps)
    parts = max(1, -(-values.shape[0] // max(1, int(height / tall))))
    high, across = -(-values.shape[0] // parts), -(-values.shape[1] // parts)
    if halves(caps):
        return _half_blocks(grid, _visible(grid, values), high, across)
    picture = _signs(grid, _visible(grid, values), high, across * wide, caps)
    _cross_out(grid, picture, high, across * wide)
    pitch = high / values.shape[0], across * wide / values.shape[1]
    if grid.frames:
        picture[..., 1] = np.where(picture[..., 1] == Role.TEXT, Role.MUTED, picture[..., 1])
    for frame in grid.frames:
        held = inside(frame, values.shape, pitch)
        picture[held][..., 1] = Role.ACCENT
    return picture


def _visible(grid: Grid, values: Array) -> Array:
    shown = np.where(np.isfinite(values), values, 0.0)
    for name in ("masked", "later"):
        mask = grid.marks.get(name)
        if mask is not None:
            shown = np.where(mask, 0.0, shown)
    return shown


def _half_blocks(grid: Grid, shown: Array, high: int, across: int) -> Cells:
    shade, ramp, _share = levels(grid, pictures.resample(shown, high, across))
    picture = ramp.index(shade)
    pitch = high / shown.shape[0], across / shown.shape[1]
    padding = grid.marks.get("padding")
    if padding is not None:
        picture[pictures.resample(np.asarray(padding, float), high, across) > 0.5] = Role.PANEL
    masked = grid.marks.get("masked")
    if masked is not None:  # what is not looked at is no zero, which has a shade
        picture[pictures.resample(np.asarray(masked, float), high, across) > 0.5] = Role.BACKGROUND
    for frame in grid.frames:
        rows, columns = inside(frame, (shown.shape[0], shown.shape[1]), pitch)
        if ramp is GREYS:
            lit = SEQUENTIAL.index(np.maximum(shade[rows, columns], 3))
            picture[rows, columns] = lit
        else:
            for y, x in _corners(rows, columns):
                if 0 <= y < high and 0 <= x < across:
                    picture[y, x] = Role.FORWARD  # no hue of signed numbers
    winner = grid.marks.get("winner")
    if winner is not None and ramp is GREYS and (high, across) == shown.shape:
        picture[winner] = SEQUENTIAL.index(np.maximum(shade[winner], 3))
    return pictures.half_blocks(picture)


def _cross_out(grid: Grid, picture: Cells, high: int, wide: int) -> None:
    """A sign of its own for what is not looked at, which is no zero."""
    masked = grid.marks.get("masked")
    if masked is not None:
        picture[pictures.resample(np.asarray(masked, float), high, wide) > 0.5] = (
            SLASH,
            Role.FAINT,
            Role.BACKGROUND,
        )


def _corners(rows: slice, columns: slice) -> Iterator[tuple[int, int]]:
    """The pixels around a rectangle's corners."""
    for y in (rows.start - 1, rows.stop):
        for x in (columns.start - 1, columns.stop):
            yield y, x


def _signs(grid: Grid, shown: Array, high: int, wide: int, caps: Capabilities) -> Cells:
    """A sign for each pixel, darker for more; in two columns where it has a sign of its own."""
    if grid.kind == "signed":
        return pictures.heatmap(shown, high, wide, grid.limit, caps)
    ramp = SEQUENTIAL if grid.kind == "share" else GREYS
    limit = grid.limit or (1.0 if grid.kind == "share" else None)
    low = min(0.0, float(shown.min(initial=0.0)))
    return pictures.image(shown, high, wide, low, limit, ramp, caps)


def strip(grids: Sequence[Grid], height: int, caps: Capabilities) -> list[Cells]:
    """Grids of one shape and kind as pixels in at most ``height`` rows, drawn in one go: a wall has many."""
    first, n = grids[0], len(grids)
    rows, columns = first.shape
    tall, wide = pixel(first, caps)
    parts = max(1, -(-rows // max(1, int(height / tall))))
    high, across = -(-rows // parts), -(-columns // parts)
    stack = np.stack([grid.values for grid in grids if grid.values is not None])  # (n, rows, columns)
    joined = np.nan_to_num(stack).transpose(1, 0, 2).reshape(rows, n * columns)
    masks = [grid.marks["masked"] for grid in grids if "masked" in grid.marks]
    marks = {"masked": np.concatenate(masks, axis=1)} if len(masks) == n else {}
    whole = Grid("", joined, kind=first.kind, limit=first.limit, marks=marks)
    if halves(caps):
        picture = _half_blocks(whole, _visible(whole, joined), high, n * across)
    else:
        picture = _signs(first, _visible(whole, joined), high, n * across * wide, caps)
        _cross_out(whole, picture, high, n * across * wide)
    return [picture[:, k * across * wide : (k + 1) * across * wide] for k in range(n)]

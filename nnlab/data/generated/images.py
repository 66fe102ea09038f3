"""Small pictures: coloured shapes, squares to be found, pixels to be labelled, dots that move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Array, Draws, Ids, Options
from nnlab.engine.rng import normal

Bools = NDArray[np.bool_]
PICTURE = ("row", "column", "channel")

SHAPES = ("disc", "square", "triangle", "diamond", "cross")
SIDE, LEAST_RADIUS, MOST_RADIUS = 32, 7, 12
PIXEL_NOISE = 0.05


def shapes32(name: str, options: Options) -> Raw:
    """Coloured pictures (n, 32, 32, 3) of five shapes, filled or as an outline: ten classes.

    In every channel the background lies in −½ … 0 and the shape in 0 … ½, with noise of 0.05 on top.
    """
    draw = Draws(options)
    y = draw.balanced(2 * len(SHAPES))
    radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * draw.uniform("radius")
    centre = radius[:, None] + (SIDE - 1 - 2 * radius)[:, None] * draw.uniform("centre", 2)
    ground, colour = 0.5 * draw.uniform("ground", 3), 0.5 + 0.5 * draw.uniform("colour", 3)
    pixels = np.arange(SIDE, dtype=np.float64)
    x = np.empty((draw.n, SIDE, SIDE, 3), np.float32)
    for row in range(draw.n):
        dy, dx = pixels[:, None] - centre[row, 0], pixels[None, :] - centre[row, 1]
        inside = _inside(SHAPES[y[row] % 5], dy, dx, radius[row])
        if y[row] >= 5:
            inside &= ~_eroded(_eroded(inside))
        x[row] = np.where(inside[..., None], colour[row], ground[row]) - 0.5
        x[row] += PIXEL_NOISE * normal(draw.seed, "data.noise", row, (SIDE, SIDE, 3))
    names = (*SHAPES, *(f"{shape} outline" for shape in SHAPES))
    return Raw(x, y, "multiclass", (), names, ("shape",), axes=PICTURE)


def _inside(shape: str, dy: Array, dx: Array, radius: float) -> Bools:
    """The pixels of a shape, (32, 32), from their distances to its centre down (32, 1) and right (1, 32)."""
    across, down = np.abs(dx), np.abs(dy)
    near, far = np.minimum(across, down), np.maximum(across, down)
    within: dict[str, Bools] = {
        "disc": np.hypot(dx, dy) <= radius,
        "square": far <= 0.8 * radius,
        "triangle": (dy <= radius / 2) & (across <= (dy + radius) / np.sqrt(3)),
        "diamond": across + down <= radius,
        "cross": (far <= radius) & (near <= radius / 3),
    }
    return within[shape]


def _eroded(inside: Bools) -> Bools:
    """The pixels whose eight neighbours are inside too."""
    wide = np.pad(inside, 1)
    kept = inside.copy()
    for down in range(3):
        for right in range(3):
            kept &= wide[down : down + SIDE, right : right + SIDE]
    return kept


def squares12(name: str, options: Options) -> Raw:
    """Pictures (n, 12, 12, 1) of one bright square; y (n, 3): its centre's row and column, and its side.

    All three are shares of the picture's side.
    """
    draw = Draws(options)
    x, side = _ground(draw, options), 3 + draw.pick("side", 3)
    corner = _corner(draw.uniform("corner", 2), side)
    for row in range(draw.n):
        top, left = corner[row]
        x[row, top : top + side[row], left : left + side[row]] += 1
    y = np.stack([corner[:, 0] + side / 2, corner[:, 1] + side / 2, side], axis=1) / 12
    return Raw(x[..., None], y, "regression", (), (), ("row", "column", "side"), axes=PICTURE)


def masks12(name: str, options: Options) -> Raw:
    """Pictures (n, 12, 12, 1) of a square or a cross; y (n, 12, 12): what every pixel belongs to."""
    draw = Draws(options)
    y = np.zeros((draw.n, 12, 12), np.int64)
    kind, side = 1 + draw.balanced(2), 5 + draw.pick("side", 3)
    corner = _corner(draw.uniform("corner", 2), side)
    for row in range(draw.n):
        size, (top, left) = side[row], corner[row]
        place = y[row, top : top + size, left : left + size]
        if kind[row] == 1:
            place[:] = 1
        else:
            middle = slice(size // 2 - 1 + size % 2, size // 2 + 1)
            place[middle], place[:, middle] = 2, 2
    x = _ground(draw, options) + (y > 0)
    return Raw(
        x[..., None], y, "tokens", (), target_names=("pixel",),
        target_vocabulary=("ground", "square", "cross"), axes=PICTURE,
    )  # fmt: skip


def _ground(draw: Draws, options: Options) -> Array:
    """Noise alone, (n, 12, 12)."""
    return float(options["noise"]) * draw.normal("noise", 12, 12)


def _corner(place: Array, side: Ids) -> Ids:
    """The upper left corner, (n, 2), of squares that lie inside the picture."""
    return (place * (13 - side)[:, None]).astype(np.int64)


MOVES = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
FRAMES, FIELD = 4, 6


def dots6(name: str, options: Options) -> Raw:
    """Four frames of 6×6 pixels with one dot that moves: (n, 4, 36) or (n, 4, 6, 6, 1); y: which way.

    The dot starts where it will not leave the picture.
    """
    draw = Draws(options)
    y, start = draw.balanced(4), draw.uniform("start", 2)
    step = np.array(list(MOVES.values()))[y]  # (n, 2)
    room = FIELD - np.abs(step) * (FRAMES - 1)  # places to start from
    first = (start * room).astype(np.int64) + np.where(step < 0, FRAMES - 1, 0)
    x = float(options["noise"]) * draw.normal("noise", FRAMES, FIELD, FIELD)
    for frame in range(FRAMES):
        place = first + frame * step
        x[np.arange(draw.n), frame, place[:, 0], place[:, 1]] += 1
    shape = tuple(int(size) for size in str(options["shape"]).split("x"))
    axes = ("step", "pixel") if len(shape) == 2 else ("step", *PICTURE)
    return Raw(x, y, "multiclass", (), tuple(MOVES), ("direction",), input_shape=shape, axes=axes)

"""Colour numbers of pictures, and what each sends to the terminal.

A palette is one table with a fixed layout: a picture holds indices into it and stays right when the
theme or the colour depth changes.  Places in the table: one per :class:`~nnlab.tui.themes.Role`, eight
categories, eight tints of each category (faint to full), and the ramps ``GREYS``, ``SEQUENTIAL`` and
``DIVERGING``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color, ColorSystem
from rich.style import Style

from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.themes import CanvasColors, Role

Index = NDArray[np.int16]
Float = NDArray[np.float64]


@dataclass(frozen=True)
class Ramp:
    """``size`` consecutive colours; a quantiser with fewer levels spreads over all of them."""

    start: int
    size: int

    def index(self, levels: NDArray[np.integer], count: int | None = None) -> Index:
        """Palette indices of ``levels`` 0..count-1 (count: the ramp's own size unless given)."""
        count = self.size if count is None else count
        lookup = self.start + np.rint(np.arange(count) * ((self.size - 1) / max(1, count - 1)))
        indices: Index = lookup.astype(np.int16)[levels]
        return indices


CATEGORY = 32
CATEGORIES = 8
TINT = CATEGORY + CATEGORIES
TINTS = 8
GREYS = Ramp(TINT + CATEGORIES * TINTS, 32)
SEQUENTIAL = Ramp(GREYS.start + GREYS.size, 32)
DIVERGING = Ramp(SEQUENTIAL.start + SEQUENTIAL.size, 33)
SIZE = DIVERGING.start + DIVERGING.size

_SYSTEMS = {
    ColorDepth.NONE: ColorSystem.TRUECOLOR,
    ColorDepth.ANSI16: ColorSystem.STANDARD,
    ColorDepth.ANSI256: ColorSystem.EIGHT_BIT,
    ColorDepth.TRUE: ColorSystem.TRUECOLOR,
}
# Ramps on 16 colours, by (dark, light) ground.
_GREYS_16 = ((0, 8, 7, 15), (15, 7, 8, 0))
_SEQUENTIAL_16 = ((0, 4, 6, 7, 15), (15, 7, 6, 4, 0))
_DIVERGING_16 = ((14, 12, 4, 0, 3, 11, 15), (4, 12, 14, 15, 11, 3, 1))


def xterm_rgb() -> NDArray[np.uint8]:
    """The 256 xterm colours, (256, 3); the first 16 are the usual defaults."""
    steps = np.array([0, 95, 135, 175, 215, 255])
    cube = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(-1, 3)
    greys = np.repeat(8 + 10 * np.arange(24), 3).reshape(-1, 3)
    low = [int(bits) for bits in range(8)]
    system = [[128 * (c & 1), 128 * (c >> 1 & 1), 128 * (c >> 2 & 1)] for c in low]
    bright = [[255 * (c & 1), 255 * (c >> 1 & 1), 255 * (c >> 2 & 1)] for c in low]
    system[7], bright[0] = [192, 192, 192], [128, 128, 128]
    return np.concatenate([system, bright, cube, greys]).astype(np.uint8)


# Linear light to cone response and on to OKLab (Ottosson 2020): equal steps there look equal.
_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def oklab(rgb: NDArray[np.generic]) -> Float:
    """(n, 3) bytes to OKLab (n, 3): lightness 0..1, green-red, blue-yellow."""
    c = np.asarray(rgb, float) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return np.asarray(np.cbrt(linear @ _LMS.T) @ _LAB.T)


def from_oklab(lab: Float) -> NDArray[np.uint8]:
    linear = (lab @ np.linalg.inv(_LAB).T) ** 3 @ np.linalg.inv(_LMS).T
    linear = np.clip(linear, 0, 1)
    c = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    rgb: NDArray[np.uint8] = np.rint(c * 255).astype(np.uint8)
    return rgb


def nearest_xterm(rgb: NDArray[np.generic]) -> NDArray[np.intp]:
    """The xterm-256 number that looks most like each colour (n, 3); never the 16 that users redefine."""
    distance = oklab(rgb)[:, None] - oklab(xterm_rgb()[16:])[None]
    nearest: NDArray[np.intp] = 16 + (distance**2).sum(-1).argmin(-1)
    return nearest


def _hex(text: str) -> list[int]:
    return list(bytes.fromhex(text.lstrip("#")))


def _pick(anchors: tuple[int, ...], size: int) -> list[int]:
    """``size`` places along ``anchors``, the nearest anchor each."""
    return [anchors[i] for i in np.rint(np.linspace(0, len(anchors) - 1, size)).astype(int)]


def _blend(anchors: list[str], size: int) -> NDArray[np.uint8]:
    """``size`` colours along hex ``anchors``, even in OKLab between them, (size, 3)."""
    lab = oklab(np.array([_hex(anchor) for anchor in anchors]))
    at = np.linspace(0, len(anchors) - 1, size)
    return from_oklab(np.stack([np.interp(at, np.arange(len(anchors)), lab[:, k]) for k in range(3)], -1))


class Palette:
    """Index to SGR text at one depth under one theme.

    ``part1`` and ``part2`` (3 * SIZE,) hold the two halves of a colour change, see
    :func:`nnlab.tui.encoder.encode`; ``canonical`` (SIZE,) maps each index to the first one that
    looks the same here, so that a change nobody can see is not sent.
    """

    def __init__(self, colors: CanvasColors, depth: ColorDepth) -> None:
        self.theme = colors
        self.depth = depth
        self.size = SIZE
        self.rgb = _rgb_table(colors)
        self.colors = _color_table(colors, depth, self.rgb)
        if depth is ColorDepth.NONE:
            fg, bg = _attributes()
        else:
            fg = [";".join(color.get_ansi_codes(foreground=True)) for color in self.colors]
            bg = [";".join(color.get_ansi_codes(foreground=False)) for color in self.colors]
        self.part1 = _parts([""] * SIZE, [f"\x1b[{s}m" for s in fg], [f"\x1b[{s};" for s in fg])
        self.part2 = _parts([""] * SIZE, [f"\x1b[{s}m" for s in bg], [f"{s}m" for s in bg])
        pairs = list(zip(fg, bg))
        first = {pair: i for i, pair in reversed(list(enumerate(pairs)))}
        self.canonical = np.array([first[pair] for pair in pairs], dtype=np.int16)
        self.has_twins = bool((self.canonical != np.arange(SIZE)).any())
        self._styles: dict[tuple[int, int], Style] = {}

    def style(self, fg: int, bg: int) -> Style:
        """The Rich style of one pair, for screenshots and other widgets' filters."""
        style = self._styles.get((fg, bg))
        if style is None:
            if self.depth is ColorDepth.NONE:
                style = Style(bold=fg in _BOLD, dim=fg in _DIM, reverse=bg in _REVERSED)
            else:
                style = Style(color=self.colors[fg], bgcolor=self.colors[bg])
            self._styles[fg, bg] = style
        return style


@lru_cache(maxsize=32)
def palette(colors: CanvasColors, depth: ColorDepth) -> Palette:
    """The palette of a theme at a depth; made once."""
    return Palette(colors, depth)


_BOLD = frozenset({Role.ACCENT, Role.PRIMARY, Role.ERROR, Role.WARNING, Role.CURSOR_TEXT, Role.FORWARD})
_BOLD |= {Role.BACKWARD, Role.UPDATE, Role.SUCCESS}
_DIM = frozenset({Role.MUTED, Role.FAINT})
_REVERSED = frozenset({Role.CURSOR, Role.SELECTION})


def _attributes() -> tuple[list[str], list[str]]:
    """Without colour, emphasis is bold, dim and reverse; every fragment sets its register completely."""
    fg = ["22;1" if i in _BOLD else "22;2" if i in _DIM else "22" for i in range(SIZE)]
    bg = ["7" if i in _REVERSED else "27" for i in range(SIZE)]
    return fg, bg


def _parts(*groups: list[str]) -> NDArray[np.object_]:
    return np.array([text for group in groups for text in group], dtype=object)


def _rgb_table(colors: CanvasColors) -> NDArray[np.uint8]:
    """(SIZE, 3) colours as they should look."""
    table = np.zeros((SIZE, 3), np.uint8)
    table[: len(colors.roles)] = [_hex(c) for c in colors.roles]
    categories = np.array([_hex(c) for c in colors.categories])
    table[CATEGORY:TINT] = categories
    paper, full = oklab(table[None, Role.BACKGROUND])[0], oklab(categories)
    strength = np.linspace(0.08, 0.5, TINTS)[None, :, None]
    tints = paper + (full[:, None] - paper) * strength  # (categories, tints, 3)
    table[TINT : GREYS.start] = from_oklab(tints.reshape(-1, 3))
    many = {name: text.split() for name, text in colors.ramps.many.items()}
    diverging = [*reversed(many["negative"]), *many["positive"][1:]]
    for ramp, anchors in ((GREYS, many["greys"]), (SEQUENTIAL, many["sequential"]), (DIVERGING, diverging)):
        table[ramp.start : ramp.start + ramp.size] = _blend(anchors, ramp.size)
    return table


def _color_table(colors: CanvasColors, depth: ColorDepth, rgb: NDArray[np.uint8]) -> list[Color]:
    """(SIZE,) Rich colours; roles and categories downgraded as Textual's own widgets are, ramps by hand."""
    table = [Color.from_rgb(*map(int, row)).downgrade(_SYSTEMS[depth]) for row in rgb]
    if depth is ColorDepth.ANSI256:
        tints = slice(TINT, GREYS.start)
        table[tints] = map(Color.from_ansi, nearest_xterm(rgb[tints]).tolist())
        few = colors.ramps.few
        diverging = (*reversed(few["negative"]), *few["positive"][1:])
        for ramp, anchors in ((GREYS, few["greys"]), (SEQUENTIAL, few["sequential"]), (DIVERGING, diverging)):
            table[ramp.start : ramp.start + ramp.size] = map(Color.from_ansi, _pick(anchors, ramp.size))
    elif depth is ColorDepth.ANSI16:
        ground = 0 if colors.dark else 1
        for ramp, choice in ((GREYS, _GREYS_16), (SEQUENTIAL, _SEQUENTIAL_16), (DIVERGING, _DIVERGING_16)):
            table[ramp.start : ramp.start + ramp.size] = map(
                Color.from_ansi, _pick(choice[ground], ramp.size)
            )
    return table

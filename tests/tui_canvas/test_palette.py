"""Ramps read as size and sign in every theme, at every colour depth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from textual.theme import BUILTIN_THEMES

from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.palette import CATEGORY, DIVERGING, GREYS, SEQUENTIAL, SIZE, Palette, Ramp, oklab, xterm_rgb
from nnlab.tui.themes import THEMES, Role, canvas_colors

EVERY = [pytest.param(theme, id=theme.name) for theme in (*THEMES.values(), *BUILTIN_THEMES.values())]


def lightness(palette: Palette, ramp: Ramp) -> np.ndarray:
    rgb = [color.get_truecolor() for color in palette.colors[ramp.start : ramp.start + ramp.size]]
    return oklab(np.array(rgb))[:, 0]


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("depth", [ColorDepth.TRUE, ColorDepth.ANSI256])
def test_more_is_further_from_the_ground(theme: object, depth: ColorDepth) -> None:
    palette = Palette(canvas_colors(theme), depth)
    away = 1 if palette.theme.dark else -1
    for ramp in (SEQUENTIAL, GREYS):
        steps = np.diff(lightness(palette, ramp)) * away
        assert (steps >= -0.015).all(), (ramp, steps.round(3))
    light = lightness(palette, DIVERGING)
    assert (np.diff(light[16:]) * away >= -0.015).all(), light[16:].round(3)
    assert (np.diff(light[16::-1]) * away >= -0.015).all(), light[16::-1].round(3)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_signs_differ_to_a_deuteranope(theme: object) -> None:
    """Deuteranopes keep the blue-yellow axis: negative lies on the blue side, positive on the yellow."""
    for depth in (ColorDepth.TRUE, ColorDepth.ANSI256):
        palette = Palette(canvas_colors(theme), depth)
        ends = [palette.colors[DIVERGING.start + i].get_truecolor() for i in (4, 28)]
        blue_yellow = oklab(np.array(ends))[:, 2]
        assert blue_yellow[1] - blue_yellow[0] > 0.1


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_text_can_be_read(theme: object) -> None:
    table = Palette(canvas_colors(theme), ColorDepth.TRUE).rgb
    for role in (
        Role.TEXT,
        Role.MUTED,
        Role.NEGATIVE,
        Role.POSITIVE,
        Role.FORWARD,
        Role.BACKWARD,
        Role.UPDATE,
    ):
        assert contrast(table[role], table[Role.BACKGROUND]) >= 4.5, role
    assert contrast(table[Role.CURSOR_TEXT], table[Role.CURSOR]) >= 4.5
    for category in range(8):
        assert contrast(table[CATEGORY + category], table[Role.BACKGROUND]) >= 3.0, category


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """WCAG 2 contrast ratio."""

    def luminance(rgb: np.ndarray) -> float:
        c = rgb / 255
        linear = np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", EVERY)
def test_every_theme_gives_a_whole_palette_at_every_depth(theme: object) -> None:
    for depth in ColorDepth:
        palette = Palette(canvas_colors(theme), depth)
        assert len(palette.colors) == len(palette.canonical) == SIZE
        assert palette.style(Role.TEXT, Role.BACKGROUND) is palette.style(Role.TEXT, Role.BACKGROUND)


def test_without_colour_nothing_but_weight_and_reverse_is_sent() -> None:
    palette = Palette(canvas_colors(THEMES["nnlab-dark"]), ColorDepth.NONE)
    codes = set(
        "".join(itertools.chain(palette.part1, palette.part2))
        .replace("\x1b[", ";")
        .replace("m", ";")
        .split(";")
    )
    assert codes <= {"", "1", "2", "22", "7", "27"}


def test_256_colours_are_never_the_sixteen_that_users_redefine() -> None:
    palette = Palette(canvas_colors(THEMES["nnlab-dark"]), ColorDepth.ANSI256)
    assert all((color.number or 0) >= 16 for color in palette.colors)


def test_few_levels_spread_over_the_whole_ramp() -> None:
    ramp = Ramp(100, 33)
    assert ramp.index(np.arange(3), 3).tolist() == [100, 116, 132]
    assert ramp.index(np.arange(17), 17).tolist() == list(range(100, 133, 2))


def test_xterm_table() -> None:
    table = xterm_rgb()
    assert table.shape == (256, 3)
    assert table[[16, 21, 196, 231, 232, 255]].tolist() == [
        [0, 0, 0],
        [0, 0, 255],
        [255, 0, 0],
        [255, 255, 255],
        [8, 8, 8],
        [238, 238, 238],
    ]

"""Encoded pictures, replayed by a terminal emulator, are the pictures again."""

from __future__ import annotations

import numpy as np
import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.tui import cells
from nnlab.tui import pictures as pictures_of
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.encoder import Frame, changed_runs, fit
from nnlab.tui.glyphs import CONTINUATION, UPPER_HALF, character, glyph
from nnlab.tui.palette import DIVERGING, SIZE, Palette
from nnlab.tui.quantise import Quantiser
from nnlab.tui.themes import THEMES, canvas_colors

PALETTES = {
    depth: Palette(canvas_colors(THEMES["nnlab-dark"]), depth)
    for depth in (ColorDepth.TRUE, ColorDepth.ANSI256)
}
WIDE = [glyph(c) for c in "你好权"]
NARROW = [0, glyph("a"), UPPER_HALF, glyph("█"), glyph("⠿")]


@st.composite
def pictures(draw: st.DrawFn, height: int = 3, width: int = 9) -> np.ndarray:
    """Random cells with wide glyphs in legal places."""
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    colors = random.integers(0, draw(st.sampled_from([2, 4, SIZE])), (height, width, 2))
    out = np.zeros((height, width, 3), np.int16)
    out[..., 1:] = colors
    out[..., 0] = random.choice(NARROW, (height, width))
    for y in range(height):
        x = 0
        while x < width - 1:
            if random.random() < 0.2:
                out[y, x, 0], out[y, x + 1] = random.choice(WIDE), (CONTINUATION, *out[y, x, 1:])
                x += 1
            x += 1
    return out


def shown(screen: pyte.Screen, palette: Palette, picture: np.ndarray) -> list[str]:
    """Where the emulator's screen is not the picture."""
    wrong = []
    names = ["".join(f"{c:02x}" for c in color.get_truecolor()) for color in palette.colors]
    for y, row in enumerate(picture.tolist()):
        for x, (g, f, b) in enumerate(row):
            cell = screen.buffer[y][x]
            if g == CONTINUATION:
                continue
            if cell.data != character(g) or cell.bg != names[b] or (g and cell.fg != names[f]):
                wrong.append(f"{y},{x} {character(g)!r} {names[f]} {names[b]}: {cell}")
    return wrong


def terminal(picture: np.ndarray) -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(picture.shape[1], picture.shape[0])
    screen.reset_mode(pyte.modes.DECAWM)
    return screen, pyte.Stream(screen)


@settings(max_examples=60, deadline=None)
@given(pictures(), st.sampled_from(list(PALETTES)))
def test_whole_rows_show_the_picture(picture: np.ndarray, depth: ColorDepth) -> None:
    palette = PALETTES[depth]
    screen, stream = terminal(picture)
    frame = Frame(picture, palette)
    for y in range(len(picture)):
        stream.feed(f"\x1b[{y + 1};1H{frame.row(y)}")
    assert shown(screen, palette, picture) == []


@settings(max_examples=60, deadline=None)
@given(pictures(), pictures(), st.sampled_from(list(PALETTES)))
def test_runs_turn_one_picture_into_the_next(old: np.ndarray, new: np.ndarray, depth: ColorDepth) -> None:
    palette = PALETTES[depth]
    keep = np.random.default_rng(int(old.sum()) % 99).random(len(new)) < 0.3
    new[keep] = old[keep]
    screen, stream = terminal(old)
    before = Frame(old, palette)
    for y in range(len(old)):
        stream.feed(f"\x1b[{y + 1};1H{before.row(y)}")
    runs = Frame(new, palette, before).runs()
    assert not any(keep[y] for y in runs)
    for y, parts in runs.items():
        for x, text in parts:
            stream.feed(f"\x1b[{y + 1};{x + 1}H{text}")
    assert shown(screen, palette, new) == []


@settings(max_examples=40, deadline=None)
@given(pictures(), st.integers(0, 8), st.integers(1, 9))
def test_a_cropped_row_never_spills_half_a_wide_glyph(picture: np.ndarray, start: int, length: int) -> None:
    end = min(9, start + length)
    palette = PALETTES[ColorDepth.TRUE]
    screen, stream = terminal(picture)
    stream.feed(f"\x1b[1;{start + 1}H" + Frame(picture, palette).part(0, start, end))
    assert screen.cursor.x == end


def test_the_same_picture_sends_nothing() -> None:
    picture = cells.blank(5, 10)
    frame = Frame(picture, PALETTES[ColorDepth.TRUE])
    assert Frame(picture.copy(), PALETTES[ColorDepth.TRUE], frame).runs() == {}


def test_colours_that_look_the_same_are_not_sent_again() -> None:
    palette = PALETTES[ColorDepth.ANSI256]
    twins = [i for i in range(DIVERGING.start, SIZE) if palette.canonical[i] != i]
    picture = cells.blank(1, 4, int(palette.canonical[twins[0]]))
    frame = Frame(picture, palette)
    assert Frame(cells.blank(1, 4, twins[0]), palette, frame).runs() == {}


def test_a_frame_lets_go_of_the_one_before_the_last() -> None:
    palette = PALETTES[ColorDepth.TRUE]
    first = Frame(cells.blank(2, 2), palette)
    second = Frame(cells.blank(2, 2), palette, first)
    Frame(cells.blank(2, 2), palette, second)
    assert second.previous is None


@pytest.mark.parametrize("width", [3, 4, 5, 9])
def test_a_picture_fits_any_size(width: int) -> None:
    picture = cells.blank(2, 6)
    cells.text(picture, 0, 0, "你好吗")
    fitted = fit(picture, 3, width)
    assert fitted.shape == (3, width, 3)
    assert "".join(cells.rows_of(fitted)[0]).rstrip() == "你好吗"[: width // 2].rstrip()


def test_one_changed_cell_costs_one_short_run() -> None:
    palette = PALETTES[ColorDepth.TRUE]
    old = cells.blank(40, 100)
    new = old.copy()
    new[20, 50] = (UPPER_HALF, DIVERGING.start, DIVERGING.start + 32)
    runs = changed_runs(old, new, palette)
    assert list(runs) == [20]
    assert len(runs[20]) == 1
    assert len(runs[20][0][1].encode()) <= 60


def frame_bytes(frame: Frame) -> int:
    """What the output model sends for a frame: cursor moves, runs, one reset."""
    runs = [(y, x, text) for y, parts in frame.runs().items() for x, text in parts]
    return sum(len(f"\x1b[{y + 1};{x + 1}H{text}".encode()) for y, x, text in runs) + 3


@pytest.mark.parametrize(("depth", "limit"), [(ColorDepth.TRUE, 4000), (ColorDepth.ANSI256, 2000)])
def test_drifting_weights_cost_four_kilobytes_a_frame_at_most(depth: ColorDepth, limit: int) -> None:
    random = np.random.default_rng(0)
    weights, quantiser = random.normal(0, 0.5, (60, 64)), Quantiser(33)
    frame, sent = None, []
    for _ in range(60):
        weights += random.normal(0, 0.004, weights.shape)
        picture = pictures_of.heatmap(weights, 40, 100, 1.0, quantiser=quantiser)
        frame = Frame(picture, PALETTES[depth], frame)
        sent.append(frame_bytes(frame))
    assert np.mean(sent[1:]) <= limit


@pytest.mark.parametrize(("depth", "limit"), [(ColorDepth.TRUE, 80_000), (ColorDepth.ANSI256, 45_000)])
def test_a_full_change_stays_within_its_bytes(depth: ColorDepth, limit: int) -> None:
    y, x = np.mgrid[0:80, 0:100]
    frames = [0.5 * np.sin(x / 9 + k / 5) + 0.5 * np.cos(y / 11 - k / 7) for k in (0, 1)]
    old, new = (pictures_of.heatmap(values, 40, 100, 1.0) for values in frames)
    assert frame_bytes(Frame(new, PALETTES[depth], Frame(old, PALETTES[depth]))) <= limit

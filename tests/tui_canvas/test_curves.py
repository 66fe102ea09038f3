"""Live curves: every extreme is drawn, every number is whole."""

from __future__ import annotations

import itertools
import re
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.tui import ticks
from nnlab.tui.capabilities import FULL, Capabilities, GlyphSet
from nnlab.tui.cells import blank, rows_of
from nnlab.tui.curves import Series, chart, draw, raster
from nnlab.tui.palette import CATEGORY

BLOCK, ASCII = Capabilities(glyphs=GlyphSet.BLOCK), Capabilities(glyphs=GlyphSet.ASCII)
EVERY = pytest.mark.parametrize("caps", [FULL, BLOCK, ASCII], ids=["braille", "block", "ascii"])


@EVERY
def test_a_rising_line(caps: Capabilities) -> None:
    picture = blank(2, 4)
    draw(picture, [Series("a", np.arange(4.0))], (0, 3), (0, 3), caps)
    golden = {
        GlyphSet.BRAILLE: ["  ⡠⠊", "⡠⠊  "],
        GlyphSet.BLOCK: ["  ▄▛", "▟▀  "],
        GlyphSet.ASCII: ["  **", "**  "],
    }
    assert rows_of(picture) == golden[caps.glyphs]
    assert picture[0, 3, 1] == CATEGORY


def test_one_spike_in_a_hundred_thousand_is_drawn() -> None:
    y = np.zeros(100_000)
    y[54_321] = 1.0
    pixels = raster(Series("a", y), (0, 99_999), (0, 1), 40, 80)
    assert pixels[0].sum() == 1
    assert pixels[:, 43].all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=300), st.integers(4, 30), st.integers(4, 60))
def test_the_line_has_no_gaps(values: list[float], height: int, width: int) -> None:
    y = np.array(values)
    low, high = float(y.min()), float(y.max()) + 1e-6
    pixels = raster(Series("a", y), (0, max(1, len(y) - 1)), (low, high), height, width)
    on = np.flatnonzero(pixels.any(axis=0))
    assert (np.diff(on) == 1).all()
    for left, right in itertools.pairwise(on):
        a, b = np.flatnonzero(pixels[:, left]), np.flatnonzero(pixels[:, right])
        assert a.min() - 1 <= b.max()
        assert b.min() - 1 <= a.max()


def test_numbers_that_are_missing_or_outside_do_not_draw_or_fail() -> None:
    y = np.array([np.nan, 1.0, np.inf, 5.0, -9.0, np.nan])
    assert not raster(Series("a", np.full(3, np.nan)), (0, 2), (0, 1), 8, 8).any()
    assert raster(Series("a", y), (0, 5), (0, 2), 8, 8).any()
    assert not raster(Series("a", np.full(5, 99.0)), (0, 4), (0, 1), 8, 8).any()


@EVERY
def test_a_chart_reads_well(caps: Capabilities) -> None:
    y = np.exp(-np.arange(500) / 100)
    rows = rows_of(
        chart(12, 50, [Series("train", y), Series("验证", y + 0.1)], title="loss", x_name="step", caps=caps)
    )
    assert rows[0].startswith("loss")
    assert "train" in rows[0]
    assert "验证" in rows[0]
    assert rows[-1].rstrip().endswith("step")
    assert re.findall(r"\d+", rows[-1])[:3] == ["0", "200", "400"]
    assert {row[:3].strip() for row in rows[1:-2]} >= {"0.0", "0.5", "1.0"}


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (3, 8), (4, 12), (6, 20), (50, 200)])
@pytest.mark.parametrize("log", [False, True])
def test_a_chart_fits_any_size(size: tuple[int, int], log: bool) -> None:
    y = np.array([0.0, 1e-9, 5e7])
    picture = chart(
        *size, [Series("a", y), Series("b", np.array([]))], log=log, title="loss", x_name="step", cursor=1.0
    )
    assert picture.shape == (*size, 3)


def test_a_log_chart_has_powers_of_ten() -> None:
    rows = rows_of(chart(12, 40, [Series("a", 10.0 ** -np.arange(6))], log=True))
    numbers = {row.split("┤")[0].strip() for row in rows if "┤" in row}
    assert numbers >= {"0.01", "1"}


def test_series_differ_without_colour() -> None:
    flat = np.ones(100)
    rows = rows_of(chart(8, 60, [Series("a", flat), Series("b", flat * 2)]))
    assert len({row[6:40] for row in rows[1:-2] if any("⠀" < c <= "⣿" for c in row)}) >= 2
    ascii_rows = "".join(rows_of(chart(8, 60, [Series("a", flat), Series("b", flat * 2)], caps=ASCII))[1:-2])
    assert "*" in ascii_rows
    assert "+" in ascii_rows


def test_axis_numbers() -> None:
    assert ticks.ticks(0, 1, 5) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert ticks.labels([0, 0.5, 1], 0.5) == ["0.0", "0.5", "1.0"]
    assert ticks.labels([0, 5000, 10000], 5000) == ["0", "5k", "10k"]
    assert ticks.labels([0, 2e-6], 2e-6) == ["0", "2e-6"]
    assert ticks.labels([-0.0], 0.1) == ["0.0"]


def test_a_thousand_points_within_a_millisecond() -> None:
    y = np.random.default_rng(0).normal(size=1000).cumsum()
    best = 1.0
    for _ in range(30):
        start = time.process_time()
        chart(25, 100, [Series("train", y)])
        best = min(best, time.process_time() - start)
    assert best <= 0.001

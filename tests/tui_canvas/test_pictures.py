"""Golden pictures of arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tui import pictures
from nnlab.tui.capabilities import FULL, Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import blank, rows_of
from nnlab.tui.glyphs import SPACE, UPPER_HALF
from nnlab.tui.palette import CATEGORY, DIVERGING, GREYS, TINT, TINTS
from nnlab.tui.quantise import Quantiser
from nnlab.tui.themes import Role

PLAIN = Capabilities(color=ColorDepth.NONE)
ASCII = Capabilities(glyphs=GlyphSet.ASCII)


def test_an_image_has_two_pixels_a_cell() -> None:
    picture = pictures.image(np.array([[0.0, 1.0], [1.0, 1.0]]), 1, 2, 0, 1)
    assert picture[..., 0].tolist() == [[UPPER_HALF, SPACE]]
    assert picture[..., 1].tolist() == [[GREYS.start, GREYS.start + 31]]
    assert picture[..., 2].tolist() == [[GREYS.start + 31, GREYS.start + 31]]


def test_a_heatmap_has_blue_below_and_orange_above_zero() -> None:
    picture = pictures.heatmap(np.array([[-1.0, 0.0, 1.0]] * 2), 1, 3, 1.0)
    assert (picture[0, :, 1] - DIVERGING.start).tolist() == [0, 16, 32]


def test_without_colour_a_heatmap_shows_sign_and_size() -> None:
    picture = pictures.heatmap(np.array([[-1.0, 0.0, 0.5, np.nan]]), 1, 8, 1.0, PLAIN)
    assert rows_of(picture) == ["-@  +=??"]


def test_without_colour_an_image_shows_size() -> None:
    picture = pictures.image(np.linspace(0, 1, 10)[None], 1, 10, 0, 1, caps=PLAIN)
    assert rows_of(picture) == [" .:-=+*#%@"]


def test_missing_numbers_are_in_the_error_colour() -> None:
    picture = pictures.heatmap(np.array([[np.nan, np.inf], [0.0, 1.0]]), 1, 2)
    assert picture[0, 0, 1] == Role.ERROR


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 20), st.integers(1, 30))
def test_pictures_have_the_size_asked_for(h: int, w: int, height: int, width: int) -> None:
    matrix = np.random.default_rng(h * w).normal(size=(h, w))
    for caps in (FULL, PLAIN, ASCII):
        assert pictures.image(matrix, height, width, caps=caps).shape == (height, width, 3)
        assert pictures.heatmap(matrix, height, width, caps=caps).shape == (height, width, 3)
        assert pictures.surface(np.abs(matrix) % 1, height, width, caps).shape == (height, width, 3)


def test_resampling_keeps_the_mean() -> None:
    matrix = np.arange(64.0).reshape(8, 8)
    assert pictures.resample(matrix, 4, 2).mean() == pytest.approx(matrix.mean())
    assert pictures.resample(matrix, 16, 8)[1, 3] == matrix[0, 3]


@given(st.floats(allow_nan=True, allow_infinity=True), st.integers(6, 12))
def test_a_number_is_never_cut(value: float, width: int) -> None:
    string = pictures.number(value, width)
    assert len(string) <= width
    if np.isfinite(value) and 1e-3 < abs(value) < 1e6 and width >= 7:
        assert float(string) == pytest.approx(value, rel=0.5 / 10, abs=5e-4)


def test_a_table_of_numbers() -> None:
    picture = pictures.numbers(np.array([[1.5, -0.25], [0.0, 12345678.0]]), 8)
    assert rows_of(picture) == ["   1.500  -0.250", "   0.000 1.235e7"]
    assert picture[0, 7, 1] == Role.POSITIVE
    assert picture[0, 15, 1] == Role.NEGATIVE
    assert picture[1, 7, 1] == Role.MUTED


def test_bars_to_an_eighth_of_a_cell() -> None:
    assert rows_of(pictures.bars(np.array([1.0, 0.5, 0.3125]), 4, 1.0)) == ["████", "██  ", "█▎  "]
    assert rows_of(pictures.bars(np.array([1.0, 0.5]), 4, 1.0, caps=ASCII)) == ["####", "##  "]


def test_signed_bars_grow_from_the_middle() -> None:
    rows = rows_of(pictures.signed_bars(np.array([-1.0, 0.5]), 9, 1.0))
    assert rows == ["████│    ", "    │██  "]
    partial = pictures.signed_bars(np.array([-0.625]), 9, 1.0)
    assert rows_of(partial) == [" ▌██│    "]
    assert partial[0, 1, 1:].tolist() == [Role.BACKGROUND, Role.NEGATIVE]
    assert rows_of(pictures.signed_bars(np.array([-0.625]), 9, 1.0, PLAIN)) == [" ▐██│    "]


def test_upright_bars() -> None:
    assert rows_of(pictures.columns_chart(np.array([0, 1, 2.0, 4.0]), 2)) == ["   █", " ▄██"]


def test_points_lie_where_they_should() -> None:
    picture = blank(3, 5)
    pictures.scatter(picture, np.array([-1, 1, 0, 9.0]), np.array([-1, 1, 0, 0.0]), np.array([0, 1, 2, 0]))
    assert rows_of(picture) == ["    ▲", "  ■  ", "●    "]
    assert picture[0, 4, 1] == CATEGORY + 1
    pictures.scatter(picture, np.array([-1.0]), np.array([-1.0]), caps=ASCII)
    assert rows_of(picture)[2] == "o    "


def test_dots_are_eight_to_a_cell() -> None:
    picture = blank(1, 1)
    pictures.dots(picture, np.array([0, 1.0]), np.array([0, 1.0]), (0, 1), (0, 1))
    assert rows_of(picture) == ["⡈"]


def test_a_surface_is_tinted_by_class_and_confidence() -> None:
    picture = pictures.surface(np.array([[0.0, 0.5, 1.0]]), 1, 3)
    assert picture[0, :, 1].tolist() == [TINT + TINTS - 1, TINT, TINT + 2 * TINTS - 1]
    assert rows_of(pictures.surface(np.array([[0.0, 1.0]]), 1, 2, PLAIN)) == [" ."]


def test_a_confusion_matrix_prints_its_counts() -> None:
    picture = pictures.confusion(np.array([[5, 1], [0, 7]]), ["猫", "dog"])
    assert rows_of(picture) == ["       猫  dog", " 猫     5    1", "dog     0    7"]


def test_drifting_weights_change_few_cells() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(size=(60, 64))
    quantiser = Quantiser(33)
    old = pictures.heatmap(weights, 40, 100, 3.0, quantiser=quantiser)
    changed = []
    for _ in range(30):
        weights += random.normal(0, 0.006, weights.shape)
        new = pictures.heatmap(weights, 40, 100, 3.0, quantiser=quantiser)
        changed.append((new != old).any(-1).mean())
        old = new
    assert np.mean(changed) < 0.06

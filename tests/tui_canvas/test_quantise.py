"""Levels stay put until the number has really moved."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nnlab.tui.quantise import Quantiser, StickyScale, nice_above, signed, unsigned

FRACTIONS = st.lists(st.floats(-0.5, 1.5), min_size=1, max_size=20)


@given(st.lists(FRACTIONS, min_size=1, max_size=6), st.integers(2, 64), st.floats(0.5, 1.5))
def test_a_level_is_never_further_off_than_the_hysteresis(
    frames: list[list[float]], levels: int, hysteresis: float
) -> None:
    quantiser = Quantiser(levels, hysteresis)
    for frame in frames:
        values = np.array(frame)
        got = quantiser(values)
        assert got.dtype == np.int16
        assert ((got >= 0) & (got < levels)).all()
        assert (np.abs(np.clip(values, 0, 1) * (levels - 1) - got) <= hysteresis + 1e-9).all()


@given(FRACTIONS)
def test_the_same_numbers_give_the_same_levels(frame: list[float]) -> None:
    quantiser = Quantiser(32)
    first = quantiser(np.array(frame))
    assert (quantiser(np.array(frame)) == first).all()


def test_jitter_around_a_boundary_does_not_flicker() -> None:
    quantiser = Quantiser(33)
    boundary = 10.5 / 32
    seen = {int(quantiser(np.array([boundary + wobble]))[0]) for wobble in (-0.005, 0.005, -0.004, 0.006)}
    assert len(seen) == 1


def test_not_a_number_is_marked_and_comes_back() -> None:
    quantiser = Quantiser(32)
    assert quantiser(np.array([np.nan, 0.5])).tolist()[0] == -1
    assert quantiser(np.array([0.0, 0.5])).tolist()[0] == 0


def test_zero_has_the_middle_of_an_odd_number_of_levels() -> None:
    assert Quantiser(33)(signed(np.array([-2.0, 0.0, 2.0]), 2.0)).tolist() == [0, 16, 32]


def test_a_flat_picture_is_all_low() -> None:
    assert unsigned(np.full(3, 5.0), 5.0, 5.0).tolist() == [0, 0, 0]


@given(st.floats(1e-30, 1e30))
def test_a_nice_number_is_just_above(value: float) -> None:
    assert value * (1 - 1e-6) <= nice_above(value) <= value * 1.7


def test_the_scale_grows_at_once_and_shrinks_late() -> None:
    scale = StickyScale()
    assert scale(np.array([0.9])) == 1.0
    assert scale(np.array([-1.2])) == 1.5
    assert scale(np.array([0.8])) == 1.5
    assert scale(np.array([0.1])) == 0.1
    assert StickyScale()(np.array([np.nan, np.inf])) == 1.0

"""The data that generators imitate."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import load


def test_a_bell_is_normal_and_asks_for_nothing_but_itself() -> None:
    data = load("bell n=20000 mean=-1 std=2")
    assert data.x.mean() == pytest.approx(-1, abs=0.05)
    assert data.x.std() == pytest.approx(2, abs=0.05)
    below = (data.x < 1).mean()  # one deviation above the mean
    assert below == pytest.approx(0.841, abs=0.01)
    assert np.array_equal(data.x, data.y)


def test_a_ring_is_of_even_clouds_at_radius_2() -> None:
    data = load("ring n=4000 modes=5 noise=0.1")
    centres = np.stack([data.x[data.y == k].mean(axis=0) for k in range(5)])
    assert np.hypot(*centres.T) == pytest.approx([2] * 5, abs=0.02)
    gaps = np.hypot(*(centres - np.roll(centres, 1, axis=0)).T)
    assert gaps == pytest.approx([4 * np.sin(np.pi / 5)] * 5, abs=0.03)
    assert (data.x[data.y == 2] - centres[2]).std() == pytest.approx(0.1, abs=0.01)
    assert np.bincount(data.y).tolist() == [800] * 5


def test_one_of_two_digits_is_the_same_as_the_first() -> None:
    data, digits = load("same-digit n=400"), load("digits scale=unit")
    label = {row.tobytes(): int(y) for row, y in zip(digits.x, digits.y)}
    shown = np.array([[label[picture.tobytes()] for picture in row] for row in data.x])
    rows = np.arange(data.n)
    assert (shown[:, 0] == shown[rows, 1 + data.y]).all()
    assert (shown[:, 0] != shown[rows, 2 - data.y]).all()
    assert not (data.x[:, 0] == data.x[rows, 1 + data.y]).all(axis=1).any()
    assert len(np.unique(shown[:, 0])) == 10
    assert 0.4 < data.y.mean() < 0.6


def test_digits_to_test_on_are_those_of_the_test_part() -> None:
    data, digits = load("same-digit n=400"), load("digits scale=unit")
    for part in ("train", "validation", "test"):
        known = {row.tobytes() for row in digits.part(part)[0]}
        assert {picture.tobytes() for row in data.part(part)[0] for picture in row} <= known
    assert (load("same-digit n=100").x == data.x[:100]).all()

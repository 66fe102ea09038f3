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

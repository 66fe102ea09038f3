"""The thinned curve keeps every peak and follows a curve that grows, shrinks or is another."""

from __future__ import annotations

import numpy as np

from nnlab.tui.bench.peaks import BLOCK, Peaks


def test_every_extreme_is_kept_while_the_curve_grows() -> None:
    random = np.random.default_rng(1)
    values = random.normal(size=20 * BLOCK + 17)
    values[3 * BLOCK + 5], values[11 * BLOCK] = 40.0, -40.0
    peaks, source = Peaks(), object()
    for n in (1, BLOCK - 1, 5 * BLOCK, len(values)):
        at = peaks(values[:n], source)
        assert (np.diff(at) > 0).all()
        assert values[at].max() == values[:n].max()
        assert values[at].min() == values[:n].min()
    assert len(at) < len(values) // 50
    shorter = peaks(values[: 2 * BLOCK], source)
    assert shorter[-1] < 2 * BLOCK


def test_not_a_number_is_left_out() -> None:
    values = np.full(2 * BLOCK, np.nan)
    values[10], values[400] = 1.0, 2.0
    at = Peaks()(values, None)
    assert {10, 400} <= set(at.tolist())

"""A linear machine with a margin, trained and explained by the engine."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.classic import svm
from nnlab.data import Dataset, load
from tests.classic.conftest import holds


def test_the_plane_lies_in_the_middle_and_only_the_nearest_rows_hold_it() -> None:
    x = np.array([[-3.0], [-1.0], [1.0], [4.0]])
    *_steps, last = svm.fit(x, np.array([0, 0, 1, 1]), l2=0.1, steps=600)
    assert last.W[0, 0] == pytest.approx(1, abs=0.02)
    assert last.b[0] == pytest.approx(0, abs=0.02)
    assert last.support.tolist() == [1, 2]
    assert last.classify(x).tolist() == [0, 0, 1, 1]


def test_the_loss_falls_and_every_number_is_explained() -> None:
    data = load("iris")
    x = data.x - data.x.mean(0)
    steps = list(svm.fit(x, data.y, 3, steps=100))
    assert steps[-1].loss < 0.5 * steps[0].loss
    assert steps[0].W.shape == (4, 3)
    made = svm.program(x, data.y, 3)
    made.run()
    for address in ("dense1.W[2,1].grad", "loss.each[7,0]", "total"):
        found = made.explain(address)
        assert found.expression is not None
        assert holds(found.expression, found.value)


def test_digits_and_a_table_are_told_apart(digits: Dataset) -> None:
    (x, y), (other, truth) = digits.part("train"), digits.part("test")
    mean = x.mean(0)
    *_steps, last = svm.fit((x - mean) / 16, y, 10, l2=1e-3, steps=150)
    assert (last.classify((other - mean) / 16) == truth).mean() > 0.93
    cells = load("breast_cancer")
    (x, y), (other, truth) = cells.part("train"), cells.part("test")
    mean, spread = x.mean(0), x.std(0)
    *_steps, last = svm.fit((x - mean) / spread, y)
    assert (last.classify((other - mean) / spread) == truth).mean() > 0.93

"""The learning-rate finder: it leaves the run alone, and what it suggests learns."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset
from nnlab.errors import NnlabError
from nnlab.training import Run, RunConfig
from nnlab.training.finder import find_rate
from tests.training.conftest import make_run


def test_the_suggestion_learns_and_leaves_the_run_alone(digits: Dataset) -> None:
    def begun(rate: float) -> Run:
        return make_run(digits, "dense 16 tanh | dense {k}", optimizer=f"sgd lr={rate}")

    run = begun(0.1)
    run.train(steps=5)
    before = run.settled_theta().copy()
    found = find_rate(run)
    assert np.array_equal(run.settled_theta(), before)
    assert run.step_count == 5
    assert len(found.rates) == len(found.losses) == len(found.smoothed) >= 10
    assert found.rates[0] < found.suggestion < found.rates[-1]
    good, slow = begun(found.suggestion), begun(found.suggestion / 100)
    for each in (good, slow):
        each.train(epochs=3)
    assert good.evaluate("train").loss < 0.5 * slow.evaluate("train").loss


def test_a_run_that_breaks_ends_the_search(moons: Dataset) -> None:
    run = make_run(moons, "dense 8 relu | dense 8 relu | dense {k}", optimizer="sgd lr=0.1", loss="mse")
    found = find_rate(run, 1e-3, 1e12, 40)
    assert len(found.rates) < 40
    assert np.isfinite(found.losses).all()


@pytest.mark.parametrize("bounds", [(0.0, 1.0, 50), (1.0, 0.1, 50), (0.1, 1.0, 3), (float("nan"), 1.0, 50)])
def test_bounds_that_are_no_range_are_answered(moons: Dataset, bounds: tuple[float, float, int]) -> None:
    with pytest.raises(NnlabError, match="positive number"):
        find_rate(make_run(moons), *bounds)


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "momentum mu=0.5"])
def test_every_rate_is_tried_as_if_it_had_been_set_before_its_step(moons: Dataset, optimizer: str) -> None:
    run = make_run(moons, "dense 8 tanh | dense {k}", optimizer=f"{optimizer} lr=0.1", schedule="cosine 50")
    found = find_rate(run, 1e-4, 1.0, 12)
    by_hand, losses = run.branch(0), []
    by_hand.set(schedule="constant")
    for rate in found.rates:
        by_hand.set(lr=float(rate))
        by_hand.step()
        losses.append(by_hand.loss)
    assert found.losses.tolist() == losses


def test_a_search_reads_no_settings_step_by_step(moons: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    run, read = make_run(moons), []
    changed = RunConfig.changed
    monkeypatch.setattr(RunConfig, "changed", lambda *a, **k: read.append(k) or changed(*a, **k))
    find_rate(run)
    assert len(read) < 5

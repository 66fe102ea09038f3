"""Batch normalisation in training and in evaluation, and the batch that has nothing to compare."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run

DATA = "moons n=66 split=33/16/17 seed=3"


def run(batch_size: int = 8, text: str = "dense 4 | batchnorm | tanh | dense 1", **options) -> Run:
    data = load(DATA)
    return Run(Network.parse(text, data.input_shape), data, batch_size=batch_size, **options)


def test_a_run_carries_the_statistics_and_comes_back_to_the_same_bits():
    one = run()
    one.step(7)
    state = one.settled().states["batchnorm1.running_mean"].copy()
    assert state.any()
    following = one.program.values["batchnorm1.next_mean"]
    assert np.array_equal(state, following)
    x = one.data.x[:5]
    predicted = one.network.predict(x)
    one.step(9)
    one.seek(7)
    assert np.array_equal(one.settled().states["batchnorm1.running_mean"], state)
    assert np.array_equal(one.network.predict(x), predicted)


def test_predictions_do_not_depend_on_who_else_is_asked_about():
    one = run()
    one.train(epochs=2)
    x = one.data.x[:6]
    assert one.network.predict(x)[:1] == pytest.approx(one.network.predict(x[:1]), abs=1e-6)


def test_a_last_batch_of_one_row_takes_the_running_statistics_and_leaves_them():
    data = load(DATA)
    assert len(data.split.train) == 33
    one = Run(Network.parse("dense 4 | batchnorm | dense 1", data.input_shape), data, batch_size=8)
    one.step(4)
    before = one.settled().states["batchnorm1.running_variance"].copy()
    one.step()
    assert one.program.batch == 1
    assert np.isfinite(one.store.grad).all()
    assert np.array_equal(one.settled().states["batchnorm1.running_variance"], before)
    assert one.explain("batchnorm1.mean[0]").symbols() == "batchnorm1.running_mean[0]"


@pytest.mark.parametrize("settings", [{"batch_size": 1}, {"optimizer": "sgd", "batch_size": 1}])
def test_batches_of_one_are_refused(settings):
    with pytest.raises(NnlabError, match=r"batchnorm1 compares .* batches of 2 or more"):
        run(**settings)
    one = run()
    one.step()
    with pytest.raises(NnlabError, match="batchnorm1 compares"):
        one.set(batch_size=1)
    one.step()
    assert one.program.batch == 8

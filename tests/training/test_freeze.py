"""Frozen layers: their parameters stay, nothing is computed for them, everything else trains on."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset
from nnlab.errors import NnlabError
from nnlab.training import Run
from tests.training.conftest import make_run


def weights(run: Run) -> dict[str, bytes]:
    return {name: array.tobytes() for name, array in run.network.parameters.items()}


@pytest.mark.parametrize("optimizer", ["sgd lr=0.1", "momentum lr=0.1", "adamw lr=0.1"])
def test_a_frozen_layer_keeps_its_parameters_bit_for_bit(moons: Dataset, optimizer: str) -> None:
    run = make_run(moons, optimizer=optimizer, freeze="dense1", l2=0.1, clip="norm 1")
    before = weights(run)
    run.train(steps=7)
    after = weights(run)
    assert {name for name in after if after[name] != before[name]} == {
        "dense2.W",
        "dense2.b",
        "dense3.W",
        "dense3.b",
    }
    for name in ("dense1.W", "dense1.b"):
        assert not run.array(name, "step").any()
        assert not any(name in event.writes or f"{name}.grad" in event.writes for event in run.events)


def test_freezing_is_a_change_like_any_other(moons: Dataset) -> None:
    """It holds from its step on, is replayed, and what was free before has trained before."""
    run = make_run(moons, optimizer="adam lr=0.05")
    run.train(steps=4)
    run.set(freeze="dense1")
    kept = run.network.parameters["dense1.W"].copy()
    run.train(steps=4)
    assert np.array_equal(run.network.parameters["dense1.W"], kept)
    run.set(freeze="")
    run.train(steps=2)
    end = run.settled_theta().copy()
    assert not np.array_equal(run.network.parameters["dense1.W"], kept)
    run.seek(2)
    run.seek(10)
    assert run.settled_theta().tobytes() == end.tobytes()


def test_a_step_with_frozen_layers_is_explained(moons: Dataset) -> None:
    run = make_run(moons, optimizer="adam lr=0.05", freeze="dense1")
    run.train(steps=3)
    for text in ("dense2.W[1,0].new", "dense2.W[1,0].grad", "loss"):
        explained = run.explain(text)
        assert abs(explained.evaluate(run.value) - explained.value) <= explained.tolerance(2**-24)
    with pytest.raises(NnlabError, match=r"dense1\.W has no gradient"):
        run.explain("dense1.W[0,0].grad")


@pytest.mark.parametrize(
    ("freeze", "word"), [("dense9", "no layer dense9"), ("dense1 dense2 dense3", "every layer")]
)
def test_what_cannot_be_frozen_is_answered(moons: Dataset, freeze: str, word: str) -> None:
    with pytest.raises(NnlabError, match=word):
        make_run(moons, freeze=freeze)
    run = make_run(moons)
    with pytest.raises(NnlabError, match=word):
        run.set(freeze=freeze)
    run.train(steps=1)

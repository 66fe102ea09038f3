"""Five steps of every model of the zoo are PyTorch's: on record, and here where PyTorch is installed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnlab.network.zoo import ZOO
from tests.network import zoo_steps

REFERENCE = Path(__file__).parents[1] / "reference"
RECORDED = json.loads((REFERENCE / "zoo.json").read_text())
TOLERANCE = 1e-4


@pytest.mark.parametrize("name", ZOO)
def test_five_steps_are_those_of_pytorch_on_record(name):
    _run, _start, steps, end = zoo_steps.ours(ZOO[name])
    assert [step.loss for step in steps] == pytest.approx(RECORDED[name]["losses"], TOLERANCE, TOLERANCE)
    watched = zoo_steps.watched(end)
    assert set(watched) == set(RECORDED[name]["parameters"])
    for parameter, numbers in RECORDED[name]["parameters"].items():
        assert watched[parameter] == pytest.approx(numbers, TOLERANCE, TOLERANCE), parameter


@pytest.mark.parametrize("name", ZOO)
def test_five_steps_are_those_of_pytorch_here(name, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.syspath_prepend(str(REFERENCE))
    import in_torch

    run, start, steps, end = zoo_steps.ours(ZOO[name])
    losses, parameters = in_torch.train(run, start, steps)
    assert [step.loss for step in steps] == pytest.approx(losses, TOLERANCE, TOLERANCE)
    for parameter, array in parameters.items():
        assert np.allclose(end[parameter], array, TOLERANCE, TOLERANCE), parameter
    assert any(not np.allclose(array, start[parameter], 0, 1e-6) for parameter, array in parameters.items())

"""Five training steps of every operation with every optimiser are those of PyTorch."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
import training_cases as cases
from families import FAMILY_CASES

from nnlab.engine.ops import OPERATIONS
from nnlab.engine.optimizers import OPTIMIZERS

REFERENCE = Path(__file__).parent.parent / "reference"
RECORDED = json.loads((REFERENCE / "training.json").read_text())

every_kind = pytest.mark.parametrize("kind", cases.KINDS)
every_optimizer = pytest.mark.parametrize("optimizer", cases.OPTIMIZERS)


def test_every_operation_and_every_optimizer_is_compared():
    assert set(cases.KINDS) | {name.split(":")[0] for name in FAMILY_CASES} == set(OPERATIONS)
    assert {text.split()[0] for text in cases.OPTIMIZERS} == set(OPTIMIZERS)


def compare(kind, optimizer, losses, weights):
    ours, trained = cases.ours(kind, optimizer)
    assert ours == pytest.approx(losses, abs=1e-5)
    assert ours[-1] != ours[0]
    for name, array in trained.items():
        assert array.ravel().tolist() == pytest.approx(weights[name], abs=1e-5), name


@every_optimizer
@every_kind
def test_five_steps_are_those_pytorch_made(kind, optimizer):
    recorded = RECORDED[f"{kind} | {optimizer}"]
    compare(kind, optimizer, recorded["losses"], recorded)


@every_optimizer
@every_kind
def test_five_steps_are_those_of_pytorch_here(kind, optimizer):
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_training", REFERENCE / "make_training.py")
    make_training = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_training)
    losses, weights = make_training.theirs(kind, optimizer)
    compare(kind, optimizer, losses, {name: w.ravel().tolist() for name, w in weights.items()})

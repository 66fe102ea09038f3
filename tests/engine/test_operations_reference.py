"""Forward and backward of every case of every family of operations are PyTorch's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from families import MODULES
from operation_reference import ours, theirs

FOLDER = Path(__file__).parent.parent / "reference" / "operations"
NAMES = [(family, name) for family, module in MODULES.items() for name in module.CASES]
every_case = pytest.mark.parametrize(("family", "name"), NAMES, ids=lambda part: part)


def compare(case, loss, gradients):
    value, found, _program = ours(case)
    assert value == pytest.approx(loss, rel=1e-5, abs=1e-5)
    assert set(found) == set(gradients)
    for name, array in found.items():
        assert array.ravel().tolist() == pytest.approx(gradients[name], rel=1e-5, abs=1e-5), name


@every_case
def test_a_pass_is_what_pytorch_made_of_it(family, name):
    recorded = json.loads((FOLDER / f"{family}.json").read_text())[name]
    compare(MODULES[family].CASES[name], recorded["loss"], recorded["gradients"])


@every_case
def test_a_pass_is_what_pytorch_makes_of_it_here(family, name):
    pytest.importorskip("torch")
    case = MODULES[family].CASES[name]
    loss, gradients = theirs(case, ours(case)[2])
    compare(case, loss, {n: g.ravel().tolist() for n, g in gradients.items()})

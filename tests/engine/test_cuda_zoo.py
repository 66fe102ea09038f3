"""Whole models on the fused kernels: first steps are PyTorch's, launches of a step are on record."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace

import cuda_on_host
import pytest
from cuda_on_host import HostLaunch
from guard_array import GuardModule

from nnlab.engine import device, kernels
from nnlab.engine.kernels.cuda import fused
from nnlab.network.zoo import ZOO
from nnlab.session.workbench import Workbench
from tests.network import zoo_steps

RECORDED = json.loads((Path(__file__).parents[1] / "reference" / "zoo.json").read_text())
TOLERANCE = 1e-4

MODELS = (
    "digits-mlp", "digits-cnn", "batch-norm", "adding-lstm", "adding-gru", "but-bilstm", "number-gru",
    "review-mean", "grammar-gpt", "vae", "gan-bell", "communities",
)  # fmt: skip
"""One of each kind; ``pytest -m gpu`` takes all of them where there is a GPU."""

LAUNCHES = {
    "digits-mlp": (43, 18),
    "digits-cnn": (103, 42),
    "adding-lstm": (906, 169),
    "adding-gru": (993, 226),
    "grammar-gpt": (196, 85),
}
"""Kernel launches of a training step, from the batch to the update: with one for every array operation, and
with fused kernels."""

pytestmark = pytest.mark.skipif(cuda_on_host.COMPILER is None, reason=cuda_on_host.REASON)


@pytest.fixture
def computing_with(monkeypatch):
    """Sessions take this kernel table, whatever there is."""

    def take(table: kernels.Kernels) -> None:
        monkeypatch.setattr(
            Workbench, "device_for", lambda *args: SimpleNamespace(kernels=table, measured="")
        )

    return take


def plain(guard: GuardModule) -> kernels.Kernels:
    return kernels.table(guard).override(device.CUPY, "cupy")


@pytest.mark.parametrize("name", MODELS)
def test_five_steps_are_those_of_pytorch_on_record(name, computing_with):
    computing_with(fused(plain(GuardModule()), HostLaunch()))
    _run, _start, steps, end = zoo_steps.ours(ZOO[name])
    assert [step.loss for step in steps] == pytest.approx(RECORDED[name]["losses"], TOLERANCE, TOLERANCE)
    watched = zoo_steps.watched(end)
    for parameter, numbers in RECORDED[name]["parameters"].items():
        assert watched[parameter] == pytest.approx(numbers, TOLERANCE, TOLERANCE), parameter


def test_the_gradient_of_attention_is_one_launch(computing_with):
    launch = HostLaunch()
    computing_with(fused(plain(GuardModule()), launch))
    zoo_steps.laid_out(ZOO["grammar-gpt"]).step()
    assert "attention_softmax_backward" in launch.seen


@pytest.mark.parametrize("name", LAUNCHES)
def test_launches_of_a_step_are_counted(name, computing_with):
    counted = []
    for fuse in (False, True):
        guard = GuardModule()
        computing_with(fused(plain(guard), HostLaunch()) if fuse else plain(guard))
        run = zoo_steps.laid_out(ZOO[name])
        run.step()
        machine, program = run.machine, run.program
        rows = guard.asarray(run.order.rows(1)[: program.batch])
        load, update = machine.loader(program), machine.updater(program)
        guard.reset()
        load(rows)
        program.run()
        update(1)
        counted.append(guard.launches)
        assert (guard.uploads, guard.syncs) == (0, 0)
    assert tuple(counted) == LAUNCHES[name]


def test_the_manual_says_the_same_numbers():
    manual = (Path(__file__).parents[2] / "docs" / "engine.md").read_text()
    for name, (plain_, fused_) in LAUNCHES.items():
        assert re.search(rf"\| {name}[^|]* \| {plain_} \| {fused_} \|", manual), name

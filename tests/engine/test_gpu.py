"""The same claims on a real GPU: ``pytest -m gpu``.  Without one each says why it is skipped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from cuda_cases import BUILDS, PRECISIONS, SLOPES, close, updated
from engine_cases import Size, compiled
from test_operations import check_explanations, loss_at

from nnlab.data import load
from nnlab.engine import device, kernels, memory, rng
from nnlab.engine.device import Device
from nnlab.engine.optimizers import OPTIMIZERS
from nnlab.engine.program import host
from nnlab.engine.store import ParameterStore
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.network.zoo import ZOO
from nnlab.session import Session
from nnlab.training import Run
from tests.network import zoo_steps

RECORDED = json.loads((Path(__file__).parents[1] / "reference" / "zoo.json").read_text())
TOLERANCE = 1e-4

pytestmark = pytest.mark.gpu
both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)


@pytest.fixture(scope="module")
def gpu() -> Device:
    found, reason = device._gpu()
    if found is None:
        pytest.skip(reason)
    return found


@both_precisions
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_operation_agrees_with_numpy(kind, dtype, gpu):
    there, here = (compiled(BUILDS[kind], Size(33, 17), dtype=dtype, kernels=k) for k in (gpu.kernels, None))
    exact = compiled(BUILDS[kind], Size(33, 17), dtype=np.float64)
    for program in (there, here, exact):
        program.run()
    allowed = close(dtype)

    def check(name, found, wanted, truth):
        far = float(np.abs(wanted - truth).max(initial=0)) if dtype == np.float32 else 0.0
        assert host(found) == pytest.approx(wanted, rel=allowed["rel"], abs=allowed["abs"] + 2 * far), name

    check("gradient", there.store.grad, here.store.grad, exact.store.grad)
    for name in here.values:
        check(name, there.values[name], here.values[name], exact.values[name])


@pytest.mark.parametrize("kind", sorted(SLOPES))
def test_gradients_agree_with_central_differences(kind, gpu):
    program = compiled(SLOPES[kind], Size(3, 4), kernels=gpu.kernels)
    theta = program.store.theta.copy()
    program.run()
    gradient = host(program.store.grad).copy()
    v = rng.normal(5, "direction", 0, theta.size, np.float64)
    along = gpu.xp.asarray(v / np.linalg.norm(v) * 1e-6)
    numeric = (loss_at(program, theta + along) - loss_at(program, theta - along)) / 2e-6
    slope = gradient @ host(along) / 1e-6
    assert numeric == pytest.approx(slope, rel=1e-7, abs=1e-7 * max(1.0, np.linalg.norm(gradient)))


@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_number_is_what_its_explanation_says(kind, gpu):
    program = compiled(BUILDS[kind], Size(2, 3), dtype=np.float32, kernels=gpu.kernels)
    program.run()
    check_explanations(program)


@both_precisions
@pytest.mark.parametrize("text", sorted(OPTIMIZERS))
def test_updates_give_the_bits_of_the_reference(text, dtype, gpu):
    for found, wanted in zip(updated(text, dtype, gpu.kernels), updated(text, dtype, kernels.table())):
        assert np.array_equal(host(found), wanted)


def test_draws_are_those_of_the_host(gpu):
    stream, xp = rng.Stream(7, "dropout1.mask"), gpu.xp
    mask, keep = xp.zeros(5001, np.float32), xp.zeros(5001, bool)
    gpu.kernels.dropout_mask(
        stream, [3], xp.asarray(2**31 + 5, np.uint32), xp.asarray(2, np.float32), keep, mask
    )
    wanted = np.zeros(5001, np.float32)
    kernels.table().dropout_mask(
        stream, [3], np.uint32(2**31 + 5), np.float32(2), np.zeros(5001, bool), wanted
    )
    assert np.array_equal(host(mask), wanted)


def test_a_replay_is_bit_exact(gpu):
    data = load("moons n=100 split=50/25/25 seed=3")
    network = Network.parse("dense 9 gelu | batchnorm | dropout 0.2 | dense 2", data.input_shape)
    run = Run(network, data, optimizer="adamw lr=0.01", loss="cross_entropy", kernels=gpu.kernels)
    run.step(60)
    theta, losses = host(run.settled_theta()).copy(), run.history.losses.tolist()
    run.seek(20)
    run.step(40)
    assert np.array_equal(host(run.settled_theta()), theta)
    assert run.history.losses.tolist() == losses


@pytest.mark.parametrize("name", ZOO)
def test_five_steps_of_every_model_are_those_of_pytorch_and_done_again_bit_for_bit(name, gpu, monkeypatch):
    monkeypatch.setattr(device, "choose", lambda *args, **named: gpu)
    run, _start, steps, end = zoo_steps.ours(ZOO[name])
    assert run.machine.kernels.name == "cupy"
    assert [step.loss for step in steps] == pytest.approx(RECORDED[name]["losses"], TOLERANCE, TOLERANCE)
    watched = zoo_steps.watched(end)
    for parameter, numbers in RECORDED[name]["parameters"].items():
        assert watched[parameter] == pytest.approx(numbers, TOLERANCE, TOLERANCE), parameter
    theta = host(run.settled_theta()).copy()
    run.seek(1)
    run.step(4)
    assert np.array_equal(host(run.settled_theta()), theta)


def test_auto_measures_here_and_says_what_it_took(gpu, monkeypatch):
    monkeypatch.setattr(device, "has_cupy", lambda: True)
    session = Session()
    session.execute("data digits")
    session.execute("net conv 32 3 relu | maxpool 2 | flatten | dense 128 relu | dense 10")
    assert "(auto, measured)" in session.execute("step").lines[-1]


def test_what_does_not_fit_is_answered_with_bytes(gpu, monkeypatch):
    graph = compiled(BUILDS["dense"], Size(2, 3)).graph
    store = ParameterStore(graph, np.float32, gpu.xp)
    with pytest.raises(NnlabError, match="of GPU memory, but only"):
        memory.require(1 << 50, "numbers", xp=gpu.xp)
    with pytest.raises(NnlabError, match="were asked for"), memory.allocating(gpu.xp):
        gpu.xp.zeros(1 << 50, store.dtype)

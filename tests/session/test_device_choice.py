"""A session measures where to compute, says what it found in a line, and stays there."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from nnlab.engine import device, kernels
from nnlab.engine.device import Device, Pace
from nnlab.session import Session
from nnlab.session.keyframe import keyframe_path
from nnlab.training import stopwatch

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

import cuda_on_host
from guard_array import GuardModule

from nnlab.engine.kernels.cuda import fused

LINE = "the GPU computes: a step takes it 1 ms, the CPU 8 ms (auto, measured)"

pytestmark = pytest.mark.skipif(cuda_on_host.COMPILER is None, reason=cuda_on_host.REASON)


@dataclass(frozen=True, slots=True)
class Emulated(Device):
    """A GPU whose kernels run on the CPU."""

    @property
    def kernels(self) -> kernels.Kernels:
        plain = kernels.table(self.xp).override(device.CUPY, "cupy")
        return fused(plain, cuda_on_host.HostLaunch())


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kernels that were measured; the emulated GPU is the faster one."""
    found: list[str] = []

    def pace(run):
        real = stopwatch_pace(run)
        found.append(run.machine.kernels.name)
        return Pace(8e-3 if run.machine.kernels.xp is np else 1e-3, real.calls)

    stopwatch_pace = stopwatch.pace
    monkeypatch.setattr(stopwatch, "pace", pace)
    monkeypatch.setattr(device, "_gpu", lambda: (Emulated("gpu", "emulated", GuardModule()), ""))
    monkeypatch.setattr(device, "has_cupy", lambda: True)
    return found


def test_a_session_takes_the_faster_device_and_says_so_once(measured, tmp_path):
    session = Session(tmp_path / "s.nnlab")
    session.execute("data moons n=60")
    session.execute("net dense 5 gelu | dropout 0.2 | dense 1")
    assert session.execute("step 3").lines[-1] == LINE
    assert LINE not in session.execute("step").lines
    assert measured == ["numpy", "cupy"]
    assert session.run.machine.kernels.name == "cupy"
    theta = session.run.settled_theta().get()
    session.execute("back 2")
    session.execute("seek 4")
    assert np.array_equal(session.run.settled_theta().get(), theta)
    session.close()
    assert "# kernels: cupy" in (tmp_path / "s.nnlab").read_text()


@pytest.mark.parametrize("kept", [True, False], ids=["from its keyframe", "done again"])
def test_a_session_that_goes_on_measures_nothing(measured, tmp_path, kept):
    session = Session(tmp_path / "s.nnlab")
    session.execute("data moons n=60")
    session.execute("net dense 5 tanh | dense 1")
    session.execute("step 3")
    theta = session.run.settled_theta().get()
    session.close()
    assert keyframe_path(tmp_path / "s.nnlab").exists()
    if not kept:
        keyframe_path(tmp_path / "s.nnlab").unlink()
    again = Session.resume(tmp_path / "s.nnlab")
    assert len(measured) == 2
    assert again.run.machine.kernels.name == "cupy"
    assert np.array_equal(again.run.settled_theta().get(), theta)
    assert again.measured == again.differences == []
    again.close()


def test_measuring_changes_nothing_about_the_run(measured, monkeypatch, tmp_path):
    losses = []
    for wanted in ("auto", "cpu"):
        monkeypatch.setattr(device, "_gpu", lambda: (None, "there is none"))
        session = Session(device=wanted)
        for line in ("data moons n=60", "net dense 5 tanh | batchnorm | dropout 0.2 | dense 1", "step 5"):
            session.execute(line)
        losses.append(list(session.run.history.losses))
    assert losses[0] == losses[1]
    assert measured == ["numpy"]


QUESTIONS = {
    "digits-mlp": (
        "saliency", "saliency occlusion", "strongest dense1[0]", "excite dense1[0] steps=2", "maps dense1",
        "importance dense2", "shrink quantise", "classify row 0", "calibration", "view thermometer",
        "ablate dense1 3", "restore", "edit dense1.W[0,0] 0.5", "view thermometer", "twin lr=0.1", "diff",
        "view noise", "view jump", "view optimisers", "view spread",
    ),
    "echo-lstm": ("evaluate", "maps lstm1"),
    "batch-norm": ("transfer", "step", "evaluate"),
    "autoencoder": ("view codes",),
    "names-rnn": ("generate a", "read ma"),
}  # fmt: skip


@pytest.mark.parametrize("model", QUESTIONS)
def test_a_network_that_is_trained_on_a_gpu_answers_all_questions(measured, model):
    session, plain = Session(device="gpu"), Session(device="cpu")
    for line in (f"zoo {model}", "step 2"):
        session.execute(line)
        plain.execute(line)
    assert session.run.machine.kernels.name == "cupy"
    x = session.data.x[:5]
    assert np.allclose(session.run.predict(x), plain.run.predict(x), 1e-4, 1e-5)
    for action in QUESTIONS[model]:
        assert session.execute(action).lines, action

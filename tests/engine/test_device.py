"""The device is chosen in steps, and each step that fails says why in one sentence."""

from __future__ import annotations

import builtins
import os
import re
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from guard_array import GuardModule

from nnlab.engine import device, kernels
from nnlab.errors import NnlabError


class FakeCupy(ModuleType):
    """CuPy as it looks on machines we do not have."""

    __version__ = "14.2.0"

    def __init__(self, available: bool = True, failure: Exception | None = None, computed: float = 2.0):
        super().__init__("cupy")
        self.guard, self.failure, self.computed = GuardModule(), failure, computed
        self.is_available = lambda: available
        runtime = SimpleNamespace(
            getDeviceProperties=lambda n: {"name": b"NVIDIA Test"},
            memGetInfo=lambda: (6_000_000_000, 8_000_000_000),
        )
        self.cuda = SimpleNamespace(runtime=runtime)

    def ones(self, n: int, dtype: str) -> object:
        if self.failure:
            raise self.failure
        return self.guard.full((n,), self.computed - 1, dtype)

    def __getattr__(self, name: str) -> object:
        return getattr(self.guard, name)


@pytest.fixture
def install(monkeypatch):
    def install(module: ModuleType | None) -> None:
        monkeypatch.setattr(device, "has_cupy", lambda: module is not None)
        if module is not None:
            monkeypatch.setitem(sys.modules, "cupy", module)
            return
        monkeypatch.delitem(sys.modules, "cupy", raising=False)
        original = builtins.__import__

        def refuse(name, *args, **named):
            if name == "cupy":
                raise ImportError(name)
            return original(name, *args, **named)

        monkeypatch.setattr(builtins, "__import__", refuse)
        monkeypatch.setattr(device.importlib, "import_module", lambda name: refuse(name))

    return install


SLOW, QUICK = device.Pace(0.0056, 90), device.Pace(0.0012, 90)
NO_DRIVER = RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient\nmore lines")
BROKEN = [
    (None, r"CuPy is not installed; .*nnlab\[cuda12\].*nnlab\[cuda13\]"),
    (FakeCupy(available=False), "CuPy 14.2.0 finds no CUDA driver or device"),
    (FakeCupy(failure=NO_DRIVER), "one-element kernel failed: cudaErrorInsufficientDriver: .* insufficient$"),
    (FakeCupy(computed=3.0), r"computed 1 \+ 1 wrongly"),
]


def paces(cpu: device.Pace, gpu: device.Pace | Exception) -> device.Measure:
    """A measurement that finds these."""

    def measure(table):
        found = cpu if table.xp is np else gpu
        if isinstance(found, Exception):
            raise found
        return found

    return measure


@pytest.mark.parametrize(("module", "sentence"), BROKEN, ids=["none", "no driver", "no kernel", "wrong"])
def test_auto_falls_back_to_the_cpu_and_says_why(install, module, sentence):
    install(module)
    chosen = device.choose("auto", paces(SLOW, QUICK))
    assert chosen.kind == "cpu"
    assert chosen.xp is np
    assert re.search(sentence, *chosen.reasons)
    assert device.choose("auto", then="cupy").kind == "cpu"
    with pytest.raises(NnlabError, match=sentence):
        device.choose("gpu")


def test_a_gpu_that_computes_is_taken_and_described(install):
    install(FakeCupy())
    chosen = device.choose("gpu")
    assert chosen.kind == "gpu"
    assert chosen.name == "CuPy 14.2.0 on NVIDIA Test"
    assert chosen.reasons == ("NVIDIA Test, 8.0 GB of memory, 6.0 GB free",)
    assert chosen.kernels.name == "cupy"
    assert chosen.kernels.gather is device.gather
    assert chosen.kernels.gelu is not kernels.table(chosen.xp).gelu


def test_auto_takes_what_it_measures_to_be_faster_and_says_so_in_a_line(install):
    install(FakeCupy())
    chosen = device.choose("auto", paces(SLOW, QUICK))
    assert chosen.kind == "gpu"
    assert chosen.measured == "the GPU computes: a step takes it 1.2 ms, the CPU 5.6 ms (auto, measured)"
    assert chosen.reasons[-1] == chosen.measured
    chosen = device.choose("auto", paces(QUICK, SLOW))
    assert chosen.kind == "cpu"
    assert chosen.measured == "the CPU computes: a step takes it 1.2 ms, the GPU 5.6 ms (auto, measured)"


def test_a_gpu_without_room_for_the_network_is_left_alone(install):
    install(FakeCupy())
    chosen = device.choose("auto", paces(SLOW, NnlabError("it needs 9 GB, 6 GB are free")))
    assert chosen.kind == "cpu"
    assert chosen.measured == "the CPU computes (auto): it needs 9 GB, 6 GB are free"


def test_small_steps_stay_on_the_cpu_without_looking_for_a_gpu(install):
    install(FakeCupy(failure=AssertionError("looked")))
    chosen = device.choose("auto", paces(device.Pace(90e-6, 20), SLOW))
    assert chosen.kind == "cpu"
    assert chosen.measured == (
        "the CPU computes: a step takes it 90 µs, no more than a GPU needs to launch the step's 20 kernels "
        "(auto, measured)"
    )
    assert device.choose("cpu", paces(SLOW, QUICK)).reasons == ("the CPU was asked for",)
    assert device.choose("cpu").kernels.name == "numpy"
    assert "when its training begins" in device.choose("auto").reasons[0]


def test_a_session_stays_where_it_began(install):
    install(FakeCupy())
    unasked = paces(AssertionError("measured"), AssertionError("measured"))
    assert device.choose("auto", unasked, then="cupy").kind == "gpu"
    stays = device.choose("auto", unasked, then="numpy")
    assert (stays.kind, stays.measured) == ("cpu", "")
    assert "began on the CPU" in stays.reasons[0]


def test_an_unknown_device_is_answered_with_the_choices():
    with pytest.raises(NnlabError, match=r"tpu.*auto, cpu, gpu"):
        device.choose("tpu")


def test_one_blas_thread_unless_asked(monkeypatch):
    for variable in device.THREAD_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    assert device.set_threads() == 1
    assert {os.environ[v] for v in device.THREAD_VARIABLES} == {"1"}
    assert device.set_threads(4) == 4
    assert device.set_threads() == 4
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "all")
    assert device.set_threads() == 1
    with pytest.raises(NnlabError, match="from 1 to 1024"):
        device.set_threads(0)


def test_kernels_are_numpys_unless_somebody_asks(monkeypatch):
    monkeypatch.delenv("NNLAB_KERNELS", raising=False)
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: object())
    assert device.choose_kernels() == device.choose_kernels("numpy") == "numpy"
    assert device.choose_kernels("numba") == device.choose("cpu", kernels="numba").kernel_set == "numba"
    monkeypatch.setenv("NNLAB_KERNELS", "numba")
    assert device.choose_kernels() == "numba"
    assert device.choose_kernels("numpy") == "numpy"


def test_a_session_goes_on_with_its_kernels_where_they_are_and_nobody_asks(monkeypatch):
    monkeypatch.delenv("NNLAB_KERNELS", raising=False)
    for there, chosen in ((object(), "numba"), (None, "numpy")):
        monkeypatch.setattr(device.importlib.util, "find_spec", lambda name, there=there: there)
        assert device.choose_kernels(then="numba") == chosen
        assert device.choose_kernels("numpy", then="numba") == "numpy"
    monkeypatch.setenv("NNLAB_KERNELS", "auto")
    device.set_kernels("numpy")
    assert device.choose_kernels(then="numba") == "numpy"


def test_kernels_that_are_not_there_are_answered_with_what_would_help(monkeypatch):
    with pytest.raises(NnlabError, match=r"fortran.*auto, numpy, numba"):
        device.choose_kernels("fortran")
    monkeypatch.setattr(device.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(NnlabError, match=r"pip install 'nnlab\[fast\]'"):
        device.choose("cpu", kernels="numba")

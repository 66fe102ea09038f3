"""The kernel table is one closed list; on a device it launches, and never waits for the host."""

from __future__ import annotations

import importlib.util
import inspect
import re
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest
from engine_cases import BATCH, CASES, Size, compiled, parameter, shared
from guard_array import CUPY, GuardModule

from nnlab.engine import device, kernels, rng
from nnlab.engine.clipping import Clipping
from nnlab.engine.ops import Dense, Dropout, ReLU, SoftmaxCrossEntropy
from nnlab.engine.optimizers import OPTIMIZERS, Optimizer
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role

ENGINE = Path(kernels.__file__).parent.parent

LAUNCHES = {"forward and backward": 36, "adam": 52, "adam, norm clipped": 57}
"""Kernel launches of one step of dense 10 relu | dropout 0.5 | dense 8 relu | dense 10, batch and all."""


def cupy_like(guard: GuardModule) -> kernels.Kernels:
    return kernels.table(guard).override(device.CUPY, "cupy")


def digits_network() -> Graph:
    graph = Graph()
    a = graph.value("input", (BATCH, 64), Role.INPUT)
    target = graph.value("target", (BATCH, 10), Role.TARGET)
    for n, (inside, out) in enumerate([(64, 10), (10, 8), (8, 10)], 1):
        W, b = parameter(graph, f"dense{n}.W", inside, out), parameter(graph, f"dense{n}.b", out)
        (a,) = graph.apply(Dense(f"dense{n}"), a, W, b)
        if n < 3:
            (a,) = graph.apply(ReLU(f"dense{n}"), a)
        if n == 1:
            a, _mask = graph.apply(Dropout("dropout1", rate=0.5), a)
    graph.apply(SoftmaxCrossEntropy("loss"), a, target)
    return graph


class Loop:
    """The whole training step as the training room makes it: gather a batch, run, clip, update."""

    def __init__(self, table: kernels.Kernels, optimizer: str = "adam", clip: str = "none"):
        xp = table.xp
        graph = digits_network()
        store = ParameterStore(graph, np.float32, xp)
        store.theta[...] = xp.asarray(rng.normal(1, "theta", 0, store.size) * np.float32(0.3))
        self.program = Program(graph, store, 32, loss="loss", kernels=table)
        self.x = xp.asarray(rng.uniform(1, "x", 0, (100, 64)))
        self.t = xp.asarray(np.eye(10, dtype=np.float32)[np.arange(100) % 10])
        rule, clipping = Optimizer.parse(optimizer), Clipping.parse(clip)
        self.update = rule.bind(store.theta, store.grad, rule.new_state(store.theta, table), table)
        self.clip = clipping.bind(store.grad, kernels=table) if clipping else lambda: None
        self.order = xp.asarray(rng.permutation(1, "shuffle", 0, 100))

    def step(self) -> None:
        values, gather = self.program.values, self.program.kernels.gather
        rows = self.order[:32]
        gather(self.x, rows, values["input"])
        gather(self.t, rows, values["target"])
        self.program.run()
        self.clip()
        self.update(self.program.clock[0], 0.01)
        self.program.clock[0] += 1


@pytest.mark.parametrize("clip", ["none", "norm 0.1", "value 0.01"])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_a_step_on_a_device_never_waits_for_the_host(optimizer, clip):
    guard = GuardModule()
    loop, reference = Loop(cupy_like(guard), optimizer, clip), Loop(kernels.table(), optimizer, clip)
    guard.reset()
    for _ in range(3):
        loop.step()
        reference.step()
    assert guard.syncs == 0
    assert guard.uploads == 3  # the bits of the dropout mask
    got = loop.program.store.theta.get()
    assert np.array_equal(got, reference.program.store.theta)


def test_launches_of_a_step_are_counted():
    counted = {}
    for clip, label in (("none", "adam"), ("norm 1", "adam, norm clipped")):
        guard = GuardModule()
        loop = Loop(cupy_like(guard), "adam", clip)
        guard.reset()
        loop.program.run()
        counted["forward and backward"] = guard.launches
        guard.reset()
        loop.step()
        counted[label] = guard.launches
    assert counted == LAUNCHES


@pytest.mark.parametrize("kind", sorted({*CASES, "shared"}))
def test_every_operation_runs_on_a_device_with_the_same_numbers(kind):
    guard = GuardModule()
    build = CASES.get(kind, shared)
    there = compiled(build, Size(3, 4), dtype=np.float32, kernels=cupy_like(guard))
    here = compiled(build, Size(3, 4), dtype=np.float32)
    guard.reset()
    there.run()
    assert guard.syncs == 0
    here.run()
    assert np.array_equal(there.store.grad.get(), here.store.grad)
    for name in here.values:
        assert np.array_equal(there.values[name].get(), here.values[name]), name
    address = there.address(f"{there.loss}.grad")
    assert there.explain(address).value == 1.0


def test_the_guard_guards():
    guard = GuardModule()
    a = guard.asarray(np.ones(3, np.float32))
    with pytest.raises(TypeError, match=r"numpy\.ndarray"):
        guard.add(a, np.ones(3, np.float32))
    with pytest.raises(TypeError, match="Implicit conversion"):
        np.asarray(a)
    with pytest.raises(AttributeError):
        guard.vecdot(a, a)
    with pytest.raises(AttributeError):
        guard.maximum.reduceat(a, a)
    guard.reset()
    _ = float(a[0]), bool(a[0]), a.item, a[a > 0]
    assert guard.syncs == 4


@pytest.mark.parametrize("overrides", [device.CUPY], ids=["cupy"])
def test_overrides_have_the_names_and_signatures_of_the_reference(overrides):
    for name, function in overrides.items():
        reference = inspect.signature(kernels.REFERENCE[name])
        assert list(inspect.signature(function).parameters) == list(reference.parameters), name


def test_a_table_refuses_kernels_without_a_reference():
    with pytest.raises(KeyError, match="odd_one"):
        kernels.table().override({"odd_one": lambda x, y: None}, "odd")
    with pytest.raises(AttributeError, match="no odd_one"):
        _ = kernels.table().odd_one


def test_no_two_kernels_have_one_name():
    counted = sum(len(kernels.kernels_of(module)) for module in kernels.MODULES)
    assert counted == len(kernels.REFERENCE)


def test_kernels_are_documented_and_return_nothing():
    for name, function in kernels.REFERENCE.items():
        assert inspect.signature(function, eval_str=True).return_annotation is None, name


def names_on_xp() -> set[str]:
    """Every name the engine takes from the array module; what device.py replaces for CuPy left out."""
    found: set[str] = set()
    for path in ENGINE.rglob("*.py"):
        found |= set(re.findall(r"\bxp\.([a-z]\w*)", path.read_text()))
    for name in device.CUPY:
        found -= set(re.findall(r"\bxp\.(\w+)\.reduceat", inspect.getsource(kernels.REFERENCE[name])))
    return found


def test_cupy_has_every_name_the_engine_uses():
    assert names_on_xp() - set(CUPY["module"]) == set()
    assert {"add", "dot", "copyto", "greater"} <= set(CUPY["module"])


@pytest.mark.skipif(importlib.util.find_spec("cupy") is None, reason="CuPy is not installed")
def test_the_cupy_that_is_installed_has_them_too():
    import cupy

    assert [name for name in names_on_xp() if not hasattr(cupy, name)] == []
    named = set()
    for path in ENGINE.rglob("*.py"):
        named |= set(re.findall(r"(?<![\w.])cupy((?:\.[A-Za-z_]\w*)+)", path.read_text()))
    assert {".RawModule", ".cuda.runtime.memGetInfo", ".is_available"} <= named
    for name in named:
        assert attrgetter(name[1:])(cupy) is not None, name

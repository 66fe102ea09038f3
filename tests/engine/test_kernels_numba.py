"""Numba kernels compute what the reference kernels compute, and a run with them repeats its own bits."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled, shared
from test_operations import check_explanations

from nnlab.data import load
from nnlab.engine import rng
from nnlab.engine.device import Device
from nnlab.engine.kernels import REFERENCE, table
from nnlab.engine.ops import AttentionWeights, DotScores, Flatten, MeanSquaredError
from nnlab.engine.optimizers import OPTIMIZERS, Optimizer
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role
from nnlab.network import Network
from nnlab.training import Run

pytest.importorskip("numba", reason="Numba is not installed (the extra nnlab[fast])")

from nnlab.engine.kernels.fast import NARROW, NUMBA
from nnlab.engine.kernels.machine_code import exp32

KERNELS = Device("cpu", "NumPy", np, kernel_set="numba").kernels
PRECISIONS = [np.float32, np.float64]
BUILDS = {**CASES, "shared": shared}


def drawn(dtype, *shape, name="x") -> np.ndarray:
    return rng.normal(1, name, 0, shape).astype(dtype)


def test_overrides_have_the_names_and_signatures_of_the_reference():
    assert KERNELS.name == "numba"
    for name, function in NUMBA.items():
        assert KERNELS.functions[name] is function
        mine, reference = inspect.signature(function), inspect.signature(REFERENCE[name])
        assert list(mine.parameters) == list(reference.parameters), name


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("text", sorted(OPTIMIZERS))
def test_updates_give_the_bits_of_the_reference(text, dtype):
    ends = []
    for kernels in (table(), KERNELS):
        theta, rule = drawn(dtype, 1000), Optimizer.parse(text)
        state, grad = rule.new_state(theta), np.empty_like(theta)
        update = rule.bind(theta, grad, state, kernels)
        for t in range(1, 20):
            grad[...] = drawn(dtype, 1000, name=f"grad{t}")
            update(t, 0.01)
        ends.append([theta, *state.values()])
    for reference, found in zip(*ends):
        assert np.array_equal(reference, found)


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("size", [Size(3, 4), Size(33, NARROW), Size(40, 100)], ids=str)
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_operation_agrees_with_numpy(kind, size, dtype):
    there, here = (compiled(BUILDS[kind], size, dtype=dtype, kernels=k) for k in (KERNELS, table()))
    there.run()
    here.run()
    rel, least = (2e-5, 2e-6) if dtype == np.float32 else (1e-12, 1e-13)
    exact = compiled(BUILDS[kind], size, dtype=np.float64)
    exact.run()

    def check(name, found, wanted, truth):
        # Where rounding adds up over many moments, NumPy itself is no nearer to the truth than this.
        far = float(np.abs(wanted - truth).max(initial=0)) if dtype == np.float32 else 0.0
        assert found == pytest.approx(wanted, rel=rel, abs=least + 2 * far), name

    check("gradient", there.store.grad, here.store.grad, exact.store.grad)
    for name in here.values:
        check(name, there.values[name], here.values[name], exact.values[name])


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_number_is_what_its_explanation_says(kind, dtype):
    program = compiled(BUILDS[kind], Size(3, 4), dtype=dtype, kernels=KERNELS)
    program.run()
    check_explanations(program)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_row_maxima_and_slopes_are_those_of_the_reference(dtype):
    rows = drawn(dtype, 6, 5)
    rows[1, 3], rows[2, 0], rows[4, 4], rows[5] = np.nan, np.nan, np.inf, -np.inf
    starts, found, wanted = np.arange(0, 30, 5), np.zeros(6, dtype), np.zeros(6, dtype)
    KERNELS.row_maximum(rows.reshape(-1), starts, found)
    table().row_maximum(rows.reshape(-1), starts, wanted)
    assert np.array_equal(found, wanted, equal_nan=True)
    a, da, zero = drawn(dtype, 40, 3, 20), drawn(dtype, 40, 3, 20, name="da"), np.zeros((), dtype)
    a[0], da[1] = 0, np.nan
    slopes = []
    for kernels in (table(), KERNELS):
        dz = np.empty_like(a)
        kernels.relu_backward_large(a, da, zero, np.empty(a.shape, bool), dz)
        slopes.append(dz)
    assert np.array_equal(*slopes, equal_nan=True)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_cross_entropy_survives_a_certain_mistake(dtype):
    program = compiled(CASES["cross_entropy"], Size(2, 3), dtype=dtype, kernels=KERNELS)
    name = program.graph.producers["loss"][0].inputs[0].name
    program.values[name][...] = [[1000, 0, -1000], [0, 0, 0]]
    program.run()
    assert np.isfinite(program.store.grad).all()
    assert np.isfinite(program.values["loss.each"]).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_run_repeats_its_own_bits_and_trains_as_numpy_does(dtype):
    data = load("moons n=100 split=50/25/25 seed=3")

    def run(kernels):
        network = Network.parse("dense 9 gelu | dense 8 relu | dropout 0.2 | dense 2", data.input_shape)
        made = Run(
            network, data, optimizer="adamw lr=0.01", loss="cross_entropy", dtype=dtype, kernels=kernels
        )
        made.step(60)
        return made

    first, second, reference = run(KERNELS), run(KERNELS), run(table())
    assert np.array_equal(first.history.losses, second.history.losses)
    theta = first.settled_theta().copy()
    first.seek(20)
    first.step(40)
    assert np.array_equal(first.settled_theta(), theta)
    assert first.history.losses == pytest.approx(reference.history.losses, rel=1e-3)
    first.run_to(61)
    assert first.branch(30).machine.kernels is KERNELS


@pytest.mark.parametrize("dtype", PRECISIONS)
@pytest.mark.parametrize("causal", [False, True])
def test_attention_over_many_queries_agrees_with_numpy(causal, dtype):
    """More queries than lanes, so that the future is left out and not only zeroed."""
    q, k = drawn(dtype, 2, 40, 6, name="q"), drawn(dtype, 2, 40, 6, name="k")
    found = []
    for kernels in (table(), KERNELS):
        graph = Graph()
        inputs = [graph.value(name, (2, 40, 6), Role.PARAMETER) for name in ("q", "k")]
        (z,) = graph.apply(DotScores("a1", causal, 3), *inputs)
        (p, *_stages) = graph.apply(AttentionWeights("a1", causal), z)
        (flat,) = graph.apply(Flatten("flat"), p)
        graph.apply(MeanSquaredError("loss"), flat, graph.value("target", flat.shape, Role.TARGET))
        store = ParameterStore(graph, dtype)
        store["q"][...], store["k"][...] = q, k
        program = Program(graph, store, 2, loss="loss", kernels=kernels)
        program.run()
        assert not causal or not np.triu(program.values["a1.weights"], 1).any()
        found.append([*program.values.values(), program.gradients["a1.scores"], store.grad])
    close = {"rel": 2e-5, "abs": 1e-8} if dtype == np.float32 else {"rel": 1e-12, "abs": 1e-15}
    for reference, mine in zip(*found):
        assert mine == pytest.approx(reference, **close)


@pytest.mark.parametrize("dtype", PRECISIONS)
def test_the_largest_over_keys_keeps_what_is_no_number(dtype):
    z, m = drawn(dtype, 1, 2, 5, 3), np.zeros((1, 2, 1, 3), dtype)
    z[0, 0, 2, 1], z[0, 1, 4, 0], z[0, 1, 0, 2] = np.nan, np.inf, -np.inf
    KERNELS.key_maximum(z, (), m)
    assert np.array_equal(m, z.max(2, keepdims=True), equal_nan=True)


def test_the_exponential_is_exact_to_a_few_ulp():
    x = np.linspace(-87, 88, 100_001, dtype=np.float32)
    found = np.array([exp32.py_func(value) for value in x[::97]])
    assert found == pytest.approx(np.exp(x[::97].astype(np.float64)), rel=2e-7)

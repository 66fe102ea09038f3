"""One check for every registered operation: its gradient is right and every number it makes is explained."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled, shared
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.engine import rng
from nnlab.engine.address import Address
from nnlab.engine.ops import OPERATIONS, Dropout
from nnlab.engine.program import Program

BUILDS = {**CASES, "shared": shared}
SLOPES = {name: build for name, build in BUILDS.items() if getattr(build, "true_slope", True)}
SIZES = [Size(3, 4), Size(1, 3), Size(4, 1), Size(1, 1), Size(2, 65)]

kinds = st.sampled_from(sorted(BUILDS))
sizes = st.builds(Size, st.integers(1, 4), st.integers(1, 5))
seeds = st.integers(0, 2**32)
precisions = st.sampled_from([np.float32, np.float64])


def test_every_registered_operation_has_a_case():
    assert {name.split(":")[0] for name in CASES} == set(OPERATIONS)


def loss_at(program: Program, theta: np.ndarray) -> float:
    program.store.theta[...] = theta
    program.forward()
    return float(program.values[program.loss])


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("kind", sorted(SLOPES))
def test_gradients_agree_with_central_differences(kind, size):
    program = compiled(BUILDS[kind], size)
    theta = program.store.theta.copy()
    program.run()
    gradient = program.store.grad.copy()
    eps = 1e-6
    for trial in range(2):
        v = rng.normal(5, "direction", trial, theta.size, np.float64)
        v /= np.linalg.norm(v)
        numeric = (loss_at(program, theta + eps * v) - loss_at(program, theta - eps * v)) / (2 * eps)
        assert numeric == pytest.approx(gradient @ v, rel=1e-7, abs=1e-7 * max(1.0, np.linalg.norm(gradient)))


def test_every_single_gradient_of_every_operation_agrees_with_its_central_difference():
    for build in SLOPES.values():
        program = compiled(build, Size(2, 3))
        theta = program.store.theta.copy()
        program.run()
        gradient = program.store.grad.copy()
        for i in range(theta.size):
            step = np.zeros_like(theta)
            step[i] = 1e-6
            numeric = (loss_at(program, theta + step) - loss_at(program, theta - step)) / 2e-6
            assert numeric == pytest.approx(gradient[i], rel=1e-7, abs=1e-7)


def addresses(program: Program) -> list[Address]:
    """Every number of the program: all elements of all values, gradients and shares of gradients."""
    found = []
    for name in program.values:
        parts = ["", "grad"] if name in program.gradients else [""]
        parts += [
            program.uses.share_name(o, k).removeprefix(f"{name}.") for o, k in program.uses.get(name, [])
        ]
        for part in dict.fromkeys(parts):
            shape = program.array(name, part).shape
            found += [Address(name, tuple(map(int, i)), part) for i in np.ndindex(shape)]
    return found


def check_explanations(program: Program) -> None:
    """Each number follows from the numbers it names, re-read from the engine, down to the leaves."""
    information = np.finfo(program.dtype)

    @cache
    def depth(address: Address) -> int:
        explanation = program.explain(address)
        assert explanation.value == program.read(address) or np.isnan(explanation.value)
        assert address not in explanation.addresses
        # Below the smallest normal number rounding is absolute.
        allowed = explanation.tolerance(float(information.eps)) + float(information.tiny)
        difference = abs(explanation.evaluate(program.read) - explanation.value)
        assert difference <= allowed, (str(address), explanation.symbols(), explanation.numbers())
        assert explanation.symbols()
        assert explanation.numbers()
        if explanation.expression is None:
            value = program.graph.values[address.value]
            assert value.name not in program.graph.producers or value.role == "random"
        return 1 + max((depth(a) for a in explanation.addresses), default=0)

    # A loop over time makes the way to the leaves longer: up to twelve numbers for every moment.
    moments = max([v.shape[1] for op in program.plan for v in op.outputs if op.own_uses], default=0)
    for address in addresses(program):
        assert depth(address) <= 2 * len(program.events) + 2 + 12 * moments


@settings(max_examples=120, deadline=None)
@given(kinds, sizes, seeds, precisions, st.sampled_from([0.01, 1.0, 30.0]), st.booleans())
def test_every_number_is_what_its_explanation_says(kind, size, seed, dtype, scale, training):
    program = compiled(BUILDS[kind], size, dtype=dtype, seed=seed, scale=scale, training=training)
    program.run()
    check_explanations(program)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_explanations_hold_for_extreme_numbers(kind, dtype):
    program = compiled(BUILDS[kind], Size(3, 3), dtype=dtype, scale=1000.0)
    program.run()
    assert all(np.isfinite(array).all() for array in program.values.values())
    assert np.isfinite(program.store.grad).all()
    check_explanations(program)


def test_a_wide_sum_is_explained():
    program = compiled(CASES["dense"], Size(2, 784), dtype=np.float32)
    program.run()
    explanation = program.explain("layer1.z[1,2]")
    assert len(explanation.terms) == 785
    assert abs(explanation.evaluate(program.read) - explanation.value) <= explanation.tolerance(1.2e-7)
    sizes = [abs(t.value) for t in explanation.terms]
    assert sizes == sorted(sizes, reverse=True)
    count, rest = explanation.rest(5)
    assert count == 780
    assert sum(t.value for t in explanation.terms[:5]) + rest == pytest.approx(explanation.value, rel=1e-4)
    assert "773 more terms" in explanation.symbols()


def rows_through(kind: str, numbers: list[list[float]], dtype=np.float64) -> Program:
    program = compiled(CASES[kind], Size(len(numbers), len(numbers[0])), dtype=dtype)
    program.store["x"][...] = numbers
    program.run()
    return program


def test_the_slope_of_relu_at_zero_is_zero():
    program = rows_through("relu", [[0.0, -0.0, 1.0]])
    assert program.gradients["layer1.a"].all()
    assert program.gradients["x"].tolist()[0][:2] == [0.0, 0.0]
    assert rows_through("leaky_relu", [[0.0]]).gradients["x"][0, 0] == pytest.approx(
        0.1 * rows_through("leaky_relu", [[0.0]]).gradients["layer1.a"][0, 0]
    )


def test_relu_masks_large_arrays_as_it_masks_small_ones():
    size = Size(50, 64)
    program = compiled(CASES["relu"], size)
    program.store["x"][0, 0] = 0.0
    program.run()
    z, da = program.values["x"], program.gradients["layer1.a"]
    assert z.size > 2000
    assert np.array_equal(program.gradients["x"], np.where(z > 0, da, 0.0))


def test_the_step_function_counts_zero_as_one():
    program = rows_through("step", [[-1e-30, 0.0, 2.0]])
    assert program.values["layer1.a"].tolist() == [[0.0, 1.0, 1.0]]
    assert not program.gradients["x"].any()


def test_softmax_cross_entropy_survives_a_certain_mistake():
    program = compiled(CASES["cross_entropy"], Size(1, 2), dtype=np.float32)
    program.store["x"][...] = [[1000.0, 0.0]]
    program.values["target"][...] = [[0.0, 1.0]]
    program.run()
    assert float(program.values["loss"]) == 1000.0
    assert program.gradients["x"][0].tolist() == pytest.approx([1.0, -1.0])


def test_binary_cross_entropy_survives_a_certain_mistake():
    program = compiled(CASES["bce"], Size(2, 1), dtype=np.float32)
    program.store["x"][...] = [[1000.0], [-1000.0]]
    program.values["target"][...] = [[0.0], [1.0]]
    program.run()
    assert float(program.values["loss"]) == 1000.0
    assert program.gradients["x"].ravel().tolist() == pytest.approx([0.5, -0.5])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_exact_far_from_zero(dtype):
    z = np.linspace(-79, 40, 300)
    program = rows_through("sigmoid", [z.tolist()], dtype)
    exact = 1 / (1 + np.exp(-program.values["x"][0].astype(np.float64)))
    assert program.values["layer1.a"][0] == pytest.approx(exact, rel=8 * np.finfo(dtype).eps)


def test_a_dropout_mask_belongs_to_seed_layer_and_step():
    program = compiled(CASES["dropout"], Size(40, 50), dtype=np.float32)
    program.run()
    mask = program.values["layer1.mask"].copy()
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1 / 0.6)}
    assert (mask > 0).mean() == pytest.approx(0.6, abs=0.05)
    assert np.array_equal(program.values["layer1.a"], program.values["x"] * mask)
    assert np.array_equal(program.gradients["x"], program.gradients["layer1.a"] * mask)
    program.clock[0] += 1
    program.run()
    assert not np.array_equal(program.values["layer1.mask"], mask)
    program.clock[0] -= 1
    program.run()
    assert np.array_equal(program.values["layer1.mask"], mask)
    exact = compiled(CASES["dropout"], Size(40, 50), dtype=np.float64)
    exact.run()
    assert np.array_equal(exact.values["layer1.mask"] > 0, mask > 0)


def test_dropout_passes_everything_in_evaluation_and_at_rate_zero():
    program = compiled(CASES["dropout"], Size(4, 5), training=False)
    program.run()
    assert np.array_equal(program.values["layer1.a"], program.values["x"])
    assert np.array_equal(program.gradients["x"], program.gradients["layer1.a"])
    assert "evaluation" in program.explain("layer1.mask[0,0]").note

    from engine_cases import through

    program = compiled(through(lambda name: Dropout(name, rate=0.0)), Size(4, 5))
    program.run()
    assert (program.values["layer1.mask"] == 1).all()


def test_formulas_are_written_for_every_operation_and_output():
    for kind, operation in OPERATIONS.items():
        assert operation.kind == kind
        assert operation.formula
        assert operation.backward_formula
    for build in CASES.values():
        for operation in compiled(build, Size(1, 2)).plan:
            assert all(operation.formula_of(k) for k in range(len(operation.outputs)))


@pytest.mark.parametrize("kind", sorted(set(BUILDS) - set(SLOPES)))
def test_an_operation_whose_gradient_is_no_slope_says_why(kind):
    program = compiled(BUILDS[kind], Size(3, 4))
    assert any(operation.departs() for operation in program.plan)

"""How explanations read: long sums, negative numbers, means, schedules, where parameters come from."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled, parameter
from hypothesis import given
from hypothesis import strategies as st

from nnlab.engine.address import Address
from nnlab.engine.answer import origin
from nnlab.engine.expression import const, power, ref, total
from nnlab.engine.initializers import INITIALIZERS
from nnlab.engine.ops import Penalty
from nnlab.engine.program import Program
from nnlab.engine.schedules import Schedule
from nnlab.engine.series import added, ranking
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role

numbers = st.lists(
    st.floats(-1e300, 1e300) | st.just(0.0) | st.just(math.nan) | st.just(math.inf), max_size=30
)


@given(numbers, st.integers(1, 35))
def test_the_largest_of_many_are_those_of_all(values, most):
    array = np.array(values, np.float64)
    assert ranking(array, most).tolist() == ranking(array).tolist()[:most]


@given(st.lists(st.floats(), max_size=20))
def test_a_sum_of_anything_is_a_number(values):
    with np.errstate(all="ignore"):
        plain = sum(values)
    found = added(values)
    assert found == pytest.approx(plain, rel=1e-9, abs=1e292) or math.isnan(plain) or math.isinf(plain)
    if not all(map(math.isfinite, values)):
        assert str(found) == str(float(plain))


def wide(x: list[float]) -> Program:
    program = compiled(CASES["dense"], Size(1, len(x)))
    program.store["x"][...] = [x]
    program.store["layer1.W"][...] = 1.0
    program.store["layer1.b"][...] = 0.5
    program.run()
    return program


def test_zeros_of_a_long_sum_stand_in_the_rest():
    explanation = wide([0.0] * 50 + [2.0, -3.0]).explain("layer1.z[0,0]")
    assert explanation.numbers() == "(−3)·1 + 2·1 + 0.5 + (50 more terms: 0)"
    assert [t.value for t in explanation.shown()] == [-3.0, 2.0, 0.5]
    assert explanation.rest_line(3) == "(50 more terms: 0)"


def test_zeros_of_a_short_sum_are_written():
    assert wide([0.0, 2.0]).explain("layer1.z[0,0]").numbers() == "0·1 + 2·1 + 0.5"


def test_a_sum_of_nothing_but_zeros_says_so():
    explanation = wide([0.0] * 20)
    explanation.store["layer1.b"][...] = 0
    explanation.run()
    assert explanation.explain("layer1.z[0,0]").numbers() == "0·1 + (20 more terms: 0)"


def test_a_negative_number_is_taken_off_and_a_negative_factor_stands_in_brackets():
    a, b = ref(Address("a"), -2.0), ref(Address("b"), -3.0)
    assert total([b, a]).numbers() == "−3 − 2"
    assert total([a, a * b]).numbers() == "−2 + (−2)·(−3)"
    assert total([a, -(a * b)]).numbers() == "−2 − (−2)·(−3)"
    assert (const(1.0) - b).numbers() == "1 − (−3)"


def test_the_terms_of_a_mean_add_up_to_it():
    program = compiled(CASES["mse"], Size(20, 3))
    program.run()
    explanation = program.explain("loss")
    assert len(explanation.terms) == 20
    assert math.fsum(explanation.terms.values) == pytest.approx(explanation.value, rel=1e-12)
    assert explanation.terms[0].symbols.endswith(",0] / B")
    assert "8 more terms" in explanation.symbols()


def test_a_hundred_thousand_terms_are_explained_while_a_key_is_pressed():
    graph = Graph()
    (cost,) = graph.apply(
        Penalty("penalty", l1=0.1, l2=0.2),
        parameter(graph, "a.W", 784, 128),
        parameter(graph, "b.W", 128, 10),
    )
    store = ParameterStore(graph)
    store.theta[...] = np.linspace(-1, 1, store.size)
    program = Program(graph, store, 1, loss=cost.name)
    program.run()
    began = time.process_time()
    explanation = program.explain("penalty")
    text = explanation.symbols() + explanation.numbers()
    shown, rest = explanation.shown(), explanation.rest(12)
    spent = time.process_time() - began
    assert spent < 0.5, "seconds; one term after the other takes about five"
    assert text.startswith("λ₁·|a.W[0,0]|")
    assert rest[0] == len(explanation.terms) - 12 == 2 * store.size - 12
    assert math.fsum([rest[1], *(t.value for t in shown)]) == pytest.approx(explanation.value, rel=1e-5)
    for place in (0, 7, 100_351, 100_352, store.size, 2 * store.size - 1):
        term = explanation.expression.terms[place]
        assert term.evaluate(program.read) == pytest.approx(explanation.expression.terms.values[place])
    assert str(next(explanation.expression.terms[2 * store.size - 1].references()).address) == "b.W[127,9]"


def test_what_is_too_large_for_a_float_is_infinite():
    assert (ref(Address("x"), -1e200) * 1.0).evaluate() == -1e200
    assert power(ref(Address("x"), -1e200), 3).evaluate() == -math.inf
    assert power(ref(Address("x"), -1e200), 2).evaluate() == math.inf
    assert total([const(1.7e308), const(1.7e308)]).evaluate() == math.inf
    assert math.isnan(total([const(math.inf), const(-math.inf)]).evaluate())


@pytest.mark.parametrize("name", sorted(INITIALIZERS))
def test_a_parameter_says_how_it_began_and_with_what_bound(name):
    graph = Graph()
    rule = f"{name}:0.3" if INITIALIZERS[name].argument else name
    W = graph.value("dense1.W", (64, 10), Role.PARAMETER, "dense1", init=rule)
    program = Program(graph, ParameterStore(graph), 1)
    kind = INITIALIZERS[name](0.3) if INITIALIZERS[name].argument else INITIALIZERS[name]()
    assert f"{rule} ({kind.describe(64, 10)})" in origin(program, W, Address(W.name, (0, 0)))


def test_a_backward_formula_is_that_of_the_value_asked_for():
    program = compiled(CASES["dense"], Size(2, 3))
    program.run()
    formulas = [
        program.explain(f"{name}.grad").formula for name in ("x[0,0]", "layer1.W[0,0]", "layer1.b[0]")
    ]
    assert formulas == ["dx = dz·Wᵀ", "dW = xᵀ·dz", "db = Σ dz"]


def test_a_schedule_shows_the_rule_in_force():
    schedule = Schedule.parse("warmup 10 cosine 100")
    assert "step < steps" in schedule.formula_at(9)
    assert "cos" in schedule.formula_at(10)

"""Every optimiser: PyTorch's numbers, an honest preview, and arithmetic that gives the numbers shown."""

from __future__ import annotations

import importlib.util
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.engine.address import Address
from nnlab.engine.clipping import Clipping
from nnlab.engine.optimizers import BLOCK, FLUSH_BELOW, OPTIMIZERS, Optimizer, columns
from nnlab.engine.schedules import LR
from nnlab.errors import NnlabError

FOLDER = Path(__file__).parent.parent / "reference"
REFERENCE = json.loads((FOLDER / "optimizers.json").read_text())
NAMES = list(OPTIMIZERS)
TEXTS = [case["text"] for case in REFERENCE["optimizers"]]


def check_steps(case, dtype, tolerance):
    optimizer = Optimizer.parse(case["text"])
    theta, grad = np.array(REFERENCE["theta"], dtype), np.zeros(6, dtype)
    state = optimizer.new_state(theta)
    update = optimizer.bind(theta, grad, state)
    for t, (gradient, after) in enumerate(zip(REFERENCE["gradients"], case["steps"]), start=1):
        grad[:] = gradient
        update(t, optimizer.lr)
        assert theta == pytest.approx(np.array(after["theta"]), abs=tolerance)
        assert set(after["state"]) == set(optimizer.state_names)
        for name, vector in after["state"].items():
            assert state[name] == pytest.approx(np.array(vector), abs=tolerance)


@pytest.mark.parametrize("case", REFERENCE["optimizers"], ids=TEXTS)
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-6)])
def test_five_steps_are_those_of_pytorch_on_record(case, dtype, tolerance):
    check_steps(case, dtype, tolerance)


@pytest.mark.parametrize("text", TEXTS)
def test_five_steps_are_those_of_pytorch_here(text):
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_optimizers", FOLDER / "make_optimizers.py")
    assert spec
    assert spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert list(maker.CASES) == TEXTS
    check_steps(maker.optimizer_case(text, REFERENCE["theta"], REFERENCE["gradients"]), np.float64, 1e-12)


def test_every_optimiser_is_on_record():
    assert {text.split()[0] for text in TEXTS} == set(NAMES)


def numbers(low=-3.0, high=3.0):
    return st.floats(low, high, allow_nan=False, width=32)


@st.composite
def situations(draw):
    """An optimiser with random hyper-parameters, vectors of any magnitude, a step and perhaps clipping."""
    kind = OPTIMIZERS[draw(st.sampled_from(NAMES))]
    ranges = {"fraction": (0.0, 0.999), "positive": (1e-9, 2.0), "non-negative": (0.0, 1.0)}
    values = {a.name: draw(st.floats(*ranges[a.rule], allow_subnormal=False)) for a in kind.arguments}
    n = draw(st.integers(1, 5))
    magnitude = 10.0 ** draw(st.integers(-6, 4))
    dtype = draw(st.sampled_from([np.float32, np.float64]))

    def vector(low):
        return np.array(draw(st.lists(numbers(low), min_size=n, max_size=n)), dtype)

    optimizer = kind(**values)
    theta, grad = vector(-3.0), (vector(-3.0) * magnitude).astype(dtype)
    signed = ("m", "velocity")
    state = {
        name: (vector(-3.0 if name in signed else 0.0) * magnitude ** (1 if name in signed else 2)).astype(
            dtype
        )
        for name in optimizer.state_names
    }
    for v in (theta, grad, *state.values()):
        v[np.abs(v) < 1e-15] = 0.0
    t = draw(st.integers(1, 2000) | st.sampled_from([1, 100, 200]))
    clip = draw(st.sampled_from([None, Clipping.parse("norm 0.7"), Clipping.parse("value 0.3")]))
    return optimizer, theta, grad, state, t, clip


@settings(max_examples=300, deadline=None)
@given(situations())
def test_preview_is_the_update_bit_for_bit(situation):
    optimizer, theta, grad, state, t, clip = situation
    before = [v.copy() for v in (theta, grad, *state.values())]
    preview = optimizer.preview(theta, grad, state, t, optimizer.lr, clip)
    for old, now in zip(before, (theta, grad, *state.values())):
        assert np.array_equal(old, now)
    if clip:
        clip.bind(grad)()
    optimizer.bind(theta, grad, state)(t, optimizer.lr)
    assert np.array_equal(preview.used, grad)
    assert np.array_equal(preview.new, theta)
    assert set(preview.state) == set(state)
    for name, vector in state.items():
        assert np.array_equal(preview.state[name], vector)


@settings(max_examples=500, deadline=None)
@given(situations())
def test_every_part_evaluates_to_the_number_shown(situation):
    optimizer, theta, grad, state, t, clip = situation
    preview = optimizer.preview(theta, grad, state, t, optimizer.lr, clip)
    info = np.finfo(theta.dtype)
    for element in range(theta.size):
        context = preview.at(element, Address("dense1.W", (0, element)))

        def read(address, context=context):
            if address == LR:
                return preview.lr
            return preview.norm if address.part == "norm" else context.numbers[address.part]

        for part in ("used", *(f"{n}.new" for n in optimizer.state_names), "step", "new"):
            expression = optimizer.explain(part, context)
            assert context.address.of(part) not in [r.address for r in expression.references()]
            assert all(r.address.index in ((0, element), ()) for r in expression.references())
            error = abs(expression.evaluate(read) - context.numbers[part])
            bound = 8 * expression.leaves() * float(info.eps) * expression.scale()
            assert error <= bound + 8 * float(info.smallest_normal), (
                optimizer.text,
                part,
                expression.numbers(),
            )


def test_expressions_read_well():
    preview = Optimizer.parse("adam 0.1").preview(
        *(np.array([x], np.float32) for x in (0.5, 0.25)),
        {"m": np.zeros(1, np.float32), "v": np.zeros(1, np.float32)},
        2,
        0.1,
    )
    context = preview.at(0, Address("W", (0,)))
    adam = Optimizer.parse("adam 0.1")
    assert adam.explain("m.new", context).symbols() == "β₁·W[0].m + (1 − β₁)·W[0].used"
    assert adam.explain("v.new", context).numbers() == "0.999·0 + (1 − 0.999)·0.25²"
    assert adam.explain("step", context).symbols() == (
        "−lr·W[0].m.new / (1 − β₁²) / (√(W[0].v.new / (1 − β₂²)) + ε)"
    )
    assert adam.explain("new", context).symbols() == "W[0] + W[0].step"
    assert adam.explain("used", context).symbols() == "W[0].grad"
    with pytest.raises(NnlabError, match="velocity"):
        adam.explain("velocity.new", context)


@pytest.mark.parametrize("name", NAMES)
def test_blocks_change_no_bit(name):
    """A vector of several blocks, the last one ragged, ends as the preview says, which uses one block."""
    optimizer = Optimizer.parse(name)
    generator = np.random.default_rng(1)
    n = 2 * BLOCK + 77
    theta, grad = (generator.normal(size=n).astype(np.float32) for _ in range(2))
    state = optimizer.new_state(theta)
    update = optimizer.bind(theta, grad, state)
    for t in (1, 2, 100):
        preview = optimizer.preview(theta, grad, state, t, 0.01)
        update(t, 0.01)
        assert np.array_equal(preview.new, theta)
        assert all(np.array_equal(preview.state[k], state[k]) for k in state)


@pytest.mark.parametrize("name", [n for n in NAMES if OPTIMIZERS[n].state_names])
def test_denormal_state_becomes_zero_every_hundred_steps(name):
    optimizer = Optimizer.parse(name)
    theta, grad = np.ones(3, np.float32), np.zeros(3, np.float32)
    start = {k: np.array([1e-33, 2 * FLUSH_BELOW, np.nan], np.float32) for k in optimizer.state_names}
    state = {k: v.copy() for k, v in start.items()}
    optimizer.bind(theta, grad, state)(99, 0.1)
    assert all(v[0] != 0 for v in state.values())
    state = {k: v.copy() for k, v in start.items()}
    preview = optimizer.preview(theta, grad, state, 100, 0.1)
    for name, vector in preview.state.items():
        assert vector[0] == 0
        assert vector[1] != 0
        assert np.isnan(vector[2])
        context = preview.at(0, Address("b", (0,)))
        assert optimizer.explain(f"{name}.new", context).evaluate() == 0


def test_update_allocates_nothing():
    tracemalloc = pytest.importorskip("tracemalloc")
    optimizer = Optimizer.parse("adamw")
    theta, grad = np.ones(50_000, np.float32), np.ones(50_000, np.float32)
    update = optimizer.bind(theta, grad, optimizer.new_state(theta))
    update(100, 0.1)
    tracemalloc.start()
    update(200, 0.1)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4096


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_network_is_updated_too(name):
    optimizer = Optimizer.parse(name)
    nothing = np.zeros(0, np.float32)
    optimizer.bind(nothing, nothing, optimizer.new_state(nothing))(100, 0.1)


@pytest.mark.parametrize("name", NAMES)
def test_registry(name):
    kind = OPTIMIZERS[name]
    optimizer = kind()
    assert optimizer.text == f"{name} lr={optimizer.lr:g}"
    assert Optimizer.parse(name) == optimizer
    assert optimizer.values == kind.defaults()
    assert kind.help()
    assert "w ←" in kind.formula
    assert kind.full_batch == (name == "gd")
    parts = [part for _label, part in columns(optimizer)]
    assert parts[:3] == ["", "grad", "used"]
    assert parts[-2:] == ["step", "new"]
    assert set(parts[3:-2]) == {p for n in kind.state_names for p in (n, f"{n}.new")}


@given(situations())
def test_text_reads_back(situation):
    optimizer = situation[0]
    again = Optimizer.parse(optimizer.text)
    assert again == optimizer
    assert again.values == optimizer.values
    assert hash(again) == hash(optimizer)


def test_ways_of_writing():
    assert Optimizer.parse("Adam lr = 0.03 beta1=.5").text == "adam lr=0.03 beta1=0.5"
    assert Optimizer.parse("adam 0.03").lr == 0.03
    assert Optimizer.parse("momentum 1e-2 0.8").values == {"lr": 0.01, "mu": 0.8}
    assert Optimizer.parse("sgd 2").replace(lr=0.5).text == "sgd lr=0.5"
    assert Optimizer.parse("sgd 1") != Optimizer.parse("gd 1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sgd lr=0", "learning rate 0 cannot be used: it must be a positive number, such as 0.1"),
        ("sgd lr=-1", "learning rate -1 .* positive"),
        ("adam lr=nan", "learning rate nan .* positive"),
        ("adam lr=inf", "learning rate inf .* positive"),
        ("adam lr=fast", "learning rate needs a number, such as 0.001, not “fast”"),
        ("adam beta1=1", "beta1 1 .* at least 0 and below 1"),
        ("adam eps=0", "eps 0 .* positive"),
        ("adamw weight_decay=-0.1", "weight_decay"),
        ("adam beta=0.9", "no argument “beta”; did you mean “beta[12]”"),
        ("adma", "“adma” is not an optimiser; did you mean “adam”"),
        ("frobnicate", "is not an optimiser; there are: gd, sgd"),
        ("sgd 1 2", "“2” is one too many"),
        ("sgd 1 lr=2", "lr is given twice"),
        ("", "name an optimiser"),
    ],
)
def test_bad_texts_are_answered_in_a_sentence(text, says):
    with pytest.raises(NnlabError, match=says):
        Optimizer.parse(text)


def test_bad_values_are_refused_outside_texts_too():
    with pytest.raises(NnlabError, match="learning rate"):
        Optimizer.parse("adam").replace(lr=math.nan)

"""Schedules: PyTorch's rates, explanations that evaluate to them, texts and refusals."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.engine.schedules import SCHEDULES, Schedule
from nnlab.errors import NnlabError

FOLDER = Path(__file__).parent.parent / "reference"
CASES = json.loads((FOLDER / "optimizers.json").read_text())["schedules"]
TEXTS = [case["text"] for case in CASES]

factors = st.floats(0.01, 1.0)
counts = st.integers(1, 50)
plain_texts = st.one_of(
    st.just("constant"),
    st.builds("step {} factor={}".format, counts, factors),
    st.builds("exponential {}".format, factors),
    st.builds("cosine {} floor={}".format, counts, st.floats(0, 0.5)),
    st.builds("linear {} floor={}".format, counts, st.floats(0, 0.5)),
)
texts = plain_texts | st.builds("warmup {} {}".format, counts, plain_texts)


@pytest.mark.parametrize("case", CASES, ids=TEXTS)
def test_rates_are_those_of_pytorch_on_record(case):
    schedule = Schedule.parse(case["text"])
    assert schedule.text == case["text"]
    assert [schedule.value(k, case["base"]) for k in range(20)] == pytest.approx(case["rates"], abs=1e-12)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES, ids=TEXTS)
def test_rates_are_those_of_pytorch_here(case):
    pytest.importorskip("torch")
    spec = importlib.util.spec_from_file_location("make_optimizers", FOLDER / "make_optimizers.py")
    assert spec
    assert spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.schedule_case(case["text"])["rates"] == pytest.approx(case["rates"], abs=1e-12)


@given(texts, st.integers(0, 120), st.floats(1e-4, 2.0))
def test_explanations_evaluate_to_the_rate(text, step, base):
    schedule = Schedule.parse(text)
    expression = schedule.explain(step, base)
    value = schedule.value(step, base)
    assert expression.evaluate() == pytest.approx(value, rel=1e-12, abs=1e-14)
    assert expression.symbols()
    assert value >= 0


@given(texts)
def test_text_reads_back(text):
    schedule = Schedule.parse(text)
    again = Schedule.parse(schedule.text)
    assert again == schedule
    assert again.text == schedule.text
    assert [again.value(k, 0.1) for k in range(60)] == [schedule.value(k, 0.1) for k in range(60)]


def test_values_by_hand():
    assert [Schedule.parse("step 2 0.5").value(k, 8.0) for k in range(5)] == [8, 8, 4, 4, 2]
    assert [Schedule.parse("warmup 4").value(k, 1.0) for k in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert Schedule.parse("cosine 10 floor=0.2").value(99, 1.0) == 0.2
    assert Schedule.parse("warmup 3 step 2 0.1").value(5, 1.0) == pytest.approx(0.1)


def test_explanation_after_a_warmup_counts_from_its_end():
    expression = Schedule.parse("warmup 100 cosine 1000").explain(150, 0.1)
    assert expression.symbols() == "floor + (lr₀ − floor)·(1 + cos(π·(step − 100) / total)) / 2"
    assert "(150 − 100) / 1000" in expression.numbers()


@pytest.mark.parametrize("name", list(SCHEDULES))
def test_registry(name):
    kind = SCHEDULES[name]
    assert kind.name == name
    assert kind.help()
    assert kind.formula.startswith("lr = ")


def test_ways_of_writing():
    assert Schedule.parse("").text == "constant"
    assert Schedule.parse("step every=10 factor=0.1").text == "step 10"
    assert Schedule.parse("Cosine total = 1e3").text == "cosine 1000"
    assert Schedule.parse("warmup 10 constant").text == "warmup 10"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cosin 1000", "did you mean “cosine”"),
        ("10", "“10” is not a learning-rate schedule"),
        ("cosine", "cosine needs total, such as cosine 1000"),
        ("cosine 0", "total 0 .* whole number from 1 on"),
        ("cosine 10.5", "whole number"),
        ("cosine nan", "total nan"),
        ("exponential 1.5", "above 0 and at most 1"),
        ("step 10 0", "factor 0"),
        ("step 10 evry=3", "did you mean “every”"),
        ("cosine 10 floor=-1", "floor -1"),
        ("constant 3", "constant takes no numbers"),
        ("cosine 10 step 10", "only a warm-up"),
        ("warmup 5 warmup 5", "only a warm-up"),
        ("warmup 5 cosine 10 step 3", "only a warm-up"),
    ],
)
def test_bad_texts_are_answered_in_a_sentence(text, says):
    with pytest.raises(NnlabError, match=says):
        Schedule.parse(text)

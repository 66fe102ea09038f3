"""What learners type is read the way they mean it."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import NnlabError
from nnlab.lesson.answers import close, parse_number, parse_numbers, written

plain = st.floats(-1e6, 1e6, allow_nan=False).map(lambda v: round(v, 4))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5", 0.5),
        (" .5 ", 0.5),
        ("0,5", 0.5),
        ("−0.445", -0.445),
        ("–0,445", -0.445),
        ("+3", 3.0),
        ("1/2", 0.5),
        ("62.2%", 0.622),
        ("1e-6", 1e-6),
        ("6.6e−5", 6.6e-5),
        ("2×10^3", 2000.0),
        ("z = 0.5", 0.5),
        ("１．５", 1.5),
        ("1 000 000", 1e6),
        ("5.", 5.0),
        ("∞", math.inf),
        ("σ≈0,62", 0.62),
    ],
)
def test_a_number_is_read_in_the_notations_people_use(text, value):
    assert parse_number(text) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("(-0.277, -0.179)", [-0.277, -0.179]),
        ("0,5; 1,5", [0.5, 1.5]),
        ("1 2 3", [1, 2, 3]),
        ("10,3", [10.3]),
        ("(10,3)", [10, 3]),
        ("[[7, 2], [3, 1]]", [7, 2, 3, 1]),
        ("32, 10", [32, 10]),
        ("0.5，0.6", [0.5, 0.6]),
        ("1,5 2,5", [1.5, 2.5]),
    ],
)
def test_a_row_of_numbers_is_read_with_any_separator(text, values):
    assert parse_numbers(text) == pytest.approx(values)


@pytest.mark.parametrize("text", ["1,2", "1, 2", "1 2", "(1,2)", "1;2", " 1  2 "])
def test_where_two_numbers_are_wanted_a_comma_or_a_blank_separates_them(text):
    assert parse_numbers(text, 2) == [1, 2]


@pytest.mark.parametrize(
    ("text", "values"), [("0,6 1,08", [0.6, 1.08]), ("5 200", [5, 200]), ("-1 -2", [-1, -2])]
)
def test_the_number_of_numbers_wanted_decides_only_where_it_has_to(text, values):
    assert parse_numbers(text, 2) == values
    assert parse_numbers("0,5", 1) == [0.5]
    assert parse_numbers("1,2,3", 2) == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "  ", "half", "0.5 apples", "1/0", "--", "0x10", "1..2.."])
def test_what_is_no_number_is_answered_with_what_would_work(text):
    with pytest.raises(NnlabError) as error:
        parse_numbers(text)
    assert len(str(error.value)) > 10


@given(plain)
def test_a_written_number_reads_back_the_same(value):
    assert parse_number(written(value, 4)) == pytest.approx(value, abs=1e-4)
    assert parse_number(f"{value:.4f}".replace("-", "−").replace(".", ",")) == pytest.approx(value, abs=1e-4)


@given(st.lists(plain, min_size=1, max_size=5))
def test_a_tuple_reads_back_the_same(values):
    assert parse_numbers("(" + ", ".join(map(repr, values)) + ")") == pytest.approx(values)


@given(st.text(max_size=30))
def test_any_text_is_numbers_or_a_sentence(text):
    with contextlib.suppress(NnlabError):
        assert all(isinstance(v, float) for v in parse_numbers(text))


@given(st.floats(-1e4, 1e4), st.floats(-1, 1))
def test_tolerance_is_a_two_hundredth_or_one_percent(truth, off):
    allowed = max(0.005, 0.01 * abs(truth)) if abs(truth) > 1 else 0.005
    assert close(truth + 0.99 * off * allowed, truth)
    assert not close(truth + 1.02 * allowed + 1e-9, truth)


def test_a_stated_tolerance_replaces_the_usual_one():
    assert close(56, 60, tolerance=5)
    assert not close(54, 60, tolerance=5)


def test_a_tiny_number_keeps_its_leading_digits():
    assert written(6.6e-5) == "6.6e−5"
    assert written(-0.0000001, 2) == "−1.0e−7"
    assert written(0.0) == "0"


def test_a_long_number_behind_a_blank_is_not_taken_for_thousands():
    assert parse_numbers("80 33280", 2) == [80, 33280]
    assert parse_numbers("80 33280") == [80, 33280]
    assert parse_numbers("1 234 567") == [1234567]

"""Clipping by value and by norm."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.engine.address import Address
from nnlab.engine.clipping import CLIPPINGS, NORM, Clipping, explain_norm
from nnlab.engine.expression import ref
from nnlab.errors import NnlabError

vectors = st.lists(st.floats(-100, 100, width=32, allow_subnormal=False), min_size=1, max_size=20)
texts = st.builds("{} {}".format, st.sampled_from(list(CLIPPINGS)), st.floats(0.01, 50))


def clipped(text, grad):
    clip = Clipping.parse(text)
    assert clip is not None
    norm = np.zeros((), grad.dtype)
    used = np.empty_like(grad)
    clip.bind(grad, used, norm=norm)()
    return clip, used, float(norm)


@given(texts, vectors)
def test_rule_and_explanation(text, values):
    grad = np.array(values, np.float32)
    clip, used, norm = clipped(text, grad)
    length = np.linalg.norm(grad.astype(np.float64))
    assert norm == pytest.approx(length, rel=1e-5, abs=1e-18)
    if clip.name == "value":
        assert np.array_equal(used, np.clip(grad, -np.float32(clip.limit), np.float32(clip.limit)))
    else:
        assert np.linalg.norm(used.astype(np.float64)) <= clip.limit * (1 + 1e-5)
        if length < clip.limit * (1 - 1e-5):
            assert np.array_equal(used, grad)
        else:
            assert used == pytest.approx(grad.astype(np.float64) * (clip.limit / length), rel=1e-5, abs=1e-30)
    for i in range(grad.size):
        expression = clip.explain(ref(Address("w", (i,), "grad"), float(grad[i])), norm)
        bound = 8 * expression.leaves() * np.finfo(np.float32).eps * expression.scale()
        assert abs(expression.evaluate() - used[i]) <= bound + 1e-37


@given(vectors)
def test_norm_is_explained_by_every_element(values):
    grad = np.array(values, np.float32)
    _clip, _used, norm = clipped("norm 1", grad)
    expression = explain_norm(grad, lambda i: Address("w", (i,), "grad"))
    bound = 8 * expression.leaves() * np.finfo(np.float32).eps * expression.scale()
    assert abs(expression.evaluate() - norm) <= bound + 1e-18


@pytest.mark.parametrize("text", ["norm 1", "value 1"])
def test_in_place_and_beside_give_the_same(text):
    grad = np.linspace(-3, 3, 11, dtype=np.float32)
    clip, used, _norm = clipped(text, grad)
    clip.bind(grad)()
    assert np.array_equal(grad, used)


def test_a_zero_gradient_stays_zero_without_a_warning():
    with np.errstate(all="raise"):
        _clip, used, norm = clipped("norm 1", np.zeros(3, np.float32))
    assert not used.any()
    assert norm == 0


def test_nan_is_not_hidden():
    _clip, used, norm = clipped("norm 1", np.array([1, np.nan], np.float32))
    assert np.isnan(norm)
    assert np.isnan(used).all()
    _clip, used, norm = clipped("value 1", np.array([3, np.nan], np.float32))
    assert used[0] == 1
    assert np.isnan(used[1])


def test_expressions_read_well():
    grad = ref(Address("W", (0, 1), "grad"), 3.0)
    norm, value = Clipping.parse("norm 2"), Clipping.parse("value 2")
    assert norm.explain(grad, 4.0).symbols() == "W[0,1].grad·c / max(gradient.norm, c)"
    assert value.explain(grad, 4.0).numbers() == "max(−2, min(2, 3))"
    assert [r.address for r in norm.explain(grad, 4.0).references()] == [grad.address, NORM]


def test_texts():
    assert Clipping.parse("norm 1.0").text == "norm 1"
    assert Clipping.parse("norm").text == "norm 1"
    assert Clipping.parse("value limit=0.25").text == "value 0.25"
    assert Clipping.parse("none") is None
    assert Clipping.parse("norm 2") == Clipping.parse("NORM 2.0")
    assert all(kind.help() and kind.formula for kind in CLIPPINGS.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nrom 1", "did you mean “norm”"),
        ("norm 0", "limit 0 .* positive number, such as 1"),
        ("value nan", "limit nan"),
        ("value big", "limit needs a number"),
        ("norm 1 2", "one too many"),
        ("none 3", "takes no numbers"),
    ],
)
def test_bad_texts_are_answered_in_a_sentence(text, says):
    with pytest.raises(NnlabError, match=says):
        Clipping.parse(text)

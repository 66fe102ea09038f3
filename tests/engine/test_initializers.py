"""Initialisers: the variance they promise, the text they show, the same bits every time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.engine.initializers import INITIALIZERS, Initializer, fans, orthonormal
from nnlab.errors import NnlabError

TEXTS = [
    "zeros",
    "constant:0.5",
    "uniform:0.1",
    "normal:0.05",
    "orthogonal",
    *(name + suffix for name in ("glorot", "he", "lecun") for suffix in ("", "_normal", "_uniform")),
]
TEXTS = [t for t in TEXTS if t.split(":")[0] in INITIALIZERS]


def test_all_are_tested():
    assert {t.split(":")[0] for t in TEXTS} == set(INITIALIZERS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("glorot", "uniform ±√(6/(64+10)) = ±0.2847"),
        ("glorot_normal", "normal σ = √(2/(64+10)) = 0.1644"),
        ("he", "normal σ = √(2/64) = 0.1768"),
        ("he_uniform", "uniform ±√(6/64) = ±0.3062"),
        ("lecun", "normal σ = √(1/64) = 0.125"),
        ("lecun_uniform", "uniform ±√(3/64) = ±0.2165"),
        ("uniform:0.1", "uniform ±0.1"),
        ("normal", "normal σ = 0.05"),
        ("zeros", "all 0"),
        ("constant:2", "all 2"),
        ("orthogonal:2", "orthogonal columns of length 2"),
    ],
)
def test_descriptions(text, says):
    assert Initializer.parse(text).describe(64, 10) == says


def test_orthogonal_names_rows_where_there_are_fewer():
    assert Initializer.parse("orthogonal").describe(3, 10) == "orthogonal rows of length 1"


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("shape", [(300, 200), (3, 3, 30, 40)])
def test_bound_and_deviation_are_kept(text, shape):
    initializer = Initializer.parse(text)
    drawn = initializer.draw(shape, 1, "w", np.float64)
    assert drawn.shape == shape
    bound, deviation = initializer.bound(*fans(shape)), initializer.deviation(*fans(shape))
    if bound is not None:
        assert np.abs(drawn).max() <= bound * (1 + 1e-12)
    if text != "orthogonal" or len(shape) == 2:
        assert drawn.std() == pytest.approx(deviation, rel=0.03)
    assert drawn.mean() == pytest.approx(0.5 if text == "constant:0.5" else 0.0, abs=0.01)


@pytest.mark.parametrize("text", TEXTS)
def test_draws_are_functions_of_seed_and_purpose(text):
    initializer = Initializer.parse(text)
    drawn = initializer.draw((6, 4), 7, "dense1.W")
    assert drawn.dtype == np.float32
    assert np.array_equal(drawn, initializer.draw((6, 4), 7, "dense1.W"))
    assert np.array_equal(drawn, initializer.draw((6, 4), 7, "dense1.W", np.float64).astype(np.float32))
    if initializer.name not in ("zeros", "constant"):
        assert not np.array_equal(drawn, initializer.draw((6, 4), 8, "dense1.W"))
        assert not np.array_equal(drawn, initializer.draw((6, 4), 7, "dense2.W"))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.floats(0.1, 3.0), st.integers(0, 1000))
def test_orthogonal_matrices_are_orthogonal(rows, columns, gain, seed):
    w = Initializer.parse(f"orthogonal:{gain}").draw((rows, columns), seed, "w", np.float64)
    product = w.T @ w if rows >= columns else w @ w.T
    assert product == pytest.approx(gain**2 * np.eye(min(rows, columns)), abs=1e-9)


def test_orthonormal_keeps_signs():
    """R = Qᵀ·A has a positive diagonal: the sign convention."""
    matrix = np.random.default_rng(0).normal(size=(30, 20))
    q = orthonormal(matrix)
    r = q.T @ matrix
    assert (np.diag(r) > 0).all()
    assert np.abs(np.tril(r, -1)).max() < 1e-12
    reference, _r = np.linalg.qr(matrix)
    assert np.abs(q) == pytest.approx(np.abs(reference), abs=1e-12)


def test_kernels_flatten_to_orthogonal_columns():
    w = Initializer.parse("orthogonal").draw((3, 3, 2, 5), 1, "w", np.float64).reshape(18, 5)
    assert w.T @ w == pytest.approx(np.eye(5), abs=1e-12)


def test_fans():
    assert fans((64, 10)) == (64, 10)
    assert fans((3, 3, 16, 32)) == (144, 288)
    assert fans((7,)) == (7, 7)
    assert fans(()) == (1, 1)


@pytest.mark.parametrize("text", TEXTS)
def test_text_reads_back(text):
    initializer = Initializer.parse(text)
    assert Initializer.parse(initializer.text) == initializer
    assert initializer.help()


def test_ways_of_writing():
    assert Initializer.parse(" He ").text == "he"
    assert Initializer.parse("normal:0.05").text == "normal"
    assert Initializer.parse("uniform:bound=1").text == "uniform:1"
    assert Initializer.parse("orthogonal:1.4").value == 1.4
    assert math.isclose(Initializer.parse("uniform:3").deviation(1, 1), math.sqrt(3))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("heee", "did you mean “he”"),
        ("glorot_norm", "did you mean “glorot_normal”"),
        ("uniform", "uniform needs bound, such as uniform:0.1"),
        ("uniform:0", "bound 0 .* positive"),
        ("normal:nan", "deviation nan"),
        ("he:2", "he takes no numbers; leave out “2”"),
        ("constant:inf", "finite"),
    ],
)
def test_bad_texts_are_answered_in_a_sentence(text, says):
    with pytest.raises(NnlabError, match=says):
        Initializer.parse(text)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("xavier", "glorot"), ("xavier_uniform", "glorot"), ("glorot_uniform", "glorot"),
        ("xavier_normal_", "glorot_normal"), ("he_normal", "he"), ("kaiming", "he"),
        ("kaiming_normal_", "he"), ("Kaiming_Uniform_", "he_uniform"), ("lecun_normal", "lecun"),
    ],
)  # fmt: skip
def test_the_names_of_keras_and_pytorch_are_understood(word: str, text: str) -> None:
    assert Initializer.parse(word).text == text

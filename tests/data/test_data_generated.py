"""Generated data sets: shapes, truth, seeds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import DATASETS, load

PLANE = ("blobs", "circles", "moons", "spiral")


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_keeps_the_contract(name: str) -> None:
    data, spec = load(name), DATASETS[name]
    assert data.x.dtype == (np.int64 if data.vocabulary else np.float32)
    assert np.isfinite(data.x).all()
    assert data.x.shape == (data.n, *data.input_shape) == (data.n, *spec.shape)
    assert (data.name, data.task, data.outputs) == (name, spec.task, spec.outputs)
    assert len(data.feature_names) in (0, math.prod(spec.shape))
    assert len(data.axes) in (0, len(spec.shape))
    assert data.source
    assert data.licence
    for rows in (data.split.train, data.split.validation, data.split.test):
        assert ((rows >= 0) & (rows < data.n)).all()
    if data.task == "regression":
        assert data.y.dtype == np.float32
        assert np.isfinite(data.y).all()
        assert data.y.shape[0] == data.n
        assert data.y.shape[-1] == spec.outputs
        assert data.class_names == ()
    elif data.task == "tokens":
        assert data.y.dtype == np.int64
        assert data.y.shape[0] == data.n
        assert data.y.ndim >= 2
        assert (data.y >= -1).all()
        assert (data.y.reshape(data.n, -1) >= 0).any(axis=1).all()
        assert data.class_names == ()
    else:
        assert data.y.dtype == np.int64
        assert data.y.shape == (data.n,)
        assert set(np.unique(data.y)) == set(range(data.classes))
        assert set(data.y[data.split.train]) == set(range(data.classes))
    assert not data.x.flags.writeable
    assert not data.y.flags.writeable


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("and", lambda a, b: a and b),
        ("or", lambda a, b: a or b),
        ("nand", lambda a, b: not (a and b)),
        ("nor", lambda a, b: not (a or b)),
        ("xor", lambda a, b: a != b),
        ("xnor", lambda a, b: a == b),
    ],
)
def test_a_boolean_set_is_its_truth_table_trained_and_validated_on_every_row(name, function) -> None:  # type: ignore[no-untyped-def]
    data = load(name)
    assert data.x.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert data.y.tolist() == [int(function(bool(a), bool(b))) for a, b in data.x]
    assert data.split.train.tolist() == data.split.validation.tolist() == [0, 1, 2, 3]
    assert len(data.split.test) == 0


def test_line3_is_the_line_fitted_by_hand() -> None:
    data = load("line3")
    assert data.x.tolist() == [[0], [1], [2]]
    assert data.y.tolist() == [[1], [3], [5]]


@pytest.mark.parametrize("name", [*PLANE, "sine", "xor"])
def test_the_seed_decides_every_number(name: str) -> None:
    text = f"{name} n=60 noise=0.1"
    assert load(text).fingerprint == load(text).fingerprint != load(f"{text} seed=2").fingerprint


@pytest.mark.parametrize("name", PLANE)
@given(n=st.integers(2, 99))
def test_classes_are_balanced_at_any_size(name: str, n: int) -> None:
    counts = np.bincount(load(f"{name} n={n} split=all").y, minlength=2)
    assert counts.sum() == n
    assert counts.max() - counts.min() <= 1


def test_circles_have_the_two_radii() -> None:
    data = load("circles n=101 noise=0 factor=0.3")
    radius = np.hypot(*data.x.T)
    assert radius == pytest.approx(np.where(data.y == 0, 1.0, 0.3), abs=1e-6)
    assert len(np.unique(data.x.round(5), axis=0)) == 101


def test_moons_are_half_circles_around_their_centres() -> None:
    data = load("moons n=50 noise=0")
    centres = np.where(data.y[:, None] == 0, [0.0, 0.0], [1.0, 0.5])
    assert np.hypot(*(data.x - centres).T) == pytest.approx(1.0, abs=1e-6)
    assert (data.x[data.y == 0, 1] >= -1e-6).all()
    assert (data.x[data.y == 1, 1] <= 0.5 + 1e-6).all()


def test_the_second_arm_of_the_spiral_is_minus_the_first() -> None:
    x = load("spiral n=400 noise=0").x
    assert x[1::2] == pytest.approx(-x[0::2], abs=1e-6)
    assert np.hypot(*x[0]) == pytest.approx(0.25 / (3 * np.pi), abs=1e-6)
    assert np.hypot(*x[-1]) == pytest.approx(1.0, abs=1e-6)


def test_sine_targets_are_the_sine_of_the_inputs() -> None:
    data = load("sine n=300")
    assert data.y == pytest.approx(np.sin(data.x), abs=1e-6)
    assert -np.pi <= data.x.min() < -2.5
    assert 2.5 < data.x.max() <= np.pi


def test_noise_has_the_deviation_it_is_given() -> None:
    noisy, clean = load("sine n=20000 noise=0.25"), load("sine n=20000")
    assert (noisy.y - clean.y).std() == pytest.approx(0.25, rel=0.03)
    assert (noisy.x == clean.x).all()


def test_more_classes_make_a_multiclass_task() -> None:
    for text in ("blobs classes=5", "spiral classes=3"):
        data = load(text)
        assert data.task == "multiclass"
        assert data.outputs == data.classes == int(text[-1])

"""Splits, scaling, one-hot: what they promise for any rows and any seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlab.data import Dataset, Split, from_arrays, load, one_hot
from nnlab.data.scaling import fit
from nnlab.data.split import make_split, sizes
from nnlab.errors import NnlabError


@given(n=st.integers(3, 500), seed=st.integers(0, 2**63 - 1), train=st.integers(1, 100), data=st.data())
def test_the_three_parts_share_no_row_and_lose_none(
    n: int, seed: int, train: int, data: st.DataObject
) -> None:
    validation = data.draw(st.integers(0, 100 - train))
    text = f"{train}/{validation}/{100 - train - validation}"
    try:
        split = make_split(text, n, seed)
    except NnlabError:
        assert n * train / 100 <= 2.5
        return
    assert sorted(np.concatenate([split.train, split.validation, split.test])) == [*range(n)]
    for percent, rows in zip(map(int, text.split("/")), split.sizes):
        assert abs(rows - n * percent / 100) <= 2
        assert (rows > 0) >= (percent > 0)
        assert percent > 0 or abs(rows) <= 1


def test_rounding_is_half_up_and_training_gets_the_rest() -> None:
    assert sizes("60/20/20", 5) == (3, 1, 1)
    assert sizes("80/20/0", 1797) == (1438, 359, 0)
    assert sizes("33.3/33.3/33.4", 1000) == (333, 333, 334)
    assert sizes("75/12.5/12.5", 12) == (8, 2, 2)
    assert sizes("98/1/1", 10) == (8, 1, 1)


def test_a_split_may_be_counted_in_rows() -> None:
    assert load("sine n=212 noise=0.25 split=12/100/100").split.sizes == (12, 100, 100)


def test_a_split_depends_on_its_seed_only() -> None:
    assert (make_split("60/20/20", 50, 3).train == make_split("60/20/20", 50, 3).train).all()
    assert (make_split("60/20/20", 50, 3).train != make_split("60/20/20", 50, 4).train).any()
    assert (make_split("60/20/20", 50, 3).train != np.arange(30)).any()


def test_standardizing_measures_the_training_rows_only() -> None:
    raw, data = load("wine"), load("wine scale=standardize")
    train = raw.part("train")[0].astype(np.float64)
    assert data.scaling.shift == pytest.approx(train.mean(axis=0))
    assert data.part("train")[0].mean(axis=0) == pytest.approx(0, abs=1e-5)
    assert data.part("train")[0].std(axis=0) == pytest.approx(1, abs=1e-5)
    assert np.abs(data.part("test")[0].mean(axis=0)).max() > 0.05


def test_normalizing_makes_the_training_rows_reach_from_0_to_1() -> None:
    train = load("iris scale=normalize").part("train")[0]
    assert train.min(axis=0).tolist() == [0] * 4
    assert train.max(axis=0) == pytest.approx(1)


@given(
    x=hnp.arrays(np.float32, (9, 3), elements=st.integers(-(10**6), 10**6).map(lambda k: k / 1024)),
    kind=st.sampled_from(["none", "standardize", "normalize"]),
)
def test_scaling_stays_finite_and_can_be_undone(x: np.ndarray, kind: str) -> None:  # type: ignore[type-arg]
    x[:, 2] = x[0, 2]
    scaling = fit(kind, x, np.arange(6))
    seen = scaling.apply(x)
    assert seen.dtype == np.float32
    assert np.isfinite(seen).all()
    constant = 0.0 if kind != "none" else x[0, 2]
    assert seen[:, 2] == pytest.approx(constant, abs=1e-6)
    reach = np.abs(x[:6]).max(axis=0) + np.abs(x).max(axis=0) + 1e-6
    assert (np.abs(scaling.undo(seen) - x) <= 1e-6 * reach).all()


@pytest.mark.parametrize("kind", ["standardize", "normalize"])
def test_a_constant_feature_becomes_0_whatever_its_mean_is_rounded_to(kind: str) -> None:
    for n in range(3, 60):
        x = np.full((n, 1), 0.1)
        assert fit(kind, x, np.arange(n)).apply(x) == pytest.approx(0, abs=1e-6)


def test_a_feature_that_cannot_be_scaled_is_named() -> None:
    train = make_split("20/20/0", 40, 1).train
    x = np.full((40, 2), 2, np.float32)
    x[:, 0] = np.arange(40)
    x[train, 1] = np.arange(20) * 1e-40
    with pytest.raises(NnlabError, match="'x2' hardly changes over the training rows"):
        from_arrays(x, np.arange(40) % 2, scale="standardize", split="20/20/0", seed=1)


def test_one_hot_has_a_single_one_in_the_place_of_the_class() -> None:
    encoded = one_hot(np.array([2, 0, 1]), 3)
    assert encoded.dtype == np.float32
    assert encoded.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    for wrong in (np.array([3]), np.array([-1]), np.array([0.5]), np.array([[0]])):
        with pytest.raises(NnlabError, match="one-hot"):
            one_hot(wrong, 3)


def test_a_class_that_training_never_sees_is_named() -> None:
    y = np.repeat([0, 1, 2], [50, 50, 1])
    seeds = [from_arrays(np.arange(101.0), y, seed=seed) for seed in range(12)]
    missed = [data for data in seeds if data.class_counts("train")[2] == 0]
    assert missed
    assert all(any("has the class 2" in note for note in data.notes) for data in missed)


def test_parts_are_named_train_validation_test() -> None:
    data = load("iris")
    assert (data.part("val")[0] == data.part("validation")[0]).all()
    with pytest.raises(NnlabError, match="there is no part 'training'"):
        data.part("training")


def test_a_data_set_refuses_rows_that_do_not_fit() -> None:
    nothing = Split(np.arange(2), np.arange(0), np.arange(0))
    with pytest.raises(NnlabError, match="as many rows"):
        Dataset("odd", "binary", np.zeros((2, 3), np.float32), np.zeros(3, np.int64), nothing)

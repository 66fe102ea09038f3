"""Nearest neighbours and principal components: no steps, exact answers."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.classic import pca
from nnlab.classic.neighbours import Neighbours
from nnlab.data import Dataset
from nnlab.engine import rng
from nnlab.errors import NnlabError
from tests.classic.conftest import holds


def test_five_neighbours_of_a_digit_know_it(digits: Dataset) -> None:
    model = Neighbours(*digits.part("train"), k=5)
    x, y = digits.part("test")
    assert (model.classify(x) == y).mean() > 0.985


def test_the_nearest_come_first_and_of_equals_the_earlier() -> None:
    model = Neighbours(np.array([[2.0], [0.0], [-2.0], [9.0]]), np.array([1, 0, 0, 1]), k=3)
    assert [(n.row, n.distance, n.target) for n in model.nearest([0.0])] == [(1, 0, 0), (0, 2, 1), (2, 2, 0)]
    assert model.votes([[0.0]]).tolist() == [[2, 1]]
    many = Neighbours(np.arange(400.0)[:, None] % 2, np.zeros(400, int), k=5)
    assert [n.row for n in many.nearest([1.0])] == [1, 3, 5, 7, 9]


def test_a_tied_vote_goes_to_the_lower_class() -> None:
    model = Neighbours(np.array([[0.0], [1.0]]), np.array([1, 0]), k=2)
    assert model.classify([[0.1]]).tolist() == [0]


def test_numbers_are_averaged() -> None:
    model = Neighbours(np.array([[0.0], [1.0], [9.0]]), np.array([1.0, 2.0, 50.0]), k=2)
    assert model.estimate([[0.4], [8.0]]).tolist() == [1.5, 26.0]


def test_a_distance_is_explained() -> None:
    x = rng.normal(1, "x", 0, (5, 4), np.float64)
    model = Neighbours(x, np.zeros(5, int), k=1)
    (found,) = model.nearest(x[2] + 0.1)
    assert holds(model.explain_distance(x[2] + 0.1, found.row), found.distance)


@pytest.mark.parametrize(
    ("k", "query", "message"),
    [(4, [[1.0]], "k must be 1 to 3"), (1, [[1.0, 2.0]], "2 numbers, and an example has 1")],
)
def test_neighbours_that_are_not_there_are_refused(k: int, query: list[list[float]], message: str) -> None:
    with pytest.raises(NnlabError, match=message):
        Neighbours(np.zeros((3, 1)), np.zeros(3, int), k=k).classify(query)


@pytest.mark.parametrize(("k", "error"), [(2, 0.052), (4, 0.038), (8, 0.024), (16, 0.011), (32, 0.0026)])
def test_digits_restored_from_few_components(digits: Dataset, k: int, error: float) -> None:
    found = pca.fit(digits.part("train")[0] / 16).first(k)
    x = digits.part("test")[0] / 16
    assert ((found.restore(found.code(x)) - x) ** 2).mean() == pytest.approx(error, rel=0.05)


def test_components_are_the_eigenvectors_of_the_covariance() -> None:
    x = rng.normal(1, "x", 0, (40, 5), np.float64) @ rng.normal(2, "mix", 0, (5, 5), np.float64)
    found = pca.fit(x)
    values, vectors = np.linalg.eigh(np.cov(x.T))
    assert found.variances == pytest.approx(values[::-1])
    assert np.abs(np.sum(found.components.T * vectors[:, ::-1], axis=0)) == pytest.approx(np.ones(5))
    assert found.components @ found.components.T == pytest.approx(np.eye(5))
    assert found.restore(found.code(x)) == pytest.approx(x)
    assert found.share.sum() == pytest.approx(1)


def test_the_largest_number_of_a_component_is_positive_whatever_the_order_of_rows() -> None:
    x = rng.normal(1, "x", 0, (30, 4), np.float64)
    first, other = pca.fit(x, 3), pca.fit(x[::-1], 3)
    largest = np.abs(first.components).argmax(1)
    assert (first.components[np.arange(3), largest] > 0).all()
    assert other.components == pytest.approx(first.components)


def test_a_coordinate_is_explained() -> None:
    x = rng.normal(1, "x", 0, (30, 4), np.float64)
    found = pca.fit(x, 2)
    assert holds(found.explain_code(x[3], 1), found.code(x)[3, 1])


def test_rows_that_are_all_the_same_have_no_direction() -> None:
    found = pca.fit(np.ones((4, 3)))
    assert found.share.tolist() == [0, 0, 0]
    with pytest.raises(NnlabError, match="4 rows of 3 numbers have 1 to 3 components, not 4"):
        pca.fit(np.ones((4, 3)), 4)

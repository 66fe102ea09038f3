"""k-means: seeds, then assignment and update in turn, never worse."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.classic import kmeans
from nnlab.data import Dataset
from nnlab.engine import rng
from nnlab.errors import NnlabError
from tests.classic.conftest import holds


def test_ten_clusters_of_digits_are_digits_to_77_percent(digits: Dataset) -> None:
    found = kmeans.cluster(digits.x, 10, seed=1, restarts=4)
    assert kmeans.purity(found.labels, digits.y) > 0.77
    assert found.inertia < 1.17e6  # the best of scikit-learn's are 1.165e6


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(6, 30), st.integers(1, 3), st.integers(0, 99))
def test_no_move_makes_the_distances_larger(k: int, n: int, d: int, seed: int) -> None:
    x = rng.normal(seed, "points", 0, (n, d), np.float64)
    states = list(kmeans.fit(x, k, seed))
    assert [s.move for s in states[:k]] == ["seed"] * k
    for before, after in pairwise(states):
        assert after.inertia <= before.inertia + 1e-9
    assert states[-1].done
    assert states[-1].changed == 0
    for state in states:
        apart = ((x[:, None] - state.centroids[state.labels][:, None]) ** 2).sum((1, 2))
        assert state.distances == pytest.approx(apart)
    middles = [x[states[-1].labels == c].mean(0) for c in range(k)]
    assert states[-1].centroids == pytest.approx(np.array(middles))


def test_the_same_seed_takes_the_same_way_and_another_may_not() -> None:
    x = rng.normal(1, "points", 0, (60, 2), np.float64)
    first, again, other = (list(kmeans.fit(x, 5, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a.centroids, b.centroids) for a, b in zip(first, again))
    assert not np.array_equal(first[0].centroids, other[0].centroids)


def test_seeds_are_far_apart() -> None:
    """Three tight heaps far from each other: k-means++ seeds one in each, whatever the draw."""
    heaps = np.array([[0.0, 0], [100, 0], [0, 100]])
    x = np.concatenate([heap + rng.normal(1, "heap", i, (20, 2), np.float64) for i, heap in enumerate(heaps)])
    for seed in range(30):
        seeded = list(kmeans.fit(x, 3, seed))[2]
        assert len({int(np.argmin(((heaps - c) ** 2).sum(1))) for c in seeded.centroids}) == 3


def test_a_centroid_without_points_goes_to_the_farthest_point() -> None:
    x = np.array([[0.0], [1.0], [2.0], [10.0]])
    centroids = np.array([[1.0], [-50.0]])
    labels, distances = kmeans._nearest(x, centroids)
    after = kmeans._updated(x, kmeans.Clusters("assign", 1, centroids, labels, distances))
    assert after.centroids.tolist() == [[1.0], [10.0]]


def test_a_distance_and_a_middle_are_explained() -> None:
    x = rng.normal(1, "points", 0, (20, 3), np.float64)
    *_moves, end = kmeans.fit(x, 3)
    mine = int(end.labels[4])
    assert holds(kmeans.explain_distance(x, end, 4, mine), end.distances[4])
    assert holds(kmeans.explain_centroid(x, end, 1, 2), end.centroids[1, 2])
    assert "centroid[1,2]" in kmeans.explain_distance(x, end, 4, 1).symbols()


@pytest.mark.parametrize(
    ("x", "k", "message"),
    [
        ([[1.0], [2.0]], 3, "k must be 1 to 2"),
        ([[1.0], [2.0]], 0, "k must be 1 to 2"),
        ([[1.0], [1.0], [2.0]], 3, "only 2 different points, too few for 3"),
        ([1.0, 2.0], 1, "rows of numbers are needed"),
        ([[1.0], [np.nan]], 1, "not a finite number"),
    ],
)
def test_what_cannot_be_clustered_is_refused(x: list[list[float]], k: int, message: str) -> None:
    with pytest.raises(NnlabError, match=message):
        list(kmeans.fit(x, k))

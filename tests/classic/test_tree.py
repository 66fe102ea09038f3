"""Trees ask the best question there is, forests ask many trees."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nnlab.classic import forest, tree
from nnlab.data import Dataset, load
from nnlab.engine import rng
from nnlab.errors import NnlabError
from tests.classic.conftest import holds


def grown(x, y, classes=None, **settings) -> tree.Tree:
    *_steps, last = tree.grow(x, y, classes, **settings)
    return last.tree


def brute_gain(x, table, feature, threshold) -> float:
    yes = x[:, feature] <= threshold
    parts = [table[yes], table[~yes]]
    return tree.impurity(table) - sum(len(p) * tree.impurity(p) for p in parts) / len(table)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 14), st.integers(1, 3), st.sampled_from([None, 2, 3]), st.integers(0, 999))
@example(9, 1, 2, 376)  # two thresholds that are worth the same but for rounding
def test_no_other_question_is_worth_more(n: int, d: int, classes: int | None, seed: int) -> None:
    x = rng.uniform(seed, "x", 0, (n, d), np.float64).round(1)
    y = rng.uniform(seed, "y", 0, n, np.float64) * (classes or 1)
    table = tree.answers(x, y.astype(int) if classes else y, classes)
    found = tree.best_split(x, table, 1, np.arange(d))
    every = [
        (brute_gain(x, table, f, (low + high) / 2), -f, -(low + high) / 2)
        for f in range(d)
        for low, high in pairwise(np.unique(x[:, f]))
    ]
    if found is None:
        assert all(gain <= 1e-9 for gain, *_which in every)
        return
    most = max(gain for gain, *_which in every)
    assert found.gain == pytest.approx(most)
    tied = [(f, t) for gain, f, t in every if gain == pytest.approx(most, abs=1e-12)]
    assert (-found.feature, pytest.approx(-found.threshold)) == max(tied)


def test_the_first_question_of_iris_is_the_length_of_the_petal() -> None:
    iris = load("iris")
    root = grown(iris.x, iris.y, 3, depth=1).nodes[0]
    assert root.split is not None
    assert root.split[:2] == (2, pytest.approx(2.45))
    assert (root.impurity, root.split.gain) == (pytest.approx(2 / 3), pytest.approx(1 / 3))


def test_a_full_tree_knows_its_rows_and_87_percent_of_others(digits: Dataset) -> None:
    x, y = digits.part("train")
    full = grown(x, y, 10)
    assert (full.classify(x) == y).all()
    other, truth = digits.part("test")
    assert (full.classify(other) == truth).mean() > 0.83  # scikit-learn: 0.84 to 0.87


def test_each_step_splits_one_node_and_settles_the_old_ones() -> None:
    x, y = rng.normal(1, "x", 0, (40, 2), np.float64), rng.normal(1, "y", 0, 40, np.float64)
    steps = list(tree.grow(x, y, depth=3))
    for i, (before, after) in enumerate(pairwise(steps), 1):
        assert after.node == i
        assert len(after.tree.nodes) - len(before.tree.nodes) in (0, 2)
        assert after.tree.nodes[: after.node] == before.tree.nodes[: after.node]
    last = steps[-1].tree
    assert last.depth == 3
    assert len(steps) == len(last.nodes)
    leaves = last.leaves(x)
    for leaf in np.unique(leaves):
        assert last.nodes[leaf].value[0] == pytest.approx(y[leaves == leaf].mean())
        assert last.nodes[leaf].size == (leaves == leaf).sum()
    assert [last.path(row)[-1] for row in x] == leaves.tolist()


def test_leaves_keep_their_least_size_and_equal_rows_cannot_be_told_apart() -> None:
    x, y = rng.normal(1, "x", 0, (40, 2), np.float64), np.arange(40) % 2
    assert min(node.size for node in grown(x, y, 2, min_leaf=7).nodes) >= 7
    same = grown(np.ones((4, 2)), np.array([0, 1, 0, 1]), 2)
    assert len(same.nodes) == 1
    assert same.nodes[0].value == (0.5, 0.5)
    assert same.classify([[1.0, 1.0]]).tolist() == [0]


def test_a_threshold_between_neighbouring_floats_parts_them() -> None:
    low = np.nextafter(1.0, 2)  # halfway to the next float rounds up, to the even one
    x = np.array([[low], [np.nextafter(low, 2)]])
    assert grown(x, np.array([0, 1]), 2).classify(x).tolist() == [0, 1]


def test_an_impurity_and_what_a_question_is_worth_are_explained() -> None:
    iris = load("iris")
    found = grown(iris.x, iris.y, 3, depth=2)
    for i, node in enumerate(found.nodes):
        assert holds(found.explain_impurity(i), node.impurity)
        if node.split is not None:
            assert holds(found.explain_gain(i), node.split.gain)
    assert found.explain_impurity(0).symbols() == "1 − (node0.p[0]² + node0.p[1]² + node0.p[2]²)"
    heights = grown(iris.x, iris.x[:, 0], depth=1)
    assert holds(heights.explain_gain(0), heights.nodes[0].split.gain)


def test_a_forest_beats_its_trees_and_repeats_itself(digits: Dataset) -> None:
    (x, y), (other, truth) = digits.part("train"), digits.part("test")
    states = list(forest.grow_forest(x, y, 10, trees=20, seed=3))
    assert [len(state.trees) for state in states] == list(range(1, 21))
    alone = (states[0].classify(other) == truth).mean()
    assert (states[-1].classify(other) == truth).mean() > max(0.94, alone + 0.1)
    assert states[-1].out_of_bag(y) > 0.9
    again = next(forest.grow_forest(x, y, 10, trees=20, seed=3))
    assert again.trees == states[0].trees
    assert next(forest.grow_forest(x, y, 10, seed=4)).trees != again.trees


def test_a_forest_averages_numbers_too() -> None:
    x = rng.uniform(1, "x", 0, (200, 1), np.float64)
    *_trees, many = forest.grow_forest(x, np.sin(6 * x[:, 0]), trees=20)
    assert many.values(x)[:, 0] == pytest.approx(np.sin(6 * x[:, 0]), abs=0.15)


@pytest.mark.parametrize(
    ("y", "classes", "message"),
    [
        ([0, 2], 2, "whole numbers from 0 to 1"),
        ([0.5, 1], 2, "whole numbers"),
        ([0], 2, "2 rows have 1 targets"),
    ],
)
def test_targets_that_do_not_fit_are_refused(y: list[float], classes: int, message: str) -> None:
    with pytest.raises(NnlabError, match=message):
        grown(np.zeros((2, 1)), y, classes)

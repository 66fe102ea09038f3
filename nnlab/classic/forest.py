"""A random forest: many trees, each from other rows and other questions, asked together (Breiman 2001)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isqrt

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, Whole, rows, targets
from nnlab.classic.tree import Tree, grow
from nnlab.engine import rng


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """``trees`` so far; ``unseen`` (n, classes) adds up what they say of rows they did not grow from."""

    trees: tuple[Tree, ...]
    unseen: Matrix

    def values(self, x: ArrayLike) -> Matrix:
        """The mean of what the trees answer: shares of classes (n, classes), or numbers (n, 1)."""
        return np.asarray(sum(tree.values(x) for tree in self.trees) / len(self.trees))

    def classify(self, x: ArrayLike) -> Whole:
        return np.asarray(self.values(x).argmax(1))

    def out_of_bag(self, y: Whole) -> float:
        """Accuracy on the training rows, each answered by trees that did not grow from it; NaN so far."""
        asked = self.unseen.any(1)
        return float((self.unseen.argmax(1) == y)[asked].mean()) if asked.any() else float("nan")


def grow_forest(
    x: ArrayLike,
    y: ArrayLike,
    classes: int | None = None,
    *,
    trees: int = 100,
    seed: int = 1,
    depth: int | None = None,
    min_leaf: int = 1,
    features: int | None = None,
) -> Iterator[Forest]:
    """The forest after each tree.

    A tree sees as many rows as there are, drawn with replacement (bagging), and each of its nodes may ask
    about ``features`` of them, drawn anew: √d unless given.  Draws belong to (seed, tree, node).
    """
    numbers = rows(x)
    listed, n = targets(numbers, y), len(numbers)
    width = features or max(1, isqrt(numbers.shape[1]))
    grown: tuple[Tree, ...] = ()
    unseen = np.zeros((n, classes or 1))
    for t in range(trees):
        drawn = (rng.uniform(seed, "forest.rows", t, n, np.float64) * n).astype(np.int64)
        *_steps, last = grow(
            numbers[drawn],
            listed[drawn],
            classes,
            depth=depth,
            min_leaf=min_leaf,
            choose=_chooser(seed, t, numbers.shape[1], width),
        )
        grown = (*grown, last.tree)
        out = np.setdiff1d(np.arange(n), drawn)
        unseen = unseen.copy()
        if len(out):
            unseen[out] += last.tree.values(numbers[out])
        yield Forest(grown, unseen)


def _chooser(seed: int, tree: int, count: int, width: int) -> Callable[[int], Whole]:
    def choose(node: int) -> Whole:
        return np.sort(rng.permutation(seed, f"forest.features.{tree}", node, count)[:width])

    return choose

"""Decision trees, grown as CART does (Breiman et al. 1984): one yes-or-no question after another.

>>> import numpy as np
>>> x, y = np.array([[1.0], [2.0], [7.0], [8.0]]), np.array([0, 0, 1, 1])
>>> *_steps, last = grow(x, y, classes=2)
>>> last.tree.nodes[0].split
Split(feature=0, threshold=4.5, gain=0.5)
>>> last.tree.classify(np.array([[3.0], [5.0]])).tolist()
[0, 1]
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, Whole, at, rows, targets
from nnlab.engine.expression import Expression, const, power, total
from nnlab.errors import NnlabError
from nnlab.i18n import _

SAME = 1e-12
"""A gain below this share of the impurity is rounding."""
BLOCK = 1 << 20
"""Numbers worked on at once while splits are compared."""


class Split(NamedTuple):
    """A question: is number ``feature`` of the row at most ``threshold``?  ``gain`` is what it is worth."""

    feature: int
    threshold: float
    gain: float


@dataclass(frozen=True, slots=True)
class Node:
    """``size`` rows of the training data came here; ``value`` is their share of each class, or their mean.

    ``impurity`` is 0 where all are alike.  Rows that answer yes go on to node ``left``, others to ``right``;
    both are −1 in a leaf.
    """

    depth: int
    size: int
    value: tuple[float, ...]
    impurity: float
    split: Split | None = None
    left: int = -1
    right: int = -1


@dataclass(frozen=True, slots=True)
class Tree:
    """``nodes[0]`` is the root.  ``gini`` says that values are shares of classes."""

    nodes: tuple[Node, ...]
    gini: bool

    @property
    def depth(self) -> int:
        return max(node.depth for node in self.nodes)

    def leaves(self, x: ArrayLike) -> Whole:
        """The leaf that each row (n, d) ends in: (n,)."""
        numbers = rows(x)
        place = np.zeros(len(numbers), np.int64)
        for i, node in enumerate(self.nodes):  # children stand behind their parents
            if node.split is not None:
                here = np.flatnonzero(place == i)
                yes = numbers[here, node.split.feature] <= node.split.threshold
                place[here] = np.where(yes, node.left, node.right)
        return place

    def path(self, row: ArrayLike) -> list[int]:
        """The nodes that one row (d,) passes, from the root to its leaf."""
        (numbers,) = rows(np.asarray(row, np.float64)[None])
        passed = [0]
        while (split := self.nodes[passed[-1]].split) is not None:
            node = self.nodes[passed[-1]]
            passed.append(node.left if numbers[split.feature] <= split.threshold else node.right)
        return passed

    def values(self, x: ArrayLike) -> Matrix:
        """Shares of classes (n, classes), or means (n, 1), of the leaves that rows end in."""
        return np.array([node.value for node in self.nodes], np.float64)[self.leaves(x)]

    def classify(self, x: ArrayLike) -> Whole:
        """The most frequent class of each row's leaf; ties go to the lower class."""
        return np.asarray(self.values(x).argmax(1))

    def explain_impurity(self, node: int) -> Expression:
        """1 − Σ p²: the chance that two rows drawn from the node are of different classes (Gini)."""
        value = self.nodes[node].value
        squares = [power(at(f"node{node}.p", c, value=p), 2) for c, p in enumerate(value)]
        return const(1.0) - total(squares)

    def explain_gain(self, node: int) -> Expression:
        """Impurity − (n_yes·impurity_yes + n_no·impurity_no)/n: what the question of a node is worth."""
        here = self.nodes[node]
        after = [
            at(f"node{i}.n", value=self.nodes[i].size) * at(f"node{i}.impurity", value=self.nodes[i].impurity)
            for i in (here.left, here.right)
        ]
        return at(f"node{node}.impurity", value=here.impurity) - total(after) / at(
            f"node{node}.n", value=here.size
        )


class Growth(NamedTuple):
    """A tree after one more node was looked at: split, or left a leaf."""

    tree: Tree
    node: int


def grow(
    x: ArrayLike,
    y: ArrayLike,
    classes: int | None = None,
    *,
    depth: int | None = None,
    min_leaf: int = 1,
    choose: Callable[[int], Whole] | None = None,
) -> Iterator[Growth]:
    """Every state of a growing tree, breadth first: each step looks at one node and splits it where it pays.

    ``y`` (n,) are class ids below ``classes``, or numbers where that is not given.  A leaf keeps at least
    ``min_leaf`` rows, and no node is deeper than ``depth``.  ``choose(node)`` names the features that a node
    may ask about, all unless given.  Of equally good questions the one with the lower feature, then the lower
    threshold, is asked.
    """
    numbers = rows(x)
    table = answers(numbers, y, classes)
    tree = Tree((_node(table, 0),), classes is not None)
    open_: deque[tuple[int, Whole]] = deque([(0, np.arange(len(numbers)))])
    while open_:
        i, mine = open_.popleft()
        node = tree.nodes[i]
        split = None
        if node.impurity > 0 and (depth is None or node.depth < depth):
            features = np.arange(numbers.shape[1]) if choose is None else choose(i)
            split = best_split(numbers[mine], table[mine], min_leaf, features)
        if split is not None:
            yes = numbers[mine, split.feature] <= split.threshold
            parts, end = (mine[yes], mine[~yes]), len(tree.nodes)
            children = tuple(_node(table[part], node.depth + 1) for part in parts)
            asked = replace(node, split=split, left=end, right=end + 1)
            tree = replace(tree, nodes=(*tree.nodes[:i], asked, *tree.nodes[i + 1 :], *children))
            open_.extend(zip((end, end + 1), parts))
        yield Growth(tree, i)


def answers(x: Matrix, y: ArrayLike, classes: int | None) -> Matrix:
    """Targets as a table (n, c): one-hot rows of class ids, or one column of numbers."""
    listed = targets(x, y)
    if classes is None:
        return np.asarray(listed, np.float64)[:, None]
    ids = listed.astype(np.int64)
    if (ids != listed).any() or ids.min() < 0 or ids.max() >= classes:
        raise NnlabError(_("classes are whole numbers from 0 to {last}", last=classes - 1))
    return np.eye(classes)[ids]


def _node(table: Matrix, depth: int) -> Node:
    mean = table.mean(0)
    return Node(depth, len(table), tuple(mean.tolist()), impurity(table))


def impurity(table: Matrix) -> float:
    """The variance of the columns of (n, c), added up; of one-hot rows that is 1 − Σ p²."""
    return float(((table - table.mean(0)) ** 2).sum() / len(table))


def best_split(x: Matrix, table: Matrix, min_leaf: int, features: Whole) -> Split | None:
    """The question about rows x (n ≥ 2, d) that leaves the least impurity, None where none lessens it.

    With sums S over the rows on one side, their impurity times their number is Σt² − |S|²/n, and Σt² of both
    sides together is the same for every question: so |S_yes|²/n_yes + |S_no|²/n_no is to be large.
    """
    n, centred = len(x), table - table.mean(0)
    best = Split(-1, 0.0, SAME * float((centred**2).sum() / n))
    left = np.arange(1, n)[:, None]  # rows that answer yes
    step = max(1, BLOCK // (n * table.shape[1]))
    for start in range(0, len(features), step):
        some = features[start : start + step]
        order = np.argsort(x[:, some], axis=0, kind="stable")  # (n, f)
        values = np.take_along_axis(x[:, some], order, 0)
        sums = centred[order].cumsum(0)[:-1]  # (n − 1, f, c)
        # Centred targets add up to 0: the sums of both sides differ in sign only.
        gains = (sums**2).sum(2) * (1 / left + 1 / (n - left)) / n
        allowed = (values[1:] > values[:-1]) & (left >= min_leaf) & (n - left >= min_leaf)
        gains[~allowed] = -np.inf
        for column in np.argsort(some, kind="stable"):
            most = float(gains[:, column].max())
            if most > best.gain * (1 + SAME):
                row = int((gains[:, column] >= most * (1 - SAME)).argmax())
                threshold = _between(values[row, column], values[row + 1, column])
                best = Split(int(some[column]), threshold, most)
    return best if best.feature >= 0 else None


def _between(low: float, high: float) -> float:
    """The middle of two neighbouring numbers; the lower one where rounding would give the upper."""
    middle = float(low + (high - low) / 2)
    return middle if middle < high else float(low)

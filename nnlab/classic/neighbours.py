"""k nearest neighbours: no training at all, the examples are the model.

>>> import numpy as np
>>> model = Neighbours(np.array([[0.0], [1.0], [5.0]]), np.array([0, 0, 1]), k=1)
>>> model.classify(np.array([[0.4], [4.0]])).tolist()
[0, 1]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.classic.arrays import Matrix, Whole, at, rows, squared_distances, targets
from nnlab.engine.expression import Expression, call, power, total
from nnlab.errors import NnlabError
from nnlab.i18n import _

CHUNK = 256
"""Queries compared at once."""


class Neighbour(NamedTuple):
    """An example: its row, its distance from the query, its target."""

    row: int
    distance: float
    target: float


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Examples ``x`` (n, d) with targets ``y`` (n,): class ids to vote with, or numbers to average.

    Of equally near examples the earlier counts as nearer; a tied vote goes to the lower class.
    """

    x: Matrix
    y: NDArray[Any]
    k: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "x", rows(self.x))
        object.__setattr__(self, "y", targets(self.x, self.y))
        if not 1 <= self.k <= len(self.x):
            raise NnlabError(
                _("k = {k} neighbours of {n} examples: k must be 1 to {n}", k=self.k, n=len(self.x))
            )

    def nearest(self, query: ArrayLike) -> list[Neighbour]:
        """The k examples nearest to one query (d,), the nearest first."""
        one = rows(np.asarray(query, np.float64)[None])
        (places,) = self._places(one)
        return [
            Neighbour(int(i), float(np.sqrt(((self.x[i] - one[0]) ** 2).sum())), float(self.y[i]))
            for i in places
        ]

    def _places(self, queries: Matrix) -> Whole:
        """Rows of the k nearest examples of every query: (queries, k)."""
        if queries.shape[1] != self.x.shape[1]:
            raise NnlabError(
                _(
                    "a query has {given} numbers, and an example has {wanted}",
                    given=queries.shape[1],
                    wanted=self.x.shape[1],
                )
            )
        found = [
            np.argsort(squared_distances(queries[start : start + CHUNK], self.x), axis=1, kind="stable")
            for start in range(0, len(queries), CHUNK)
        ]
        return np.concatenate([order[:, : self.k] for order in found])

    def votes(self, queries: ArrayLike) -> Whole:
        """How many of the k neighbours are of each class: (queries, classes)."""
        answers = self.y[self._places(rows(queries))]
        classes = int(self.y.max()) + 1
        return np.asarray((answers[:, :, None] == np.arange(classes)).sum(1))

    def classify(self, queries: ArrayLike) -> Whole:
        return np.asarray(self.votes(queries).argmax(1))

    def estimate(self, queries: ArrayLike) -> Matrix:
        """The mean of the neighbours' targets: (queries,)."""
        return np.asarray(self.y[self._places(rows(queries))].mean(1), np.float64)

    def explain_distance(self, query: ArrayLike, row: int) -> Expression:
        """√Σ (q − x)²: how far a query (d,) is from an example."""
        (one,) = rows(np.asarray(query, np.float64)[None])
        terms = [
            power(at("query", j, value=q) - at("x", row, j, value=x), 2)
            for j, (q, x) in enumerate(zip(one, self.x[row]))
        ]
        return call("√", total(terms))

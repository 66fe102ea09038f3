"""k-means: a point belongs to the nearest of k centroids, a centroid lies in the middle of its points.

>>> import numpy as np
>>> x = np.array([[0.0], [0.2], [5.0], [5.2]])
>>> *_steps, last = fit(x, 2, seed=1)
>>> last.labels.tolist() in ([0, 0, 1, 1], [1, 1, 0, 0]), round(last.inertia, 3)
(True, 0.04)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, Whole, at, rows, squared_distances
from nnlab.engine import rng
from nnlab.engine.expression import Expression, const, power, series, total
from nnlab.errors import NnlabError
from nnlab.i18n import _

MOST = 300
"""Rounds after which a fit ends, settled or not."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """Where a fit stands after a ``move``: a centroid was seeded, points were assigned, centroids updated.

    ``centroids`` (k, d), fewer while seeding; ``labels`` (n,) the centroid each point belongs to,
    ``distances`` (n,) how far from it that is, squared.  ``changed`` points have another label than before;
    ``done`` says that none has, so that nothing would move any more.
    """

    move: Literal["seed", "assign", "update"]
    round: int
    centroids: Matrix
    labels: Whole
    distances: Matrix
    changed: int = 0
    done: bool = False

    @property
    def inertia(self) -> float:
        """Σ of the squared distances: what k-means makes small, and never larger by a move."""
        return float(self.distances.sum())


def fit(x: ArrayLike, k: int, seed: int = 1, restart: int = 0) -> Iterator[Clusters]:
    """Every state on the way: k seeds, then assignments and updates in turn until no point changes.

    Seeds are drawn by k-means++ (Arthur and Vassilvitskii 2007): the next one is a point with probability
    proportional to its squared distance from the nearest one so far.  The draws belong to (seed, restart).
    A centroid without points goes to the point that is farthest from its own.

    Raises NnlabError for k outside 1 … number of different points.
    """
    points = rows(x)
    if not 1 <= k <= len(points):
        raise NnlabError(_("k = {k} clusters of {n} points: k must be 1 to {n}", k=k, n=len(points)))
    state = None
    for state in _seeds(points, k, seed, restart):
        yield state
    assert state is not None
    for round_ in range(1, MOST + 1):
        state = _assigned(points, state, round_)
        yield state
        if state.done:
            return
        state = _updated(points, state)
        yield state


def _seeds(x: Matrix, k: int, seed: int, restart: int) -> Iterator[Clusters]:
    draws = rng.uniform(seed, "kmeans.seeds", restart, k, np.float64)
    chosen = [int(draws[0] * len(x))]
    while True:
        centroids = x[chosen]
        labels, distances = _nearest(x, centroids)
        yield Clusters("seed", 0, centroids, labels, distances)
        if len(chosen) == k:
            return
        if not distances.any():
            raise NnlabError(
                _("there are only {n} different points, too few for {k} clusters", n=len(chosen), k=k)
            )
        heap = np.cumsum(distances)
        # The last place where the sum still grows: a draw close to 1 must not take a point at distance 0.
        last = int(np.searchsorted(heap, heap[-1]))
        chosen.append(min(int(np.searchsorted(heap, draws[len(chosen)] * heap[-1], side="right")), last))


def _nearest(x: Matrix, centroids: Matrix) -> tuple[Whole, Matrix]:
    apart = squared_distances(x, centroids)
    labels = apart.argmin(1)
    return labels, ((x - centroids[labels]) ** 2).sum(1)


def _assigned(x: Matrix, before: Clusters, round_: int) -> Clusters:
    labels, distances = _nearest(x, before.centroids)
    changed = len(x) if round_ == 1 else int((labels != before.labels).sum())
    return Clusters("assign", round_, before.centroids, labels, distances, changed, not changed)


def _updated(x: Matrix, before: Clusters) -> Clusters:
    k, labels, distances = len(before.centroids), before.labels.copy(), before.distances.copy()
    for empty in np.flatnonzero(np.bincount(labels, minlength=k) == 0):
        far = int(distances.argmax())
        labels[far], distances[far] = empty, 0.0
    members = (labels == np.arange(k)[:, None]).astype(np.float64)  # (k, n)
    counts = members.sum(1, keepdims=True)
    centroids = np.where(counts > 0, members @ x / np.maximum(counts, 1), before.centroids)
    distances = ((x - centroids[labels]) ** 2).sum(1)
    return Clusters("update", before.round, centroids, labels, distances)


def cluster(x: ArrayLike, k: int, seed: int = 1, restarts: int = 10) -> Clusters:
    """The end with the smallest inertia of several fits, each from seeds of its own."""
    ends = []
    for restart in range(max(1, restarts)):
        *_steps, end = fit(x, k, seed, restart)
        ends.append(end)
    return min(ends, key=lambda end: end.inertia)


def purity(labels: Whole, y: Whole) -> float:
    """The share of points that are of the class which is most frequent in their cluster."""
    hits = sum(int(np.bincount(y[labels == c]).max()) for c in np.unique(labels))
    return hits / len(y)


def explain_distance(x: Matrix, state: Clusters, point: int, cluster: int) -> Expression:
    """Σ (x − c)²: how far a point is from a centroid, squared."""
    terms = []
    for j, (mine, its) in enumerate(zip(x[point], state.centroids[cluster])):
        difference = at("x", point, j, value=mine) - at("centroid", cluster, j, value=its)
        terms.append(power(difference, 2))
    return total(terms)


def explain_centroid(x: Matrix, state: Clusters, cluster: int, j: int) -> Expression:
    """Σ x/n over the points of a cluster: one coordinate of its middle."""
    members = np.flatnonzero(state.labels == cluster)
    values = x[members, j]
    return series(values, lambda i: at("x", int(members[i]), j, value=values[i])) / const(len(members), "n")

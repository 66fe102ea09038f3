"""Where the words of an embedding lie: its rows on the plane they differ most in, and the nearest of one.

The plane is spanned by the first two principal components (:mod:`nnlab.classic.pca`); nearness is the cosine
(:mod:`nnlab.network.meaning`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nnlab.classic import pca
from nnlab.network import meaning

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Plane:
    """``xy`` (n, 2) are the places of the rows, ``shares`` how much of their spread each axis holds."""

    xy: Array
    shares: tuple[float, float]


def plane(rows: Array) -> Plane:
    """The rows (n, d) of an embedding on a plane; of one number each, or of a single row, on a line."""
    numbers = np.ascontiguousarray(rows, np.float64)
    return _plane(numbers.tobytes(), numbers.shape)


@lru_cache(maxsize=8)
def _plane(content: bytes, shape: tuple[int, int]) -> Plane:
    rows = np.frombuffer(content).reshape(shape)
    k = min(2, *shape)
    found = pca.fit(rows, k)
    xy, shares = np.zeros((len(rows), 2)), [0.0, 0.0]
    xy[:, :k] = found.code(rows)
    shares[:k] = found.share.tolist()
    return Plane(xy, (shares[0], shares[1]))


def nearest(rows: Array, word: int, without: tuple[int, ...] = (), most: int = 6) -> list[tuple[int, float]]:
    """The words whose rows point most in the direction of that of ``word``, with the cosine."""
    numbers = np.asarray(rows, np.float64)
    return meaning.nearest(numbers, numbers[word], [word, *without], most)

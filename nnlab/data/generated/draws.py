"""Random numbers for whole data sets: what row i gets is a function of (seed, purpose, i)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nnlab.data.spec import Value
from nnlab.engine import rng

Options = Mapping[str, Value]
Array = NDArray[np.float64]
Ids = NDArray[np.int64]


class Draws:
    """Numbers of ``n`` rows; every purpose is a stream of its own, and a larger n only adds rows."""

    def __init__(self, options: Options, n: int = 0) -> None:
        self.seed, self.n = int(options["seed"]), n or int(options["n"])

    def uniform(self, purpose: str, *shape: int) -> Array:
        """Uniforms of [0, 1), (n, *shape)."""
        return rng.uniform(self.seed, f"data.{purpose}", 0, (self.n, *shape), np.float64)

    def normal(self, purpose: str, *shape: int) -> Array:
        """Standard normals, (n, *shape)."""
        return rng.normal(self.seed, f"data.{purpose}", 0, (self.n, *shape), np.float64)

    def pick(self, purpose: str, among: int, *shape: int) -> Ids:
        """Whole numbers 0 … among − 1, all equally likely, (n, *shape)."""
        return (self.uniform(purpose, *shape) * among).astype(np.int64)

    def chance(self, purpose: str, share: float, *shape: int) -> NDArray[np.bool_]:
        """True with probability ``share``, (n, *shape)."""
        return self.uniform(purpose, *shape) < share

    def order(self, purpose: str, among: int) -> Ids:
        """A permutation of 0 … among − 1 for every row, (n, among)."""
        words = rng.bits(self.seed, f"data.{purpose}", 0, self.n * among)
        return np.argsort(words.reshape(self.n, among), axis=1, kind="stable")

    def words(self, purpose: str, among: Sequence[str]) -> list[str]:
        """A word for every row."""
        return [among[k] for k in self.pick(purpose, len(among)).tolist()]

    def balanced(self, classes: int) -> Ids:
        """The class of every row, i mod classes, (n,)."""
        return np.arange(self.n) % classes

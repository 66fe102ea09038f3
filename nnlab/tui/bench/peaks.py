"""The points of a long curve that are worth drawing, kept up as it grows."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
BLOCK = 256


class Peaks:
    """The smallest and largest number of every block of :data:`BLOCK`; each block is looked at once."""

    def __init__(self) -> None:
        self._lows: list[int] = []
        self._highs: list[int] = []
        self._source: int = 0
        self._count = 0

    def __call__(self, values: Array, source: object) -> Array:
        """Indices (k,), rising, that keep every peak of ``values`` (n,); ``source`` is whose curve it is."""
        n = len(values)
        if id(source) != self._source or n < self._count:
            self._lows, self._highs, self._source = [], [], id(source)
        self._count = n
        done, whole = len(self._lows), n // BLOCK
        if whole > done:
            fresh = values[done * BLOCK : whole * BLOCK].reshape(-1, BLOCK)
            start = np.arange(done, whole) * BLOCK
            known = np.where(np.isnan(fresh), np.inf, fresh)
            self._lows += (known.argmin(axis=1) + start).tolist()
            self._highs += (np.where(np.isnan(fresh), -np.inf, fresh).argmax(axis=1) + start).tolist()
        tail = np.arange(whole * BLOCK, n)
        if not whole:
            return tail
        return np.unique(np.concatenate((self._lows, self._highs, tail)).astype(np.intp))

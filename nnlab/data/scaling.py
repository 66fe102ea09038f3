"""Scaling inputs: the statistics come from the training rows only, every row is changed alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALES = ("none", "standardize", "normalize")
_BLOCK = 1 << 20


def _zero() -> NDArray[np.float64]:
    return np.zeros(())


def _one() -> NDArray[np.float64]:
    return np.ones(())


@dataclass(frozen=True, eq=False)
class Scaling:
    """``(x − shift) · factor``, with float64 ``shift`` and ``factor`` of shape (features,) or ().

    - ``standardize``: mean 0 and standard deviation 1 over the training rows;
    - ``normalize``: the training rows reach from 0 to 1;
    - ``unit``: the known range of the numbers becomes 0 … 1 (digits: divided by 16).

    A feature that never changes keeps the factor 1.
    """

    kind: str = "none"
    shift: NDArray[np.float64] = field(default_factory=_zero)
    factor: NDArray[np.float64] = field(default_factory=_one)

    def apply(self, x: NDArray[Any]) -> NDArray[np.float32]:
        """Raw inputs (rows, features) as the network sees them, float32; infinite where that overflows."""
        out = np.empty(x.shape, np.float32)
        step = max(1, _BLOCK // max(1, x[:1].size))
        for start in range(0, len(x), step):
            # float64 between, so that large offsets lose nothing.
            with np.errstate(over="ignore"):
                out[start : start + step] = (x[start : start + step] - self.shift) * self.factor
        return out

    def undo(self, x: NDArray[Any]) -> NDArray[np.float64]:
        """What the network sees, back in raw numbers."""
        raw: NDArray[np.float64] = np.asarray(x, np.float64) / self.factor + self.shift
        return raw


def fit(kind: str, x: NDArray[Any], train: NDArray[np.int64], unit: float = 1.0) -> Scaling:
    """The scaling of ``kind`` for raw inputs ``x`` (rows, features), seen through the rows ``train``."""
    if kind == "none":
        return Scaling()
    if kind == "unit":
        return Scaling(kind, np.zeros(()), np.asarray(1.0 / unit))
    shift, spread = np.zeros(x.shape[1]), np.ones(x.shape[1])
    block = max(1, _BLOCK // max(1, len(train)))
    for start in range(0, x.shape[1], block):
        here = slice(start, start + block)
        seen = x[train, here].astype(np.float64)
        low, high = seen.min(axis=0), seen.max(axis=0)
        shift[here] = low if kind == "normalize" else seen.mean(axis=0)
        wide = high - low if kind == "normalize" else seen.std(axis=0)
        # Compared by range: the computed deviation of equal numbers may be a rounding error above 0.
        spread[here] = np.where(high > low, wide, 1.0)
    return Scaling(kind, shift, 1.0 / spread)

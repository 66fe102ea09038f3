"""Principal component analysis: the directions in which rows differ most, by singular values.

>>> import numpy as np
>>> found = fit(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]), 1)
>>> found.components.round(3).tolist(), found.share.round(6).tolist()
([[0.707, 0.707]], [1.0])
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, at, rows
from nnlab.engine.expression import Expression, total
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """``mean`` (d,), ``components`` (k, d) orthogonal and of length 1, ``variances`` (k,) falling.

    The sign of a component is free; here its largest number is positive.  ``whole`` is the variance of all
    directions together.
    """

    mean: Matrix
    components: Matrix
    variances: Matrix
    whole: float

    @property
    def share(self) -> Matrix:
        """How much of all variance each component holds: (k,)."""
        return self.variances / self.whole if self.whole else np.zeros_like(self.variances)

    def first(self, k: int) -> Components:
        """The first k components alone."""
        return replace(self, components=self.components[:k], variances=self.variances[:k])

    def code(self, x: ArrayLike) -> Matrix:
        """Coordinates (n, k) of rows (n, d) along the components."""
        return np.asarray((rows(x) - self.mean) @ self.components.T)

    def restore(self, code: ArrayLike) -> Matrix:
        """The rows (n, d) that codes (n, k) stand for."""
        return np.asarray(rows(code) @ self.components + self.mean)

    def explain_code(self, row: ArrayLike, k: int) -> Expression:
        """Σ (x − mean)·component: one coordinate of a row (d,)."""
        (numbers,) = rows(np.asarray(row, np.float64)[None])
        terms = [
            (at("x", j, value=x) - at("mean", j, value=m)) * at("component", k, j, value=c)
            for j, (x, m, c) in enumerate(zip(numbers, self.mean, self.components[k]))
        ]
        return total(terms)


def fit(x: ArrayLike, k: int | None = None) -> Components:
    """The first k components of rows (n, d), all of them unless given.

    Raises NnlabError for k outside 1 … min(n, d).
    """
    numbers = rows(x)
    most = min(numbers.shape)
    count = most if k is None else k
    if not 1 <= count <= most:
        raise NnlabError(
            _(
                "{n} rows of {d} numbers have 1 to {most} components, not {k}",
                n=len(numbers),
                d=numbers.shape[1],
                most=most,
                k=count,
            )
        )
    mean = numbers.mean(0)
    _left, sizes, directions = np.linalg.svd(numbers - mean, full_matrices=False)
    largest = np.abs(directions).argmax(1)
    directions = directions * np.where(directions[np.arange(most), largest] < 0, -1.0, 1.0)[:, None]
    variances = sizes**2 / max(1, len(numbers) - 1)
    return Components(mean, directions[:count], variances[:count], float(variances.sum()))

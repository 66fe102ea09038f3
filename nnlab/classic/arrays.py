"""What all models without gradients take: rows of numbers, and named numbers for their explanations."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.engine.address import Address
from nnlab.engine.expression import Reference, ref
from nnlab.errors import NnlabError
from nnlab.i18n import _

Matrix: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]


def rows(x: ArrayLike) -> Matrix:
    """``x`` as float64 rows (n, d), an image being one row; raises NnlabError where there are none."""
    array = np.asarray(x, np.float64)
    if array.ndim < 2 or array.size == 0:
        raise NnlabError(_("rows of numbers are needed, not an array of shape {shape}", shape=array.shape))
    if not np.isfinite(array).all():
        raise NnlabError(_("a row holds something that is not a finite number; leave such rows out"))
    return array.reshape(len(array), -1)


def targets(x: Matrix, y: ArrayLike) -> NDArray[Any]:
    """``y`` (n,), one for every row of ``x``; raises NnlabError where there are not as many."""
    array = np.asarray(y).reshape(-1)
    if len(array) != len(x):
        raise NnlabError(
            _("{rows} rows have {targets} targets; each needs one", rows=len(x), targets=len(array))
        )
    return array


def squared_distances(x: Matrix, y: Matrix) -> Matrix:
    """|x − y|² of every row of x (n, d) and every row of y (m, d): (n, m)."""
    products = -2.0 * (x @ y.T)
    products += (x * x).sum(1)[:, None]
    products += (y * y).sum(1)
    return np.maximum(products, 0.0, out=products)


def at(name: str, *index: int, value: float) -> Reference:
    """A named number in an explanation."""
    return ref(Address(name, index), float(value))

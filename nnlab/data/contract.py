"""What the arrays of a data set must be, each breach answered with one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.data.dataset import Dataset

TAKEN = ("input", "target")
"""Names that the graph of every network uses for ``x`` and ``y``."""


def check_arrays(data: Dataset) -> None:
    """Refuse arrays of different lengths, other shapes than the task's, and ids outside their vocabulary."""
    if len(data.x) != len(data.y) or data.x.shape[1:] != data.input_shape:
        raise NnlabError(
            _(
                "{name}: x has shape {x}, y has shape {y} and the input shape is {shape}; x must be "
                "(rows, *input shape) and y must have as many rows",
                name=data.name,
                x=data.x.shape,
                y=data.y.shape,
                shape=data.input_shape,
            )
        )
    if data.vocabulary:
        _check_ids(data, "x", data.x, data.vocabulary)
    if data.task == "tokens":
        if data.y.ndim < 2:
            raise NnlabError(
                _(
                    "{name}: y has shape {y}; a task of tokens needs a class id for every position, "
                    "(rows, positions)",
                    name=data.name,
                    y=data.y.shape,
                )
            )
        _check_ids(data, "y", data.y, data.target_vocabulary, least=-1)
    if data.teacher is not None and len(data.teacher) != len(data.x):
        raise NnlabError(
            _(
                "{name}: the teacher speaks of {rows} rows and x has {n}",
                name=data.name,
                rows=len(data.teacher),
                n=len(data.x),
            )
        )
    for name, array in data.inputs.items():
        if name in TAKEN:
            raise NnlabError(
                _("{name}: a further input cannot be called {taken}", name=data.name, taken=repr(name))
            )
        if len(array) != len(data.x):
            raise NnlabError(
                _(
                    "{name}: the input {input} has {rows} rows and x has {n}",
                    name=data.name,
                    input=repr(name),
                    rows=len(array),
                    n=len(data.x),
                )
            )
        if vocabulary := data.vocabulary_of(name):
            _check_ids(data, name, array, vocabulary)


def _check_ids(
    data: Dataset, name: str, ids: NDArray[Any], vocabulary: tuple[str, ...], least: int = 0
) -> None:
    if ids.dtype != np.int64:
        raise NnlabError(
            _(
                "{name}: {array} holds {dtype}; token ids are int64",
                name=data.name,
                array=name,
                dtype=ids.dtype,
            )
        )
    if ids.size and not (least <= ids.min() and ids.max() < len(vocabulary)):
        raise NnlabError(
            _(
                "{name}: {array} holds the ids {low} to {high}; its vocabulary has the ids {least} to {last}",
                name=data.name,
                array=name,
                low=int(ids.min()),
                high=int(ids.max()),
                least=least,
                last=len(vocabulary) - 1,
            )
        )

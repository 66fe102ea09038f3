"""A data set: inputs, targets, and which rows are for training, validation and test."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.scaling import Scaling
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

Task = Literal["binary", "multiclass", "regression"]
Indices = NDArray[np.int64]
PARTS = (N_("train"), N_("validation"), N_("test"))


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of the three parts, each int64 of shape (rows of the part,).

    The parts share no row, except under ``split=all``, where training and validation are both every row.
    """

    train: Indices
    validation: Indices
    test: Indices

    def part(self, name: str) -> Indices:
        """The rows of ``train``, ``validation`` or ``test``; ``val`` is understood too."""
        full = "validation" if name == "val" else name
        if full not in PARTS:
            raise NnlabError(
                _("there is no part {name}; a data set has {known}", name=repr(name), known=", ".join(PARTS))
            )
        return cast("Indices", getattr(self, full))

    @property
    def sizes(self) -> tuple[int, int, int]:
        return len(self.train), len(self.validation), len(self.test)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and targets in memory, row by row, never changed after they are made.

    - ``x``: float32 of shape (n, *input_shape), already scaled as ``scaling`` says.
    - ``y``: int64 of shape (n,), class ids, for ``binary`` and ``multiclass``;
      float32 of shape (n, k) for ``regression``.
    - ``feature_names``: one per input number; ``class_names``: one per class id (empty for regression);
      ``target_names``: what the target is called, one per column of ``y``.
    - ``notes``: sentences for the learner (what was detected, left out, scaled).
    - ``spec``: the text that ``load`` makes the same data set from, empty for arrays from memory.
    """

    name: str
    task: Task
    x: NDArray[np.float32]
    y: NDArray[Any]
    split: Split
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    input_shape: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    licence: str = ""
    spec: str = ""
    scaling: Scaling = field(default_factory=Scaling)
    target_names: tuple[str, ...] = ("target",)

    def __post_init__(self) -> None:
        if not self.input_shape:
            object.__setattr__(self, "input_shape", self.x.shape[1:])
        if len(self.x) != len(self.y) or self.x.shape[1:] != self.input_shape:
            raise NnlabError(
                _(
                    "{name}: x has shape {x}, y has shape {y} and the input shape is {shape}; x must be "
                    "(rows, *input shape) and y must have as many rows",
                    name=self.name,
                    x=self.x.shape,
                    y=self.y.shape,
                    shape=self.input_shape,
                )
            )
        self.x.flags.writeable = False
        self.y.flags.writeable = False

    @property
    def n(self) -> int:
        """All rows, whatever part they are in."""
        return len(self.x)

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for regression."""
        return len(self.class_names)

    @property
    def outputs(self) -> int:
        """The usual width of the last layer: 1 for binary, the classes, or the columns of ``y``."""
        widths: dict[str, int] = {
            "binary": 1,
            "multiclass": self.classes,
            "regression": self.y.shape[-1],
        }
        return widths[self.task]

    def part(self, name: str) -> tuple[NDArray[np.float32], NDArray[Any]]:
        """Copies of x and y of one part: shapes (rows, *input_shape) and (rows,) or (rows, k)."""
        rows = self.split.part(name)
        return self.x[rows], self.y[rows]

    def class_counts(self, name: str) -> NDArray[np.int64]:
        """How many rows of each class a part has, shape (classes,)."""
        rows = self.split.part(name)
        counted: NDArray[np.int64] = np.bincount(self.y[rows], minlength=self.classes)
        return counted

    @property
    def fingerprint(self) -> str:
        """sha256 of all numbers and rows of the split: the same data give the same text."""
        digest = hashlib.sha256()
        for array in (self.x, self.y, self.split.train, self.split.validation, self.split.test):
            digest.update(f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = "/".join(map(str, self.split.sizes))
        return f"<Dataset {self.spec or self.name}: {self.n} x {self.input_shape}, {self.task}, {sizes}>"


def one_hot(y: NDArray[Any], classes: int, dtype: DTypeLike = np.float32) -> NDArray[Any]:
    """Class ids of shape (n,) as rows of zeros with a single one, shape (n, classes)."""
    ids = np.asarray(y)
    if ids.ndim != 1 or not np.issubdtype(ids.dtype, np.integer):
        raise NnlabError(
            _(
                "one-hot needs class ids, whole numbers of shape (n,), not {dtype} of shape {shape}",
                dtype=ids.dtype,
                shape=ids.shape,
            )
        )
    if len(ids) and not (ids.min() >= 0 and ids.max() < classes):
        raise NnlabError(
            _(
                "one-hot of {classes} classes needs ids 0 to {last}, and was given ids {low} to {high}",
                classes=classes,
                last=classes - 1,
                low=int(ids.min()),
                high=int(ids.max()),
            )
        )
    encoded = np.zeros((len(ids), classes), dtype)
    encoded[np.arange(len(ids)), ids] = 1
    return encoded

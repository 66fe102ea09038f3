"""A data set: inputs, targets, and which rows are for training, validation and test."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.contract import check_arrays
from nnlab.data.live import Live
from nnlab.data.scaling import Scaling
from nnlab.data.text.tokenizer import Tokenizer, spelled
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

Task = Literal["binary", "multiclass", "regression", "tokens"]
Indices = NDArray[np.int64]
PARTS = (N_("train"), N_("validation"), N_("test"))
ROW_COLUMN = ("row", "column")
NO_TARGET = -1
"""In the ``y`` of ``tokens``: nothing is asked at this position."""


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

    - ``x``: float32 of shape (n, *input_shape), already scaled as ``scaling`` says; or, where there is a
      ``vocabulary``, token ids, int64 of shape (n, T).
    - ``y``, by ``task``: ``binary`` and ``multiclass``, class ids, int64 (n,); ``regression``, float32
      (n, *shape), most often (n, k), and ``x`` itself where the input is to be made again; ``tokens``, a
      class id for every position, int64 (n, *positions), :data:`NO_TARGET` where nothing is asked.
    - ``inputs``: further inputs by name, row by row, float32 or int64 (n, *shape): ``previous`` for the
      decoder of a seq2seq, ``adjacency`` for a graph.
    - ``vocabulary``: id → token of ``x``; ``target_vocabulary``: id → token of ``y`` in a ``tokens`` task and
      of the further input ``previous``; ``vocabularies``: id → token of other further inputs by name.
      ``""`` at id 0 is padding; in ``previous`` it also begins every row, in ``y`` it ends a text.
    - ``feature_names``: one per input number; ``class_names``: one per class id (empty for regression and
      tokens); ``target_names``: what the target is called, one per column of ``y``.
    - ``axes``: what the axes of ``input_shape`` count, such as ``("row", "column", "channel")``; empty where
      nobody said.  ``tokenizer``, ``target_tokenizer``: what turns a text of one's own into ids and back.
    - ``streams``: where rows are pieces of longer sequences, how many of those lie side by side: row r of a
      part is followed by row r + ``streams``.  0 where rows have nothing to do with one another.
    - ``live``: what makes the batches of a run anew from what the network answers; None for most data, whose
      rows are what a run learns from.
    - ``kinds``: a class for every row, int64 (n,), that is known but not asked for, such as the digit that is
      only to be drawn again; named in ``kind_names``.  None where the rows have none.
    - ``teacher``: the logits (n, classes) of a network that another one shall learn from, where there is one.
    - ``notes``: sentences for the learner (what was detected, left out, scaled).
    - ``spec``: the text that ``load`` makes the same data set from, empty for arrays from memory.
    """

    name: str
    task: Task
    x: NDArray[Any]
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
    inputs: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    target_vocabulary: tuple[str, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    axes: tuple[str, ...] = ()
    tokenizer: Tokenizer | None = None
    target_tokenizer: Tokenizer | None = None
    streams: int = 0
    live: Live | None = None
    teacher: NDArray[Any] | None = None
    kinds: NDArray[Any] | None = None
    kind_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.input_shape:
            object.__setattr__(self, "input_shape", self.x.shape[1:])
        object.__setattr__(self, "inputs", dict(self.inputs))
        check_arrays(self)
        for array in (self.x, self.y, *self.inputs.values()):
            array.flags.writeable = False

    @property
    def n(self) -> int:
        """All rows, whatever part they are in."""
        return len(self.x)

    @property
    def classes(self) -> int:
        """How many classes there are, of rows or, in a ``tokens`` task, of positions; 0 for regression."""
        return len(self.target_vocabulary if self.task == "tokens" else self.class_names)

    @property
    def outputs(self) -> int:
        """The usual width of the last layer: 1 for binary, the classes, or the last axis of ``y``."""
        widths: dict[str, int] = {
            "binary": 1,
            "multiclass": self.classes,
            "regression": self.y.shape[-1],
            "tokens": self.classes,
        }
        return widths[self.task]

    @property
    def answer_shape(self) -> tuple[int, ...]:
        """The usual shape of what a network answers to one example: ``outputs`` at every place asked for."""
        placed = self.y.shape[1:] if self.task == "tokens" else self.y.shape[1:-1]
        return (*placed, self.outputs)

    @property
    def padded(self) -> bool:
        """Whether id 0 of ``x`` fills short rows up and is to be left out by masks."""
        return self.vocabulary[:1] == ("",)

    @property
    def picture(self) -> tuple[int, int, int] | None:
        """(height, width, channels) where an example is a picture, None where it is none.

        Pictures are what the ``axes`` say; without them, examples of two axes, of three with 1 or 3 channels
        at the end, and squares of features that are called pixels.
        """
        shape = self.input_shape
        if self.axes:
            # One channel in front lies in memory as one behind.
            front = self.axes == ("channel", *ROW_COLUMN) and shape[0] == 1
            shape, axes = (shape[1:], self.axes[1:]) if front else (shape, self.axes)
            return _with_channels(shape) if axes[:2] == ROW_COLUMN else None
        if len(shape) == 1 and self.feature_names[:1] and self.feature_names[0].startswith("pixel"):
            side = math.isqrt(shape[0])
            return (side, side, 1) if side * side == shape[0] else None
        flat, coloured = len(shape) == 2 and min(shape) > 1, len(shape) == 3 and shape[2] in (1, 3)
        return _with_channels(shape) if flat or coloured else None

    @property
    def is_plane(self) -> bool:
        """Whether an example is one or two numbers, so that it can be drawn as a point."""
        return self.input_shape in ((1,), (2,)) and not self.vocabulary

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of one example of every further input."""
        return {name: array.shape[1:] for name, array in self.inputs.items()}

    @property
    def vocabulary_sizes(self) -> dict[str, int]:
        """How many ids there are, by the names of the inputs that hold ids."""
        words = {"input": self.vocabulary, "previous": self.target_vocabulary, **self.vocabularies}
        return {name: len(tokens) for name, tokens in words.items() if tokens}

    @property
    def image_shape(self) -> tuple[int, int] | None:
        """(height, width) where an example is a picture of one channel."""
        return self.picture[:2] if self.picture is not None and self.picture[2] == 1 else None

    def part(self, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """Copies of x and y of one part: shapes (rows, *input_shape) and (rows,) or (rows, …)."""
        rows = self.split.part(name)
        return self.x[rows], self.y[rows]

    def rows_of(self, name: str) -> Indices:
        """The rows of one part; raises NnlabError where it is empty."""
        rows = self.split.part(name)
        if not len(rows):
            raise NnlabError(
                _("{data} has no {part} part; choose a split with one", data=self.name, part=name)
            )
        return rows

    def part_inputs(self, name: str) -> dict[str, NDArray[Any]]:
        """Copies of the further inputs of one part, by name, each (rows, …)."""
        rows = self.split.part(name)
        return {key: array[rows] for key, array in self.inputs.items()}

    def class_counts(self, name: str) -> NDArray[np.int64]:
        """How many rows, or positions in a ``tokens`` task, of each class a part has, shape (classes,)."""
        asked = self.y[self.split.part(name)].reshape(-1)
        counted: NDArray[np.int64] = np.bincount(asked[asked != NO_TARGET], minlength=self.classes)
        return counted

    def text(self, row: int) -> str:
        """One row of ``x`` as text, padding left out."""
        return spelled(self.x[row].tolist(), self.vocabulary, self.tokenizer)

    def target_text(self, row: int) -> str:
        """What is asked for in one row of ``y`` as text, positions without a target left out."""
        return self.target_text_of(self.y[row])

    def target_text_of(self, y: NDArray[Any]) -> str:
        """The same of a row of targets, wherever it comes from."""
        asked = y[y != NO_TARGET]
        return spelled(asked.tolist(), self.target_vocabulary, self.target_tokenizer)

    def vocabulary_of(self, name: str) -> tuple[str, ...]:
        """The vocabulary that a further input is read with; empty where it holds numbers."""
        return self.target_vocabulary if name == "previous" else self.vocabularies.get(name, ())

    @property
    def fingerprint(self) -> str:
        """sha256 of all numbers and rows of the split: the same data give the same text."""
        digest = hashlib.sha256()
        named = [(name.encode(), self.inputs[name]) for name in sorted(self.inputs)]
        plain = (self.x, self.y, self.split.train, self.split.validation, self.split.test)
        for name, array in [*((b"", array) for array in plain), *named]:
            digest.update(name + f"{array.dtype.str}{array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = "/".join(map(str, self.split.sizes))
        return f"<Dataset {self.spec or self.name}: {self.n} x {self.input_shape}, {self.task}, {sizes}>"


def _with_channels(shape: tuple[int, ...]) -> tuple[int, int, int]:
    return shape[0], shape[1], shape[2] if len(shape) > 2 else 1


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

"""What every change of examples has: its word and range, what it needs of the data, its random numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.data.dataset import Dataset
from nnlab.data.spec import Option
from nnlab.engine.rng import Stream
from nnlab.errors import NnlabError
from nnlab.i18n import _

Needs = Literal["numbers", "picture", "tokens"]
Array = NDArray[Any]


class Transform(ABC):
    """One change, bound to the data it works on.

    A subclass says its word and range in ``option``, whether it ``moves`` things to other places, and what it
    ``needs``; it changes a batch where it lies.  Room for the largest batch seen so far is kept, so that
    nothing but the random words of one row at a time is allocated from then on.
    """

    option: ClassVar[Option]
    moves: ClassVar[bool] = False
    needs: ClassVar[Needs] = "picture"

    def __init__(self, value: float, data: Dataset, seed: int) -> None:
        self.value = value
        self.data = data
        self.stream = Stream(seed, f"augment.{self.option.name}")
        self._kept: dict[str, Array] = {}
        self.check()

    def check(self) -> None:
        """Refuse data that the change does not fit."""
        name, data = self.option.name, self.data
        if self.needs == "picture" and data.picture is None:
            raise NnlabError(
                _("{change} changes pictures, and {data} holds none", change=name, data=data.name)
            )
        if (self.needs == "tokens") != bool(data.vocabulary):
            raise NnlabError(
                _("{change} changes texts, and {data} holds numbers", change=name, data=data.name)
                if self.needs == "tokens"
                else _("{change} changes numbers, and {data} holds texts", change=name, data=data.name)
            )
        placed = data.task == "regression" or (data.task == "tokens" and "previous" not in data.inputs)
        if self.moves and placed:
            raise NnlabError(
                _(
                    "{change} moves things, and the target of {data} says where they are; "
                    "use a change that moves nothing, such as {other}",
                    change=name,
                    data=data.name,
                    other="mask" if self.needs == "tokens" else "noise",
                )
            )

    @abstractmethod
    def __call__(self, x: Array, rows: Array, step: int) -> None:
        """Change the batch ``x`` (batch, *input shape) in place."""

    def uniform(self, rows: Array, step: int, width: int) -> NDArray[np.float64]:
        """``width`` uniforms of [0, 1) for every row of the batch, (batch, width), until the next call."""
        words = self.room("words", (len(rows), width), np.uint64)
        uniforms = self.room("uniforms", (len(rows), width))
        for k, row in enumerate(rows.tolist()):
            words[k] = self.stream.bits(step, width, row)
        np.right_shift(words, np.uint64(11), out=words)
        np.copyto(uniforms, words, casting="unsafe")
        np.multiply(uniforms, 2.0**-53, out=uniforms)
        return uniforms

    def room(self, name: str, shape: tuple[int, ...], dtype: DTypeLike = np.float64) -> Array:
        """An array to write into; made anew only for a larger batch, or for examples of another kind."""
        kept = self._kept.get(name)
        if kept is None or len(kept) < shape[0] or kept.shape[1:] != shape[1:] or kept.dtype != dtype:
            kept = self._kept[name] = np.empty(shape, dtype)
        return kept[: shape[0]]

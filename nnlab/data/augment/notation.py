"""The text that names changes, ``shift:1 rotate:10 noise:0.1``, and the function it becomes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnlab.data.augment.pictures import Cutout, Flip, Noise, Rotate, Scale, Shift
from nnlab.data.augment.tokens import Drop, Mask, Swap
from nnlab.data.augment.transform import Array, Transform
from nnlab.data.dataset import Dataset
from nnlab.data.spec import show
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

TRANSFORMS: dict[str, type[Transform]] = {
    kind.option.name: kind for kind in (Shift, Rotate, Scale, Flip, Cutout, Noise, Mask, Drop, Swap)
}


@dataclass(frozen=True)
class Augmentation:
    """Changes in the order in which they are made, each with how much.

    >>> str(Augmentation.parse("shift  noise:0.20"))
    'shift:1 noise:0.2'
    """

    changes: tuple[tuple[str, float], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Augmentation:
        """``name:value`` words; without a value the usual one is taken. NnlabError names what is wrong."""
        changes: dict[str, float] = {}
        for word in text.split():
            name, _colon, value = word.lower().partition(":")
            if name not in TRANSFORMS:
                raise NnlabError(
                    _(
                        "there is no change {word}{suggestion}; changes are written shift:1 noise:0.1, and "
                        "known are {known}",
                        word=repr(name),
                        suggestion=did_you_mean(name, TRANSFORMS),
                        known=", ".join(TRANSFORMS),
                    )
                )
            if name in changes:
                raise NnlabError(_("{name} is given twice", name=name))
            option = TRANSFORMS[name].option
            changes[name] = float(option.parse(value) if value else option.default)
        return cls(tuple(changes.items()))

    def __str__(self) -> str:
        return " ".join(f"{name}:{show(value)}" for name, value in self.changes)

    def bind(self, data: Dataset, seed: int) -> Bound:
        """The function that changes batches of ``data``; NnlabError where a change does not fit them."""
        return Bound([TRANSFORMS[name](value, data, seed) for name, value in self.changes])


class Bound:
    """``augment(x, rows, step)``: changes a batch where it lies and answers it.

    - ``x``: (batch, *input shape), float32 or float64, or token ids; C-contiguous and the caller's own, such
      as the buffer that a batch was gathered into.
    - ``rows``: whole numbers (batch,) that name the examples, the same ones in every epoch.
    - ``step``: the number of the training step.

    What becomes of an example depends on (seed, step, row) alone, not on the batch around it.  Room is made
    when a larger batch than before comes; after that, only one row's random words are allocated at a time.
    It belongs to one thread.
    """

    def __init__(self, transforms: list[Transform]) -> None:
        self.transforms = transforms

    def __call__(self, x: Array, rows: Array, step: int) -> Array:
        if not x.flags.c_contiguous:
            raise ValueError("a batch is changed where it lies, so it has to be C-contiguous")
        for transform in self.transforms:
            transform(x, rows, step)
        return x

    def preview(self, data: Dataset, row: int, count: int) -> Array:
        """One example as the first ``count`` steps would see it, (count, *input shape)."""
        seen = np.repeat(data.x[row : row + 1], count, axis=0)
        for k in range(count):
            self(seen[k : k + 1], np.array([row]), k + 1)
        return seen

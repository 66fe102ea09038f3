"""Changes of texts, token by token. Padding and special tokens such as ``[cls]`` are left alone."""

from __future__ import annotations

import numpy as np

from nnlab.data.augment.transform import Array, Transform
from nnlab.data.dataset import Dataset
from nnlab.data.spec import Option
from nnlab.data.text.tokenizer import PADDING, UNKNOWN
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

HIDES = ("[mask]", UNKNOWN)
"""Tokens that can stand for a hidden one, the best first."""


class Tokens(Transform):
    """A change of rows of ids (batch, T), one row at a time."""

    needs = "tokens"

    def __init__(self, value: float, data: Dataset, seed: int) -> None:
        super().__init__(value, data, seed)
        special = [token == PADDING or (token[0], token[-1]) == ("[", "]") for token in data.vocabulary]
        self.ordinary = ~np.array(special)

    def __call__(self, x: Array, rows: Array, step: int) -> None:
        drawn = self.uniform(rows, step, x.shape[1])
        for ids, uniforms in zip(x, drawn):
            places = np.flatnonzero(self.ordinary[ids.astype(np.int64, copy=False)])
            if len(places):
                self.change(ids, places, uniforms)

    def change(self, ids: Array, places: Array, drawn: Array) -> None:
        """Change one row (T,) in place; ``places`` are those of its ordinary tokens, ``drawn`` is (T,)."""
        raise NotImplementedError


class Mask(Tokens):
    """This share of the words is hidden behind ``[mask]``, or behind ``□`` where there is no mask."""

    option = Option("mask", "float", 0.1, N_("this share of the words is hidden"), 0, 1)

    def check(self) -> None:
        super().check()
        known = [token for token in HIDES if token in self.data.vocabulary]
        if not known:
            raise NnlabError(
                _(
                    "mask needs a token {tokens} in the vocabulary, and {data} has none",
                    tokens=" / ".join(HIDES),
                    data=self.data.name,
                )
            )
        self.hidden = self.data.vocabulary.index(known[0])

    def change(self, ids: Array, places: Array, drawn: Array) -> None:
        ids[places[drawn[places] < self.value]] = self.hidden


class Drop(Tokens):
    """This share of the words is left out and the rest closes up; one word at least is kept."""

    option = Option("drop", "float", 0.1, N_("this share of the words is left out"), 0, 1)
    moves = True

    def check(self) -> None:
        super().check()
        if not self.data.padded:
            raise NnlabError(
                _("drop makes rows shorter, and {data} has no padding to fill them up", data=self.data.name)
            )

    def change(self, ids: Array, places: Array, drawn: Array) -> None:
        dropped = drawn < self.value
        if dropped[places].all():
            dropped[places[np.argmax(drawn[places])]] = False
        stays = np.ones(len(ids), bool)
        stays[places] = ~dropped[places]
        kept = ids[stays]
        ids[: len(kept)], ids[len(kept) :] = kept, 0


class Swap(Tokens):
    """So many times, two neighbouring words change places."""

    option = Option("swap", "int", 1, N_("so many pairs of neighbouring words change places"), 1, 100)
    moves = True

    def change(self, ids: Array, places: Array, drawn: Array) -> None:
        if len(places) < 2:
            return
        for k in range(int(self.value)):
            at = int(drawn[k % len(drawn)] * (len(places) - 1))
            a, b = places[at], places[at + 1]
            ids[a], ids[b] = ids[b], ids[a]

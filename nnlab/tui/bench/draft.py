"""A network being built: its layers as text, their shapes and counts, and what is wrong with it.

The draft may be wrong for a while; only a right one becomes an action.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearest
from nnlab.network import LAYERS, LedgerRow, format_layers, ledger, parse_layers, with_picture

if TYPE_CHECKING:
    from nnlab.data import Dataset


@dataclass(frozen=True)
class Draft:
    """``layers`` in notation, the cursor on one of them (-1: the input)."""

    layers: tuple[str, ...]
    at: int = 0

    @classmethod
    def of(cls, notation: str, at: int = 0) -> Draft:
        layers = tuple(piece.strip() for piece in re.split(r"[|\n]", notation) if piece.strip())
        return cls(layers, max(-1, min(at, len(layers) - 1)))

    @property
    def text(self) -> str:
        return " | ".join(self.layers)

    def rows(self, input_shape: tuple[int, ...]) -> tuple[list[LedgerRow], str]:
        """The shape ledger, and the sentence about what cannot be read (then there are no rows)."""
        if not self.layers:
            return [], _("the network is empty; insert a layer")
        try:
            return ledger(parse_layers(self.text), input_shape), ""
        except NnlabError as error:
            return [], str(error)

    def trouble(self, input_shape: tuple[int, ...], data: Dataset | None = None) -> str:
        """Why this is no network for ``data`` yet; empty where it is one."""
        rows, error = self.rows(input_shape)
        if error:
            return error
        for row in rows:
            if row.error:
                return row.error
        if data is not None:
            last = rows[-1].output_shape or ()
            wanted = data.answer_shape
            if last != wanted and not (data.task == "binary" and last == (2,)):
                return _(
                    "the last layer answers {has} numbers, the data want {want}",
                    has="×".join(map(str, last)),
                    want="×".join(map(str, wanted)),
                )
        return ""

    def fix(self, input_shape: tuple[int, ...], data: Dataset | None = None) -> Draft | None:
        """A draft like this one that is right: words as they are spelt, a picture or a flatten where one is
        missing, the last size; where nothing helps, without the layer that does not fit.
        """
        if not self.trouble(input_shape, data):
            return None
        draft = self._spelt()._with_picture(input_shape, data)
        rows, error = draft.rows(input_shape)
        if error:
            return None
        wrong = next((k for k, row in enumerate(rows) if row.error), None)
        tries = [draft]
        if wrong is not None:
            before, after = draft.layers[:wrong], draft.layers[wrong + 1 :]
            tries.append(Draft((*before, "flatten", draft.layers[wrong], *after), wrong))
            tries.append(Draft((*before, *after), max(0, wrong - 1)))
        if data is not None:
            last = self.layers[-1].split()
            ending = f"dense {data.outputs}"
            bare = all("=" in word for word in last[2:])  # with an activation it is a hidden layer and stays
            ends = [(ending,), ("flatten", ending)]
            if last[0] == "dense" and bare:
                sized = " ".join(["dense", str(data.outputs), *last[2:]])
                tries += [replace(t, layers=(*t.layers[:-1], sized)) for t in tries]
            tries += [replace(t, layers=(*t.layers, *end)) for end in ends for t in list(tries)]
        return next((t for t in tries if not t.trouble(input_shape, data)), None)

    def _spelt(self) -> Draft:
        """With the nearest kind of layer in the place of a word that is none."""
        layers = []
        for layer in self.layers:
            word, _space, rest = layer.partition(" ")
            meant = word if word in LAYERS else nearest(word, LAYERS) or word
            layers.append(f"{meant} {rest}".rstrip())
        return replace(self, layers=tuple(layers))

    def _with_picture(self, input_shape: tuple[int, ...], data: Dataset | None) -> Draft:
        """With the reshape in front that a layer on images needs where pictures come as rows of pixels."""
        if data is None or self.rows(input_shape)[1]:
            return self
        layers = with_picture(parse_layers(self.text), input_shape, data.picture)
        added = len(layers) - len(self.layers)
        return Draft.of(format_layers(layers), self.at + added) if added else self

    # -- editing --------------------------------------------------------------------------------

    def move_to(self, at: int) -> Draft:
        return replace(self, at=max(-1, min(at, len(self.layers) - 1)))

    def insert(self, kind: str) -> Draft:
        """A layer of ``kind`` behind the cursor."""
        fresh = LAYERS[kind].sample or kind
        at = self.at + 1
        return Draft((*self.layers[:at], fresh, *self.layers[at:]), at)

    def remove(self) -> Draft:
        if self.at < 0 or not self.layers:
            return self
        return Draft((*self.layers[: self.at], *self.layers[self.at + 1 :]), max(-1, self.at - 1)).move_to(
            self.at
        )

    def shift(self, step: int) -> Draft:
        """The layer under the cursor changes places with its neighbour."""
        to = self.at + step
        if self.at < 0 or not 0 <= to < len(self.layers):
            return self
        layers = list(self.layers)
        layers[self.at], layers[to] = layers[to], layers[self.at]
        return Draft(tuple(layers), to)

    def resize(self, step: int) -> Draft:
        """One unit more or fewer, or a twentieth of a rate."""
        if self.at < 0 or not self.layers:
            return self
        words = self.layers[self.at].split()
        kind = LAYERS.get(words[0])
        if kind is None or len(words) < 2:
            return self
        try:
            first = kind.arguments[0].kind
            if first == "count":
                words[1] = str(max(1, int(words[1]) + step))
            elif first == "rate":
                words[1] = f"{min(0.95, max(0.0, float(words[1]) + (0.05 if step > 0 else -0.05))):.2g}"
        except ValueError:
            return self
        return self._with(" ".join(words))

    def activate(self, step: int) -> Draft:
        """The next activation of a layer that has one."""
        words = self.layers[self.at].split() if 0 <= self.at < len(self.layers) else []
        kind = LAYERS.get(words[0]) if len(words) > 1 else None
        argument = next((a for a in kind.arguments if a.kind == "activation"), None) if kind else None
        if argument is None:
            return self
        choices = ("", *argument.choices)
        place = next((k for k, word in enumerate(words[1:], 1) if word in choices), 0)
        now = choices.index(words[place]) if place else 0
        new = choices[(now + step) % len(choices)]
        before, after = (words[:place], words[place + 1 :]) if place else (words[:2], words[2:])
        return self._with(" ".join(filter(None, [*before, new, *after])))

    def _with(self, text: str) -> Draft:
        return replace(self, layers=(*self.layers[: self.at], text, *self.layers[self.at + 1 :]))


def kinds(sought: str = "") -> tuple[str, ...]:
    """The words of the palette: all, or those that begin with what is ``sought``, then those that hold it."""
    begin = [word for word in LAYERS if word.startswith(sought)]
    return (*begin, *(word for word in LAYERS if sought in word and word not in begin))

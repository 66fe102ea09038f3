"""Sequences of signs by rule: digits to be turned round, sorted or copied, and brackets that close."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Draws, Ids, Options
from nnlab.data.text.characters import Characters
from nnlab.data.text.rows import pad
from nnlab.data.text.tokenizer import PADDING

DIGITS = tuple("0123456789")

RULES: dict[str, Callable[[Ids], Ids]] = {
    "reverse": lambda digits: digits[:, ::-1],
    "sort": lambda digits: np.sort(digits, axis=1),
    "copy": lambda digits: digits,
}


def digits(name: str, options: Options) -> Raw:
    """Digits x (n, length) and what the rule of ``name`` makes of them, y (n, length), sign by sign.

    With ``decoder=yes`` there is the further input ``previous`` (n, length), the right signs one step late,
    which a decoder goes on from; ids are then one higher, and id 0 begins every row of ``previous``.
    """
    given = Draws(options).pick("digits", 10, int(options["length"]))
    made = np.ascontiguousarray(RULES[name](given))
    decoder = options["decoder"] == "yes"
    signs = Characters((PADDING, *DIGITS) if decoder else DIGITS)
    x, y = given + decoder, made + decoder
    return Raw(
        x, y, "tokens", target_names=("digits",), axes=("position",),
        inputs={"previous": shifted(y)} if decoder else {},
        vocabulary=signs.vocabulary, target_vocabulary=signs.vocabulary,
        tokenizer=signs, target_tokenizer=signs,
    )  # fmt: skip


def shifted(y: Ids) -> Ids:
    """What stood before each position: 0, then y without its last; positions without a target become 0."""
    before = np.zeros_like(y)
    before[:, 1:] = np.maximum(y[:, :-1], 0)
    return before


BRACKETS = {"(": ")", "[": "]"}
MOST_DEPTH, MOST_SIGNS = 4, 20


def brackets(name: str, options: Options) -> Raw:
    """Strings of () and [], at most 20 signs and 4 deep, x (n, 20); y: whether all are closed in turn.

    A wrong string is a right one with a single bracket turned round or changed for the other kind, so
    that counting alone does not tell.
    """
    draw = Draws(options)
    y, halves = draw.balanced(2), 2 + draw.pick("length", MOST_SIGNS // 2 - 1)
    choices, spoil = draw.uniform("choices", MOST_SIGNS, 2), draw.uniform("spoil", 2)
    signs = Characters((PADDING, "(", ")", "[", "]"))
    texts = []
    for row in range(draw.n):
        text = _closed(int(halves[row]), choices[row])
        texts.append(text if y[row] else _spoilt(text, *spoil[row]))
    x = pad([signs.encode(text).tolist() for text in texts], MOST_SIGNS)
    return Raw(
        x, y, "binary", class_names=("wrong", "right"), target_names=("brackets",), axes=("position",),
        vocabulary=signs.vocabulary, tokenizer=signs,
    )  # fmt: skip


def _closed(halves: int, choices: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> str:
    """A right string of 2 · ``halves`` signs."""
    text, open_ = "", ""
    for at in range(2 * halves):
        left = 2 * halves - at
        must_open, must_close = not open_, len(open_) in (left, MOST_DEPTH)
        if must_open or (not must_close and choices[at, 0] < 0.5):
            sign = "(" if choices[at, 1] < 0.5 else "["
            text, open_ = text + sign, open_ + sign
        else:
            text, open_ = text + BRACKETS[open_[-1]], open_[:-1]
    return text


def _spoilt(text: str, place: float, how: float) -> str:
    at = int(place * len(text))
    turned = {"(": ")", ")": "(", "[": "]", "]": "["}
    other = {"(": "[", "[": "(", ")": "]", "]": ")"}
    return text[:at] + (turned if how < 0.5 else other)[text[at]] + text[at + 1 :]

"""Which rows train, which validate, which test."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from nnlab.data.dataset import Split
from nnlab.data.spec import parse_split
from nnlab.engine.rng import permutation
from nnlab.errors import NnlabError
from nnlab.i18n import _


def sizes(text: str, n: int) -> tuple[int, int, int]:
    """Rows of each part for a split in normal form.

    Percentages are rounded half up for validation and test, a part above 0 % gets at least one row, and
    training gets the rest.
    """
    parts = [Decimal(part) for part in text.split("/")]
    if sum(parts) != 100:
        if sum(parts) != n:
            raise NnlabError(
                _(
                    "split={text} adds up to {total}, neither 100 percent nor the {n} rows there are",
                    text=text,
                    total=f"{sum(parts):f}",
                    n=n,
                )
            )
        return int(parts[0]), int(parts[1]), int(parts[2])
    held = [max(int(part * n / 100 + Decimal("0.5")), 1 if part else 0) for part in parts[1:]]
    train = n - sum(held)
    if train < 1:
        raise NnlabError(
            _(
                "{n} rows are too few for split={text}; add rows, or use split=all to train on every row",
                n=n,
                text=text,
            )
        )
    return train, held[0], held[1]


def split_in_time(text: str, n: int, streams: int) -> Split:
    """Rows of ``streams`` sequences side by side, row r followed by row r + ``streams``: the parts are
    stretches of time, each with all sequences.
    """
    text, rows = parse_split(text), np.arange(n)
    if n % streams:
        raise NnlabError(
            _(
                "{n} rows cannot be {streams} sequences of the same length; leave out the last {rest}",
                n=n,
                streams=streams,
                rest=n % streams,
            )
        )
    if text == "all":
        return Split(rows, rows, rows[:0])
    train, validation, _test = (count * streams for count in sizes(text, n // streams))
    return Split(rows[:train], rows[train : train + validation], rows[train + validation :])


def make_split(text: str, n: int, seed: int) -> Split:
    """The rows 0 … n−1, shuffled by ``seed``, cut into the three parts.

    ``all``: every row in its own order for training, the same rows for validation, none for test.
    """
    text = parse_split(text)
    if text == "all":
        return Split(np.arange(n), np.arange(n), np.arange(0))
    train, validation, _test = sizes(text, n)
    order = permutation(seed, "data.split", 0, n)
    return Split(order[:train], order[train : train + validation], order[train + validation :])

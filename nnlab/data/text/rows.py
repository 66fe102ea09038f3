"""Token ids as rows of equal length: filled up, cut into windows, sorted into buckets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.errors import NnlabError
from nnlab.i18n import _

Ids = NDArray[np.int64]


def pad(rows: Sequence[Sequence[int]], length: int = 0, fill: int = 0) -> Ids:
    """Rows of different lengths as one array (n, T), filled up behind with ``fill``.

    T is ``length``, or that of the longest row; a row longer than T is refused.
    """
    longest = max(map(len, rows), default=0)
    length = length or longest
    if longest > length:
        at = next(k for k, row in enumerate(rows) if len(row) > length)
        raise NnlabError(
            _("row {row} has {count} tokens, more than the {length} there is room for",
              row=at, count=len(rows[at]), length=length)
        )  # fmt: skip
    made = np.full((len(rows), length), fill, np.int64)
    for k, row in enumerate(rows):
        made[k, : len(row)] = row
    return made


def windows(ids: Ids, context: int, stride: int) -> tuple[Ids, Ids]:
    """Stretches of a text and what comes next at each position: x and y, each (n, context).

    A window begins every ``stride`` tokens; the last one ends with the text, so that nothing is left out.
    The text has more than ``context`` tokens.
    """
    last = len(ids) - context - 1
    starts = np.unique(np.append(np.arange(0, last + 1, stride), last))
    at = starts[:, None] + np.arange(context)
    return ids[at], ids[at + 1]


@dataclass(frozen=True, eq=False)
class Bucket:
    """Rows that are filled up to one ``length``: their numbers, int64 (rows,)."""

    length: int
    rows: Ids


def buckets(lengths: Sequence[int], count: int) -> list[Bucket]:
    """Rows sorted by length into at most ``count`` buckets of equal size, the shortest first.

    Batches drawn from one bucket carry little padding: each is only as long as its bucket.
    """
    of = np.asarray(lengths, np.int64)
    order = np.argsort(of, kind="stable")
    parts = [part for part in np.array_split(order, count) if len(part)]
    return [Bucket(int(of[part].max()), np.sort(part)) for part in parts]


def padding_share(lengths: Sequence[int], sorted_into: Sequence[Bucket]) -> float:
    """The share of positions that hold padding when every row is filled up to its bucket's length."""
    room = sum(bucket.length * len(bucket.rows) for bucket in sorted_into)
    return 1 - float(np.sum(np.asarray(lengths))) / room if room else 0.0

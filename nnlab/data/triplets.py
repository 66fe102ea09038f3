"""Three digits in a row: is it the second or the third that is the same as the first?"""

from __future__ import annotations

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Split
from nnlab.data.generated.draws import Array, Draws, Ids, Options
from nnlab.data.shipped import arrays

PARTS = ("train", "validation", "test")


def same_digit(name: str, options: Options) -> Raw:
    """x (n, 3, 64), pixels of 0 … 1; y (n,) is 0 where the second shows the digit of the first, else 1.

    Of ten rows in turn eight are to train on, one to validate, one to test; each shows digits of that part
    of the frozen split alone.
    """
    held, draw = arrays("digits"), Draws(options)
    rows = np.arange(draw.n)
    parts = [rows[rows % 10 < 8], rows[rows % 10 == 8], rows[rows % 10 == 9]]
    shares = [draw.uniform(word) for word in ("first", "same", "other")]
    chosen = np.empty((draw.n, 3), np.int64)
    for part, mine in zip(PARTS, parts):
        among = held[part].astype(np.int64)
        picked = _triplets(held["y"][among].astype(np.int64), *(share[mine] for share in shares))
        chosen[mine] = among[picked]
    y = draw.pick("order", 2)
    chosen[y == 1] = chosen[y == 1][:, [0, 2, 1]]
    return Raw(
        held["x"][chosen].astype(np.float32) / 16, y, "binary", (), ("second", "third"), ("same digit",),
        axes=("picture", "pixel"), split=Split(*parts),
    )  # fmt: skip


def _triplets(y: Ids, first: Array, same: Array, other: Array) -> Ids:
    """Rows (n, 3) of ``y``: one, another of its class, one of another class, as uniforms (n,) say."""
    anchor = (first * len(y)).astype(np.int64)
    order = np.argsort(y, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(y))  # where a row stands among the sorted
    count = np.bincount(y)
    begin, size = (np.cumsum(count) - count)[y[anchor]], count[y[anchor]]
    # Steps onwards in the class, or beyond it, round and round: never the row itself, nor its class.
    within = (place[anchor] - begin + 1 + (same * (size - 1)).astype(np.int64)) % size
    beyond = (begin + size + (other * (len(y) - size)).astype(np.int64)) % len(y)
    return np.stack([anchor, order[begin + within], order[beyond]], axis=1)

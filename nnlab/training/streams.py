"""Sequences that go on from batch to batch: which row stands where, for layers that keep their state.

A stateful layer begins with the state that the same place of the batch before ended with.  So the rows of a
batch are places in one or several long sequences, and the next batch holds what follows at each of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.data import Dataset
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network

Array = np.ndarray[Any, Any]


def stream_rows(n: int, streams: int, size: int) -> Array:
    """The order (n,) of ``n`` rows in which batches of ``size`` go on from one another.

    Row r of the data is followed by row r + ``streams``.  Each of these sequences is cut into as many pieces
    as make a batch, and a batch holds the next row of every piece; pieces differ by a row at most, the
    longer ones come first, so that only the last batch is smaller.

    >>> stream_rows(7, 1, 2).tolist()
    [0, 4, 1, 5, 2, 6, 3]
    """
    cuts = max(1, size // streams)
    pieces = [piece for k in range(streams) for piece in np.array_split(np.arange(k, n, streams), cuts)]
    pieces = sorted((piece for piece in pieces if len(piece)), key=len, reverse=True)
    longest = len(pieces[0])
    return np.concatenate([[piece[t] for piece in pieces if t < len(piece)] for t in range(longest)])


def in_batches(order: Array, size: int) -> list[Array]:
    return [order[start : start + size] for start in range(0, len(order), size)]


def check_streams(network: Network, data: Dataset, size: int) -> None:
    """Raise NnlabError where a layer keeps its state and batches of ``size`` rows do not go on."""
    if not network.graph.streams:
        return
    layer, streams = network.graph.streams[0].layer, data.streams
    if not streams:
        raise NnlabError(
            _(
                "{layer} is stateful, it goes on where the batch before ended, and the rows of {data} do not "
                "follow one another; leave stateful out, or take a text with stride as large as context",
                layer=layer,
                data=data.name,
            )
        )
    if size % streams and size < len(data.split.train):
        raise NnlabError(
            _(
                "{layer} is stateful and {data} has {streams} sequences side by side; a batch takes "
                "{streams} rows, or {twice}, not {size}",
                layer=layer,
                data=data.name,
                streams=streams,
                twice=2 * streams,
                size=size,
            )
        )

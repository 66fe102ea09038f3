"""What embeddings have learned: which rows lie in the same direction, and sums of them.

The nearest are those with the largest cosine, as Mikolov et al. 2013 compare words (arXiv 1301.3781).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.engine.program import host
from nnlab.network.layers.embedding import Embed
from nnlab.network.network import Network
from nnlab.network.wiring import ids_read

Array = np.ndarray[Any, Any]


def embeddings(network: Network) -> dict[str, str]:
    """The weights (vocabulary, size) of the first embedding that reads each input, by the input's name."""
    found: dict[str, str] = {}
    for name, layer, read in zip(network.names, network.layers, ids_read(network.layers)):
        if isinstance(layer, Embed) and read:
            found.setdefault(read, f"{name}.W")
    return found


def table_of(network: Network, weights: str) -> Array:
    """The rows of an embedding, settled, (vocabulary, size)."""
    return host(network.store.view(weights, network.theta)).astype(np.float64)


def cosines(rows: Array, vector: Array) -> Array:
    """The cosine of the angle between ``vector`` (size,) and every one of ``rows`` (n, size); 0 for a row
    without a direction.
    """
    lengths = np.sqrt((rows**2).sum(axis=1)) * np.sqrt((vector**2).sum())
    return np.asarray((rows @ vector) / np.where(lengths > 0, lengths, 1.0))


def nearest(rows: Array, vector: Array, without: Sequence[int], most: int) -> list[tuple[int, float]]:
    """The ids whose rows lie nearest to ``vector`` by their direction, those of ``without`` left out."""
    near = cosines(rows, vector)
    near[list(without)] = -np.inf
    order = np.argsort(-near, kind="stable")[:most]
    return [(int(k), float(near[k])) for k in order if np.isfinite(near[k])]

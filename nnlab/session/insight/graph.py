"""Where the nodes of a graph are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
ROUNDS = 150


def laid_out(adjacency: Array) -> Array:
    """Places (n, 2) at which linked nodes are near and all others apart: springs that settle, always to the
    same places (Fruchterman and Reingold 1991).  ``adjacency`` (n, n): not 0 where two nodes are linked."""
    links = ((adjacency + adjacency.T) != 0).astype(float)
    np.fill_diagonal(links, 0)
    n = len(links)
    turns = np.arange(n) * 2.399963  # the golden angle: no two nodes begin in one place
    places = np.sqrt(np.arange(n) + 0.5)[:, None] * np.stack((np.cos(turns), np.sin(turns)), axis=1)
    for heat in np.linspace(1.0, 0.02, ROUNDS):
        apart = places[:, None] - places[None]
        distance = np.sqrt((apart**2).sum(axis=2)) + 1e-9
        push = 1 / distance**2 - links * distance
        moves = (apart * push[..., None]).sum(axis=1)
        length = np.sqrt((moves**2).sum(axis=1, keepdims=True)) + 1e-9
        places += moves / length * np.minimum(length, heat)
    centred: Array = places - places.mean(axis=0)
    return centred

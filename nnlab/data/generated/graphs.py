"""Nodes and edges: two villages whose people know each other, and the tastes of people for things."""

from __future__ import annotations

import numpy as np

from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET, Split
from nnlab.data.generated.draws import Array, Draws, Ids, Options
from nnlab.engine.rng import permutation, uniform


def two_villages(name: str, options: Options) -> Raw:
    """One graph of two groups, as three rows that ask for different nodes.

    x (3, nodes, nodes): each node is told apart only by its number, as one-hot; ``adjacency`` (3, nodes,
    nodes): the edges with self-loops, divided by √(degree · degree) of both ends (Kipf, Welling, 2017);
    y (3, nodes): the village of the nodes that are asked for.  Row 0, to train on, asks for one node of each
    village, rows 1 and 2 for half of the others each.
    """
    nodes, seed = int(options["nodes"]), int(options["seed"])
    half = nodes // 2
    village = np.arange(nodes) // half
    same = village[:, None] == village[None, :]
    likely = np.where(same, float(options["inside"]), float(options["across"]))
    drawn = np.triu(uniform(seed, "data.edges", 0, (nodes, nodes), np.float64) < likely, 1)
    x = np.broadcast_to(np.eye(nodes), (3, nodes, nodes))
    adjacency = np.broadcast_to(normalised(drawn | drawn.T), (3, nodes, nodes)).astype(np.float32)
    y = np.full((3, nodes), NO_TARGET)
    order = permutation(seed, "data.labels", 0, half)
    parts = (order[:1], order[1 : 1 + half // 2], order[1 + half // 2 :])
    for row, part in enumerate(parts):
        for first in (0, half):
            y[row, first + part] = village[first + part]
    rows = (np.arange(1), np.arange(1, 2), np.arange(2, 3))
    return Raw(
        x, y, "tokens", target_names=("village",), target_vocabulary=("east", "west"),
        axes=("node", "number"), inputs={"adjacency": adjacency}, split=Split(*rows),
    )  # fmt: skip


def normalised(edges: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Array:
    """D^−½ (A + I) D^−½, (nodes, nodes)."""
    linked = edges + np.eye(len(edges))
    root = 1 / np.sqrt(linked.sum(axis=1))
    shown: Array = linked * root[:, None] * root[None, :]
    return shown


def tastes(name: str, options: Options) -> Raw:
    """What 40 people think of 30 things: x (1200, 1) the person, ``item`` (1200, 1) the thing, y the rating.

    A rating is 3, plus what is usual for the person and for the thing, plus how well their two hidden
    tastes agree, plus noise.
    """
    users, items = 40, 30
    people, things = Draws(options, users), Draws(options, items)
    match = 0.64 * people.normal("taste", 2) @ things.normal("kind", 2).T  # (users, items)
    usual = 0.4 * people.normal("mood", 1) + 0.4 * things.normal("quality", 1).T
    noise = float(options["noise"]) * people.normal("noise", items)
    rating = 3 + match + usual + noise
    who, what = (ids.reshape(-1, 1) for ids in np.indices((users, items)))
    names: dict[str, Ids] = {"item": what.astype(np.int64)}
    return Raw(
        who, rating.reshape(-1, 1), "regression", target_names=("rating",), axes=("position",), inputs=names,
        vocabulary=tuple(f"person {k}" for k in range(1, users + 1)),
        vocabularies={"item": tuple(f"thing {k}" for k in range(1, items + 1))},
    )  # fmt: skip

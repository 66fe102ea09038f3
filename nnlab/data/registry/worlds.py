"""The moves of small worlds, for what is learnt from rewards."""

from __future__ import annotations

from nnlab.data.registry.options import SEED, made
from nnlab.i18n import N_

GROUP = N_("worlds")
_MOVES = "moves:moves"

SPECS = (
    made(
        "grid4",
        "regression",
        N_("every move on a grid of 4×4 cells with a goal, a pit and two walls, and what it brings"),
        _MOVES,
        SEED,
        shape=(2, 16),
        group=GROUP,
    ),
    made(
        "corridor6",
        "regression",
        N_("every move in a corridor of six cells: a small reward near, a large one far"),
        _MOVES,
        SEED,
        shape=(2, 6),
        group=GROUP,
    ),
    made(
        "nim12",
        "regression",
        N_("every move of a game with twelve stones: take one to three, whoever takes the last wins"),
        _MOVES,
        SEED,
        shape=(2, 13),
        group=GROUP,
    ),
)

"""The moves of small worlds, for what is learnt from rewards."""

from __future__ import annotations

from nnlab.data.registry.options import SEED, length, made, rows
from nnlab.i18n import N_

GROUP = N_("worlds")
_MOVES = "moves:moves"
_WALKS = "walks:walks"
_WALK = (
    rows(256, help_text=N_("walks of an epoch")),
    length(20, 2, 1000, N_("moments after which a walk is cut off")),
    SEED,
)

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
    made(
        "grid4-walks",
        "tokens",
        N_("walks through the grid of grid4, made at every step by the network that learns from them"),
        _WALKS,
        *_WALK,
        shape=(20, 16),
        outputs=4,
        group=GROUP,
    ),
    made(
        "corridor6-walks",
        "tokens",
        N_("walks along the corridor of corridor6, made at every step by the network that learns from them"),
        _WALKS,
        *_WALK,
        shape=(20, 6),
        outputs=2,
        group=GROUP,
    ),
)

"""What networks that learnt the worth of moves are judged by: how they act in their world."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nnlab.classic import qlearning
from nnlab.classic.arrays import Matrix
from nnlab.classic.worlds import World, world
from nnlab.training.living import surest

if TYPE_CHECKING:
    from nnlab.training.run import Run

DISCOUNT = 0.9
"""What the next move counts for, where one plays alone; against another it counts in full."""


def table(run: Run) -> tuple[World, Matrix]:
    """The world of the data, and what the network says each move is worth, (states, actions)."""
    data, place = run.data, world(run.data.name)
    # With nothing expected of what follows, the answer for a move is its worth alone.
    further = {**data.inputs, "onward": np.zeros_like(data.inputs["onward"])}
    q = np.zeros((place.states, len(place.actions)))
    state, action = data.x[:, 0].argmax(axis=1), data.inputs["action"].argmax(axis=1)
    q[state, action] = run.network.predict(data.x, **further)[:, 0]
    return place, q


def worth_of_start(run: Run) -> float:
    """What the best move from the start is worth."""
    place, q = table(run)
    return max(float(q[place.start, action]) for action in place.legal(place.start))


def moves_to_end(run: Run) -> float:
    """How many moves the best known, or most probable, actions take from the start until all is over."""
    if run.data.live is not None:
        return float((surest(run.machine, run.settled())["target"] >= 0).sum())
    place, q = table(run)
    return float(len(qlearning.greedy_path(place, q)) - 1) if np.isfinite(q).all() else float("nan")


def best_moves(run: Run) -> float:
    """The share of states in which the best known action is one of the best there are."""
    place, q = table(run)
    *_sweeps, true = qlearning.sweep(place, 1.0 if place.two_players else DISCOUNT)
    states = [state for state in range(place.states) if place.legal(state)]
    right = 0
    for state in states:
        legal = list(place.legal(state))
        chosen = legal[int(q[state, legal].argmax())]
        right += bool(true[state, chosen] >= true[state, legal].max() - 1e-6)
    return right / len(states)


WORTH: dict[str, Callable[[Run], float]] = {
    "worth_of_start": worth_of_start,
    "moves_to_end": moves_to_end,
    "best_moves": best_moves,
}

"""Every move of a small world, for a network that learns what moves are worth."""

from __future__ import annotations

import numpy as np

from nnlab.classic.worlds import world
from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Options

BARRED = -9.0
"""Far below anything a move is worth: what is not allowed is never the best of what may follow."""


def moves(name: str, options: Options) -> Raw:
    """A row for each state and legal action of the world ``name``.

    x (n, 2, states): the state and the one that follows, one-hot; y (n, 1): the reward.  Further inputs are
    ``action`` (n, actions), one-hot; ``onward`` (n, 1), how the worth of what follows counts for the one who
    moved: 1, −1 where the other player moves next, 0 where all is over; ``barred`` (n, actions), 0 for what
    may be done next and :data:`BARRED` for what may not.
    """
    place = world(name)
    made = [(s, a, place.step(s, a)) for s in range(place.states) for a in place.legal(s)]
    state, action = np.eye(place.states), np.eye(len(place.actions))
    next_turn = -1.0 if place.two_players else 1.0
    barred = np.full((len(made), len(place.actions)), BARRED)
    for row, (_s, _a, outcome) in enumerate(made):
        barred[row, list(place.legal(outcome.state))] = 0
    further = {
        "action": np.stack([action[a] for _s, a, _o in made]),
        "onward": np.array([[0.0 if o.done else next_turn] for *_sa, o in made]),
        "barred": barred,
    }
    return Raw(
        np.stack([np.stack([state[s], state[o.state]]) for s, _a, o in made]),
        np.array([[o.reward] for *_sa, o in made]),
        "regression", target_names=("reward",), axes=("moment", "state"),
        inputs={key: array.astype(np.float32) for key, array in further.items()},
    )  # fmt: skip

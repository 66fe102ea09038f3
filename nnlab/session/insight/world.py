"""A small world as a network sees it: what each move is worth or how likely it is, and the way that gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.classic import qlearning
from nnlab.classic.worlds import GridWorld, world
from nnlab.engine.health import require_finite
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.insight.rows import row_of
from nnlab.training.worth import DISCOUNT, table

if TYPE_CHECKING:
    from nnlab.classic.worlds import World
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Bellman:
    """One row of the data: from ``state`` by ``action`` to ``after``, and what its worth should become."""

    row: int
    state: int
    action: int
    after: int
    reward: float
    over: bool
    now: float
    best_after: float
    discount: float

    @property
    def target(self) -> float:
        return self.reward + self.discount * self.best_after


@dataclass(frozen=True)
class Played:
    """``moves`` (states, actions): the worth of every move, or its probability where ``policy`` is true, NaN
    where it is not allowed; ``path`` the states that the best moves lead through from the start; ``true``
    (states, actions) what the moves are really worth.  ``update`` is the followed example, of worths."""

    world: World
    policy: bool
    moves: Array
    path: tuple[int, ...]
    true: Array
    update: Bellman | None

    @property
    def circles(self) -> bool:
        """Whether the best moves come back to a state they have been in."""
        return len(set(self.path)) < len(self.path)

    @property
    def grid(self) -> GridWorld | None:
        return self.world if isinstance(self.world, GridWorld) else None

    def best(self, state: int) -> int:
        """The best move of a state; -1 where all is over."""
        return int(np.nanargmax(self.moves[state])) if self.world.legal(state) else -1


def plays(session: Workbench) -> bool:
    """Whether the data are the moves of a small world."""
    data = session.data
    return data is not None and data.axes == ("moment", "state")


def played(session: Workbench) -> Played:
    """Raises NnlabError where the data are of no world, or the network's numbers are not finite."""
    run = session.need_run()
    if not plays(session):
        raise NnlabError(_("these data are no moves in a small world"))
    policy = run.data.live is not None
    place = world(run.data.name.partition("-")[0]) if policy else table(run)[0]
    moves = _probabilities(run, place) if policy else table(run)[1].copy()
    require_finite(moves)
    for state in range(place.states):
        forbidden = [a for a in range(len(place.actions)) if a not in place.legal(state)]
        moves[state, forbidden] = np.nan
    *_sweeps, true = qlearning.sweep(place, 1.0 if place.two_players else DISCOUNT)
    known = np.where(np.isnan(moves), -np.inf, moves)
    path = _until_again(qlearning.greedy_path(place, known)) if np.isfinite(moves[place.start]).any() else ()
    update = None if policy else _update(session, place, moves)
    return Played(place, policy, moves, path, true, update)


def _until_again(path: list[int]) -> tuple[int, ...]:
    """The path up to the first state that comes a second time: from there it goes in a circle."""
    for k, state in enumerate(path):
        if state in path[:k]:
            return tuple(path[: k + 1])
    return tuple(path)


def _probabilities(run: Run, place: World) -> Array:
    """The policy in every state, asked as if it were the first of a walk."""
    length = run.data.x.shape[1]
    asked = np.zeros((place.states, length, place.states), np.float32)
    asked[:, 0] = np.eye(place.states)
    others = {name: np.zeros((place.states, *v.shape[1:]), v.dtype) for name, v in run.data.inputs.items()}
    used = {name: others[name] for name in run.network.inputs}
    logits = run.network.predict(asked, **used)[:, 0, : len(place.actions)].astype(np.float64)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _update(session: Workbench, place: World, moves: Array) -> Bellman:
    data, row = session.need_data(), row_of(session, None)
    state, after = data.x[row, 0].argmax(), data.x[row, 1].argmax()
    action = int(data.inputs["action"][row].argmax())
    onward = float(data.inputs["onward"][row, 0])
    best = float(np.nanmax(moves[after])) if onward and place.legal(int(after)) else 0.0
    discount = -1.0 if place.two_players else DISCOUNT
    now, reward = float(moves[state, action]), float(data.y[row, 0])
    return Bellman(row, int(state), action, int(after), reward, not onward, now, best, discount)

"""Tabular Q-learning (Watkins 1989): what an action is worth, learnt from what came of it.

>>> from nnlab.classic.worlds import world
>>> grid = world("grid4")
>>> *_updates, last = learn(grid, episodes=60, seed=1)
>>> len(greedy_path(grid, last.q))
7
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.classic.arrays import Matrix, at
from nnlab.classic.episodes import Draws, pick
from nnlab.classic.worlds import World
from nnlab.engine.expression import Expression, const, extreme
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """One move and what was learnt from it: Q(state, action) went from ``before`` towards ``target``.

    ``explored`` says that the action was drawn and not the best known.  ``q`` (states, actions) is the table
    after the update; actions that are not legal stay 0.
    """

    episode: int
    time: int
    state: int
    action: int
    reward: float
    following: int
    done: bool
    explored: bool
    before: float
    target: float
    q: Matrix

    @property
    def after(self) -> float:
        return float(self.q[self.state, self.action])


def learn(
    world: World,
    episodes: int,
    *,
    alpha: float = 0.5,
    gamma: float = 0.9,
    epsilon: float = 0.2,
    seed: int = 1,
) -> Iterator[Update]:
    """Every update of ``episodes`` episodes from a table of zeros.

    With probability ``epsilon`` an action is drawn, else the best known one is taken; ties are broken by a
    draw.  In a world of two players both learn in one table, and the value of what follows counts against
    the one who moved.  Draws belong to (seed, episode, time).

    Raises NnlabError where a rate is outside 0 … 1.
    """
    for name, rate in (("alpha", alpha), ("gamma", gamma), ("epsilon", epsilon)):
        if not 0 <= rate <= 1:
            raise NnlabError(_("{name} {rate} must be from 0 to 1", name=name, rate=rate))
    q = np.zeros((world.states, len(world.actions)))
    draws = Draws(seed, world.limit)
    for episode in range(episodes):
        state = world.start
        for time, (explore, choice, chance) in enumerate(draws.of(episode)):
            explored = explore < epsilon
            action = pick(world.legal(state) if explored else best(world, q, state), choice)
            following, reward, done = world.step(state, action, chance)
            target = reward + gamma * worth(world, q, following)
            before = float(q[state, action])
            q[state, action] = before + alpha * (target - before)
            yield Update(
                episode, time, state, action, reward, following, done, explored, before, target, q.copy()
            )
            if done:
                break
            state = following


def best(world: World, q: Matrix, state: int) -> list[int]:
    """The legal actions of the highest value, in order."""
    legal = world.legal(state)
    most = max(q[state, a] for a in legal)
    return [a for a in legal if q[state, a] == most]


def worth(world: World, q: Matrix, state: int) -> float:
    """What a state is worth to whoever has just moved there: max Q, 0 where all is over."""
    legal = world.legal(state)
    if not legal:
        return 0.0
    most = max(float(q[state, a]) for a in legal)
    return -most if world.two_players else most


def greedy_path(world: World, q: Matrix) -> list[int]:
    """The states that the best known actions lead through, in a world without chance."""
    path = [world.start]
    while world.legal(path[-1]) and len(path) <= world.limit:
        path.append(world.step(path[-1], best(world, q, path[-1])[0]).state)
    return path


def sweep(world: World, gamma: float = 0.9, within: float = 1e-9) -> Iterator[Matrix]:
    """Value iteration: Q (states, actions) of a world without chance after each sweep, until it rests.

    From zeros every sweep looks one move further ahead, so values spread outward from where the rewards are.
    """
    moves = [(s, a, world.step(s, a)) for s in range(world.states) for a in world.legal(s)]
    q = np.zeros((world.states, len(world.actions)))
    while True:
        following = np.zeros_like(q)
        for state, action, (after, reward, _done) in moves:
            following[state, action] = reward + gamma * worth(world, q, after)
        settled = float(np.abs(following - q).max()) <= within
        q = following
        yield q
        if settled:
            return


def explain_update(world: World, update: Update, alpha: float, gamma: float) -> Expression:
    """Q + α·(r + γ·max Q(next) − Q) with the numbers of before."""
    old = at("Q", update.state, update.action, value=update.before)
    target: Expression = at("r", value=update.reward)
    if legal := world.legal(update.following):
        table = update.q.copy()
        table[update.state, update.action] = update.before
        values = [at("Q", update.following, a, value=float(table[update.following, a])) for a in legal]
        next_ = const(gamma, "γ") * extreme("max", values)
        target = target - next_ if world.two_players else target + next_
    return old + const(alpha, "α") * (target - old)

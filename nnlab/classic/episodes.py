"""What happens in a world, as lists and as tables for a network to learn from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, Whole
from nnlab.classic.worlds import World
from nnlab.engine.rng import Stream

Policy = Callable[[int, float], int]
"""(state, a draw of [0, 1)) → action."""


@dataclass(frozen=True, slots=True)
class Episode:
    """What was done at each moment: ``states`` before, ``actions``, ``rewards`` of them; where it ended.

    ``done`` is False where it was cut off by the world's limit.
    """

    states: tuple[int, ...]
    actions: tuple[int, ...]
    rewards: tuple[float, ...]
    end: int
    done: bool

    def returns(self, gamma: float) -> Matrix:
        """Gₜ = rₜ + γ·Gₜ₊₁ of every moment (T,): what REINFORCE learns from."""
        later, found = 0.0, np.empty(len(self.rewards))
        for t in range(len(self.rewards) - 1, -1, -1):
            found[t] = later = self.rewards[t] + gamma * later
        return found


def play(world: World, policy: Policy, seed: int = 1, episode: int = 0) -> Episode:
    """One episode from the world's start; the draws of moment t are those of (seed, episode, t)."""
    draws = Draws(seed, world.limit).of(episode)
    state, done = world.start, False
    states, actions, rewards = [], [], []
    for _explore, choice, chance in draws:
        action = policy(state, choice)
        states.append(state)
        actions.append(action)
        state, reward, done = world.step(state, action, chance)
        rewards.append(reward)
        if done:
            break
    return Episode(tuple(states), tuple(actions), tuple(rewards), state, done)


class Draws:
    """Three uniforms for each moment of an episode: whether to explore, which action, what the world does."""

    def __init__(self, seed: int, limit: int):
        self._stream, self._limit = Stream(seed, "world"), limit

    def of(self, episode: int) -> list[list[float]]:
        """(limit, 3) numbers of [0, 1), as lists."""
        drawn = np.empty((self._limit, 3))
        listed: list[list[float]] = self._stream.uniform_into(episode, drawn).tolist()
        return listed


def pick(choices: Sequence[int], draw: float) -> int:
    """One of ``choices``, each as likely as another."""
    return choices[int(draw * len(choices))]


@dataclass(frozen=True, slots=True, eq=False)
class Transitions:
    """Single moves as tables, one row each: for Q-learning by a network.

    ``states`` and ``following`` are one-hot rows (n, states), ``actions`` (n, actions) too; ``rewards`` (n,);
    ``alive`` (n,) is 0 where the episode ended, so that nothing is expected of what follows.
    """

    states: Matrix
    actions: Matrix
    rewards: Matrix
    following: Matrix
    alive: Matrix

    def targets(self, q_following: ArrayLike, gamma: float) -> Matrix:
        """r + γ·max Q(next) where there is a next: (n,), from what a network answers for ``following``."""
        best = np.asarray(q_following, np.float64).max(1)
        return np.asarray(self.rewards + gamma * self.alive * best)


def one_hot(places: Sequence[int] | Whole, width: int) -> Matrix:
    return np.eye(width)[np.asarray(places, np.int64)]


def all_transitions(world: World) -> Transitions:
    """Every move there is in a world without chance, by state and action.

    In a world of two players the rewards are those of the player who moves.
    """
    moves = [(s, a, world.step(s, a)) for s in range(world.states) for a in world.legal(s)]
    return Transitions(
        one_hot([s for s, _a, _o in moves], world.states),
        one_hot([a for _s, a, _o in moves], len(world.actions)),
        np.array([o.reward for *_sa, o in moves]),
        one_hot([o.state for *_sa, o in moves], world.states),
        np.array([0.0 if o.done else 1.0 for *_sa, o in moves]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Returns:
    """Moments of episodes as tables, one row each: for REINFORCE.

    ``states`` (n, states) and ``actions`` (n, actions) are one-hot rows, ``returns`` (n,).
    """

    states: Matrix
    actions: Matrix
    returns: Matrix


def all_returns(world: World, episodes: Sequence[Episode], gamma: float) -> Returns:
    """The moments of several episodes one behind the other."""
    return Returns(
        one_hot([s for e in episodes for s in e.states], world.states),
        one_hot([a for e in episodes for a in e.actions], len(world.actions)),
        np.concatenate([e.returns(gamma) for e in episodes]),
    )

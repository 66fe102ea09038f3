"""Small worlds for reinforcement learning: where one is, what one may do, what comes of it.

A world is a table of rules.  What is random in it is decided by a number of [0, 1) that the caller gives, so
an episode is a function of (seed, episode, step).  :data:`WORLDS` are those of the course.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from nnlab.errors import NnlabError
from nnlab.i18n import _


class Outcome(NamedTuple):
    """Where an action led, what it brought, and whether the episode ends there."""

    state: int
    reward: float
    done: bool


class World(Protocol):
    """``states`` and ``actions`` are numbered from 0.  An episode is cut off after ``limit`` moves.

    ``two_players`` says that the other player moves next, so that what is good for the next state is bad for
    the one who moved.
    """

    @property
    def states(self) -> int: ...
    @property
    def actions(self) -> tuple[str, ...]: ...
    @property
    def start(self) -> int: ...
    @property
    def limit(self) -> int: ...
    @property
    def two_players(self) -> bool: ...
    def legal(self, state: int) -> tuple[int, ...]:
        """The actions there are in a state; none where the episode has ended."""
        ...

    def step(self, state: int, action: int, draw: float = 0.0) -> Outcome:
        """What comes of a legal action; ``draw`` of [0, 1) decides what is left to chance."""
        ...


DIRECTIONS = {"up": (-1, 0), "right": (0, 1), "down": (1, 0), "left": (0, -1)}


@dataclass(frozen=True)
class GridWorld:
    """Cells to walk on: ``S`` the start, ``G`` the goal (+1), ``P`` a pit (−1), ``#`` a wall.

    Every other step brings ``step_reward``; whoever runs into a wall or the edge stays where he is.  With
    probability ``slip`` a step goes off to one of the sides instead.  States are cells, row by row.
    """

    rows: tuple[str, ...]
    step_reward: float = -0.04
    slip: float = 0.0
    limit: int = 200

    actions = tuple(DIRECTIONS)
    two_players = False

    def __post_init__(self) -> None:
        text = "".join(self.rows)
        if len({len(row) for row in self.rows}) != 1 or text.count("S") != 1 or set(text) - set(".SGP#"):
            raise NnlabError(
                _(
                    "a grid is rows of equal length made of . # G P and one S, not {rows}",
                    rows=" / ".join(self.rows),
                )
            )

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def states(self) -> int:
        return len(self.rows) * self.width

    @cached_property
    def start(self) -> int:
        return "".join(self.rows).index("S")

    def cell(self, state: int) -> str:
        """What stands in the map at a state."""
        return self.rows[state // self.width][state % self.width]

    def legal(self, state: int) -> tuple[int, ...]:
        return () if self.cell(state) in "GP#" else tuple(range(len(self.actions)))

    def step(self, state: int, action: int, draw: float = 0.0) -> Outcome:
        if draw < self.slip:
            action = (action + (1 if draw < self.slip / 2 else 3)) % 4
        down, right = DIRECTIONS[self.actions[action]]
        row, column = state // self.width + down, state % self.width + right
        inside = 0 <= row < len(self.rows) and 0 <= column < self.width
        after = row * self.width + column if inside and self.rows[row][column] != "#" else state
        reward = {"G": 1.0, "P": -1.0}.get(self.cell(after))
        return Outcome(after, self.step_reward if reward is None else reward, reward is not None)


@dataclass(frozen=True)
class Corridor:
    """A row of cells with a small reward near at the left end and a large one far at the right end."""

    length: int = 6
    start: int = 1
    left_reward: float = 0.2
    right_reward: float = 1.0
    limit: int = 100

    actions = ("left", "right")
    two_players = False

    @property
    def states(self) -> int:
        return self.length

    def legal(self, state: int) -> tuple[int, ...]:
        return (0, 1) if 0 < state < self.length - 1 else ()

    def step(self, state: int, action: int, draw: float = 0.0) -> Outcome:
        after = state + (1 if action else -1)
        if after == 0:
            return Outcome(after, self.left_reward, True)
        at_end = after == self.length - 1
        return Outcome(after, self.right_reward if at_end else 0.0, at_end)


@dataclass(frozen=True)
class Nim:
    """A heap of stones; players in turn take one to ``most``, and who takes the last one wins (+1).

    The state is how many stones are left for the player whose turn it is.
    """

    stones: int = 12
    most: int = 3

    two_players = True

    @property
    def states(self) -> int:
        return self.stones + 1

    @property
    def start(self) -> int:
        return self.stones

    @property
    def limit(self) -> int:
        return self.stones

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(f"take {n}" for n in range(1, self.most + 1))

    def legal(self, state: int) -> tuple[int, ...]:
        return tuple(range(min(state, self.most)))

    def step(self, state: int, action: int, draw: float = 0.0) -> Outcome:
        left = state - (action + 1)
        return Outcome(left, 1.0 if left == 0 else 0.0, left == 0)


WORLDS: dict[str, World] = {
    "grid4": GridWorld(("...G", ".#.P", ".#..", "S...")),
    "corridor6": Corridor(),
    "nim12": Nim(),
}


def world(name: str) -> World:
    """A world of the course by its name."""
    if name not in WORLDS:
        raise NnlabError(
            _("there is no world “{name}”; there are {known}", name=name, known=", ".join(WORLDS))
        )
    return WORLDS[name]

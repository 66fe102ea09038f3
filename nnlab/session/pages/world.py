"""A small world: what moves are worth, where the best ones lead, and one update explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.i18n import N_, _
from nnlab.session.insight.world import Bellman, Played, played, plays
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Grid, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.classic.worlds import GridWorld
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]
ARROWS = {"up": "↑", "right": "→", "down": "↓", "left": "←"}


def fits(session: Session) -> bool:
    return session.run is not None and plays(session)


def scene(found: Played) -> Scene:
    """Of a grid its map with values and arrows; of other worlds a row for every state."""
    blocks: list[Block] = [route(found)]
    grid = found.grid
    if grid is not None:
        blocks += [policy_map(found, grid), values(found, grid)]
    blocks.append(moves(found))
    if found.update is not None:
        blocks.append(update(found, found.update))
    return Scene(_("the world"), tuple(blocks))


def name_of(found: Played, state: int) -> str:
    """A state as people say it: row and column of a grid, else its number."""
    grid = found.grid
    return str(state) if grid is None else f"{state // grid.width},{state % grid.width}"


def route(found: Played) -> Note:
    names = " → ".join(name_of(found, state) for state in found.path)
    if found.circles:
        return Note(_("the best moves go in a circle: {way}", way=names), "bad")
    return Note(_("the best moves lead {way}", way=names or "–"), "good")


def policy_map(found: Played, grid: GridWorld) -> Grid:
    """An arrow for the best move in every cell; S start, G goal, P pit, # wall."""
    words = []
    for r, line in enumerate(grid.rows):
        row = []
        for c, sign in enumerate(line):
            state = r * grid.width + c
            best = found.best(state)
            arrow = ARROWS.get(grid.actions[best], "") if best >= 0 else ""
            row.append(f"{sign}{arrow}" if sign in "SGP#" else arrow)
        words.append(tuple(row))
    marks = np.zeros((len(grid.rows), grid.width), bool)
    for state in found.path:
        marks[divmod(state, grid.width)] = True
    return Grid(
        _("best move in each cell"),
        worth_of(found).reshape(marks.shape),
        words=tuple(words),
        marks={"path": marks},
        least="numbers",
        note=_("marked: the way from the start"),
    )


def worth_of(found: Played) -> Array:
    """The best number of every state, (states,); NaN where all is over."""
    known = np.isfinite(found.moves).any(axis=1)
    best = np.full(len(found.moves), np.nan)
    best[known] = np.nanmax(found.moves[known], axis=1)
    return best


def values(found: Played, grid: GridWorld) -> Grid:
    title = _("probability of the best move") if found.policy else _("what each cell is worth")
    shape = (len(grid.rows), grid.width)
    kind = "unsigned" if found.policy else "signed"
    return Grid(title, worth_of(found).reshape(shape), kind=kind, limit=1.0, least="tiles")


def moves(found: Played) -> Grid:
    """A row for every state in which something can be done."""
    legal = [state for state in range(found.world.states) if found.world.legal(state)]
    title = _("probability of each move") if found.policy else _("worth of each move")
    return Grid(
        title,
        found.moves[legal],
        rows=tuple(name_of(found, state) for state in legal),
        columns=tuple(found.world.actions),
        kind="share" if found.policy else "signed",
        least="numbers",
    )


def update(found: Played, one: Bellman) -> Table:
    """Where the worth of one move should go, and why."""
    act = found.world.actions[one.action]
    here, after = name_of(found, one.state), name_of(found, one.after)
    over = _("all is over there") if one.over else ""
    lines = (
        Line(_("now"), one.now, note=_("of {action} in {state}", action=act, state=here)),
        Line(_("reward"), one.reward),
        Line(_("best in {state}", state=after), one.best_after, note=over),
        Line(_("target"), one.target, note=f"r {one.discount:+g} · max Q", role="total"),
        Line(_("off by"), one.target - one.now),
    )
    return Table(_("one update, row {row}", row=one.row), lines, digits=4)


PAGE = ScenePage("world", N_("world"), fits, played, scene)

"""A walk through a small world: on its map, and moment by moment with what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.data.walks import Walks
from nnlab.engine.address import Address
from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Line, Points, Scene, Table
from nnlab.session.values import followed_row
from nnlab.training.studies.policy import PolicyNow, policy_now

if TYPE_CHECKING:
    from nnlab.session.session import Session

SHOWN = 40
"""Moments of a walk that are listed."""
REACH = 0.45
"""How long the arrow of a certain action is, in cells."""


def fits(session: Session) -> bool:
    return session.data is not None and isinstance(session.data.live, Walks)


def read(session: Session) -> PolicyNow:
    return policy_now(session.need_run(), followed_row(session))


def scene(found: PolicyNow) -> Scene:
    """The map with the way that was gone and the most probable actions now, and the moments."""
    title = _("a walk of step {step}, row {row} of the batch", step=found.step, row=found.row)
    return Scene(title, (_map(found), _moments(found)))


def _map(found: PolicyNow) -> Points:
    walks = found.walks
    free = np.flatnonzero([bool(walks.world.legal(state)) for state in range(walks.world.states)])
    xy, best = walks.places, found.now[free].argmax(1)
    steps = REACH * walks.directions[best] * found.now[free, best][:, None]
    way = np.stack([found.states[:-1], found.states[1:]], 1)
    kinds, names = walks.kinds
    note = _("arrows: the most probable action now, the longer the surer; lines: the way that was gone")
    return Points(
        _("map"), xy, kinds, tuple(_(name) for name in names), x_range=(-0.7, xy[:, 0].max() + 0.7),
        y_range=(-0.7, xy[:, 1].max() + 0.7), arrows=np.concatenate([xy[free], steps], 1),
        edges=way[way[:, 0] != way[:, 1]], note=note,
    )  # fmt: skip


def _moments(found: PolicyNow) -> Table:
    """What was done and what it brought; the cursor goes to the return of each moment."""
    world = found.walks.world
    returns = found.numbers.get("returns.G", found.numbers["rewards"])
    name = "returns.G" if "returns.G" in found.numbers else "rewards"
    lines = tuple(
        Line(
            f"{t} · {state} · {world.actions[int(action)]}",
            float(returns[t]),
            Address(name, (found.row, t)),
            _said(found, t),
        )
        for t, (state, action) in enumerate(zip(found.states[:SHOWN], found.actions))
    )
    return Table(_("moment · state · action, and the return G from there"), lines, "signed", digits=4)


def _said(found: PolicyNow, t: int) -> str:
    """The other numbers of a moment."""
    symbols = {"rewards": "r", "baseline.A": "A", "loss.each": "−ln π·A"}
    told = [f"π {number(found.chances[t], 4)}"] if len(found.chances) else []
    there = {sign: found.numbers[name][t] for name, sign in symbols.items() if name in found.numbers}
    return "  ".join([*told, *(f"{sign} {number(value, 4)}" for sign, value in there.items())])


PAGE = ScenePage("walk", N_("walk"), fits, read, scene)

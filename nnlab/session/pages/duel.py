"""The duel of generator and discriminator, and the referee that counts what is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.i18n import N_, _
from nnlab.session.insight.duel import Duel, Game, Referee, density, duel
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import (
    Beside,
    Block,
    Chart,
    Curve,
    Deed,
    Grid,
    Histogram,
    Line,
    Points,
    Scene,
    Table,
    Wall,
)

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]
BINS = 32
DRAWN = 120
PICTURES = 12


def fits(session: Session) -> bool:
    return session.run is not None and session.run.network.duel


def scene(found: Duel) -> Scene:
    """Real beside made, what the judge says of both, and whether anything has been forgotten."""
    players, *last = game(found.game)
    blocks: list[Block] = [verdict(found), players]
    if found.ground is not None and found.real.shape[1] == 1:
        blocks += line(found)
    elif found.ground is not None:
        blocks += [plane(found), densities(found)]
    elif found.shape is not None:
        blocks += pictures(found)
    if found.referee is not None:
        blocks.append(referee(found.referee))
    blocks += last
    rule = _("space: a step of whose turn it is; enter on a name: it alone takes steps from now on")
    return Scene(_("the duel"), tuple(blocks), rule, Deed(f"turns {found.game.turns}"))


def verdict(found: Duel) -> Table:
    """What the judge believes, on the whole."""
    lines = (
        Line(_("of real ones"), float(found.judged_real.mean()), note=_("judged real")),
        Line(_("of made ones"), float(found.judged_made.mean()), note=_("½ each: it cannot tell them apart")),
    )
    return Table(_("the judge"), lines, "share", 1.0, 3)


GOALS = {
    "discriminator": N_("raises what it says of real ones, lowers what it says of made ones"),
    "generator": N_("moves what it makes to where the judge says real"),
}
"""What a step of each player does."""


def game(found: Game) -> list[Block]:
    """Whose step was the last, and who takes the next ones."""
    lines = [
        Line(_("both in turn"), at=Deed("turns both"), role="chosen" if found.turns == "both" else "plain"),
        *(
            Line(
                _("{player} alone", player=_(player)),
                at=Deed(f"turns {player}"),
                note=_(goal),
                role="chosen" if found.turns == player else "plain",
            )
            for player, goal in GOALS.items()
        ),
    ]
    blocks: list[Block] = [Table(_("who takes steps; next: {player}", player=_(found.next)), tuple(lines))]
    if found.stepped:
        at = Address(found.root, ())
        line = Line(_("loss of the {player}", player=_(found.stepped)), found.loss, at,
                    _("the other network stood still"))  # fmt: skip
        blocks.append(Table(_("the last step"), (line,)))
    return blocks


def referee(found: Referee) -> Table:
    """Classes that are made, at moments of the run."""
    lines = tuple(
        Line(_("step {step}", step=step), float(count), note=_("of {n} kinds", n=found.of))
        for step, count in zip(found.steps, found.found)
    )
    title = _("referee: kinds that are made")
    if found.collapsed:
        title = _("referee: fewer kinds than before; mode collapse, if it stays so")
    return Table(title, lines, "share", float(found.of), 2)


def line(found: Duel) -> list[Block]:
    """Of one number: both densities over common bins, and the judge as a curve."""
    edges = np.linspace(found.places[0], found.places[-1], BINS + 1)
    counts = tuple(
        (name, np.histogram(values[:, 0], edges)[0])
        for name, values in ((_("real"), found.real), (_("made"), found.made))
    )
    assert found.ground is not None
    curve = Curve(_("judged real"), found.ground, found.places)
    return [
        Histogram(_("how they are spread"), edges, counts),
        Chart(_("what the judge says"), (curve,), "x"),
    ]


def plane(found: Duel) -> Points:
    """Of two numbers: both on the judge's ground, with arrows where it would have made points go."""
    real, made = found.real[:DRAWN], found.made[:DRAWN]
    (left, right), (low, high) = found.places.tolist()
    return Points(
        _("real and made on what the judge says"),
        np.concatenate((real, made)),
        np.concatenate((np.zeros(len(real), int), np.ones(len(made), int))),
        (_("real"), _("made")),
        x_range=(left, right),
        y_range=(low, high),
        ground=found.ground,
        arrows=found.arrows,
        note=_("bright: judged real; arrows: where the judge would have made points go"),
    )


def densities(found: Duel) -> Beside:
    """Of two numbers: how thickly the plane is covered by real ones and by made ones, in the same measure."""
    counts = [density(values, found.places) for values in (found.real, found.made)]
    most = max(float(each.max()) for each in counts)
    real, made = (
        Grid(title, each, kind="unsigned", limit=most, most="pixels")
        for title, each in zip((_("density of real ones"), _("density of made ones")), counts)
    )
    return Beside((real, made))


def pictures(found: Duel) -> list[Block]:
    """Of pictures: some of each, with what the judge says of them."""
    assert found.shape is not None
    walls: list[Block] = []
    for title, values, judged in (
        (_("made"), found.made, found.judged_made),
        (_("real"), found.real, found.judged_real),
    ):
        grids = tuple(
            Grid(f"{share:.0%}", values[k].reshape(found.shape), kind="unsigned")
            for k, share in enumerate(judged[:PICTURES].tolist())
        )
        walls.append(Wall(_("{what}, and how real the judge finds it", what=title), grids))
    return walls


PAGE = ScenePage("duel", N_("duel"), fits, duel, scene, live=False)

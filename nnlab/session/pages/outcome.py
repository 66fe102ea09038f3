"""The task as what it is: a box on its picture, classes of pixels, a graph, a curve, a film."""

from __future__ import annotations

from collections.abc import Callable
from math import isqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.insight.graph import laid_out
from nnlab.session.insight.outcome import Outcome, kind_of, outcome
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import (
    Beside,
    Block,
    Chart,
    Curve,
    Frame,
    Grid,
    Line,
    Note,
    Points,
    Scene,
    Table,
    Wall,
)

if TYPE_CHECKING:
    from nnlab.session.session import Session

Array = np.ndarray[Any, Any]


def fits(session: Session) -> bool:
    if session.data is None or session.run is None or session.run.network.duel:
        return False
    return bool(kind_of(session.data))


def scene(found: Outcome) -> Scene:
    blocks = KINDS[found.kind](found)
    return Scene(_("example: row {row}", row=found.row), tuple(blocks))


# -- pictures -----------------------------------------------------------------------------------------


def _image(found: Outcome) -> Array:
    image: Array = found.x.reshape(found.x.shape[0], found.x.shape[1], -1).mean(axis=2)
    return image


def _frame(square: Array, size: tuple[int, ...]) -> Frame:
    """A square given by its middle and side, in shares of the picture, as the cells it covers."""
    row, column, side = (float(v) * size[k % 2] for k, v in enumerate(square))
    top, left = max(0, round(row - side / 2)), max(0, round(column - side / 2))
    bottom, right = min(size[0], round(row + side / 2)), min(size[1], round(column + side / 2))
    return Frame(top, left, max(1, bottom - top), max(1, right - left))


def box(found: Outcome) -> list[Block]:
    """The true square and the one that is said, each on the picture, and their numbers."""
    image = _image(found)
    pictures = tuple(
        Grid(
            title, image, kind="unsigned", most="tiles", least="tiles", frames=(_frame(square, image.shape),)
        )
        for title, square in ((_("truth"), found.truth), (_("answer"), found.said))
    )
    lines = tuple(
        Line(name, float(said), note=_("truth {truth}", truth=number(truth, 4)))
        for name, said, truth in zip((_("row"), _("column"), _("side")), found.said, found.truth)
    )
    role = "good" if found.overlap > 0.5 else "bad"
    told = _("overlap {share} of what both cover; found from 50% on", share=f"{found.overlap:.0%}")
    return [Note(told, role), Beside(pictures), Table(_("where and how large"), lines, digits=4)]


def pixels(found: Outcome) -> list[Block]:
    """A letter for every pixel: truth, answer, and where they differ."""
    wrong = found.chosen != found.truth
    grids = [Grid(_("the example"), _image(found), kind="unsigned", most="pixels")]
    for title, classes in ((_("truth"), found.truth), (_("answer"), found.chosen)):
        words = tuple(tuple(found.names[int(k)][:1] if k else "" for k in line) for line in classes)
        marks = {"winner": wrong} if title == _("answer") else {}
        grids.append(
            Grid(title, classes.astype(float), kind="unsigned", words=words, marks=marks, least="tiles")
        )
    told = _("{wrong} of {n} pixels wrong, marked *", wrong=int(wrong.sum()), n=wrong.size)
    key = ", ".join(f"{name[:1]} {name}" for name in found.names[1:])
    return [Note(told, "good" if not wrong.any() else "text"), Beside(tuple(grids)), Note(key)]


def film(found: Outcome) -> list[Block]:
    """The frames one behind the other, and the classes."""
    frames = found.x
    if frames.ndim == 2:
        side = isqrt(frames.shape[1])
        frames = frames.reshape(len(frames), side, -1)
    frames = frames.reshape(*frames.shape[:3], -1).mean(axis=3)
    grids = tuple(Grid(str(k), frame, kind="unsigned") for k, frame in enumerate(frames))
    return [Wall(_("frames"), grids), shares(found)]


def classes(found: Outcome) -> list[Block]:
    """A curve or a picture, and the classes."""
    if found.x.ndim == 3:
        first: Block = Grid(_("the example"), _image(found), kind="unsigned", most="pixels")
    else:
        xs = np.arange(len(found.x))
        curves = (Curve(str(k), column, xs) for k, column in enumerate(found.x.T))
        first = Chart(_("the example"), tuple(curves), _("step"))
    return [first, shares(found)]


def shares(found: Outcome) -> Table:
    """The probability of every class; the true one says so."""
    truth = int(found.truth)
    lines = tuple(
        Line(
            name,
            float(share),
            note=_("truth") if k == truth else "",
            role="chosen" if k == truth else "plain",
        )
        for k, (name, share) in enumerate(zip(found.names, found.said.reshape(-1)))
    )
    return Table(_("answer"), lines, "share", 1.0, 3)


# -- curves and graphs --------------------------------------------------------------------------------


def series(found: Outcome) -> list[Block]:
    """What is asked and what is said, step by step."""
    truth, said = found.truth.reshape(len(found.truth), -1), found.said.reshape(len(found.truth), -1)
    xs = np.arange(len(truth))
    curves = (Curve(_("truth"), truth[:, 0], xs), Curve(_("answer"), said[:, 0], xs))
    error = float(((truth - said) ** 2).mean())
    table = Table(
        _("step by step"),
        tuple(
            Line(str(k), float(s), note=_("truth {truth}", truth=number(t, 4)))
            for k, (s, t) in enumerate(zip(said[:, 0], truth[:, 0]))
        ),
        digits=4,
    )
    told = Note(_("mean squared error {error}", error=number(error, 4)), "text")
    return [told, Chart(_("truth and answer"), curves, _("step")), table]


def nodes(found: Outcome) -> list[Block]:
    """The graph, its nodes in the colour of what is said of them."""
    assert found.extra is not None
    wrong = (found.chosen != found.truth) & (found.truth >= 0)
    links = np.argwhere(np.triu(found.extra > 0, 1))
    plane = Points(
        _("the graph"),
        laid_out(found.extra),
        found.chosen,
        found.names,
        edges=links,
        note=_("sign and colour: what the network says"),
    )
    told = _("{wrong} of {n} nodes wrong", wrong=int(wrong.sum()), n=int((found.truth >= 0).sum()))
    lines = tuple(
        Line(
            _("node {k}", k=k),
            float(found.said[k, found.chosen[k]]),
            note=found.names[int(found.chosen[k])] + ("  ✗" if wrong[k] else ""),
        )
        for k in range(len(found.truth))
    )
    return [
        Note(told, "good" if not wrong.any() else "text"),
        plane,
        Table(_("answers"), lines, "share", 1.0, 3),
    ]


KINDS: dict[str, Callable[[Outcome], list[Block]]] = {
    "box": box,
    "pixels": pixels,
    "film": film,
    "classes": classes,
    "series": series,
    "nodes": nodes,
}
PAGE = ScenePage("outcome", N_("outcome"), fits, outcome, scene)

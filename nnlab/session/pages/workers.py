"""A batch shared out among workers: the gradient of each shard, and three ways to put them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Deed, Line, Note, Scene, Table
from nnlab.training.studies.workers import Workers

if TYPE_CHECKING:
    from nnlab.session.session import Session

SAME = 1e-5
"""Gradients that differ by less than this share differ by rounding only."""


def fits(session: Session) -> bool:
    return session.run is not None and not session.run.network.duel


def read(session: Session) -> Workers | None:
    """What the last ``workers`` found; None before the first."""
    found = session.studies.get("workers")
    return found if isinstance(found, Workers) else None


def scene(found: Workers | None) -> Scene:
    """Rows, loss and length of gradient of each worker; sum and means of them beside the whole batch."""
    title = _("one batch, several workers")
    if found is None:
        return Scene(
            title, (Table("", (Line(_("four equal shards"), None, Deed("workers 4"), "workers 4"),
                               Line(_("unequal shards"), None, None, "workers 24+8"))),)
        )  # fmt: skip
    told = _(
        "the {n} rows of the batch, cut into {k} shards, at the same weights",
        n=found.batch,
        k=len(found.workers),
    )
    exact = found.error(found.weighted) < SAME
    verdict = (
        _("the mean weighted by rows is the gradient of the whole batch")
        if exact
        else _(
            "even the weighted mean differs: something in the network looks at the whole batch, or at chance"
        )
    )
    return Scene(
        title, (Note(told, "text"), _each(found), _ways(found), Note(verdict, "good" if exact else "bad"))
    )


def _each(found: Workers) -> Table:
    lines = tuple(
        Line(
            _("worker {k}", k=k),
            found.length(worker.gradient),
            note=_("{n} rows, loss {loss}", n=worker.rows, loss=number(worker.loss, 4)),
        )
        for k, worker in enumerate(found.workers, 1)
    )
    return Table(_("length of each gradient, the whole batch's being 1"), lines, "share", 2.0, 4)


def _ways(found: Workers) -> Table:
    """Three ways to put the gradients together, each with how far it is off."""
    ways = (
        (_("sum"), found.total),
        (_("plain mean"), found.plain),
        (_("mean weighted by rows"), found.weighted),
    )
    lines = tuple(
        Line(
            name,
            found.length(gradient),
            note=_("off by {error}", error=f"{found.error(gradient):.2g}")
            + ("  " + _("only rounding") if found.error(gradient) < SAME else ""),
        )
        for name, gradient in ways
    )
    return Table(_("put together"), lines, "share", float(len(found.workers)), 4)


PAGE = ScenePage("workers", N_("workers"), fits, read, scene, alone=True)

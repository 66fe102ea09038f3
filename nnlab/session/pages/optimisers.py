"""The ledger of one weight, every optimiser side by side on the same gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.engine.expression import number
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Line, Note, Scene, Table
from nnlab.training.studies.rivals import Rival, Rivals, rivals

if TYPE_CHECKING:
    from nnlab.session.session import Session


def fits(session: Session) -> bool:
    return session.run is not None and session.run.step_count > 0


def read(session: Session) -> Rivals:
    """Of the weight under the cursor, or the first of the network."""
    run, at = session.need_run(), session.selection
    if at is None or at.value not in run.store.slices or not at.index:
        name = next(iter(run.store.slices), "")
        if not name:
            raise NnlabError(_("this network has no weights"))
        at = Address(name, (0,) * len(run.store.slices[name][2]))
    return rivals(run, at.of(""))


def scene(found: Rivals) -> Scene:
    """A line for every optimiser: the step it takes and where that leads; then their states."""
    head = _("gradient {gradient}, learning rate {lr}, loss {loss}", gradient=number(found.gradient, 5),
             lr=number(found.lr, 4), loss=number(found.loss, 6))  # fmt: skip
    steps = tuple(
        Line(
            row.optimizer,
            row.step,
            found.address.of("step") if row.own else None,
            _("to {new}, loss {loss}", new=number(row.new, 5), loss=number(row.loss, 5)),
            role="chosen" if row.own else "plain",
        )
        for row in found.rows
    )
    blocks = (
        Note(head, "text"),
        Table(_("step of this weight; loss once all weights have moved so"), steps, "signed"),
        Note(_("▸ the run's own, with the state it has; the others begin here")),
        Table(
            _("state before → after"), tuple(line for row in found.rows for line in _states(row)), digits=4
        ),
    )
    title = f"{found.address} = {number(found.value, 6)}"
    return Scene(title, blocks, _("one weight, one gradient, every optimiser"))


def _states(row: Rival) -> list[Line]:
    return [
        Line(f"{row.optimizer} {name}", after, note=_("from {before}", before=number(before, 4)))
        for name, before, after in row.state
    ]


PAGE = ScenePage("optimisers", N_("optimisers"), fits, read, scene, live=False)

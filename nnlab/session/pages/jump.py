"""What caused the largest jump of the loss, or that of the step a condition or a person chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Deed, Line, Note, Scene, Table
from nnlab.training.studies.jump import Jump, jump

if TYPE_CHECKING:
    from nnlab.session.session import Session


def fits(session: Session) -> bool:
    return session.run is not None and not session.run.network.duel and session.run.history.count > 1


def read(session: Session) -> tuple[Jump, dict[int, int]]:
    """With the number of every row of the data among the training examples."""
    train = session.need_data().split.train
    return jump(session.need_run()), {int(row): k for k, row in enumerate(train)}


def scene(read_: tuple[Jump, dict[int, int]]) -> Scene:
    found, numbers = read_
    told = _("step {step}: loss {loss}, where {usual} was usual", step=found.step, loss=number(found.loss, 5),
             usual=number(found.usual, 5))  # fmt: skip
    same = number(found.same_batch, 5)
    blame = (
        _("the batch: before the last update its loss was {same} already", same=same)
        if found.blame == "batch"
        else _("the update before it: without that the same batch has loss {same}", same=same)
    )
    if found.loss <= found.usual:
        blame = _("the loss never rose above what was usual; here it fell least")
    examples = tuple(
        Line(_("row {n}", n=row), loss, Deed(f"example {numbers[row]}") if row in numbers else None)
        for row, loss in found.examples
    )
    moved = tuple(
        Line(str(address), change, address, _("from {before}, {times}× the usual", before=number(before, 4),
                                              times=number(times, 3)))
        for address, before, change, times in found.moved
    )  # fmt: skip
    most = max((loss for _row, loss in found.examples), default=0.0) or None
    tables = (
        [Table(_("costliest examples of the batch"), examples, "share", most, digits=4)] if examples else []
    )
    return Scene(
        _("what made the loss jump"),
        (
            Note(told, "text"),
            Note(blame, "bad" if found.loss > found.usual else "good"),
            *tables,
            Table(_("weights that the update before changed most"), moved, "signed", digits=4),
            Table("", (Line(_("go there"), None, Deed(f"seek {found.step}"), _("enter")),)),
        ),
    )


PAGE = ScenePage("jump", N_("jump"), fits, read, scene, live=False)

"""Dropout: what was dropped, how the rest is scaled, and that evaluation does neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from nnlab.engine.address import Address
from nnlab.engine.ops.dropout import Dropout
from nnlab.i18n import _
from nnlab.session.scene import Beside, Block, Grid, Line, Note, Scene, Strip, Table, Wall
from nnlab.session.views import planes
from nnlab.session.views.filters import title_of
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment


def shows(operations: Sequence[Operation]) -> bool:
    return len(operations) == 1 and isinstance(operations[0], Dropout)


def operation_of(moment: Moment, column: Column) -> Dropout:
    return cast(Dropout, operations_of(moment, column.name)[0])


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip | None:
    return planes.small(moment, column.post, at) if len(column.shape) > 1 else None


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """A number before, its mask, and the number after have one index."""
    drop = operation_of(moment, column)
    return address.value in (drop.inputs[0].name, *(value.name for value in drop.outputs))


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    drop = operation_of(moment, column)
    index = at.index if len(at.index) == len(column.shape) + 1 else (moment.row, *column.index(0))
    x, mask, part = drop.inputs[0].name, drop.outputs[1].name, moment.part_of(column.post)
    channel = index[-1]
    answer = planes.field(moment, column.post, channel, part, called=_("channel {k}", k=channel))
    masks = planes.field(moment, mask, channel, called=_("channel {k}", k=channel))
    masks = replace(masks, kind="unsigned")
    blocks: list[Block] = []
    if not part:
        before = planes.field(moment, x, channel, called=_("channel {k}", k=channel))
        blocks.append(Beside((before, masks, answer), ("×", "=")))
    elif moment.has_gradient(x):
        back = planes.field(moment, x, channel, part, called=_("channel {k}", k=channel))
        blocks.append(Beside((answer, masks, back), ("×", "=")))
    else:
        blocks.append(Beside((answer, masks)))
    blocks.append(_one(moment, drop, index, part))
    blocks.append(_kept(moment, drop))
    text = _("training drops each number by chance and makes the rest larger, so that sums stay the same on "
             "average; evaluation drops nothing and scales nothing: a = x")  # fmt: skip
    blocks.append(Note(text))
    home = Address(column.post, index, part)
    return Scene(title_of(column), tuple(blocks), drop.backward_formula if part else drop.formula, home)


def _one(moment: Moment, drop: Dropout, index: tuple[int, ...], part: str) -> Table:
    """One number: before, mask, after."""
    x, mask, a = drop.inputs[0].name, drop.outputs[1].name, drop.outputs[0].name
    numbers = [("x", Address(x, index)), (_("mask"), Address(mask, index)), ("a", Address(a, index))]
    if part:
        numbers = [("da", Address(a, index, part)), numbers[1], ("dx", Address(x, index, part))]
        if not moment.has_gradient(x):
            numbers.pop()
    lines = [Line(label, moment.number(at), at) for label, at in numbers]
    if len(lines) == 3:
        lines[-1] = replace(lines[-1], role="total")
    return Table(_("one number"), tuple(lines))


def _kept(moment: Moment, drop: Dropout) -> Table:
    """How many were kept, and by how much they grew."""
    mask = moment.array(drop.outputs[1].name)
    kept = None if mask is None else mask[moment.row]
    lines = [Line(_("rate"), drop.rate)]
    if kept is not None:
        count = _("of {n}", n=kept.size)
        lines.append(Line(_("let through"), float((kept != 0).sum()), note=count))
        lines.append(Line(_("scale 1/(1 − rate)"), float(kept.max(initial=0.0))))
    return Table(_("the mask of this step"), tuple(lines))

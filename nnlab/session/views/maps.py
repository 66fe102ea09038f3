"""Layers that make images of images, number by number or pixel by pixel: activations, upsampling, sums.

And layers that only put numbers into another order, which the network's picture shows as a grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.engine.ops.arrange import Reshape
from nnlab.i18n import _
from nnlab.session.scene import Block, Grid, Line, Scene, Strip, Table, Wall
from nnlab.session.views import planes
from nnlab.session.views.filters import title_of
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment


def shows(operations: Sequence[Operation]) -> bool:
    """One operation between images, or from an image to a row."""
    if len(operations) != 1 or not operations[0].inputs:
        return False
    before, after = operations[0].inputs[0].shape, operations[0].outputs[0].shape
    return len(before) == 4 and (len(after) == 4 or isinstance(operations[0], Reshape))


def operation_of(moment: Moment, column: Column) -> Operation:
    return operations_of(moment, column.name)[0]


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip:
    return planes.small(moment, column.post, at)


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    return address.value == column.post


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """What the layer reads, what it answers, and the one number that it was made from."""
    operation = operation_of(moment, column)
    x, part = operation.inputs[0].name, moment.part_of(column.post)
    index = at.index if len(at.index) == len(column.shape) + 1 else (moment.row, *column.index(0))
    answer = Address(column.post, index, part)
    explanation = moment.explain(Address(column.post, index))
    source = next((a for a in explanation.addresses if a.value == x), None) if explanation else None
    channel = cursor.index[-1] if cursor.value == x else source.index[-1] if source is not None else 0
    before = part if moment.has_gradient(x) else ""
    fields: list[Block] = [
        planes.plane(moment, x, channel, before, called=_("channel {k}", k=channel)),
        planes.field(moment, column.post, index[-1], part, called=_("channel {k}", k=index[-1])),
    ]
    lines = []
    if source is not None:
        at_x = Address(x, source.index, before)
        lines.append(Line(planes.letter("x", before), moment.number(at_x), at_x))
    lines.append(Line(planes.letter("a", part), moment.number(answer), answer, role="total"))
    blocks: list[Block] = [*fields, Table(_("one number"), tuple(lines))]
    place = source.index[1:-1] if source is not None else (0, 0)
    if operation.inputs[0].shape[-1] > 1:
        title = _("channels of {name}", name=planes.letter(x, before))
        blocks.append(planes.wall(moment, x, title, place, before, channel))
    if len(column.shape) == 3 and column.shape[-1] > 1:
        title = _("channels of {name}", name=planes.letter(column.post, part))
        blocks.append(planes.wall(moment, column.post, title, index[1:-1], part, index[-1]))
    rule = operation.backward_formula if part else operation.formula
    return Scene(title_of(column), tuple(blocks), rule, answer)

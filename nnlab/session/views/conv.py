"""Convolution: a window slides over the input, what it sees times its weights, and the map that fills up.

Forward the view turns around one answer: the window it was seen through, the weights, the products, the sums
of the channels.  Backward (:mod:`nnlab.session.views.conv_backward`) it turns around a weight, an answer or
an input.  Images are shown channel by channel, sequences with all their channels at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.conv import Convolution
from nnlab.engine.ops.window import looks
from nnlab.i18n import _
from nnlab.session.scene import Block, Grid, Line, Scene, Strip, Table, Wall
from nnlab.session.views import conv_backward, planes
from nnlab.session.views.filters import channel_of, channels_of, title_of, walls
from nnlab.session.views.gathering import Gathering
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Convolution)


def operation_of(moment: Moment, column: Column) -> Convolution:
    return cast(Convolution, operations_of(moment, column.name)[0])


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """Forward the window at answer ``at``; the channel is that of ``cursor`` if it has one."""
    conv = operation_of(moment, column)
    if moment.backward:
        return conv_backward.scene(moment, column, conv, at, cursor)
    position, k = turned_to(moment, conv, at, cursor)
    channels = channels_of(conv, k)
    x, W = conv.inputs[0].name, conv.inputs[1].name
    channel = channel_of(conv, cursor, channels)
    gathering = gathered(moment, conv, position, k)
    field = planes.padded_plane(moment, x, channel, conv.window)
    blocks: list[Block] = [planes.framed(field, conv.window, position, channels)]
    blocks.append(planes.plane(moment, column.post, k, called=_("map {k}", k=k)))
    blocks.append(gathering.beside(_("window"), channel))
    blocks.append(sums(moment, column, conv, gathering))
    blocks += walls(moment, column, conv, (position, k), channel)
    home = Address(column.post, (moment.row, *position, k))
    return Scene(title_of(column), tuple(blocks), conv.formula, home, (W,))


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip:
    """All maps of the layer, the one of ``at`` chosen."""
    return planes.small(moment, column.post, at)


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """The answers; backward also the weights and what the layer reads."""
    conv = operation_of(moment, column)
    if address.value in (conv.outputs[0].name, column.post):
        return True
    return moment.backward and address.value in (conv.inputs[0].name, conv.inputs[1].name)


# -- where we are -------------------------------------------------------------------------------------


def turned_to(moment: Moment, conv: Convolution, at: Address, cursor: Address) -> tuple[Index, int]:
    """Position and filter: those of an answer; of a weight its filter, of an input a window that sees it."""
    x, W = conv.inputs[0].name, conv.inputs[1].name
    zero = (0,) * len(conv.window)
    if at.value == W:
        return zero, at.index[-1]
    if at.value == x:
        return tuple(max(axis.seen(i), default=(0, 0))[0] for axis, i in zip(conv.window, at.index[1:-1])), 0
    position, k = tuple(at.index[1:-1]), at.index[-1]
    return position, cursor.index[-1] if cursor.value == W else k


def gathered(moment: Moment, conv: Convolution, position: Index, k: int) -> Gathering:
    """The sum behind answer (position, k)."""
    return Gathering(
        moment,
        Address(conv.outputs[0].name, (moment.row, *position, k)),
        conv.inputs[0].name,
        "",
        conv.inputs[1].name,
        list(looks(conv.window, position)),
        tuple(axis.size for axis in conv.window),
        channels_of(conv, k),
        lambda tap, j: (*tap, j, k),
    )


# -- parts --------------------------------------------------------------------------------------------


def sums(moment: Moment, column: Column, conv: Operation, gathering: Gathering) -> Table:
    """What each channel adds, the bias, the sum and what the activation makes of it."""
    z = gathering.target
    bias = Address(conv.inputs[2].name, z.index[-1:]) if len(conv.inputs) == 3 else None
    after = [Line("z", moment.number(z), z, role="total")]
    if column.post != z.value:
        a = Address(column.post, z.index)
        rule = moment.run.program.graph.producers[column.post][0].kind
        after.append(Line(f"a  {rule}", moment.number(a), a))
    return gathering.sums(lambda c: _("channel {k}", k=c), bias, after)

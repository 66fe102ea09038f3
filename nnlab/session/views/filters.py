"""What is common to the ways a convolution is looked at: its filters, and the channels they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.conv import Convolution
from nnlab.i18n import _
from nnlab.session.scene import Block, Grid, Wall
from nnlab.session.views import planes

if TYPE_CHECKING:
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def title_of(column: Column) -> str:
    return f"{column.name}  {column.text.partition(' ')[2]}"


def channels_of(conv: Convolution, k: int) -> range:
    """The channels that filter ``k`` sees."""
    inside, filters = conv.inputs[1].shape[-2:]
    first = k // (filters // conv.groups) * inside
    return range(first, first + inside)


def channel_of(conv: Convolution, cursor: Address, channels: range) -> int:
    """The cursor's channel where it stands on an input or a weight, else the first."""
    x, W = conv.inputs[0].name, conv.inputs[1].name
    if cursor.value == x and cursor.index[-1] in channels:
        return cursor.index[-1]
    return channels[cursor.index[-2]] if cursor.value == W else channels[0]


def walls(
    moment: Moment, column: Column, conv: Convolution, at: tuple[Index, int], channel: int, part: str = ""
) -> list[Block]:
    """Channels of the input to choose from, all maps, and all filters."""
    position, k = at
    x, W = conv.inputs[0], conv.inputs[1]
    found: list[Block] = []
    if planes.is_image(x.shape) and W.shape[-2] > 1:
        middle = tuple(
            min(max(0, o * axis.stride + axis.reach // 2 - axis.before), axis.length - 1)
            for axis, o in zip(conv.window, position)
        )
        found.append(planes.wall(moment, x.name, _("channels of {name}", name=x.name), middle, "", channel))
    if planes.is_image(x.shape) and W.shape[-1] > 1:
        title = _("maps of {name}", name=planes.letter(column.post, part))
        found.append(planes.wall(moment, column.post, title, position, part, k))
    found.append(filters(moment, W.name, channel - channels_of(conv, k).start, k, part))
    return found


def filters(moment: Moment, W: str, inside: int, chosen: int, part: str = "") -> Wall:
    """The weights of every filter for one channel, or their gradients, as pictures; of a window along a
    sequence for all channels."""
    array, shape = moment.array(W, part), moment.shape(W)
    two = len(shape) == 4
    limit = None if array is None else float(np.abs(array).max(initial=0.0)) or None
    grids = []
    for k in range(shape[-1]):
        values = None if array is None else array[:, :, inside, k] if two else array[:, :, k].T
        size = (shape[0], shape[1]) if two else (shape[1], shape[0])
        grids.append(Grid(str(k), values, size=size, limit=limit))
    middle = tuple(n // 2 for n in shape[:-2])
    picks = tuple(Address(W, (*middle, inside, k), part) for k in range(shape[-1]))
    title = _("filters {name}", name=planes.letter(W, part))
    if two and shape[2] > 1:
        title += " " + _("channel {k}", k=inside)
    return Wall(title, tuple(grids), chosen, picks)

"""Convolution: a window slides over the input, what it sees times its weights, and the map that fills up.

Forward the view turns around one answer: the window it was seen through, the weights, the products, the sums
of the channels.  Backward it turns around a weight, an answer or an input: every window that touched it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.conv import Convolution
from nnlab.i18n import _
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Axis,
    Beside,
    Block,
    Frame,
    Grid,
    Lattice,
    Line,
    Scene,
    Table,
    Wall,
)

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.engine.values import Value
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Convolution) and len(operations[0].inputs[0].shape) == 4


def operation_of(moment: Moment, column: Column) -> Convolution:
    operations = moment.run.program.graph.operations
    return cast(Convolution, next(o for o in operations if o.layer == column.name))


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """The window at answer ``at`` (row, y, x, filter); the channel is that of ``cursor`` if it has one."""
    conv = operation_of(moment, column)
    row, y, x, k = at.index if len(at.index) == 4 else (moment.row, 0, 0, 0)
    channel = channel_of(conv, cursor, k)
    blocks: list[Block] = [input_plane(moment, conv, (y, x, k), channel)]
    blocks.append(products(moment, conv, (y, x, k), channel))
    blocks.append(sums(moment, column, conv, (y, x, k)))
    blocks.append(feature_map(moment, column, (y, x, k)))
    blocks.append(wall(moment, column, (y, x, k)))
    title = f"{column.name}  {column.text.partition(' ')[2]}"
    home = Address(column.post, (row, y, x, k), moment.part_of(column.post))
    return Scene(title, tuple(blocks), conv.formula, home)


def overview(moment: Moment, column: Column, at: Address) -> Wall:
    """All maps of the layer, the one of ``at`` chosen."""
    index = at.index if at.value == column.post and len(at.index) == 4 else (moment.row, 0, 0, 0)
    return wall(moment, column, (index[1], index[2], index[3]))


# -- parts --------------------------------------------------------------------------------------------


def channel_of(conv: Convolution, cursor: Address, k: int) -> int:
    """The input channel that is shown: the cursor's where it stands on an input or a weight, else the first
    that filter ``k`` sees."""
    x, W = conv.inputs[0], conv.inputs[1]
    first = k // (W.shape[-1] // conv.groups) * W.shape[-2]
    if cursor.value == x.name:
        return cursor.index[-1]
    if cursor.value == W.name:
        return first + cursor.index[-2]
    return first


def plane(moment: Moment, value: Value, channel: int, part: str = "") -> tuple[Array | None, Lattice]:
    """One channel of an image (rows, columns), and where its numbers stand."""
    array = moment.array(value.name, part)
    found = None if array is None else np.asarray(array[moment.row, :, :, channel], float)
    index = moment.row, ROWS, COLUMNS, channel
    return found, Lattice(value.name, index, moment.shape(value.name), part)


def input_plane(moment: Moment, conv: Convolution, at: tuple[int, int, int], channel: int) -> Grid:
    """The input with its padding around, and the window on it."""
    rows, columns = conv.window
    values, places = plane(moment, conv.inputs[0], channel)
    (above, high, below), (left, wide, right) = ((a.before, a.length, a.after) for a in conv.window)
    padding = np.ones((above + high + below, left + wide + right), bool)
    inside = slice(above, above + high), slice(left, left + wide)
    padding[inside] = False
    shown = None
    if values is not None:
        shown = np.full(padding.shape, np.nan)
        shown[inside] = values
    frame = Frame(at[0] * rows.stride, at[1] * columns.stride, rows.reach, columns.reach)
    moved = Lattice(
        places.value,
        (places.index[0], Axis("rows", -rows.before), Axis("columns", -columns.before), channel),
        places.shape,
    )
    title = f"{conv.inputs[0].name} " + _("channel {k}", k=channel)
    kind = "unsigned" if values is not None and values.min(initial=0) >= 0 else "signed"
    return Grid(
        title, shown, moved, kind=kind, size=padding.shape, marks={"padding": padding}, frames=(frame,)
    )


def window_of(moment: Moment, conv: Convolution, at: tuple[int, int, int], channel: int) -> Grid:
    """What the window sees of one channel."""
    rows, columns = conv.window
    values, _places = plane(moment, conv.inputs[0], channel)
    start = at[0] * rows.stride - rows.before, at[1] * columns.stride - columns.before
    seen = np.full((rows.size, columns.size), np.nan)
    padding = np.ones(seen.shape, bool)
    for i, r in rows.looks(at[0]):
        for j, c in columns.looks(at[1]):
            padding[i, j] = False
            if values is not None:
                seen[i, j] = values[r, c]
    places = Lattice(
        conv.inputs[0].name,
        (
            moment.row,
            Axis("rows", start[0], rows.dilation),
            Axis("columns", start[1], columns.dilation),
            channel,
        ),
        moment.shape(conv.inputs[0].name),
    )
    shown = None if values is None else seen
    return Grid(_("window"), shown, places, size=seen.shape, marks={"padding": padding}, least="numbers")


def kernel_of(moment: Moment, conv: Convolution, k: int, channel: int) -> Grid:
    """The weights of filter ``k`` for one channel."""
    W = conv.inputs[1]
    inside = channel % W.shape[-2]
    array = moment.array(W.name)
    values = None if array is None else np.asarray(array[:, :, inside, k], float)
    places = Lattice(W.name, (ROWS, COLUMNS, inside, k), W.shape)
    return Grid(W.name, values, places, size=(W.shape[0], W.shape[1]), least="numbers")


def products(moment: Moment, conv: Convolution, at: tuple[int, int, int], channel: int) -> Beside:
    """window × weights = products, as the explanation has them."""
    W = conv.inputs[1]
    inside = channel % W.shape[-2]
    found = np.full(W.shape[:2], np.nan)
    explanation = moment.explain(Address(conv.outputs[0].name, (moment.row, *at)))
    for term in explanation.terms if explanation is not None else ():
        weight = next((a for a in term.addresses if a.value == W.name), None)
        if weight is not None and weight.index[2] == inside:
            found[weight.index[:2]] = term.value
    kernel = kernel_of(moment, conv, at[2], channel)
    values = None if explanation is None else found
    product = Grid(_("products"), values, size=(W.shape[0], W.shape[1]), least="numbers")
    return Beside((window_of(moment, conv, at, channel), kernel, product), ("×", "="))


def sums(moment: Moment, column: Column, conv: Convolution, at: tuple[int, int, int]) -> Table:
    """What each channel adds, the bias, the sum and what the activation makes of it."""
    z = Address(conv.outputs[0].name, (moment.row, *at))
    explanation = moment.explain(z)
    W = conv.inputs[1]
    shares: dict[int, float] = {}
    bias: tuple[float, Address] | None = None
    for term in explanation.terms if explanation is not None else ():
        weight = next((a for a in term.addresses if a.value == W.name), None)
        if weight is not None:
            shares[weight.index[2]] = shares.get(weight.index[2], 0.0) + term.value
        elif term.addresses:
            bias = term.value, term.addresses[0]
    lines = [Line(_("channel {k}", k=c), share) for c, share in sorted(shares.items())]
    if len(lines) > 8:
        ranked = sorted(lines, key=lambda line: -abs(line.value or 0.0))
        rest = sum(line.value or 0.0 for line in ranked[7:])
        lines = [*ranked[:7], Line(_("{n} more channels", n=len(ranked) - 7), rest)]
    if bias is not None:
        lines.append(Line(_("bias"), bias[0], bias[1]))
    lines.append(Line("z", moment.number(z), z, role="total"))
    if column.post != z.value:
        a = Address(column.post, z.index)
        lines.append(Line("a", moment.number(a), a))
    return Table(_("sum"), tuple(lines), bars="signed")


def feature_map(moment: Moment, column: Column, at: tuple[int, int, int]) -> Grid:
    """The map of one filter."""
    part = moment.part_of(column.post)
    value = moment.run.program.graph.values[column.post]
    values, places = plane(moment, value, at[2], part)
    title = f"{'d' if part else ''}{column.post} " + _("map {k}", k=at[2])
    return Grid(title, values, places, size=(value.shape[1], value.shape[2]))


def wall(moment: Moment, column: Column, at: tuple[int, int, int]) -> Wall:
    """All maps as small pictures; choosing one keeps the position."""
    part = moment.part_of(column.post)
    value = moment.run.program.graph.values[column.post]
    array = moment.array(column.post, part)
    limit = None if array is None else float(np.abs(array[moment.row]).max(initial=0.0)) or None
    grids = tuple(
        Grid(
            str(k),
            None if array is None else np.asarray(array[moment.row, :, :, k], float),
            size=(value.shape[1], value.shape[2]),
            limit=limit,
        )
        for k in range(value.shape[3])
    )
    picks = tuple(Address(column.post, (moment.row, at[0], at[1], k), part) for k in range(len(grids)))
    return Wall(_("all maps"), grids, at[2], picks)

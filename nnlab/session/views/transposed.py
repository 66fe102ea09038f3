"""Transposed convolution: every number of the input lays the kernel, times itself, into a larger answer.

Around an answer: which inputs reach it, through which tap.  Around an input: its stamp, where it lies and
what it adds.  Backward the window lies where the stamp lay and gathers, as in a convolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.transposed import ConvolutionTranspose
from nnlab.engine.ops.window import looks, seen
from nnlab.i18n import _
from nnlab.session.scene import Beside, Block, Grid, Line, Listed, Note, Scene, Strip, Wall
from nnlab.session.views import conv_backward, planes
from nnlab.session.views.filters import filters, title_of
from nnlab.session.views.gathering import Gathering
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], ConvolutionTranspose)


def operation_of(moment: Moment, column: Column) -> ConvolutionTranspose:
    return cast(ConvolutionTranspose, operations_of(moment, column.name)[0])


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip:
    return planes.small(moment, column.post, at)


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """Answers and what the layer reads; backward weights too."""
    layer = operation_of(moment, column)
    if address.value in (layer.outputs[0].name, column.post, layer.inputs[0].name):
        return True
    return moment.backward and address.value == layer.inputs[1].name


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    layer = operation_of(moment, column)
    x, W = layer.inputs[0].name, layer.inputs[1].name
    if at.value == x:
        return _around_input(moment, column, layer, at, cursor)
    if at.value == W and moment.backward:
        k, channel = at.index[-1], at.index[-2]
        blocks = conv_backward.around_weight(moment, layer, at.of("grad"), (x, channel), k, turned=True)
        blocks.append(filters(moment, W, channel, k, "grad"))
        return Scene(title_of(column), tuple(blocks), layer.backward_formula_of(1), at.of("grad"))
    return _around_answer(moment, column, layer, at, cursor)


def _around_answer(
    moment: Moment, column: Column, layer: ConvolutionTranspose, at: Address, cursor: Address
) -> Scene:
    """Which inputs reach the answer, and through which tap of the kernel."""
    x, W, z = layer.inputs[0].name, layer.inputs[1].name, layer.outputs[0].name
    place, k = tuple(at.index[1:-1]), at.index[-1]
    if at.value == W:
        place = (0,) * len(layer.window)
    k = cursor.index[-1] if cursor.value == W else k
    channel = cursor.index[-1] if cursor.value == x else cursor.index[-2] if cursor.value == W else 0
    pairs = [(tap, position) for position, tap in seen(layer.window, place)]
    size = tuple(axis.size for axis in layer.window)
    channels = range(layer.inputs[0].shape[-1])
    home = Address(z, (moment.row, *place, k))
    gathering = Gathering(
        moment, home, x, "", W, pairs, size, channels, lambda tap, j: (*tap, j, k)
    )  # fmt: skip
    field = planes.marked(planes.plane(moment, x, channel), [position for _tap, position in pairs])
    answer = Address(column.post, home.index, moment.part_of(column.post))
    part = answer.part
    blocks: list[Block] = [
        field,
        planes.plane(moment, column.post, k, part, called=_("map {k}", k=k)),
    ]
    if part:
        blocks.append(conv_backward.slopes(moment, column, layer, home.index[1:]))
        blocks.append(conv_backward.weight_gradients(moment, W, channel, k))
    else:
        after = [Line("z", moment.number(home), home, role="total")]
        if column.post != z:
            rule = moment.run.program.graph.producers[column.post][0].kind
            after.append(Line(f"a  {rule}", moment.number(answer), answer))
        bias = Address(layer.inputs[2].name, (k,)) if len(layer.inputs) == 3 else None
        blocks.append(gathering.beside(_("inputs that reach it"), channel))
        blocks.append(gathering.sums(lambda c: _("channel {k}", k=c), bias, after))
    blocks += _walls(moment, column, layer, (place, k), channel, part)
    rule = layer.backward_formula if part else layer.formula
    return Scene(title_of(column), tuple(blocks), rule, answer, () if part else (W,))


def _around_input(
    moment: Moment, column: Column, layer: ConvolutionTranspose, at: Address, cursor: Address
) -> Scene:
    """Where the stamp of an input lies, and what each tap adds there; backward what comes back from there."""
    x, W, z = layer.inputs[0].name, layer.inputs[1].name, layer.outputs[0].name
    position, channel = tuple(at.index[1:-1]), at.index[-1]
    outs = range(layer.inputs[1].shape[-1])
    k = cursor.index[-1] if cursor.value in (z, W, column.post) else outs[0]
    part = moment.part_of(z)
    answers = planes.padded_plane(moment, z, k, layer.window, part)
    answers = replace(
        planes.framed(answers, layer.window, position), title=f"{planes.letter(z, part)} " + _("map {k}", k=k)
    )
    blocks: list[Block] = [planes.plane(moment, x, channel, moment.part_of(x)), answers]
    home = Address(x, (moment.row, *position, channel), moment.part_of(x))
    if part and moment.has_gradient(x):
        size = tuple(axis.size for axis in layer.window)
        target = home.of(conv_backward.share_part(moment, layer, 0))
        gathering = Gathering(
            moment, target, z, "grad", W, list(looks(layer.window, position)), size, outs,
            lambda tap, j: (*tap, channel, j),
        )  # fmt: skip
        blocks.append(gathering.beside(_("dz under the stamp"), k))
        after = [Line("dx", moment.number(home), home, role="total")]
        blocks.append(gathering.sums(lambda c: _("filter {k}", k=c), None, after))
    elif part:
        blocks.append(Note(_("no gradient is asked for what the layer reads: nothing before it learns")))
    else:
        blocks.append(_stamped(moment, layer, position, channel, k))
        blocks.append(Note(_("where stamps overlap, their numbers are added up")))
    blocks += _walls(moment, column, layer, (_middle(layer, position), k), channel, part)
    rule = layer.backward_formula_of(0) if part else layer.formula
    return Scene(title_of(column), tuple(blocks), rule, home, () if part else (W,))


def _middle(layer: ConvolutionTranspose, position: Index) -> Index:
    """The place under the middle of the stamp at ``position``."""
    where = zip(layer.window, position)
    return tuple(
        min(max(0, o * axis.stride + axis.reach // 2 - axis.before), axis.length - 1) for axis, o in where
    )


def _stamped(moment: Moment, layer: ConvolutionTranspose, position: Index, channel: int, k: int) -> Beside:
    """The input number times the kernel is its stamp."""
    x, W = layer.inputs[0].name, layer.inputs[1].name
    at, size = Address(x, (moment.row, *position, channel)), tuple(axis.size for axis in layer.window)
    number = moment.number(at)
    one = Grid("x", None if number is None else np.array([[number]]), Listed(((at,),)), size=(1, 1))
    kernel = Gathering(moment, at, x, "", W, (), size, range(1), lambda tap, j: (*tap, channel, k)).kernel(0)
    return Beside((one, kernel, _stamp(moment, layer, position, channel, k)), ("·", "="))


def _stamp(moment: Moment, layer: ConvolutionTranspose, position: Index, channel: int, k: int) -> Grid:
    """What one input adds under each tap, as the explanations of the answers there have it."""
    x, z = layer.inputs[0].name, layer.outputs[0].name
    size = tuple(axis.size for axis in layer.window)
    shape = (size[0], size[1]) if len(size) == 2 else (1, size[0])
    values = np.full(shape, np.nan)
    cells: list[list[Address | None]] = [[None] * shape[1] for _row in range(shape[0])]
    known = True
    for tap, place in looks(layer.window, position):
        target = Address(z, (moment.row, *place, k))
        pairs = [(t, o) for o, t in seen(layer.window, place)]
        channels = range(layer.inputs[0].shape[-1])
        terms = Gathering(moment, target, x, "", "", pairs, size, channels, lambda t, j: (*t, j, k)).terms
        cell = tap if len(size) == 2 else (0, tap[0])
        known &= terms is not None
        if terms is not None:
            values[cell] = terms[pairs.index((tap, position)), channel]
        cells[cell[0]][cell[1]] = target
    places = Listed(tuple(map(tuple, cells)))
    return Grid(_("stamp"), values if known else None, places, size=shape, least="tiles")


def _walls(
    moment: Moment,
    column: Column,
    layer: ConvolutionTranspose,
    at: tuple[Index, int],
    channel: int,
    part: str,
) -> list[Block]:
    (place, k), (x, W) = at, layer.inputs[:2]
    found: list[Block] = []
    if planes.is_image(x.shape) and x.shape[-1] > 1:
        pairs = seen(layer.window, place)
        position = next(pairs, (tuple(0 for _axis in layer.window), ()))[0]
        found.append(planes.wall(moment, x.name, _("channels of {name}", name=x.name), position, "", channel))
    if planes.is_image(x.shape) and W.shape[-1] > 1:
        title = _("maps of {name}", name=planes.letter(column.post, part))
        found.append(planes.wall(moment, column.post, title, place, part, k))
    found.append(filters(moment, W.name, channel, k, part))
    return found

"""Convolution backward: what reached a weight, an answer, or an input, over all windows that touched it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.window import Axes, seen
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
    Note,
    Scene,
    Table,
)
from nnlab.session.views import planes
from nnlab.session.views.filters import channel_of, channels_of, title_of, walls
from nnlab.session.views.gathering import Gathering, worth

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.engine.ops.conv import Convolution
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def scene(moment: Moment, column: Column, conv: Convolution, at: Address, cursor: Address) -> Scene:
    """Around the number ``at``: a weight, an input of the layer, or an answer of it."""
    x, W = conv.inputs[0].name, conv.inputs[1].name
    title = title_of(column)
    if at.value == W:
        k, channel = at.index[-1], channels_of(conv, at.index[-1])[at.index[-2]]
        blocks = around_weight(moment, conv, at.of("grad"), (x, channel), k)
        blocks += walls(moment, column, conv, ((0,) * len(conv.window), k), channel, "grad")
        return Scene(title, tuple(blocks), conv.backward_formula_of(1), at.of("grad"))
    if at.value == x and moment.has_gradient(x):
        place, channel = tuple(at.index[1:-1]), at.index[-1]
        blocks = around_input(moment, column, conv, place, channel, cursor)
        home = Address(x, (moment.row, *place, channel), "grad")
        return Scene(title, tuple(blocks), conv.backward_formula_of(0), home)
    position, k = (tuple(at.index[1:-1]), at.index[-1]) if at.value != x else ((0,) * len(conv.window), 0)
    channels = channels_of(conv, k)
    channel = channel_of(conv, cursor, channels)
    blocks = around_answer(moment, column, conv, position, k, channel)
    blocks += walls(moment, column, conv, (position, k), channel, "grad")
    home = Address(column.post, (moment.row, *position, k), "grad")
    return Scene(title, tuple(blocks), conv.backward_formula, home)


# -- an answer ----------------------------------------------------------------------------------------


def around_answer(
    moment: Moment, column: Column, conv: Convolution, position: Index, k: int, channel: int
) -> list[Block]:
    """What arrives at the answer, what its window of the input gets of it, and what its weights get."""
    x, W = conv.inputs[0].name, conv.inputs[1].name
    window, channels = conv.window, tuple(range(conv.inputs[1].shape[-2]))
    first = channel - _inside(conv, channel)
    rows = range(first, first + len(channels))
    blocks: list[Block] = [planes.plane(moment, column.post, k, "grad", called=_("map {k}", k=k))]
    if moment.has_gradient(x):
        flowing = planes.padded_plane(moment, x, channel, window, "grad")
        blocks.append(planes.framed(flowing, window, position, rows))
    blocks.append(slopes(moment, column, conv, (*position, k)))
    seen_there = planes.framed(planes.padded_plane(moment, x, channel, window), window, position, rows)
    blocks.append(seen_there)
    blocks.append(weight_gradients(moment, W, _inside(conv, channel), k))
    if not moment.has_gradient(x):
        blocks.append(Note(_("no gradient is asked for what the layer reads: nothing before it learns")))
    return blocks


def slopes(moment: Moment, column: Column, conv: Operation, index: Index) -> Table:
    """From the gradient of the answer to that of the sum."""
    z = Address(conv.outputs[0].name, (moment.row, *index), "grad")
    a = Address(column.post, z.index, "grad")
    lines = [Line("da", moment.number(a), a)] if a.value != z.value else []
    explanation = moment.explain(z) if a.value != z.value else None
    note = "= " + explanation.numbers() if explanation is not None else ""
    lines.append(Line("dz", moment.number(z), z, note=note, role="total" if lines else "plain"))
    if len(conv.inputs) == 3:
        b = Address(conv.inputs[2].name, index[-1:], "grad")
        lines.append(Line("db", moment.number(b), b, note=_("Σ dz over all positions and examples")))
    return Table(_("what arrives"), tuple(lines))


def _inside(conv: Convolution, channel: int) -> int:
    """The place of a channel among those that its group's filters see."""
    return channel % conv.inputs[1].shape[-2]


def weight_gradients(moment: Moment, W: str, inside: int, k: int) -> Grid:
    """dW of one filter: (rows, columns) of a channel, (channels, taps) along a sequence."""
    array, shape = moment.array(W, "grad"), moment.shape(W)
    if len(shape) == 4:
        values = None if array is None else array[:, :, inside, k]
        index: tuple[int | Axis, ...] = (ROWS, COLUMNS, inside, k)
        size = shape[0], shape[1]
    else:
        values = None if array is None else array[:, :, k].T
        index, size = (COLUMNS, ROWS, k), (shape[1], shape[0])
    title = f"d {W} " + _("filter {k}", k=k)
    return Grid(title, values, Lattice(W, index, shape, "grad"), size=size, least="tiles")


# -- a weight -----------------------------------------------------------------------------------------


def around_weight(
    moment: Moment, conv: Operation, at: Address, source: tuple[str, int], k: int, turned: bool = False
) -> list[Block]:
    """Which windows touched weight ``at``: x under its tap times dz, over all positions of the example.

    ``turned``: the window lies on the answers and its positions on the input, as in a transposed
    convolution.
    """
    window: Axes = conv.window  # type: ignore[attr-defined]
    z = conv.outputs[0].name
    tap = at.index[:-2]
    shared = [axis.shared(i) for axis, i in zip(window, tap)]
    moves = [range(s.stop)[s] for s, _places in shared]
    looked = [range(s.stop)[s] for _positions, s in shared]
    on_x, on_z = (moves, looked) if turned else (looked, moves)
    x_grid = _spread(moment, source[0], source[1], on_x, "")
    dz_grid = _spread(moment, z, k, on_z, "grad")
    terms = _terms(moment, conv, at, tuple(map(len, moves)))
    own = None if terms is None else terms[moment.row]
    shape = x_grid.shape
    products = Grid(_("products"), None if own is None else own.reshape(shape), size=shape)
    field = planes.plane(moment, source[0], source[1])
    touched = _touched(field, on_x)
    return [
        weight_gradients(moment, at.value, at.index[-2], k),
        Beside((x_grid, dz_grid, products), ("×", "=")),
        _examples(moment, at, terms),
        replace(touched, title=_("{name} under tap {tap}", name=field.title, tap=",".join(map(str, tap)))),
    ]


def _touched(field: Grid, places: list[range]) -> Grid:
    """With the places framed where they lie side by side, else marked one by one."""
    if len(places) == 2 and all(r.step == 1 and len(r) for r in places):
        (down, across) = places
        return replace(field, frames=(Frame(down.start, across.start, len(down), len(across)),))
    return planes.marked(field, list(product(*places)))


def _spread(moment: Moment, name: str, channel: int, places: list[range], part: str) -> Grid:
    """The numbers of one channel at some rows and columns, or moments."""
    array, shape = moment.array(name, part), moment.shape(name)
    axes = [Axis(along, r.start, r.step) for along, r in zip(("rows", "columns")[-len(places) :], places)]
    index: tuple[int | Axis, ...] = (moment.row, *axes, channel)
    size = (len(places[0]), len(places[1])) if len(places) == 2 else (1, len(places[0]))
    values = None
    if array is not None:
        values = array[moment.row][np.ix_(*places, [channel])].reshape(size)
    channel_name = _("map {k}", k=channel) if part else _("channel {k}", k=channel)
    title = f"{planes.letter(name, part)} {channel_name}"
    return Grid(title, values, Lattice(name, index, shape, part), size=size)


def share_part(moment: Moment, operation: Operation, use: int) -> str:
    """The part of the gradient that flows back from ``operation``: ``grad``, or ``grad@USE`` where there are
    other uses."""
    name = operation.inputs[use].name
    return moment.run.program.uses.share_name(operation, use)[len(name) + 1 :]


def _terms(moment: Moment, conv: Operation, at: Address, moves: Index) -> Array | None:
    """(examples, positions): what each window adds to the gradient of a weight."""
    found = worth(moment.explain(at.of(share_part(moment, conv, 1))))
    return None if found is None or not found.size else found.reshape(-1, int(np.prod(moves)))


def _examples(moment: Moment, at: Address, terms: Array | None) -> Table:
    """The sum of this example, of all others, and of the batch."""
    row, lines = moment.row, []
    if terms is not None:
        sums = terms.sum(axis=1)
        lines.append(Line(_("this example"), float(sums[row]), role="chosen"))
        others = [int(n) for n in np.argsort(-np.abs(sums)) if n != row]
        lines += [Line(_("row {n} of the batch", n=n), float(sums[n])) for n in others[:3]]
        if len(others) > 3:
            rest = float(sums[others[3:]].sum())
            lines.append(Line(_("{n} more", n=len(others) - 3), rest, role="faint"))
    lines.append(Line("dW", moment.number(at), at, role="total"))
    return Table(_("sum over the batch"), tuple(lines), bars="signed")


# -- an input -----------------------------------------------------------------------------------------


def around_input(
    moment: Moment, column: Column, conv: Convolution, place: Index, channel: int, cursor: Address
) -> list[Block]:
    """Which windows saw an input number: their dz times the weight it met in each."""
    x, W = conv.inputs[0], conv.inputs[1]
    inside, filters = W.shape[-2:]
    group = filters // conv.groups
    outs = range(channel // inside * group, (channel // inside + 1) * group)
    z = conv.outputs[0].name
    k = cursor.index[-1] if cursor.value in (z, W.name) and cursor.index[-1] in outs else outs[0]
    pairs = [(tap, position) for position, tap in seen(conv.window, place)]
    part = share_part(moment, conv, 0)
    gathering = Gathering(
        moment,
        Address(x.name, (moment.row, *place, channel), part),
        z,
        "grad",
        W.name,
        pairs,
        tuple(axis.size for axis in conv.window),
        outs,
        lambda tap, j: (*tap, channel % inside, outs[j]),
    )
    at = Address(x.name, (moment.row, *place, channel), "grad")
    after = [Line("dx", moment.number(at), at, role="total")]
    if part != "grad":
        after.insert(0, Line("dx", moment.number(gathering.target), gathering.target, role="total"))
    dz = planes.plane(moment, z, k, "grad", called=_("map {k}", k=k))
    first, title = (pairs[0][1] if pairs else place), _("maps of {name}", name=f"d {z}")
    return [
        planes.plane(moment, x.name, channel, "grad"),
        planes.marked(dz, [position for _tap, position in pairs]),
        gathering.beside(_("their dz"), k),
        gathering.sums(lambda c: _("filter {k}", k=c), None, after),
        planes.wall(moment, z, title, first, "grad", k),
    ]

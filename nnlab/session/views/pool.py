"""Pooling: the winner of each window and where the gradient goes, or the mean and how it is shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.pool import Global, GlobalMaxPool, MaxPool, Pool
from nnlab.engine.ops.window import Axes, axes, looks, seen
from nnlab.i18n import _
from nnlab.session.scene import Beside, Block, Grid, Line, Listed, Note, Scene, Strip, Table, Wall
from nnlab.session.views import planes
from nnlab.session.views.filters import title_of
from nnlab.session.views.gathering import worth
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]


def shows(operations: Sequence[Operation]) -> bool:
    return len(operations) == 1 and isinstance(operations[0], (Pool, Global))


def operation_of(moment: Moment, column: Column) -> Operation:
    return operations_of(moment, column.name)[0]


def window_of(pool: Operation) -> Axes:
    """The window of a pooling layer; a global one has a single window over everything."""
    if isinstance(pool, Pool):
        return pool.window
    shape = pool.inputs[0].shape[1:-1]
    return axes(shape, shape, shape, (1,) * len(shape), "valid")


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip:
    return planes.small(moment, column.post, at)


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """The answers; backward also what the layer reads."""
    pool = operation_of(moment, column)
    return address.value == column.post or (moment.backward and address.value == pool.inputs[0].name)


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    pool = operation_of(moment, column)
    x = pool.inputs[0].name
    if at.value == x and moment.backward and moment.has_gradient(x):
        return _around_input(moment, column, pool, at)
    position, channel = _turned_to(pool, at)
    if cursor.value == x:
        channel = cursor.index[-1]
    part = moment.part_of(column.post)
    answer = Address(column.post, (moment.row, *_of_answer(pool, position), channel), part)
    field = _field(moment, pool, channel, "", position)
    blocks: list[Block] = [field, _answers(moment, column, channel, part)]
    window = _window(moment, pool, position, channel)
    if part:
        if moment.has_gradient(x):
            blocks.insert(1, _field(moment, pool, channel, "grad", position))
        blocks += [_sent(moment, pool, answer), _gradient_note(pool)]
    else:
        blocks += [Beside((window, _made(moment, pool, position, answer)), ("→",))]
        if (tie := _tie(moment, pool, window)) is not None:
            blocks.append(tie)
    blocks += _walls(moment, column, pool, position, channel, part)
    return Scene(title_of(column), tuple(blocks), pool.backward_formula if part else pool.formula, answer)


# -- where we are -------------------------------------------------------------------------------------


def _turned_to(pool: Operation, at: Address) -> tuple[Index, int]:
    window = window_of(pool)
    if at.value == pool.inputs[0].name:
        places = zip(window, at.index[1:-1])
        return tuple(max(axis.seen(i), default=(0, 0))[0] for axis, i in places), at.index[-1]
    return tuple(at.index[1:-1]) or (0,) * len(window), at.index[-1]


def _of_answer(pool: Operation, position: Index) -> Index:
    """A position as it stands in the index of an answer: a global layer has none."""
    return position if isinstance(pool, Pool) else ()


def takes_most(pool: Operation) -> bool:
    return isinstance(pool, (MaxPool, GlobalMaxPool))


def _winners(moment: Moment, pool: Operation, channel: int) -> Array | None:
    """The places that won their windows, (number of windows, axes)."""
    winner = moment.array(pool.outputs[1].name) if takes_most(pool) else None
    if winner is None:
        return None
    window = window_of(pool)
    size = tuple(axis.size for axis in window)
    shape = tuple(axis.positions for axis in window)
    taps = np.unravel_index(np.asarray(winner[moment.row, ..., channel], np.intp).reshape(-1), size)
    positions = np.indices(shape).reshape(len(shape), -1)
    places = [o * axis.stride + t - axis.before for axis, o, t in zip(window, positions, taps, strict=True)]
    return np.stack(places, axis=1)


# -- parts --------------------------------------------------------------------------------------------


def _field(moment: Moment, pool: Operation, channel: int, part: str, position: Index) -> Grid:
    """What the layer reads, or its gradient, with the window framed and the winner of every window marked."""
    window, x = window_of(pool), pool.inputs[0].name
    before = tuple(axis.before for axis in window)
    grid = planes.padded_plane(moment, x, channel, window, part)
    if isinstance(pool, Pool):
        grid = planes.framed(grid, window, position, range(channel, channel + 1))
    places = _winners(moment, pool, channel)
    if places is None:
        return grid
    mask = np.zeros(grid.shape, bool)
    if len(window) == 2:
        mask[places[:, 0] + before[0], places[:, 1] + before[1]] = True
    else:
        mask[channel, places[:, 0] + before[0]] = True
    return replace(grid, marks={**grid.marks, "winner": mask})


def _answers(moment: Moment, column: Column, channel: int, part: str) -> Grid:
    if len(column.shape) == 1:
        return planes.row(moment, column.post, part)
    return planes.plane(moment, column.post, channel, part, called=_("channel {k}", k=channel))


def _window(moment: Moment, pool: Operation, position: Index, channel: int) -> Grid:
    """What the window sees, the winner marked; padding is not looked at."""
    window, x = window_of(pool), pool.inputs[0].name
    size = tuple(axis.size for axis in window)
    shape = (size[0], size[1]) if len(size) == 2 else (1, size[0])
    array = moment.array(x)
    values, outside = np.full(shape, np.nan), np.ones(shape, bool)
    cells: list[list[Address | None]] = [[None] * shape[1] for _row in range(shape[0])]
    for tap, place in looks(window, position):
        row, at = (tap if len(tap) == 2 else (0, tap[0])), Address(x, (moment.row, *place, channel))
        outside[row] = False
        cells[row[0]][row[1]] = at
        if array is not None:
            values[row] = array[at.index]
    marks = {"padding": outside} if outside.any() else {}
    winner = moment.array(pool.outputs[1].name) if takes_most(pool) else None
    if winner is not None:
        won = np.zeros(shape, bool)
        won.reshape(-1)[int(winner[(moment.row, *_of_answer(pool, position), channel)])] = True
        marks["winner"] = won
    places = Listed(tuple(map(tuple, cells)))
    return Grid(_("window"), None if array is None else values, places, size=shape, marks=marks)


def _made(moment: Moment, pool: Operation, position: Index, answer: Address) -> Table:
    """The answer, and of a maximum the tap that has it, of a mean how many numbers it is of."""
    lines = []
    if takes_most(pool):
        at = Address(pool.outputs[1].name, answer.index)
        lines.append(Line(_("winning tap"), moment.number(at), at))
    else:
        lines.append(Line(_("numbers"), float(len(list(looks(window_of(pool), position))))))
    lines.append(Line("a", moment.number(answer), answer, role="total"))
    return Table(_("largest") if takes_most(pool) else _("mean"), tuple(lines))


def _tie(moment: Moment, pool: Operation, window: Grid) -> Note | None:
    """That several numbers are the largest, and which of them counts."""
    if not takes_most(pool) or window.values is None:
        return None
    same = int((window.values == np.nanmax(window.values)).sum())
    if same < 2:
        return None
    text = _("a tie: {n} numbers of the window are the largest; the first of them wins and alone gets the "
             "gradient", n=same)  # fmt: skip
    return Note(text, "text")


def _sent(moment: Moment, pool: Operation, answer: Address) -> Table:
    """What arrives at an answer, and who gets it."""
    lines = [Line("da", moment.number(answer), answer)]
    x = pool.inputs[0].name
    if moment.has_gradient(x) and takes_most(pool):
        winner = moment.array(pool.outputs[1].name)
        if winner is not None:
            window = window_of(pool)
            tap = np.unravel_index(int(winner[answer.index]), tuple(axis.size for axis in window))
            position = answer.index[1:-1] or (0,) * len(window)
            places = (o * axis.stride + int(t) - axis.before for axis, o, t in zip(window, position, tap))
            at = Address(x, (moment.row, *places, answer.index[-1]), "grad")
            lines.append(Line(_("to the winner"), moment.number(at), at, note=str(at)))
    return Table(_("what arrives"), tuple(lines))


def _gradient_note(pool: Operation) -> Note:
    if takes_most(pool):
        return Note(_("the gradient goes to the winner of each window, marked *; all others get nothing"))
    return Note(_("every number of a window gets the same share of the gradient"))


def _around_input(moment: Moment, column: Column, pool: Operation, at: Address) -> Scene:
    """Which windows saw an input, and what each sends back to it."""
    x, window = pool.inputs[0].name, window_of(pool)
    place, channel = tuple(at.index[1:-1]), at.index[-1]
    home = Address(x, (moment.row, *place, channel), "grad")
    answers = [position for position, _tap in seen(window, place)]
    explanation = moment.explain(home)
    terms = worth(explanation)
    lines = []
    for k, position in enumerate(answers):
        known = terms is not None and len(terms) == len(answers)
        share = float(terms[k]) if known and terms is not None else None
        index = ",".join(map(str, (*_of_answer(pool, position), channel)))
        lines.append(Line(_("from {a}", a=f"a[{index}]"), share))
    if not answers:
        lines.append(Line(_("no window sees it")))
    lines.append(Line("dx", moment.number(home), home, role="total"))
    position = answers[0] if answers else (0,) * len(window)
    blocks: list[Block] = [
        _field(moment, pool, channel, "grad", position),
        _answers(moment, column, channel, "grad"),
        Table(_("what comes back"), tuple(lines), bars="signed"),
        _gradient_note(pool),
    ]
    blocks += _walls(moment, column, pool, position, channel, "grad")
    return Scene(title_of(column), tuple(blocks), pool.backward_formula, home)


def _walls(
    moment: Moment, column: Column, pool: Operation, position: Index, channel: int, part: str
) -> list[Block]:
    """The channels before and behind."""
    x = pool.inputs[0]
    if not planes.is_image(x.shape) or x.shape[-1] == 1:
        return []
    middle = tuple(
        min(max(0, o * axis.stride - axis.before), axis.length - 1)
        for axis, o in zip(window_of(pool), position)
    )
    before = part if moment.has_gradient(x.name) else ""
    name = planes.letter(x.name, before)
    found: list[Block] = [
        planes.wall(moment, x.name, _("channels of {name}", name=name), middle, before, channel)
    ]
    if isinstance(pool, Pool):
        title = _("channels of {name}", name=planes.letter(column.post, part))
        found.append(planes.wall(moment, column.post, title, position, part, channel))
    return found

"""The network with its live numbers: columns of units, a line for every weight, the answer at the end.

Forward and backward are drawn in the same places; backward shows gradients and arrows that run to the left.
The path of the operation just done is bright, the rest is dim.
"""

from __future__ import annotations

import numpy as np

from nnlab.i18n import _
from nnlab.session.columns import Column
from nnlab.session.figures import Scale, plain
from nnlab.session.moment import Moment, Place
from nnlab.tui.bench import answer, chips, strips, wires
from nnlab.tui.bench.layout import Layout, Slot, plan
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import blank, clip, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role


def draw(moment: Moment, cursor: Place | None, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """The network picture (height, width, 3); every number on it is a spot with its :class:`Place`."""
    cells = blank(height, width)
    if height < 4 or width < 14:
        return Picture(cells)
    column, unit = standing(moment, cursor)
    layout = plan(moment, height, width, column.name, sight.caps, unit)
    hidden: frozenset[str] = frozenset()
    event = moment.tape.current if moment.frame is None else None
    if event is not None and sight.progress < 1:
        hidden = frozenset(event.writes)
    spots: list[Spot] = []
    pen = chips.Pen(moment, cells, sight, cursor, unit, hidden, spots)
    for left, right in zip(layout.slots, layout.slots[1:]):
        _gap(pen, left, right, column, unit)
    for slot in layout.slots:
        first = len(spots)
        if slot.form in ("words", "strip"):
            strips.draw(pen, slot, _chosen(slot, column, unit, cursor))
        else:
            chips.draw(pen, slot, _chosen(slot, column, unit, cursor))
        _labels_order(spots, first)
        _head(pen, slot, slot.column is column)
    for left, right in zip(layout.slots, layout.slots[1:]):
        _weights(pen, left, right, column, unit)
    if layout.answer >= 0:
        answer.draw(pen, layout.slots[-1], layout.answer, layout.answer_width)
    _edges(pen, layout)
    signs = _("lines: solid +, broken −") if sight.caps.unicode else _("lines: of + and -, weak dotted")
    both = plain(f"{layout.reason}; {signs}", sight.caps)
    lined = any(slot.form == "graph" and slot.column.weights for slot in layout.slots)
    reason = both if lined and width_of(both) <= width - 2 else layout.reason
    text(cells, height - 1, 1, clip(reason, width - 2), Role.MUTED)
    return Picture(cells, tuple(spots))


def standing(moment: Moment, cursor: Place | None) -> tuple[Column, int]:
    """The column and unit the cursor is in; for a weight the unit that receives it."""
    columns = moment.columns
    if cursor is None:
        return columns[min(1, len(columns) - 1)], 0
    column = moment.column(cursor.value)
    index = cursor.index
    if column is None:  # the target, a probability: what belongs to a unit of the last layer
        column, index = columns[-1], index + (0,) * (len(columns[-1].shape) - len(index))
    if cursor.value == column.weights and len(cursor.index) == 2:
        return column, cursor.index[1]
    unit = 0
    for size, at in zip(column.shape, index):
        unit = unit * size + at
    return column, min(unit, column.units - 1)


def _chosen(slot: Slot, column: Column, unit: int, cursor: Place | None) -> int:
    """The unit of ``slot`` that the cursor is in; of a weight also the unit it comes from."""
    if slot.column is column:
        return unit
    on_weight = cursor is not None and cursor.value == column.weights and len(cursor.index) == 2
    if cursor is not None and on_weight and slot.column.post == column.source:
        return cursor.index[0]
    return -1


def _labels_order(spots: list[Spot], first: int) -> None:
    spots[first:] = sorted(spots[first:], key=lambda s: (s.y, s.x))


def _head(pen: chips.Pen, slot: Slot, focused: bool) -> None:
    """Name and kind above a column."""
    column = slot.column
    room = max(slot.width + 4, 9)
    x = slot.x + (slot.width - room) // 2
    title = _("input") if column.name == "input" else column.name
    text(pen.cells, 0, x, title, Role.ACCENT if focused else Role.TEXT, None, room, "center")
    words = [word for word in column.text.split()[1:] if "=" not in word]
    kind = " ".join(words) if column.text else plain("×".join(map(str, column.shape)), pen.sight.caps)
    scale = pen.heads.get(column.name, "")
    if scale:
        both = f"{kind} {scale}"
        kind = both if width_of(both) <= room else scale
    text(pen.cells, 1, x, kind, Role.WARNING if scale else Role.MUTED, None, room, "center")
    pen.spots.append(Spot(0, x, room, ("layer", column.name), height=2))


def _active(pen: chips.Pen, column: Column) -> bool:
    """Whether the operation just done used the weights into ``column``."""
    moment = pen.moment
    if moment.frame is not None:
        return True
    event = moment.tape.current
    if event is None or not moment.computed:
        return False
    if event.phase == "update":
        return True
    return event.layer == column.name and (event.operation == "dense" or not column.weights)


def _gap(pen: chips.Pen, left: Slot, right: Slot, focus: Column, unit: int) -> None:
    """The lines between two neighbouring columns."""
    moment, caps, cells = pen.moment, pen.sight.caps, pen.cells
    column = right.column
    x, width = left.right, right.x - left.right
    if width < 2:
        return
    body = cells[: len(cells) - 1]
    active = _active(pen, column)
    strength = 0.9 if active else 0.42
    reach = (0.0, 1.0)
    progress = pen.sight.progress
    weights = moment.weights(column) if left.column.post == column.source else None
    receiving = focus is column
    if left.form == right.form == "graph" and column.weights:
        n, m = left.column.units, column.units
        i, u = (grid.ravel() for grid in np.meshgrid(np.arange(n), np.arange(m), indexing="ij"))
        starts = np.array([left.row(k) for k in range(n)], float)[i]
        ends = np.array([right.row(k) for k in range(m)], float)[u]
        values = None if weights is None else np.asarray(weights, float)[i, u]
        bright = (u == unit) if receiving else np.zeros(len(u), bool)
        limit = nice_above(chips.largest(weights))
        if active and progress < 1:
            wires.draw(body, x, width, starts, ends, values, bright & False, limit, caps=caps, strength=0.3)
            reach = (1 - progress, 1.0) if moment.backward else (0.0, progress)
        wires.draw(
            body, x, width, starts, ends, values, bright, limit, caps=caps, reach=reach, strength=strength
        )
    elif right.form == "graph" and left.form == "graph":
        pairs = np.arange(min(left.column.units, column.units))
        starts = np.array([left.row(int(k)) for k in pairs], float)
        ends = np.array([right.row(int(k)) for k in pairs], float)
        wires.draw(body, x, width, starts, ends, None, (pairs == unit) & receiving, caps=caps)
    else:
        _bundle(pen, left, right, unit if receiving else -1, x, width)
    _arrows(pen, left, right, unit if receiving else -1)


def _bundle(pen: chips.Pen, left: Slot, right: Slot, unit: int, x: int, width: int) -> None:
    """Lines of a column that is drawn as a whole: one from its middle to every unit of the other."""
    body = pen.cells[: len(pen.cells) - 1]

    def rows(slot: Slot) -> list[float]:
        if slot is left and strips.answers(pen.moment, slot):
            return [slot.top + slot.lines + 1.0]
        if slot.form == "graph":
            return [float(slot.row(k)) for k in range(slot.column.units)]
        if slot.form in ("words", "strip"):
            return [float(slot.top + line) for line in range(slot.lines)]
        return [slot.top + (slot.lines - 1) / 2]

    starts, ends = rows(left), rows(right)
    count = max(len(starts), len(ends))
    bright = np.arange(count) == unit if len(ends) == count else np.zeros(count, bool)
    start, end = np.resize(starts, count), np.resize(ends, count)
    wires.draw(body, x, width, start, end, None, bright, caps=pen.sight.caps)


def _arrows(pen: chips.Pen, left: Slot, right: Slot, unit: int) -> None:
    """Heads of the lines at the focused unit: into it forward, out of it backward."""
    if unit < 0 or right.form != "graph" or unit >= right.column.units:
        return
    caps = pen.sight.caps
    forward, backward = ("▶", "◀") if caps.unicode else (">", "<")
    ink = Role.BACKWARD if pen.moment.backward else Role.FORWARD
    text(pen.cells, right.row(unit), right.x - 1, backward if pen.moment.backward else forward, ink)


def _weights(pen: chips.Pen, left: Slot, right: Slot, focus: Column, unit: int) -> None:
    """Numbers on the lines into the focused unit: a weight at the start of each, the bias at its chip."""
    column = right.column
    gap = right.x - left.right
    if focus is not column or right.form != "graph":
        return
    moment, caps, cells = pen.moment, pen.sight.caps, pen.cells
    weights, bias = moment.weights(column), moment.bias(column)
    scale = Scale.of(None if weights is None else weights[:, unit : unit + 1], bias)
    x = left.right + (1 if gap >= 9 else 0)
    if column.weights and left.form == "graph" and left.column.post == column.source and gap >= 6:
        for i in range(left.column.units):
            y = left.row(i)
            value = None if weights is None else float(weights[i, unit])
            string = scale.bare(value, caps)
            ink = Role.MUTED if value is None else Role.POSITIVE if value >= 0 else Role.NEGATIVE
            if not caps.unicode and gap >= 9:  # lines are made of + and - there
                text(cells, y, x - 1, f" {string} ")
            text(cells, y, x, string, ink)
            if pen.spot(y, x, max(4, len(string)), Place(column.weights, (i, unit))):
                pen.mark(y, x, len(string))
    if column.bias:
        value = None if bias is None else float(bias[unit])
        string = ("db" if moment.part_of(column.bias) else "b ") + scale.text(value, caps)
        y, at = right.row(unit) + 1, right.x - len(string) - 1
        if right.boxed:
            y, at = right.top + unit * right.pitch + right.lines + 1, right.x + 1
        if y < len(cells) - 1 and (right.boxed or at > left.right):
            text(cells, y, at, string, Role.MUTED)
            if pen.spot(y, at, len(string), Place(column.bias, (unit,))):
                pen.mark(y, at, len(string))


def _edges(pen: chips.Pen, layout: Layout) -> None:
    """How many layers are to the left and right of what is shown."""
    width = pen.cells.shape[1]
    if layout.before:
        left = ("‹{n}" if pen.sight.caps.unicode else "<{n}").format(n=layout.before)
        text(pen.cells, 0, 0, left, Role.WARNING)
        pen.spots.append(Spot(0, 0, 3, ("layer", pen.moment.columns[layout.before - 1].name)))
    if layout.after:
        string = ("{n}›" if pen.sight.caps.unicode else "{n}>").format(n=layout.after)
        text(pen.cells, 0, width - width_of(string), string, Role.WARNING)
        name = pen.moment.columns[len(pen.moment.columns) - layout.after].name
        pen.spots.append(Spot(0, width - 3, 3, ("layer", name)))

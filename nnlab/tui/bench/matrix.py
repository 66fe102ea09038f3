"""One layer in detail: a row for every unit, with its weights, bias, sum and answer.

Where the row of weights fits, numbers are printed; else a shade stands for each weight and the one under
the cursor is read out below.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.i18n import _
from nnlab.session.columns import Column
from nnlab.session.figures import Scale, full
from nnlab.session.moment import Moment, Place
from nnlab.tui.bench.chips import Pen, largest, tone
from nnlab.tui.bench.graph import standing
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.cells import blank, clip, fill, hline, text, vline
from nnlab.tui.palette import DIVERGING
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
CELL = 7
HEAD = 4


def fits(column: Column, inputs: int, width: int) -> str:
    """``numbers``, ``shades`` or ``histogram``: what the weights (inputs, units) of ``column`` become."""
    room = _room(column, width)
    if inputs * CELL <= room:
        return "numbers"
    return "shades" if inputs <= room else "histogram"


def _room(column: Column, width: int) -> int:
    """Columns left for weights beside the unit's number and its own values."""
    return width - 7 - CELL * (len(column.values) + bool(column.bias))


def draw(moment: Moment, cursor: Place | None, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """The layer under the cursor as a table (height, width, 3)."""
    cells = blank(height, width)
    if height < 6 or width < 24:
        return Picture(cells)
    column, unit = standing(moment, cursor)
    spots: list[Spot] = []
    pen = Pen(moment, cells, sight, cursor, unit, frozenset(), spots)
    rows = height - HEAD - 3
    first = min(max(0, unit - rows // 2), max(0, column.units - rows))
    shown = range(first, min(column.units, first + rows))
    inputs = _inputs(moment, column)
    form = fits(column, inputs, width)
    step = CELL if form == "numbers" else 2 if inputs * 2 <= _room(column, width) else 1
    _title(pen, column, width)
    left = 6
    if column.weights:
        _sources(pen, column, left, inputs, step, form)
        _weights(pen, column, left, shown, inputs, step, form)
        left += inputs * step + 1
    _values(pen, column, left, shown)
    for line, u in enumerate(shown):
        ink = Role.ACCENT if u == unit else Role.MUTED
        arrow = ("▸" if sight.caps.unicode else ">") if u == unit else " "
        text(cells, HEAD + line, 0, f"{arrow}{u:>3}", ink)
    vline(cells, HEAD, 5, len(shown), caps=sight.caps)
    _foot(pen, column, cursor, form, inputs, first, len(shown), height, width)
    return Picture(cells, tuple(sorted(spots, key=lambda s: (s.y, s.x))))


def _inputs(moment: Moment, column: Column) -> int:
    if not column.weights:
        return 0
    return int(moment.run.store[column.weights].shape[0])


def _title(pen: Pen, column: Column, width: int) -> None:
    name = _("input") if column.name == "input" else column.name
    at = text(pen.cells, 0, 1, name, Role.ACCENT) + 3
    pen.spots.append(Spot(0, 1, at - 3, ("layer", column.name)))
    at += text(pen.cells, 0, at, column.text, Role.TEXT) + 3
    if column.weights:
        rule = "z = x·W + b" if column.bias else "z = x·W"
        if pen.moment.backward:
            rule = "dW = xᵀ·dz   db = Σ dz   dx = dz·Wᵀ"
        text(pen.cells, 0, at, clip(rule, max(0, width - at)), Role.MUTED)


def _sources(pen: Pen, column: Column, left: int, inputs: int, step: int, form: str) -> None:
    """What flows in, above the weights it meets."""
    x = pen.moment.example_of(column.source)
    index = _source_index(pen.moment, column)
    caps, cells = pen.sight.caps, pen.cells
    if form == "numbers":
        scale = Scale.of(x)
        names = pen.moment.data.feature_names if column.source == "input" else ()
        for i in range(inputs):
            at = left + i * CELL
            label = names[i] if len(names) == inputs else f"x{i}"
            text(cells, 1, at, label, Role.MUTED, None, CELL - 1, "right")
            value = None if x is None else float(x[i])
            text(cells, 2, at, scale.text(value, caps), Role.FORWARD)
            if pen.spot(2, at, CELL - 1, Place(column.source, index(i))):
                pen.mark(2, at, CELL - 1)
        text(cells, 2, 0, "x", Role.MUTED)
    else:
        text(
            cells,
            1,
            left,
            _("inputs 0 … {n}, one column each", n=inputs - 1),
            Role.MUTED,
            None,
            inputs * step,
        )
        values = np.full(inputs, np.nan) if x is None else np.asarray(x, float)
        _shades(pen, 2, left, values[None], nice_above(largest(values)), step)
        for i in range(inputs):
            if pen.spot(2, left + i * step, step, Place(column.source, index(i))):
                pen.mark(2, left + i * step, step)
        text(cells, 2, 0, "x", Role.MUTED)
    hline(cells, 3, 0, cells.shape[1], caps=caps)


def _source_index(moment: Moment, column: Column) -> Any:
    source = moment.column(column.source)
    return source.index if source is not None else (lambda i: (i,))


def _weights(pen: Pen, column: Column, left: int, shown: range, inputs: int, step: int, form: str) -> None:
    weights = pen.moment.weights(column)
    caps = pen.sight.caps
    limit = nice_above(largest(weights))
    scale = Scale.of(weights)
    if form == "numbers" and (head := scale.head(caps)):
        text(pen.cells, 3, left, f" W {head} ", Role.WARNING)
    if form != "numbers":
        part = np.full((len(shown), inputs), np.nan)
        if weights is not None:
            part = np.asarray(weights[:, shown.start : shown.stop], float).T
        _shades(pen, HEAD, left, part, limit, step)
    for line, unit in enumerate(shown):
        for i in range(inputs):
            y, at = HEAD + line, left + i * step
            if form == "numbers":
                value = None if weights is None else float(weights[i, unit])
                ink, ground = (Role.MUTED, Role.BACKGROUND) if value is None else tone(value, limit, caps)
                fill(pen.cells, y, at, 1, CELL - 1, " ", ink, ground)
                text(pen.cells, y, at, scale.text(value, caps), ink)
            wide = CELL - 1 if form == "numbers" else step
            if pen.spot(y, at, wide, Place(column.weights, (i, unit))):
                pen.mark(y, at, wide)


def _shades(pen: Pen, y: int, x: int, grid: Array, limit: float, step: int) -> None:
    """(rows, n) signed numbers as shades of ``step`` columns each, their sign beside where there is room."""
    share = np.clip(np.nan_to_num(grid / limit), -1, 1)
    size = np.abs(share)
    area = pen.cells[y : y + grid.shape[0], x : x + grid.shape[1] * step]
    if area.shape[1] != grid.shape[1] * step:
        return
    marks = np.where(share > 0.15, ord("+") - 32, np.where(share < -0.15, ord("-") - 32, 0))
    marks = np.where(np.isnan(grid), ord("?") - 32, marks)
    if pen.sight.caps.color is ColorDepth.NONE:
        ramp = np.array([ord(c) - 32 for c in " .:-=+*#%@"], np.int16)
        area[:, step - 1 :: step, 0] = ramp[np.rint(size * 9).astype(np.intp)]
        strong = np.where(size > 0.6, np.where(share > 0, ord("#") - 32, ord("=") - 32), marks)
        area[:, 0::step, 0] = marks if step > 1 else strong
        return
    level = np.rint((0.5 + 0.5 * share) * (DIVERGING.size - 1)).astype(np.intp)
    for k in range(step):
        area[:, k::step, 2] = DIVERGING.index(level)
        area[:, k::step, 1] = np.where(size > 0.62, Role.BACKGROUND, Role.MUTED)
    area[:, 0::step, 0] = marks


def _values(pen: Pen, column: Column, left: int, shown: range) -> None:
    """Bias, sum and answer of every unit, as numbers."""
    moment, caps, cells = pen.moment, pen.sight.caps, pen.cells
    columns: list[tuple[str, Array | None, bool]] = []
    if column.bias:
        columns.append((column.bias, moment.bias(column), False))
    columns += [(name, moment.shown(column, name), True) for name in column.values]
    for name, array, example in columns:
        scale, limit = Scale.of(array), nice_above(largest(array))
        letter = name.rsplit(".", 1)[-1] if "." in name else "x"
        head = ("d" if moment.part_of(name) else "") + letter
        text(cells, 1, left, head, Role.TEXT, None, CELL - 1, "right")
        text(cells, 2, left, scale.head(caps), Role.WARNING, None, CELL - 1, "right")
        for line, unit in enumerate(shown):
            value = None if array is None else float(array[unit])
            ink, ground = (Role.MUTED, Role.PANEL) if value is None else tone(value, limit, caps)
            fill(cells, HEAD + line, left, 1, CELL - 1, " ", ink, ground)
            text(cells, HEAD + line, left, scale.text(value, caps), ink)
            index = column.index(unit) if example else (unit,)
            if pen.spot(HEAD + line, left, CELL - 1, Place(name, index)):
                pen.mark(HEAD + line, left, CELL - 1)
        left += CELL


def _foot(
    pen: Pen,
    column: Column,
    cursor: Place | None,
    form: str,
    inputs: int,
    first: int,
    shown: int,
    height: int,
    width: int,
) -> None:
    """The number under the cursor with all its digits, what is scrolled away, and which picture this is."""
    caps = pen.sight.caps
    if cursor is not None:
        address = pen.moment.address(cursor)
        value = pen.moment.number(address)
        line = f"{address} = " + ("?" if value is None else full(value, caps))
        text(pen.cells, height - 2, 1, clip(line, width - 2), Role.TEXT)
    if column.units > shown:
        away = _("units {a} to {b} of {n}", a=first, b=first + shown - 1, n=column.units)
        text(pen.cells, height - 2, 0, away, Role.WARNING, None, width - 1, "right")
    reasons = {
        "numbers": _("matrix: {n} inputs fit as numbers; a row is a unit", n=inputs),
        "shades": _("matrix: {n} inputs are too many for numbers; a shade each, a row is a unit", n=inputs),
    }
    reason = reasons.get(form, "") if column.weights else _("a row is a unit")
    text(pen.cells, height - 1, 1, clip(reason, width - 2), Role.MUTED)

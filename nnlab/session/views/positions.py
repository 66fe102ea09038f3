"""Positions: the numbers that say where a word stands, and how they are added to its row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.positions import LearnedPositions, Waves
from nnlab.i18n import _
from nnlab.session.scene import COLUMNS, ROWS, Chart, Curve, Frame, Grid, Lattice, Line, Scene, Table
from nnlab.session.steps import steps_of
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
LOW, NARROW = 16, 24
"""Positions and numbers that are shown a shade each at least."""
SHOWN = 8
"""Terms of a gradient that are told one by one."""


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Waves | LearnedPositions)


def _table_of(op: Operation) -> str:
    """The value that holds a row for each position."""
    return op.outputs[1].name if isinstance(op, Waves) else op.inputs[1].name


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    op = _operation(moment, column)
    return address.value in (op.outputs[0].name, _table_of(op)) and address.part in ("", "grad")


def _operation(moment: Moment, column: Column) -> Operation:
    return operations_of(moment, column.name)[0]


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """The heatmap of positions, and the sum of one number."""
    op = _operation(moment, column)
    step, number = at.index[-2:]
    step = min(step, moment.shape(op.outputs[0].name)[1] - 1)
    steps = steps_of(moment, op.outputs[0].name)
    names = () if steps is None else steps.names
    blocks = (
        addition(moment, op, step, number),
        heatmap(moment, op, step, names),
        wave(moment, op, number),
    )
    title = f"{column.name}  {column.text.partition(' ')[2]}".rstrip()
    rule = op.backward_formula if moment.backward else op.formula
    value = op.outputs[0].name
    home = Address(value, (moment.row, step, number), moment.part_of(value))
    return Scene(title, blocks, rule, home)


def overview(moment: Moment, column: Column, at: Address) -> None:
    """The steps as lines of shades, as those of any layer."""


def addition(moment: Moment, op: Operation, step: int, number: int) -> Table:
    """Forward x + p = a of one number; backward what reaches the position from every row of the batch."""
    table, x, a = _table_of(op), op.inputs[0].name, op.outputs[0].name
    own = Address(table, (step, number), moment.part_of(table))
    if not moment.backward:
        word, whole = (Address(name, (moment.row, step, number)) for name in (x, a))
        lines = [
            Line(_("what stands there"), moment.number(word), word),
            Line(_("where it stands"), moment.number(own), own),
            Line(_("both"), moment.number(whole), whole, role="total"),
        ]
        return Table(_("number {j} of step {t}", j=number, t=step), tuple(lines), bars="signed")
    title = _("the gradient goes on as it is, and to the position from every row")
    given = Address(a, (moment.row, step, number), moment.part_of(a))
    lines = [Line("da", moment.number(given), given)]
    if own.part:
        explanation = moment.explain(own)
        for term in explanation.shown(SHOWN) if explanation is not None else ():
            if term.addresses and term.addresses[0] != given:
                where = term.addresses[0]
                lines.append(Line(_("row {row}", row=where.index[0]), term.value, where, role="faint"))
        lines.append(Line(f"d{table.rsplit('.', 1)[-1]}", moment.number(own), own, role="total"))
    return Table(title, tuple(lines), bars="signed")


def heatmap(moment: Moment, op: Operation, step: int, names: tuple[str, ...]) -> Grid:
    """The rows of all positions that are used, steps downwards."""
    table = _table_of(op)
    part = moment.part_of(table)
    array = moment.array(table, part)
    used = moment.shape(op.outputs[0].name)[1]
    shape = moment.shape(table)
    values = None if array is None else np.asarray(array[:used], float)
    return Grid(
        _("a row for each position") if not part else _("gradients of the positions"),
        values,
        Lattice(table, (ROWS, COLUMNS), shape, part),
        rows=tuple(f"{k} {name}" for k, name in enumerate(names[:used])),
        size=(used, shape[1]),
        frames=(Frame(step, 0, 1, shape[1]),),
        limit=1.0 if isinstance(op, Waves) else None,
        most="tiles",
        least="tiles" if used <= LOW and shape[1] <= NARROW else "pixels",
    )


def wave(moment: Moment, op: Operation, number: int) -> Chart:
    """One number of the rows along the positions: a wave, or what was learned."""
    table = _table_of(op)
    array = moment.array(table)
    used = moment.shape(op.outputs[0].name)[1]
    ys = np.full(used, np.nan) if array is None else np.asarray(array[:used, number], float)
    curve = Curve(_("number {j}", j=number), ys, np.arange(used, dtype=float))
    return Chart(_("number {j} along the positions", j=number), (curve,), _("step"))

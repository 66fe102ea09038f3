"""A dense layer that answers at every step of a sequence: all steps, and one of them as a sum.

What the last layer of a text says in words, :mod:`nnlab.session.views.said` shows in front of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.dense import Dense
from nnlab.i18n import _
from nnlab.session.scene import COLUMNS, ROWS, Block, Frame, Grid, Lattice, Line, Scene, Table
from nnlab.session.steps import steps_of, words
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.explain import Term
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
TERMS = 6
"""Terms of the sum that are told one by one."""
LOW, NARROW = 16, 30
"""Steps and numbers that are shown a shade each at least."""


def shows(operations: Sequence[Operation]) -> bool:
    first = operations[0]
    return isinstance(first, Dense) and len(first.inputs[0].shape) == len(first.outputs[0].shape) == 3


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """The view turns to what the layer sums and answers."""
    return address.value in column.values and len(address.index) == 3


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """All steps of the layer, and number ``at`` of one of them."""
    step, unit = at.index[-2:]
    title = f"{column.name}  {column.text.partition(' ')[2]}"
    operation = operation_of(moment, column)
    rule = operation.backward_formula if moment.backward else operation.formula
    home = Address(column.post, (moment.row, step, unit), moment.part_of(column.post))
    return Scene(title, tuple(blocks(moment, column, step, unit)), rule, home)


def overview(moment: Moment, column: Column, at: Address) -> None:
    """The steps as lines of shades, as those of any layer."""


def class_names(moment: Moment, column: Column) -> tuple[str, ...]:
    """What the numbers of the last layer stand for; nothing in other layers."""
    vocabulary = moment.data.target_vocabulary
    last = column is moment.output and moment.data.task == "tokens" and len(vocabulary) == column.shape[-1]
    return words(np.arange(len(vocabulary)), vocabulary) if last else ()


# -- parts --------------------------------------------------------------------------------------------


def operation_of(moment: Moment, column: Column) -> Operation:
    return operations_of(moment, column.name)[0]


def blocks(moment: Moment, column: Column, step: int, unit: int) -> list[Block]:
    """All steps, number ``unit`` of one of them as a sum, and the weights it was made with."""
    names = () if (steps := steps_of(moment, column.post)) is None else steps.names
    part = moment.part_of(column.pre)
    return [
        all_steps(moment, column, names, class_names(moment, column), (step, unit)),
        terms(moment, column, Address(column.pre, (moment.row, step, unit), part)),
        weights(moment, column, unit),
    ]


def all_steps(
    moment: Moment,
    column: Column,
    names: tuple[str, ...],
    classes: tuple[str, ...],
    at: tuple[int, int],
) -> Grid:
    """What the layer answers at every step, (steps, units)."""
    part = moment.part_of(column.post)
    array = moment.array(column.post, part)
    shape = moment.shape(column.post)
    title = _("gradients of all steps") if part else _("all steps")
    return Grid(
        title,
        None if array is None else np.asarray(array[moment.row], float),
        Lattice(column.post, (moment.row, ROWS, COLUMNS), shape, part),
        rows=names,
        columns=classes,
        size=(shape[1], shape[2]),
        frames=(Frame(at[0], 0, 1, shape[2]),),
        least="tiles" if shape[1] <= LOW and shape[2] <= NARROW else "pixels",
    )


def terms(moment: Moment, column: Column, at: Address) -> Table:
    """The sum behind one number, its largest terms first; backward the sum that its gradient is."""
    explanation = moment.explain(at)
    shown = explanation.shown(TERMS) if explanation is not None else []
    lines = [_term(term) for term in shown]
    if explanation is not None:
        count, rest = explanation.rest(len(shown))
        if count:
            lines.append(Line(_("{n} more terms", n=count), rest, role="faint"))
    name = at.value.rsplit(".", 1)[-1]
    lines.append(Line(f"d{name}" if at.part else name, moment.number(at), at, role="total"))
    if column.has_pre and not at.part:
        answer = Address(column.post, at.index)
        lines.append(Line(column.post.rsplit(".", 1)[-1], moment.number(answer), answer))
    return Table(_("number {j} of step {t}", j=at.index[2], t=at.index[1]), tuple(lines), bars="signed")


def _term(term: Term) -> Line:
    """One product of the sum; the cursor goes to its first operand."""
    return Line(term.numbers, term.value, term.addresses[0] if term.addresses else None, leads=True)


def weights(moment: Moment, column: Column, unit: int) -> Grid:
    """The weights of all units, those of ``unit`` framed."""
    W = operation_of(moment, column).inputs[1].name
    part = moment.part_of(W)
    array, shape = moment.array(W, part), moment.shape(W)
    return Grid(
        f"d {W}" if part else W,
        None if array is None else np.asarray(array, float),
        Lattice(W, (ROWS, COLUMNS), shape, part),
        size=(shape[0], shape[1]),
        frames=(Frame(0, unit, shape[0], 1),),
        most="tiles",
    )

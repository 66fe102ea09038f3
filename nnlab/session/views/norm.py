"""Batch and layer normalisation: the numbers before and after, and the four steps of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.batchnorm import BatchNorm
from nnlab.engine.ops.normalise import LayerNorm
from nnlab.i18n import _
from nnlab.session.formula_words import in_words
from nnlab.session.scene import Block, Grid, Histogram, Line, Listed, Note, Scene, Strip, Table, Wall
from nnlab.session.views import planes
from nnlab.session.views.filters import title_of
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
BINS = 24
LISTED = 32
"""Examples of a batch, or units of a row, that are listed one by one."""
MEAN, VARIANCE, NORMALISED = 1, 2, 3
"""Outputs of both operations, behind the answer."""


def shows(operations: Sequence[Operation]) -> bool:
    return len(operations) == 1 and isinstance(operations[0], (BatchNorm, LayerNorm))


def operation_of(moment: Moment, column: Column) -> Operation:
    return operations_of(moment, column.name)[0]


def overview(moment: Moment, column: Column, at: Address) -> Wall | Grid | Strip | None:
    return planes.small(moment, column.post, at) if len(column.shape) > 1 else None


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """Answers, and what became of the same number on the way."""
    norm = operation_of(moment, column)
    return address.value in (column.post, norm.inputs[0].name, norm.outputs[NORMALISED].name)


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    norm = operation_of(moment, column)
    index = at.index if len(at.index) == len(column.shape) + 1 else (moment.row, *column.index(0))
    part = moment.part_of(column.post)
    answer = Address(column.post, index, part)
    blocks: list[Block] = []
    if part:
        blocks += [*_fields(moment, column, norm, index, part), *_backward(moment, norm, index)]
    else:
        blocks += _fields(moment, column, norm, index, part)
        blocks += [_steps(moment, norm, index), _spread(moment, norm, index)]
        if isinstance(norm, BatchNorm):
            blocks += _running(moment, norm, index[-1])
    if planes.is_image(norm.inputs[0].shape):
        title = _("channels of {name}", name=planes.letter(column.post, part))
        blocks.append(planes.wall(moment, column.post, title, index[1:-1], part, index[-1]))
    rule = norm.backward_formula if part else norm.formula
    scale_and_shift = tuple(value.name for value in norm.inputs[1:3])
    return Scene(title_of(column), tuple(blocks), rule, answer, () if part else scale_and_shift)


def _stage(norm: Operation, output: int, index: tuple[int, ...]) -> Address:
    """Mean or variance of the channel (batch normalisation) or the row, or the normalised number."""
    name = norm.outputs[output].name
    if output == NORMALISED:
        return Address(name, index)
    return Address(name, index[-1:] if isinstance(norm, BatchNorm) else (*index[:-1], 0))


def _steps(moment: Moment, norm: Operation, index: tuple[int, ...]) -> Table:
    """x, its mean and variance, the normalised number, scale and shift: the four steps in numbers."""
    x, gamma, beta = norm.inputs[:3]
    steps = (
        ("x", Address(x.name, index), ""),
        (_("1 mean"), _stage(norm, MEAN, index), in_words(norm.formula_of(MEAN))),
        (_("2 variance"), _stage(norm, VARIANCE, index), in_words(norm.formula_of(VARIANCE))),
        (_("3 normalised"), _stage(norm, NORMALISED, index), norm.formula_of(NORMALISED)),
        ("γ", Address(gamma.name, index[-1:]), ""),
        ("β", Address(beta.name, index[-1:]), ""),
    )
    lines = [Line(label, moment.number(at), at, note) for label, at, note in steps]
    answer = Address(norm.outputs[0].name, index)
    lines.append(Line(_("4 scale and shift"), moment.number(answer), answer, norm.formula_of(0), "total"))
    return Table(_("the four steps"), tuple(lines))


def _together(norm: Operation, array: Array, index: tuple[int, ...]) -> Array:
    """The numbers that have mean and variance in common."""
    return array[..., index[-1]].reshape(-1) if isinstance(norm, BatchNorm) else array[index[:-1]]


def _spread(moment: Moment, norm: Operation, index: tuple[int, ...]) -> Block:
    """How those numbers are spread before and after."""
    of = _("this row")
    if isinstance(norm, BatchNorm):
        called = _("unit {k} over the batch") if len(index) == 2 else _("channel {k} over the batch")
        of = called.format(k=index[-1])
    found = []
    for name, value in ((_("before"), norm.inputs[0]), (_("after"), norm.outputs[0])):
        array = moment.array(value.name)
        if array is None:
            return Note(_("not computed yet"))
        numbers = np.asarray(_together(norm, array, index), float)
        found.append((name, numbers[np.isfinite(numbers)]))
    everything = np.concatenate([numbers for _name, numbers in found])
    edges = np.histogram_bin_edges(everything if len(everything) else np.zeros(1), BINS)
    counts = tuple((f"{name} ({value.name})", np.histogram(numbers, edges)[0])
                   for (name, numbers), value in zip(found, (norm.inputs[0], norm.outputs[0])))  # fmt: skip
    return Histogram(_("spread of {what}", what=of), edges, counts)


def _fields(
    moment: Moment, column: Column, norm: Operation, index: tuple[int, ...], part: str
) -> list[Block]:
    """Before and after: planes of an image, the batch of a unit, or the row of an example."""
    x = norm.inputs[0].name
    before = part if moment.has_gradient(x) else ""
    if planes.is_image(norm.inputs[0].shape):
        channel = index[-1]
        called = _("channel {k}", k=channel)
        return [
            planes.plane(moment, x, channel, before, called=called),
            planes.plane(moment, column.post, channel, part, called=called),
        ]
    stages = [
        ("x", x, before),
        (_("normalised"), norm.outputs[NORMALISED].name, ""),
        ("a", column.post, part),
    ]
    if part:
        del stages[1]
    if isinstance(norm, BatchNorm) and len(index) == 2:
        return [_batch(moment, stages, index)]
    return [_row(moment, stages, index)]


Stages = list[tuple[str, str, str]]
"""Label, value and part."""


def _batch(moment: Moment, stages: Stages, index: tuple[int, ...]) -> Grid:
    """One unit over the examples of the batch, stage by stage."""
    examples = range(min(LISTED, moment.shape(stages[0][1])[0]))
    cells = [[Address(name, (n, index[-1]), part) for n in examples] for _label, name, part in stages]
    return _listed(moment, _("unit {k} over the batch", k=index[-1]), cells, stages)


def _row(moment: Moment, stages: Stages, index: tuple[int, ...]) -> Grid:
    """The numbers along the last axis at one place, stage by stage."""
    units = range(min(LISTED, moment.shape(stages[0][1])[-1]))
    cells = [[Address(name, (*index[:-1], c), part) for c in units] for _label, name, part in stages]
    return _listed(moment, _("along the row"), cells, stages)


def _listed(moment: Moment, title: str, cells: list[list[Address]], stages: Stages) -> Grid:
    numbers = [[moment.number(at) for at in line] for line in cells]
    known = all(number is not None for line in numbers for number in line)
    values = np.array(numbers, float) if known else None
    size = len(cells), len(cells[0])
    names = tuple(planes.letter(label, part) for label, _name, part in stages)
    return Grid(title, values, Listed(tuple(map(tuple, cells))), names, size=size)


def _running(moment: Moment, norm: Operation, channel: int) -> list[Block]:
    """The statistics that evaluation takes: a slow average over the batches of training."""
    lines = []
    for label, batch, state, following in (
        (_("mean"), MEAN, norm.inputs[3], 4),
        (_("variance"), VARIANCE, norm.inputs[4], 5),
    ):
        for note, at in (
            (_("of this batch"), Address(norm.outputs[batch].name, (channel,))),
            (_("running"), Address(state.name, (channel,))),
            (_("running, after this step"), Address(norm.outputs[following].name, (channel,))),
        ):
            lines.append(Line(f"{label}, {note}", moment.number(at), at))
    text = _("training takes the statistics of the batch; evaluation takes the running ones, so that an "
             "answer does not depend on its neighbours")  # fmt: skip
    return [Table(_("train and eval"), tuple(lines)), Note(text)]


def _backward(moment: Moment, norm: Operation, index: tuple[int, ...]) -> list[Block]:
    """From da to dx, and what scale and shift get."""
    found: list[Block] = []
    x, gamma, beta = norm.inputs[:3]
    da = Address(norm.outputs[0].name, index, "grad")
    normalised = _stage(norm, NORMALISED, index)
    lines = [Line("da", moment.number(da), da), Line(_("normalised"), moment.number(normalised), normalised)]
    lines += [
        Line(f"d{sign}", moment.number(at), at, note=norm.backward_formula_of(use))
        for sign, use, at in (
            ("γ", 1, Address(gamma.name, index[-1:], "grad")),
            ("β", 2, Address(beta.name, index[-1:], "grad")),
        )
    ]
    if moment.has_gradient(x.name):
        dx = Address(x.name, index, "grad")
        explanation = moment.explain(dx)
        lines.append(Line("dx", moment.number(dx), dx, role="total"))
        if explanation is not None:
            found.append(Note(f"dx = {explanation.numbers(limit=3)}", "formula"))
    return [Table(_("what arrives and what goes on"), tuple(lines)), *found]

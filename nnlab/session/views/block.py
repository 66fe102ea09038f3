"""The block of a Transformer: what goes past its parts, and what each of them adds to it.

One line for every part (norm, attention, dense layers, sum), with its shape and how long the vectors are that
it answers; below them the numbers of the line the cursor is on.  Enter on a line opens that part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops import Add, Dense, Dropout, LayerNorm
from nnlab.engine.ops.attention import Scores
from nnlab.i18n import _
from nnlab.session.columns import column_of
from nnlab.session.scene import COLUMNS, ROWS, Deed, Flow, Grid, Lattice, Scene, Stop, Wall
from nnlab.session.steps import names_at
from nnlab.session.views import attention
from nnlab.session.views.owned import operations_of, part_name

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.engine.values import Value
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Part = tuple[str, list["Operation"]]


def shows(operations: Sequence[Operation]) -> bool:
    return attention.shows(operations) and any(isinstance(o, Add) for o in operations)


def parts(moment: Moment, column: Column) -> Iterator[Column]:
    """Every part as a column of its own; sums have nothing inside."""
    for name, operations in _parts(moment, column):
        if not isinstance(operations[-1], Add):
            yield column_of(name, _label(operations), operations)


def wanted(moment: Moment, column: Column, opened: bool) -> Iterator[str]:
    found = _parts(moment, column)
    if opened:
        yield from (
            v.name for _name, operations in found for o in operations for v in (*o.inputs, *o.outputs)
        )
    for _name, operations in found:
        if attention.shows(operations):
            yield attention.Attending.of(operations).weights.name


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    return address.value in {_answer(operations).name for _name, operations in _parts(moment, column)} | {
        _source(moment, column).name
    }


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """All parts, and the numbers of the one that answers ``at``."""
    found = _parts(moment, column)
    source = _source(moment, column)
    lines: list[tuple[str, Value, str, str]] = [(source.name, source, "through", "")]
    lines += [
        (_label(operations), _answer(operations), way, name if not isinstance(operations[-1], Add) else "")
        for (name, operations), way in zip(found, _ways(found))
    ]
    values = [value.name for _label, value, _way, _name in lines]
    chosen = values.index(at.value) if at.value in values else len(lines) - 1
    position = at.index[1] if at.value in values and len(at.index) == 3 else 0
    heads = names_at(moment, column.post)
    stops = tuple(
        Stop(label, "×".join(map(str, value.shape[1:])), _lengths(moment, value),
             _door(moment, value, name, position), way)
        for label, value, way, name in lines
    )  # fmt: skip
    title = _("dL/d of what goes through") if moment.backward else _("what goes through")
    flow = Flow(
        title, stops, heads, chosen, _("enter opens a part; bars: length of the vector at each position")
    )
    return Scene(
        f"{column.name}  {column.text.partition(' ')[2]}",
        (flow, _numbers(moment, lines[chosen][1])),
        _rule(found),
        stops[chosen].target,
    )


def overview(moment: Moment, column: Column, at: Address) -> Grid | Wall:
    """The weights of the block's attention; of a decoder those to what is read."""
    own = [name for name, operations in _parts(moment, column) if attention.shows(operations)]
    inner = next(part for part in parts(moment, column) if part.name == own[-1])
    return attention.overview(moment, inner, at)


# -- parts --------------------------------------------------------------------------------------------


def _parts(moment: Moment, column: Column) -> list[Part]:
    """The operations of every part under its name, in order; dropout inside of attention belongs to it."""

    def name(operation: Operation) -> str:
        inside = isinstance(operation, Dropout) and operation.path == f"{column.name}.dropout"
        return f"{column.name}.attention" if inside else part_name(operation)

    return [(key, list(group)) for key, group in groupby(operations_of(moment, column.name), name)]


def _answer(operations: Sequence[Operation]) -> Value:
    return operations[-1].outputs[0]


def _source(moment: Moment, column: Column) -> Value:
    """What goes past the first part: the first operand of the first sum."""
    found = _parts(moment, column)
    return next(o.inputs[0] for _name, operations in found for o in operations if isinstance(o, Add))


def _ways(found: Sequence[Part]) -> list[str]:
    """How each part stands to what goes past.  Beside it stands what lies on the way to the second operand of
    a sum."""
    makers = {v.name: k for k, (_name, operations) in enumerate(found) for o in operations for v in o.outputs}
    ways = ["through"] * len(found)
    for k, (_name, operations) in enumerate(found):
        sum_ = operations[-1]
        if not isinstance(sum_, Add):
            continue
        ways[k] = "joins"
        past, at, first = sum_.inputs[0].name, makers.get(sum_.inputs[1].name), k
        while at is not None:
            ways[at], first = "beside", at
            own = found[at][1][0].inputs[0].name
            at = None if own == past else makers.get(own)
        if first != k:
            ways[first] = "leaves"
    return ways


def _label(operations: Sequence[Operation]) -> str:
    """A part in the words of the notation."""
    first, last = operations[0], operations[-1]
    if isinstance(first, LayerNorm):
        return "layernorm"
    if isinstance(last, Add):
        return _("sum")
    if isinstance(first, Dropout):
        return "dropout"
    if attention.shows(operations):
        scores = next(o for o in operations if isinstance(o, Scores))
        words = ["attention", str(scores.heads), "causal" if scores.causal else ""]
        if scores.inputs[1].shape[1] != scores.inputs[0].shape[1] or first.path.endswith(".cross"):
            words.append("from=" + operations[1].inputs[0].name.rsplit(".", 1)[0])
        return " ".join(filter(None, words))
    if isinstance(first, Dense):
        bent = f" {last.kind}" if last is not first else ""
        return f"dense {first.outputs[0].shape[-1]}{bent}"
    return first.kind


def _lengths(moment: Moment, value: Value) -> Array | None:
    """How long the vector (C,) at each position is."""
    array = moment.array(value.name, moment.part_of(value.name))
    return None if array is None else np.linalg.norm(np.asarray(array[moment.row], float), axis=-1)


def _door(moment: Moment, value: Value, part: str, position: int) -> Deed:
    """Enter on a line opens its part where that has a view, else explains its number."""
    from nnlab.session import views

    inner = views.part(moment, part) if part else None
    opens = inner is not None and views.view_of(moment, inner) is not None
    at = Address(value.name, (moment.row, position, 0), moment.part_of(value.name))
    return Deed(f"view {part}" if opens else f"explain {at}", at)


def _numbers(moment: Moment, value: Value) -> Grid:
    """What a line answers: positions down, numbers across."""
    part = moment.part_of(value.name)
    array = moment.array(value.name, part)
    values = None if array is None else np.asarray(array[moment.row], float)
    places = Lattice(value.name, (moment.row, ROWS, COLUMNS), moment.shape(value.name), part)
    size = value.shape[1], value.shape[2]
    return Grid(f"{'d' if part else ''}{value.name}", values, places, names_at(moment, value.name), size=size)


def _rule(found: Sequence[Part]) -> str:
    """Whether the norm stands before the parts or behind the sums."""
    if isinstance(found[0][1][0], LayerNorm):
        return _("norm before each part: x + part(norm(x))")
    return _("norm behind each sum: norm(x + part(x))")

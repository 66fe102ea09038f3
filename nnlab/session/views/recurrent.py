"""Recurrent layers unrolled: what is read at each step, gates, candidate, cell and state of one unit.

Forward the view turns around one step of one unit.  Backward it shows the gradient that arrives at every
step, and how much of that step is still felt at the earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.recurrent import Recurrent
from nnlab.i18n import N_, _
from nnlab.session.insight.memory import Reach, reach, real_steps
from nnlab.session.lane_text import brief
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Block,
    Grid,
    Lane,
    Lanes,
    Lattice,
    Scene,
    Strip,
)
from nnlab.session.steps import Steps, steps_of
from nnlab.session.views import one_step
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
STAGES = {
    "f": N_("forget f"),
    "i": N_("input i"),
    "o": N_("output o"),
    "r": N_("reset r"),
    "u": N_("update u"),
    "g": N_("candidate g"),
    "n": N_("new n"),
    "z": N_("sum z"),
    "c": N_("cell c"),
    "h": N_("state h"),
}
"""Stages that have a lane, from top to bottom."""
GATES = "fioru"
BOUNDED = "gnh"
"""Stages between −1 and 1."""
STEEP = 0.3
"""A factor below this is a wall by itself; others wear the gradient down together."""
INPUTS = 4
"""Numbers of a step that are shown as lanes, at most."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One step of one unit of one direction: what the view turns around."""

    op: Recurrent
    step: int
    unit: int


def shows(operations: Sequence[Operation]) -> bool:
    return isinstance(operations[0], Recurrent)


def directions(moment: Moment, column: Column) -> list[Recurrent]:
    """The layer's operations: one, or two where it reads from both ends."""
    return [o for o in operations_of(moment, column.name) if isinstance(o, Recurrent)]


def standing(moment: Moment, column: Column, at: Address) -> Standing:
    """What ``at`` stands on; the last step that is no padding where it is the last state."""
    ops = directions(moment, column)
    op = next((o for o in ops if any(v.name == at.value for v in o.outputs)), ops[0])
    unit = at.index[-1] if at.index else 0
    if unit >= op.units:  # the answer of both directions side by side
        op, unit = ops[-1], unit - op.units
    step = at.index[1] if len(at.index) == 3 else last_step(moment, op)
    return Standing(op, min(step, op.moments.time - 1), min(unit, op.units - 1))


def last_step(moment: Moment, op: Recurrent) -> int:
    """The step that makes the last state: behind it only padding."""
    real = real_steps(moment, op)
    step = op.moments.last
    while real is not None and not real[step] and (before := op.moments.before(step)) is not None:
        step = before
    return step


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    """The view turns to every number that belongs to a step."""
    ours = address.value == column.post or any(
        address.value == v.name for o in directions(moment, column) for v in o.outputs
    )
    return ours and address.part in ("", "grad") and len(address.index) >= 2


def wanted(moment: Moment, column: Column, opened: bool) -> list[str]:
    """All states for the overview, every stage for the detail, and U, through which a simple layer looks
    back.
    """
    ops = directions(moment, column)
    states = [name_of(o, "h") for o in ops]
    if not opened:
        return states
    ids = [o.inputs[o.places["mask"]].name for o in ops if o.masked]
    through = [o.inputs[o.places["U"]].name for o in ops if "U" in o.places]
    return [*states, *(v.name for o in ops for v in o.outputs), *ids, *through]


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """The unit through time, its step in numbers, and all units."""
    here = standing(moment, column, at)
    op = here.op
    steps = steps_of(moment, op.inputs[0].name)
    blocks: list[Block] = [unit_lanes(moment, here, steps)]
    if moment.backward:
        blocks += memory(moment, here, steps)
    blocks.append(one_step.table(moment, op, here.step, here.unit))
    blocks.append(one_step.sums(moment, op, here.step, here.unit))
    blocks.append(units(moment, here))
    for other in directions(moment, column):
        if other is not op:
            blocks.append(other_lanes(moment, Standing(other, here.step, here.unit), steps))
    title = f"{column.name}  {column.text.partition(' ')[2]}"
    rule = op.backward_formula if moment.backward else op.formula
    home = place(moment, op, "h", here.step, here.unit)
    return Scene(title, tuple(blocks), rule, home)


def overview(moment: Moment, column: Column, at: Address) -> Strip:
    """All states, both directions side by side, and the answer where that is the last alone."""
    ops = directions(moment, column)
    found = [stage(moment, o, "h") for o in ops]
    known = [array for array in found if array is not None]
    values = np.concatenate(known, axis=1) if len(known) == len(found) else None
    part = moment.part_of(column.post)
    limit = None if part else 1.0
    op, shape = ops[0], moment.shape(column.post)
    size = op.moments.time, sum(o.units for o in ops)
    if op.every:
        return Strip(values, size, Lattice(column.post, (moment.row, ROWS, COLUMNS), shape, part), limit)
    places = Lattice(column.post, (moment.row, COLUMNS), shape, part)
    return Strip(values, size, None, limit, moment.example_of(column.post, part), places)


# -- reading ------------------------------------------------------------------------------------------


def name_of(op: Recurrent, suffix: str) -> str:
    return op.outputs[op.suffixes.index(suffix)].name


def stage(moment: Moment, op: Recurrent, suffix: str) -> Array | None:
    """A stage, or its gradient, of the example shown, (T, units)."""
    name = name_of(op, suffix)
    array = moment.array(name, moment.part_of(name))
    return None if array is None else np.asarray(array[moment.row], float)


def place(moment: Moment, op: Recurrent, suffix: str, step: int, unit: int) -> Address:
    name = name_of(op, suffix)
    return Address(name, (moment.row, step, unit), moment.part_of(name))


# -- blocks -------------------------------------------------------------------------------------------


def unit_lanes(moment: Moment, here: Standing, steps: Steps | None) -> Lanes:
    """Everything that happens to one unit, step by step."""
    op = here.op
    lanes = [] if moment.backward else input_lanes(moment, op, steps)
    lanes += [stage_lane(moment, here, s) for s in STAGES if s in op.stages]
    told = _("unit {j}: gradients through time") if moment.backward else _("unit {j} through time")
    return Lanes(
        f"{told.format(j=here.unit)}  {_way(op)}",
        heads(op, steps),
        tuple(lanes),
        here.step,
        marks(moment, op),
        op.reverse,
        notes(moment, op),
    )


def _way(op: Recurrent) -> str:
    return _("◀ read from the end") if op.reverse else "▶"


def heads(op: Recurrent, steps: Steps | None) -> tuple[str, ...]:
    """What is read at each step; the number of the step where numbers are read."""
    time = op.moments.time
    if steps is None or steps.numbers is not None or len(steps.names) != time:
        return tuple(map(str, range(time)))
    return steps.names


def marks(moment: Moment, op: Recurrent) -> dict[str, Array]:
    real = real_steps(moment, op)
    found = {} if real is None else {"padding": ~real}
    if moment.backward:
        found["cut"] = np.array([op.moments.cut(op.moments.step(t)) for t in range(op.moments.time)])
    return found


def input_lanes(moment: Moment, op: Recurrent, steps: Steps | None) -> list[Lane]:
    """The numbers that are read, where those are few and come straight from the data."""
    if steps is None or steps.numbers is None or steps.value != op.inputs[0].name:
        return []
    width = steps.numbers.shape[1]
    if width > INPUTS:
        return []
    return [
        Lane(
            "x" if width == 1 else f"x{k}",
            steps.numbers[:, k],
            tuple(steps.place(moment.row, t, k) for t in range(len(steps.numbers))),
        )
        for k in range(width)
    ]


def stage_lane(moment: Moment, here: Standing, suffix: str) -> Lane:
    """One stage of a unit; gates of padding are not used and not shown."""
    op = here.op
    array = stage(moment, op, suffix)
    values = None if array is None else array[:, here.unit].copy()
    real = real_steps(moment, op)
    if values is not None and real is not None and suffix not in op.carried:
        values[~real] = np.nan
    places = tuple(place(moment, op, suffix, t, here.unit) for t in range(op.moments.time))
    name = _(STAGES[suffix])
    if moment.backward:
        return Lane(f"{name.removesuffix(suffix)}d{suffix}", values, places, "powers")
    if suffix in GATES:
        return Lane(name, values, places, "gate", 1.0)
    return Lane(name, values, places, "signed", 1.0 if suffix in BOUNDED else None)


def notes(moment: Moment, op: Recurrent) -> str:
    """Where a sequence begins, where its gradient ends, and what padding does."""
    found = []
    if op.moments.truncate:
        ends = _("truncate={n}: no gradient comes back over a line ┊")
        found.append(ends.format(n=op.moments.truncate))
    if op.started:
        start = op.inputs[op.places["start"]].name
        if start.startswith(op.layer):
            told = _("it begins with {start}, the end of the batch before; no gradient goes there")
        else:
            told = _("it begins with {start}")
        found.append(told.format(start=start))
    real = real_steps(moment, op)
    if real is not None and not real.all():
        found.append(_("padding ·: gates are not used, the state stays"))
    return "; ".join(found)


def other_lanes(moment: Moment, here: Standing, steps: Steps | None) -> Lanes:
    """The same unit of the direction that is not looked at: only what it carries."""
    op = here.op
    lanes = tuple(stage_lane(moment, here, s) for s in STAGES if s in op.carried)
    title = _("the other direction, unit {j}", j=here.unit) + f"  {_way(op)}"
    return Lanes(title, heads(op, steps), lanes, here.step, marks(moment, op), op.reverse)


def units(moment: Moment, here: Standing) -> Grid:
    """The states of all units over time: where the step and the unit are chosen."""
    op = here.op
    array = stage(moment, op, "h")
    name = name_of(op, "h")
    part = moment.part_of(name)
    places = Lattice(name, (moment.row, COLUMNS, ROWS), moment.shape(name), part)
    size = op.units, op.moments.time
    title = _("all units: {what}", what="dh" if part else "h")
    values = None if array is None else array.T
    return Grid(title, values, places, limit=None if part else 1.0, size=size, most="tiles")


# -- how far back -------------------------------------------------------------------------------------


def memory(moment: Moment, here: Standing, steps: Steps | None) -> list[Block]:
    """How much of this step is still felt at each earlier one; of the last step where this is the first."""
    later = here.step if here.op.moments.before(here.step) is not None else last_step(moment, here.op)
    found = reach(moment, here.op, here.unit, later)
    if found is None:
        return []
    op = here.op
    if found.gate:
        factor = Lane(found.gate, found.factors, found.places, "gate", 1.0)
        title = _("what {c}{t} hangs on: the product of {gate} on the way back")
    else:
        factor = Lane("1 − h²", found.factors, found.places, "gate", 1.0, leads=True)
        title = _("what {c}{t} hangs on: slopes and U on the way back, all units together")
    left = Lane(_("left"), found.left, (None,) * len(found.left), "powers", 1.0)
    mask = np.zeros(len(found.left), bool)
    if found.wall is not None:
        mask[found.wall] = True
    cut = {k: v for k, v in marks(moment, op).items() if k != "wall"}
    lanes = Lanes(
        title.format(c=found.carried, t=later, gate=found.gate),
        heads(op, steps),
        (factor, left),
        later,
        {**cut, "wall": mask},
        op.reverse,
        verdict(op, found),
    )
    return [lanes]


def verdict(op: Recurrent, found: Reach) -> str:
    """Where the way back ends, in a sentence."""
    first, t = op.moments.first, found.wall
    if found.later == first:
        return _("only one step is read: there is nothing before it")
    carried = f"{found.carried}{found.later}"
    if t is None:
        left = brief(float(found.left[first]))
        return _("no wall: {left} of {carried} comes back to step {t}", left=left, carried=carried, t=first)
    if op.moments.cut(op.moments.step(t)):
        return _("the gradient is cut at step {t}: nothing goes further back", t=t)
    before = op.moments.before(t)
    assert before is not None
    left, factor = brief(float(found.left[before])), float(found.factors[t])
    if factor >= STEEP:
        return _(
            "it fades step by step: {left} of {carried} comes through step {t}",
            left=left, carried=carried, t=t,
        )  # fmt: skip
    return _(
        "a wall at step {t}: {name} is {factor} there, and {left} of {carried} comes through",
        t=t, name=found.gate or "1 − h²", factor=brief(factor), left=left, carried=carried,
    )  # fmt: skip

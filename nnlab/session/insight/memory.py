"""How far back a recurrent layer remembers: what is left of a number on the way through earlier steps.

Of a gated layer the direct way is looked at, as in Hochreiter and Schmidhuber 1997: the cell of an LSTM, or
the state of a GRU, is multiplied by one gate at every step.  A simple layer has no such way, so all of them
are taken together: the row of the product of Jacobians, ∂h[later, unit] / ∂h[t, ·] (Pascanu et al. 2013,
arXiv 1211.5063), of which the length is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address

if TYPE_CHECKING:
    from nnlab.engine.ops.recurrent import Recurrent
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
LITTLE = 0.01
"""What is less than this has met a wall."""
DIRECT = {"lstm": ("c", "f"), "gru": ("h", "u"), "gru_reset_before": ("h", "u")}
"""By kind of operation: what is carried, and the gate it is multiplied by."""


@dataclass(frozen=True, eq=False)
class Reach:
    """What is left at each step of unit ``unit`` of ``carried`` at step ``later``.

    ``factors`` (T,) is what step t multiplies by on the way to the step before it: its ``gate``, or the slope
    1 − h² of the unit where there is none; 1 at padding, 0 where the gradient is cut.  ``left`` (T,) is the
    product of those on the way, NaN at steps that are not on it.  ``places`` (T,) say where the gate, or h,
    stands that a factor was made from.  ``wall`` is the step that took it below
    :data:`LITTLE`.
    """

    carried: str
    gate: str
    unit: int
    later: int
    factors: Array
    left: Array
    places: tuple[Address | None, ...]
    wall: int | None


def reach(moment: Moment, op: Recurrent, unit: int, later: int) -> Reach | None:
    """The way back from unit ``unit`` of step ``later`` of the example shown; None while it is not known."""
    carried, gate = DIRECT.get(op.kind, ("h", ""))
    stage = op.outputs[op.suffixes.index(gate or "h")].name
    array = moment.array(stage)
    real = real_steps(moment, op)
    U = None if gate else moment.array(op.inputs[op.places["U"]].name)
    if array is None or real is None or (not gate and U is None):
        return None
    values = np.asarray(array[moment.row], float)  # (T, H)
    through = values if gate else 1 - values**2
    T = len(values)
    factors, left = np.full(T, np.nan), np.full(T, np.nan)
    places: list[Address | None] = [None] * T
    row = np.zeros(values.shape[1])
    row[unit] = 1.0
    left[later] = 1.0
    wall, t = None, later
    while (before := op.moments.before(t)) is not None:
        if op.moments.cut(op.moments.step(t)):
            factors[t], row = 0.0, np.zeros_like(row)
        elif real[t]:
            factors[t], places[t] = through[t, unit], Address(stage, (moment.row, t, unit))
            row = row * through[t]
            row = row if U is None else row @ np.asarray(U, float).T
        else:
            factors[t] = 1.0
        left[before] = float(np.sqrt((row**2).sum()))
        if wall is None and left[before] < LITTLE:
            wall = t
        t = before
    return Reach(carried, gate, unit, later, factors, left, tuple(places), wall)


def real_steps(moment: Moment, op: Recurrent) -> Array | None:
    """The steps (T,) that are no padding to ``op``; None while the ids are not known."""
    if not op.masked:
        return np.ones(op.moments.time, bool)
    name = op.inputs[op.places["mask"]].name
    ids = moment.input if name == "input" else moment.array(name)
    if ids is None:
        return None
    found: Array = (ids if name == "input" else ids[moment.row]) != 0
    return found

"""What a change of one number inside a recurrent layer makes of the layer: its formulas, moment by moment.

Training computes a moment in one piece, so nothing can be put in between.  Here one example is computed again
by the formulas, in float64, from the moment of the change on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.operation import Array

if TYPE_CHECKING:
    from nnlab.engine.ops.recurrent import Place, Recurrent


def sigmoid(z: Array) -> Array:
    return 0.5 + 0.5 * np.tanh(0.5 * z)


class Moment(dict[str, Array]):
    """The stages (H,) of one example at moment t by name, set in the order of their computation.

    ``before`` holds the states (H,) of the moment before.  The stage named ``forced`` becomes ``delta`` (H,)
    larger than what is set.
    """

    def __init__(self, op: Recurrent, ins: tuple[Array, ...], before: dict[str, Array], n: int, t: int):
        super().__init__()
        self.op, self.ins, self.before = op, ins, before
        self.x = ins[0][n, t]
        self.forced, self.delta = "", np.zeros(op.units)

    def __setitem__(self, stage: str, value: Array) -> None:
        super().__setitem__(stage, value + self.delta if stage == self.forced else value)

    def parameter(self, name: str) -> Array:
        return self.ins[self.op.places[name]]

    def from_input(self, gate: str) -> Array:
        """x·W + b of a gate."""
        return self.x @ self.parameter(f"W{gate}") + self.parameter(f"b{gate}")

    def from_state(self, gate: str) -> Array:
        """h₋₁·U of a gate."""
        return self.before["h"] @ self.parameter(f"U{gate}")


def follow(
    op: Recurrent, ins: tuple[Array, ...], outs: tuple[Array, ...], suffix: str, place: Place, delta: float
) -> None:
    """Let stage ``suffix`` at ``place`` be ``delta`` larger, and write what that makes into ``outs``."""
    n, changed, unit = place
    stages = {name: outs[k] for k, name in enumerate(op.suffixes)}
    for step in range(op.moments.step(changed), op.moments.time):
        t = op.moments.time - 1 - step if op.moments.reverse else step
        before = _states_before(op, ins, stages, n, t)
        now = Moment(op, ins, before, n, t)
        if t == changed:
            now.forced, now.delta[unit] = suffix, delta
        op.compute(now)
        if op.masked and ins[op.places["mask"]][n, t] == 0:
            for state in op.carried:
                now[state] = before[state]
        for name, value in now.items():
            stages[name][n, t] = value
    if "last" in stages:
        stages["last"][n] = stages["h"][n, op.moments.last]


def _states_before(
    op: Recurrent, ins: tuple[Array, ...], stages: dict[str, Array], n: int, t: int
) -> dict[str, Array]:
    earlier, found = op.moments.before(t), {}
    for state, given in (("h", "start"), ("c", "cell")):
        if state not in op.carried:
            continue
        if earlier is not None:
            found[state] = stages[state][n, earlier]
        else:
            found[state] = ins[op.places[given]][n] if given in op.places else np.zeros(op.units)
    return found

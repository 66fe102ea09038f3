"""How long a step of a run takes, measured on a few passes of its program before it begins."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nnlab.engine.device import Pace
from nnlab.engine.program import host

if TYPE_CHECKING:
    from nnlab.training.run import Run

PASSES = 3
ENOUGH_SECONDS = 0.5
"""A pass that takes so long is not measured twice."""


def pace(run: Run) -> Pace:
    """The least time of some passes forward and backward, with their batch; the update is not among them.

    Parameters and history stay as they are, what is in the buffers of the program does not.
    """
    machine, program = run.machine, run.program
    rows = machine.kernels.xp.asarray(run.order.rows(1)[: program.batch])
    load, loss = machine.loader(program), program.values[program.loss or "loss"]

    def once() -> float:
        began = time.perf_counter()
        load(rows)
        program.run()
        host(loss)  # waits for the device
        return time.perf_counter() - began

    least = once()
    for _pass in range(PASSES):
        if least < ENOUGH_SECONDS:
            least = min(least, once())
    return Pace(least, len(program.forward_calls) + len(program.backward_calls))

"""The cursor of the tape: on and back by an operation, a layer, a batch or an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.drive import Stop, advance
from nnlab.training.tape import grain_named

if TYPE_CHECKING:
    from nnlab.training.run import Run


def move_on(run: Run, grain: str) -> Stop:
    """To the next operation, layer, batch or the end of the epoch; past the end of a step the next begins."""
    grain = grain_named(grain)
    tape = run.tape
    length = len(tape.events)
    if grain == "epoch":
        return run.train(epochs=1)
    if grain == "batch":
        if run.pending and run.position < length:
            run.position = length
            return Stop("done", run.step_count, "")
        return _next_step(run)
    if not run.pending or run.position >= length:
        stop = _next_step(run)
        if stop.reason == "nan":
            return stop
        run.position = 0
        tape = run.tape
    run.position = run.position + 1 if grain == "operation" else tape.boundary(True)
    return Stop("done", run.step_count, "")


def _next_step(run: Run) -> Stop:
    """One more step: replayed where it has been taken before, else new."""
    return advance(run, run.step_count + 1, [])


def move_back(run: Run, grain: str) -> None:
    """The way back; before the first event of a step stands the end of the step before.

    Raises NnlabError at the very beginning.
    """
    grain = grain_named(grain)
    if run.step_count == 0:
        raise NnlabError(_("this is the beginning of the run; there is nothing before it"))
    if not run.pending:
        run.seek(run.step_count)
    elif grain == "epoch":
        ended = run.order.last_step(1, run.step_count - 1) - run.order.steps_per_epoch(run.step_count)
        run.seek(max(0, ended))
    elif grain == "batch" or run.position == 0:
        run.seek(run.step_count - 1)
    else:
        run.position = run.position - 1 if grain == "operation" else run.tape.boundary(False)

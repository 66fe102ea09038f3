"""Training on: stretch by stretch to a step, a condition, a number that breaks or a pause."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.health import Breakdown, first_breakdown
from nnlab.i18n import _
from nnlab.training import metrics
from nnlab.training.conditions import Condition
from nnlab.training.history import EpochRow
from nnlab.training.timeline import clock

if TYPE_CHECKING:
    from nnlab.training.run import Run


@dataclass(frozen=True, slots=True)
class Stop:
    """Why training stopped.  ``reason`` is done, condition, nan or interrupted."""

    reason: str
    step: int
    text: str
    breakdown: Breakdown | None = None


def advance(run: Run, target: int | None, conditions: list[Condition]) -> Stop:
    """Train on to step ``target`` (for ever without one), or until one of ``conditions`` holds, a number
    breaks or somebody interrupts.
    """
    stepwise = [c for c in conditions if c.every == "step"]
    epochwise = [c for c in conditions if c.every == "epoch"]
    run.interrupt = False
    run.rest.end()
    if target is not None:
        run.history.require(target)
    while target is None or run.step_count < target:
        run.apply_pending()
        run.apply_changes()
        end = run.stretch_end(target)
        began, worked, first = time.perf_counter(), clock(), run.step_count
        bad = run.stretch(run.step_count + 1 if stepwise else end)
        done = run.step_count
        run.position = len(run.events)
        if done > first:
            run._second = 0.8 * run._second + 0.2 * (clock() - worked) / (done - first)
            run.timeline.pace(run._second, run._keyframe_second)
        if bad:
            return _broken(run)
        if run.order.ends_epoch(done):
            _finish_epoch(run, began, first)
        for condition in stepwise + (epochwise if run.order.ends_epoch(done) else []):
            if condition.holds(run):
                return Stop("condition", done, _("stopped at step {n}: {text}", n=done, text=condition.text))
        if run.interrupt:
            return Stop("interrupted", done, _("paused at step {n}", n=done))
    return Stop("done", run.step_count, _("step {n} reached", n=run.step_count))


def _broken(run: Run) -> Stop:
    """The stop at a number that is not finite, with what made the first one."""
    found = first_breakdown(run.program)
    text = _("stopped at step {n}: a number is not finite any more", n=run.step_count)
    if found is not None:
        text = _("stopped at step {n}: {what}", n=run.step_count, what=found.text)
    return Stop("nan", run.step_count, text, found)


def _finish_epoch(run: Run, began: float, first: int) -> None:
    """Record the epoch that ended here, unless it was before; steps after ``first`` began at ``began``."""
    step = run.step_count
    epoch, _start, _size = run.order.locate(step)
    if run.history.epochs and run.history.epochs[-1].step >= step:
        return
    settled = run.settled()
    train = metrics.evaluate(run.machine, settled, "train", confusion=False)
    validation = None
    if len(run.data.split.validation):
        validation = metrics.evaluate(run.machine, settled, "validation", confusion=False)
    begin = max(0, step - run.order.steps_per_epoch(step))
    mean = float(np.mean(run.history.losses[begin:step]))
    nan = float("nan")
    run.history.record(
        EpochRow(
            epoch,
            step,
            mean,
            train.metric,
            validation.loss if validation else nan,
            validation.metric if validation else nan,
            (time.perf_counter() - began) * (step - begin) / max(1, step - first),
        )
    )

"""What lets a learner see a misconception: an action line on the bench of the step, before any hint."""

from __future__ import annotations

from typing import Any

from nnlab.errors import NnlabError
from nnlab.lesson.bench import Bench, perform, prepared
from nnlab.lesson.state import PASSED, StepState
from nnlab.lesson.step import Step


def sight_of(step: Step, state: StepState) -> str:
    """The line that shows what the last answer got wrong; "" where it was right or nothing shows it.

    Without one declared in ``shows``, a number that is no secret any more is explained.
    """
    verdict = state.verdict
    if not verdict or verdict["ok"]:
        return ""
    if declared := step.shows.get(verdict["misconception"], ""):
        return declared
    truths = getattr(step.task, "truths", ())
    if state.status == PASSED and truths and isinstance(truths[0], str):
        return f"explain {truths[0]}"
    return ""


def _untouched(bench: Bench) -> bool:
    """Whether nothing has been computed: the tape stands where it was laid, and every number is a ``?``."""
    run = bench.run
    return run is None or not (run.step_count or run.pending)


def show(step: Step, line: str, bench: Bench, answered: bool) -> tuple[Any, bool]:
    """(what an action line shows, whether the step's ``look`` went before because nothing was computed).

    ``answered``: what the ``look`` shows is no secret any more.
    """
    if not (answered and step.look and _untouched(bench)):
        try:
            return bench.execute(line), False
        except NnlabError:
            if not step.look:
                raise
    with prepared(bench):
        perform(bench, step.look)
    return bench.execute(line), True

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


def show(step: Step, line: str, bench: Bench) -> tuple[Any, bool]:
    """(what an action line shows, whether the step's ``look`` went before because nothing was computed)."""
    try:
        return bench.execute(line), False
    except NnlabError:
        if not step.look:
            raise
    with prepared(bench):
        perform(bench, step.look)
    return bench.execute(line), True

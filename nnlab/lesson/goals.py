"""Whether a lesson's training goals are reached with other seeds than the one it ships with."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from nnlab.errors import NnlabError
from nnlab.lesson.bench import Bench, perform
from nnlab.lesson.step import Lesson, Step
from nnlab.lesson.tasks import Context
from nnlab.lesson.tasks_bench import Goal

SHARE = 0.8
"""A goal may be asked of a learner when at least eight of ten seeds reach it."""
TRAINED = ("train", "tune")
"""Kinds of steps that train."""
TRAINS = ("run", "step")
"""Actions that train; a reference without one turns a knob of a network that is there, and has no seed."""


@dataclass(frozen=True, slots=True)
class GoalResult:
    """One training goal with one seed: reached or not, in how many CPU seconds, and why not."""

    lesson: str
    step: str
    kind: str
    seed: int
    reached: bool
    seconds: float
    why: str = ""


def try_goals(
    lesson: Lesson, seed: int, sessions: Callable[[], Bench], *, slow: bool = False
) -> list[GoalResult]:
    """The first reference of every training goal, everything on its bench begun from ``seed``."""
    return [
        _try(lesson, step, seed, sessions())
        for step in lesson.steps
        if is_training_goal(step) and (slow or not step.slow)
    ]


def is_training_goal(step: Step) -> bool:
    """Whether the reference of the step trains until a goal is reached."""
    if step.kind not in TRAINED or not isinstance(step.task, Goal):
        return False
    return any(line.split()[:1] and line.split()[0] in TRAINS for line in step.task.reference_lines())


def _try(lesson: Lesson, step: Step, seed: int, bench: Bench) -> GoalResult:
    assert step.task is not None
    reached, why, began = False, "", time.process_time()
    try:
        perform(bench, list(with_seed(lesson.bench_lines(lesson.index(step.id)), seed)))
        began = time.process_time()
        perform(bench, step.task.reference_lines())
        judgement = step.task.judge("", Context(bench, step.task.prepare(bench)))
        reached, why = judgement.done, judgement.say or judgement.misconception
    except Exception as error:  # a seed may end in numbers that are none, and a check of the author's break
        why = str(error) if isinstance(error, NnlabError) else f"{type(error).__name__}: {error}"
    spent = time.process_time() - began
    return GoalResult(lesson.name, step.id, step.kind, seed, reached, spent, "" if reached else why)


def with_seed(lines: Sequence[str], seed: int) -> Iterator[str]:
    """The lines with another seed: first of all, wherever they name one, and behind a model of the zoo."""
    yield f"seed {seed}"
    for line in lines:
        verb = line.split()[0] if line.strip() else ""
        yield f"seed {seed}" if verb == "seed" else line
        if verb == "zoo":  # it brings its own
            yield f"seed {seed}"


def enough(results: Sequence[GoalResult]) -> bool:
    return sum(result.reached for result in results) >= ceil(SHARE * len(results))


def table_head() -> list[str]:
    return [
        "| lesson | step | kind | seeds | missed by | CPU s, median – most |",
        "|---|---|---|---|---|---|",
    ]


def table_rows(results: Sequence[GoalResult]) -> list[str]:
    """One line of a Markdown table for each goal; ``results`` are those of one lesson."""
    rows = []
    for step in dict.fromkeys(result.step for result in results):
        of_step = [result for result in results if result.step == step]
        seconds = [result.seconds for result in of_step]
        missed = ", ".join(str(result.seed) for result in of_step if not result.reached)
        reached = f"{sum(result.reached for result in of_step)}/{len(of_step)}"
        cells = (
            of_step[0].lesson,
            step,
            of_step[0].kind,
            reached if enough(of_step) else f"{reached} ✗",
            missed,
            f"{median(seconds):.1f} – {max(seconds):.1f}",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows

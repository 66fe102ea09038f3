"""The proof of many lessons, several at a time, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.check import Report, check_lesson
from nnlab.lesson.concepts import load_concepts
from nnlab.lesson.find import LessonEntry, load_script
from nnlab.lesson.goals import GoalResult, try_goals
from nnlab.lesson.packs import pack_troubles
from nnlab.network.zoo import LEARNERS
from nnlab.session.processes import processes

if TYPE_CHECKING:
    from nnlab.lesson.bench import Bench

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def prove(
    entries: Sequence[LessonEntry], *, jobs: int = 1, slow: bool = False, device: str = "auto"
) -> Iterator[Report]:
    """The report of each lesson, in their order; a script that does not load is a report with its reason."""
    yield from _each(partial(_check, slow=slow, device=device), entries, jobs)


def try_seeds(
    entries: Sequence[LessonEntry],
    seeds: Sequence[int],
    *,
    jobs: int = 1,
    slow: bool = False,
    device: str = "auto",
) -> Iterator[list[GoalResult]]:
    """For each lesson, what became of every training goal with every seed."""
    tasks = [_Trial(entry, seed) for entry in entries for seed in seeds]
    results = _each(partial(_try, slow=slow, device=device), tasks, jobs)
    for _entry in entries:
        yield [row for _seed in seeds for row in next(results)]


@dataclass(frozen=True, slots=True)
class _Trial:
    entry: LessonEntry
    seed: int


def prove_cards(dirs: Sequence[str] = (), *, device: str = "auto") -> Report:
    """Whether every card is well written and opens something that runs, and so the models that stand for
    a concept."""
    from nnlab.lesson.cards import find_cards, lint_cards

    report = Report("cards")
    for trouble in pack_troubles():
        report.add("", trouble)
    for card, problem in lint_cards(dirs):
        report.add(card, problem)
    try:
        cards = find_cards(dirs, "en")
        standing = [c for concept in load_concepts().concepts.values() for c in concept.places("zoo")]
    except NnlabError as error:
        report.add("", str(error))
        return report
    lines = [(card.slug, line) for card in cards for line in card.opens]
    lines += [("concepts.toml", f"zoo {model}") for model in dict.fromkeys(standing) if model not in LEARNERS]
    for where, line in lines:
        try:
            _bench_with_lessons(device, dirs).execute(line)
            report.right += 1
        except NnlabError as error:
            report.add(where, _("“{action}” does not run: {reason}", action=line, reason=error))
    return report


def _bench_with_lessons(device: str, dirs: Sequence[str]) -> Bench:
    from nnlab.lesson.actions import install
    from nnlab.session import Session
    from nnlab.store import Progress

    session = Session(device=device)
    install(session, dirs, Progress(":memory:"))
    bench: Bench = session
    return bench


def _check(entry: LessonEntry, *, slow: bool, device: str) -> Report:
    try:
        lesson = load_script(entry)
    except NnlabError as error:
        report = Report(entry.name)
        report.add("", str(error))
        return report
    return check_lesson(lesson, partial(_bench, device), slow=slow)


def _try(trial: _Trial, *, slow: bool, device: str) -> list[GoalResult]:
    try:
        lesson = load_script(trial.entry)
    except NnlabError as error:
        return [GoalResult(trial.entry.name, "", "", trial.seed, False, 0.0, str(error))]
    return try_goals(lesson, trial.seed, partial(_bench, device), slow=slow)


def _bench(device: str) -> Bench:
    """A bench to prove a step on; Ctrl-C ends the proof, where a learner would have training paused."""
    from nnlab.session import Session
    from nnlab.session.goal import heed_pause

    session = Session(device=device)
    session.subscribe(lambda _text, done: heed_pause(done.payload))
    bench: Bench = session
    return bench


def _each(work: Callable[[Task], Answer], tasks: Sequence[Task], jobs: int) -> Iterator[Answer]:
    """``work`` of every task, in their order, ``jobs`` at a time; all end when nobody wants more."""
    if jobs == 1 or len(tasks) < 2:
        yield from map(work, tasks)
        return
    try:
        with processes(min(jobs, len(tasks))) as pool:
            for waiting in [pool.submit(work, task) for task in tasks]:
                yield waiting.result()
    except BrokenProcessPool as error:
        raise NnlabError(
            _("a process that proves lessons was ended from outside, perhaps for lack of memory; "
              "try fewer at a time: --jobs 1")
        ) from error  # fmt: skip

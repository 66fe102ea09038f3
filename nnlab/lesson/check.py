"""The proof of a lesson: right answers pass, wrong ones are diagnosed, numbers are the engine's."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.lesson.answers import written
from nnlab.lesson.bench import Bench, perform, read_probe
from nnlab.lesson.goals import TRAINED
from nnlab.lesson.lint import lint_languages, lint_step, lint_steps, lint_words
from nnlab.lesson.minutes import estimated_minutes
from nnlab.lesson.prose import LANGUAGES, LessonProse, prose_path, read_prose
from nnlab.lesson.recall import RecallRun
from nnlab.lesson.rules import lint_rules
from nnlab.lesson.run import ON_BENCH, new_session, prepare_step
from nnlab.lesson.seeing import show
from nnlab.lesson.step import Lesson, Number, Step
from nnlab.lesson.tasks import Attempt, Context, Judgement
from nnlab.lesson.tasks_sabotage import Sabotage
from nnlab.lesson.walk import lint_walk


@dataclass(frozen=True, slots=True)
class Problem:
    step: str
    text: str

    def __str__(self) -> str:
        return f"{self.step}: {self.text}" if self.step else self.text


WAIT = 10.0
"""CPU seconds that a learner waits at most: for a training, for a step to be set up, for its last numbers."""


@dataclass(slots=True)
class Report:
    """What was checked and what is wrong; ``ok`` when nothing is.

    ``cpu`` holds the CPU seconds that the reference of a step takes which trains; ``left_out`` the slow steps
    whose training was not asked for; ``minutes`` is an estimate of what a learner takes.
    """

    lesson: str
    steps: int = 0
    minutes: float = 0.0
    right: int = 0
    wrong: int = 0
    numbers: int = 0
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def add(self, step: str, text: str) -> None:
        self.problems.append(Problem(step, text))

    def lines(self) -> list[str]:
        summary = _(
            "{lesson}: {steps} steps, {right} right answers pass, {wrong} wrong ones are caught, "
            "{numbers} numbers computed ({seconds} s)",
            lesson=self.lesson,
            steps=self.steps,
            right=self.right,
            wrong=self.wrong,
            numbers=self.numbers,
            seconds=f"{self.seconds:.1f}",
        )
        if not self.steps:
            summary = f"{self.lesson}: " + (_("all right") if self.ok else _("not right"))
        lines = [summary]
        if self.minutes:
            lines.append("  " + _("about {n} minutes for a learner", n=round(self.minutes)))
        if self.cpu:
            seconds = ", ".join(f"{step} {spent:.1f}" for step, spent in self.cpu.items())
            lines.append("  " + _("CPU seconds to train: {seconds}", seconds=seconds))
        if self.left_out:
            lines.append("  " + _("slow, proved with --all: {steps}", steps=", ".join(self.left_out)))
        return [*lines, *(f"  ✗ {problem}" for problem in self.problems)]


Sessions = Callable[[], Bench]


def check_lesson(
    lesson: Lesson, sessions: Sessions = new_session, *, slow: bool = True, rules: bool = True
) -> Report:
    """Run the whole proof headless, every attempt on a fresh bench.

    Without ``slow`` the training of steps that are marked slow is left out, without ``rules`` the rules
    of how a lesson is built.
    """
    started = time.perf_counter()
    report = Report(lesson.name, steps=len(lesson.steps))
    proses = _lint(lesson, report)
    if "en" in proses:
        report.minutes = estimated_minutes(lesson, proses["en"])
    if rules:
        for step_id, problem in lint_rules(lesson, proses):
            report.add(step_id, problem)
    ids = [step.id for step in lesson.steps]
    for at, step in enumerate(lesson.steps):
        if step.settles and step.settles not in ids[:at]:
            report.add(step.id, _("it settles '{step}', which is no earlier step", step=step.settles))
        try:
            _check_step(lesson, step, proses, sessions, report, slow)
            _check_recall(lesson, step, sessions, report)
        except NnlabError as error:
            report.add(step.id, str(error))
        except (Exception, SystemExit) as error:  # a check of the author's own may break: name the step
            report.add(step.id, f"{type(error).__name__}: {error}")
    if proses and report.ok:  # what is amiss already would only be told twice
        for step_id, problem in lint_walk(lesson, sessions, slow=slow):
            report.add(step_id, problem)
    report.seconds = time.perf_counter() - started
    return report


def _lint(lesson: Lesson, report: Report) -> dict[str, LessonProse]:
    """The words in all languages; what is wrong with them is added to the report."""
    proses: dict[str, LessonProse] = {}
    for language in LANGUAGES:
        try:
            proses[language] = read_prose(prose_path(lesson.path, language))
        except NnlabError as error:
            report.add("", str(error))
    for language, prose in proses.items():
        for step_id, problem in lint_steps(lesson, prose):
            report.add(step_id, problem)
        for step in lesson.steps:
            for problem in lint_step(step, prose.step(step.id), language):
                report.add(f"{step.id} [{language}]", problem)
    if len(proses) == len(LANGUAGES):
        for step_id, problem in lint_languages(lesson, proses["en"], proses["zh"]):
            report.add(step_id, problem)
        for step_id, problem in lint_words(proses["en"], proses["zh"]):
            report.add(f"{step_id} [zh]".strip(), problem)
    return proses


def _fresh(lesson: Lesson, step: Step, sessions: Sessions) -> Bench:
    bench = sessions()
    perform(bench, lesson.bench_lines(lesson.index(step.id)))
    return bench


def _try(step: Step, bench: Bench, prepared: Any, attempt: Attempt) -> Judgement:
    """What a learner who does this would be told."""
    context = Context(bench, prepared)
    look = getattr(step.task, "look", None)
    if look is not None:
        unsubscribe = bench.subscribe(lambda line, result: context.seen.update(look(bench, line)))
        perform(bench, attempt.actions)
        if callable(unsubscribe):
            unsubscribe()
    else:
        perform(bench, attempt.actions)
    assert step.task is not None
    for answer in attempt.answers:
        judgement = step.task.judge(answer, context)
        if not judgement.ok:
            break
    return judgement


def _check_step(
    lesson: Lesson,
    step: Step,
    proses: dict[str, LessonProse],
    sessions: Sessions,
    report: Report,
    slow: bool,
) -> None:
    began = time.process_time()
    bench = _fresh(lesson, step, sessions)
    prepared, values = prepare_step(lesson, step, bench, sessions)
    _check_wait(
        step,
        time.process_time() - began,
        N_("it takes {s} s of CPU to set up; a learner waits {most} at most"),
        report,
    )
    for n in step.numbers:
        if not n.after:
            _check_number(step, n, values[n.name], report)
    if step.task is None:
        return
    if step.slow and not slow:
        report.left_out.append(step.id)
        return
    _check_right(lesson, step, bench, prepared, sessions, report)
    _check_wrong(lesson, step, bench, prepared, proses, sessions, report)


def _check_wait(step: Step, seconds: float, too_long: str, report: Report) -> None:
    if seconds > WAIT and not step.slow:
        report.add(step.id, _(too_long, s=f"{seconds:.1f}", most=f"{WAIT:g}"))


def _check_right(
    lesson: Lesson, step: Step, bench: Bench, prepared: Any, sessions: Sessions, report: Report
) -> None:
    """Every reference passes in time; behind the first stand the last numbers, and what shows mistakes."""
    assert step.task is not None
    for count, attempt in enumerate(step.task.solutions(Context(bench, prepared))):
        trial = bench if count == 0 else _fresh(lesson, step, sessions)
        began = time.process_time()
        judgement = _try(step, trial, prepared, attempt)
        spent = time.process_time() - began
        if judgement.done:
            report.right += 1
        else:
            report.add(
                step.id,
                _(
                    "a reference answer fails: {answer}: {why}",
                    answer=_short(attempt),
                    why=judgement.detail or judgement.say or "?",
                ),
            )
        if step.kind in TRAINED:
            report.cpu[step.id] = max(spent, report.cpu.get(step.id, 0.0))
        _check_wait(
            step, spent, N_("a reference answer takes {s} s of CPU; a learner waits {most} at most"), report
        )
        if count == 0:
            began = time.process_time()
            for n in step.numbers:
                if n.after:
                    _check_number(step, n, read_probe(n.probe, trial), report)
            spent = time.process_time() - began
            _check_wait(
                step,
                spent,
                N_("the numbers behind the answer take {s} s of CPU; a learner waits {most} at most"),
                report,
            )
            if step.task.answer_form not in ON_BENCH:
                for name in step.shows:
                    _check_shows(step, name, trial, report)
    if isinstance(step.task, Sabotage):
        for problem in step.task.prove(lesson.bench_lines(lesson.index(step.id)), sessions):
            report.add(step.id, problem)


def _check_shows(step: Step, name: str, bench: Bench, report: Report) -> None:
    """The action line that shows a misconception runs on the bench where somebody has it."""
    try:
        if name in step.shows:
            show(step, step.shows[name], bench, answered=True)
    except NnlabError as error:
        report.add(step.id, _("what shows the mistake '{name}': {reason}", name=name, reason=error))


def _check_wrong(
    lesson: Lesson,
    step: Step,
    bench: Bench,
    prepared: Any,
    proses: dict[str, LessonProse],
    sessions: Sessions,
    report: Report,
) -> None:
    """Every known wrong answer fails with its own diagnosis, whose text is there."""
    assert step.task is not None
    declared = {n.name for n in step.numbers} | {"answer"}
    for misconception, attempt in step.task.wrong_attempts(Context(bench, prepared)):
        on_bench = step.task.answer_form in ON_BENCH
        trial = _fresh(lesson, step, sessions) if on_bench else bench
        judgement = _try(step, trial, prepared, attempt)
        if on_bench:
            _check_shows(step, misconception, trial, report)
        for language, prose in proses.items():
            for key in (("mistake", judgement.misconception), ("say", judgement.say)):
                if key[1] and " " not in key[1] and not judgement.ok and not prose.step(step.id).text(*key):
                    report.add(
                        f"{step.id} [{language}]", _("the text '{field}' is missing", field=" ".join(key))
                    )
        for name in sorted(declared & set(judgement.values)):
            report.add(
                step.id,
                _("found(…, {name}=…) hides the number {place} of this step; call it something else",
                  name=name, place="{" + name + "}"),
            )  # fmt: skip
        if judgement.done:
            report.add(step.id, _("a wrong answer passes: {answer}", answer=_short(attempt)))
        elif misconception and judgement.misconception != misconception:
            report.add(
                step.id,
                _(
                    "{answer} should be diagnosed as '{wanted}' and is '{got}'",
                    answer=_short(attempt),
                    wanted=misconception,
                    got=judgement.misconception,
                ),
            )
        else:
            report.wrong += 1


def _check_number(step: Step, n: Number, value: float, report: Report) -> None:
    report.numbers += 1
    if n.expect is None:
        return
    half_a_digit = 0.5 * 10.0**-n.digits * 1.001
    if not abs(value - n.expect) <= max(half_a_digit, 1e-9 * abs(n.expect)):
        report.add(
            step.id,
            _(
                "the number {name} is {value}, the lesson expects {expect}",
                name="{" + n.name + "}",
                value=written(value, 6),
                expect=written(n.expect, 6),
            ),
        )


def _check_recall(lesson: Lesson, step: Step, sessions: Sessions, report: Report) -> None:
    if step.recall is None:
        return
    drawn = {tuple(sorted(step.recall.draw(Random(seed)).items())) for seed in range(1, 21)}
    for seed in (1, 2, 3):
        run = RecallRun(lesson, step.id, seed, language="en", session=sessions())
        for attempt in step.recall.ask.solutions(Context(run.session, run.prepared))[:1]:
            if run.submit(attempt.answers[0]).ok:
                report.right += 1
            else:
                report.add(step.id, _("the right answer to recall with seed {seed} fails", seed=seed))
    if drawn != {()} and len(drawn) == 1:
        report.add(step.id, _("recall draws the same numbers from every seed"))


def _short(attempt: Attempt) -> str:
    text = " | ".join((*attempt.actions, *(a for a in attempt.answers if a))) or _("doing nothing")
    text = " ".join(text.split())
    return text if len(text) <= 70 else text[:67] + "…"

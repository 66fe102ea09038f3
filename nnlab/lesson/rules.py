"""How a lesson of the course is built: its length, its kinds of steps, what every step has to know.

These are rules of teaching.  That a lesson works at all is proved by :mod:`nnlab.lesson.check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.concepts import load_concepts
from nnlab.lesson.find import course_folder
from nnlab.lesson.minutes import estimated_minutes
from nnlab.lesson.prose import LessonProse
from nnlab.lesson.step import Lesson, Step
from nnlab.width import columns

STEPS = (5, 10)
KINDS_OF_STEPS = 5
MINUTES = 25
CODE = 56
"""Columns of the editor beside the bench on a terminal 120 columns wide."""
LOOKING = ("read", "watch")
"""Kinds of steps at which the learner does nothing but look."""
MISTAKES = {"predict": 2, "build": 2, "code": 2, "be": 2, "debug": 1, "order": 1, "quiz": 1}
"""How many typical wrong answers a step of a kind knows by name at least."""

Problems = Iterator[tuple[str, str]]


def lint_rules(lesson: Lesson, proses: Mapping[str, LessonProse]) -> Problems:
    """(step id or "", problem) for every rule that the lesson breaks."""
    yield from _lint_covers(lesson)
    yield from _lint_code(lesson)
    yield from _lint_size(lesson)
    for language, prose in proses.items():
        yield from _lint_header(prose, language)
    if "en" in proses and (minutes := estimated_minutes(lesson, proses["en"])) > MINUTES:
        yield "", _("it takes about {n} minutes; {most} are the most", n=round(minutes), most=MINUTES)
    for before, step in zip((None, *lesson.steps), lesson.steps):
        yield from _lint_mistakes(step)
        if before is not None and before.slow and step.setup is None:
            yield (
                step.id,
                _("it stands on the bench of the slow step '{step}'; give it a setup", step=before.id),
            )
    if lesson.steps and lesson.steps[-1].recall is None:
        yield lesson.steps[-1].id, _("the last step needs a question that comes back: recall=recall(…)")


def _lint_size(lesson: Lesson) -> Problems:
    count = len(lesson.steps)
    if not STEPS[0] <= count <= STEPS[1]:
        yield "", _("{n} steps; a lesson has {low} to {high}", n=count, low=STEPS[0], high=STEPS[1])
    doing = sum(step.kind not in LOOKING for step in lesson.steps)
    if 2 * doing < count:
        yield (
            "",
            _("the learner does something in {n} of {count} steps; half are needed", n=doing, count=count),
        )
    kinds = len({step.kind for step in lesson.steps})
    if kinds < min(KINDS_OF_STEPS, count):
        yield "", _("{n} kinds of steps; mix at least {least}", n=kinds, least=min(KINDS_OF_STEPS, count))
    if lesson.minutes > MINUTES:
        yield "", _("{n} minutes; a lesson takes at most {most}", n=lesson.minutes, most=MINUTES)


def _lint_header(prose: LessonProse, language: str) -> Problems:
    if not prose.objectives:
        yield f"[{language}]", _("the header names no '### objective'")
    if not prose.misconception:
        yield f"[{language}]", _("the header names no '### misconception'")


def known_mistakes(step: Step) -> tuple[set[str], int]:
    """(the misconceptions that a step knows by name, how many of them are the right answer after all)."""
    task = step.task
    if task is None:
        return set(), 0
    if callable(getattr(task, "answer", None)):
        named: Mapping[str, str] = getattr(task, "mistakes", {})
        return {named.get(option, option) for option in getattr(task, "options", ())}, 1
    return {name for field, name in task.texts() if field == "mistake"}, 0


def _lint_mistakes(step: Step) -> Problems:
    (known, spare), least = known_mistakes(step), MISTAKES.get(step.kind, 0)
    for name in sorted(set(step.shows) - known):
        yield step.id, _("'{name}' in shows is no mistake of this step", name=name)
    if getattr(step.task, "open", False):  # a bet has no wrong answers
        return
    if len(known) - spare < least:
        yield (
            step.id,
            _(
                "{n} typical wrong answers are known; a {kind} step needs {least}",
                n=max(0, len(known) - spare),
                kind=step.kind,
                least=least,
            ),
        )
    unseen = sorted(known - set(step.shows))
    if least > 1 and len(unseen) > spare:
        for name in unseen:
            yield step.id, _("nothing shows the mistake '{name}'; add it to shows={{…}}", name=name)


def _lint_code(lesson: Lesson) -> Problems:
    for step in lesson.steps:
        for line in getattr(step.task, "starter", "").splitlines():
            if columns(line) > CODE:
                told = _("'{line}' has {n} columns; beside the bench there is room for {most}",
                         line=line.strip(), n=columns(line), most=CODE)  # fmt: skip
                yield step.id, told


def _lint_covers(lesson: Lesson) -> Problems:
    try:
        inventory = load_concepts()
    except NnlabError as error:
        yield "", str(error)
        return
    claimed = set()
    for step in lesson.steps:
        for slug in step.covers:
            if slug not in inventory.concepts:
                yield step.id, _("there is no concept '{slug}' in concepts.toml", slug=slug)
            elif step.kind != "read":
                claimed.add(slug)
    if not lesson.path.is_relative_to(course_folder()):
        return
    for concept in inventory.of_lesson(lesson.id):
        if concept.slug not in claimed:
            yield (
                "",
                _("no step that is not read covers '{slug}' ({name}), which this lesson has to make real",
                  slug=concept.slug, name=concept.name()),
            )  # fmt: skip

"""A lesson walked from end to end on one bench with its reference answers, as somebody who errs nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench, perform
from nnlab.lesson.prose import LANGUAGES
from nnlab.lesson.render import render_text
from nnlab.lesson.run import LessonRun
from nnlab.lesson.state import Verdict
from nnlab.lesson.step import Lesson
from nnlab.lesson.tasks import Context
from nnlab.width import columns

WIDTH = 80
TYPED = ("number", "numbers", "shape", "tape")
"""Forms whose revealed answer is numbers; where one is not known, it says "?"."""


def lint_walk(
    lesson: Lesson, sessions: Callable[[], Bench], *, slow: bool = True
) -> Iterator[tuple[str, str]]:
    """(step id, problem) of the walk; the steps before have left their marks on the bench."""
    run = LessonRun(lesson, sessions(), language="en")
    while True:
        step = run.step.id
        try:
            for language in LANGUAGES:
                run.language = language
                if problem := _too_wide(run):
                    yield f"{step} [{language}]", problem
            run.language = "en"
            if not run.step.slow or slow:
                yield from ((step, problem) for problem in _answer(run))
            if run.advance(skip=True) is None:
                return
        except NnlabError as error:
            yield step, _("on the way through the lesson: {reason}", reason=error)
            return


def _answer(run: LessonRun) -> Iterator[str]:
    """Give the reference answer, and say what is amiss with what comes back."""
    if run.step.task is None:
        return
    attempt = run.step.task.solutions(Context(run.session, run.state.prepared))[0]
    perform(run.session, attempt.actions)
    verdict = Verdict(False, False, "")
    for answer in attempt.answers:
        verdict = run.submit(answer)
    if not verdict.passed:
        yield _("on the way through the lesson the reference answer fails: {why}", why=verdict.text)
    elif not verdict.text:
        yield _("nothing is said after the right answer")
    if "?" in verdict.reveal and run.step.task.answer_form in TYPED:
        yield _("the answer that is revealed has a number that is not known: {answer}", answer=verdict.reveal)


def _too_wide(run: LessonRun) -> str:
    """Lines that a terminal of 80 columns would cut, code aside."""
    for line in render_text(run.view(), WIDTH):
        if columns(line) > WIDTH and not line.startswith("    "):
            return _("a line is wider than {n} columns: {line}", n=WIDTH, line=line)
    return ""

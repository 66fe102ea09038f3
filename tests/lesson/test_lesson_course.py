"""Every lesson of the course proves itself on the real session, and can be walked from end to end."""

import pytest

from nnlab.lesson import LessonRun, check_lesson, find_lessons, render_text
from nnlab.lesson.find import load_script
from nnlab.lesson.tasks import Context
from nnlab.width import columns

ENTRIES = find_lessons()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_lesson_of_the_course_proves_itself(entry):
    report = check_lesson(load_script(entry))
    assert [str(problem) for problem in report.problems] == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_a_lesson_can_be_walked_with_its_reference_answers(entry, language):
    from nnlab.session import Session

    run = LessonRun(load_script(entry), Session(), language=language)
    while True:
        assert all(columns(line) <= 80 for line in render_text(run.view(), 80) if not line.startswith("    "))
        if run.step.task is not None:
            context = Context(run.session, run.state.prepared)
            attempt = run.step.task.solutions(context)[0]
            for line in attempt.actions:
                run.session.execute(line)
            for answer in attempt.answers:
                verdict = run.submit(answer)
            assert verdict.passed, (run.step.id, verdict.text)
            assert verdict.text
            assert "?" not in str(verdict.reveal)
        if run.advance() is None:
            break
    assert run.done


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e.name)
def test_code_to_be_completed_is_as_narrow_as_its_field(entry):
    """56 columns are left for it beside the bench on a terminal 120 columns wide."""
    for step in load_script(entry).steps:
        starter = getattr(step.task, "starter", "")
        assert all(columns(line) <= 56 for line in starter.splitlines()), step.id


TRAINED = [
    (entry, step.id)
    for entry in ENTRIES
    for step in load_script(entry).steps
    if any(line.startswith("run") for line in step.setup or ())
]


@pytest.mark.parametrize(("entry", "step"), TRAINED, ids=lambda x: x if isinstance(x, str) else x.name)
def test_a_bench_that_trains_in_the_background_is_trained_when_its_step_begins(entry, step):
    from nnlab.session import Session

    def numbers(background):
        session = Session()
        session.background = background
        run = LessonRun(load_script(entry), session)
        run.go(step)
        assert not session.trainer.running
        assert session.background == background
        return run.state.numbers, session.run.step_count

    assert numbers(True) == numbers(False)

"""Every lesson of the course can be entered anywhere, whether or not training goes on in the background.

That each one holds is proved by ``nnlab lesson check --all --fast``, which the CI runs.
"""

import pytest

from nnlab.lesson import LessonRun, find_lessons
from nnlab.lesson.find import load_script

ENTRIES = find_lessons()
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

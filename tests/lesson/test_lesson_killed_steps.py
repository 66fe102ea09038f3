"""kill -9 at every step of a lesson in turn, after entering and after answering: all of it is there then.

``NNLAB_KILL_LESSONS=tracks`` takes one lesson of every track, ``NNLAB_KILL_LESSONS=a7,c1`` the named ones.
"""

import os
import signal
import subprocess
import sys

import pytest

from nnlab.lesson import find_lessons, load_lesson
from nnlab.store import Progress

SHORT = ("a6",)
LEARNER = """
import sys
from nnlab.lesson import load_lesson, open_lesson
from nnlab.lesson.tasks import Context
from nnlab.store import Progress

name, at, deed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
run, notice = open_lesson(load_lesson(name), Progress(), language="en")
assert not notice, notice
before = at if deed == "answer" else max(0, at - 1)
assert run.index == before, f"at step {run.index}, left at {before}"
done = [status for _id, status in run.statuses()]
assert done[:before] == ["passed"] * before, done
if deed == "enter":
    if at:
        assert run.last_verdict is None or run.last_verdict.passed
        run.advance()
else:
    task = run.step.task
    if task is not None:
        attempt = task.solutions(Context(run.session, run.state.prepared))[0]
        for line in attempt.actions:
            run.session.execute(line)
        for answer in attempt.answers:
            verdict = run.submit(answer)
        assert verdict.passed, verdict.text
print("done", flush=True)
sys.stdin.read()  # until it is killed
"""


def chosen():
    asked = os.environ.get("NNLAB_KILL_LESSONS", "")
    if asked == "tracks":
        return list({entry.track: entry.id for entry in reversed(find_lessons())}.values())[::-1]
    return asked.split(",") if asked else list(SHORT)


def killed_after(name, at, deed, home):
    """A learner who does one thing at step ``at`` and is killed as soon as it counts."""
    learner = subprocess.Popen(
        [sys.executable, "-c", LEARNER, name, str(at), deed],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "NNLAB_HOME": str(home)},
    )  # fmt: skip
    said = learner.stdout.readline()
    learner.send_signal(signal.SIGKILL)
    _out, trouble = learner.communicate()
    assert said == "done\n", f"{name}, step {at + 1}, {deed}: {trouble}"


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", chosen())
def test_a_learner_who_is_killed_at_every_step_has_the_lesson_done_in_the_end(name, tmp_path):
    lesson = load_lesson(name)
    for at, step in enumerate(lesson.steps):
        killed_after(name, at, "enter", tmp_path)
        killed_after(name, at, "answer", tmp_path)
        progress = Progress(tmp_path / "data" / "progress.db")
        assert progress.warning == ""
        assert progress.position(lesson.name) == step.id
        kept = progress.steps(lesson.name)[step.id]
        if step.task is not None:
            assert kept["status"] == "passed"
            assert progress.answers(lesson.name, step.id)[-1].ok
            assert kept["verdict"]["passed"]
        progress.close()
    progress = Progress(tmp_path / "data" / "progress.db")
    passed = [kept["status"] for kept in progress.steps(lesson.name).values()]
    assert len(passed) == len(lesson.steps)
    assert progress.lessons()[lesson.name].finished or lesson.steps[-1].task is None

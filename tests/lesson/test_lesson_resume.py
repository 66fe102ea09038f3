"""A lesson is gone on with: the step, the answers and the bench."""

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from nnlab.lesson import load_lesson, open_lesson
from nnlab.lesson.state import StepState
from nnlab.lesson.summary import summary
from nnlab.store import Progress
from nnlab.tui.atlas import survey


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    return tmp_path


def open_a1(**options):
    progress = Progress()
    return open_lesson(load_lesson("a1"), progress, language="en", **options)[0]


def leave(run):
    run.close()
    run.session.close()
    run.progress.close()


def test_step_answers_and_bench_are_as_they_were_left(home):
    run = open_a1()
    run.go("and")
    run.session.execute("edit dense1.b[0] -1.5")
    run.submit()
    lines = run.session.history
    leave(run)
    again = open_a1()
    assert again.step.id == "and"
    assert again.session.history == lines
    assert again.session.run.value("dense1.b[0]") == -1.5
    assert again.state.tries == 1
    leave(again)


def test_a_lesson_begun_anew_has_nothing_done_and_keeps_the_record(home):
    run, progress = open_a1(), Progress()
    for step in run.lesson.steps:
        run.go(step.id)
        state = run.state
        if step.task is None:
            run.advance()
            continue
        for attempt in step.task.solutions(run._context())[:1]:
            for line in attempt.actions:
                run.session.execute(line)
            for answer in attempt.answers:
                run.submit(answer)
        assert state.status == "passed", step.id
    run.go("and")
    run.hint()
    leave(run)
    before, told = progress.lessons()["a1_neuron"], summary(progress)
    answers, cards = len(progress.answers()), progress.due(1e12)
    assert before.finished
    again = open_a1(again=True)
    assert again.step is again.lesson.steps[0]
    assert {status for _id, status in again.statuses()} == {"open"}
    leave(again)
    after = Progress()
    row = after.lessons()["a1_neuron"]
    assert (row.finished, row.passed, len(after.answers())) == (before.finished, 0, answers)
    assert row.seconds >= before.seconds
    assert after.due(1e12) == cards
    assert summary(after) == told
    assert next(stop for stop in survey(after).stops if stop.name == "a1_neuron").taken


def test_what_comes_back_keeps_its_day_when_a_lesson_is_taken_once_more(home):
    run = open_a1()
    step = next(step for step in run.lesson.steps if step.recall is not None)

    def passed():
        run.go(step.id)
        attempt = step.task.solutions(run._context())[0]
        for line in attempt.actions:
            run.session.execute(line)
        for answer in attempt.answers:
            run.submit(answer)
        assert run.passed

    passed()
    Progress().schedule("a1_neuron", step.id, 9e11, card="long")
    run.begin_anew()
    passed()
    assert Progress().recall("a1_neuron", step.id).due == 9e11
    leave(run)


def test_two_copies_of_one_lesson_each_have_a_bench(home):
    one = open_a1()
    two, notice = open_lesson(load_lesson("a1"), Progress(), language="en")
    assert "open in another" in notice
    two.go("nand")
    assert one.view().prose
    leave(one)
    leave(two)
    again = open_a1()
    assert again.step.id == "nand"
    assert "data nand" in again.session.history
    leave(again)


def test_a_damaged_session_file_costs_the_bench_and_not_the_lesson(home):
    run = open_a1()
    run.go("add-up")
    leave(run)
    for path in (home / "data" / "sessions").glob("lesson-*.nnl"):
        path.write_bytes(b"\xff\xfe not a session")
    again, notice = open_lesson(load_lesson("a1"), Progress(), language="en")
    assert again.step.id == "add-up"
    assert notice
    assert again.submit("0.5").ok
    leave(again)


LEARNER = """
from nnlab.lesson import load_lesson, open_lesson
from nnlab.store import Progress
run, notice = open_lesson(load_lesson("a1"), Progress(), language="en")
assert not notice, notice
while True:
    if run.step.id != "and":
        run.go("and")
    n = len([line for line in run.session.history if line.startswith("edit")])
    run.session.execute(f"edit dense1.b[0] {n}")
    print("edit", n, flush=True)
    run.submit()
    print("answer", run.state.tries, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_killed_at_random_moments_only_the_unfinished_action_is_missing(home):
    chance = random.Random(2)
    edits = tries = 0
    for _trial in range(5):
        learner = subprocess.Popen([sys.executable, "-c", LEARNER], stdout=subprocess.PIPE, text=True)
        first = learner.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.3))
        learner.send_signal(signal.SIGKILL)
        told = [line.split() for line in [first, *learner.stdout.read().splitlines()] if line.strip()]
        learner.wait()
        learner.stdout.close()
        edits = max([edits, *(int(n) + 1 for what, n in told if what == "edit")])
        tries = max([tries, *(int(n) for what, n in told if what == "answer")])
        run = open_a1()
        assert run.step.id == "and"
        done = [line for line in run.session.history if line.startswith("edit")]
        assert edits <= len(done) <= edits + 1
        assert tries <= run.state.tries <= tries + 1
        assert tries <= len(run.progress.answers("a1_neuron", "and")) <= tries + _trial + 1
        edits, tries = len(done), run.state.tries
        leave(run)
    assert edits


def test_a_step_that_was_written_anew_asks_its_new_question(home):
    run = open_a1()
    run.go("and")
    run.hint()
    leave(run)
    progress = Progress()
    kept = progress.steps("a1_neuron")["and"]
    progress.save_step("a1_neuron", "and", {**kept, "task": "of old", "prepared": "of old", "given": "0.5"})
    progress.close()
    again = open_a1()
    assert again.step.id == "and"
    assert again.state.hints == 1
    assert (again.state.given, again.state.prepared) != ("0.5", "of old")
    assert again.session.history[-1] == again.lesson.bench_lines(again.index)[-1], "its bench is set up anew"
    leave(again)


def test_a_signature_tells_steps_by_what_they_ask_and_stand_on():
    lesson = load_lesson("a1")
    signatures = [lesson.signature(index) for index in range(len(lesson.steps))]
    assert signatures == [load_lesson("a1").signature(index) for index in range(len(lesson.steps))]
    at = lesson.index("and")
    lesson.steps[at] = replace(lesson.steps[at], setup=("data or", "net dense 1"))
    assert lesson.signature(at) != signatures[at]


@pytest.mark.parametrize(
    ("kept", "now", "draft"),
    [
        ("code 1", "code 2", "x = 1"),
        ("", "code 2", "x = 1"),
        ("curve 1", "code 2", ""),
        ("code 1", "curve 2", ""),
        ("curve 1", "curve 1", "x = 1"),
    ],
)
def test_unfinished_typing_stays_where_a_step_written_anew_takes_the_same_form(kept, now, draft):
    state = StepState.from_dict({"status": "open", "task": kept, "draft": "x = 1", "tries": 2}, now)
    assert (state.draft, state.tries) == (draft, 2)

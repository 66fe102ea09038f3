"""Tasks on the real engine: truths are its numbers, wrong paths come from its explanations."""

from dataclasses import fields, replace

import pytest

from nnlab.errors import NnlabError
from nnlab.lesson import LessonRun, RecallRun, load_lesson
from nnlab.lesson.bench import afresh, perform
from nnlab.lesson.wrong_paths import wrong_paths
from nnlab.session import Session
from nnlab.session.bench import Setup
from nnlab.session.trial import trial_of

TURNED = {
    "loss": "mse",
    "optimizer": "sgd lr=0.5",
    "batch_size": None,
    "shuffle": False,
    "schedule": "step 2 0.5",
    "clip": "norm 1",
    "l1": 0.1,
    "l2": 0.1,
    "maxnorm": 1.0,
    "sparse": True,
    "freeze": "dense1",
    "augment": "noise:0.1",
    "turns": "generator",
    "patience": 3,
}


def at(lesson, step, language="en"):
    run = LessonRun(load_lesson(lesson), Session(), language=language)
    run.go(step)
    return run


def test_a_prediction_is_asked_before_the_bench_has_computed_it():
    run = at("a1", "add-up")
    assert run.session.run.step_count == 0
    assert run.submit("0,5").ok


@pytest.mark.parametrize(
    ("typed", "misconception", "words"),
    [
        ("0", "no-bias", "bias is added too"),
        ("3.5", "no-weights", "multiplied by its weight"),
        ("-0.5", "bias-away", "bias is always added"),
        ("1.5", "", "the sum without"),
        ("9", "", "too large"),
    ],
)
def test_wrong_sums_are_told_apart(typed, misconception, words):
    verdict = at("a1", "add-up").submit(typed)
    assert (verdict.misconception, verdict.reveal) == (misconception, "0.5")
    assert words in verdict.text


def test_the_engine_knows_the_wrong_paths_to_a_number():
    session = Session()
    for line in (*load_lesson("a7").bench_lines(0), "step"):
        session.execute(line)
    texts = [path.text for path in wrong_paths(session.run, "dense1.a[0,0]")]
    assert any("apply σ" in text for text in texts)
    truth = session.run.value("dense1.z[0,0].grad")
    assert all(abs(path.value - truth) > 0.004 for path in wrong_paths(session.run, "dense1.z[0,0].grad"))
    assert wrong_paths(session.run, "dense1.W[0,0]") == []


def test_being_the_network_goes_value_by_value():
    run = at("a7", "be-backward")
    assert run.submit("-0.445").misconception == "delta-only"
    verdict = run.submit("-0.277")
    assert (verdict.ok, verdict.passed) == (True, False)
    assert [value for _address, value in run.view().blanks] == ["−0.277", "?", "?", "?"]
    run.submit("-0.1785")
    assert run.submit("1").misconception == "weight-forgotten"
    run.submit("-0.445")
    assert run.submit("-0.1112").misconception == "slope-of-z"
    assert run.submit("−0,105").passed


def test_code_is_judged_by_its_tests_and_kept_as_a_draft():
    run = at("a7", "too-early")
    starter = run.view().draft
    verdict = run.submit(starter)
    assert verdict.misconception == "update-first"
    assert run.state.memory["outcome"]["results"][0]["given"] == "slopes(1.0, 1.0, 2.0, 0.0)"
    assert run.submit("def train_step(:\n").detail.startswith("line 1")
    assert run.view().draft == "def train_step(:\n"


def test_a_checked_row_names_its_inputs_and_its_sum():
    run = at("a1", "and")
    assert "The row (0, 0) gives z = 0" in run.submit().text
    assert "这一行 z = 0" in at("a1", "and", "zh").submit().text


def test_recall_asks_with_fresh_numbers_of_the_engine():
    questions = {RecallRun(load_lesson("a1"), "add-up", seed, language="en").question for seed in range(8)}
    assert len(questions) > 3
    run = RecallRun(load_lesson("a1"), "add-up", 3, language="zh")
    w1, w2, b = (run.numbers[name] for name in ("w1", "w2", "b"))
    assert run.submit(str(2 * w1 + w2 + b)).ok


def test_a_wrong_prediction_is_seen_on_the_bench_and_the_next_step_gets_its_own():
    run = at("a1", "add-up")
    run.submit("9")
    assert run.view().sight == "explain dense1.z[0,0]"
    assert "dense1.z[0,0]" in "\n".join(run.see().lines)
    assert run.session.run.step_count == 1  # the step was taken so that there is something to see
    run.go("add-up")
    assert run.session.run.step_count == 0


def test_what_must_still_be_answered_is_not_shown_unless_it_is_declared():
    run = at("a7", "be-backward")
    run.submit("0.6225")
    assert run.view().sight == run.step.shows["activations"]
    assert "−0.277" not in "\n".join(run.see().lines)
    right = at("a1", "add-up")
    right.submit("0.5")
    assert right.view().sight == ""
    with pytest.raises(NnlabError, match="nothing to see"):
        right.see()


def test_knobs_and_breakpoints_of_one_step_do_not_reach_into_the_next():
    run = at("b4", "stop")
    for line in ("patience 50", "shuffle no", "clip norm 1", "break loss < 0.5"):
        run.session.execute(line)
    run.go("more")
    setup = run.session.bench.setup
    assert (setup.patience, setup.shuffle, setup.clip) == (0, True, "none")
    assert setup.optimizer.startswith("adam lr=0.005")
    assert run.session.bench.breaks == ()


def test_every_knob_there_is_is_put_back():
    session = Session()
    inner = session.bench
    for field in fields(Setup):
        if field.name != "seed":
            inner.setups = {"main": replace(Setup(seed=7), **{field.name: TURNED[field.name]})}
            perform(session, afresh(session))
            assert session.bench.setup == Setup(optimizer="adam lr=0.001", seed=7), field.name


def test_what_a_setup_edits_is_not_passed_through_before_the_prediction_is_made():
    run = at("a1", "add-up")
    assert trial_of(run.session.run, 0) is None
    run.session.execute("edit dense1.b[0] 1")
    assert trial_of(run.session.run, 0) is not None  # what the learner changes shows at once

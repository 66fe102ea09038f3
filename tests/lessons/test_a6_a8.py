"""A6 and A8: what the check of a lesson cannot see, the claims behind their words and their judgement."""

from statistics import median

import numpy as np
import pytest

from nnlab.data import load
from nnlab.lesson import LessonRun, check_lesson, load_lesson
from nnlab.lesson.prose import prose_path, read_prose
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

PLAN = "dense 10 relu | dense 8 relu | dense 10"


def at(name, step, language="en"):
    lesson = load_lesson(name)
    run = LessonRun(lesson, Session(), language=language)
    run.go(step)
    return run


def act(run, *lines):
    for line in lines:
        run.session.execute(line)


def accuracy(data, net, lr, epochs, seed):
    loaded = load(data)
    run = Run(
        Network.parse(net, input_shape=(64,)), loaded, optimizer=f"adam lr={lr}", batch_size=32, seed=seed
    )
    run.train(epochs=epochs)
    return [row.val_metric for row in run.history.epochs]


@pytest.mark.parametrize("name", ["a6", "chain_rule", "a8", "digits_mlp"])
def test_a_lesson_is_found_by_id_and_by_slug_and_proves_itself(name):
    report = check_lesson(load_lesson(name))
    assert [str(problem) for problem in report.problems] == []


# ---------------------------------------------------------------- A6


@pytest.mark.parametrize(
    ("typed", "misconception"), [("42", ""), ("17", "added"), ("14", "outer-only"), ("49", "value")]
)
def test_a_prediction_of_the_chain_passes_and_names_the_slip(typed, misconception):
    run = at("a6", "backward")
    verdict = run.submit(typed)
    assert verdict.passed
    assert verdict.misconception == misconception
    assert "42" in verdict.text


def test_the_biggest_path_alone_is_refuted_by_the_tape():
    run = at("a6", "roads")
    act(run, "step")
    explanation = run.session.run.explain("dense1.z[0,0].grad")
    assert [term.value for term in explanation.terms] == [4, -3]
    assert run.session.run.value("dense1.z[0,0].grad") == 1
    assert at("a6", "two-paths").submit("3").misconception == "biggest-path"


def test_one_nudge_or_two_both_measure_the_slope():
    one_sided = at("a6", "nudge")
    change = one_sided.session.run.nudge("dense1.W[0,0]", 0.001).true
    assert one_sided.submit(f"{change / 0.001:.4f}").ok
    assert at("a6", "nudge").submit("-0.538").ok
    assert at("a6", "nudge").submit("0.538").misconception == "sign-lost"


def test_the_check_of_gradients_answers_even_to_a_solution_without_a_loop():
    source = """
def num_grad(f, x, eps=1e-5):
    steps = eps * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + s) - f(x - s)) / (2 * eps) for s in steps]).reshape(x.shape)
"""
    assert at("a6", "num-grad").submit(source).ok


# ---------------------------------------------------------------- A8


def test_the_goal_of_the_lesson_is_reached_by_ten_of_ten_seeds():
    curves = [accuracy("digits scale=unit", "dense 128 relu | dense 10", 0.01, 20, s) for s in range(1, 11)]
    assert min(max(curve) for curve in curves) >= 0.95
    assert sum(curve[-1] >= 0.95 for curve in curves) >= 8


def test_the_ranking_of_the_three_changes_holds_for_other_seeds():
    def middle(net, lr, epochs):
        return median(accuracy("digits scale=unit", net, lr, epochs, seed)[-1] for seed in range(11, 18))

    base, longer = middle(PLAN, 0.001, 10), middle(PLAN, 0.001, 20)
    faster, wider = middle(PLAN, 0.01, 10), middle("dense 128 relu | dense 10", 0.001, 10)
    assert base < longer < faster < wider


def test_the_bet_is_shown_beside_the_result():
    run = at("a8", "bet")
    kept = run.submit("42")
    assert kept.passed
    assert "and it is" not in kept.text
    run.advance()
    act(run, "run 10 epochs")
    verdict = run.submit()
    assert verdict.ok
    assert "42" in verdict.text
    assert "? %" not in verdict.text


@pytest.mark.parametrize(
    ("step", "lines", "words"),
    [
        ("reproduce", ["run 3 epochs"], "3 epochs so far"),
        ("reproduce", ["run 12 epochs"], "more than ten"),
        ("scale", ["run 10 epochs"], "not divided by 16"),
        ("scale", ["data digits scale=unit", "run 10 epochs"], "One run tells little"),
        ("scale", ["data digits scale=unit", "seeds 3 run 4 epochs"], "for 4 epochs"),
        ("beat", ["net dense 6 relu | dense 10", "lr 0.01", "run 20 epochs"], "widest layer is still narrow"),
        ("build", ["net dense 10 relu | dense 10"], "64×10, 10×10"),
    ],
)
def test_an_unfinished_try_is_told_what_is_missing(step, lines, words):
    run = at("a8", step)
    act(run, *lines)
    verdict = run.submit()
    assert not verdict.ok
    assert words in verdict.text


@pytest.mark.parametrize(
    ("fault", "line", "broken"),
    [
        ("mute", "evaluate", True),
        ("dead", "evaluate", True),
        ("frozen", "step 5", False),
        ("rate", "step 5", True),
    ],
)
def test_a_planted_fault_has_the_symptom_that_the_hints_speak_of(fault, line, broken):
    run = at("a8", "sabotage")
    act(run, *run.lesson.bench_lines(run.lesson.index("sabotage")))
    well = run.session.run.evaluate("validation").metric
    act(run, *next(each for each in run.step.task.faults if each.name == fault).plant, line)
    share = run.session.run.evaluate("validation").metric
    assert (share < well - 0.05) == broken
    answers = run.session.run.predict(run.session.data.x).argmax(axis=1)
    assert (7 not in answers) == (fault == "mute") or fault == "rate"


def test_an_activation_may_stand_as_a_layer_of_its_own():
    run = at("a8", "build")
    act(run, "net dense 10 | relu | dense 8 | relu | dense 10")
    verdict = run.submit()
    assert verdict.ok
    assert "650 + 88 + 90 = 828" in verdict.text


def test_only_a_misread_digit_counts_as_looked_into():
    run = at("a8", "misread")
    right = next(row for row in range(32) if row not in misread_rows(run.session))
    act(run, f"explain dense3.z[{right},0]", f"explain loss.each[{right},0]")
    assert len(run.view().missing) == 3
    row = misread_rows(run.session)[-1]
    truth = run.session.data.y[run.session.run.batch_indices[row]]
    act(run, f"explain dense3.z[{row},0]", f"explain loss.p[{row},{truth}]", f"explain loss.each[{row},0]")
    assert run.ready
    assert run.submit().ok


def misread_rows(session):
    answers = session.run.array("loss.p").argmax(axis=1)
    return list(np.flatnonzero(answers != session.data.y[session.run.batch_indices]))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_lines_of_the_export_step_are_the_network_on_the_bench(language):
    torch = pytest.importorskip("torch")
    lesson = load_lesson("a8")
    prose = read_prose(prose_path(lesson.path, language)).step("export")
    step = lesson.steps[lesson.index("export")]
    lines = [prose.text("option", name).strip("`").split("  #")[0] for name in step.task.accept[0]]
    model = torch.nn.Sequential(*(eval(line, {"nn": torch.nn}) for line in lines))
    network = Network.parse(PLAN, input_shape=(64,))
    run = Run(network, load("digits scale=unit"))
    run.train(steps=5)
    with torch.no_grad():
        for name, tensor in zip(network.parameters, model.parameters(), strict=True):
            value = np.asarray(network.parameters[name])
            tensor.copy_(torch.tensor(value.T if value.ndim == 2 else value))
        x = load("digits scale=unit").x[:7]
        theirs = torch.softmax(model(torch.tensor(x)), dim=1).numpy()
    np.testing.assert_allclose(run.predict(x), theirs, atol=1e-5)


def test_a_score_reached_on_the_way_counts_also_where_the_run_has_gone_on():
    run = at("a8", "beat")
    act(run, "net dense 128 relu | dense 10", "lr 0.01", "run 30 epochs")
    verdict = run.glance()
    assert verdict.passed
    epoch = int(run.state.numbers["reached"])
    assert epoch <= 20
    assert run.session.run.history.epochs[epoch - 1].val_metric >= 0.95


def test_what_one_update_did_is_said_also_where_the_run_has_gone_on():
    run = at("a7", "update")
    act(run, "run 40 steps")
    assert "0.4317" in run.glance().text


def test_what_a_forward_pass_gives_is_said_also_where_training_has_gone_on():
    run = at("a6", "forward")
    act(run, "run 40 steps")
    assert "u = 7" in run.glance().text

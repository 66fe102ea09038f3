"""A2 to A5: what the check of a lesson cannot see, the claims behind their words and their judgement."""

import numpy as np
import pytest

from nnlab.data import load
from nnlab.lesson import LessonRun, check_lesson, load_lesson
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

SEEDS = range(1, 11)


def at(name, step, language="en"):
    run = LessonRun(load_lesson(name), Session(), language=language)
    run.go(step)
    return run


def act(run, *lines):
    for line in lines:
        run.session.execute(line)


def trained(data, notation, optimizer, seed, *, batch_size=32, **how_long):
    loaded = load(data)
    network = Network.parse(notation, input_shape=loaded.input_shape)
    run = Run(network, loaded, optimizer=optimizer, batch_size=batch_size, seed=seed)
    run.train(**how_long)
    return run


def reached(data, notation, optimizer, epochs):
    """The best validation accuracy of each seed."""
    runs = (trained(data, notation, optimizer, seed, epochs=epochs) for seed in SEEDS)
    return [max(row.val_metric for row in run.history.epochs) for run in runs]


@pytest.mark.parametrize("name", ["a2", "a3", "a4", "a5"])
def test_a_lesson_proves_itself(name):
    report = check_lesson(load_lesson(name))
    assert [str(problem) for problem in report.problems] == []


@pytest.mark.parametrize("slug", ["activations", "layers_and_shapes", "losses", "gradient_descent"])
def test_a_lesson_is_found_by_its_slug(slug):
    assert load_lesson(slug).slug == slug


# ---------------------------------------------------------------- A2


def test_relu_reaches_the_goal_on_the_spiral_with_ten_of_ten_seeds():
    best = reached("spiral", "dense 32 relu | dense 32 relu | dense 1", "adam lr=0.01", 40)
    assert min(best) >= 0.95


@pytest.mark.parametrize("notation", ["dense 1", "dense 32 | dense 32 | dense 1"])
def test_without_a_bend_no_seed_leaves_the_straight_border(notation):
    assert max(reached("spiral", notation, "adam lr=0.01", 40)) < 0.7


def test_tanh_gains_from_larger_first_weights_with_every_seed():
    plain = reached("spiral", "dense 32 tanh | dense 32 tanh | dense 1", "adam lr=0.01", 40)
    wide = reached("spiral", "dense 32 tanh init=he | dense 32 tanh | dense 1", "adam lr=0.01", 40)
    assert max(plain) < min(wide)


def test_a_bend_behind_the_last_layer_is_no_bend_of_the_border():
    run = at("a2", "bend")
    act(run, "replace dense3 dense 1 tanh", "run 40 epochs")
    assert run.submit().misconception == "still-straight"


def test_a_late_arrival_at_the_goal_is_told_so():
    run = at("a2", "bend")
    act(run, "net dense 32 relu | dense 32 relu | dense 1", "lr 0.003", "run 60 epochs")
    assert "after 60 epochs" in run.submit().text


def test_an_arrival_in_time_counts_also_where_the_run_has_gone_on():
    run = at("a2", "bend")
    act(run, "net dense 32 relu | dense 32 relu | dense 1", "run 60 epochs")
    assert run.glance().passed


# ---------------------------------------------------------------- A3


@pytest.mark.parametrize(("units", "wanted"), [(2, 6), (3, 8), (8, 10)])
def test_xor_is_found_as_often_as_the_lesson_says(units, wanted):
    net = f"dense {units} tanh | dense 1"
    runs = (trained("xor", net, "adam lr=0.05", seed, batch_size=4, steps=500) for seed in SEEDS)
    assert sum(run.evaluate("train").metric == 1 for run in runs) == wanted


def test_a_stuck_run_stays_stuck():
    run = trained("xor", "dense 2 tanh | dense 1", "adam lr=0.05", 1, batch_size=4, steps=5000)
    assert run.evaluate("train").metric < 1


def test_any_exact_xor_is_accepted_even_a_trained_one():
    run = at("a3", "xor")
    act(run, "net dense 8 relu | dense 1", "optimizer adam lr=0.05", "run until loss < 0.000001")
    assert run.submit().ok


def test_the_row_that_is_still_wrong_is_named():
    run = at("a3", "xor")
    verdict = run.submit()
    assert not verdict.ok
    assert "(1, 1) says 2; it should say 0" in verdict.text


def test_more_units_fit_the_sine_better_with_every_seed():
    losses = {}
    for net in ("dense 1", "dense 16 tanh | dense 1", "dense 16 tanh | dense 16 tanh | dense 1"):
        runs = (trained("sine", net, "adam lr=0.01", seed, epochs=100) for seed in SEEDS)
        losses[net] = [run.evaluate("validation").loss for run in runs]
    none, one, two = losses.values()
    assert min(none) > 0.19
    assert max(one) < 0.02
    assert np.median(two) < np.median(one)


# ---------------------------------------------------------------- A4


def test_logits_beat_softmax_twice_with_every_seed():
    digits = "digits scale=unit"
    for seed in SEEDS:
        plain = trained(digits, "dense 32 relu | dense 10", "sgd lr=0.1", seed, epochs=10)
        twice = trained(digits, "dense 32 relu | dense 10 softmax", "sgd lr=0.1", seed, epochs=10)
        assert plain.history.epochs[-1].val_loss < 0.6
        assert twice.history.epochs[-1].val_loss > np.log(np.e + 9) - 1


def test_a_prediction_of_a_loss_names_the_slip():
    for typed, misconception in [("0.375", ""), ("0,5", "absolute"), ("1.5", "sum"), ("0.61", "root")]:
        assert at("a4", "squared-error").submit(typed).misconception == misconception


def test_the_race_is_settled_beside_the_bet():
    run = at("a4", "race-bet")
    assert run.submit("1").passed
    run.advance()
    act(run, "run 100 steps")
    assert "34 updates against 2855" in run.submit().text


def test_a_race_that_is_not_over_is_told_how_far_it_is():
    run = at("a4", "race-cross")
    assert not run.submit().ok
    act(run, "run 10 steps")
    assert "10 updates" in run.submit().text


# ---------------------------------------------------------------- A5


@pytest.mark.parametrize(("rate", "fits"), [(0.25, True), (0.3, True), (0.15, False), (0.4, False)])
def test_only_good_rates_fit_the_line_in_thirty_updates(rate, fits):
    run = at("a5", "fit")
    act(run, f"lr {rate}", "run 30 steps")
    assert run.submit().ok == fits


def test_the_line_fitted_in_time_counts_also_where_the_run_has_gone_on():
    run = at("a5", "fit")
    act(run, "lr 0.25", "run 500 steps")
    assert run.glance().passed


def test_a_rate_changed_on_the_way_counts_as_it_was_changed():
    run = at("a5", "fit")
    act(run, "run 4 steps", "lr 0.25", "run 60 steps")
    assert run.glance().passed
    run = at("a5", "fit")
    act(run, "run 20 steps", "lr 0.25", "run 60 steps")
    assert run.glance() is None


def test_a_walk_that_flies_out_until_numbers_break_has_grown():
    run = at("a5", "four-rates")
    act(run, "lr 1.5", "run 400 steps")
    assert "grow" in run.state.seen


def test_going_back_after_a_bad_rate_starts_the_fit_again():
    run = at("a5", "fit")
    act(run, "lr 0.5", "run 30 steps")
    assert run.submit().misconception == "wild"
    act(run, "seek 0", "lr 0.25", "run 30 steps")
    assert run.submit().ok


@pytest.mark.parametrize(("rate", "converges"), [(0.418, True), (0.421, False)])
def test_the_largest_safe_rate_is_where_the_lesson_says(rate, converges):
    run = at("a5", "too-large")
    assert abs(run.state.numbers["limit"] - 0.419) < 0.0005
    act(run, f"lr {rate}", "run 3000 steps")
    losses = run.session.run.history.losses
    assert (losses[-1] < losses[0]) == converges


@pytest.mark.parametrize(
    ("drawn", "misconception"), [("12 20 27 46", ""), ("12 6 2 0", "faster"), ("12 12 12", "bounces")]
)
def test_a_drawn_loss_beyond_the_limit_is_told_from_what_is_often_believed(drawn, misconception):
    verdict = at("a5", "too-large").submit(drawn)
    assert (verdict.ok, verdict.misconception) == (not misconception, misconception)


def test_every_start_in_a_valley_ends_at_its_bottom():
    for start, end in [(0.01, 1.0), (4.0, 1.0), (-0.01, -0.5), (-4.0, -0.5)]:
        run = at("a5", "valleys")
        act(run, f"edit dense1.W[0,0] {start}", "run 60 steps")
        assert abs(float(run.session.run.settled_theta()[0]) - end) < 1e-3

"""B5 to B8: the spans over seeds that their words quote, and judgement that a check cannot see."""

import runpy

import pytest

from nnlab.data import load
from nnlab.lesson import LessonRun, check_lesson, load_lesson
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

SEEDS = (2, 5, 9)


def script(name):
    """The names of a lesson's script."""
    return runpy.run_path(str(load_lesson(name).path))


def trained(data, net, epochs, seeds=SEEDS, **more):
    """A run for each seed."""
    loaded = load(data)
    for seed in seeds:
        run = Run(Network.parse(net, input_shape=loaded.input_shape, seed=seed), loaded, seed=seed, **more)
        run.train(epochs=epochs)
        yield run


def accuracy(data, net, epochs, part="validation", digits=0, **more):
    """Accuracy in percent, least and most of some seeds."""
    found = [
        round(100 * run.evaluate(part).metric, digits or None) for run in trained(data, net, epochs, **more)
    ]
    return min(found), max(found)


def inside(measured, span):
    return span[0] <= measured[0] and measured[1] <= span[1]


def at(name, step):
    run = LessonRun(load_lesson(name), Session(), language="en")
    run.go(step)
    return run


@pytest.mark.parametrize("name", ["b5", "b6", "b7", "b8"])
def test_a_lesson_proves_itself(name):
    assert [str(problem) for problem in check_lesson(load_lesson(name)).problems] == []


def test_decay_and_dropout_tame_twelve_points_as_the_lesson_says():
    told = script("b5")
    data, net = told["TWELVE"][0].removeprefix("data "), told["TWELVE"][1].removeprefix("net ")
    dropped = net.replace("| dense", "| dropout 0.5 | dense")

    def end(network, optimizer):
        runs = trained(data, network, 2000, optimizer=optimizer, batch_size=12)
        found = [run.history.epochs[-1].val_loss for run in runs]
        return round(min(found), 3), round(max(found), 3)

    def widened(span):
        return span[0] - 0.005, span[1] + 0.005

    assert inside(end(net, "adam lr=0.005"), widened(told["PLAIN"]))
    assert inside(end(net, "adamw lr=0.005 weight_decay=3"), told["GOOD"])
    assert inside(end(net, "adamw lr=0.005 weight_decay=10"), widened(told["TOO_MUCH"]))
    assert inside(end(dropped, "adam lr=0.005"), widened(told["DROPPED"]))


def test_right_labels_help_more_than_dropout():
    told, more = script("b5"), {"optimizer": "adam lr=0.003", "batch_size": 20, "seeds": (2, 5)}
    noisy, clean = told["NOISY"][0].removeprefix("data "), told["CLEAN"].removeprefix("data ")
    net, dropped = told["NOISY"][1].removeprefix("net "), told["WITH_DROPOUT"].removeprefix("net ")
    assert inside(accuracy(noisy, net, 100, **more), told["NOTHING"])
    assert inside(accuracy(noisy, dropped, 100, **more), told["WITH"])
    assert inside(accuracy(clean, net, 100, **more), told["RIGHT"])


def test_normalised_networks_bear_rates_that_plain_ones_do_not():
    told = script("b6")
    rates = {"tiny": 0.01, "usual": 0.1, "high": 0.5, "huge": 1}
    for name, rate in rates.items():
        for net, span in zip((told["PLAIN"], told["WITH"]), told["RATES"][name]):
            assert inside(accuracy(told["DATA"], net, 5, optimizer=f"sgd lr={rate}", batch_size=32), span), (
                name,
                net,
            )
    for net, span in zip((told["SMALL"], told["SMALL_WITH"]), told["SMALL_SPAN"]):
        assert inside(accuracy(told["DATA"], net, 5, optimizer="sgd lr=0.1", batch_size=32), span)


def test_scales_shifts_and_mirrors_score_what_the_lesson_says():
    told = script("b7")
    for name, scale in (("raw", "none"), ("unit", "unit"), ("standard", "standardize")):
        measured = accuracy(
            f"digits scale={scale}", "dense 32 relu | dense 10", 5, optimizer="sgd lr=0.1", batch_size=32
        )
        assert inside(measured, told["SCALES"][name]), name
    more = {"optimizer": "adam lr=0.005", "batch_size": 32}
    moved, net = "digits scale=unit moved=1", told["NET"]
    assert inside(accuracy(moved, net, 20, **more), told["OFF"]["plain"])
    assert inside(accuracy(moved, net, 20, augment="shift:1", **more), told["OFF"]["shifted"])
    for name, change in (("plain", ""), ("shifted", "shift:1"), ("mirrored", "flip:0.5")):
        measured = accuracy("digits scale=unit", net, 20, "test", augment=change, **more)
        assert inside(measured, told["CENTRED"][name]), name


def test_one_unit_is_not_behind_the_network_on_the_table():
    told, more = script("b8"), {"batch_size": 10, "optimizer": "adam lr=0.01"}
    raw, scaled = told["TABLE"].removeprefix("data "), told["SCALED"].removeprefix("data ")
    slow = {"batch_size": 10, "optimizer": "adam lr=0.001"}
    assert inside(accuracy(raw, told["NET"], 150, **slow), told["RAW_SPAN"])
    assert inside(accuracy(scaled, told["NET"], 150, **slow), told["SCALED_SPAN"])
    assert inside(accuracy(scaled, told["NET"], 150, "test", 1, **slow), told["SPANS"]["net"])
    assert inside(accuracy(scaled, "dense 1", 30, "test", 1, **more), told["SPANS"]["logistic"])
    assert inside(accuracy(scaled, "dense 1", 30, "test", 1, loss="hinge", **more), told["SPANS"]["svm"])


@pytest.mark.parametrize(
    ("lines", "misconception"),
    [
        (("optimizer adamw lr=0.005 weight_decay=0.3", "run 2000 steps"), "timid"),
        (("optimizer adamw lr=0.005 weight_decay=30", "run 2000 steps"), "too-much"),
        (("patience 5", "run 2000 steps"), "stopped"),
    ],
)
def test_a_dose_of_decay_is_judged_without_early_stopping(lines, misconception):
    run = at("b5", "decay")
    for line in lines:
        run.session.execute(line)
    assert run.submit("").misconception == misconception


def test_a_threshold_is_moved_and_not_trained_away():
    run = at("b8", "threshold")
    for line in ("run 1 epochs", "edit dense1.b[0] -0.1"):
        run.session.execute(line)
    assert not run.submit("").passed
    for line in ("undo", "undo", "edit dense1.b[0] -0.1"):
        run.session.execute(line)
    assert run.submit("").passed

"""B1 to B4: the spans over seeds that their words quote, and judgement that a check cannot see."""

import runpy

import pytest

from nnlab.data import load
from nnlab.lesson import LessonRun, check_lesson, load_lesson
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

DIGITS, SMALL = "digits scale=unit", "dense 32 relu | dense 10"
SEEDS = (2, 5, 9)


def script(name):
    """The names of a lesson's script."""
    return runpy.run_path(str(load_lesson(name).path))


def accuracy(optimizer, epochs=5, net=SMALL, data=DIGITS, seeds=SEEDS, **more):
    """Validation accuracy in whole percent, least and most of some seeds."""
    loaded = load(data)
    found = []
    for seed in seeds:
        network = Network.parse(net, input_shape=loaded.input_shape)
        run = Run(network, loaded, optimizer=optimizer, seed=seed, **more)
        run.train(epochs=epochs)
        found.append(round(100 * run.history.epochs[-1].val_metric))
    return min(found), max(found)


def inside(measured, span):
    return span[0] <= measured[0] and measured[1] <= span[1]


def at(name, step, language="en"):
    run = LessonRun(load_lesson(name), Session(), language=language)
    run.go(step)
    return run


@pytest.mark.parametrize("name", ["b1", "b2", "b3", "b4"])
def test_a_lesson_proves_itself(name):
    assert [str(problem) for problem in check_lesson(load_lesson(name)).problems] == []


def test_batch_sizes_score_what_the_lesson_says():
    told = script("b1")
    for size, span in told["SPANS"].items():
        assert inside(accuracy("sgd lr=0.1", batch_size=size), span), size
    assert inside(accuracy("sgd lr=1", batch_size=1149), told["AT_ONE"])
    assert inside(accuracy("sgd lr=5", batch_size=1149), told["TOO_FAST"])


def test_sorted_rows_unlearn_only_where_they_are_not_shuffled():
    told, data = script("b1"), f"{DIGITS} order=sorted"
    assert inside(accuracy("sgd lr=0.1", data=data, batch_size=32, shuffle=False), told["SORTED_SPAN"])
    assert inside(accuracy("sgd lr=0.1", data=data, batch_size=32), told["MIXED_SPAN"])


def test_optimisers_score_what_the_lesson_says():
    names = {
        "sgd": "sgd lr=0.1", "far": "sgd lr=5", "mom": "momentum lr=0.1",
        "slow": "adam lr=0.001", "adam": "adam lr=0.01", "high": "adam lr=0.1",
    }  # fmt: skip
    spans = script("b2")["SPANS"]
    for name, optimizer in names.items():
        assert inside(accuracy(optimizer, batch_size=32), spans[name]), name


def test_deep_stacks_learn_or_do_not_as_the_lesson_says():
    told = script("b3")

    def moons(init):
        net = told["stack"]("relu", init, 8, 32)
        return accuracy("adam lr=0.001", 30, net, told["MOONS"], batch_size=32)

    assert inside(moons("he"), told["HE_SPAN"])
    assert moons("normal:0.01") == (told["THIN"], told["THIN"])
    assert inside(accuracy("adam lr=0.01", net="dense 10 init=zeros", seeds=(1, 2, 3)), told["ONE_LAYER"])


def test_twelve_points_are_learned_by_heart_after_their_best_place():
    told = script("b4")
    loaded = load(told["sine"](12))
    for seed in SEEDS:
        network = Network.parse(told["NET"], input_shape=loaded.input_shape)
        run = Run(network, loaded, optimizer="adam lr=0.005", batch_size=12, seed=seed)
        run.train(steps=2000)
        best = min(run.history.epochs, key=lambda row: row.val_loss)
        assert told["BEST"][0] <= best.val_loss <= told["BEST"][1]
        assert told["BEST_AT"][0] <= best.step <= told["BEST_AT"][1]
        assert told["END"][0] - 0.005 <= run.history.epochs[-1].val_loss <= told["END"][1] + 0.005


@pytest.mark.parametrize(
    ("lines", "misconception"),
    [
        (("run 60 epochs",), "longer"),
        (("lr 20", "run 5 epochs"), "wild"),
        (("batch 64", "run 5 epochs"), "smaller"),
    ],
)
def test_five_updates_are_judged_with_all_rows_in_each(lines, misconception):
    run = at("b1", "whole")
    for line in lines:
        run.session.execute(line)
    assert run.submit("").misconception == misconception


def test_a_run_that_was_not_trained_past_its_best_place_cannot_know_it():
    run = at("b4", "stop")
    run.session.execute("run 30 steps")
    assert not run.submit("").passed
    for line in ("run 100 steps", "seek best"):
        run.session.execute(line)
    assert run.submit("").passed

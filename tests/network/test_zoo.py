"""The zoo is in order: every model is laid out, explained and has a goal that it reaches."""

from __future__ import annotations

import pytest

from nnlab.cli.zoo import attempt
from nnlab.network.zoo import FAMILIES, ZOO, Goal
from nnlab.session import Session
from nnlab.training.measures import MEASURES

SOON = 1.0
"""Seconds of training up to which a model is trained in every run of the tests."""


def test_names_are_unique():
    assert len(ZOO) == sum(len(family.MODELS) for family in FAMILIES.values())


@pytest.mark.parametrize("name", ZOO)
def test_a_model_is_laid_out_and_takes_a_step(name):
    model = ZOO[name]
    session = Session()
    for line in model.layout:
        session.execute(line)
    session.execute("step")
    run = session.need_run()
    explained = run.explain("loss")
    assert abs(explained.evaluate(run.value) - explained.value) <= explained.tolerance(2**-23)
    assert model.about
    assert model.source
    for text in model.goals:
        assert Goal.parse(text).measure in MEASURES
        assert str(Goal.parse(text)).split()[0] in text


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (model.seconds > SOON)) for name, model in ZOO.items()],
)
def test_a_model_reaches_its_goal(name):
    trial = attempt(ZOO[name])
    assert trial.reached, trial.text


def test_a_model_of_two_stages_says_what_follows_the_training():
    model = ZOO["groups-bert"]
    lines = Session().execute("zoo groups-bert").lines
    assert all(action in lines[-1] for action in model.then)
    assert model.script[-len(model.then) :] == model.then


def test_a_goal_reads_back_and_judges():
    goal = Goal.parse("best_val_accuracy >= 95%")
    assert str(goal) == "best_val_accuracy >= 95.0%"
    assert goal.reached(0.95)
    assert not goal.reached(0.94)
    assert Goal.parse("val_loss <= 0.35").reached(0.3)

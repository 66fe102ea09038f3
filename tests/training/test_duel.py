"""Generator against discriminator: turns, whose gradients are computed, time, and what is made."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run

TEXT = "noise 2 | dense 8 relu | dense 2 | versus | dense 8 leaky_relu | dense 1"
GENERATOR, DISCRIMINATOR = ("dense1", "dense2"), ("dense3", "dense4")


@pytest.fixture(scope="module")
def moons() -> Dataset:
    return load("moons n=100 split=50/25/25 seed=3")


def duel(data: Dataset, **settings) -> Run:
    settings = {"optimizer": "adam lr=0.01 beta1=0.5", "batch_size": 16, **settings}
    return Run(Network.parse(TEXT, 2), data, **settings)


def changed(run: Run, steps: int = 1) -> set[str]:
    before = {name: array.copy() for name, array in run.network.parameters.items()}
    run.train(steps=steps)
    after = run.network.parameters
    return {name.split(".")[0] for name in after if not np.array_equal(after[name], before[name])}


def test_they_take_turns(moons):
    run = duel(moons, loss="non_saturating rounds=2")
    assert [changed(run) for _ in range(6)] == [set(DISCRIMINATOR), set(DISCRIMINATOR), set(GENERATOR)] * 2
    assert run.program.loss == "generator_loss"


def test_a_step_of_the_generator_computes_no_gradient_of_the_discriminators_parameters(moons):
    run = duel(moons)
    run.train(steps=2)
    assert run.program.loss == "generator_loss"
    for layer in DISCRIMINATOR:
        for name in (f"{layer}.W", f"{layer}.b"):
            assert name not in run.program.gradients
            assert not run.array(name, "step").any()
        assert not any(event.layer == layer and event.operation == "sum" for event in run.events)
    assert "fake.dense3.z" in run.program.gradients
    assert "dense3.z" not in run.program.produced_at  # nor does it look at real examples
    run.train(steps=1)
    assert not set(run.program.gradients) & {"dense1.W", "dense2.W", "dense2.z", "noise1.a"}


@pytest.mark.parametrize("loss", ["minimax", "non_saturating", "least_squares", "wasserstein rounds=2"])
def test_every_number_of_both_turns_is_explained(moons, loss):
    run = duel(moons, loss=loss, clip="norm 1")
    for _turn in range(3):
        run.train(steps=1)
        for text in (
            "loss" if "loss" in run.program.produced_at else "generator_loss",
            "fake.dense3.a[1,2]",
            "dense3.W[1,2].new" if run.program.loss == "loss" else "dense2.W[1,1].new",
            "dense4.W[2,0].step" if run.program.loss == "loss" else "dense1.W[0,1].step",
            "dense4.b[0].grad" if run.program.loss == "loss" else "dense1.b[1].grad",
            "lr",
        ):
            explained = run.explain(text)
            assert abs(explained.evaluate(run.value) - explained.value) <= explained.tolerance(2**-23), text


def test_the_weights_of_a_wasserstein_critic_are_bounded(moons):
    run = duel(moons, loss="wasserstein limit=0.05", optimizer="rmsprop lr=0.1")
    run.train(steps=5)
    for layer in DISCRIMINATOR:
        assert np.abs(run.network.parameters[f"{layer}.W"]).max() <= np.float32(0.05)
    assert np.abs(run.network.parameters["dense1.W"]).max() > 0.05
    assert run.explain("dense3.W[0,0].new").symbols().startswith("max(−c, min(")


def test_a_duel_goes_back_in_time_bit_for_bit(moons):
    run = duel(moons, loss="non_saturating rounds=2 pace=0.5", schedule="cosine 40")
    run.timeline.spacing = 5
    run.timeline.pace = lambda *_seconds: None
    run.train(steps=31)
    end, made = run.settled_theta().tobytes(), run.samples(8).tobytes()
    run.seek(7)
    run.seek(31)
    assert run.settled_theta().tobytes() == end
    assert run.samples(8).tobytes() == made
    run.seek(16)
    run.train(steps=15)
    assert run.settled_theta().tobytes() == end


def test_each_player_counts_its_own_updates(moons):
    run = duel(moons, loss="non_saturating rounds=2")
    run.train(steps=9)
    assert [run.machine.updates_done(step) for step in range(1, 10)] == [1, 2, 1, 3, 4, 2, 5, 6, 3]
    alone = [run.machine.lr(step) for step in (1, 3)]
    assert alone == [0.01, 0.01]
    assert duel(moons, loss="minimax pace=0.2").machine.lr(2) == pytest.approx(0.002)


def test_what_is_measured_is_how_often_the_discriminator_is_fooled(moons):
    run = duel(moons)
    run.train(epochs=2)
    row = run.history.epochs[-1]
    assert run.history.metric == "fooled"
    assert 0 <= row.val_metric <= 1
    assert run.samples(5).shape == (5, 2)


@pytest.mark.parametrize(
    ("text", "loss", "word"),
    [
        (TEXT, "mse", "play a game"),
        ("dense 1", "minimax", "there is only one network"),
        ("noise 2 | dense 3 | versus | dense 1", None, "makes shape 3, and the data have shape 2"),
        ("noise 2 | dense 2 | versus | dense 2", None, "one logit"),
    ],
)
def test_a_game_that_cannot_be_played_is_answered(moons, text, loss, word):
    with pytest.raises(NnlabError, match=word):
        Run(Network.parse(text, 2), moons, loss=loss)
    with pytest.raises(NnlabError, match="makes no examples"):
        Run(Network.parse("dense 1", 2), moons).samples(3)


def test_one_alone_takes_steps_and_the_other_stands_still(moons):
    run = duel(moons)
    run.train(steps=3)
    run.set(turns="discriminator")
    assert [changed(run) for _ in range(3)] == [set(DISCRIMINATOR)] * 3
    run.set(turns="generator")
    assert [changed(run) for _ in range(3)] == [set(GENERATOR)] * 3
    run.set(turns="both")
    assert changed(run) | changed(run) == {*DISCRIMINATOR, *GENERATOR}


def test_steps_of_one_alone_are_replayed_to_the_bit(moons):
    run = duel(moons)
    run.train(steps=3)
    run.set(turns="generator")
    run.train(steps=4)
    there = run.settled_theta().copy()
    run.set(turns="both")
    run.train(steps=5)
    run.seek(7)
    np.testing.assert_array_equal(run.settled_theta(), there)


def test_turns_are_for_two(moons):
    with pytest.raises(NnlabError, match="only one network here"):
        Run(Network.parse("dense 1", 2), moons, turns="generator")
    with pytest.raises(NnlabError, match="choose both, discriminator, generator"):
        duel(moons, turns="judge")
    plain = Run(Network.parse("dense 1", 2), moons)
    with pytest.raises(NnlabError, match="only one network here"):
        plain.set(turns="generator")

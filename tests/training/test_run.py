"""What a step leaves behind, what stops a run, and what every part of an update explains."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.engine.address import Address
from nnlab.engine.optimizers import OPTIMIZERS, columns
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Condition, Run
from tests.training.conftest import make_run


def test_a_step_leaves_parameters_that_explain_the_activations(moons: Dataset) -> None:
    run = make_run(moons, optimizer="sgd lr=0.5")
    run.train(steps=3)
    for index in np.ndindex(run.array("dense1.z").shape):
        e = run.explain(Address("dense1.z", tuple(map(int, index))))
        assert abs(e.evaluate(run.value) - e.value) <= e.tolerance(2**-24)
    settled = run.network.parameters["dense1.W"]
    assert np.array_equal(settled, run.array("dense1.W", "new"))
    assert not np.array_equal(settled, run.array("dense1.W"))


def test_the_pending_update_is_the_one_that_is_applied(moons: Dataset) -> None:
    for optimizer in OPTIMIZERS:
        run = make_run(moons, optimizer=optimizer, clip="value 0.01")
        run.train(steps=5)
        expected = run.settled_theta().copy()
        run.step()
        assert np.array_equal(run.store.theta, expected), optimizer


@pytest.mark.parametrize("clip", ["none", "norm 0.1", "value 0.01"])
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_every_part_of_an_update_explains_itself(moons: Dataset, optimizer: str, clip: str) -> None:
    run = make_run(moons, optimizer=optimizer, clip=clip, schedule="step every=2 factor=0.5")
    run.train(steps=4)
    for name in ("dense1.W", "dense2.b"):
        for index in np.ndindex(run.array(name).shape):
            for _label, part in columns(run.machine.optimizer):
                address = Address(name, tuple(map(int, index)), part)
                e = run.explain(address)
                assert e.address not in e.addresses
                assert abs(e.evaluate(run.value) - e.value) <= e.tolerance(2**-24) + 1e-30, address
    norm = run.explain("gradient.norm")
    assert abs(norm.evaluate(run.value) - norm.value) <= norm.tolerance(2**-24)


def test_the_ragged_last_batch_is_trained_too(moons: Dataset) -> None:
    run = make_run(moons, batch_size=32)
    assert (len(moons.split.train), run.steps_per_epoch) == (50, 2)
    run.train(epochs=1)
    assert run.step_count == 2
    assert run.program.batch == 18
    rows = set(run.batch_indices.tolist())
    run.seek(1)
    assert rows | set(run.batch_indices.tolist()) == set(moons.split.train.tolist())
    assert not rows & set(run.batch_indices.tolist())


def test_full_batch_gradient_descent_takes_every_row_at_once(moons: Dataset) -> None:
    run = make_run(moons, optimizer="gd lr=0.1", batch_size=8)
    run.step()
    assert run.steps_per_epoch == 1
    assert run.program.batch == len(moons.split.train)


def test_numeric_check_agrees_with_backprop_through_dropout(moons: Dataset) -> None:
    run = make_run(moons, l1=0.01, l2=0.01)
    run.train(steps=3)
    for address in ("dense1.W[1,2]", "dense2.b[0]", "dense2.z[4,1]", "dense3.z[0,0].grad", "dropout1.a[3,3]"):
        check = run.check(address)
        assert check.agrees, address
        assert math.isclose(check.engine, check.analytic, rel_tol=1e-3, abs_tol=1e-6)


def test_checking_and_nudging_leave_no_trace(moons: Dataset) -> None:
    run, other = make_run(moons), make_run(moons)
    for r in (run, other):
        r.train(steps=3)
    run.check("dense1.W[0,0]")
    assert run.nudge("dense1.W[0,0]", 0.1).true != 0
    run.train(steps=3)
    other.train(steps=3)
    assert np.array_equal(run.settled_theta(), other.settled_theta())


def test_a_nudge_predicts_small_changes_and_misses_large_ones(moons: Dataset) -> None:
    run = make_run(moons, "dense 6 tanh | dense {k}")
    run.step()
    small, large = run.nudge("dense1.W[0,0]", 1e-4), run.nudge("dense1.W[0,0]", 2.0)
    assert math.isclose(small.predicted, small.true, rel_tol=1e-2)
    assert abs(large.predicted - large.true) > 100 * abs(small.predicted - small.true)
    assert run.nudges("dense1.W[0,0]", (1e-4, 2.0)) == [small, large]


def test_nan_stops_the_run_at_its_step_and_names_what_made_it(digits: Dataset) -> None:
    run = make_run(digits, "dense 8 relu | dense 8 relu | dense {k}", optimizer="sgd lr=1e12")
    stop = run.train(epochs=1)
    assert stop.reason == "nan"
    assert stop.step == run.step_count < 10
    assert stop.breakdown is not None
    assert stop.breakdown.explanation.address == stop.breakdown.address
    assert str(stop.breakdown.address) in stop.text
    earlier = stop.breakdown.explanation.operands
    assert all(math.isfinite(o.value) for o in earlier)


def test_breakpoints_stop_at_the_very_step(moons: Dataset) -> None:
    run = make_run(moons, batch_size=10)
    stop = run.train(until="step = 7")
    assert (stop.reason, stop.step) == ("condition", 7)
    stop = run.train(until="epoch = 3")
    assert (run.epoch, run.order.ends_epoch(run.step_count)) == (3, True)
    stop = run.train(until="loss < 0.5", steps=2000)
    assert stop.reason == "condition"
    assert run.loss < 0.5
    assert (run.history.losses[15:-1] >= 0.5).all()
    stop = run.train(until="|grad(dense1)| < 1000")
    assert stop.step == run.step_count


def test_validation_loss_rising_is_counted_in_epochs(moons: Dataset) -> None:
    run = make_run(moons, "dense 40 relu | dense {k}", optimizer="adam lr=0.3", batch_size=5)
    stop = run.train(until="val_loss rises 2", epochs=60)
    assert stop.reason == "condition"
    losses = [row.val_loss for row in run.history.epochs]
    assert losses[-1] > losses[-2] > losses[-3]


@pytest.mark.parametrize(
    "text", ["epoch = 5", "step = 100", "loss < 0.1", "val_loss rises 5", "dead(dense1) > 30%",
             "|grad(dense1)| < 1e-06", "loss is nan", "val_accuracy > 0.95"]
)  # fmt: skip
def test_conditions_are_written_as_they_are_read(text: str) -> None:
    assert Condition.parse(text).text == text
    assert Condition.parse(Condition.parse(text).text) == Condition.parse(text)


@pytest.mark.parametrize(
    "text", ["", "los < 1", "loss = 1", "loss <", "banana", "val_loss rises 0", "dead() > 1"]
)
def test_what_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(NnlabError):
        Condition.parse(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("step = -1", "steps are counted 1, 2, 3"),
        ("step = 0", "steps are counted 1, 2, 3"),
        ("step < 1", "steps are counted 1, 2, 3"),
        ("step >= 1e999", "steps are counted 1, 2, 3"),
        ("epoch = 2.5", "epochs are counted 1, 2, 3"),
        ("loss < -1e999", "a loss is a finite number"),
        ("val_accuracy > 95", "lies between 0 and 1, which is 0% to 100%"),
        ("val_accuracy > 100%", "lies between 0 and 1"),
        ("train_r2 > 1", "R² is never above 1"),
        ("dead(dense1) > 130%", "lies between 0 and 1"),
        ("|grad(dense1)| < 0", "a length is never below 0"),
    ],
)
def test_a_condition_that_can_never_hold_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(NnlabError, match="can never hold: .*" + re.escape(why)):
        Condition.parse(text)


@pytest.mark.parametrize("text", ["loss < 0", "val_loss <= -0.1", "train_loss < -2"])
def test_a_loss_below_0_can_only_be_waited_for_where_it_comes(text: str, moons: Dataset) -> None:
    with pytest.raises(NnlabError, match="can never hold: a loss is never below 0"):
        make_run(moons).train(until=text)
    walks = load("grid4-walks n=8 length=6")
    run = Run(Network.parse("dense 4", walks.input_shape, inputs=walks.shapes), walks)
    stop = run.train(until="loss < 0", steps=200)
    assert stop.reason == "condition"
    assert run.loss < 0


@pytest.mark.parametrize(
    "text",
    ["step = 1", "loss <= 0", "val_accuracy >= 100%", "val_r2 < -3", "dead(dense1) >= 1", "|grad| <= 0"],
)
def test_a_condition_at_the_edge_of_what_can_be_is_taken(text: str) -> None:
    assert Condition.parse(text).text


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"optimizer": "adam lr=0"}, "learning rate"),
        ({"optimizer": "adam lr=-1"}, "learning rate"),
        ({"optimizer": "adam lr=nan"}, "learning rate"),
        ({"optimizer": "adamm"}, "adam"),
        ({"batch_size": 0}, "batch size"),
        ({"loss": "nonsense"}, "nonsense"),
        ({"l2": -1.0}, "l2"),
        ({"l1": math.nan}, "l1"),
        ({"dtype": "int8"}, "int8"),
    ],
)
def test_impossible_settings_are_refused_by_name(
    moons: Dataset, settings: dict[str, object], word: str
) -> None:
    with pytest.raises(NnlabError, match=word):
        make_run(moons, **settings)


def test_a_network_that_does_not_fit_the_data_is_told_what_would(digits: Dataset) -> None:
    with pytest.raises(NnlabError, match="10 units"):
        Run(Network.parse("dense 8", (64,)), digits)
    with pytest.raises(NnlabError, match="shape"):
        Run(Network.parse("dense 10", (63,)), digits)


def test_regression_learns_the_sine() -> None:
    data = load("sine seed=2 n=200")
    run = make_run(data, "dense 16 tanh | dense 16 tanh | dense {k}", optimizer="adam lr=0.01")
    run.train(epochs=200)
    scores = run.evaluate("validation")
    assert scores.metric_name == "r2"
    assert scores.metric > 0.99


def test_two_outputs_on_two_classes_mean_softmax(moons: Dataset) -> None:
    run = Run(Network.parse("dense 16 relu | dense 2", 2), moons, optimizer="adam lr=0.02")
    assert run.config.loss == "cross_entropy"
    run.train(epochs=60)
    assert run.evaluate("validation").metric >= 0.8
    answers = run.predict(moons.x[:5])
    assert np.allclose(answers.sum(axis=1), 1, atol=1e-6)


def test_diagnostics_read_the_step_on_show(digits: Dataset) -> None:
    run = make_run(digits, "dense 10 relu | dense 8 relu | dense {k}")
    run.step()
    signs = {s.layer: s for s in run.diagnostics()}
    dead = (run.array("dense1.a") > 0).any(axis=0)
    assert signs["dense1"].dead == pytest.approx(1 - dead.mean())
    assert math.isnan(signs["dense3"].dead)
    step = run.array("dense2.W", "step")
    assert signs["dense2"].update == pytest.approx(
        math.sqrt((np.square(step).sum() + np.square(run.array("dense2.b", "step")).sum()) / (step.size + 8)),
        rel=1e-5,
    )


def test_float64_runs_the_same_program(moons: Dataset) -> None:
    run = make_run(moons, dtype="float64")
    run.train(steps=5)
    assert run.settled_theta().dtype == np.float64
    single = make_run(moons)
    single.train(steps=5)
    assert np.allclose(run.settled_theta(), single.settled_theta(), atol=1e-4)


@pytest.mark.parametrize(
    "schedule", ["constant", "step 2", "exponential 0.9", "cosine 5", "warmup 3 cosine 9"]
)
def test_the_learning_rate_of_an_update_explains_itself(moons: Dataset, schedule: str) -> None:
    run = make_run(moons, optimizer="adamw lr=0.05", schedule=schedule, batch_size=10)
    for _ in range(7):
        run.step()
        assert Address("lr") in run.explain("dense1.W[0,0].step").addresses
        explanation = run.explain("lr")
        assert explanation.value == run.value("lr") == run.lr
        assert math.isclose(explanation.evaluate(run.value), run.lr, rel_tol=1e-12)
        assert explanation.formula.startswith("lr = ")


def test_a_change_rebinds_what_it_touches_and_keeps_the_rest(moons: Dataset) -> None:
    run = make_run(moons, batch_size=16)
    run.train(steps=3)
    program = run.program
    run.set(lr=0.5, schedule="cosine 10", clip="norm 1")
    run.step()
    assert run.program is run.machine.program(2)  # 50 examples in batches of 16: the fourth has two
    run.step()
    assert run.program is program
    run.set(l2=0.1)
    run.step()
    assert run.explain("total").symbols() == "loss + penalty"
    run.set(l2=0.0, loss="mse")
    run.step()
    assert run.explain("loss").operation == "mse"
    run.set(batch_size=7)
    run.step()
    assert {batch for batch, _turn in run.machine.programs} == {7}


def test_two_runs_on_one_network_share_nothing(moons: Dataset) -> None:
    network = Network.parse("dense 4 tanh | dense 1", 2)
    first = Run(network, moons, seed=1)
    first.train(epochs=2)
    x, trained, answers = moons.x[:5], network.theta.copy(), first.predict(moons.x[:5])
    second = Run(network, moons, seed=2)
    alone = Run(Network.parse(network.text, 2), moons, seed=2)
    assert np.array_equal(second.store.theta, alone.store.theta), "drawn from its own seed"
    second.train(epochs=2)
    assert first.network is network
    assert second.network is not network
    assert np.array_equal(network.theta, trained)
    assert np.array_equal(first.predict(x), answers)
    first.seek(1)
    settled = first.settled_theta().copy()
    assert np.array_equal(np.concatenate([a.ravel() for a in network.parameters.values()]), settled)


def test_a_run_on_a_copy_goes_on_from_what_is_trained(moons: Dataset) -> None:
    first = Run(Network.parse("dense 4 tanh | dense 1", 2), moons)
    first.train(epochs=2)
    twin = first.network.copy()
    second = Run(twin, moons, seed=9)
    assert second.network is twin
    assert np.array_equal(second.store.theta, first.settled_theta())


def test_a_run_that_was_refused_has_not_taken_the_network(moons: Dataset) -> None:
    network = Network.parse("dense 4 tanh | dense 3", 2)
    with pytest.raises(NnlabError):
        Run(network, moons, loss="cross_entropy")
    network = Network.parse("dense 4 tanh | dense 2", 2)
    with pytest.raises(NnlabError):
        Run(network, moons, freeze="nothing")
    assert not network.drawn
    assert Run(network, moons).network is network

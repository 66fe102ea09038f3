"""Studies of training: what they say is what the engine computes, and the run stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.engine.address import Address
from nnlab.engine.optimizers import OPTIMIZERS
from nnlab.errors import NnlabError
from nnlab.session.session import Session
from nnlab.training import Run
from nnlab.training.studies.autopsy import autopsy
from nnlab.training.studies.jump import jump, largest_jump
from nnlab.training.studies.noise import noise
from nnlab.training.studies.race import race
from nnlab.training.studies.rivals import rivals
from nnlab.training.studies.spread import moments, spread
from nnlab.training.studies.workers import equal_shards, workers

W = Address("dense1.W", (0, 1))


def trained(*lines: str) -> Run:
    session = Session()
    for line in ("data moons n=120", "net dense 5 tanh | dense 1", "batch 16", *lines):
        session.execute(line)
    return session.need_run()


def diverged() -> Run:
    return trained("net dense 5 relu | dense 1", "loss mse", "optimizer sgd lr=1e9", "run 9 steps")


STUDIES: dict[str, Callable[[Run], Any]] = {
    "rivals": lambda run: rivals(run, W),
    "noise": noise,
    "spread": lambda run: spread(run, "dense1"),
    "jump": jump,
    "race": lambda run: race(run, steps=8),
    "workers": lambda run: workers(run, (5, 7)),
}


@pytest.mark.parametrize("name", STUDIES)
def test_the_run_stays_as_it_was(name: str) -> None:
    run = trained("optimizer adam lr=0.05", "run 20 steps")
    before = run.store.theta.copy(), run.history.losses.copy(), run.step_count, run.pending
    STUDIES[name](run)
    np.testing.assert_array_equal(run.store.theta, before[0])
    np.testing.assert_array_equal(run.history.losses, before[1])
    assert (run.step_count, run.pending) == before[2:]
    twin = trained("optimizer adam lr=0.05", "run 30 steps")
    run.train(steps=10)
    np.testing.assert_array_equal(run.store.theta, twin.store.theta)


# -- rivals -------------------------------------------------------------------------------------------


def test_the_own_optimiser_takes_the_step_that_is_pending() -> None:
    run = trained("optimizer adam lr=0.05", "run 20 steps")
    own = next(row for row in rivals(run, W).rows if row.own)
    assert own.optimizer == "adam"
    assert own.step == run.value("dense1.W[0,1].step")
    assert own.new == run.value("dense1.W[0,1].new")
    assert {name: after for name, _before, after in own.state}["m"] == run.value("dense1.W[0,1].m.new")


def test_every_optimiser_meets_the_same_gradient() -> None:
    run = trained("optimizer sgd lr=0.5", "run 20 steps")
    found = rivals(run, W)
    assert {row.optimizer for row in found.rows} == {n for n, k in OPTIMIZERS.items() if not k.full_batch}
    sgd = next(row for row in found.rows if row.optimizer == "sgd")
    assert sgd.step == pytest.approx(-found.lr * found.gradient, rel=1e-6)
    adam = next(row for row in found.rows if row.optimizer == "adam")
    assert adam.step == pytest.approx(-found.lr * np.sign(found.gradient), rel=1e-3)


def test_the_loss_of_a_rival_is_that_of_the_batch_after_its_update() -> None:
    run = trained("optimizer sgd lr=0.5", "run 20 steps")
    row = next(row for row in rivals(run, W).rows if row.own)
    rows, theta = run.batch_indices.copy(), run.settled_theta().copy()
    run.store.theta[...] = theta
    program = run.program
    np.testing.assert_array_equal(program.values["input"], run.data.x[rows])
    program.forward()
    assert row.loss == pytest.approx(float(program.values["loss"]), rel=1e-5)


def test_rivals_meet_the_gradient_as_it_is_clipped() -> None:
    run = trained("optimizer adam", "clip norm 0.001", "run 5 steps")
    sgd = next(row for row in rivals(run, W).rows if row.optimizer == "sgd")
    assert sgd.step == pytest.approx(-run.lr * run.value("dense1.W[0,1].used"), rel=1e-6)


def test_rivals_are_those_of_the_last_step_after_a_change_of_the_optimiser() -> None:
    run = trained("optimizer sgd lr=0.5", "run 5 steps")
    before = rivals(run, W)
    run.set(optimizer="adam lr=0.01")
    assert rivals(run, W) == before


def test_only_weights_have_rivals() -> None:
    with pytest.raises(NnlabError, match=r"dense1\.a\[0,0\] is not a weight"):
        rivals(trained("step"), Address("dense1.a", (0, 0)))


# -- noise --------------------------------------------------------------------------------------------


def test_without_chance_batches_agree() -> None:
    found = noise(trained("batch all", "run 5 steps"), 4)
    assert [layer.cosine for layer in found.layers] == pytest.approx([1.0, 1.0])
    assert found.scale == pytest.approx(0.0, abs=1e-6)
    assert max(layer.noise for layer in found.layers) < 1e-7


def test_the_gradients_are_those_of_the_batches_to_come_at_the_weights_of_now() -> None:
    run = trained("run 20 steps")
    found = noise(run, 2)
    run.settle()
    run.stretch(run.step_count + 1)
    assert found.norms[0] == pytest.approx(float(np.linalg.norm(run.store.grad.astype(float))), rel=1e-6)
    assert found.losses[0] == run.loss


def test_only_whole_batches_are_compared() -> None:
    run = trained("run 1 epochs")  # 60 rows: the last batch has 12
    assert run.program.batch == 12
    found = noise(run, 4)
    assert found.batch == 16
    norms = []
    twin = run.branch()
    twin.settle()
    for _step in range(5):
        twin.stretch(twin.step_count + 1)
        norms.append(float(np.linalg.norm(twin.store.grad.astype(float))))
        twin.pending = False
    assert found.norms.tolist() == pytest.approx([*norms[:3], norms[4]], rel=1e-6)


def test_small_batches_are_noisier() -> None:
    small = noise(trained("batch 4", "run 20 steps"))
    large = noise(trained("batch 40", "run 20 steps"))
    assert small.norms.std() > 2 * large.norms.std()


# -- spread -------------------------------------------------------------------------------------------


def test_every_number_is_counted_once() -> None:
    run = trained("run 30 steps")
    found = spread(run, "dense1")
    assert found.steps[0] == 1
    assert found.steps[-1] == 30
    sizes = [ridge.counts.sum(axis=1).tolist() for ridge in found.ridges]
    assert [set(size) for size in sizes] == [{10}, {10}, {16 * 5}]


def test_the_past_is_the_past() -> None:
    run = trained("run 30 steps")
    ridge = spread(run, "dense1").ridges[0]
    early = trained("run 1 steps")
    inside = np.clip(early.store["dense1.W"], ridge.edges[0], ridge.edges[-1])
    counts = np.histogram(inside, ridge.edges)[0]
    np.testing.assert_array_equal(ridge.counts[0], counts)


def test_moments_are_closer_at_the_start() -> None:
    steps = moments(1000)
    assert steps[0] == 1
    assert steps[-1] == 1000
    assert list(np.diff(steps)) == sorted(np.diff(steps))


@pytest.mark.parametrize("study", [noise, jump, race, lambda run: workers(run, (8, 8))])
def test_players_that_take_turns_are_not_compared(study: Callable[[Run], Any]) -> None:
    session = Session()
    for line in ("zoo gan-bell", "step 4"):
        session.execute(line)
    with pytest.raises(NnlabError, match="two players take turns"):
        study(session.need_run())


def test_gradients_that_are_not_finite_are_not_compared() -> None:
    with pytest.raises(NnlabError, match="not finite"):
        noise(diverged())


# -- workers -------------------------------------------------------------------------------------------


def test_the_mean_of_equal_shards_is_the_gradient_of_the_batch() -> None:
    run = trained("batch 60", "step")
    found = workers(run, (15, 15, 15, 15))
    np.testing.assert_allclose(found.whole, run.store.grad, rtol=1e-6)
    np.testing.assert_allclose(found.plain, found.whole, atol=1e-7)
    assert found.length(found.total) == pytest.approx(4, rel=1e-5)


def test_unequal_shards_count_by_their_rows() -> None:
    found = workers(trained("batch 60", "run 3 steps"), (50, 10))
    assert found.error(found.plain) > 0.01
    assert found.error(found.weighted) < 1e-5
    losses = [worker.loss for worker in found.workers]
    assert np.dot(losses, [50, 10]) / 60 == pytest.approx(workers_loss(found), rel=1e-6)


def workers_loss(found: Any) -> float:
    """Of the whole batch, from a worker that holds all of it."""
    alone = workers(trained("batch 60", "run 3 steps"), (found.batch,))
    return float(alone.workers[0].loss)


def test_workers_with_masks_of_their_own_do_not_agree_with_the_whole() -> None:
    found = workers(trained("net dense 8 relu | dropout 0.5 | dense 1", "batch 60"), (30, 30))
    assert found.error(found.weighted) > 0.01


def test_shards_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(NnlabError, match="the batch has 60 rows; shards of 20 \\+ 20 rows do not add up"):
        workers(trained("batch 60"), (20, 20))


# -- jump ---------------------------------------------------------------------------------------------


def test_the_largest_jump_is_found() -> None:
    losses = np.concatenate((np.linspace(1, 0.5, 50), [3.0], np.linspace(0.5, 0.4, 20)))
    assert largest_jump(losses) == 51


def test_the_largest_jump_is_that_of_a_search_step_by_step() -> None:
    losses = np.random.default_rng(3).normal(1, 0.2, 70)
    losses[[4, 30, 31]] = np.nan, np.inf, np.nan
    known = np.where(np.isfinite(losses), losses, np.nan)
    usual = [np.nanmedian(known[max(0, k - 20) : k]) for k in range(1, 70)]
    rises = (known[1:] - usual) / (np.abs(usual) + 1e-12)
    assert largest_jump(losses) == int(np.nanargmax(rises)) + 2
    assert largest_jump(losses[:1]) == 0
    assert largest_jump(np.full(5, np.nan)) == 0


def test_a_run_that_was_taken_back_still_knows_its_jump_and_its_end() -> None:
    run = trained("run 30 steps")
    found = jump(run, 20)
    run.seek(3)
    assert jump(run, 20) == found
    assert run.step_count == 3
    broken = diverged()
    found = autopsy(broken)
    broken.seek(1)
    again = autopsy(broken)
    assert (again.step, again.found.address, again.vitals) == (found.step, found.found.address, found.vitals)


def test_a_jump_names_the_costliest_examples_and_the_weights_that_moved() -> None:
    run = trained("run 30 steps")
    found = jump(run, 20)
    run.seek(20)
    each = run.array("loss.each").reshape(-1)
    costliest = int(np.argmax(each))
    assert found.examples[0] == (int(run.batch_indices[costliest]), pytest.approx(float(each[costliest])))
    assert found.loss == run.history.losses[19]
    run.seek(19)
    address, before, change, _times = found.moved[0]
    assert before == run.value(address)
    assert change == run.value(address.of("step"))
    most = max(abs(run.array(name, "step")).max() for name in run.store.slices)
    assert abs(change) == pytest.approx(float(most))


def test_a_batch_that_is_bad_by_itself_is_blamed() -> None:
    run = trained("optimizer sgd lr=0.000001", "run 30 steps")
    assert jump(run).blame == "batch"


def test_an_update_that_went_too_far_is_blamed() -> None:
    run = trained(
        "batch all", "optimizer sgd lr=0.1", "run 10 steps", "lr 60", "step", "lr 0.1", "run 2 steps"
    )
    found = jump(run)
    assert found.step == 12
    assert found.blame == "update"


def test_a_jump_takes_two_steps() -> None:
    with pytest.raises(NnlabError, match="from step 2 on"):
        jump(trained("step"))


# -- race ---------------------------------------------------------------------------------------------


def test_runners_train_as_runs_do() -> None:
    run = trained("run 5 steps")
    found = race(run, ("sgd lr=0.5", "adam"), 6)
    alone = trained("optimizer sgd lr=0.5", "run 6 steps")
    np.testing.assert_array_equal(found.runners[0].losses, alone.history.losses)
    assert found.runners[1].optimizer.startswith("adam")


def test_all_runners_begin_in_one_place_and_the_ground_is_the_loss_there() -> None:
    run = trained("run 5 steps")
    found = race(run, steps=10)
    for runner in found.runners:
        np.testing.assert_allclose(runner.places[0], 0, atol=1e-9)
    assert 0 < sum(found.shares) <= 1 + 1e-9
    (left, right), (low, high) = found.ranges
    assert left < 0 < right
    rows, columns = found.ground.shape
    row = round((high / (high - low)) * (rows - 1))
    column = round((-left / (right - left)) * (columns - 1))
    start = run.branch(0).evaluate("train").loss
    assert found.ground[row, column] == pytest.approx(start, rel=0.3)


def test_an_unknown_runner_is_named() -> None:
    with pytest.raises(NnlabError, match="adamm"):
        race(trained("step"), ("adamm",))


# -- autopsy ------------------------------------------------------------------------------------------


def test_an_autopsy_finds_the_first_bad_number_and_its_operands() -> None:
    session = Session()
    for line in ("data digits", "net dense 10 relu | dense 10", "optimizer sgd lr=1e30", "run 3 epochs"):
        session.execute(line)
    run = session.need_run()
    found = autopsy(run)
    assert found.step == 2
    assert str(found.found.address) == "dense2.z[0,0]"
    assert [vital.step for vital in found.vitals] == [1]
    assert found.vitals[0].loss == run.history.losses[0]


def test_a_healthy_run_needs_none() -> None:
    with pytest.raises(NnlabError, match="finite"):
        autopsy(trained("run 3 steps"))


def test_equal_shards_differ_by_a_row_at_most_and_nobody_goes_without() -> None:
    run = trained("step batch")
    assert equal_shards(run, 5) == (4, 3, 3, 3, 3)
    with pytest.raises(NnlabError, match="16 rows, too few for 17 workers"):
        equal_shards(run, 17)


def test_a_gradient_of_nothing_but_zeros_is_not_shared_out() -> None:
    dead = [f"edit dense1.b[{unit}] -100" for unit in range(5)]
    run = trained("net dense 5 relu | dense 1 bias=no", *dead, "step batch")
    with pytest.raises(NnlabError, match="0 in every parameter"):
        workers(run, (8, 8))

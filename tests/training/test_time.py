"""Seek, back, branch and replay give the same bits as the first time."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.data import Dataset
from nnlab.engine.optimizers import OPTIMIZERS
from nnlab.errors import NnlabError
from nnlab.training import Run, RunConfig
from nnlab.training.timeline import Timeline
from tests.training.conftest import make_run


def snapshot(run: Run) -> dict[str, Any]:
    """Every value, gradient, parameter and state of the step on show."""
    program = run.program
    seen = {f"v:{k}": v.copy() for k, v in program.values.items()}
    seen |= {f"g:{k}": v.copy() for k, v in program.gradients.items()}
    seen["theta"] = run.settled_theta().copy()
    seen |= {f"s:{k}": v.copy() for k, v in run.machine.state.items()}
    return seen


def assert_same(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert left.keys() == right.keys()
    for name, array in left.items():
        assert array.tobytes() == right[name].tobytes(), name


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_seeking_anywhere_shows_the_very_bits_of_the_first_time(moons: Dataset, optimizer: str) -> None:
    run = make_run(moons, optimizer=optimizer, batch_size=8, schedule="cosine 60", clip="norm 1", l2=0.01)
    seen = {}
    for step in range(1, 41):
        run.step()
        seen[step] = snapshot(run)
    for step in (40, 1, 17, 39, 8, 7, 40, 23):
        run.seek(step)
        assert run.step_count == step
        assert_same(snapshot(run), seen[step])


@given(
    script=st.lists(
        st.one_of(
            st.tuples(st.just("train"), st.integers(1, 30)),
            st.tuples(st.just("edit"), st.floats(-1, 1, width=32)),
            st.tuples(st.just("lr"), st.floats(0.001, 0.2)),
            st.tuples(st.just("batch_size"), st.integers(1, 60)),
            st.tuples(st.just("optimizer"), st.sampled_from(sorted(OPTIMIZERS))),
            st.tuples(st.just("l2"), st.floats(0, 0.1)),
        ),
        min_size=2,
        max_size=8,
    ),
    where=st.lists(st.floats(0, 1), min_size=1, max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_run_with_edits_in_its_past_replays_bit_for_bit(
    moons: Dataset, script: list[tuple[str, Any]], where: list[float]
) -> None:
    def play(run: Run) -> Run:
        for what, value in script:
            if what == "train":
                run.train(steps=value)
            elif what == "edit":
                run.edit("dense1.W[0,1]", value)
            else:
                run.set(**{what: value})
        return run

    run, again = play(make_run(moons, batch_size=16)), play(make_run(moons, batch_size=16))
    assert run.settled_theta().tobytes() == again.settled_theta().tobytes()
    last, end = run.last_step, run.settled_theta().copy()
    for share in where:
        target = round(share * last)
        run.seek(target)
        fresh = make_run(moons, batch_size=16)
        fresh.changes = run.changes
        fresh.replay(target)
        if target == 0:
            fresh.settle()  # what was changed before the first step is there from the start
        assert run.settled_theta().tobytes() == fresh.settled_theta().tobytes()
        if target:
            assert run.loss == fresh.loss
    run.seek(last)
    run.settle()
    assert run.settled_theta().tobytes() == end.tobytes()


def test_how_steps_are_grouped_does_not_change_a_bit(digits: Dataset) -> None:
    together, apart = make_run(digits), make_run(digits)
    together.train(epochs=2)
    while apart.step_count < together.step_count:
        apart.step()
    assert_same(snapshot(together), snapshot(apart))
    assert np.array_equal(together.history.losses, apart.history.losses)
    assert together.history.epochs[-1].val_metric == apart.history.epochs[-1].val_metric


def test_back_undoes_forward_at_every_grain(moons: Dataset) -> None:
    run = make_run(moons, batch_size=10)
    for grain in ("operation", "layer", "batch", "epoch"):
        run.seek(0) if run.step_count else None
        places = [(run.step_count, run.position)]
        for _ in range(4):
            run.forward(grain)
            places.append((run.step_count, run.position))
        assert len(set(places)) == 5, grain
        for step, position in reversed(places[1:-1]):
            run.back(grain)
            while grain in ("operation", "layer") and run.position == 0:
                run.back(grain)  # the end of the step before stands between
            assert (run.step_count, run.position) == (step, position), grain


def test_a_value_later_than_the_cursor_is_not_known_yet(moons: Dataset) -> None:
    run = make_run(moons)
    run.forward("operation")
    tape = run.tape
    assert tape.known(run.address("dense1.z[0,0]"))
    assert tape.known(run.address("dense1.W[0,0]"))
    assert not tape.known(run.address("dense1.a[0,0]"))
    assert not tape.known(run.address("dense1.W[0,0].grad"))
    assert not tape.known(run.address("dense1.W[0,0].new"))
    run.forward("batch")
    assert run.tape.known(run.address("dense1.W[0,0].new"))


def test_a_branch_shares_the_past_and_leaves_its_parent_alone(moons: Dataset) -> None:
    run = make_run(moons, batch_size=8)
    run.train(steps=30)
    before, here = snapshot(run), run.step_count
    branch = run.branch(12, lr=0.5)
    assert branch.step_count == 12
    assert np.array_equal(branch.history.losses, run.history.losses[:12])
    branch.train(steps=18)
    assert run.step_count == here
    assert_same(snapshot(run), before)
    assert not np.array_equal(branch.settled_theta(), run.settled_theta())
    twin = run.branch(12)
    twin.train(steps=18)
    assert np.array_equal(twin.settled_theta(), run.settled_theta())


def test_a_branch_has_no_copy_of_the_data(moons: Dataset) -> None:
    run = make_run(moons)
    run.train(steps=3)
    branch = run.branch(lr=0.5)
    branch.step()
    for name, column in run.machine.feeds.items():
        assert branch.machine.feeds[name] is column
    other = run.branch(loss="mse")
    assert other.machine.feeds["target"] is not run.machine.feeds["target"]
    assert run.machine.material.loss == "bce"


def test_keyframes_stay_within_their_budget_and_seeks_stay_exact(moons: Dataset) -> None:
    run = make_run(moons, batch_size=8, keyframe_budget=40_000)
    run.timeline.pace = lambda *_seconds: setattr(run.timeline, "spacing", 3)  # type: ignore[method-assign]
    for _ in range(300):
        run.step()
    assert run.timeline.nbytes <= 40_000
    assert 0 in run.timeline.frames
    end = snapshot(run)
    run.seek(50)
    assert run.timeline.nbytes <= 40_000
    run.seek(300)
    assert_same(snapshot(run), end)


def test_saved_state_goes_on_with_the_same_bits(moons: Dataset) -> None:
    run = make_run(moons, optimizer="adam lr=0.01")
    run.train(steps=37)
    state = run.state()
    run.train(steps=20)
    other = make_run(moons, optimizer="adam lr=0.01")
    other.restore(state)
    other.train(steps=20)
    assert_same(snapshot(other), snapshot(run))
    assert np.array_equal(other.history.losses, run.history.losses)
    other.seek(5)
    run.seek(5)
    assert_same(snapshot(other), snapshot(run))


def test_an_edit_in_the_past_forgets_the_future(moons: Dataset) -> None:
    run = make_run(moons, batch_size=8)
    run.train(steps=20)
    run.seek(10)
    run.edit("dense1.b[0]", 0.25)
    assert run.last_step == 10
    assert run.value("dense1.b[0]") == 0.25
    with pytest.raises(NnlabError, match="steps 0 to 10"):
        run.seek(11)


def test_there_is_nothing_before_the_beginning(moons: Dataset) -> None:
    with pytest.raises(NnlabError, match="beginning"):
        make_run(moons).back("operation")


def test_a_batch_size_tried_and_taken_back_leaves_no_trace_in_the_batches(moons: Dataset) -> None:
    def play(run: Run) -> Run:
        run.train(steps=3)
        run.set(batch_size=5)
        run.set(batch_size=16)
        run.train(steps=9)
        return run

    run, plain = play(make_run(moons, batch_size=16)), make_run(moons, batch_size=16)
    end = run.settled_theta().copy()
    run.seek(1)
    run.seek(run.last_step)
    assert run.settled_theta().tobytes() == end.tobytes()
    plain.train(steps=12)
    assert plain.settled_theta().tobytes() == end.tobytes()


def test_keyframes_stand_further_apart_where_they_are_dear() -> None:
    timeline = Timeline(1 << 20)
    spacings = []
    for dear in (0.0, 1e-5, 5e-4, 1.0):
        timeline.pace(1e-3, dear)
        spacings.append(timeline.spacing)
    assert spacings == [20, 20, 100, 250]


def test_keyframes_of_a_future_that_was_given_up_are_not_used(moons: Dataset) -> None:
    run = make_run(moons, batch_size=8)
    run.timeline.pace = lambda *_seconds: None  # type: ignore[method-assign]
    run.timeline.spacing = 3
    run.train(steps=40)
    run.seek(10)
    run.edit("dense1.W[0,0]", 2.0)
    run.timeline.spacing = 1000
    run.train(steps=30)
    fresh = make_run(moons, batch_size=8)
    fresh.train(steps=10)
    fresh.edit("dense1.W[0,0]", 2.0)
    fresh.train(steps=25)
    run.seek(35)
    assert_same(snapshot(run), snapshot(fresh))


def test_a_pause_from_another_thread_falls_between_two_steps(moons: Dataset) -> None:
    run = make_run(moons, batch_size=8)
    stops = []
    # More steps would be refused where the memory for their losses is short: 10⁹ take 8 GB.
    thread = threading.Thread(target=lambda: stops.append(run.train(steps=10**7)))
    thread.start()
    while run.step_count < 50 and thread.is_alive():
        time.sleep(0.001)
    assert thread.is_alive()
    run.interrupt = True
    thread.join(10)
    assert [stop.reason for stop in stops] == ["interrupted"]
    assert run.pending
    alone = make_run(moons, batch_size=8)
    alone.train(steps=run.step_count)
    assert_same(snapshot(run), snapshot(alone))
    assert run.train(steps=3).reason == "done"


def test_reading_while_another_thread_trains_changes_no_bit(moons: Dataset) -> None:
    run, alone = make_run(moons, batch_size=8), make_run(moons, batch_size=8)
    thread = threading.Thread(target=lambda: run.train(steps=3000))
    thread.start()
    while thread.is_alive():
        run.predict(moons.x[:5])
        run.value("dense1.W[0,0]")
        _ = run.history.losses.sum(), run.tape.step, run.network.parameters
    alone.train(steps=3000)
    assert_same(snapshot(run), snapshot(alone))


CHANGES: list[dict[str, Any]] = [{"lr": 0.5}, {"l2": 0.1}, {"clip": "norm 1"}, {"batch_size": 7}]


@pytest.mark.parametrize("change", [*CHANGES, {"optimizer": "adam"}, {}], ids=str)
def test_after_a_change_the_last_step_is_explained_as_it_was(moons: Dataset, change: dict[str, Any]) -> None:
    run = make_run(moons, optimizer="momentum", batch_size=16)
    run.train(steps=5)
    asked = ("loss", "dense1.z[3,2]", "dense2.W[0,1].grad", "dense1.W[0,1].new")
    before = [run.explain(address) for address in asked]
    told = [(e.value, e.numbers(), [t.numbers for t in e.terms]) for e in before]
    ledger, check = run.ledger("dense1.W[0,1]"), run.check("dense1.W[0,1]")
    nudge = run.nudge("dense1.W[0,1]", 0.1)
    if change:
        run.set(**change)
    else:
        run.edit("dense1.W[0,1]", 3.0)
    settled = snapshot(run)
    after = [run.explain(address) for address in asked]
    assert [(e.value, e.numbers(), [t.numbers for t in e.terms]) for e in after] == told
    assert all("of step 5" in e.note for e in after)
    assert (run.ledger("dense1.W[0,1]"), run.check("dense1.W[0,1]")) == (ledger, check)
    assert run.nudge("dense1.W[0,1]", 0.1) == nudge
    assert_same(snapshot(run), settled)
    assert not run.pending, "looking moves nothing"
    if not change:
        assert run.explain("dense1.W[0,1]").value == 3.0
        run.edit("dense1.W[0,1]", 4.0)
        assert run.explain("dense1.W[0,1]").value == 4.0
        assert run.explain("loss").value == told[0][0]
    run.step()
    assert run.explain("loss").note == ""


def test_before_the_first_step_nothing_can_be_explained_but_parameters(moons: Dataset) -> None:
    run = make_run(moons)
    run.set(lr=0.5)
    with pytest.raises(NnlabError, match="take a step first"):
        run.explain("loss")
    assert run.explain("dense1.W[0,0]").phase == "leaf"


def test_the_hundredth_turn_of_a_knob_reads_each_of_those_before_a_few_times(
    moons: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, read = make_run(moons), []
    for turn in range(100):
        run.set(lr=0.001 * (turn + 1))
    changed = RunConfig.changed
    monkeypatch.setattr(RunConfig, "changed", lambda *a, **k: read.append(k) or changed(*a, **k))
    run.set(lr=0.5)
    assert len(read) < 400

"""Two runs side by side: each as it would be alone, and what the other choice has changed."""

import csv
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session, keyframe, twin
from nnlab.session import goal as goal_module
from nnlab.session.bench import Place
from nnlab.session.diff import contrasts
from nnlab.session.goal import Goal
from nnlab.session.pairs import numbers_at, pair_of
from nnlab.training import Condition, Run

BENCH = ("data moons n=80", "net dense 4 tanh | dense 1")


def session(*lines: str, path: Path | None = None) -> Session:
    made = Session(path)
    for line in (*BENCH, *lines):
        made.execute(line)
    return made


def alone(steps: int, *lines: str) -> Run:
    """A run of the same script that nobody stands beside."""
    made = session(*lines)
    if steps:
        made.execute(f"run to step {steps}")
    return made.need_run()


def same(one: Run, other: Run) -> bool:
    """Whether two runs stand at the same place with the same numbers, bit for bit."""
    names = [*one.store, "dense1.z", "loss"]
    return (
        Place.of(one) == Place.of(other)
        and all(np.array_equal(one.array(name), other.array(name)) for name in names)
        and np.array_equal(one.store.grad, other.store.grad)
        and np.array_equal(one.history.losses, other.history.losses)
        and [row.step for row in one.history.epochs] == [row.step for row in other.history.epochs]
    )


def test_both_runs_step_together_bit_for_bit_as_alone() -> None:
    made = session("twin fast lr=0.3", "step", "step", "run 9 steps", "run 2 epochs")
    fast, step = made.runs["fast"], made.need_run().step_count
    assert same(made.need_run(), alone(step))
    assert same(fast, alone(step, "lr 0.3"))


def test_in_the_background_they_stay_together_too() -> None:
    made = session("twin fast lr=0.3")
    made.background = True
    made.execute("run 300 steps")
    made.trainer.wait()
    assert same(made.runs["main"], alone(300))
    assert same(made.runs["fast"], alone(300, "lr 0.3"))
    made.execute("seek 40")
    assert (
        Place.of(made.runs["fast"])
        == Place.of(made.runs["main"])
        == Place(40, len(made.need_run().events), True)
    )


@pytest.mark.parametrize(
    "line", ["back", "seek 3", "seek 0", "back 2 operation", "step operation", "back epoch"]
)
def test_wherever_one_goes_the_other_goes(line: str) -> None:
    made = session("twin fast lr=0.3", "run 7 steps", "step operation", line)
    assert Place.of(made.runs["main"]) == Place.of(made.runs["fast"])


def test_tapes_of_other_lengths_stand_behind_the_same_event() -> None:
    made = session("twin heavy l2=0.01", "run 3 steps")
    run, heavy = made.need_run(), made.runs["heavy"]
    assert len(run.events) != len(heavy.events)
    for _each in range(len(run.events)):
        made.execute("step operation")
        done = run.events[run.position - 1].writes
        assert set(done) & set(heavy.events[heavy.position - 1].writes)


def test_a_twin_may_begin_in_the_past() -> None:
    made = session("run 10 steps", "twin fast lr=0.3 from=4", "run 5 steps")
    other = session("run 4 steps", "branch fast lr=0.3", "run to step 15")
    assert same(made.runs["fast"], other.runs["fast"])


def test_what_was_set_since_then_holds_for_a_twin_from_the_past_too() -> None:
    made = session("run 4 steps", "batch 10", "run 4 steps", "twin fast lr=0.3 from=2")
    assert made.runs["fast"].config.batch_size == 10
    assert made.runs["fast"].lr == pytest.approx(0.3)


def test_a_twin_with_another_seed_begins_at_the_start() -> None:
    made = session("run 6 steps", "twin luck seed=5")
    assert same(made.runs["luck"], alone(6, "seed 5"))
    with pytest.raises(NnlabError, match="from=0"):
        made.execute("twin luck2 seed=6 from=3")
    assert list(made.runs) == ["main", "luck"]


def test_the_difference_is_that_of_the_arrays() -> None:
    made = session("twin fast lr=0.3", "run 12 steps")
    run, fast = made.need_run(), made.runs["fast"]
    for name, part in (("dense1.W", ""), ("dense1.W", "grad"), ("dense1.z", ""), ("dense2.b", "step")):
        expected = fast.array(name, part) - run.array(name, part)
        np.testing.assert_array_equal(pair_of(made.bench, name, part).difference, expected)
    found = contrasts(made.bench)[0]
    away = fast.array("dense1.W") - run.array("dense1.W")
    assert abs(found.difference) == pytest.approx(float(np.abs(away).max()))
    assert found.size == pytest.approx(float(np.sqrt(np.mean(away.astype(float) ** 2))))


def test_of_batches_with_other_examples_the_same_example_is_compared() -> None:
    made = session("twin small batch=7", "run 2 steps")
    run, small = made.need_run(), made.runs["small"]
    shared = [row for row in run.batch_indices.tolist() if row in small.batch_indices.tolist()]
    difference = pair_of(made.bench, "dense1.z").difference
    for place, row in enumerate(run.batch_indices.tolist()):
        if row in shared:
            theirs = small.array("dense1.z")[small.batch_indices.tolist().index(row)]
            np.testing.assert_array_equal(difference[place], theirs - run.array("dense1.z")[place])
        else:
            assert np.isnan(difference[place]).all()
    lacking = next(k for k, row in enumerate(run.batch_indices.tolist()) if row not in shared)
    assert numbers_at(made.bench, run.address(f"dense1.z[{lacking},0]"))[1] is None


def test_diff_tells_of_a_number_a_value_a_layer_and_everything() -> None:
    made = session("twin fast lr=0.3", "run 5 steps")
    own, theirs = made.runs["main"].value("dense1.W[0,1]"), made.runs["fast"].value("dense1.W[0,1]")
    found = made.execute("diff dense1.W[0,1]")
    assert found.payload == {"main": own, "fast": theirs, "difference": pytest.approx(theirs - own)}
    assert "fast − main" in made.execute("diff dense1.W").lines[0]
    assert len(made.execute("diff dense1").lines) == 4
    assert len(made.execute("diff").lines) == 6
    with pytest.raises(NnlabError, match="dense1, dense2"):
        made.execute("diff dense9")


def test_without_a_twin_diff_says_how_to_get_one() -> None:
    for line in ("diff", "twin off"):
        with pytest.raises(NnlabError, match="twin fast lr="):
            session("step").execute(line)


def test_switching_to_the_twin_makes_the_other_one_its_twin() -> None:
    made = session("twin fast lr=0.3", "run 3 steps", "switch fast")
    assert (made.current, made.bench.twin) == ("fast", "main")
    made.execute("step")
    assert made.runs["main"].step_count == 4


def test_a_run_that_is_there_becomes_the_twin_and_comes_along() -> None:
    made = session("run 3 steps", "branch other lr=0.2", "run 5 steps", "twin main")
    assert made.runs["main"].step_count == 8
    with pytest.raises(NnlabError, match="already a run"):
        made.execute("twin main lr=3")
    with pytest.raises(NnlabError, match="current run"):
        made.execute("twin other")


def test_a_twin_whose_numbers_break_down_stops_both_once_and_stays_there() -> None:
    made = session("loss mse", "twin wild optimizer=sgd lr=1e30")
    first = made.execute("run 50 steps")
    at = made.need_run().step_count
    assert "(in wild)" in first.lines[0]
    assert at < 50
    made.execute("run to step 50")
    assert made.need_run().step_count == 50
    assert made.runs["wild"].step_count == at
    assert same(made.need_run(), alone(50, "loss mse"))


def test_a_breakpoint_stops_every_run_also_the_twin() -> None:
    made = session("twin fast lr=0.3", "break loss < 0.3")
    made.execute("run 500 steps")
    fast, main = made.runs["fast"], made.runs["main"]
    assert fast.step_count == main.step_count == fast.last_step
    losses = alone(fast.step_count, "lr 0.3").history.losses
    assert losses[-1] < 0.3
    assert (losses[:-1] >= 0.3).all()


def test_undo_takes_a_twin_away_and_redo_brings_it_back() -> None:
    made = session("run 4 steps", "twin fast lr=0.3", "run 5 steps", "undo")
    assert Place.of(made.runs["fast"]) == Place.of(made.runs["main"])
    made.execute("undo")
    assert (made.bench.twin, list(made.runs)) == ("", ["main"])
    made.execute("redo")
    made.execute("redo")
    assert same(made.runs["fast"], session("run 4 steps", "branch fast lr=0.3", "run 5 steps").need_run())


SCRIPT = (
    "run 4 steps", "twin fast lr=0.3", "run 3 epochs", "rename fast quick", "pin quick", "twin luck seed=9",
    "seek 3", "step operation", "switch quick", "step",
)  # fmt: skip


@pytest.mark.parametrize("with_keyframe", [True, False])
def test_a_session_resumes_with_its_twins_names_and_pins(tmp_path: Path, with_keyframe: bool) -> None:
    path = tmp_path / "s.nnl"
    made = session(*SCRIPT, path=path)
    made.close()
    if not with_keyframe:
        keyframe.keyframe_path(path).unlink()
    again = Session.resume(path)
    for name in ("twin", "pins", "current", "reach"):
        assert getattr(again.bench, name) == getattr(made.bench, name), name
    assert list(again.runs) == list(made.runs)
    for name, run in made.runs.items():
        assert same(again.runs[name], run), name
    again.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kill_9_keeps_the_twin(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            made = session("twin fast lr=0.3", path=path)
            made.background = True
            made.execute("run")
            while made.need_run().step_count < 50:
                time.sleep(0.001)
            made.execute("lr 0.02")
            os.write(writer, b"1")
            time.sleep(60)
        finally:
            os._exit(1)
    os.read(reader, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    again = Session.resume(path)
    assert again.bench.twin == "fast"
    step = again.runs["fast"].step_count
    assert step >= 50
    assert again.need_run().step_count == step
    assert same(again.runs["fast"], alone(step, "lr 0.3"))
    assert "twin fast lr=0.3" in again.history
    again.close()


def test_names_are_changed_everywhere_and_only_to_free_ones() -> None:
    made = session("branch other lr=0.3", "twin main", "pin main", "step", "rename main first")
    bench = made.bench
    assert (bench.twin, bench.pins, list(bench.runs)) == ("first", ("first",), ["first", "other"])
    assert set(bench.setups) == set(bench.reach) == {"first", "other"}
    for line, message in (("rename first other", "already"), ("rename nobody x", "first, other")):
        with pytest.raises(NnlabError, match=message):
            made.execute(line)
    with pytest.raises(NnlabError, match="no name for a run"):
        made.execute("rename first off")


def test_runs_tell_settings_curve_and_result_the_pinned_first() -> None:
    made = session("run 3 epochs", 'twin fast lr=0.3 clip="norm 1"', "run 2 epochs", "pin fast")
    lines = made.execute("runs").lines
    assert lines[2].startswith("=*  fast")
    assert lines[3].startswith(">   main")
    assert "adam lr=0.3, clip norm 1" in lines[2]
    assert "adam, clip none" in lines[3]
    assert "accuracy" in lines[2]
    assert "█" in lines[2]
    made.look = made.look.__class__(accessible=True)
    spoken = made.execute("runs").lines
    assert "twin, pinned" in spoken[0]
    assert "from " in spoken[0]


def test_the_table_of_runs_is_exported(tmp_path: Path) -> None:
    made = session("run 3 epochs", "twin fast lr=0.3", "run 2 epochs")
    path = tmp_path / "runs.csv"
    made.execute(f"export runs {path}")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["main", "fast"]
    for row in rows:
        run = made.runs[row["run"]]
        assert float(row["loss"]) == run.loss
        assert float(row["val_loss"]) == run.history.epochs[-1].val_loss
    assert rows[1]["optimizer"] == "adam lr=0.3"
    made.execute(f"export runs {path}")  # its own kind of file may be replaced
    (tmp_path / "other.csv").write_text("a,b\n")
    with pytest.raises(NnlabError, match="something else"):
        made.execute(f"export runs {tmp_path / 'other.csv'}")
    with pytest.raises(NnlabError, match="must end in"):
        made.execute("export runs x.txt")


def test_training_that_is_cut_short_to_stand_aside_does_not_send_the_twin_back() -> None:
    made = session("twin fast lr=0.3", "run 3 steps")
    run, fast = made.need_run(), made.runs["fast"]
    holds, sought = run.machine.clock, []

    class Impatient(Condition):
        def holds(self, run: Run) -> bool:
            run.interrupt = True  # as an interface that wants to draw does
            return False

    fast.seek = sought.append  # type: ignore[method-assign, assignment]
    goal = Goal("until", condition="loss < 0")
    original = twin.stop_conditions
    try:
        goal_module.stop_conditions = lambda *_given: (Impatient("loss", "<", 0.0),)  # type: ignore[assignment]
        assert twin.together(made.bench, goal, 5) is None
    finally:
        goal_module.stop_conditions = original
    assert holds[0] == run.step_count == fast.step_count == 8
    assert sought == []

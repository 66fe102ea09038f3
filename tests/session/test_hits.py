"""Breakpoints that have stopped training: how often, where, and what could be tried."""

from pathlib import Path

import numpy as np
import pytest

from nnlab.session import Session, keyframe
from nnlab.session.bench import Hit
from nnlab.session.experiments import stopped

BENCH = ("data moons n=80", "net dense 4 relu | dense 1")


def session(*lines: str, path: Path | None = None) -> Session:
    made = Session(path)
    for line in (*BENCH, *lines):
        made.execute(line)
    return made


def test_hits_are_counted_for_the_breakpoint_that_held() -> None:
    made = session("break step = 3", "break epoch = 4", "run 20 steps", "run 20 steps", "run 5 steps")
    assert made.bench.hits == (Hit("step = 3", "main", 3, 1), Hit("epoch = 4", "main", 8, 1))
    made.execute("seek 0")
    made.execute("run 20 steps")
    assert made.execute("breaks").lines == [
        "1  step = 3   hit 2 times, last at step 3 of main",
        "2  epoch = 4  hit once, at step 8 of main",
    ]
    made.execute("unbreak 1")
    assert [hit.condition for hit in made.bench.hits] == ["epoch = 4"]


def test_a_goal_of_a_run_is_no_hit() -> None:
    assert session("break step = 9", "run until step = 4").bench.hits == ()


def test_a_hit_in_the_twin_names_it() -> None:
    made = session("lr 1e-6", "break loss < 0.3", "twin fast lr=0.3", "run 900 steps")
    assert made.bench.hits[-1].run == "fast"
    assert made.execute("rename fast quick").lines
    assert made.bench.hits[-1].run == "quick"


@pytest.mark.parametrize("with_keyframe", [True, False])
def test_a_session_resumes_with_its_hits(tmp_path: Path, with_keyframe: bool) -> None:
    path = tmp_path / "s.nnl"
    made = session("break step = 3", "run 9 steps", "break |grad| > 0.0001", "run 9 steps", path=path)
    made.close()
    if not with_keyframe:
        keyframe.keyframe_path(path).unlink()
    again = Session.resume(path)
    assert again.bench.hits == made.bench.hits
    assert len(again.bench.hits) == 2
    again.close()


def test_undo_takes_a_hit_back() -> None:
    assert session("break step = 3", "run 9 steps", "undo").bench.hits == ()


CASES = {
    "too large": ("break |grad(dense1)| > 0.0001", "run 9 steps"),
    "too small": ("break |grad(dense1)| < 100", "run 9 steps"),
    "dead": ("lr 1", "break dead(dense1) > 20%", "run 900 steps"),
    "reached": ("break loss < 1", "run 90 steps"),
    "at a step": ("break step = 30", "run 90 steps"),
    "stalled": ("lr 1", "break val_loss rises 1", "run 90 epochs"),
    "broken": ("loss mse", "optimizer sgd lr=1e30", "break loss is nan", "run 90 steps"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_three_experiments_fit_every_hit_and_can_be_done(name: str) -> None:
    made = session(*CASES[name])
    found = stopped(made.bench)
    assert found is not None
    assert len(found.experiments) == 3
    for experiment in found.experiments:
        made.execute(experiment.line)
        assert made.parse(experiment.line).name in ("twin", "seek", "evaluate", "show")
        made.execute(f"seek {found.hit.step}")


def test_the_number_that_weighs_most_is_named_and_explained() -> None:
    made = session(*CASES["too large"])
    found = stopped(made.bench)
    assert found is not None
    assert found.address is not None
    assert found.explanation is not None
    sizes = {name: np.abs(made.need_run().array(name, "grad")) for name in ("dense1.W", "dense1.b")}
    assert abs(found.explanation.value) == max(float(each.max()) for each in sizes.values())
    assert found.measured > 0.0001
    made.execute("step")
    later = stopped(made.bench)
    assert later is not None
    assert later.address is None
    assert later.experiments == ()


def test_the_answer_of_training_says_what_to_look_at_and_to_try() -> None:
    made = session("break |grad| > 0.0001")
    lines = made.execute("run 9 steps").lines
    assert any(line.startswith("look at: explain dense") for line in lines)
    assert sum(line.startswith("  twin ") for line in lines) == 2


def test_an_epoch_ends_once() -> None:
    made = session("break epoch = 3", "run 50 epochs")
    assert made.need_run().step_count == 6
    made.execute("run 50 epochs")
    assert made.need_run().step_count > 100

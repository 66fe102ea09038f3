"""Early stopping: training ends when no epoch was better for long enough, with the best weights."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.tui.bench.status import Dials, draw, turned

OVERFITTING = ("data moons n=60 noise=0.4", "net dense 64 tanh | dense 1", "lr 0.05", "batch 8")


def prepared(*lines: str, path=None) -> Session:
    session = Session(path)
    for line in (*OVERFITTING, *lines):
        session.execute(line)
    return session


@pytest.fixture(scope="module")
def stopped() -> Session:
    session = prepared("patience 4")
    session.ending = session.execute("run 200 epochs").payload
    return session


def val_losses(session: Session) -> list[float]:
    return [row.val_loss for row in session.run.history.epochs]


def test_training_stops_when_no_epoch_was_better_for_that_long(stopped):
    losses = val_losses(stopped)
    assert stopped.ending.reason == "patience"
    assert len(losses) - 1 - int(np.argmin(losses)) == 4
    assert all(k - int(np.argmin(losses[: k + 1])) < 4 for k in range(len(losses) - 1)), (
        "it would have stopped before"
    )


def test_it_stands_at_the_end_of_the_best_epoch_and_says_so(stopped):
    best = min(stopped.run.history.epochs, key=lambda row: row.val_loss)
    assert stopped.run.step_count == best.step
    assert stopped.run.evaluate("validation").loss == pytest.approx(best.val_loss)
    assert f"step {best.step}" in stopped.ending.text
    assert stopped.history[-1] == "seek best"


def test_without_patience_it_goes_on():
    session = prepared("patience 4", "patience none")
    assert session.execute("run 30 epochs").payload.reason == "reached"
    assert len(session.run.history.epochs) == 30


def test_the_log_comes_to_the_same_place_and_undo_takes_the_way_back_first(stopped, tmp_path):
    path = tmp_path / "a.nnl"
    session = prepared("patience 4", "run 200 epochs", path=path)
    end = session.run.settled_theta().tobytes()
    assert end == stopped.run.settled_theta().tobytes()
    session.close()
    (tmp_path / "a.nnl.keyframe").unlink()
    again = Session.resume(path)
    assert again.run.settled_theta().tobytes() == end
    assert again.bench.setup.patience == 4
    again.execute("undo")
    assert again.run.step_count == again.run.history.epochs[-1].step
    again.execute("undo")
    assert again.run is None


def test_training_in_the_background_goes_back_too(stopped):
    session = prepared("patience 4")
    session.trainer.start("200 epochs")
    assert session.trainer.wait(60).reason == "patience"
    assert session.run.settled_theta().tobytes() == stopped.run.settled_theta().tobytes()


def test_going_on_from_the_best_epoch_comes_to_the_same_end(stopped):
    session = prepared("patience 4", "run 200 epochs")
    step = session.run.step_count
    assert session.execute("run 200 epochs").payload.reason == "patience"
    assert session.run.step_count == step
    ends = [line for line in session.history if line.startswith("run to step")]
    assert len(ends) == 2
    assert ends[0] == ends[1], "what stands behind the place one goes on from counts only once it is reached"


def test_a_breakpoint_or_a_goal_that_holds_first_is_said_as_before():
    session = prepared("patience 9", "break epoch = 3")
    assert session.execute("run 50 epochs").payload.reason == "break"
    session = prepared("patience 9")
    assert session.execute("run until val_loss stalls 1").payload.reason == "condition"
    assert session.run.step_count == session.run.history.epochs[-1].step


def test_where_nothing_is_held_out_patience_says_what_is_missing():
    session = Session()
    for line in ("data moons split=80/0/20", "net dense 4 tanh | dense 1", "patience 2"):
        session.execute(line)
    with pytest.raises(NnlabError, match="no validation part"):
        session.execute("run 5 epochs")


def test_turning_patience_changes_no_number_and_makes_no_branch():
    session = prepared("run 2 epochs")
    run, theta = session.run, session.run.settled_theta().tobytes()
    session.execute("patience 3")
    assert session.run is run
    assert session.run.settled_theta().tobytes() == theta
    session.execute("undo")
    assert session.bench.setup.patience == 0
    assert session.execute("set patience=3").lines[-1].split() == ["patience", "3"]


def test_the_chip_turns_it():
    dials = Dials(data="moons", network="dense 1", optimizer="adam", lr=0.01, batch=8)
    assert turned(dials, "patience", 1, ()) == "patience 1"
    assert turned(Dials(patience=1), "patience", -1, ()) == "patience none"
    spots = {spot.target for spot in draw(Dials(patience=5), None, 80).spots}
    assert ("knob", "patience") in spots
    assert ("knob", "patience") in {spot.target for spot in draw(dials, None, 200).spots}

"""A network that carries its state from batch to batch, from the action line: resumed, undone, shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.session import Session
from nnlab.session.keyframe import keyframe_path

SETUP = ("data echo n=640 window=6 delay=4", "net lstm 5 all stateful | dense 1", "run 13 steps")


def started(path: Path | None = None) -> Session:
    session = Session(path)
    for line in SETUP:
        session.execute(line)
    return session


@pytest.mark.parametrize("kept", [True, False], ids=["from its keyframe", "done again"])
def test_a_session_goes_on_with_the_states_it_had(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "s.nnlab"
    session = started(path)
    states = {name: session.need_run().array(name).copy() for name in ("lstm1.h0", "lstm1.c0")}
    session.close()
    assert keyframe_path(path).exists()
    if not kept:
        keyframe_path(path).unlink()
    resumed = Session.resume(path)
    run, alone = resumed.need_run(), started().need_run()
    for name, state in states.items():
        assert state.any()
        assert np.array_equal(run.array(name), state)
    for each in (run, alone):
        each.step(9)  # past the end of an epoch
    assert np.array_equal(run.settled_theta(), alone.settled_theta())
    assert np.array_equal(run.array("lstm1.c0"), alone.array("lstm1.c0"))
    resumed.close()


def test_an_undo_brings_the_states_back() -> None:
    session = started()
    before = session.need_run().array("lstm1.c0").copy()
    session.execute("run 3 steps")
    session.execute("undo")
    assert np.array_equal(session.need_run().array("lstm1.c0"), before)


def test_the_number_that_a_state_was_is_told_in_words() -> None:
    lines = " ".join(started().execute("explain lstm1.h0[3,2]").lines)
    assert "lstm1.h[3,5,2] at the end of the batch before" in lines

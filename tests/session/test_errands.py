"""Studies of many steps: seen from outside, stopped at a step, and nothing on the bench changes."""

from __future__ import annotations

import os
import signal
import threading
from io import StringIO

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session, plain

BENCH = ("data moons n=80", "net dense 4 tanh | dense 1", "run 3 steps")
STUDIES = ("find_lr", "race sgd adam steps=20")


def made() -> Session:
    session = Session()
    for line in BENCH:
        session.execute(line)
    return session


@pytest.mark.parametrize("line", STUDIES)
def test_it_tells_how_far_it_is(line: str) -> None:
    session, told = made(), list[tuple[int, int]]()
    session.errands.listener = lambda done, of: told.append((done, of))
    session.execute(line)
    assert [done for done, _of in told] == list(range(1, len(told) + 1))
    assert told[-1][0] <= told[-1][1]
    assert session.errands.now is None


@pytest.mark.parametrize("line", STUDIES)
def test_it_ends_at_the_step_at_which_it_is_stopped(line: str) -> None:
    session = made()
    before = session.need_run().settled_theta().copy()

    def stop(done: int, _of: int) -> None:
        if done == 5:
            assert session.errands.stop()

    session.errands.listener = stop
    with pytest.raises(NnlabError, match="stopped after 6 of"):
        session.execute(line)
    np.testing.assert_array_equal(session.need_run().settled_theta(), before)
    assert not session.studies
    assert session.errands.now is None
    assert not session.errands.stop()


@pytest.mark.parametrize("line", STUDIES)
def test_nobody_waits_for_the_session_meanwhile(line: str) -> None:
    session, free = made(), list[bool]()

    def look(_done: int, _of: int) -> None:
        def take() -> None:
            free.append(session.lock.acquire(timeout=0.5))
            if free[-1]:
                session.lock.release()

        other = threading.Thread(target=take)
        other.start()
        other.join()

    session.errands.listener = look
    session.execute(line)
    assert free
    assert all(free)


@pytest.mark.parametrize("line", STUDIES)
def test_ctrl_c_stops_it_and_the_bench_goes_on(line: str) -> None:
    session = made()
    session.errands.listener = lambda done, _of: os.kill(os.getpid(), signal.SIGINT) if done == 3 else None
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(NnlabError, match="nothing on the bench has changed"):
        session.execute(line)
    assert signal.getsignal(signal.SIGINT) is before
    session.execute("step")


def test_the_plain_form_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "PROGRESS_SECONDS", 0.0)
    session, out = made(), StringIO()
    plain.run(session, ["find_lr"], out)
    assert "step 7 of 100; Ctrl-C stops it" in out.getvalue()


def test_ctrl_c_in_the_step_that_ends_training_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    session, reached = made(), Session.reached

    def interrupted(self: Session) -> None:
        reached(self)
        if self.need_run().step_count == 5:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Session, "reached", interrupted)
    out = StringIO()
    code = plain.run(session, ["run until step = 5", "run 50 steps"], out)
    assert session.need_run().step_count == 5
    assert code == 130


def test_an_earlier_ctrl_c_ends_nothing_later() -> None:
    session = made()
    session.trainer.interrupted = True
    assert plain.run(session, ["run 2 steps", "run 2 steps"], StringIO()) == 0
    assert session.need_run().step_count == 7

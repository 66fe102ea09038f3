"""What undo keeps: few changes of large networks, and older ones all the same, done again from the log."""

from __future__ import annotations

import numpy as np

from nnlab.session import Session
from nnlab.training.footprint import memory_of


def made(*lines: str) -> Session:
    session = Session()
    for line in ("data moons n=60", "net dense 8 tanh | dense 1", "run 3 steps", *lines):
        session.execute(line)
    return session


def test_runs_beyond_the_budget_are_not_kept() -> None:
    session = made()
    one = memory_of([session.need_run()])
    session.changes.budget = 3 * one
    for k in range(12):
        session.execute(f"edit dense1.W[0,0] {k}")
    assert 2 <= len(session.changes) <= 6


def test_changes_that_were_let_go_are_undone_all_the_same() -> None:
    session = made()
    session.changes.budget = 1
    for k in range(5):
        session.execute(f"edit dense1.W[0,0] {k}")
    assert len(session.changes) == 1
    for k in (3, 2, 1):
        session.execute("undo")
        assert session.need_run().value(session.address("dense1.W[0,0]")) == k


def test_a_budget_that_is_kept_lets_nothing_go() -> None:
    session = made()
    for k in range(12):
        session.execute(f"edit dense1.W[0,0] {k}")
    assert len(session.changes) == 15


def test_shared_buffers_and_keyframes_count_once() -> None:
    session = made()
    run = session.need_run()
    assert memory_of([run, run]) == memory_of([run])
    twin = run.branch()
    assert memory_of([run, twin]) < memory_of([run]) + memory_of([twin])
    assert memory_of([run]) >= run.store.theta.nbytes + np.asarray(run.array("dense1.z")).nbytes

"""Batches: every row once an epoch, found again from the step alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.training.order import BatchOrder


@given(n=st.integers(1, 60), size=st.integers(1, 70), seed=st.integers(0, 5))
@settings(deadline=None)
def test_an_epoch_holds_every_row_once(n: int, size: int, seed: int) -> None:
    order = BatchOrder(n, seed, True, size)
    for epoch in (1, 2, 3):
        first = (epoch - 1) * order.steps_per_epoch(1) + 1
        steps = range(first, first + order.steps_per_epoch(1))
        rows = np.concatenate([order.batch(s) for s in steps])
        assert sorted(rows.tolist()) == list(range(n))
        assert [order.ends_epoch(s) for s in steps] == [False] * (len(steps) - 1) + [True]


@given(
    n=st.integers(1, 40),
    sizes=st.lists(st.tuples(st.integers(0, 12), st.integers(1, 45)), min_size=1, max_size=4),
)
@settings(deadline=None)
def test_a_new_batch_size_begins_a_new_epoch(n: int, sizes: list[tuple[int, int]]) -> None:
    order = BatchOrder(n, 1, True, 8)
    at = 0
    for steps, size in sizes:
        at += steps
        begun = order.epochs_begun(at)
        order.resize(at, size)
        epoch, start, got = order.locate(at + 1)
        assert (epoch, start, got) == (begun + 1, 0, min(size, n))
    assert order.last_step(1, at) - at == order.steps_per_epoch(at + 1)


def test_orders_differ_between_epochs_and_not_between_readings() -> None:
    order = BatchOrder(50, 1, True, 50)
    first, second = order.batch(1).copy(), order.batch(2).copy()
    assert not np.array_equal(first, second)
    assert np.array_equal(BatchOrder(50, 1, True, 50).batch(1), first)
    assert np.array_equal(BatchOrder(50, 1, False, 50).batch(2), np.arange(50))

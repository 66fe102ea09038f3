"""A training step makes no arrays: what it needs is there before the first one."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from nnlab.engine.memory import ITERATOR, frugal
from nnlab.network.zoo import ZOO
from tests.network.zoo_steps import laid_out

PASSING = 2 * ITERATOR * 8 + 2000
"""Bytes of the two operands that an iterator of NumPy may hold for the length of a call, and its own few.
Nothing else may be held, not even for a moment."""
KEPT = 200
"""Bytes by which Python's own numbers may differ from step to step."""


def step_of(name: str) -> tuple[Callable[[], None], int]:
    """One step of a zoo model, update, batch and passes, and the bytes of the largest array it works on."""
    run = laid_out(ZOO[name])
    if not hasattr(run, "machine"):
        pytest.skip("no gradients")
    run.train(steps=2)
    machine, t, batch = run.machine, run.step_count, run.program.batch
    program = machine.program(batch, t)
    update, load, rows = machine.updater(program), machine.loader(program), np.arange(batch)

    def step() -> None:
        update(t)
        load(rows)
        for call in program.calls:
            call()

    return step, max(array.nbytes for array in program.values.values())


DRAWN = {
    "gan-digits": 40_000,  # random words: NumPy's generator hands them out in arrays of their own
    "denoise": 24_000,  # pictures changed on the host
    "gridworld-policy": 64_000,  # walks made on the host
}
"""Bytes of what is drawn or made on the host for every step, and is no part of the compiled step."""


@pytest.mark.parametrize("name", ZOO)
def test_a_step_allocates_no_array(name):
    step, _largest = step_of(name)
    with frugal():
        step()
        gc.disable()
        tracemalloc.start()
        try:
            step()
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            step()
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            gc.enable()
    assert now - before < (KEPT if name not in DRAWN else 1000)
    assert peak - before < DRAWN.get(name, PASSING)


def test_one_array_of_a_step_would_be_found():
    _step, largest = step_of("digits-cnn")
    assert largest > 4 * PASSING


def test_numpy_is_left_as_it_was():
    before = np.getbufsize(), np.geterr()
    with frugal():
        assert np.getbufsize() == ITERATOR
        assert set(np.geterr().values()) == {"ignore"}
    assert (np.getbufsize(), np.geterr()) == before


def test_large_data_are_not_copied(monkeypatch):
    """Rows are then gathered into one piece and copied beside their ones, and the numbers are the same."""
    import nnlab
    from nnlab.training import machine

    data = nnlab.datasets.load("digits")

    def trained() -> nnlab.Run:
        run = nnlab.Run(nnlab.Network.parse("dense 4 relu | dense 10", 64), data, batch_size=32)
        run.step(3)
        return run

    wide = trained()
    monkeypatch.setattr(machine, "WIDEST", 0)
    narrow = trained()
    assert wide.machine.feeds["input"].base is not None  # columns of an array that has one of ones too
    assert narrow.machine.feeds["input"].base is None
    assert np.array_equal(narrow.store.theta, wide.store.theta)
    assert np.array_equal(narrow.program.values["input"], wide.program.values["input"])

"""Actions typed before the engine is there: they wait and are done in their order."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from nnlab.tui.app import NnlabApp
from nnlab.tui.screens.lab import LabScreen


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Loading that waits until the event is set."""
    ready, load = threading.Event(), NnlabApp._load

    def wait(self: NnlabApp) -> object:
        ready.wait(20)
        return load(self)

    monkeypatch.setattr(NnlabApp, "_load", wait)
    yield ready
    ready.set()


async def typed(driver, *lines: str) -> None:
    for line in lines:
        await driver.press("colon")
        await driver.type(line)
        await driver.press("enter")


async def test_actions_typed_while_the_engine_is_loaded_are_done_in_their_order(start, held) -> None:
    async with start() as driver:
        await typed(driver, "data xor", "net dense 1", "run 2 epochs")
        assert not driver.app.loaded
        assert "data xor" in driver.said
        assert "run 2 epochs" in driver.said
        held.set()
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen), "the lab")
        await driver.until(lambda: driver.app.session.need_run().step_count == 2, "trained")
        assert driver.app.session.history[:2] == ["data xor", "net dense 1"]


async def test_one_that_cannot_be_done_takes_no_other_with_it(start, held) -> None:
    async with start() as driver:
        await typed(driver, "data nonsense", "data moons")
        held.set()
        await driver.until(lambda: driver.app.session.data.name == "moons", "the data")

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from nnlab.session.session import Session


def made(*actions: str) -> Session:
    """A session with these actions done."""
    session = Session()
    for action in actions:
        session.execute(action)
    return session


XOR = ("data xor", "net dense 2 tanh | dense 1", "optimizer sgd lr=0.5")
MOONS = ("data moons n=60", "net dense 3 tanh | dense 1", "batch 8")
DIGITS = ("data digits", "net dense 10 relu | dense 8 relu | dense 10")


@pytest.fixture
def xor() -> Session:
    return made(*XOR)


@pytest.fixture
def moons() -> Session:
    return made(*MOONS)


@pytest.fixture
def digits() -> Session:
    return made(*DIGITS)


@pytest.fixture
def until() -> Callable[..., Any]:
    """Wait until a condition holds while the app goes on."""

    async def wait(pilot: Any, condition: Callable[[], bool], seconds: float = 8.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "this did not come about in time"
            await pilot.pause()
            await asyncio.sleep(0.01)
        await pilot.pause()

    return wait

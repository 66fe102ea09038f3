from __future__ import annotations

import pytest

from nnlab.data import Dataset, load


@pytest.fixture(scope="session")
def moons() -> Dataset:
    return load("moons n=100 split=50/25/25 seed=3")

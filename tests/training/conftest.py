from __future__ import annotations

from typing import Any

import pytest

from nnlab.data import Dataset, load
from nnlab.network import Network
from nnlab.training import Run


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load("digits split=80/20/0 seed=1")


@pytest.fixture(scope="session")
def moons() -> Dataset:
    return load("moons n=100 split=50/25/25 seed=3")


def make_run(
    data: Dataset, text: str = "dense 6 relu | dropout 0.2 | dense 5 tanh | dense {k}", **settings: Any
) -> Run:
    outputs = 1 if data.task != "multiclass" else data.classes
    return Run(Network.parse(text.format(k=outputs), data.input_shape), data, **settings)

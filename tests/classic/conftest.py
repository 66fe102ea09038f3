from __future__ import annotations

import pytest

from nnlab.data import Dataset, load
from nnlab.engine.expression import Expression


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load("digits")


def holds(expression: Expression, value: float) -> bool:
    """Whether the arithmetic shown gives the number shown, and can be written."""
    assert expression.symbols()
    assert expression.numbers()
    return abs(expression.evaluate() - value) <= 1e-12 * max(1.0, expression.scale())

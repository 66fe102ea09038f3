"""Products of matrices are counted exactly and timed honestly."""

import numpy as np
import pytest

from nnlab.engine.products import Product, time_products
from nnlab.errors import NnlabError
from nnlab.session import Session


def test_a_product_of_two_matrices_takes_two_operations_for_each_of_n_cubed_pairs() -> None:
    assert Product(512, 1.0).operations == 268_435_456
    assert Product(10, 0.5).rate == 4000


def test_larger_products_take_longer() -> None:
    small, large = time_products([8, 256], np)
    assert 0 < small.seconds < large.seconds


def test_the_action_tells_operations_time_and_rate() -> None:
    lines = Session().execute("matmul 16").lines
    assert any("16 × 16" in line and "8,192 operations" in line for line in lines)


def test_matrices_that_are_too_large_are_refused() -> None:
    with pytest.raises(NnlabError, match="at most 4096"):
        Session().execute("matmul 9999")

"""Figures under one scale."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.session.figures import WIDTH, Scale


@pytest.mark.parametrize(
    ("largest", "text", "head"),
    [
        (0.000999999582, "+1.00", "×10⁻³"),
        (0.00099, "+990.0", "×10⁻⁶"),
        (999.9, "+1000", ""),
        (1e6, "+1.00", "×10⁶"),
        (0.5, "+0.50", ""),
        (0.0, "0.00", ""),
    ],
)
def test_a_column_is_written_at_the_power_that_its_largest_number_rounds_to(
    largest: float, text: str, head: str
) -> None:
    scale = Scale.of(np.array([largest, -largest / 3]))
    assert (scale.text(largest).strip(), scale.head()) == (text, head)
    assert len(scale.text(largest)) == WIDTH

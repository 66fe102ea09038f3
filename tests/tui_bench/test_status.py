"""The line at the top of the bench: what is trained, and how well."""

from __future__ import annotations

import pytest

from nnlab.tui.bench.status import Dials, draw
from nnlab.tui.cells import rows_of


@pytest.mark.parametrize(
    ("metric", "shown"),
    [(("reward", 0.5), "reward 0.500"), (("r2", 0.5), "R2 0.500"), (("accuracy", 0.5), "50.0%")],
)
def test_a_metric_on_the_bench_is_called_by_its_name(metric: tuple[str, float], shown: str) -> None:
    text = rows_of(draw(Dials(metric=metric), None, 80).cells)[0]
    assert shown in text

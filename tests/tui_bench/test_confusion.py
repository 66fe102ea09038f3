"""A confusion matrix larger than its place follows the cursor: every count can be reached and is read out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnlab.data import from_arrays
from nnlab.training.metrics import Scores
from nnlab.tui.bench import surface
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import Sight, beside
from nnlab.tui.cells import rows_of

CLASSES = 30


def matrix() -> Readings:
    data = from_arrays(np.zeros((60, 2), np.float32), np.arange(60) % 2)
    data = replace(data, class_names=tuple(map(str, range(CLASSES))))
    counts = np.arange(CLASSES * CLASSES).reshape(CLASSES, CLASSES)
    return Readings(data, scores=Scores("validation", int(counts.sum()), 1.0, "accuracy", 0.5, counts))


@pytest.mark.parametrize(("height", "width"), [(40, 140), (20, 78), (9, 40)])
def test_every_count_is_reached_by_arrows_and_read_out(height: int, width: int) -> None:
    readings = matrix()
    here: object = ("cell", 0, 0)
    for target, direction in (
        (("cell", CLASSES - 1, 0), "down"),
        (("cell", CLASSES - 1, CLASSES - 1), "right"),
    ):
        for _press in range(CLASSES):
            picture = surface.confusion(readings, height, width, Sight(cursor=here))
            if here == target:
                break
            spot = beside(picture, here, direction)
            assert spot is not None
            here = spot.target
        assert here == target
    lines = rows_of(picture.cells)
    assert "29 answered as 29: 899 of 26535" in lines[0]
    spot = picture.spot_of(here)
    assert spot is not None
    assert "899" in lines[spot.y][spot.x - 2 : spot.x + spot.width]


def test_what_is_out_of_sight_is_told() -> None:
    small = "\n".join(rows_of(surface.confusion(matrix(), 9, 60).cells))
    assert "6 of 30 classes;" in small
    whole = "\n".join(rows_of(surface.confusion(matrix(), 34, 200).cells))
    assert "in sight" not in whole

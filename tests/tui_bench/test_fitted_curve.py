"""A curve fitted to points: of a few points each is seen, of many the curve."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from nnlab.data import load
from nnlab.tui.bench import charts
from nnlab.tui.bench.readings import Readings
from nnlab.tui.glyphs import glyph
from nnlab.tui.palette import CATEGORY


def fitted_through(rows: int) -> tuple[int, int]:
    """Places that show a point, and places that show the curve, where the curve goes through every point."""
    data = load(f"sine n={rows} split=all")
    x = np.linspace(-3.2, 3.2, 200)
    cells = charts.fitted(Readings(data, fit=SimpleNamespace(x=x, y=np.sin(x))), 20, 120).cells  # type: ignore[arg-type]
    return int((cells[..., 0] == glyph("●")).sum()), int((cells[..., 1] == CATEGORY + 1).sum())


def test_a_few_points_lie_on_the_curve_that_goes_through_them() -> None:
    assert fitted_through(12)[0] >= 10


def test_many_points_leave_the_curve_in_sight() -> None:
    points, curve = fitted_through(400)
    assert curve > 60
    assert points < 60

"""The decision surface says what it leaves out."""

from __future__ import annotations

import pytest
from conftest import made

from nnlab.tui.bench import gauges, surface
from nnlab.tui.bench.readings import read
from nnlab.tui.cells import rows_of

READINGS = read(made("data moons n=400", "net dense 2 tanh | dense 1", "step"), frozenset({"surface"}))


@pytest.mark.parametrize(("height", "width"), [(9, 38), (9, 26), (14, 60)])
def test_a_small_surface_says_how_many_of_the_points_it_shows(height: int, width: int) -> None:
    rows = rows_of(surface.plane(READINGS, height, width).cells)
    count = len(READINGS.data.split.train)  # type: ignore[union-attr]
    assert any(f" of {count} points" in row for row in (rows[0], rows[-1]))


def test_a_large_surface_shows_every_point_and_says_nothing() -> None:
    assert not any("points" in row for row in rows_of(surface.plane(READINGS, 60, 120).cells))


def test_on_the_whole_screen_a_page_of_the_gauges_stands_alone() -> None:
    assert len(gauges.shown(("surface",), READINGS, 31, 120)[0]) > 1
    assert gauges.shown(("surface",), READINGS, 31, 120, alone=True) == (("surface",), False)

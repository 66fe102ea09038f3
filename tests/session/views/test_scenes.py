"""Scenes: the same facts in cells and in lines, at any size; every cell of a grid can be reached."""

from __future__ import annotations

import numpy as np
import pytest
from facts import SIGHTS, assert_facts, pictures
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.engine.address import Address
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Axis,
    Beside,
    Deed,
    Folded,
    Frame,
    Grid,
    Histogram,
    Lattice,
    Line,
    Listed,
    Note,
    Points,
    Scene,
    Table,
    Wall,
    percents,
)
from nnlab.tui.bench import blocks
from nnlab.tui.bench.spots import DIRECTIONS

rng = np.random.default_rng(1)


def grid(rows: int = 4, columns: int = 5, **more: object) -> Grid:
    places = Lattice("x", (0, ROWS, COLUMNS, 2), (1, rows, columns, 3))
    return Grid("x", rng.normal(size=(rows, columns)), places, **more)  # type: ignore[arg-type]


SCENES = {
    "a grid": Scene("one", (grid(),), "z = x", Address("x", (0, 1, 1, 2))),
    "a window": Scene(
        "window", (Beside((grid(3, 3), grid(3, 3)), ("×",)), grid(9, 9, frames=(Frame(1, 2, 3, 3),)))
    ),
    "shares": Scene("who", (Grid("a", np.array([[1 / 3, 1 / 3, 1 / 3], [1, 0, 0]]), kind="share"),)),
    "a wall": Scene("maps", (Wall("all", tuple(grid() for _k in range(40)), 3),)),
    "a table": Scene(
        "sum",
        (
            Table("sum", (Line("a", 1.5, Address("a")), Line("b", None, Address("b")))),
            Table("", (Line("=", 2.0, role="total"),)),
            Table("bars", (Line("p", 0.25), Line("q", 0.75)), "share", 1.0),
            Note("one and 2 make 3", "formula"),
        ),
    ),
    "charts": Scene(
        "spread",
        (
            Histogram("values", np.linspace(-1, 1, 12), (("old", np.arange(11)), ("new", np.arange(11)))),
            Points("plane", rng.normal(size=(9, 2)), np.arange(9) % 3, ("a", "b", "c")),
        ),
    ),
    "many": Scene("many", tuple(grid(28, 28) for _k in range(4))),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_what_a_picture_says_its_text_says_too(name: str) -> None:
    assert_facts(SCENES[name])


@settings(deadline=None, max_examples=80)
@given(
    name=st.sampled_from(list(SCENES)),
    size=st.tuples(st.integers(1, 60), st.integers(1, 160)),
    sight=st.sampled_from(SIGHTS),
)
def test_a_scene_is_drawn_at_any_size(name: str, size: tuple[int, int], sight: object) -> None:
    picture = blocks.draw(SCENES[name], SCENES[name].home, *size, sight)  # type: ignore[arg-type]
    assert picture.cells.shape == (*size, 3)


def test_arrows_go_from_cell_to_cell_also_where_two_share_a_cell_of_the_screen() -> None:
    scene = Scene("image", (grid(28, 28, most="pixels", kind="unsigned"),))
    picture = blocks.draw(scene, Address("x", (0, 0, 0, 2)), 40, 80)
    target: object = Address("x", (0, 0, 0, 2))
    for row in range(1, 28):
        spot = picture.beside(target, "down")  # type: ignore[arg-type]
        assert spot is not None
        target = spot.target
        assert target == Address("x", (0, row, 0, 2))


@pytest.mark.parametrize("name", SCENES)
def test_every_arrow_leads_to_something_that_is_there(name: str) -> None:
    for _sight, picture in pictures(SCENES[name], None):
        for spot in picture.every[:60]:
            for direction in DIRECTIONS:
                found = picture.beside(spot.target, direction)
                assert found is None or picture.spot_of(found.target) is not None


def test_the_cursor_is_in_sight_however_far_down_its_number_stands() -> None:
    scene = SCENES["many"]
    last = Grid("last", np.ones((2, 2)), Lattice("y", (ROWS, COLUMNS), (2, 2)))
    scene = Scene("long", (*scene.blocks, last))
    spot = blocks.draw(scene, Address("y", (1, 1)), 22, 78).spot_of(Address("y", (1, 1)))
    assert spot is not None
    assert 0 < spot.y < 22


def test_places_are_found_where_they_are() -> None:
    shape = (2, 9, 9, 4)
    for places in (
        Lattice("x", (1, ROWS, COLUMNS, 3), shape),
        Lattice("x", (1, Axis("rows", 2, 3), Axis("columns", 1, 2), 0), shape, "grad"),
        Folded("x", 3, 9, (1,)),
        Listed(((Address("a"), Deed("step")), (None, Address("b", (2,))))),
    ):
        for row in range(3):
            for column in range(3):
                target = places.at(row, column)
                assert target is None or places.find(target) == (row, column)


def test_padding_has_no_address() -> None:
    places = Lattice("x", (0, Axis("rows", -1), Axis("columns", -1), 0), (1, 4, 4, 1))
    assert places.at(0, 0) is None
    assert places.at(1, 1) == Address("x", (0, 0, 0, 0))


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0.0, 1.0), min_size=5, max_size=5), min_size=1, max_size=6))
def test_percent_of_a_distribution_add_up_to_a_hundred(rows: list[list[float]]) -> None:
    values = np.array(rows) + 1e-3
    values /= values.sum(1, keepdims=True)
    whole = percents(values)
    assert (whole.sum(1) == 100).all()
    assert (np.abs(whole - 100 * values) < 1).all()

"""What looking at pictures of every view and page has found: each was wrong on a screen once."""

from __future__ import annotations

import numpy as np
from conftest import made

from nnlab.session.moment import Moment
from nnlab.session.scene import Beside, Grid, Histogram, Line, Note, Scene, Table, Wall
from nnlab.tui.bench import blocks, gallery, graph, signs
from nnlab.tui.bench.blocks import beside, grid, table, wall
from nnlab.tui.bench.readings import read
from nnlab.tui.bench.spots import PLAIN, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import rows_of

COLOURLESS = Sight(Capabilities(color=ColorDepth.NONE))
SQUARE = np.arange(16.0).reshape(4, 4)
PICTURE = Grid("seen", SQUARE, kind="unsigned", most="pixels")


def test_the_loss_of_a_picture_with_one_for_each_pixel_says_which() -> None:
    moment = Moment.of(made("zoo pixel-labels", "step"))
    rows = "\n".join(rows_of(graph.draw(moment, None, 46, 130).cells))
    assert "L[0,0] " in rows


def test_a_judge_of_pictures_gives_no_answers_about_classes() -> None:
    session = made("zoo gan-digits", "step")
    readings = read(session, frozenset({"digits"}))
    assert readings.answers is None
    gallery.draw(readings, 12, 60)


def test_a_picture_is_larger_where_there_is_room_and_never_in_signs() -> None:
    forms = [size.form for size in grid.sizes(PICTURE, 96, PLAIN)]
    assert forms[:2] == ["pixels 3", "pixels 2"]
    assert [size.form for size in grid.sizes(PICTURE, 96, COLOURLESS)] == ["pixels"]
    assert (grid.sizes(PICTURE, 96, PLAIN)[0].height, grid.sizes(PICTURE, 96, PLAIN)[0].width) == (7, 12)


def test_a_wall_has_larger_pictures_where_there_is_room() -> None:
    several = Wall("maps", (PICTURE,) * 3)
    assert wall.sizes(several, 96, PLAIN)[0].form.startswith("triple")
    assert not any(size.form.startswith("triple") for size in wall.sizes(several, 96, COLOURLESS))


def test_pictures_without_signs_between_them_stand_in_rows_and_are_alike() -> None:
    parts = Beside((PICTURE,) * 3)
    widest = beside.sizes(parts, 30, PLAIN)[0]
    assert widest.form == "rows"
    assert {size.form for size in widest.parts} == {"pixels 3"}
    assert widest.height == 2 * (1 + 6) + 1  # two beside each other, one below


def test_bars_are_long_on_a_wide_page_and_short_before_they_vanish() -> None:
    shares = Table("t", (Line("a", 0.5, note="x" * 20),), "share", 1.0)
    assert table.sizes(shares, 180, PLAIN)[0].form == "bars 41"
    assert table.sizes(shares, 90, PLAIN)[0].form == "bars 13"
    assert table.sizes(shares, 40, PLAIN)[0].form == "bars 7"


def test_a_histogram_is_wider_where_there_is_room() -> None:
    counts = Histogram("h", np.linspace(0, 1, 25), (("all", np.arange(24)),))
    seen = [blocks.sizes_of(counts, width, PLAIN)[0].width for width in (90, 30)]
    assert seen == [72, 24]


def test_a_rule_is_broken_between_its_formulas() -> None:
    rule = "dx = Σ dz·W over the windows that see x   dW = Σ x·dz over all positions   db = Σ dz"
    rows = rows_of(blocks.draw(Scene("conv1  16 3x3", (Note("n"),), rule), None, 22, 80).cells)
    assert any(row.strip() == "db = Σ dz" for row in rows)


def test_the_names_of_rows_are_worth_a_row_more() -> None:
    named = Grid("n", np.ones((2, 16)), rows=("d x", "d a"), most="tiles")
    forms = {size.form: size.loss for size in grid.sizes(named, 78, PLAIN)}
    bare = {size.form: size.loss for size in grid.sizes(Grid("n", np.ones((2, 16)), most="tiles"), 78, PLAIN)}
    assert forms["pixels"] > bare["pixels"]


def test_a_heading_that_has_no_room_is_left_out_not_cut() -> None:
    session = made("data iris", "net dense 6 relu | dense 3", "step 3")
    readings = read(session, frozenset({"signs"}))
    narrow = "\n".join(rows_of(signs.draw(readings, 8, 36).cells))
    assert "…" not in narrow
    assert "step/weight" in narrow
    assert "dead" not in narrow
    assert "dead" in "\n".join(rows_of(signs.draw(readings, 8, 60).cells))

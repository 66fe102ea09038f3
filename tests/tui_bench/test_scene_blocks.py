"""Scenes in cells: what is framed, what is cut, what stands where."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.engine.address import Address
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Axis,
    Beside,
    Block,
    Folded,
    Frame,
    Grid,
    Histogram,
    Lattice,
    Line,
    Note,
    Scene,
    Table,
    Wall,
)
from nnlab.tui.bench import blocks
from nnlab.tui.bench.blocks.desk import Size
from nnlab.tui.bench.blocks.packing import packed, settled
from nnlab.tui.bench.page import wrap
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.scene_page import gauge
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of
from nnlab.tui.palette import GREYS, SEQUENTIAL
from nnlab.tui.themes import Role

COLOUR = Sight(Capabilities(color=ColorDepth.TRUE))
PLAIN = Sight(Capabilities(color=ColorDepth.NONE))
ASCII = Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII))
SIGHTS = (COLOUR, PLAIN, ASCII)
RAMP = np.linspace(0, 1, 28 * 28).reshape(28, 28)


def image(kind: str = "unsigned", least: str = "pixels", most: str = "numbers") -> Grid:
    frames = (Frame(4, 6, 3, 3),)
    return Grid("a picture", RAMP, kind=kind, frames=frames, least=least, most=most)


def drawn(block: Block, width: int = 78, height: int = 40, sight: Sight = COLOUR) -> list[str]:
    return rows_of(blocks.draw(Scene("a scene", (block,)), None, height, width, sight).cells)


def test_a_frame_on_pixels_changes_their_hue_and_hides_none() -> None:
    bare = blocks.draw(Scene("", (Grid("", RAMP, kind="unsigned", most="pixels"),)), None, 20, 60, COLOUR)
    framed = blocks.draw(Scene("", (image(most="pixels"),)), None, 20, 60, COLOUR)
    assert not any("[" in row for row in rows_of(framed.cells))

    def pixels(cells: np.ndarray) -> np.ndarray:  # two in a cell: its ink above, its ground below
        above = np.where(cells[..., 0] == 0, cells[..., 2], cells[..., 1])
        return np.stack((above, cells[..., 2]), axis=1).reshape(-1, cells.shape[1])

    before, after = pixels(bare.cells[2:16, 1:29]), pixels(framed.cells[2:16, 1:29])
    changed = np.argwhere(before != after)
    assert changed.min(0).tolist() == [4, 6]
    assert changed.max(0).tolist() == [6, 8]
    inside = after[4:7, 6:9] - SEQUENTIAL.start
    assert ((inside >= 0) & (inside < SEQUENTIAL.size)).all()
    assert (np.abs(inside - (before[4:7, 6:9] - GREYS.start)) <= 1).all()


def test_without_colour_what_is_framed_is_bold_and_the_rest_is_dim() -> None:
    picture = blocks.draw(Scene("", (image(most="pixels"),)), None, 40, 60, PLAIN)
    inks = picture.cells[2:30, 1:29, 1]
    assert (inks[4:7, 6:9] == Role.ACCENT).all()
    inks[4:7, 6:9] = Role.MUTED
    assert (inks == Role.MUTED).all()


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("width", [30, 78, 196])
def test_titles_are_whole_where_the_page_is_as_wide(width: int, sight: Sight) -> None:
    title = "a title of some length, 28"
    small = np.array([[1e-5, 2e-5]])
    for block in (
        Grid(title, small),
        Grid(title, RAMP, kind="unsigned"),
        Grid(title, None, size=(2, 2)),
        Wall(title, (Grid("0", small), Grid("1", small))),
        Table(title, (Line("a", 1.0),)),
        Histogram(title, np.array([0.0, 1.0]), (("x", np.array([3])),)),
    ):
        assert any(title in row for row in drawn(block, width + 2, sight=sight))


def test_parts_beside_each_other_are_drawn_in_the_form_that_was_measured() -> None:
    grids = tuple(Grid(str(k), RAMP[:5, :5] * 10) for k in range(3))
    found = drawn(Beside(grids, ("×", "=")), 60)
    tiles = next(row for row in found if "×" in row)
    assert "=" in tiles
    assert not any("0.0" in row for row in found)  # figures would take 5 · 6 columns each


def test_the_first_block_is_in_sight_before_the_last_has_figures() -> None:
    first, last = Size(9, 30, "numbers", 0.0), Size(40, 70, "numbers", 0.0)
    options = ((first, Size(4, 30, "pixels", 1.0)), (last, Size(4, 70, "pixels", 1.0)))
    sizes, corners, _tall = settled(options, 14, 78)
    assert sizes == (first, options[1][1])
    assert corners == ((0, 0), (10, 0))


def test_many_blocks_in_many_forms_are_settled_in_few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    from nnlab.tui.bench.blocks import packing

    tries = 0
    cost = packing._cost

    def counted(*given: object) -> float:
        nonlocal tries
        tries += 1
        return cost(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(packing, "_cost", counted)
    forms = tuple(Size(30 - 2 * k, 60 - 3 * k, str(k), float(k)) for k in range(10))
    packing.settled.__wrapped__((forms,) * 8, 40, 96)
    assert tries < 2000


def test_blocks_stand_as_high_as_they_can_and_apart() -> None:
    corners, tall = packed((Size(5, 30), Size(3, 40), Size(4, 20), Size(2, 78)), 78)
    assert corners == ((0, 0), (0, 33), (4, 33), (9, 0))
    assert tall == 11


def test_the_end_of_a_page_is_reached_from_its_lowest_number() -> None:
    numbers = Grid("numbers", np.ones((8, 4)), Folded("x", 4, 32), least="numbers")
    scene = Scene("", (numbers, *(Note(f"line {k}") for k in range(12))))
    top = blocks.draw(scene, Address("x", (0,)), 12, 40, COLOUR)
    assert not any("line 11" in row for row in rows_of(top.cells))
    bottom = blocks.draw(scene, Address("x", (31,)), 12, 40, COLOUR)
    assert any("line 11" in row for row in rows_of(bottom.cells)) or bottom.spot_of(Address("x", (31,)))
    assert bottom.spot_of(Address("x", (31,))).y >= 1


def test_a_number_that_is_only_a_shade_is_read_below_with_its_address() -> None:
    places = Lattice("x", (0, ROWS, COLUMNS, 2), (1, 28, 28, 3))
    scene = Scene("", (Grid("x", RAMP, places, kind="unsigned"),))
    address = Address("x", (0, 3, 5, 2))
    rows = rows_of(blocks.draw(scene, address, 24, 78, COLOUR).cells)
    assert any(f"{address}: {RAMP[3, 5]:.9g}" in row for row in rows)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("names", [True, False])
def test_a_wall_shows_each_of_its_pictures_where_it_is_chosen(names: bool, sight: Sight) -> None:
    grids = tuple(Grid(str(k), np.full((4, 4), k / 16.0)) for k in range(17))
    picks = tuple(Address("a", (0, k)) for k in range(17))
    scene = Scene("", (Wall("maps", grids, 3, picks, names=names),))
    picture = blocks.draw(scene, picks[3], 40, 60, sight)
    assert [spot.target for spot in picture.spots] == list(picks)
    weak, strong = (picture.spots[k] for k in (1, 16))
    shown = [picture.cells[spot.y + names, spot.x : spot.x + 4] for spot in (weak, strong)]
    assert (shown[0] != shown[1]).any()
    marked = [any(mark in row for mark in "▸>▐]") for row in rows_of(picture.cells)]
    assert any(marked)


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_winner_among_figures_has_a_star(sight: Sight) -> None:
    values = np.array([[1.25, -3.5], [11.5, 0.0]])
    found = drawn(Grid("x", values, marks={"winner": values == values.max()}), sight=sight)
    assert [row.count("*") for row in found if "." in row] == [0, 1]
    assert any("*+11.5" in row for row in found)


def test_a_winner_on_a_strong_shade_is_written_in_the_dark() -> None:
    values = np.array([[0.1, 0.9], [-0.9, 0.2]])
    grid = Grid(
        "x", values, kind="signed", limit=1.0, marks={"winner": np.full((2, 2), True)}, most="numbers"
    )
    scene = Scene("", (grid,))
    cells = blocks.draw(scene, None, 20, 40, COLOUR).cells
    stars = cells[cells[..., 0] == ord("*") - 32]
    assert stars[:, 1].tolist() == [Role.ACCENT, Role.BACKGROUND, Role.BACKGROUND, Role.ACCENT]


def test_every_number_of_a_page_is_reached_with_arrows() -> None:
    padded = np.full((5, 5), np.nan)
    padded[1:4, 1:4] = np.arange(9).reshape(3, 3)
    inner = Lattice("x", (0, Axis("rows", -1), Axis("columns", -1)), (1, 3, 3))
    answers = Grid("a", np.ones((2, 2)), Lattice("a", (0, ROWS, COLUMNS), (1, 2, 2)))
    lines = Table("sum", (Line("z", 1.0, Address("z")), Line("b", 2.0, Address("b"))))
    scene = Scene("", (answers, Grid("x", padded, inner, kind="unsigned"), lines))
    start = (Address("a", (0, 0, 0)), -1)
    seen, ahead = {start}, [start]
    while ahead:
        target, within = ahead.pop()
        picture = blocks.draw(scene, target, 20, 70, COLOUR, within)
        for direction in ("left", "right", "up", "down"):
            spot = picture.beside(target, direction)
            if spot is not None and (here := (spot.target, picture.block_at(spot.y, spot.x))) not in seen:
                seen.add(here)
                ahead.append(here)
    assert {target for target, _within in seen} == {
        *(Address("a", (0, r, c)) for r in range(2) for c in range(2)),
        *(Address("x", (0, r, c)) for r in range(3) for c in range(3)),
        Address("z"),
        Address("b"),
    }


WORDY = "rows ask, columns answer; every row adds up to a hundred, and what is hatched is not seen"


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(
    "block",
    [
        Grid(WORDY, RAMP[:4, :6], note=WORDY),
        Wall(WORDY, (image(),), note=WORDY),
        Table(WORDY, (Line("a", 0.5, note="a note"),)),
        Histogram(WORDY, np.linspace(0, 1, 9), (("all", np.arange(8)),)),
    ],
)
def test_long_titles_and_notes_go_on_in_further_rows(block: Block, sight: Sight) -> None:
    page = blocks.draw(Scene("scene", (block,)), None, 40, 44, sight)
    words = " ".join(" ".join(rows_of(page.cells)).split())
    assert words.count(WORDY) == 1 + bool(getattr(block, "note", ""))


def test_notes_of_a_narrow_table_go_on_below() -> None:
    note = "update/weight 0.0012, dead 33%, saturated 5%"
    table = Table("", (Line("conv1", 0.0414, note=note), Line("dense1", -2.0, note="dead 0%")), "share")
    rows = rows_of(blocks.draw(Scene("scene", (table,)), None, 12, 36, COLOUR).cells)
    said = " ".join(" ".join(rows).replace("conv1", "").split())
    assert note in said.replace("0.0414 ", "")
    assert any("dense1" in row and "−2" in row and "dead 0%" in row for row in rows)


def test_a_click_on_the_heading_finds_nothing_that_has_scrolled_under_it() -> None:
    lines = tuple(Line(f"line {k}", float(k), Address("a", (k,))) for k in range(40))
    scene = Scene("a long table", (Table("", lines),), "a rule")
    page = blocks.draw(scene, Address("a", (39,)), 12, 40, COLOUR)
    under = [spot for spot in page.spots if spot.y < page.top]
    assert under, "something has scrolled under the heading"
    assert all(page.spot_at(y, x) is None for y in range(page.top) for x in range(40))
    assert page.beside(page.spots[-1].target, "up") is not None


def test_what_a_page_among_others_has_scrolled_away_cannot_be_clicked() -> None:
    lines = tuple(Line(f"line {k}", float(k), Address("a", (k,))) for k in range(40))
    page = gauge(
        ScenePage("a", "a", lambda _s: True, lambda _s: None, lambda _f: Scene("a", (Table("", lines),)))
    )
    readings = Readings(pages={"a": object()})
    picture = page.draw(readings, 12, 40, Sight(cursor=Address("a", (39,))))
    assert {spot.seen for spot in picture.spots} == {True, False}
    assert all(spot.seen == (1 <= spot.y < 12) for spot in picture.spots)
    hidden = next(spot for spot in picture.spots if not spot.seen)
    assert picture.spot_at(hidden.y, hidden.x) is None


@pytest.mark.parametrize("sight", SIGHTS)
def test_classes_are_told_by_their_letters_where_only_shades_have_room(sight: Sight) -> None:
    classes = np.array([[0.0, 1.0], [2.0, 1.0]])
    words = (("", "s"), ("c", "s"))
    marks = {"winner": np.array([[False, False], [True, False]])}
    grid = Grid("truth", classes, kind="unsigned", words=words, marks=marks, most="tiles", least="tiles")
    rows = rows_of(blocks.draw(Scene("scene", (grid,)), None, 8, 30, sight).cells)
    assert "".join(rows[1:]).replace(" ", "").removeprefix("truth").endswith("sc*s")


def test_a_note_is_broken_between_its_items_first() -> None:
    note = "x·Wr −0.1127  br −0.02885  cr −0.02885"
    table = Table("", (Line("zr", 0.5, note=note),))
    rows = " / ".join(
        row.strip() for row in rows_of(blocks.draw(Scene("s", (table,)), None, 9, 38, COLOUR).cells)
    )
    assert "x·Wr −0.1127  br −0.02885 / cr −0.02885" in rows


def test_lines_of_a_wide_script_break_before_a_number() -> None:
    text = "每一行加起来是100；斜线是看不见的"
    assert all("".join(wrap(text, width)) == text for width in range(6, 30))
    assert not any(line.endswith(("1", "10")) for width in range(6, 30) for line in wrap(text, width))

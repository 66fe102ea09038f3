"""A run and its twin on the stage: the same places, the other's numbers, and the difference."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bench_app import BenchApp
from conftest import MOONS, made

from nnlab.i18n import set_language
from nnlab.session.moment import Moment
from nnlab.session.scene import Deed
from nnlab.session.session import Session
from nnlab.tui.bench import pair
from nnlab.tui.bench.view import View
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

TWIN = (*MOONS, "twin fast lr=0.3", "run 2 epochs")
SIZES = [(80, 24), (120, 36), (200, 50)]
PLACES = [("dense1.W", ""), ("dense1.z", ""), ("dense2.W", "grad"), ("loss", "")]


def drawn(view: View) -> list[str]:
    """The rows that a place of the bench shows."""
    return rows_of(view.picture(view.size.width, view.size.height))


@pytest.mark.parametrize(("name", "part"), PLACES)
def test_the_difference_on_the_stage_is_that_of_the_arrays(name: str, part: str) -> None:
    session = made(*TWIN)
    main, fast = session.runs["main"], session.runs["fast"]
    moment = Moment.beside(session, difference=True)
    assert moment is not None
    expected = np.asarray(fast.array(name, part)) - np.asarray(main.array(name, part))
    np.testing.assert_array_equal(moment.array(name, part), expected)
    theirs = Moment.beside(session, difference=False)
    assert theirs is not None
    np.testing.assert_array_equal(theirs.array(name, part), fast.array(name, part))


def test_the_input_is_no_difference() -> None:
    session = made(*TWIN)
    own, moment = Moment.of(session), Moment.beside(session, difference=True)
    assert moment is not None
    np.testing.assert_array_equal(moment.input, own.input)
    assert moment.explain(moment.address(moment.place(session.address("dense1.z[0,0]")))) is None


def test_what_the_tape_has_not_come_to_is_unknown_in_the_difference_too() -> None:
    session = made(*TWIN, "step operation")
    moment = Moment.beside(session, difference=True)
    assert moment is not None
    assert moment.array("dense1.z") is not None
    assert moment.array("dense2.z") is None


async def test_a_twin_is_shown_at_once_and_a_key_turns_to_the_difference(until: Any) -> None:
    session = made(*TWIN[:-2], "run 2 epochs")
    async with BenchApp(session).run_test(size=(80, 24)) as pilot:
        app: Any = pilot.app
        session.execute("twin fast lr=0.3 from=0")
        await until(pilot, lambda: app.bench.showing == "twin")
        assert drawn(app.bench.stage)[1].strip() == "fast"
        place = app.bench.stage.place
        await pilot.press("D")
        await until(pilot, lambda: drawn(app.bench.stage)[1].strip() == "fast − main")
        assert app.bench.stage.place == place
        reading = drawn(app.bench.stage)[-1]
        address = app.bench.stage.address(app.bench.moment)
        own, theirs = (session.runs[name].value(address) for name in ("main", "fast"))
        told = f"{theirs - own:.4g}".replace("-", "−")[:6]
        assert f"fast − main = {told}" in reading
        await pilot.press("D")
        await until(pilot, lambda: app.bench.other is None)
        session.execute("twin off")
        await pilot.press("D")
        await until(pilot, lambda: app.typed == ["twin "])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("glyphs", [GlyphSet.BRAILLE, GlyphSet.ASCII])
async def test_both_stand_in_the_same_places_at_every_size(
    size: tuple[int, int], language: str, glyphs: GlyphSet, until: Any
) -> None:
    set_language(language)
    try:
        session = made(*TWIN)
        app = BenchApp(session)
        app.capabilities = Capabilities(color=ColorDepth.NONE, glyphs=glyphs)
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.bench.other is not None)
            stage = app.bench.stage
            cells = stage.picture(stage.size.width, stage.size.height)
            _tall, wide = pair.half(stage.size.height - 1 - stage._lines, stage.size.width)
            assert bool(wide) == (size != (80, 24))
            if not wide:
                return
            minus = "−" if glyphs is GlyphSet.BRAILLE else "-"
            z = session.runs["fast"].value("dense1.z[0,0]")
            own, other = rows_of(cells[:, :wide]), rows_of(cells[:, wide + 1 :])
            assert "main" in own[1]
            assert "fast" in other[1]
            heads = [
                (mine.find("dense1"), theirs.find("dense1")) for mine, theirs in zip(own[2:4], other[2:4])
            ]
            assert any(mine >= 0 and mine == theirs for mine, theirs in heads)
            assert any(f"{abs(z):.2f}" in row for row in other)
            await pilot.press("D")
            await until(pilot, lambda: f"fast {minus} main" in drawn(stage)[1])
    finally:
        set_language("en")


async def test_a_click_on_the_other_picture_means_the_same_place(until: Any) -> None:
    session = made(*TWIN)
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app: Any = pilot.app
        await until(pilot, lambda: app.bench.other is not None)
        stage = app.bench.stage
        drawn(stage)
        wide = pair.half(stage.size.height - 1, stage.size.width)[1]
        spot = next(s for s in stage.shown.spots if s.target != stage.target)
        assert stage.spot_at(spot.y, spot.x + wide + 1).target == spot.target
        assert stage.spot_at(spot.y, spot.x).target == spot.target


async def test_while_training_goes_on_both_move(until: Any) -> None:
    session = made(*TWIN)
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app: Any = pilot.app
        await pilot.press("D")
        await pilot.press("r")
        await until(pilot, lambda: app.bench.other is not None and app.bench.other.frame is not None)
        moment = app.bench.other
        frame = moment.frame
        expected = frame.twin["dense1.W"] - frame.values["dense1.W"]
        np.testing.assert_array_equal(moment.array("dense1.W"), expected)
        await pilot.press("r")
        await until(pilot, lambda: not session.trainer.running)
    assert session.runs["fast"].step_count == session.runs["main"].step_count


async def test_the_inspector_says_what_the_number_is_in_the_twin(until: Any) -> None:
    session = made(*TWIN)
    async with BenchApp(session).run_test(size=(200, 50)) as pilot:
        app: Any = pilot.app
        await until(pilot, lambda: app.bench.question.twin is not None)
        question = app.bench.question
        own, theirs = (session.runs[name].value(question.address) for name in ("main", "fast"))
        assert question.twin.value == theirs
        assert question.twin.difference == theirs - own
        assert any("fast = " in row and "difference" in row for row in drawn(app.bench.inspector))


async def test_enter_on_a_run_goes_there_and_a_new_twin_is_typed(until: Any) -> None:
    session = made(*TWIN)
    async with BenchApp(session).run_test(size=(80, 24)) as pilot:
        app: Any = pilot.app
        session.execute("view runs")
        await until(pilot, lambda: any("fast (twin)" in row for row in drawn(app.bench.gauges)))
        app.bench.gauges.stand(Deed("switch fast"))
        await pilot.press("enter")
        await until(pilot, lambda: session.current == "fast")
        app.bench.gauges.stand(Deed("twin "))
        await pilot.press("enter")
        await until(pilot, lambda: app.typed == ["twin "])


async def test_a_hit_brings_its_page_and_enter_tries_an_experiment(until: Any) -> None:
    session = made(*MOONS, "break step = 12")
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app: Any = pilot.app
        await pilot.press("r")
        await until(pilot, lambda: not session.trainer.running and session.need_run().step_count == 12)
        await until(pilot, lambda: any("press !" in said for said in app.said))
        await until(pilot, lambda: app.bench.gauges.order == ("breaks",))
        session.execute("view breaks")
        await until(pilot, lambda: any("twin fast lr=" in row for row in drawn(app.bench.gauges)))
        app.bench.gauges.stand(Deed("twin fast lr=0.003 from=2"))
        await pilot.press("enter")
        await until(pilot, lambda: session.bench.twin == "fast")
    assert session.runs["fast"].step_count == 12


def test_the_twin_and_pinned_runs_are_always_among_the_curves(until: Any) -> None:
    from nnlab.tui.bench.others import Others

    session = made(*TWIN, "branch a", "step", "branch b", "step", "branch c", "step", "branch d", "step")
    names = [curve.name for curve in Others()(session.runs, "d", ("fast", "a"))]
    assert {"fast", "a"} <= set(names)


def test_without_a_twin_there_is_nothing_beside() -> None:
    assert Moment.beside(made(*MOONS), difference=True) is None


@pytest.mark.parametrize("page", ["twin", "runs", "breaks"])
def test_pages_say_in_words_what_they_draw(page: str) -> None:
    session = made(*TWIN, "pin main", "break step = 20", "break loss < 9", "run 9 steps")
    lines = session.execute(f"view {page}").lines
    text = "\n".join(lines)
    wanted = {
        "twin": ("fast − main", "adam → adam lr=0.3", "dense1.W["),
        "runs": ("main (current, pinned)", "fast (twin)", "switch fast"),
        "breaks": ("loss < 9", "hit once", "twin luck seed=2", "three things to try"),
    }[page]
    for word in wanted:
        assert word in text, word


def test_the_page_of_the_twin_tells_differences_and_their_addresses() -> None:
    session: Session = made(*TWIN)
    from nnlab.session.pages import page_scene
    from nnlab.session.scene import Line, Table

    tables = [block for block in page_scene(session, "twin").blocks if isinstance(block, Table)]
    lines: list[Line] = [line for table in tables for line in table.lines if line.label.startswith("dense")]
    assert len(lines) == 4
    for line in lines:
        own, theirs = (session.runs[name].value(line.label) for name in ("main", "fast"))
        assert line.value == theirs - own


async def test_both_sides_of_a_difference_can_be_opened(until: Any) -> None:
    session = made(*TWIN, "step")
    async with BenchApp(session).run_test(size=(120, 36)) as pilot:
        app: Any = pilot.app
        bench = app.bench
        session.execute("explain dense1.W[0,1].grad")
        await until(pilot, lambda: bench.question.twin is not None and bench.question.explanation is not None)
        own = bench.question.explanation.value
        await until(pilot, lambda: any("this run" in row for row in drawn(bench.inspector)))
        bench.inspector.stand(("twin", 0))
        await pilot.press("enter")
        await until(pilot, lambda: bench.question.of == "fast" and bench.question.explanation is not None)
        there = session.runs["fast"].explain("dense1.W[0,1].grad")
        assert bench.question.explanation.value == there.value != own
        assert any(row.lstrip().startswith("fast: dense1.W[0,1].grad") for row in drawn(bench.inspector))
        bench.inspector.focus()
        await pilot.press("escape")
        await until(pilot, lambda: bench.question.of == "" and bench.question.explanation is not None)
        assert bench.question.explanation.value == own


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
@pytest.mark.parametrize("line", ["twin net dense 3 relu | dense 4 tanh | dense 1", "twin data circles n=90"])
async def test_a_twin_on_other_things_is_drawn_beside(until: Any, size: tuple[int, int], line: str) -> None:
    session = made(*MOONS, line, "step")
    async with BenchApp(session).run_test(size=size) as pilot:
        app: Any = pilot.app
        await until(pilot, lambda: app.bench.other is not None)
        for _showing in range(3):
            await pilot.press("D")
            await pilot.pause(0.1)
            await pilot.press("tab", "x")
            await pilot.pause(0.1)
            await pilot.press("escape")
        await pilot.press("r")
        await pilot.pause(0.5)
        await pilot.press("r")
        await until(pilot, lambda: not session.trainer.running)
        assert session.runs["twin"].step_count == session.need_run().step_count

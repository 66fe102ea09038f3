"""The forms of answer that are more than a number or a choice, on screen."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from nnlab.tui.curve_field import CurveField
from nnlab.tui.screens.lesson import LessonScreen

SCRIPT = """
from nnlab.lesson import Lesson, curve, debug, fault, numeric, over_epochs, predict, quiz, sabotage, shape

lesson = Lesson(
    "t2", "more_forms", minutes=5, setup=["seed 1", "data moons", "net dense 8 tanh | dense 1"],
    steps=[
        quiz("shape", shape("dense1.z", mistakes={"no-batch": (8,), "weights": "dense1.W"}),
             look=["step batch"]),
        predict("curve", curve(over_epochs("train_loss"), mistakes={"rising": "rises", "flat": "level"}),
                setup=["seed 1", "data moons", "net dense 8 tanh | dense 1", "optimizer adam lr=0.03"],
                look=["run 8 epochs"]),
        predict("sum", numeric("dense1.z[0,0]", mistakes={"nothing": 77.0, "layer": 78.0}),
                setup=["data moons", "net dense 8 tanh | dense 1"], look=["step batch"],
                shows={"layer": "explain dense1.W[0,0]"}),
        debug("fault", sabotage([
            fault("zeroed", ["edit dense1.W[0,0] 0"], ["explain dense1.W[0,0]"], lambda s: False),
            fault("fast", ["lr 5"], ["show network"], lambda s: False),
        ], probes=3, seed=2), setup=["data moons", "net dense 8 tanh | dense 1", "run 1 epochs"],
            shows={"zeroed": "explain dense1.W[0,0]"}),
    ],
)
"""
ASKED = """### question
What comes out?
### hint
Look here.
### hint
Think so.
### hint
Do it like this.
### after
That is it: {answer}.
"""
PROSE = f"""# More forms
You will draw and shape.

## shape A shape
{ASKED}### mistake no-batch
One example only.
### mistake weights
The weights.

## curve A curve
Eight epochs will be run.
{ASKED}### axis across
epoch
### axis up
loss
### mistake rising
It learns.
### mistake flat
It moves.

## sum A sum
{ASKED}### mistake nothing
Nothing at all.
### mistake layer
Not the layer.

## fault Something is wrong
{ASKED}### option zeroed
a weight was set to zero
### option fast
the learning rate is far too large
### mistake zeroed
No weight is zero.
### mistake fast
The rate is as it was.
"""


@pytest.fixture
def forms(start, tmp_path: Path):
    """``async with forms("shape") as driver``: a lesson open at one of its steps."""
    folder = tmp_path / "forms" / "t_test"
    folder.mkdir(parents=True)
    (folder / "t2_more_forms.py").write_text(SCRIPT, encoding="utf-8")
    for language in ("en", "zh"):
        (folder / f"t2_more_forms.{language}.md").write_text(PROSE, encoding="utf-8")

    @contextlib.asynccontextmanager
    async def begin(at: str, **options):
        async with start(lesson_dirs=[tmp_path / "forms"], lesson="t2", **options) as driver:
            await driver.until(lambda: isinstance(driver.app.screen, LessonScreen), "the lesson")
            screen = driver.app.screen
            if at != "shape":
                driver.app.do(lambda: (screen.run.go(at), screen.run.view())[1], screen._arrived)
            await driver.until(lambda: screen._shown == at and screen.guide.view.id == at, at)
            await driver.pilot.pause(0.1)
            yield driver

    return begin


def status(driver) -> str:
    return driver.app.screen.run.state.status


async def test_a_shape_is_typed_with_an_x_that_is_no_key(forms) -> None:
    async with forms("shape") as driver:
        await driver.type("8x32")
        assert driver.app.screen.guide.field.value == "8x32"
        await driver.press("enter")
        await driver.shows("axes are swapped")
        await driver.type("32x8")  # over the wrong one
        await driver.press("enter")
        await driver.until(lambda: status(driver) == "passed")
        await driver.shows("That is it: (32, 8).")


async def test_an_x_that_stands_alone_is_a_key(forms) -> None:
    async with forms("shape") as driver:
        await driver.press("x", "e")
        assert driver.app.screen.guide.field.value == ""


async def test_a_curve_is_drawn_with_the_arrows_and_measured_over(forms) -> None:
    async with forms("curve") as driver:
        field = driver.app.screen.guide.field
        await driver.press("enter")
        assert status(driver) == "open"  # nothing is drawn yet
        await driver.press("down", "down", "end", *["up"] * 8)
        assert field.drawn[0] == pytest.approx(0.4 * field.plot.up[1])
        assert field.drawn[-1] == pytest.approx(0.8 * field.plot.up[1])
        await driver.press("enter")
        await driver.until(lambda: status(driver) == "passed")
        await driver.shows("It learns.")
        await driver.shows("you drew")
        await driver.until(lambda: field.plot.measured)
        before = field.drawn
        await driver.press("down")
        assert field.drawn == before  # what was said stays


async def test_a_curve_is_drawn_with_the_mouse(forms) -> None:
    async with forms("curve") as driver:
        field = driver.app.screen.guide.field
        top, bottom, left = field._area
        right = field.size.width - 1
        await driver.pilot.mouse_down(field, offset=(left, top))
        await driver.pilot.hover(field, offset=(right, bottom - 1))
        await driver.pilot.mouse_up(field, offset=(right, bottom - 1))
        low, high = field.plot.up
        assert (field.drawn[0], field.drawn[-1]) == (pytest.approx(high), pytest.approx(low))
        middle = field.drawn[len(field.drawn) // 2]
        assert low < middle < high  # the places that were flown past are on the line


async def test_an_unanswered_curve_is_there_again_after_a_crash(forms) -> None:
    async with forms("curve") as driver:
        await driver.press("up", "right", "up")
        drawn = driver.app.screen.guide.field.heights
        await driver.until(lambda: driver.app.screen.run.state.draft)
        kept = driver.app.progress.steps("t2_more_forms")["curve"]["draft"]
        assert CurveField(driver.app.screen.run.view().plot, kept).heights == drawn


async def test_a_wrong_answer_is_seen_with_one_key_before_any_hint(forms) -> None:
    async with forms("sum") as driver:
        await driver.type("77")
        await driver.press("enter")
        await driver.shows("l see it  explain dense1.z[0,0]")
        await driver.press("l")
        bench = driver.app.screen.bench
        await driver.until(lambda: bench.place_name == "inspector")
        assert not driver.app.screen.run.state.hints


async def test_what_shows_a_misconception_can_be_clicked_and_comes_in_place_of_the_guide(forms) -> None:
    async with forms("sum", size=(80, 24)) as driver:
        await driver.type("78")
        await driver.press("enter")
        await driver.shows("l see it  explain dense1.W[0,0]")
        await driver.pilot.pause(0.1)
        await driver.pilot.click("#sight")
        await driver.until(lambda: driver.app.screen.has_class("-bench"))


async def test_a_planted_fault_is_named_after_a_few_probes(forms) -> None:
    async with forms("fault") as driver:
        await driver.shows("◇◇◇  Probes: 0 of 3")
        truth = driver.app.screen.run.state.prepared["truth"][0]
        driver.app.act("explain dense1.W[0,0]")
        await driver.shows("◆◇◇  Probes: 1 of 3")
        order = ["zeroed", "fast"]
        await driver.press("5", "down" if truth == "zeroed" else "up", "enter")
        await driver.shows("The rate is" if truth == "zeroed" else "No weight is zero")
        await driver.press("5", "home" if order.index(truth) == 0 else "end", "enter")
        await driver.until(lambda: status(driver) == "passed")

"""The forms of answer that are more than a number or a choice, on screen."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from nnlab.tui.screens.lesson import LessonScreen

SCRIPT = """
from nnlab.lesson import Lesson, predict, quiz, shape

lesson = Lesson(
    "t2", "more_forms", minutes=5, setup=["seed 1", "data moons", "net dense 8 tanh | dense 1"],
    steps=[
        quiz("shape", shape("dense1.z", mistakes={"no-batch": (8,), "weights": "dense1.W"}),
             look=["step batch"]),
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

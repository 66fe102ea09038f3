"""Home: what it offers, what it remembers, in which language."""

from __future__ import annotations

from nnlab.i18n import set_language
from nnlab.settings import Settings
from nnlab.tui import atlas
from nnlab.tui.screens.lab import LabScreen
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.screens.settings import SettingsScreen


async def test_the_course_is_on_the_map_with_words_for_progress(start, pack) -> None:
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        await driver.shows("All the forms")
        assert "One neuron decides" in driver.text
        assert "0 of 1 done" in driver.text
        assert "5 min" in driver.text


async def test_the_panel_tells_about_the_lesson_under_the_cursor(start, pack) -> None:
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        menu = driver.app.screen.query_one("#menu")
        menu.go("lesson:t1_forms")
        await driver.shows("You will answer in every way")
        assert "builds on A1" in driver.text
        assert "Be the network" in driver.text


async def test_enter_and_a_click_open(start, pack) -> None:
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        await driver.shows("5 min")
        lines = driver.text.splitlines()
        row = next(y for y, line in enumerate(lines) if "All the forms" in line)
        await driver.pilot.click(offset=(20, row))
        await driver.until(lambda: isinstance(driver.app.screen, LessonScreen))


async def test_home_offers_the_lesson_that_was_begun(start, pack) -> None:
    async with start(lesson_dirs=[pack], lesson="t1") as driver:
        await driver.until(lambda: isinstance(driver.app.screen, LessonScreen))
        await driver.press("q")
        await driver.shows("Continue")
        assert driver.app.screen.query_one("#menu").current == "continue:lesson"
        assert "step 1 of 11" in driver.text


async def test_the_next_first_paint_shows_what_home_showed_last(start, pack) -> None:
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        shown = driver.app.atlas
    set_language("en")
    assert atlas.remembered().stops == shown.stops
    set_language("zh")
    assert atlas.remembered().stops == ()


async def test_lab_own_data_and_settings_open(start) -> None:
    async with start() as driver:
        await driver.loaded()
        menu = driver.app.screen.query_one("#menu")
        menu.go("settings")
        await driver.press("enter")
        assert isinstance(driver.app.screen, SettingsScreen)
        await driver.press("q")
        menu.go("data")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        await driver.until(lambda: driver.app.screen.query_one("ActionInput").value == "data file:")


async def test_home_in_chinese(start, pack) -> None:
    set_language("zh")
    async with start(lesson_dirs=[pack], settings=Settings(language="zh")) as driver:
        await driver.loaded()
        await driver.shows("各种作答")


async def test_a_lesson_that_cannot_be_read_is_named_and_the_others_stay(start, pack) -> None:
    (pack / "t_test" / "t1_forms.py").write_text("lesson = 1\n")
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        await driver.shows("cannot be read")
        assert "One neuron decides" in driver.text

"""Home: what it offers, what it remembers, in which language."""

from __future__ import annotations

from nnlab.i18n import set_language
from nnlab.settings import Settings
from nnlab.tui import atlas
from nnlab.tui.screens.lab import LabScreen
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.screens.recall import RecallScreen
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
        assert "step 1 of 12" in driver.text


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


async def test_a_track_opens_and_closes_and_shows_its_lessons_as_signs_meanwhile(start) -> None:
    async with start(size=(80, 24)) as driver:
        await driver.loaded()
        await driver.shows("▾ Foundations")
        menu = driver.app.screen.query_one("#menu")
        assert menu.current == "lesson:a1_neuron"
        menu.go("track:a_foundations")
        await driver.press("enter")
        await driver.shows("▸ Foundations")
        row = next(line for line in driver.text.splitlines() if "Foundations" in line)
        assert row.count("○") == 8
        assert "One neuron decides" not in driver.text
        await driver.press("enter")
        await driver.shows("One neuron decides")


async def test_at_80_columns_three_lines_tell_about_the_row(start) -> None:
    async with start(size=(80, 24)) as driver:
        await driver.loaded()
        await driver.shows("By the end you can set three numbers")
        await driver.shows("15 minutes")


async def test_a_way_that_is_followed_offers_its_next_lesson(start) -> None:
    async with start() as driver:
        await driver.loaded()
        menu = driver.app.screen.query_one("#menu")
        menu.go("ways")
        await driver.press("enter", "down")
        await driver.shows("Enter follows this way.")
        await driver.press("enter")
        await driver.shows("next on your way")
        assert driver.app.progress.note("path") == "lab"
        driver.app.progress.finish("a1_neuron")
        driver.app.survey()
        await driver.until(lambda: driver.app.atlas.next_stop.id == "A5")
        menu.go("way:lab")
        await driver.press("enter")
        await driver.until(lambda: driver.app.progress.note("path") == "")


async def test_one_right_answer_waives_a_lesson(start) -> None:
    async with start() as driver:
        await driver.loaded()
        menu = driver.app.screen.query_one("#menu")
        menu.go("lesson:a1_neuron")
        await driver.shows("I know this")
        await driver.press("I")
        await driver.until(lambda: isinstance(driver.app.screen, RecallScreen))
        run = driver.app.screen.runs[0]
        truth = run.prepared["truth"][0]
        await driver.until(lambda: driver.app.screen.guide.field is not None)
        if run.recall.ask.answer_form == "number":
            await driver.type(f"{truth:.6f}")
            await driver.press("enter")
            await driver.shows("counts as known")
            await driver.press("n")
            await driver.until(lambda: driver.app.atlas.stop("a1_neuron").finished)


async def test_what_was_done_is_told_in_a_window(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.screen.query_one("#menu").go("summary")
        await driver.press("enter")
        await driver.shows("No lesson has been begun yet.")

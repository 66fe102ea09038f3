"""Settings on screen: made from the table, acting at once, kept."""

from __future__ import annotations

import json

from nnlab.i18n import current_language
from nnlab.settings import SCHEMA
from nnlab.tui.capabilities import GlyphSet
from nnlab.tui.screens.settings import SettingsScreen


async def opened(driver) -> SettingsScreen:
    await driver.loaded()
    await driver.press("comma")
    await driver.until(lambda: isinstance(driver.app.screen, SettingsScreen))
    return driver.app.screen


async def test_every_setting_has_a_row_and_an_explanation(start) -> None:
    async with start(size=(80, 24)) as driver:
        screen = await opened(driver)
        rows = screen.query_one("#settings")
        for name in SCHEMA:
            rows.go(name)
            await driver.pilot.pause()
            assert screen.query_one("#explained").text


async def test_the_arrows_change_a_value_and_it_is_kept(start, home) -> None:
    async with start() as driver:
        screen = await opened(driver)
        screen.query_one("#settings").go("theme")
        await driver.press("right")
        assert driver.app.settings.theme == "light"
        assert driver.app.theme == "nnlab-light"
        assert json.loads((home / "config" / "settings.json").read_text())["theme"] == "light"
        await driver.press("left")
        assert driver.app.settings.theme == "dark"


async def test_the_language_changes_every_screen_at_once(start) -> None:
    async with start() as driver:
        screen = await opened(driver)
        screen.query_one("#settings").go("language")
        driver.app.change_setting("language", "zh")
        await driver.pilot.pause(0.2)
        assert current_language() == "zh"
        await driver.shows("中文")


async def test_a_number_is_typed_and_a_wrong_one_explained(start) -> None:
    async with start() as driver:
        screen = await opened(driver)
        screen.query_one("#settings").go("speed")
        await driver.press("enter")
        field = screen.query_one("#value")
        field.value = "-3"
        await driver.press("enter")
        await driver.until(lambda: "-3" in driver.said)
        field.value = "7"
        await driver.press("enter")
        assert driver.app.settings.speed == 7
        assert not field.display


async def test_signs_change_while_running(start) -> None:
    async with start() as driver:
        await opened(driver)
        driver.app.change_setting("glyphs", "ascii")
        await driver.pilot.pause(0.2)
        assert driver.app.capabilities.glyphs is GlyphSet.ASCII
        assert "◂" not in driver.text


async def test_a_folder_that_cannot_be_written_is_said_and_nothing_breaks(start, home) -> None:
    async with start() as driver:
        screen = await opened(driver)
        (home / "config").parent.mkdir(parents=True, exist_ok=True)
        (home / "config").write_text("a file where the folder should be")
        screen.query_one("#settings").go("theme")
        await driver.press("right")
        assert driver.app.theme == "nnlab-light"
        assert "config" in driver.said


async def test_a_newcomer_sees_training_move_and_the_speed_chosen_on_the_bench_is_kept(start, home) -> None:
    async with start(size=(120, 36)) as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: driver.app.session is not None)
        session = driver.app.session
        for line in ("data digits", "net dense 10 relu | dense 10"):
            driver.app.act(line)
        await driver.shows("speed 100/s")
        await driver.press("r")
        await driver.until(lambda: session.run is not None and session.run.step_count > 5)
        assert session.trainer.pace == 100
        await driver.shows("> faster")
        await driver.press("greater_than_sign")
        await driver.shows("speed 300/s")
        assert session.trainer.pace == 300
        await driver.press("r")
        await driver.until(lambda: not session.trainer.running)
        await driver.press(*["greater_than_sign"] * 4)
        await driver.shows("speed flat out")
        assert json.loads((home / "config" / "settings.json").read_text())["speed"] == 0
        await driver.press("less_than_sign")
        await driver.shows("speed 10000/s")
        driver.app.act("run 3 epochs")
        await driver.until(
            lambda: session.history[-1].startswith("run to step") and not session.trainer.running
        )
        assert session.trainer.pace is None

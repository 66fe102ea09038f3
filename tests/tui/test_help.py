"""``?`` and the palette: written for the screen one is on, and they act."""

from __future__ import annotations

from nnlab.i18n import set_language
from nnlab.tui.commands import commands, in_all_languages
from nnlab.tui.screens.answer import AnswerScreen
from nnlab.tui.screens.help import HelpScreen
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.lab import LabScreen
from nnlab.tui.screens.settings import SettingsScreen


async def test_help_is_about_the_screen_and_does_the_chosen_key(start) -> None:
    async with start() as driver:
        await driver.loaded()
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        assert "Help: Home" in driver.text
        driver.app.screen.query_one("#keys").go("settings")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, SettingsScreen))


async def test_escape_closes_help(start) -> None:
    async with start(size=(80, 24)) as driver:
        await driver.loaded()
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        await driver.press("escape")
        assert isinstance(driver.app.screen, HomeScreen)


async def test_the_lab_has_words_and_keys_of_its_own(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        await driver.press("question_mark")
        await driver.until(lambda: isinstance(driver.app.screen, HelpScreen))
        keys = {row.id for row in driver.app.screen.query_one("#keys")._rows if row.id}
        assert {"step", "back", "run", "command", "leave"} <= keys


async def test_the_palette_finds_actions_screens_lessons_themes_and_languages(start) -> None:
    async with start() as driver:
        await driver.loaded()
        titles = [command.title for command in commands(driver.app)]
        for wanted in (
            "Home",
            "Settings",
            "Lesson A1",
            "Card  Does it",
            ": optimizer",
            "Theme: light",
            "Language: 中文",
        ):
            assert any(title.startswith(wanted) for title in titles), wanted


async def test_the_palette_is_searched_in_both_languages_whatever_the_interface_speaks(start) -> None:
    assert "设置" in in_all_languages("Settings")
    async with start() as driver:
        await driver.loaded()
        await driver.press("slash")
        await driver.pilot.pause(0.2)
        await driver.press("设", "置")
        await driver.until(lambda: "Settings" in driver.text)
        set_language("en")


async def test_an_action_with_arguments_is_begun_on_the_action_line(start) -> None:
    async with start() as driver:
        await driver.loaded()
        driver.app.open_lab(resume=False)
        await driver.until(lambda: isinstance(driver.app.screen, LabScreen))
        command = next(c for c in commands(driver.app) if c.title.startswith(": data"))
        command.do()
        await driver.until(lambda: driver.app.screen.query_one("ActionInput").value == "data ")


async def test_a_card_is_read_from_home_without_opening_a_bench(start) -> None:
    async with start() as driver:
        await driver.loaded()
        assert driver.app.action_error("card timeline") is None
        assert "timeline" in [offer.text for offer in driver.app.completions("card tim")]
        driver.app.act("card timeline")
        await driver.until(lambda: isinstance(driver.app.screen, AnswerScreen))
        assert "1943 McCulloch" in driver.text
        assert driver.app.session is None

"""The action line: completion, history, errors in place."""

from __future__ import annotations

from nnlab.tui.command_line import CommandLine
from nnlab.tui.screens.lab import LabScreen


async def lab(driver) -> None:
    await driver.loaded()
    driver.app.open_lab(resume=False)
    await driver.until(lambda: isinstance(driver.app.screen, LabScreen))


async def line(driver) -> CommandLine:
    await driver.press("colon")
    await driver.until(lambda: driver.app.screen.query_one(CommandLine).is_open)
    return driver.app.screen.query_one(CommandLine)


async def test_tab_completes_the_word(start) -> None:
    async with start() as driver:
        await lab(driver)
        command = await line(driver)
        await driver.type("opti")
        await driver.shows("optimizer")
        await driver.press("tab")
        assert command.input.value == "optimizer "


async def test_the_arrows_choose_among_completions(start) -> None:
    async with start() as driver:
        await lab(driver)
        command = await line(driver)
        await driver.type("data ")
        await driver.press("down", "tab")
        first, second = (offer.text for offer in driver.app.completions("data ")[:2])
        assert command.input.value.startswith(f"data {second}")
        assert first != second


async def test_enter_does_the_action_and_gives_the_focus_back(start) -> None:
    async with start() as driver:
        await lab(driver)
        before = driver.app.screen.focused
        command = await line(driver)
        await driver.type("data xor")
        await driver.press("enter")
        await driver.until(lambda: driver.app.session.history == ["data xor"])
        assert not command.is_open
        assert driver.app.screen.focused is before


async def test_what_cannot_be_done_comes_back_to_be_mended(start, tmp_path) -> None:
    table = tmp_path / "flowers.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i},{i % 7},{'xy'[i % 2]}\n" for i in range(20)))
    async with start() as driver:
        await lab(driver)
        command = await line(driver)
        await driver.type(f"data file:{table}x")
        await driver.press("enter")
        await driver.until(lambda: command.is_open and command.input.value == f"data file:{table}x")
        await driver.shows("! ")
        assert not driver.app.session.history
        await driver.press("backspace", "enter")
        await driver.until(lambda: driver.app.session.history == [f"data file:{table}"])
        assert not command.is_open


async def test_an_unknown_word_is_marked_with_the_nearest_one(start) -> None:
    async with start() as driver:
        await lab(driver)
        command = await line(driver)
        await driver.type("optimiser adm")
        await driver.press("enter")
        await driver.shows("^^^")
        assert "adam" in driver.text
        assert command.is_open
        assert command.input.value == "optimiser adm"


async def test_escape_closes_and_does_nothing(start) -> None:
    async with start() as driver:
        await lab(driver)
        command = await line(driver)
        await driver.type("data xor")
        await driver.press("escape")
        assert not command.is_open
        assert driver.app.session.history == []


async def test_up_brings_earlier_actions_back(start) -> None:
    async with start() as driver:
        await lab(driver)
        for action in ("data xor", "net dense 2 | dense 1"):
            driver.app.act(action)
        await driver.until(lambda: len(driver.app.session.history) == 2)
        command = await line(driver)
        await driver.press("up")
        assert command.input.value == "net dense 2 | dense 1"
        await driver.press("up")
        assert command.input.value == "data xor"
        await driver.press("down", "down")
        assert command.input.value == ""


async def test_what_was_typed_before_the_engine_was_there_can_be_completed_when_it_is(start) -> None:
    async with start() as driver:
        command = await line(driver)
        await driver.type("opti")
        driver.app._loaded = False  # however fast it was
        command._offer("opti")
        assert "optimizer" not in driver.text
        driver.app._loaded = True
        command.engine_is_there()
        await driver.shows("optimizer")

"""The window of a long answer shows all of every sentence, however narrow it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App

from nnlab.tui.screens.answer import AnswerScreen

SENTENCE = "a sentence of many words, " * 5 + "and its end"
TABLE = "unit    loss  accuracy" + " " * 60 + "bar"


@pytest.mark.parametrize("width", [40, 80, 120])
async def test_sentences_are_broken_where_the_window_ends_and_tables_are_not(width: int) -> None:
    app: App[None] = App()
    async with app.run_test(size=(width, 24)) as pilot:
        app.push_screen(AnswerScreen("saliency", [SENTENCE, TABLE]))
        await pilot.pause()
        text = app.screen.query_one("#text").render()
        lines = str(text).split("\n")
        assert TABLE in lines
        assert " ".join(line for line in lines if line != TABLE) == SENTENCE
        assert max(len(line) for line in lines if line != TABLE) <= 0.96 * width - 6


class Bench(App[None]):
    """Remembers what a window asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def open_lesson(self, name: str) -> None:
        self.done.append(f"lesson {name}")

    def open_lab(self, resume: bool = True, then: Callable[[], None] | None = None) -> None:
        self.done.append("lab" if resume else "new bench")
        if then is not None:
            then()

    def act(self, line: str) -> None:
        self.done.append(line)


CARD = ["A card", "To open:", "  1  lesson a1", "  2  zoo xor"]


@pytest.mark.parametrize(("key", "done"), [("1", ["lesson a1"]), ("2", ["new bench", "zoo xor"]), ("3", [])])
async def test_a_number_opens_what_a_card_leads_to(key: str, done: list[str]) -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(AnswerScreen("card", CARD, ["lesson a1", "zoo xor"]))
        await pilot.pause()
        await pilot.press(key)
        await pilot.pause()
        assert app.done == done


async def test_a_click_on_a_line_opens_it_too() -> None:
    app = Bench()
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(AnswerScreen("card", CARD, ["lesson a1", "zoo xor"]))
        await pilot.pause()
        await pilot.click("#text", offset=(4, 1 + CARD.index("  2  zoo xor")))
        await pilot.pause()
        assert app.done == ["new bench", "zoo xor"]


@pytest.mark.parametrize(("at", "closes"), [((0, 0), True), ((26, 14), False)])
async def test_a_click_beside_the_window_closes_it_as_esc_does(at: tuple[int, int], closes: bool) -> None:
    app = Bench()
    async with app.run_test(size=(80, 30)) as pilot:
        app.push_screen(AnswerScreen("show network", ["a line of the answer"] * 9))
        await pilot.pause()
        await pilot.click(offset=at)
        await pilot.pause()
        assert isinstance(app.screen, AnswerScreen) != closes

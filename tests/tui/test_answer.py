"""The window of a long answer shows all of every sentence, however narrow it is."""

from __future__ import annotations

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

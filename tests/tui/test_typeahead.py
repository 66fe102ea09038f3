"""Keys typed ahead wait for what the keys before them do, however long that takes."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widget import Widget

from nnlab.tui import typeahead
from nnlab.tui.typeahead import TypeAhead


class Field(Widget, can_focus=True):
    """Takes down the keys it gets."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self.got = ""

    async def on_key(self, event: Key) -> None:
        self.got += event.character or ""


class Slow(Field):
    """A key gives the focus to the other field, after a while."""

    def __init__(self, seconds: float) -> None:
        super().__init__("slow")
        self.seconds = seconds

    async def on_key(self, event: Key) -> None:
        if event.character == ":":
            await asyncio.sleep(self.seconds)
            self.screen.query_one("#field").focus()


class Typing(TypeAhead, App[None]):
    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.slow, self.field = Slow(seconds), Field("field")

    def compose(self) -> ComposeResult:
        yield self.slow
        yield self.field


async def typed(seconds: float, until: float) -> Typing:
    app = Typing(seconds)
    async with app.run_test() as pilot:
        app.slow.focus()
        await pilot.pause()
        for sign in ":lr":
            app.post_message(Key({":": "colon"}.get(sign, sign), sign))
        for _attempt in range(round(until / 0.05)):
            await asyncio.sleep(0.05)
            if len(app.slow.got + app.field.got) == 3:
                break
    return app


async def test_letters_behind_a_slow_key_land_where_it_puts_the_focus() -> None:
    app = await typed(0.6, 5)
    assert (app.slow.got, app.field.got) == (":", "lr")


async def test_a_key_that_is_never_done_does_not_hold_the_others_up_for_good(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typeahead, "PATIENCE", 0.1)
    app = await typed(1.0, 5)
    assert app.slow.got == ":lr"

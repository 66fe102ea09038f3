"""The app with everything that moves by itself held still, and a way to know that it has come to rest."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from nnlab.i18n import set_language
from nnlab.session.session import Session
from nnlab.settings import Settings
from nnlab.tui.app import NnlabApp
from nnlab.tui.bench import Bench
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from tests.snapshots.screenshot import Screenshot, screenshot

LOOKS = {
    "dark": ("dark", Capabilities()),
    "light": ("light", Capabilities()),
    "contrast": ("high-contrast", Capabilities()),
    "colourless": ("dark", Capabilities(color=ColorDepth.NONE)),
    "ascii": ("dark", Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)),
}
PATIENCE = 4000
"""Looks at the screen before giving up; each lets the app do what it has to do."""


class Sitter:
    """Somebody at the app who waits until it has come to rest before doing the next thing."""

    def __init__(self, app: NnlabApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, true: Callable[[], object], what: str) -> None:
        for _look in range(PATIENCE):
            with contextlib.suppress(LookupError, AttributeError):
                if true():
                    return
            await self.pilot.pause(0.005)
        raise AssertionError(f"never: {what}\n" + "\n".join(self.picture().rows))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.rest()

    async def act(self, line: str) -> None:
        self.app.act(line)
        await self.rest()

    async def rest(self) -> None:
        """Until the hands, the readers, the workers and the frames are done and the screen stays the same."""
        await self.until(lambda: self.app.loaded, "loaded")
        same = 0
        before = None
        while same < 2:
            await self._hands()
            await self.until(self._quiet, "rest")
            await self.pilot.pause()
            now = self.picture()
            same = same + 1 if now == before and self._quiet() else 0
            before = now

    async def _hands(self) -> None:
        done: list[bool] = []
        self.app.do(lambda: True, done.append)
        await self.until(lambda: done, "the hands")

    def _quiet(self) -> bool:
        app = self.app
        if app.frame_clock.waiting or any(not worker.is_finished for worker in app.workers):
            return False
        return all(
            not bench._again and bench._asked is None and bench.progress >= 1
            and not bench.session.trainer.running and (bench.moment is not None or not bench.session.network)
            for bench in app.screen.query(Bench)
        )  # fmt: skip

    def picture(self) -> Screenshot:
        return screenshot(self.app.screen._compositor.render_strips())


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, nothing that blinks, a clock that goes by looks: keyframes follow the time taken."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(Input, "_toggle_cursor", lambda self: None)
    monkeypatch.setattr(TextArea, "_toggle_cursor_blink_visible", lambda self: None)
    looks = count()
    for module in ("drive", "track"):
        monkeypatch.setattr(f"nnlab.training.{module}.clock", lambda: next(looks) * 1e-4)
    yield tmp_path / "home"
    set_language("en")


Sit = Callable[..., contextlib.AbstractAsyncContextManager[Sitter]]


@pytest.fixture
def sit() -> Sit:
    """``async with sit("120x36", "dark", "en", ["data xor", …]) as sitter``."""

    @contextlib.asynccontextmanager
    async def begin(
        size: str, look: str, language: str, actions: tuple[str, ...] | None, lesson: str
    ) -> AsyncIterator[Sitter]:
        set_language(language)
        theme, capabilities = LOOKS[look]
        settings = Settings(motion="reduced", language=language, theme=theme)
        session = None
        if actions is not None:
            session = Session()
            for action in actions:
                session.execute(action)
        app = NnlabApp(settings, capabilities=capabilities, link="fast", session=session, lesson=lesson)
        width, height = size.split("x")
        async with app.run_test(size=(int(width), int(height))) as pilot:
            sitter = Sitter(app, pilot)
            screens = 1 + (session is not None or bool(lesson))
            await sitter.until(lambda: len(app.screen_stack) == screens, "the screen")
            await sitter.rest()
            yield sitter
        app.put_everything_away()

    return begin

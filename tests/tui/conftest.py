"""The app in a window of a test: a home of its own, a small lesson pack, helpers to wait."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from nnlab.i18n import set_language
from nnlab.settings import Settings
from nnlab.tui.app import NnlabApp
from nnlab.tui.capabilities import FULL, Capabilities

SCRIPT = """
from nnlab.lesson import (
    Lesson, arrange, be, build, choose, choose_all, code, did, goal, numeric, observe, order, predict,
    program, quiz, read, tape, train, visited, watch, when,
)

UNIT = ["data and", "net dense 1", "edit dense1.W[0,0] 0.5", "edit dense1.W[1,0] -1", "edit dense1.b[0] 0.5"]


def big_bias(session):
    run = session.run
    return (session.network.parameters["dense1.b"][0] if run is None else run.value("dense1.b[0]")) > 1


def past(step):
    return lambda session: session.run is not None and session.run.step_count >= step


lesson = Lesson(
    "t1", "forms", minutes=5, needs=("a1",), setup=["seed 1"],
    steps=[
        read("start", setup=UNIT),
        predict("number", numeric(lambda session: 0.5, mistakes={"no-bias": 0.0})),
        quiz("choice", choose(["left", "right"], "right")),
        quiz("choices", choose_all(["one", "two", "three"], ["one", "three"])),
        order("order", arrange(["last", "first"], ["first", "last"])),
        be("tape", tape(["dense1.z[0,0]", "dense1.z[1,0]"]), look=["step batch"]),
        build("bias", goal(big_bias, solutions=[["edit dense1.b[0] 2"]])),
        train(
            "long",
            goal(past(50), solutions=[["run 50 steps"]]),
            setup=["data and", "net dense 1"],
            gauge="confusion curves",
        ),
        watch(
            "pass-by",
            observe(when("forty", past(40)), solution=["run 40 steps"]),
            setup=["data and", "net dense 1"],
        ),
        watch(
            "see", observe(visited("dense1.b[0]"), solution=["step batch", "explain dense1.b[0]"]), setup=UNIT
        ),
        watch(
            "inside",
            observe(did("view attention1"), solution=["view attention1"]),
            setup=["data sequence x=1,0 y=0", "net reshape 2x1 | attention 1 | flatten | dense 1", "step"],
        ),
        code("code", program(
            "def double(x):\\n    return x\\n", "case('double', double, 2, equals=4)",
            ["def double(x):\\n    return 2 * x\\n"],
        )),
    ],
)
"""
HINTS = """### hint
Look here.
### hint
Think so.
### hint
Do it like this.
### after
That is it: {answer}.
"""
PROSE = f"""# All the forms
You will answer in every way there is.

## start Begin
Some words with **bold**, `code` and a list:

- one
- two

## number A number
### question
What is z?
{HINTS}### mistake no-bias
You left the bias out.

## choice A choice
### question
Which side?
### option left
the left one
### option right
the right one
{HINTS}### mistake left
Left is where you came from.

## choices Choices
### question
Which are odd?
### option one
1
### option two
2
### option three
3
{HINTS}### mistake two
2 is even.

## order An order
### question
Put them in order.
### option first
wake up
### option last
go to sleep
{HINTS}
## tape Be the network
### question
Type both sums.
{HINTS}
## bias Change it
### question
Make the bias larger than one.
{HINTS}
## long Train it
### question
Take fifty steps.
{HINTS}
## pass-by See it go by
### question
Watch it pass step forty.
### see forty
step forty
{HINTS}
## see See it
### question
Open the bias.
{HINTS}
## inside See inside
### question
Look into the attention.
{HINTS}
## code Write it
### question
Double it.
{HINTS}"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder of its own, English, and no NO_COLOR left behind."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    set_language("en")
    yield tmp_path / "home"
    set_language("en")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder with one lesson that has every form of answer."""
    folder = tmp_path / "pack" / "t_test"
    folder.mkdir(parents=True)
    (folder / "t1_forms.py").write_text(SCRIPT, encoding="utf-8")
    (folder / "t1_forms.en.md").write_text(PROSE, encoding="utf-8")
    (folder / "t1_forms.zh.md").write_text(PROSE.replace("All the forms", "各种作答"), encoding="utf-8")
    return tmp_path / "pack"


class Driver:
    """A running app and ways to wait for it."""

    def __init__(self, app: NnlabApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot

    async def until(self, true: Callable[[], object], what: str = "") -> None:
        """Wait until ``true()``; the screen's text is in the failure."""
        for _attempt in range(400):
            with contextlib.suppress(Exception):
                if true():
                    await self.pilot.pause()
                    return
            await self.pilot.pause(0.025)
        raise AssertionError(f"never: {what}\n{self.text}")

    async def loaded(self) -> None:
        await self.until(lambda: self.app.loaded, "loaded")

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        names = {" ": "space", ".": "full_stop", ",": "comma", "-": "minus", "=": "equals_sign"}
        await self.press(*[names.get(char, char) for char in text])

    async def shows(self, text: str) -> None:
        await self.until(lambda: text in self.text, f"{text!r} on screen")

    @property
    def text(self) -> str:
        """What is on screen, in lines."""
        return "\n".join(
            "".join(segment.text for segment in line).rstrip()
            for line in self.app.screen._compositor.render_strips()
        )

    @property
    def said(self) -> str:
        from nnlab.tui.chrome import MessageLine

        return self.app.screen.query_one(MessageLine).text


@pytest.fixture
def start() -> Callable[..., contextlib.AbstractAsyncContextManager[Driver]]:
    """``async with start(size=(80, 24), lesson="t1", …) as driver``."""

    @contextlib.asynccontextmanager
    async def starter(
        size: tuple[int, int] = (120, 36),
        capabilities: Capabilities = FULL,
        settings: Settings | None = None,
        **options: Any,
    ) -> AsyncIterator[Driver]:
        settings = settings or Settings(motion="reduced", language="en")
        app = NnlabApp(settings, capabilities=capabilities, link="fast", **options)
        async with app.run_test(size=size) as pilot:
            yield Driver(app, pilot)
        app.put_everything_away()

    return starter

"""Every screen as it is, in a covering set of sizes, themes and languages; kept in pictures/.

After a change that is meant, write them again and read the diff::

    NNLAB_GOLDEN=1 pytest tests/snapshots -n auto && git diff tests/snapshots/pictures
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from nnlab.lesson import load_lesson
from nnlab.lesson.run import LessonRun
from nnlab.network.zoo import ZOO
from nnlab.session.moment import Place
from nnlab.session.session import Session
from nnlab.tui.screens.lesson import LessonScreen
from tests.snapshots.conftest import Sit, Sitter
from tests.snapshots.screenshot import difference

WRITING = bool(os.environ.get("NNLAB_GOLDEN"))
PICTURES = Path(__file__).parent / "pictures"

XOR = ("data xor", "net dense 2 tanh | dense 1", "optimizer sgd lr=0.5", "example 2")
MOONS = ("data moons n=120", "net dense 4 tanh | dense 1", "batch 16", "optimizer adam lr=0.05")
DIGITS = ("data digits scale=unit", "net dense 10 relu | dense 8 relu | dense 10", "optimizer adam lr=0.01")
LINE = ("data line3", "optimizer gd lr=0.05", "batch all", "net dense 1", "edit dense1.W[0,0] 0")
DEEP = ("step", "back layer", "back 7 operation")
TURNS = 40
"""Turns of the gauges after which every page was there."""

Deed = Callable[[Sitter], Awaitable[None]]


@dataclass(frozen=True)
class Scene:
    """How to come to a screen: what the bench has behind it, then what is done."""

    do: Deed
    actions: tuple[str, ...] | None = None
    lesson: str = ""


async def look(sitter: Sitter) -> None:
    """Only look."""


def press(*keys: str) -> Deed:
    async def do(sitter: Sitter) -> None:
        await sitter.press(*keys)

    return do


def stand(place: Place, *keys: str) -> Deed:
    """The cursor on a number, then keys."""

    async def do(sitter: Sitter) -> None:
        sitter.app.screen.bench.stage.stand(place)
        await sitter.rest()
        await sitter.press(*keys)

    return do


def page(name: str) -> Deed:
    """The gauges at a page."""

    async def do(sitter: Sitter) -> None:
        sitter.app.screen.bench.show_place("gauges")
        await sitter.rest()
        for _turn in range(TURNS):
            if name in sitter.app.screen.bench.wants() and sitter.app.screen.bench.gauges.display:
                return
            await sitter.press("g")
        raise AssertionError(f"no page {name}")

    return do


def view(what: str, *keys: str) -> Deed:
    """A layer in detail, or a page on the whole screen."""

    async def do(sitter: Sitter) -> None:
        await sitter.act(f"view {what}")
        await sitter.press(*keys)

    return do


def model(name: str, *then: str) -> tuple[str, ...]:
    """A model of the zoo, a few steps old."""
    return (*ZOO[name].layout, *(then or ("run 3 steps",)))


async def report(sitter: Sitter) -> None:
    """Behind the last page of the gauges."""
    await page("curves")(sitter)
    for _turn in range(TURNS):
        if sitter.app.screen.bench.reporting:
            return
        await sitter.press("g")
    raise AssertionError("no report")


def lesson_step(step: str, *keys: str) -> Deed:
    async def do(sitter: Sitter) -> None:
        screen = sitter.app.screen
        assert isinstance(screen, LessonScreen)
        sitter.app.do(lambda: (screen.run.go(step), screen.run.view())[1], screen._arrived)
        await sitter.until(lambda: screen._shown == step, step)
        await sitter.rest()
        await sitter.press(*keys)

    return do


async def halfway(sitter: Sitter) -> None:
    """Home with one lesson done and one begun."""
    app = sitter.app

    def learn() -> None:
        for name, count in (("a1", 99), ("a2", 3)):
            lesson = LessonRun(load_lesson(name), Session(), app.progress)
            for _step in lesson.lesson.steps[:count]:
                lesson._pass(lesson.step, lesson.state, right=True)
                lesson.advance()
            lesson.close()

    app.do(learn, lambda _none: app.survey())
    await sitter.rest()
    await sitter.press("down")


async def typed(sitter: Sitter) -> None:
    """The action line with what could stand next."""
    await sitter.press("colon", *"opt", "tab", *"ad")


SCENES: dict[str, Scene] = {
    "home": Scene(look),
    "home_halfway": Scene(halfway),
    "settings": Scene(press("comma")),
    "empty": Scene(look, ()),
    "build": Scene(press("m", "right"), MOONS),
    "build_digits": Scene(press("m", "i", "down"), DIGITS),
    "start": Scene(look, MOONS),
    "forward": Scene(stand(Place("dense1.z", (0,))), (*XOR, "step", "back 7 operation")),
    "forward_digits": Scene(
        stand(Place("dense1.a", (1,))), (*DIGITS, "step", "back layer", "back 7 operation")
    ),
    "backward": Scene(stand(Place("dense1.z", (0,))), (*XOR, "step", "back 2 operation")),
    "ledger": Scene(stand(Place("dense1.W", (0, 1)), "2"), (*MOONS, "run 3 steps")),
    "nudge": Scene(stand(Place("dense1.W", (0, 1)), "plus", "plus", "v"), (*MOONS, "run 3 steps")),
    "explain": Scene(stand(Place("dense2.z", (0,)), "enter"), (*XOR, "step")),
    "descended": Scene(stand(Place("dense2.z", (0,)), "enter", "enter", "enter"), (*XOR, "step")),
    "layer": Scene(stand(Place("dense1.W", (1, 2)), "x"), (*DIGITS, "run 5 steps")),
    "trained": Scene(look, (*MOONS, "run 12 epochs")),
    "trained_digits": Scene(look, (*DIGITS, "run 3 epochs")),
    "curves": Scene(page("curves"), (*MOONS, "run 12 epochs")),
    "surface": Scene(page("surface"), (*MOONS, "run 12 epochs")),
    "landscape": Scene(page("landscape"), (*LINE, "lr 0.4", "run 12 steps")),
    "confusion": Scene(page("confusion"), (*DIGITS, "run 3 epochs")),
    "health": Scene(page("signs"), (*DIGITS, "run 3 epochs")),
    "pictures": Scene(page("digits"), (*DIGITS, "run 3 epochs")),
    "report": Scene(report, (*MOONS, "run 12 epochs")),
    "scrub": Scene(press("3", "down", "left", "left"), (*MOONS, "run 12 epochs", "seek 40")),
    "knobs": Scene(press("k"), (*MOONS, "run 2 epochs")),
    "help": Scene(press("question_mark"), (*XOR, "step")),
    "action": Scene(typed, MOONS),
    "draw": Scene(press("w", "left", "up", "space", "1", "right", "space"), ()),
    "convolution": Scene(view("conv1"), model("digits-cnn")),
    "pooling": Scene(view("maxpool1"), model("digits-cnn")),
    "lstm": Scene(view("lstm1"), model("parity-lstm")),
    "attention": Scene(view("block1.attention"), model("grammar-gpt")),
    "block": Scene(view("block1"), model("grammar-gpt")),
    "embedding": Scene(view("embed1"), model("grammar-gpt")),
    "duel": Scene(view("duel"), model("gan-ring")),
    "codes": Scene(view("codes"), model("autoencoder")),
    "world": Scene(view("world"), model("gridworld-q")),
    "race": Scene(view("race"), (*MOONS, "run 3 steps", "race sgd adam steps=20")),
    "saliency": Scene(view("saliency"), model("digits-cnn")),
    "lesson": Scene(look, lesson="a1"),
    "predict": Scene(lesson_step("add-up"), lesson="a1"),
    "verdict": Scene(lesson_step("add-up", "0", "enter"), lesson="a1"),
    "code": Scene(lesson_step("write-it"), lesson="a7"),
    "watch": Scene(lesson_step("forward"), lesson="a7"),
    "lesson_landscape": Scene(lesson_step("line", "tab", "space", "space"), lesson="a5"),
    "lesson_bench": Scene(lesson_step("forward", "space"), lesson="a7"),
}

# scene size look language: every scene once, every look and language at every size, and all the sizes of
# what is looked at most.
CASES = """
home 80x24 dark en
home 80x24 ascii en
home 120x36 light zh
home_halfway 120x36 dark en
home_halfway 200x50 light en
home 200x50 colourless zh
settings 80x24 light en
settings 120x36 colourless zh
empty 80x24 dark zh
empty 120x36 dark en
build 80x24 dark en
build 120x36 light en
build_digits 200x50 dark zh
build_digits 80x24 ascii en
start 120x36 dark en
forward 80x24 dark en
forward 120x36 dark en
forward 80x24 ascii en
forward_digits 200x50 dark en
forward_digits 120x36 light zh
backward 80x24 light zh
backward 120x36 colourless en
backward 200x50 dark zh
ledger 80x24 dark en
ledger 120x36 dark en
ledger 200x50 colourless en
ledger 120x36 ascii en
nudge 120x36 dark en
nudge 200x50 light zh
explain 80x24 dark zh
explain 120x36 light en
descended 120x36 dark zh
layer 120x36 dark en
layer 80x24 colourless en
trained 120x36 dark en
trained 200x50 dark en
trained 200x50 colourless zh
trained_digits 120x36 dark en
trained_digits 200x50 light en
curves 80x24 dark en
curves 80x24 ascii en
surface 80x24 dark en
landscape 80x24 dark en
landscape 80x24 colourless zh
landscape 120x36 light en
landscape 120x36 ascii en
landscape 200x50 dark zh
lesson_landscape 80x24 light zh
lesson_landscape 120x36 dark en
lesson_landscape 200x50 colourless en
confusion 80x24 dark en
confusion 120x36 contrast zh
health 80x24 light en
pictures 80x24 dark zh
report 120x36 dark en
report 80x24 light zh
scrub 80x24 dark en
scrub 120x36 dark zh
scrub 200x50 light en
knobs 120x36 dark en
convolution 80x24 dark en
convolution 120x36 colourless en
convolution 200x50 dark zh
pooling 80x24 dark en
pooling 120x36 colourless zh
pooling 200x50 dark en
lstm 80x24 dark en
lstm 120x36 colourless en
lstm 200x50 dark zh
attention 80x24 dark en
attention 120x36 colourless zh
attention 200x50 dark en
block 80x24 dark en
block 120x36 colourless en
block 200x50 dark zh
embedding 80x24 dark en
embedding 120x36 colourless zh
embedding 200x50 dark en
duel 80x24 dark en
duel 120x36 colourless en
duel 200x50 dark zh
codes 80x24 dark en
codes 120x36 colourless zh
codes 200x50 dark en
world 80x24 dark en
world 120x36 colourless en
world 200x50 dark zh
race 80x24 dark en
race 120x36 colourless zh
race 200x50 dark en
saliency 80x24 dark en
saliency 120x36 colourless en
saliency 200x50 dark zh
help 80x24 dark en
help 120x36 light zh
action 80x24 dark en
action 120x36 dark zh
draw 120x36 dark en
lesson 80x24 dark en
lesson 120x36 light zh
lesson 200x50 dark en
predict 80x24 colourless zh
predict 120x36 dark en
verdict 80x24 dark en
verdict 120x36 dark zh
verdict 200x50 light zh
code 80x24 dark en
code 120x36 dark zh
code 200x50 light en
watch 120x36 dark en
lesson_bench 80x24 dark en
lesson_bench 80x24 ascii en
""".strip().splitlines()


@pytest.mark.parametrize("case", CASES)
async def test_a_screen_looks_as_it_did(case: str, sit: Sit, tmp_path: Path) -> None:
    name, size, look, language = case.split()
    scene = SCENES[name]
    async with sit(size, look, language, scene.actions, scene.lesson) as sitter:
        await scene.do(sitter)
        picture = sitter.picture()
    assert picture.size == size
    path = PICTURES / f"{case.replace(' ', '_')}.txt"
    if WRITING:
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(picture), encoding="utf-8")
    assert path.exists(), f"no picture of {case} yet: NNLAB_GOLDEN=1 pytest tests/snapshots"
    differs = difference(path.read_text(encoding="utf-8"), str(picture))
    assert not differs, f"{case} looks different:\n{differs}"


@pytest.mark.skipif(WRITING, reason="the pictures are being written")
def test_every_picture_is_of_a_case() -> None:
    assert {path.stem for path in PICTURES.glob("*.txt")} == {case.replace(" ", "_") for case in CASES}


def test_every_scene_is_pictured() -> None:
    assert {case.split()[0] for case in CASES} == set(SCENES)

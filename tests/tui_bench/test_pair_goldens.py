"""Two runs side by side, and pages about runs, as text in golden/pair/; NNLAB_GOLDEN=1 writes them again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import MOONS, made

from nnlab.session.moment import Moment, Place
from nnlab.session.pages import page_scene
from nnlab.session.session import Session
from nnlab.tui.bench import blocks, graph, pair
from nnlab.tui.bench.spots import Picture, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import in_ascii, rows_of

GOLDEN = Path(__file__).parent / "golden" / "pair"
LINES = (*MOONS, "twin fast lr=0.3", "break loss < 9", "run 9 steps", "unbreak 1", "run 9 steps", "pin main")
SIGHTS = {
    "unicode": Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.BLOCK)),
    "ascii": Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)),
}
STOPPED = (*MOONS, "twin fast lr=0.3", "break loss < 9", "break |grad| > 1e6", "run 9 steps")


@pytest.fixture(scope="module")
def session() -> Session:
    return made(*LINES)


def stage(session: Session, difference: bool, height: int, width: int, sight: Sight) -> Picture:
    """The stage as it is with a twin, the cursor on the first sum of the first layer."""
    own, other = Moment.of(session), Moment.beside(session, difference)
    assert other is not None
    names = ("main", "fast − main" if difference else "fast")
    tall, wide = pair.half(height, width)
    place = Place("dense1.z", (0,))
    if not wide:
        return pair.named(graph.draw(other, place, height - 1, width, sight), names[1], height, width)
    one, two = (graph.draw(moment, place, tall, wide, sight) for moment in (own, other))
    return pair.joined(one, two, names, height, width, sight)


STAGES = {
    "stage_80": (True, 18, 80, "unicode"),
    "stage_120": (False, 20, 120, "unicode"),
    "stage_200": (True, 42, 98, "unicode"),
    "stage_above": (True, 34, 80, "ascii"),
}


@pytest.mark.parametrize("name", STAGES)
def test_two_runs_are_drawn_as_they_were_before(name: str, session: Session) -> None:
    difference, height, width, look = STAGES[name]
    compare(name, stage(session, difference, height, width, SIGHTS[look]), look)


PAGES = {
    "twin_80": ("twin", 30, 78, "unicode"),
    "twin_ascii": ("twin", 30, 78, "ascii"),
    "runs_80": ("runs", 20, 78, "unicode"),
    "runs_200": ("runs", 42, 96, "unicode"),
    "breaks_80": ("breaks", 20, 78, "unicode"),
    "breaks_ascii": ("breaks", 20, 78, "ascii"),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_about_runs_are_drawn_as_they_were_before(name: str, session: Session) -> None:
    page, height, width, look = PAGES[name]
    scene = page_scene(made(*STOPPED) if page == "breaks" else session, page)
    compare(name, blocks.draw(scene, scene.home, height, width, SIGHTS[look]), look)


def compare(name: str, picture: Picture, look: str) -> None:
    cells = in_ascii(picture.cells) if look == "ascii" else picture.cells
    drawn = "\n".join(row.rstrip() for row in rows_of(cells)).rstrip() + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NNLAB_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8")

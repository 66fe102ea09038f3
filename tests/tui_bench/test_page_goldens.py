"""Every page about a run as text, kept in golden/pages/; NNLAB_GOLDEN=1 writes them again, for the diff.

Each at the sizes that a page has on screens of 80x24, 120x36 and 200x50, in colour (half blocks; hues are
tested elsewhere) and without, where signs stand for them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import made

from nnlab.session.pages import PAGES, page_scene
from nnlab.session.scene import Scene
from nnlab.session.session import Session
from nnlab.tui.bench import blocks
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

GOLDEN = Path(__file__).parent / "golden" / "pages"
SIZES = ((16, 80), (28, 120), (42, 200))
SIGHTS = {
    "dark": Sight(Capabilities(color=ColorDepth.TRUE, glyphs=GlyphSet.BRAILLE)),
    "none": Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.BLOCK)),
}
IRIS = ("data iris", "net dense 6 tanh | dense 3", "batch 16", "step 12")
DIGITS = ("data digits shape=8x8x1", "net conv 2 3x3 relu | flatten | dense 10", "batch 32", "step 6")
CASES = {
    "thermometer": ("thermometer", IRIS),
    "spread": ("spread", IRIS),
    "optimisers": ("optimisers", IRIS),
    "race": ("race", (*IRIS, "race sgd adam steps=6")),
    "seeds": ("seeds", (*IRIS, "seeds 3 batch=8,32 run 4 epochs")),
    "rates": ("rates", (*IRIS, "findlr")),
    "noise": ("noise", IRIS),
    "jump": ("jump", IRIS),
    "calibration": ("calibration", IRIS),
    "roc": ("roc", IRIS),
    "roc_of_two": ("roc", ("data moons n=60", "net dense 4 tanh | dense 1", "step 8")),
    "gap": ("gap", (*IRIS, "step 2 epochs")),
    "autopsy": (
        "autopsy",
        ("data iris", "net dense 8 relu | dense 3", "optimizer sgd lr=1e30", "run 9 steps"),
    ),
    "breaks": ("breaks", (*IRIS, "break loss < 9", "run 2 steps", "break val_loss < 0.1")),
    "twin": ("twin", (*IRIS, "twin fast lr=0.3", "step 3")),
    "runs": ("runs", (*IRIS, "twin fast lr=0.3", "step 3")),
    "truth": ("truth", ("data sine n=40", "net dense 4 tanh | dense 1", "step 5")),
    "saliency": ("saliency", DIGITS),
    "units": ("units", DIGITS),
    "worth": ("worth", DIGITS),
    "shrink": ("shrink", DIGITS),
    "sketch": ("sketch", (*DIGITS, "sketch 1 3 6 3", "sketch 2 2")),
    "outcome_class": ("outcome", DIGITS),
    "outcome_box": ("outcome", ("zoo box-finder", "step 3")),
    "outcome_pixels": ("outcome", ("zoo pixel-labels", "step 3")),
    "outcome_series": ("outcome", ("zoo sine-forecast", "step 3")),
    "outcome_graph": ("outcome", ("zoo communities", "step 3")),
    "outcome_tone": ("outcome", ("zoo tone-maker", "step 3")),
    "codes": ("codes", ("zoo autoencoder", "step 3")),
    "duel_line": ("duel", ("zoo gan-bell", "step 3")),
    "duel_plane": ("duel", ("zoo gan-ring", "step 3")),
    "duel_pictures": ("duel", ("zoo gan-digits", "step 2")),
    "world_values": ("world", ("zoo gridworld-q", "step 3")),
    "world_moves": ("world", ("zoo gridworld-policy", "step 3")),
    "worst": ("worst", DIGITS),
    "walk": ("walk", ("zoo gridworld-policy", "step 3")),
}

ROUNDED = {"workers"}
"""Pages that print rounding errors, which are the machine's own."""


@pytest.fixture(scope="module")
def sessions() -> dict[tuple[str, ...], Session]:
    return {}


def pictures(scene: Scene) -> Iterator[str]:
    for height, width in SIZES:
        for name, sight in SIGHTS.items():
            rows = rows_of(blocks.draw(scene, scene.home, height, width, sight).cells)
            yield f"── {width}x{height} {name}"
            yield from (row.rstrip() for row in rows)


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_drawn_as_it_was_before(name: str, sessions: dict[tuple[str, ...], Session]) -> None:
    page, actions = CASES[name]
    if actions not in sessions:
        sessions[actions] = made(*actions)
    rows = "\n".join(pictures(page_scene(sessions[actions], page))) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NNLAB_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rows, encoding="utf-8")
    assert rows == path.read_text(encoding="utf-8")


def test_no_page_is_without_a_picture() -> None:
    assert {page for page, _actions in CASES.values()} == set(PAGES) - ROUNDED

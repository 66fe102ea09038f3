"""Pictures of sequences, kept in golden/; NNLAB_GOLDEN=1 writes them again, to be looked at in the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from making import made, scene_at

from nnlab.session.scene import Scene
from nnlab.tui.bench import blocks
from nnlab.tui.bench.spots import PLAIN, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import in_ascii, rows_of

GOLDEN = Path(__file__).parent / "golden"
ASCII = Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII))
CLOSED = ("data parity", "net lstm 3 all | dense 2", "batch 4", "edit lstm1.bf[1] -9", "step")
CAUSAL = ("data reverse n=60", "net embed 8 | positions | attention 2 causal | dense 10", "batch 4", "step")
HARD = ("data reverse n=60", "net embed 8 | attention 2 choice=hard | dense 10", "batch 4", "step")


def scene(actions: tuple[str, ...], text: str, backward: bool = False) -> Scene:
    return scene_at(made(*actions), text, backward)[1]


SCENES: dict[str, tuple[Callable[[], Scene], int, int, Sight]] = {
    "lstm": (lambda: scene(("zoo parity-lstm", "step"), "lstm1.h[0,5,2]"), 20, 78, PLAIN),
    "lstm_wall": (lambda: scene(CLOSED, "lstm1.h[0,6,1]", True), 24, 78, PLAIN),
    "lstm_both_ways_ascii": (lambda: scene(("zoo name-or-place", "step"), "lstm1"), 34, 90, ASCII),
    "lstm_long": (lambda: scene(("zoo adding-lstm", "step"), "lstm1"), 17, 73, PLAIN),
    "gru_backward": (lambda: scene(("zoo names-gru", "step"), "gru1.h[0,3,3]", True), 30, 100, PLAIN),
    "rnn": (lambda: scene(("zoo names-rnn", "step"), "rnn1.h[0,3,1]"), 17, 78, PLAIN),
    "embedding": (lambda: scene(("zoo review-mean", "step"), "embed1"), 20, 90, ASCII),
    "positions": (lambda: scene(("zoo review-transformer", "step"), "positions1.a[0,2,3]"), 24, 78, PLAIN),
    "each_step": (lambda: scene(("zoo which-way", "run 1 epoch"), "dense1.z[0,0,1]"), 20, 78, PLAIN),
    "attention": (lambda: scene(CAUSAL, "attention1.weights[0,1,5,2]"), 22, 78, PLAIN),
    "attention_backward": (lambda: scene(CAUSAL, "attention1.weights[0,1,5,2].grad", True), 44, 96, PLAIN),
    "attention_two_texts": (lambda: scene(("zoo number-transformer", "step"), "block2.cross"), 30, 72, ASCII),
    "attention_hard": (lambda: scene(HARD, "attention1"), 22, 78, PLAIN),
    "block": (lambda: scene(("zoo number-transformer", "step"), "block2"), 22, 78, PLAIN),
    "block_ascii": (lambda: scene(("zoo review-transformer", "step"), "block1"), 30, 90, ASCII),
    "said": (
        lambda: scene(("zoo grammar-gpt", "sampling temperature=0.7 top_k=4", "step 40"), "loss.p[0,3,0]"),
        24,
        78,
        PLAIN,
    ),
}


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_what_it_was(name: str) -> None:
    make, height, width, sight = SCENES[name]
    shown = make()
    cells = blocks.draw(shown, shown.home, height, width, sight).cells
    rows = rows_of(cells if sight.caps.unicode else in_ascii(cells))
    picture = "\n".join(row.rstrip() for row in rows) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NNLAB_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")
    assert picture == path.read_text(encoding="utf-8")

"""Layers in detail as text, kept in golden/layers/; NNLAB_GOLDEN=1 writes them again, for the diff."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import made

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.session import Session
from nnlab.tui.bench import blocks
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import in_ascii, rows_of

GOLDEN = Path(__file__).parent / "golden" / "layers"
IMAGES = (
    "data digits shape=8x8x1",
    "net conv 4 3x3 relu pad=same | maxpool 2 | conv 3 3x3 | batchnorm | dropout 0.4 | flatten | dense 10",
    "batch 8",
    "step",
)
LARGER = (
    "data digits target=image shape=8x8x1",
    "net conv 2 3x3 stride=2 pad=same | conv_transpose 1 3x3 stride=2 pad=same",
    "loss mse",
    "batch 8",
    "step",
)
SEQUENCE = ("data waves n=30", "net conv1d 4 3 relu stride=2 | globalmaxpool | dense 3", "batch 6", "step")
SIGHTS = {
    "unicode": Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.BLOCK)),
    "ascii": Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)),
}
CASES = {
    "conv_80": (IMAGES, "conv2", Address("conv2.z", (0, 1, 0, 2)), False, 20, 78, "unicode"),
    "conv_200": (IMAGES, "conv2", Address("conv2.z", (0, 1, 0, 2)), False, 42, 96, "unicode"),
    "conv_ascii": (IMAGES, "conv1", Address("conv1.a", (0, 3, 4, 1)), False, 20, 78, "ascii"),
    "conv_weight": (IMAGES, "conv2", Address("conv2.W", (1, 1, 2, 0), "grad"), True, 30, 78, "unicode"),
    "conv_input": (IMAGES, "conv2", Address("maxpool1.a", (0, 1, 1, 3), "grad"), True, 30, 78, "unicode"),
    "conv_answer": (IMAGES, "conv2", Address("conv2.z", (0, 1, 1, 1), "grad"), True, 30, 78, "unicode"),
    "maxpool": (IMAGES, "maxpool1", Address("maxpool1.a", (0, 2, 1, 1)), False, 20, 78, "unicode"),
    "maxpool_back": (IMAGES, "maxpool1", Address("maxpool1.a", (0, 2, 1, 1), "grad"), True, 24, 78, "ascii"),
    "batchnorm": (IMAGES, "batchnorm1", Address("batchnorm1.a", (0, 1, 1, 0)), False, 42, 96, "unicode"),
    "dropout": (IMAGES, "dropout1", Address("dropout1.a", (0, 0, 1, 1)), False, 20, 78, "unicode"),
    "stamp": (LARGER, "conv_transpose1", Address("conv1.z", (0, 2, 1, 1)), False, 30, 78, "unicode"),
    "sequence": (SEQUENCE, "conv1d1", Address("conv1d1.a", (0, 3, 2)), False, 24, 78, "unicode"),
}


@pytest.fixture(scope="module")
def sessions() -> dict[tuple[str, ...], Session]:
    return {actions: made(*actions) for actions in (IMAGES, LARGER, SEQUENCE)}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_is_drawn_as_it_was_before(name: str, sessions: dict[tuple[str, ...], Session]) -> None:
    actions, layer, at, backward, height, width, look = CASES[name]
    moment = Moment.of(sessions[actions])
    moment.flip = backward != moment.backward
    moment.turn_to(0)
    column = moment.column(layer)
    assert column is not None
    anchor = at if views.anchors(moment, column, at) else views.first_at(moment, column)
    scene = views.scene_of(moment, column, anchor, at)
    assert scene is not None
    cells = blocks.draw(scene, at, height, width, SIGHTS[look]).cells
    cells = cells if look == "unicode" else in_ascii(cells)
    rows = "\n".join(row.rstrip() for row in rows_of(cells)) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NNLAB_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rows, encoding="utf-8")
    assert rows == path.read_text(encoding="utf-8")

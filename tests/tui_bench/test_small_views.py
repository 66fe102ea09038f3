"""Layers with a view of their own in the network's picture: how many fit, which pictures, what is said."""

from __future__ import annotations

import re

import pytest
from conftest import made

from nnlab.session.moment import Moment, Place
from nnlab.session.scene import Wall
from nnlab.session.session import Session
from nnlab.tui.bench import graph
from nnlab.tui.bench.layout import plan
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

NETWORK = (
    "data digits shape=8x8x1",
    "net conv 16 3x3 relu pad=same | maxpool 2 | batchnorm | conv 32 3x3 relu pad=same | dropout 0.2 "
    "| maxpool 2 | flatten | dense 24 relu | dense 10",
    "batch 8",
    "step",
)
SIGHTS = tuple(Sight(Capabilities(color=color)) for color in (ColorDepth.TRUE, ColorDepth.NONE))


@pytest.fixture(scope="module")
def session() -> Session:
    return made(*NETWORK)


def test_four_layers_of_a_convolutional_network_are_in_sight_at_120_columns(session: Session) -> None:
    layout = plan(Moment.of(session), 18, 72, "conv2")
    assert len(layout.slots) >= 4
    assert {slot.form for slot in layout.slots} == {"view"}


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize(("height", "width"), [(18, 72), (20, 78), (42, 96)])
def test_every_picture_stays_in_its_column_and_above_the_caption(
    session: Session, sight: Sight, height: int, width: int
) -> None:
    moment = Moment.of(session)
    for column in moment.columns:
        layout = plan(moment, height, width, column.name, sight.caps)
        for slot in layout.slots:
            assert slot.top + slot.lines < height
            assert slot.right <= width
        picture = graph.draw(moment, Place(column.post, column.index(0)), height, width, sight)
        for slot in layout.slots:
            spots = [
                s for s in picture.spots if isinstance(s.target, Place) and s.target.value == slot.column.post
            ]
            assert spots
            assert all(s.y < height - 1 and slot.x - 1 <= s.x < slot.right + 1 for s in spots), (
                slot.column.name
            )


def test_the_pictures_shown_are_those_around_the_cursor(session: Session) -> None:
    moment = Moment.of(session)
    column = moment.column("conv2")
    assert column is not None
    for channel in (0, 13, 31):
        unit = 4 * 32 + channel
        layout = plan(moment, 18, 72, "conv2", unit=unit)
        view = layout.slot("conv2").view  # type: ignore[union-attr]
        assert view is not None
        assert isinstance(view.drawn, Wall)
        assert view.drawn.grids[view.drawn.chosen].title == str(channel)
        assert f"/ {len(view.block.grids)}" in view.drawn.note  # type: ignore[union-attr]
        rows = rows_of(graph.draw(moment, Place(column.post, column.index(unit)), 18, 72).cells)
        assert any(view.drawn.note in row for row in rows)


def test_the_caption_says_which_pictures_are_showing(session: Session) -> None:
    moment = Moment.of(session)
    told = {column.name: plan(moment, 18, 72, column.name).reason for column in moment.columns}
    assert told["conv2"].startswith("32 pictures of 4×4")
    assert told["maxpool2"].startswith("32 pictures of 2×2")
    assert told["flatten1"].startswith("a shade for each of 128 numbers")
    assert told["dense1"].startswith("matrix: 24 units")
    assert not any("histogram" in reason for reason in told.values())


def test_without_unicode_a_wall_is_numbered_in_ascii(session: Session) -> None:
    sight = Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII))
    picture = graph.draw(Moment.of(session), Place("conv2.a", (0, 0, 0, 0)), 18, 72, sight)
    told = "\n".join(rows_of(picture.cells))
    assert re.search(r"\d+-\d+ / \d+", told)
    assert "–" not in told

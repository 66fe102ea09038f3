"""Drawing by hand: what is painted is what the network reads, and it is asked anew after every stroke."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts

from nnlab.errors import NnlabError
from nnlab.session.insight import sketch
from nnlab.session.pages import fitting, page_scene
from nnlab.session.scene import Deed, Grid, flat
from nnlab.session.session import Session
from nnlab.tui.bench.blocks import draw
from nnlab.tui.bench.brush import Brush
from nnlab.tui.bench.spots import Spot
from nnlab.tui.cells import rows_of


def made(*lines: str) -> Session:
    session = Session()
    for line in lines:
        session.execute(line)
    return session


def digits(*more: str) -> Session:
    return made("data digits", "net dense 12 relu | dense 10", "run 1 epochs", *more)


def test_a_pixel_goes_on_and_off() -> None:
    session = digits("sketch 1 2")
    assert sketch.drawn(session)[1, 2] == 1
    session.execute("sketch 1 2")
    assert not sketch.drawn(session).any()


def test_the_pixel_under_the_cursor_is_told_in_words() -> None:
    session = digits("sketch 3 5")
    scene = page_scene(session, "sketch")
    for width in (40, 60, 100):
        picture = draw(scene, Deed("sketch 3 5"), 30, width)
        assert "row 3, column 5: 1" in "\n".join(rows_of(picture.cells))


def test_a_stroke_joins_its_ends() -> None:
    pixels = sketch.drawn(digits("sketch 1 1 5 5"))
    assert pixels.trace() == 5
    assert pixels.sum() == 5


def test_strokes_on_large_pictures_have_soft_edges() -> None:
    assert sketch.painted(np.zeros((28, 28)), 5, 5, 1.0)[4, 5] == sketch.SOFT
    assert sketch.painted(np.zeros((8, 8)), 5, 5, 1.0)[4, 5] == 0


@pytest.mark.parametrize("scale", ["none", "unit", "standardize", "normalize"])
def test_an_example_drawn_again_is_read_as_that_example(scale: str) -> None:
    session = made(f"data digits scale={scale}", "net dense 4 relu | dense 10", "step", "sketch row 3")
    data = session.need_data()
    np.testing.assert_allclose(sketch.as_input(data, sketch.drawn(session))[0], data.x[3], atol=1e-5)
    shares = session.need_run().decide(data.x[3:4])[0][0]
    np.testing.assert_allclose(sketch.seen(session).shares, shares, atol=1e-5)


def test_the_network_is_asked_anew_when_it_has_learnt() -> None:
    session = digits("sketch row 3")
    before = sketch.seen(session).shares
    session.execute("run 1 epochs")
    assert not np.array_equal(before, sketch.seen(session).shares)


def test_every_layer_is_lit() -> None:
    session = made("zoo digits-cnn", "step", "sketch row 3")
    found = sketch.seen(session)
    assert [name for name, _values in found.layers] == [r.name for r in session.need_network().ledger()]
    network, data = session.need_run().network, session.need_data()
    np.testing.assert_allclose(found.layers[0][1], network.values("conv1.a", data.x[3:4])[0], atol=1e-5)


def test_the_page_says_in_words_what_its_picture_says() -> None:
    session = digits("sketch 1 1 6 1")
    assert "sketch" in fitting(session)
    scene = page_scene(session, "sketch")
    assert_facts(scene)
    canvas = next(block for block in flat(scene.blocks) if isinstance(block, Grid))
    assert canvas.places is not None
    assert canvas.places.at(2, 3) == Deed("sketch 2 3")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("sketch 8 0", "there is no pixel 8,0"),
        ("sketch 0 0 0 99", "there is no pixel 0,99"),
        ("sketch row 9999", "there is no row 9999"),
    ],
)
def test_what_is_outside_is_refused(line: str, told: str) -> None:
    with pytest.raises(NnlabError, match=told):
        digits(line)


def test_tables_cannot_be_drawn() -> None:
    session = made("data iris", "net dense 3", "step")
    assert "sketch" not in fitting(session)
    with pytest.raises(NnlabError, match="iris has no small pictures"):
        session.execute("sketch 1 1")


def test_another_data_set_begins_with_a_blank_sheet() -> None:
    session = digits("sketch row 3")
    session.execute("data digits28 shape=784 scale=unit")
    assert sketch.drawn(session).shape == (28, 28)
    assert not sketch.drawn(session).any()


def test_the_brush_draws_from_pixel_to_pixel() -> None:
    first, second = (Brush.on(Spot(0, 0, 2, Deed(f"sketch {k} 4"))) for k in (1, 3))
    assert first is not None
    assert second is not None
    assert first.line_to(second) == "sketch 1 4 3 4"
    assert first.to(Spot(0, 0, 2, Deed("sketch 1 4"))) is None
    assert Brush.on(Spot(0, 0, 2, Deed("sketch clear"))) is None

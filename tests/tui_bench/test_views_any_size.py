"""Every view at every size, of every network: nothing raises, the picture has the size asked for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from conftest import made
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.session.moment import Moment, Place
from nnlab.session.session import Session
from nnlab.tui.bench import builder, gauges, graph, histogram, inspector, matrix, points, status, tape_bar
from nnlab.tui.bench.draft import Draft
from nnlab.tui.bench.gauges import PAGES
from nnlab.tui.bench.readings import finish, read
from nnlab.tui.bench.spots import DIRECTIONS, Sight, beside, following
from nnlab.tui.bench.stage import settled
from nnlab.tui.bench.track import track_of
from nnlab.tui.bench.why import Question, ask
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import in_ascii, rows_of

NETWORKS = {
    "one unit": ("data xor", "net dense 1"),
    "200 units": ("data moons n=40", "net dense 200 relu | dense 1"),
    "30 layers": ("data moons n=40", "net " + " | ".join(["dense 3 tanh"] * 29) + " | dense 1"),
    "pictures": ("data digits", "net dense 10 relu | dropout 0.2 | dense 8 | relu | dense 10"),
    "large": ("data digits", "net dense 300 gelu | dense 10"),
    "a landscape": ("data line3", "net dense 1"),
    "a valley": ("data points 1,1 -1,0.5", "net dense 1 relu bias=no"),
    "a curve": ("data sine n=40", "net dense 4 tanh | dense 1"),
    "every kind": (
        "data iris",
        "net flatten | bias | dense 5 leaky_relu | identity | sigmoid | dense 3 softmax",
    ),
}
SIGHTS = [
    Sight(Capabilities(color=color, glyphs=glyphs), focus, progress)
    for color in (ColorDepth.TRUE, ColorDepth.NONE)
    for glyphs in GlyphSet
    for focus, progress in ((True, 1.0), (False, 0.5))
]
sizes = st.tuples(st.integers(1, 100), st.integers(1, 300))


@lru_cache(maxsize=64)
def session_of(name: str, moment: str) -> Session:
    where = {
        "new": (),
        "done": ("step",),
        "forward": ("step", "back 3 operation"),
        "begin": ("step", "back layer"),
    }
    return made(*NETWORKS[name], *where[moment])


MOMENTS = ("new", "done", "forward", "begin")


@settings(deadline=None, max_examples=60)
@given(
    name=st.sampled_from(list(NETWORKS)),
    when=st.sampled_from(MOMENTS),
    size=sizes,
    sight=st.sampled_from(SIGHTS),
    flip=st.booleans(),
    layer=st.integers(0, 30),
    unit=st.integers(0, 400),
)
def test_the_stage_draws_at_any_size(
    name: str, when: str, size: tuple[int, int], sight: Sight, flip: bool, layer: int, unit: int
) -> None:
    height, width = size
    moment = Moment.of(session_of(name, when), flip)
    column = moment.columns[layer % len(moment.columns)]
    for value in (column.post, column.weights, column.bias):
        place = settled(moment, Place(value, (unit,) * (2 if value == column.weights else 1)))
        for draw in (graph.draw, matrix.draw, histogram.draw):
            picture = draw(moment, place, height, width, sight)
            assert picture.cells.shape == (height, width, 3)
            if not sight.caps.unicode:
                assert all(row.isascii() for row in rows_of(in_ascii(picture.cells)))
            for direction in DIRECTIONS:
                beside(picture, place, direction)
            following(picture, place)


@settings(deadline=None, max_examples=40)
@given(
    name=st.sampled_from(list(NETWORKS)),
    when=st.sampled_from(MOMENTS),
    size=sizes,
    sight=st.sampled_from(SIGHTS),
)
def test_the_other_places_draw_at_any_size(name: str, when: str, size: tuple[int, int], sight: Sight) -> None:
    height, width = size
    pictures = []
    session = session_of(name, when)
    run = session.need_run()
    moment = Moment.of(session)
    column = moment.columns[-1]
    places = [Place(column.post, column.index(0)), Place(column.weights, (0, 0)), Place("loss")]
    for question in [Question(), *(Question(moment.address(p)) for p in places if p.value)]:
        answered = ask(session, question)
        pictures.append(inspector.draw(answered, ("term", 0, 0), height, width, sight))
    track = track_of(run, "main", session.runs, session.bench.reach["main"], "layer")
    pictures.append(tape_bar.draw(track, ("event", 1), height, width, sight))
    readings = finish(session, read(session, frozenset(PAGES)))
    for page in PAGES:
        pictures.append(gauges.draw(readings, (page,), height, width, sight))
        pictures.append(PAGES[page].draw(readings, height, width, sight))
    draft = Draft.of(session.bench.network_text, 1)
    pictures.append(builder.draw(draft, session.data, ("layer", 1), height, width, sight))
    drawn = tuple((0.1 * k, -0.2 * k, str(k % 3)) for k in range(4))
    pictures.append(points.draw(points.Easel(), drawn, readings.plane, height, width, sight))
    for picture in pictures:
        assert picture.cells.shape == (height, width, 3)
        if not sight.caps.unicode:
            assert all(row.isascii() for row in rows_of(in_ascii(picture.cells)))
    assert status.draw(status.dials_of(session), ("knob", "lr"), width, sight).cells.shape == (1, width, 3)


def test_pictures_of_the_data_are_shown_before_there_is_a_network() -> None:
    session = made("data digits", "example 19")
    readings = read(session, frozenset({"digits"}))
    picture = PAGES["digits"].draw(readings, 20, 60, Sight())
    assert picture.spots[0].target == ("row", session.data.split.train[19], 19)
    assert len(picture.spots) >= 10
    assert len(np.unique(picture.cells[2:6, 1:9, 1:])) > 4
    assert gauges.pages_for(readings) == ("digits",)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_of_the_network_can_be_reached(name: str) -> None:
    """The layers' own tables hold a spot for every unit."""
    moment = Moment.of(session_of(name, "done"), flip=True)
    for column in moment.columns:
        missing = set(range(column.units))
        for unit in range(0, column.units, 20):
            for place in (Place(column.post, column.index(unit)),):
                picture = matrix.draw(moment, place, 60, 260)
                for spot in picture.spots:
                    if isinstance(spot.target, Place) and spot.target.value == column.post:
                        missing.discard(spot.target.index[-1])
        assert not missing


def test_arrows_walk_from_the_input_to_the_loss() -> None:
    picture = graph.draw(Moment.of(session_of("one unit", "done")), None, 20, 90)
    here = Place("input", (0,))
    seen = [here]
    for _step in range(8):
        spot = beside(picture, here, "right")
        if spot is None:
            break
        here = spot.target  # type: ignore[assignment]
        seen.append(here)
    assert any(isinstance(p, Place) and p.value == "dense1.z" for p in seen)
    assert any(isinstance(p, Place) and p.value == "loss.p" for p in seen)


def test_a_loss_without_probabilities_shows_no_place_for_them() -> None:
    session = made("data iris", "net dense 3", "loss multi_hinge", "step")
    picture = graph.draw(Moment.of(session), None, 20, 90)
    assert not any(isinstance(s.target, Place) and s.target.value == "loss.p" for s in picture.spots)
    text = "\n".join(rows_of(picture.cells))
    assert "?" not in text
    assert "L 0." in text or "L 1." in text

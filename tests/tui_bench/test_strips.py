"""Networks that read sequences: words and shades in the lines of their steps, the answer beside them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from conftest import made

from nnlab.session.moment import Moment, Place
from nnlab.tui.bench import graph
from nnlab.tui.bench.layout import plan
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of
from nnlab.tui.themes import Role

SIZES = ((19, 78), (20, 73), (42, 96))
SIGHTS = (PLAIN, Sight(Capabilities(color=ColorDepth.NONE)), Sight(
    Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII)))  # fmt: skip
MODELS = (
    "names-rnn", "parity-lstm", "adding-lstm", "echo-rnn", "brackets-lstm", "but-bilstm", "name-or-place",
    "reverse-gru", "review-mean", "waveforms", "which-way", "fact-finder",
)  # fmt: skip


def lines(picture: Picture) -> list[str]:
    return rows_of(picture.cells)


def at(picture: Picture, place: Place) -> str:
    """What is written on the spot of ``place``."""
    spot = next(s for s in picture.spots if s.target == place)
    return lines(picture)[spot.y][spot.x : spot.x + spot.width]


@pytest.mark.parametrize("name", MODELS)
def test_every_network_of_sequences_is_drawn_forwards_and_backwards_at_any_size(name: str) -> None:
    session = made(f"zoo {name}", "step")
    for flip in (False, True):
        moment = Moment.of(session, flip)
        for column in moment.columns:
            place = Place(column.post, column.index(column.units - 1))
            for height, width in SIZES:
                for sight in SIGHTS:
                    picture = graph.draw(moment, place, height, width, sight)
                    assert picture.cells.shape[:2] == (height, width)
                    own = plan(moment, height, width, column.name).slot(column.name).form == "view"
                    assert own or any(spot.target == place for spot in picture.spots), (column.name, height)


def test_the_input_is_its_words_and_every_layer_has_its_step_in_the_same_line() -> None:
    session = made("zoo name-or-place", "step")
    moment = Moment.of(session)
    picture = graph.draw(moment, Place("embed1.a", (2, 0)), 19, 78)
    data = session.need_data()
    for step, word in enumerate(data.x[moment.dataset_row].tolist()):
        spot = next(s for s in picture.spots if s.target == Place("input", (step,)))
        assert at(picture, spot.target).strip() == (data.vocabulary[word] or "·")
        for layer in ("embed1.a", "lstm1.both.a", "dense1.z"):
            assert next(s.y for s in picture.spots if s.target == Place(layer, (step, 0))) == spot.y


def test_the_likeliest_token_of_every_step_stands_beside_the_right_one() -> None:
    session = made("zoo name-or-place", "run 1 epoch")
    moment, run, data = Moment.of(session), session.need_run(), session.need_data()
    picture = graph.draw(moment, Place("dense1.z", (0, 0)), 19, 78)
    said = run.array("dense1.z")[moment.row].argmax(axis=1)
    target = run.array("target")[moment.row]
    for step, (guess, asked) in enumerate(zip(said.tolist(), target.tolist())):
        if asked < 0:
            continue
        spot = next(s for s in picture.spots if s.target == Place("target", (step,)))
        told = lines(picture)[spot.y][: spot.x + spot.width].split()[-4:]
        share = float(run.array("loss.p")[moment.row, step, guess])
        shown = f"{share:.2f}".removeprefix("0")[:3]
        sign = "✓" if guess == asked else "✗"
        assert told == [data.target_vocabulary[guess], shown, sign, data.target_vocabulary[asked]]


def test_a_step_without_a_question_has_no_answer() -> None:
    session = made("zoo names-rnn", "step")
    moment = Moment.of(session)
    asked = session.need_run().array("target")[moment.row]
    assert (asked < 0).any()
    picture = graph.draw(moment, None, 19, 78)
    shown = [s.target.index[0] for s in picture.spots if getattr(s.target, "value", "") == "target"]
    assert shown == np.flatnonzero(asked >= 0).tolist()


def test_numbers_of_a_series_are_written_with_a_bar_and_its_target_beside_it() -> None:
    session = made("data echo window=8", "net rnn 3 all | dense 1", "step")
    moment, run = Moment.of(session), session.need_run()
    picture = graph.draw(moment, None, 19, 78)
    for step in range(8):
        value, target = (float(run.array(name)[moment.row, step, 0]) for name in ("input", "target"))
        assert float(at(picture, Place("input", (step, 0))).replace("−", "-")) == round(value, 2)
        assert float(at(picture, Place("target", (step, 0))).replace("−", "-")) == round(target, 2)


def test_the_last_state_is_a_line_of_its_own_below_the_steps() -> None:
    session = made("zoo adding-lstm", "step")
    moment = Moment.of(session)
    layout = plan(moment, 19, 78, "lstm1")
    slot = layout.slot("lstm1")
    assert slot is not None
    picture = graph.draw(moment, Place("lstm1.last", (3,)), 19, 78)
    spots = [s for s in picture.spots if getattr(s.target, "value", "") == "lstm1.last"]
    assert {s.y for s in spots} == {slot.top + slot.lines + 1}
    assert [s.target.index for s in spots] == [(k,) for k in range(16)]
    assert picture.cells[spots[3].y, spots[3].x, 2] == Role.CURSOR


def test_more_steps_than_lines_share_a_line_and_the_cursor_is_in_its_half() -> None:
    session = made("zoo echo-rnn", "step")
    moment = Moment.of(session)
    for step in (6, 7):
        picture = graph.draw(moment, Place("rnn1.h", (step, 5)), 24, 78)
        spot = next(s for s in picture.spots if s.target == Place("rnn1.h", (step, 5)))
        assert picture.cells[spot.y, spot.x, 1 + step % 2] == Role.CURSOR


def test_what_has_not_been_computed_is_a_question_mark() -> None:
    session = made("zoo parity-lstm", "step", "back operation")
    while Moment.of(session).array("lstm1.h") is not None:
        session.execute("back operation")
    picture = graph.draw(Moment.of(session), None, 19, 78)
    assert sum("?" in line for line in lines(picture)) >= 8


def test_a_large_recurrent_network_is_drawn_quickly() -> None:
    session = made("data echo window=32", "net lstm 64 all | dense 1", "batch 8", "step")
    moment = Moment.of(session)
    graph.draw(moment, Place("lstm1.h", (5, 40)), 42, 96)
    spent = []
    for _ in range(5):
        start = time.perf_counter()
        graph.draw(Moment.of(session), Place("lstm1.h", (5, 40)), 42, 96)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.05, spent  # about 3 ms on a quiet machine


def test_layers_that_keep_the_steps_are_strips_whatever_their_own_view() -> None:
    network = "conv1d 4 3 pad=same relu | layernorm | dropout 0.2 | lstm 4 | dense 3"
    moment = Moment.of(made("data waves n=40", f"net {network}", "batch 8", "step"))
    layout = plan(moment, 42, 140, "lstm1")
    forms = {slot.column.name: (slot.form, slot.top, slot.lines) for slot in layout.slots}
    assert forms["input"][0] == "words"
    for name in ("conv1d1", "layernorm1", "dropout1", "lstm1"):
        assert forms[name] == ("strip", *forms["input"][1:]), name


def test_where_steps_share_a_line_what_is_said_stands_before_what_is_right() -> None:
    session = made("zoo names-rnn", "run 1 epoch")
    moment, run, data = Moment.of(session), session.need_run(), session.need_data()
    picture = graph.draw(moment, Place("dense1.z", (0, 0)), 10, 90)
    said = run.array("dense1.z")[moment.row].argmax(axis=1)
    spots = [s for s in picture.spots if getattr(s.target, "value", "") == "target"]
    assert len({s.y for s in spots}) < len(spots)
    for spot in spots:
        step = spot.target.index[0]
        asked = data.target_vocabulary[int(run.array("target")[moment.row, step])] or "·"
        assert lines(picture)[spot.y][spot.x] == asked
        before = spot.x - (plan(moment, 10, 90, "dense1").slots[-1].side + 1)
        assert lines(picture)[spot.y][before] == (data.target_vocabulary[said[step]] or "·")


def test_only_the_last_state_is_handed_on() -> None:
    moment = Moment.of(made("zoo adding-lstm", "step"))
    slot = plan(moment, 19, 78, "dense1").slot("lstm1")
    assert slot is not None
    drawn = lines(graph.draw(moment, Place("dense1.z", (0,)), 19, 78))
    behind = [row[slot.right : slot.right + 2].strip() for row in drawn[slot.top :]]
    assert not any(behind[: slot.lines])
    assert behind[slot.lines + 1]

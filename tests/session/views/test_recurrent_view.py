"""Recurrent layers unrolled through time, forwards and backwards."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.engine.ops import GRU, LSTM
from nnlab.session import views
from nnlab.session.insight.memory import reach
from nnlab.session.lane_text import brief
from nnlab.session.look import Look
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Lanes, Scene, Strip, Table
from nnlab.session.scene_text import render_scene
from nnlab.session.session import Session
from nnlab.session.views import recurrent
from nnlab.session.views.one_step import concrete
from nnlab.tui.bench import blocks

MODELS = {
    "names-rnn": "rnn1", "names-gru": "gru1", "parity-lstm": "lstm1", "adding-lstm": "lstm1",
    "brackets-lstm": "lstm1", "echo-rnn": "rnn1", "but-bilstm": "lstm1", "name-or-place": "lstm1",
    "reverse-gru": "gru2",
}  # fmt: skip
BEFORE = ("data parity", "net gru 5 all reset=before | gru 4 all | dense 2", "batch 4", "step")
CUT = ("data parity", "net lstm 3 all truncate=3 | dense 2", "batch 4", "step")
LONG = ("data echo window=8", "net rnn 3 all stateful | dense 1", "step", "step")


def lanes_of(scene: Scene) -> list[Lanes]:
    return [block for block in scene.blocks if isinstance(block, Lanes)]


def table_of(scene: Scene, which: int = 0) -> Table:
    return [block for block in scene.blocks if isinstance(block, Table)][which]


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_every_number_of_a_recurrent_layer_is_that_of_the_run_and_stands_in_the_text(
    name: str, backward: bool
) -> None:
    session = made(f"zoo {name}", "step")
    _moment, scene = scene_at(session, MODELS[name], backward)
    run = session.need_run()
    seen = 0
    for block in lanes_of(scene)[: None if not backward else 1]:
        for lane in block.lanes:
            assert lane.values is not None
            for value, at in zip(lane.values.tolist(), lane.places):
                assert at is not None
                seen += 1
                assert np.isnan(value) or value == float(run.array(at.value, at.part)[at.index])
    assert seen > 20
    for table in (table_of(scene), table_of(scene, 1)):
        for line in table.lines:
            assert line.at is not None
            assert line.value == float(run.array(line.at.value, line.at.part)[line.at.index])
            assert (line.at.part == "grad") == backward
    assert_facts(scene)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("actions", [BEFORE, CUT, LONG])
def test_facts_of_layers_that_no_model_of_the_zoo_has(actions: tuple[str, ...], backward: bool) -> None:
    layer = next(c.name for c in Moment.of(made(*actions)).columns[1:])
    assert_facts(scene_at(made(*actions), layer, backward)[1])


def test_a_step_is_told_in_full_arithmetic() -> None:
    session = made("zoo parity-lstm", "step")
    _moment, scene = scene_at(session, "lstm1.c[0,5,2]")
    first = table_of(scene).lines[0]
    assert first.label == "c5 = f5·c4 + i5·g5"
    f, c, i, g = (session.need_run().array(f"lstm1.{s}")[0, t, 2] for s, t in (
        ("f", 5), ("c", 4), ("i", 5), ("g", 5)))  # fmt: skip
    assert first.value == pytest.approx(f * c + i * g, rel=1e-5)
    assert f"{f:.3g}" in first.note
    assert f"{abs(g):.3g}" in first.note
    sums = table_of(scene, 1).lines[0]
    assert sums.label == "zi5 = x5·Wi + h4·Ui + bi"
    names = [word for word in sums.note.split() if word[0].isalpha()]
    assert names == ["x·Wi", "h·Ui", "bi"]
    parts = [float(word.replace("−", "-")) for word in sums.note.split()[2::2]]
    assert sum(parts) == pytest.approx(sums.value, abs=2e-3)


def test_rules_are_written_with_the_numbers_of_their_steps() -> None:
    op = recurrent.directions(*_layer(made("zoo names-gru", "step"), "gru1"))[0]
    assert isinstance(op, GRU)
    assert concrete(op, "h = (1 − u)·n + u·h₋₁", 5) == "h5 = (1 − u5)·n5 + u5·h4"
    assert concrete(op, "dh = dh₊₁·u₊₁ + Σ dz₊₁·Uᵀ, from there", 5) == "dh5 = dh6·u6 + Σ dz6·Uᵀ"
    assert concrete(op, "dzn = dn·(1 − n²)", 0) == "dzn0 = dn0·(1 − n0²)"
    assert concrete(op, "u = σ(zu) = ½ + ½·tanh(½·zu)", 3) == "u3 = σ(zu3)"
    assert concrete(op, "h = u·h₋₁", 0) == "h0 = u0·h₋₁"


def _layer(session: Session, name: str) -> tuple[Moment, object]:
    moment = Moment.of(session)
    return moment, moment.column(name)


def test_the_last_state_is_looked_at_where_the_text_ends() -> None:
    session = made("zoo brackets-lstm", "step")
    moment, scene = scene_at(session, "lstm1")
    length = int((moment.input != 0).sum())
    assert length < len(moment.input)
    assert lanes_of(scene)[0].chosen == length - 1
    forget = next(lane for lane in lanes_of(scene)[0].lanes if lane.places[0].value == "lstm1.f")
    assert forget.values is not None
    assert np.isnan(forget.values[length:]).all()
    assert np.isfinite(forget.values[:length]).all()
    state = next(lane for lane in lanes_of(scene)[0].lanes if lane.places[0].value == "lstm1.h")
    assert len(set(state.values[length - 1 :].tolist())) == 1
    after = scene_at(session, f"lstm1.h[0,{length},0]")[1]
    assert (
        next(x for x in table_of(after).lines if x.at.value == "lstm1.h").label
        == f"h{length} = h{length - 1}"
    )


def test_two_directions_are_two_lanes_and_the_answer_of_both_leads_to_its_side() -> None:
    session = made("zoo name-or-place", "step")
    _moment, scene = scene_at(session, "lstm1.both.a[0,2,15]")
    main, other = lanes_of(scene)
    assert main.leftward
    assert main.lanes[-1].places[2] == Address("lstm1.back.h", (0, 2, 3))
    assert not other.leftward
    assert other.lanes[-1].places[2] == Address("lstm1.h", (0, 2, 3))
    assert table_of(scene).lines[0].label == "c2 = f2·c3 + i2·g2"


def test_what_is_left_of_a_cell_is_the_product_of_its_forget_gates() -> None:
    session = made("zoo parity-lstm", "step")
    moment = Moment.of(session)
    op = next(o for o in session.need_run().program.graph.operations if isinstance(o, LSTM))
    found = reach(moment, op, 3, 6)
    assert found is not None
    f = session.need_run().array("lstm1.f")[0, :, 3].astype(float)
    assert found.left[:7] == pytest.approx([np.prod(f[t + 1 : 7]) for t in range(7)])
    assert np.isnan(found.left[7])
    assert found.places[6] == Address("lstm1.f", (0, 6, 3))
    assert found.places[0] is None


def test_what_is_left_of_a_simple_state_is_how_far_a_change_of_an_earlier_one_is_felt() -> None:
    session = made("zoo names-rnn", "step")
    moment, run = Moment.of(session), session.need_run()
    op = recurrent.directions(moment, moment.column("rnn1"))[0]
    found = reach(moment, op, 7, 4)
    assert found is not None
    h, U = run.array("rnn1.h")[0].astype(float), run.array("rnn1.U").astype(float)
    whole = np.eye(64)
    for t in (4, 3, 2):
        whole = whole @ np.diag(1 - h[t] ** 2) @ U.T  # ∂h4/∂h1
    assert found.left[1] == pytest.approx(np.linalg.norm(whole[7]))


def test_a_closed_gate_is_a_wall() -> None:
    session = made("data parity", "net lstm 2 all | dense 2", "batch 4", "edit lstm1.bf[1] -9", "step")
    _moment, scene = scene_at(session, "lstm1.h[0,5,1]", backward=True)
    memory = lanes_of(scene)[1]
    assert np.flatnonzero(memory.marks["wall"]).tolist() == [5]
    assert memory.note.startswith("a wall at step 5: f is ")
    assert brief(float(session.need_run().array("lstm1.f")[0, 5, 1])) in memory.note
    open_gate = lanes_of(scene_at(session, "lstm1.h[0,5,0]", backward=True)[1])[1]
    assert open_gate.note.startswith("no wall")


def test_truncation_says_where_the_gradient_ends() -> None:
    _moment, scene = scene_at(made(*CUT), "lstm1.h[0,5,1]", backward=True)
    gradients, memory = lanes_of(scene)
    assert np.flatnonzero(gradients.marks["cut"]).tolist() == [3, 6]
    assert "truncate=3" in gradients.note
    assert memory.note == "the gradient is cut at step 3: nothing goes further back"
    assert memory.lanes[1].values[2] == 0


def test_a_stateful_layer_says_where_its_state_comes_from() -> None:
    session = made(*LONG)
    _moment, scene = scene_at(session, "rnn1.h[0,0,1]")
    assert "rnn1.h0" in lanes_of(scene)[0].note
    start = table_of(scene, 1).lines[-1]
    assert (start.label, start.at) == ("h₋₁", Address("rnn1.h0", (0, 1)))
    assert start.value == float(session.need_run().array("rnn1.h0")[0, 1]) != 0


def test_what_has_not_been_computed_is_a_question_mark() -> None:
    session = made("zoo parity-lstm", "step", "back operation")
    while Moment.of(session).array("lstm1.h") is not None:
        session.execute("back operation")
    _moment, scene = scene_at(session, "lstm1")
    assert all(lane.values is None for lane in lanes_of(scene)[0].lanes if lane.places[0].value != "input")
    assert "?" in "\n".join(render_scene(scene, Look()))
    assert_facts(scene)


def test_while_training_goes_on_the_view_reads_what_it_asked_for() -> None:
    moment = Moment.of(made("zoo names-rnn", "step"))
    assert {"rnn1.z", "rnn1.h", "rnn1.U"} <= moment.wanted("rnn1")
    assert "rnn1.z" not in moment.wanted()
    assert "lstm1.h" in Moment.of(made("zoo adding-lstm", "step")).wanted()


def test_arrows_stay_in_the_block_they_are_in_where_a_number_stands_in_several() -> None:
    _moment, scene = scene_at(made("zoo parity-lstm", "step"), "lstm1.h[0,5,2]")
    units = next(k for k, block in enumerate(scene.blocks) if isinstance(block, Grid))
    at = Address("lstm1.h", (0, 5, 2))
    below = blocks.draw(scene, at, 60, 90, within=units).beside(at, "down")
    assert below is not None
    assert below.target == Address("lstm1.h", (0, 5, 3))
    picture = blocks.draw(scene, at, 60, 90, within=1)
    spot = picture.beside(at, "up")
    assert spot is not None
    assert spot.target == Address("lstm1.c", (0, 5, 2))
    assert picture.block_at(spot.y, spot.x) == 1


@pytest.mark.parametrize(
    ("value", "word"),
    [(0.953, ".95"), (1.0, "1.0"), (0.0041, ".0041"), (3e-5, "3e−5"), (0.0, "0"), (-0.02, "−.020"),
     (0.996, "1.0"), (250.0, "2e2")],
)  # fmt: skip
def test_brief_numbers_have_two_digits(value: float, word: str) -> None:
    assert brief(value) == word


def test_the_overview_shows_every_state_even_where_only_the_last_is_answered() -> None:
    moment, column = _layer(made("zoo adding-lstm", "step"), "lstm1")
    strip = views.overview_of(moment, column, views.first_at(moment, column))
    assert isinstance(strip, Strip)
    assert np.array_equal(strip.values, np.asarray(moment.run.array("lstm1.h")[0], float))
    assert np.array_equal(strip.answer, moment.run.array("lstm1.last")[0])


def test_padding_lets_everything_through() -> None:
    session = made("zoo brackets-lstm", "step")
    moment = Moment.of(session)
    length = int((moment.input != 0).sum())
    op = recurrent.directions(moment, moment.column("lstm1"))[0]
    found = reach(moment, op, 2, len(moment.input) - 1)
    assert found is not None
    assert (found.left[length - 1 :] == 1).all()
    assert found.left[length - 2] == pytest.approx(session.need_run().array("lstm1.f")[0, length - 1, 2])


def test_from_the_first_step_one_looks_back_from_the_last() -> None:
    _moment, scene = scene_at(made("zoo parity-lstm", "step"), "lstm1.h[0,0,2]", backward=True)
    memory = lanes_of(scene)[1]
    assert memory.chosen == 7
    assert memory.title.startswith("what c7 hangs on")
    assert np.isfinite(memory.lanes[1].values).all()

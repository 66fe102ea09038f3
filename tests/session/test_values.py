"""Whole values as text: what the tape has written, matrices, images, the plane, runs beside each other."""

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Look, Session


def bench(*actions: str, look: Look | None = None) -> Session:
    session = Session(look=look)
    for action in actions:
        session.execute(action)
    return session


XOR = ("data xor", "net dense 2 tanh | dense 1", "batch all")


def test_what_the_tape_has_not_come_to_is_not_told() -> None:
    session = bench(*XOR, "step operation")
    assert "loss ?" in session.execute("show").lines[-3]
    assert "?" in session.execute("show dense2.z").lines[0]
    with pytest.raises(NnlabError, match="not come to dense2"):
        session.execute("explain dense2.z[0,0]")
    session.execute("step batch")
    assert session.execute("explain dense2.z[0,0]").payload.value == session.run.value("dense2.z[0,0]")
    assert "?" not in session.execute("show dense2.z").lines[0]


def test_a_step_of_one_operation_says_what_it_wrote_for_the_followed_example() -> None:
    session = bench(*XOR, "example 3")
    lines = session.execute("step operation").lines
    row = [int(n) for n in session.run.batch_indices].index(int(session.data.split.train[3]))
    assert lines[-1].startswith(f"  dense1.z[{row}] = ")


def test_a_value_is_shown_whole_with_its_shape() -> None:
    session = bench(*XOR, "step")
    lines = session.execute("show dense1.W").lines
    assert lines[0] == "dense1.W (2×2)"
    assert len(lines) == 5
    assert "more rows" in bench("data digits", "net dense 10", "step").execute("show dense1.W").lines[-1]
    for wrong in ("show dense9.W", "show dense1.W[0,0]"):
        with pytest.raises(NnlabError):
            session.execute(wrong)


def test_an_image_is_drawn_and_a_screen_reader_gets_numbers() -> None:
    drawn = bench("data digits").execute("example 19").lines
    assert len(drawn) == 10
    assert any("@" in line for line in drawn)
    told = bench("data digits", look=Look(accessible=True)).execute("example 19").lines
    assert told[1].startswith("inputs: ")


def test_the_plane_shows_where_the_network_says_what() -> None:
    lines = bench("data moons n=80", "net dense 1", "run 3 epochs").execute("show surface").lines
    assert lines[0] == "o 0   x 1"
    assert {len(line) for line in lines[1:-1]} == {46}
    told = bench("data moons n=80", "net dense 1", look=Look(accessible=True)).execute("show surface")
    assert told.lines[0].startswith("share of the plane: 0 ")
    with pytest.raises(NnlabError, match="two inputs"):
        bench("data digits", "net dense 10").execute("show surface")


def test_runs_are_compared_epoch_by_epoch() -> None:
    session = bench("data moons n=80", "net dense 2 tanh | dense 1", "run 2 epochs")
    assert "two runs" in session.execute("show comparison").lines[0]
    session.execute("branch fast lr=0.3")
    session.execute("run 2 epochs")
    lines = session.execute("show comparison").lines
    assert lines[1].split() == ["epoch", "main", "fast"]
    assert lines[-3].split()[:2] == ["4", "–"]


def test_an_edit_says_what_stood_there_even_after_another_edit() -> None:
    session = bench(*XOR, "step", "edit dense1.W[0,0] 1", "edit dense1.b[0] 2")
    assert session.execute("edit dense1.W[0,0] -2").lines == ["dense1.W[0,0]: 1 → −2"]


def test_the_loss_can_be_given_back_to_the_task() -> None:
    session = bench(*XOR, "loss mse", "step")
    assert session.run.config.loss == "mse"
    session.execute("loss auto")
    session.execute("step")
    assert session.run.config.loss == "bce"
    session.execute("set loss=mse lr=0.1")
    session.execute("set loss=auto")
    assert session.bench.setup.loss is None
    assert any("bce" in line for line in bench(*XOR, "step").execute("show setup").lines)


def test_ids_are_shown_as_the_words_they_stand_for() -> None:
    session = bench("zoo name-or-place", "step")
    run, data = session.need_run(), session.need_data()
    row = session.execute("show input").lines[3].split()
    assert row == ["0", *(data.vocabulary[k] or "·" for k in run.array("input")[0].tolist())]
    asked = session.execute("show target").lines[3].split()
    tags = [data.target_vocabulary[k] if k >= 0 else "·" for k in run.array("target")[0].tolist()]
    assert asked == ["0", *tags]
    assert any("." in word for word in session.execute("show embed1.W").lines[3].split())

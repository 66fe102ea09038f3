"""The landscape of the loss as an action, in the log and in plain characters."""

from __future__ import annotations

import pytest

from nnlab.errors import NnlabError
from nnlab.session import Look, Session
from nnlab.session.landscape import MAP
from nnlab.session.look import columns

LINE = ("data line3", "loss mse", "optimizer gd lr=0.05", "batch all", "net dense 1", "edit dense1.W[0,0] 0")


def bench(*lines, path=None, look=None):
    session = Session(path, look=look)
    for line in lines:
        session.execute(line)
    return session


def shown(session):
    return session.execute("show landscape").lines


def test_two_parameters_are_drawn_without_being_asked_for():
    lines = shown(bench(*LINE, "step"))
    assert lines[0] == "here: dense1.W[0,0] = 0, dense1.b[0] = 0; loss 11.67"
    assert lines[1] == "gradient (−8.667, −6); the pending update leads to (0.4333, 0.3)"
    drawn = [line for line in lines if line.startswith("|")]
    assert len(drawn) == MAP[0]
    assert sum(line.count("@") for line in drawn) == 1
    assert sum(line.count("o") for line in drawn) == 1
    assert any("0 < 0.2" in line for line in lines)


def test_the_walk_is_on_the_map():
    drawn = "".join(line for line in shown(bench(*LINE, "run 20 steps")) if line.startswith("|"))
    assert drawn.count("*") > 8


def test_one_parameter_is_a_curve():
    valley = ("data points 1,1 -1,0.5", "optimizer gd lr=0.5", "net dense 1 relu bias=no")
    lines = shown(bench(*valley, "edit dense1.W[0,0] 0.2", "landscape dense1.W[0,0] -1.5 2", "run 5 steps"))
    assert sum("@" in line for line in lines) >= 1
    assert "lowest of what is shown: 0.125 near dense1.W[0,0] = 1.01" in lines


def test_who_cannot_see_a_map_is_told_where_the_run_stands():
    lines = shown(bench(*LINE, "step", look=Look(accessible=True)))
    assert not any("|" in line for line in lines)
    assert any("lowest of what is shown" in line for line in lines)
    assert any("gradient" in line for line in lines)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit(width):
    assert all(columns(line) <= width for line in shown(bench(*LINE, "step", look=Look(width=width))))


@pytest.mark.parametrize(
    "line",
    [
        "landscape dense1.W[0,0] -1 5 dense1.b[0]",
        "landscape dense1.b[0] dense1.W[0,0] -1.5 2",
        "landscape dense1.W[0,0]",
        "landscape auto",
    ],
)
def test_what_was_chosen_is_written_as_it_is_read_and_kept(tmp_path, line):
    session = bench(*LINE, "step", line, path=tmp_path / "a.nnl")
    assert session.history[-1] == line
    session.close()
    again = Session.resume(tmp_path / "a.nnl")
    assert again.landscape_axes() == session.landscape_axes()
    assert again.bench.axes == session.bench.axes
    assert shown(again)[0] == shown(session)[0]


def test_another_network_or_other_data_forget_the_choice():
    session = bench(*LINE, "landscape dense1.W[0,0] -1 5")
    assert len(session.landscape_axes()) == 1
    session.execute("net dense 1")
    assert session.bench.axes == ()
    assert len(session.landscape_axes()) == 2


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("landscape dense1.W[0,0] 5 1", "must be above 5"),
        ("landscape dense1.W[0,0] 5", "upper end of the range"),
        ("landscape dense1.z[0,0]", "not a parameter"),
        ("landscape dense1.W[0,0] dense1.W[0,0]", "two parameters"),
        ("landscape dense1.W[0,0] dense1.b[0] dense1.b[0]", "more than this action takes"),
        ("landscape", "is missing"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_a_sentence(line, words):
    session = bench(*LINE)
    with pytest.raises(NnlabError, match=words):
        session.execute(line)
    assert session.bench.axes == ()


def test_a_network_with_more_parameters_asks_which():
    with pytest.raises(NnlabError, match="choose one or two parameters"):
        shown(bench("data xor", "net dense 2 tanh | dense 1"))


def test_the_landscape_can_be_asked_for_while_training_goes_on():
    session = bench(*LINE)
    session.background = True
    session.execute("run")
    assert shown(session)[0].startswith("here:")
    assert session.trainer.running
    session.close()


def test_completion_offers_the_parameters():
    texts = [c.text for c in bench(*LINE).complete("landscape ")]
    assert {"auto", "dense1.W[0,0]", "dense1.b[0]"} <= set(texts)

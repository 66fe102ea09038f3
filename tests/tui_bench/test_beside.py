"""Other runs are seen beside the current one, dim, named, and told apart without colour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import MOONS, made

from nnlab.session.session import Session
from nnlab.tui import curves, report
from nnlab.tui.bench import charts
from nnlab.tui.bench.others import MOST, Others, curve_of
from nnlab.tui.bench.readings import Readings, read
from nnlab.tui.bench.spots import PLAIN, Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of
from nnlab.tui.themes import Role

BRANCHED = (*MOONS, "run 4 epochs", "branch colder lr=0.0001", "run 6 epochs")
ASCII = Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII))


def readings(session: Session) -> Readings:
    return replace(read(session, frozenset()), others=Others()(session.runs, session.current))


@pytest.mark.parametrize("sight", [PLAIN, ASCII])
def test_the_other_run_has_a_line_and_a_name(sight: Sight) -> None:
    session = made(*BRANCHED, "switch main")
    alone = charts.loss(replace(readings(session), others=()), 12, 70, sight).cells
    beside = charts.loss(readings(session), 12, 70, sight).cells
    assert "colder val" in rows_of(beside)[0] + rows_of(beside)[1]
    assert "colder" not in "".join(rows_of(alone))
    if sight is ASCII:
        assert any(curves.MARKS[charts.OTHERS] in row for row in rows_of(beside)[2:])
    else:
        plot = beside[2:-2, 10:]
        assert ((plot[..., 1] == Role.MUTED) & (plot[..., 0] != 0)).any()


def test_the_longer_run_is_seen_to_its_end() -> None:
    session = made(*BRANCHED, "switch main")
    axis = rows_of(charts.loss(readings(session), 14, 90).cells)[13]
    steps = session.runs["colder"].step_count
    assert max(int(word) for word in axis.split() if word.isdigit()) > session.runs["main"].step_count
    assert steps > session.runs["main"].step_count


def test_each_of_several_runs_has_a_dash_of_its_own() -> None:
    session = made(*BRANCHED, "branch hot lr=0.1", "run 2 epochs", "branch third", "run 1 epoch")
    others = readings(session).others
    dashes = [charts._beside(k, one, one.loss, one.steps, 40).dash for k, one in enumerate(others)]
    assert len(set(dashes)) == len(others) == MOST


def test_a_curve_is_made_once_for_as_far_as_its_run_has_come() -> None:
    session, others = made(*BRANCHED), Others()
    first = others(session.runs, "colder")
    assert others(session.runs, "colder")[0] is first[0]
    session.execute("switch main")
    session.execute("run 1 epoch")
    assert others(session.runs, "colder")[0] is not first[0]


def test_before_its_first_epoch_a_run_is_seen_step_by_step() -> None:
    history = made(*MOONS, "step", "step").need_run().history
    curve = curve_of("main", history)
    assert not curve.held
    assert list(curve.steps) == [1, 2]


def test_the_report_tells_runs_apart_without_colour() -> None:
    x = np.arange(20.0)
    runs = {"main": (x, x), "colder": (x, 30 - x)}
    lines = report.plain(report.comparison(runs, 60, 16, caps=Capabilities(color=ColorDepth.NONE)))
    assert any("+" in line.split("│")[1] for line in lines if line.count("│") > 1)

"""Small pictures as text, kept in golden/; NNLAB_GOLDEN=1 writes them again, to be looked at in the diff."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import MOONS, XOR, made

from nnlab.session.moment import Moment, Place
from nnlab.session.session import Session
from nnlab.tui.bench import (
    builder,
    charts,
    graph,
    histogram,
    inspector,
    landscape,
    matrix,
    signs,
    status,
    tape_bar,
)
from nnlab.tui.bench.draft import Draft
from nnlab.tui.bench.readings import Readings, finish, read
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.bench.track import Track, track_of
from nnlab.tui.bench.why import Question, ask, nudged
from nnlab.tui.capabilities import Capabilities, ColorDepth, GlyphSet
from nnlab.tui.cells import rows_of

GOLDEN = Path(__file__).parent / "golden"
LINE = ("data line3", "optimizer gd lr=0.05", "net dense 1", "edit dense1.W[0,0] 0")
VALLEYS = (
    "data points 1,1 -1,0.5",
    "optimizer gd lr=0.5",
    "net dense 1 relu bias=no",
    "landscape dense1.W[0,0] -1.5 2",
    "edit dense1.W[0,0] 0.2",
    "run 10 steps",
    "edit dense1.W[0,0] -0.2",
    "run 3 steps",
)
ASCII = Sight(Capabilities(color=ColorDepth.NONE, glyphs=GlyphSet.ASCII))


def _forward() -> Session:
    return made(*XOR, "step", "back 7 operation")


def _track(session: Session) -> Track:
    run = session.need_run()
    return track_of(run, "main", session.runs, session.bench.reach["main"], session.grain)


def _backward_graph() -> Picture:
    session = made(*XOR, "step", "back 2 operation")
    return graph.draw(Moment.of(session), Place("dense1.z", (0,)), 16, 72)


def _steps(*actions: str, sight: Sight = PLAIN, flip: bool = False) -> Picture:
    """A network that reads a sequence, a line a step."""
    moment = Moment.of(made(*actions), flip)
    column = moment.columns[2]
    return graph.draw(moment, Place(column.post, column.index(3)), 19, 78, sight)


def _ledger() -> Picture:
    session = made(*XOR, "step")
    question = ask(session, Question(session.need_run().address("dense1.W[0,1]")))
    return inspector.draw(nudged(session, question, 0.1), None, 40, 50)


def _read(page: str, *lines: str) -> Readings:
    session = made(*lines)
    return finish(session, read(session, frozenset({page})))


def _landscape(height: int, width: int, sight: Sight = PLAIN) -> Picture:
    return landscape.draw(_read("landscape", *LINE, "run 20 steps"), height, width, sight)


VIEWS: dict[str, Callable[[], Picture]] = {
    "graph_forward": lambda: graph.draw(Moment.of(_forward()), Place("dense1.z", (0,)), 16, 72),
    "graph_backward": _backward_graph,
    "graph_ascii": lambda: graph.draw(
        Moment.of(made(*XOR, "step")), Place("dense1.W", (0, 1)), 16, 72, ASCII
    ),
    "steps_words": lambda: _steps("zoo name-or-place", "run 1 epoch"),
    "steps_ascii": lambda: _steps("zoo name-or-place", "run 1 epoch", sight=ASCII, flip=True),
    "steps_series": lambda: _steps("zoo adding-lstm", "step"),
    "graph_before_any_step": lambda: graph.draw(Moment.of(made(*XOR)), None, 16, 72),
    "matrix": lambda: matrix.draw(Moment.of(made(*MOONS, "step")), Place("dense1.W", (1, 2)), 14, 60),
    "histogram": lambda: histogram.draw(
        Moment.of(made("data digits", "net dense 64 | dense 10", "step")),
        Place("dense1.W", (3, 4)),
        18,
        60,
    ),
    "inspector_sum": lambda: inspector.draw(
        ask((s := made(*MOONS, "step")), Question(s.need_run().address("dense1.z[0,1]"))),
        ("term", 0, 0),
        20,
        46,
    ),
    "inspector_weight": _ledger,
    "tape": lambda: tape_bar.draw(_track(_forward()), None, 4, 90),
    "tape_one_line": lambda: tape_bar.draw(_track(_forward()), None, 1, 80),
    "builder": lambda: builder.draw(
        Draft.of("dense 4 tanh | dense 3", 1), made(*MOONS).data, ("layer", 1), 16, 90
    ),
    "status": lambda: status.draw(status.dials_of(made(*MOONS, "run 1 epoch")), None, 100),
    "signs": lambda: signs.draw(read(made(*MOONS, "step"), frozenset({"signs"})), 10, 60),
    "landscape": lambda: _landscape(16, 60),
    "landscape_ascii": lambda: _landscape(16, 60, ASCII),
    "valleys": lambda: landscape.draw(_read("landscape", *VALLEYS), 14, 60),
    "curves_ascii": lambda: charts.loss(
        read(made(*XOR, "run 40 steps"), frozenset({"curves"})), 14, 60, ASCII
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_draws_what_it_drew_before(name: str) -> None:
    rows = "\n".join(row.rstrip() for row in rows_of(VIEWS[name]().cells)) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("NNLAB_GOLDEN"):
        path.write_text(rows, encoding="utf-8")
    assert rows == path.read_text(encoding="utf-8")

"""A twin on another network or other data: both go together, and what cannot be compared is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session
from nnlab.session.diff import contrasts
from nnlab.session.moment import Moment
from nnlab.session.pages import page_scene
from nnlab.session.scene import Table

BENCH = ("data moons n=80", "net dense 4 tanh | dense 1", "run 3 steps")
OTHER_NET = "twin net dense 4 relu | dense 6 tanh | dense 1"
OTHER_DATA = "twin data circles n=80"


def made(*lines: str, path: Path | None = None) -> Session:
    session = Session(path)
    for line in (*BENCH, *lines):
        session.execute(line)
    return session


def alone(*lines: str) -> np.ndarray:
    session = Session()
    for line in lines:
        session.execute(line)
    return session.need_run().settled_theta().copy()


@pytest.mark.parametrize(
    ("line", "same"),
    [
        (OTHER_NET, ("data moons n=80", "net dense 4 relu | dense 6 tanh | dense 1", "run 8 steps")),
        (OTHER_DATA, ("data circles n=80", "net dense 4 tanh | dense 1", "run 8 steps")),
    ],
)
def test_each_has_the_numbers_that_it_would_have_alone(line: str, same: tuple[str, ...]) -> None:
    session = made(line, "run 5 steps")
    np.testing.assert_array_equal(session.runs["twin"].settled_theta(), alone(*same))
    np.testing.assert_array_equal(session.need_run().settled_theta(), alone(*BENCH, "run 5 steps"))
    session.execute("seek 2")
    assert session.runs["twin"].step_count == 2


def test_what_has_the_same_shape_is_compared_and_the_rest_is_named() -> None:
    session = made()
    told = " ".join(session.execute(OTHER_NET).lines)
    assert "compared: dense1.W, dense1.b; not compared: dense2.W, dense2.b" in told
    assert [c.value for c in contrasts(session.bench)] == ["dense1.W", "dense1.b"]
    with pytest.raises(NnlabError, match="has other shapes in the two runs"):
        session.execute("diff dense2.W")


def test_examples_of_other_data_are_not_compared_but_weights_are() -> None:
    session = made()
    assert "numbers of single examples are not compared" in " ".join(session.execute(OTHER_DATA).lines)
    with pytest.raises(NnlabError, match="not about the same examples"):
        session.execute("diff dense1.z")
    assert session.execute("diff dense1.W").lines
    moment = Moment.beside(session, difference=True)
    assert moment is not None
    assert moment.array("dense1.z") is None
    assert moment.array("dense1.W") is not None


def test_a_breakpoint_of_one_network_passes_the_other_over() -> None:
    session = made("break |grad(dense2)| < 1e9", "twin net dense 1")
    assert session.execute("run 5 steps").payload.reason == "break"
    assert [(hit.condition, hit.run) for hit in session.bench.hits] == [("|grad(dense2)| < 1e+09", "main")]
    session.execute("switch twin")
    session.execute("twin off")
    before = session.need_run().step_count
    session.execute("run 2 steps")
    assert session.need_run().step_count == before + 2


def test_a_breakpoint_that_fits_no_run_is_told() -> None:
    session = made("break |grad(dense7)| < 1e9", "twin net dense 1")
    with pytest.raises(NnlabError, match="dense7"):
        session.execute("run 2 steps")


def test_switching_brings_network_and_data_along_and_back() -> None:
    session = made(OTHER_DATA, "switch twin")
    assert session.need_data().name == "circles"
    session.execute("run 1 epochs")
    session.execute("switch main")
    assert session.need_data().name == "moons"
    assert session.runs["twin"].step_count == session.need_run().step_count


def test_switching_to_other_data_leaves_what_is_about_these_data_behind() -> None:
    session = made(OTHER_DATA, "example 30", "show dense1.W", "switch twin")
    assert session.example == 0
    assert session.bench.selection is None
    assert session.bench.studies == {}


def test_a_branch_of_the_twin_stands_on_what_the_twin_stands_on() -> None:
    session = made(OTHER_DATA, "switch twin", "branch further", "switch main", "switch further")
    assert session.need_data().name == "circles"
    assert session.need_run().data is session.need_data()


def test_the_pages_say_what_differs() -> None:
    session = made(OTHER_NET, "run 3 steps")
    tables = [block for block in page_scene(session, "twin").blocks if isinstance(block, Table)]
    assert tables[0].lines[0].note == "dense 4 tanh | dense 1 → dense 4 relu | dense 6 tanh | dense 1"
    assert any("dense 6 tanh" in line.note for line in page_scene(session, "runs").blocks[0].lines)


def test_undo_takes_it_away_and_redo_brings_it_back() -> None:
    session = made(OTHER_DATA, "undo")
    assert session.bench.twin == ""
    session.execute("redo")
    session.execute("switch twin")
    assert session.need_data().name == "circles"


def test_a_session_resumes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    session = made(OTHER_NET, "run 4 steps", "switch twin", "run 2 steps", path=path)
    there = session.need_run().settled_theta().copy()
    session.close()
    again = Session.resume(path)
    np.testing.assert_array_equal(again.need_run().settled_theta(), there)
    assert again.network is not None
    assert again.network.text == "dense 4 relu | dense 6 tanh | dense 1"
    again.execute("switch main")
    assert again.network.text == "dense 4 tanh | dense 1"
    assert again.need_run().network.text == "dense 4 tanh | dense 1"
    again.close()


def test_a_resumed_twin_still_learns_from_its_own_data(tmp_path: Path) -> None:
    path = tmp_path / "s.nnl"
    made(OTHER_DATA, "run 4 steps", path=path).close()
    again = Session.resume(path)
    assert again.runs["twin"].data.name == "circles"
    again.execute("switch twin")
    assert again.need_data().name == "circles"
    again.close()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("twin data iris", "."),
        ("twin net dense 3", "needs 1 unit"),
        ("twin net conv 3", "."),
    ],
)
def test_what_does_not_fit_changes_nothing(line: str, told: str) -> None:
    session = made()
    with pytest.raises(NnlabError, match=told):
        session.execute(line)
    assert list(session.runs) == ["main"]
    assert session.bench.grounds == {}
    assert session.need_data().name == "moons"

"""A code that the learner moves: what is made of it is what the second half of the network answers."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts

from nnlab.errors import NnlabError
from nnlab.network.decoding import decode, narrowest
from nnlab.session.insight.codes import codes, spread
from nnlab.session.pages import page_scene
from nnlab.session.scene import Deed, Grid, Points, Table, flat
from nnlab.session.session import Session


def small(*more: str) -> Session:
    """An autoencoder of digits with a code of two numbers."""
    session = Session()
    for line in ("data digits target=image scale=unit", "net dense 2 | dense 64 sigmoid", "step", *more):
        session.execute(line)
    return session


def test_until_it_is_moved_it_is_the_code_of_the_example() -> None:
    found = codes(small())
    np.testing.assert_allclose(found.point.code, found.code, atol=1e-6)
    np.testing.assert_allclose(found.point.made, found.rebuilt, atol=1e-6)


def test_what_is_made_of_it_is_what_the_network_decodes() -> None:
    session = small()
    answer = session.execute("code 0.5 -1.2")
    network = session.need_run().network
    made = decode(network, narrowest(network), np.array([[0.5, -1.2]]))[0]
    np.testing.assert_allclose(codes(session).point.made, made)
    grid = next(b for b in answer.payload.blocks if isinstance(b, Grid))  # type: ignore[attr-defined]
    np.testing.assert_allclose(grid.values.reshape(-1), made)
    assert f"{made[0]:.2f}" in "\n".join(answer.lines)


def test_one_number_is_moved_and_the_others_stay() -> None:
    session = small("code 0.5 -1.2", "code 1=0.25")
    assert codes(session).point.code.tolist() == [0.5, 0.25]


def test_a_place_on_the_map_is_where_the_point_comes_to_stand() -> None:
    session = small("code map 0.3 -0.4")
    found = codes(session)
    np.testing.assert_allclose(found.point.at, (0.3, -0.4), atol=1e-9)
    chart = next(b for b in page_scene(session, "codes").blocks if isinstance(b, Points))
    np.testing.assert_allclose(chart.xy[-1], (0.3, -0.4), atol=1e-9)


def test_what_is_off_the_plane_of_the_map_stays_when_the_point_moves_along_it() -> None:
    session = Session()
    for line in ("zoo autoencoder", "step", "code row 7"):
        session.execute(line)
    known, before = spread(session), codes(session).point.code
    session.execute("code map 0 0")
    moved = codes(session).point.code - before
    np.testing.assert_allclose(moved, moved @ known.axes.T @ known.axes, atol=1e-9)
    assert np.abs(moved).max() > 0


def test_the_code_of_a_row_makes_that_row_again() -> None:
    session = small("code row 9")
    data, run = session.need_data(), session.need_run()
    again = run.network.predict(data.x[9:10])[0].reshape(-1)
    np.testing.assert_allclose(codes(session).point.made, again, atol=1e-6)


def test_keys_move_each_number_by_a_round_step() -> None:
    session = small("code 0.5 -1.2")
    scene = page_scene(session, "codes")
    step = codes(session).point.step[1]
    line = next(
        line for b in flat(scene.blocks) if isinstance(b, Table) for line in b.lines if line.label == "1"
    )
    assert isinstance(line.at, Deed)
    session.execute(line.at.keys["raise"])
    assert codes(session).point.code[1] == pytest.approx(-1.2 + step)


def test_the_code_stays_when_the_network_learns_and_what_is_made_of_it_changes() -> None:
    session = small("code 0.5 -1.2")
    before = codes(session).point.made
    session.execute("run 5 steps")
    assert codes(session).point.code.tolist() == [0.5, -1.2]
    assert not np.array_equal(codes(session).point.made, before)


def test_nothing_of_it_is_in_the_log() -> None:
    session = small()
    before = list(session.history)
    session.execute("code 0.5 -1.2")
    assert session.history == before


def test_the_page_and_the_answer_say_in_words_what_their_pictures_say() -> None:
    session = small("run 1 epochs")
    assert_facts(session.execute("code 0.5 -1.2").payload)  # type: ignore[arg-type]
    assert_facts(page_scene(session, "codes"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("code 1 2 3", "has 2 numbers, not 3"),
        ("code 5=1", "the numbers 0 to 1, no number 5"),
        ("code row 99999", "there is no row 99999"),
        ("code one", "“one” stands where a number of the code belongs"),
    ],
)
def test_what_is_no_code_is_refused(line: str, told: str) -> None:
    session = small("code 0.5 -1.2")
    with pytest.raises(NnlabError, match=told):
        session.execute(line)
    assert codes(session).point.code.tolist() == [0.5, -1.2]


def test_a_classifier_has_no_code() -> None:
    session = Session()
    for line in ("data iris", "net dense 3"):
        session.execute(line)
    with pytest.raises(NnlabError, match="does not make its input again"):
        session.execute("code 1 2")

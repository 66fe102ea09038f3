"""Pages of generators, codes, worlds and the gallery's tasks: what they show is what the network says."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from facts import assert_facts

from nnlab.errors import NnlabError
from nnlab.network.decoding import decode, narrowest
from nnlab.session.insight.codes import codes
from nnlab.session.insight.duel import Referee, density, duel
from nnlab.session.insight.graph import laid_out
from nnlab.session.insight.outcome import outcome
from nnlab.session.insight.world import played
from nnlab.session.pages import PAGES, fitting, page_scene
from nnlab.session.scene import Deed, Frame, Grid, Line, Points, Table, flat
from nnlab.session.session import Session
from nnlab.training.judging import box_iou, overlaps
from nnlab.training.worth import table

PAGE_OF = {
    "gan-bell": "duel",
    "gan-ring": "duel",
    "gan-digits": "duel",
    "autoencoder": "codes",
    "vae": "codes",
    "gridworld-q": "world",
    "gridworld-policy": "world",
    "nim-q": "world",
    "box-finder": "outcome",
    "pixel-labels": "outcome",
    "communities": "outcome",
    "tone-maker": "outcome",
    "sine-forecast": "outcome",
    "which-way": "outcome",
    "waveforms": "outcome",
    "four-tones": "outcome",
}


@lru_cache(maxsize=20)
def trained(model: str, steps: int = 12) -> Session:
    session = Session()
    session.execute(f"zoo {model}")
    session.execute(f"run {steps} steps")
    return session


def lines_of(session: Session, page: str) -> dict[str, Line]:
    tables = [block for block in flat(page_scene(session, page).blocks) if isinstance(block, Table)]
    return {line.label: line for table in tables for line in table.lines}


@pytest.mark.parametrize("model", PAGE_OF)
def test_the_page_says_in_words_what_its_picture_says(model: str) -> None:
    session = trained(model)
    assert PAGE_OF[model] in fitting(session)
    assert_facts(page_scene(session, PAGE_OF[model]))


def test_pages_of_plain_networks_are_not_offered_for_a_duel() -> None:
    assert not {"truth", "saliency", "roc", "calibration"} & set(fitting(trained("gan-ring")))


# -- codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["autoencoder", "vae", "denoise"])
def test_what_is_decoded_from_a_code_is_what_the_network_answers(model: str) -> None:
    session = trained(model)
    network, x = session.need_run().network, session.need_data().x[:3]
    name = narrowest(network)
    np.testing.assert_allclose(decode(network, name, network.values(name, x)), network.predict(x), atol=1e-6)


def test_a_code_of_another_size_is_refused() -> None:
    network = trained("autoencoder").need_run().network
    with pytest.raises(NnlabError, match=r"takes 8 numbers, not 3"):
        decode(network, narrowest(network), np.zeros((1, 3)))


def test_the_way_begins_and_ends_at_the_two_examples() -> None:
    session = trained("autoencoder")
    found, run = codes(session), session.need_run()
    ends = run.network.predict(session.need_data().x[[found.row, found.other]]).reshape(2, -1)
    np.testing.assert_allclose(found.way[[0, -1]], ends, atol=1e-6)
    np.testing.assert_allclose(found.rebuilt, ends[0], atol=1e-6)


def test_codes_carry_the_digits_they_are_of() -> None:
    session = trained("autoencoder")
    found = codes(session)
    digits = Session()
    digits.execute("data digits scale=unit")
    assert found.kinds is not None
    np.testing.assert_array_equal(found.kinds, digits.need_data().y[found.rows])


# -- duel ---------------------------------------------------------------------------------------------


def test_the_judge_is_the_network_behind_a_sigmoid() -> None:
    session = trained("gan-ring")
    found, run = duel(session), session.need_run()
    logits = run.network.predict(found.real.astype(np.float32))[:, 0]
    np.testing.assert_allclose(found.judged_real, 1 / (1 + np.exp(-logits.astype(float))), rtol=1e-6)


def test_arrows_point_where_the_judge_would_have_points_go() -> None:
    session = trained("gan-ring")
    found, run = duel(session), session.need_run()
    assert found.arrows is not None
    here, way = found.arrows[:, :2], found.arrows[:, 2:]
    step = 1e-2 * way / np.linalg.norm(way, axis=1, keepdims=True)
    before, after = (run.network.predict(p.astype(np.float32))[:, 0] for p in (here, here + step))
    assert (after > before).mean() > 0.9


def test_densities_count_every_point_where_it_lies() -> None:
    found = duel(trained("gan-ring"))
    counts = density(found.real, found.places)
    assert counts.sum() == len(found.real)
    (left, right), (_low, high) = found.places.tolist()
    corner = density(np.array([[left, high], [right, high]]), found.places)
    assert corner[0, 0] == corner[0, -1] == 1


def test_a_collapse_is_called_one() -> None:
    assert Referee((1, 10), (8, 3), 8).collapsed
    assert not Referee((1, 10), (3, 8), 8).collapsed


# -- worlds -------------------------------------------------------------------------------------------


def test_worths_are_those_of_the_network() -> None:
    session = trained("gridworld-q")
    found = played(session)
    world, q = table(session.need_run())
    for state in range(world.states):
        for action in world.legal(state):
            assert found.moves[state, action] == q[state, action]
    assert np.isnan(found.moves[3]).all()


def test_an_update_goes_to_reward_and_the_best_of_what_follows() -> None:
    session = trained("gridworld-q")
    session.execute("example 5")
    found = played(session)
    one = found.update
    assert one is not None
    best = 0.0 if one.over else np.nanmax(found.moves[one.after])
    assert one.target == pytest.approx(one.reward + 0.9 * best)
    assert lines_of(session, "world")["target"].value == one.target


def test_a_policy_is_a_distribution() -> None:
    moves = played(trained("gridworld-policy")).moves
    legal = np.isfinite(moves).all(axis=1)
    np.testing.assert_allclose(moves[legal].sum(axis=1), 1)


# -- tasks --------------------------------------------------------------------------------------------


def test_a_box_stands_where_its_numbers_say() -> None:
    session = trained("box-finder")
    found = outcome(session)
    grids = [b for b in flat(page_scene(session, "outcome").blocks) if isinstance(b, Grid)]
    row, column, side = found.truth * 12
    assert grids[0].frames == (
        Frame(round(row - side / 2), round(column - side / 2), round(side), round(side)),
    )
    assert found.overlap == pytest.approx(float(overlaps(found.said[None], found.truth[None])[0]))
    assert 0 <= box_iou(session.need_run()) <= 1


def test_pixels_are_answered_by_their_likeliest_class() -> None:
    session = trained("pixel-labels")
    found, run = outcome(session), session.need_run()
    answers = run.network.predict(session.need_data().x[[found.row]])[0].argmax(axis=-1)
    np.testing.assert_array_equal(found.chosen, answers)


def test_a_graph_is_drawn_with_its_own_links() -> None:
    session = trained("communities")
    plane = next(b for b in page_scene(session, "outcome").blocks if isinstance(b, Points))
    found = outcome(session)
    assert plane.edges is not None
    assert found.extra is not None
    assert len(plane.edges) == np.count_nonzero(np.triu(found.extra, 1))


def test_linked_nodes_are_drawn_near_each_other() -> None:
    links = np.zeros((12, 12))
    for group in (range(6), range(6, 12)):
        for a in group:
            for b in group:
                links[a, b] = a != b
    links[0, 6] = links[6, 0] = 1
    places = laid_out(links)
    inside = np.linalg.norm(places[1] - places[2])
    across = np.linalg.norm(places[:6].mean(0) - places[6:].mean(0))
    assert inside < across
    assert np.isfinite(places).all()


def test_every_page_has_a_name_of_its_own() -> None:
    assert len({page.title for page in PAGES.values()}) == len(PAGES)


def test_the_duel_says_whose_turn_it_is_and_lets_one_alone_take_steps() -> None:
    session = Session()
    for line in ("zoo gan-ring", "run 3 steps"):
        session.execute(line)
    lines = lines_of(session, "duel")
    assert lines["loss of the discriminator"].value == session.need_run().loss
    assert lines["both in turn"].role == "chosen"
    deed = lines["generator alone"].at
    assert isinstance(deed, Deed)
    session.execute(deed.line)
    before = session.need_run().settled_theta().copy()
    session.execute("step")
    assert not np.array_equal(session.need_run().settled_theta(), before)
    lines = lines_of(session, "duel")
    assert lines["generator alone"].role == "chosen"
    assert session.need_run().explain("generator_loss").value == lines["loss of the generator"].value
    assert_facts(page_scene(session, "duel"))


def test_a_generator_alone_learns_to_please_a_judge_that_stands_still() -> None:
    session = Session()
    for line in ("zoo gan-ring", "run 200 steps"):
        session.execute(line)
    before = duel(session).judged_made.mean()
    for line in ("turns generator", "run 30 steps"):
        session.execute(line)
    assert duel(session).judged_made.mean() > before + 0.1

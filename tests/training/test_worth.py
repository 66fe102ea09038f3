"""How networks that learnt what moves are worth are judged, and the moves they learn from."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.classic import episodes, qlearning
from nnlab.classic.worlds import WORLDS, world
from nnlab.data import Dataset, load
from nnlab.network import Network
from nnlab.network.zoo.control import Q_NETWORK
from nnlab.training import Run
from nnlab.training.measures import measure


def knowing(data: Dataset, q: np.ndarray, discount: float) -> Run:
    """A run whose network is the table ``q``."""
    actions = q.shape[1]
    text = Q_NETWORK.format(actions=actions, discount=-discount).removeprefix("net dense 32 tanh | ")
    shapes = {name: array.shape[1:] for name, array in data.inputs.items()}
    network = Network.parse(text, data.input_shape, inputs=shapes)
    network.set("dense1.W", q)
    return Run(network, data)


@pytest.mark.parametrize("name", WORLDS)
def test_a_network_that_knows_every_worth_has_no_loss_and_acts_best(name):
    data, place = load(name), world(name)
    discount = 1.0 if place.two_players else 0.9
    *_sweeps, q = qlearning.sweep(place, discount)
    run = knowing(data, q, discount)
    assert measure(run, "train_loss") == pytest.approx(0, abs=1e-10)
    assert measure(run, "best_moves") == 1
    legal = list(place.legal(place.start))
    assert measure(run, "worth_of_start") == pytest.approx(q[place.start, legal].max(), abs=1e-6)
    assert measure(run, "moves_to_end") == len(qlearning.greedy_path(place, q)) - 1


def test_a_network_that_knows_nothing_is_told():
    data, place = load("grid4"), world("grid4")
    run = knowing(data, np.zeros((place.states, 4)), 0.9)
    assert measure(run, "best_moves") < 0.8
    assert measure(run, "moves_to_end") == place.limit
    assert measure(run, "worth_of_start") == 0


@pytest.mark.parametrize("name", ["grid4", "corridor6"])
def test_the_moves_are_all_there_are(name):
    data, table = load(name), episodes.all_transitions(world(name))
    assert np.array_equal(data.x, np.stack([table.states, table.following], axis=1))
    assert np.array_equal(data.inputs["action"], table.actions)
    assert data.y[:, 0] == pytest.approx(table.rewards)
    assert np.array_equal(data.inputs["onward"][:, 0], table.alive)


def test_what_the_other_player_gains_is_lost_and_what_is_not_allowed_is_barred():
    data = load("nim12")
    left = data.x[:, 1].argmax(axis=1)
    assert (data.inputs["onward"][left > 0] == -1).all()
    assert (data.inputs["onward"][left == 0] == 0).all()
    assert (data.inputs["barred"][left == 1] == [0, -9, -9]).all()
    assert (data.inputs["barred"][left > 2] == 0).all()

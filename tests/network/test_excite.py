"""What excites a unit, on networks whose units are known."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network, excite, saliency


@pytest.fixture
def looking_for_edges() -> Network:
    """Channel 0 of the convolution is bright where a bright pixel stands left of a dark one."""
    network = Network.parse("conv 2 1x2 | flatten | dense 2", (3, 4, 1))
    kernel = np.zeros((1, 2, 1, 2))
    kernel[0, :, 0, 0] = 1, -1
    network.set("conv1.W", kernel)
    return network


def test_a_channel_is_as_excited_as_its_strongest_place(looking_for_edges):
    x = np.zeros((3, 3, 4, 1))
    x[0, 1, 2, 0], x[2, 0, 1, 0] = 1, 3
    hits = excite.strongest(looking_for_edges, x, "conv1[0]", 3)
    assert [(hit.row, hit.value, hit.place) for hit in hits] == [
        (2, 3, (0, 1)),
        (0, 1, (1, 2)),
        (1, 0, (0, 0)),
    ]
    at_one_place = excite.strongest(looking_for_edges, x, "conv1.z[1,2,0]", 1)
    assert [(hit.row, hit.value, hit.place) for hit in at_one_place] == [(0, 1, ())]


def test_an_input_made_for_a_channel_is_what_the_channel_looks_for(looking_for_edges):
    made, excitement = excite.maximise(looking_for_edges, "conv1[0]", steps=60)
    assert (made[:, 0] > 0.1).all()
    assert (made[:, -1] < -0.1).all()
    assert excitement[-1] > excitement[0] > 0


def test_the_name_of_a_layer_stands_for_what_it_gives_on():
    network = Network.parse("embed 4 vocab=9 | block 2 | lstm 3 | dense 5 relu | dense 2", 6)
    given = {name: excite.given_on(network, name) for name in network.names}
    assert given["lstm1"] == "lstm1.h"
    assert given["dense1"] == "dense1.a"
    assert given["dense2"] == "dense2.z"
    assert given["block1"] == "block1.add2.a"
    assert str(excite.find_unit(network, "dense1[4]")) == "dense1.a[4]"


@pytest.mark.parametrize("unit", ["conv1", "conv1[2]", "conv1.z[1,2]", "conv1.W[0,0,0,0].grad", "conv9[0]"])
def test_what_is_no_unit_is_answered(looking_for_edges, unit):
    with pytest.raises(NnlabError):
        excite.find_unit(looking_for_edges, unit)


def test_shares_of_words_add_up_to_the_output_of_a_linear_reader():
    network = Network.parse("embed 5 vocab=7 | meantime | dense 3", 4, seed=2)
    ids = np.array([[1, 6, 6, 0], [2, 3, 4, 5]])
    gradients, rows = saliency.through_embedding(network, ids, [2, 0])
    assert gradients.shape == rows.shape == (2, 4, 5)
    said = network.predict(ids) - network.parameters["dense1.b"]
    assert (gradients * rows).sum(axis=(1, 2)) == pytest.approx(said[[0, 1], [2, 0]], abs=1e-6)
    with pytest.raises(NnlabError, match="no embedding"):
        saliency.through_embedding(Network.parse("dense 3", 4), np.zeros((1, 4)), [0])


def test_one_position_of_an_answer_can_be_asked_about():
    network = Network.parse("conv1d 2 1", (3, 1))
    network.set("conv1d1.W", [[[2.0, 5.0]]])
    x = np.ones((1, 3, 1))
    assert saliency.input_gradients(network, x, [(1, 1)])[0, :, 0].tolist() == [0, 5, 0]
    assert saliency.input_gradients(network, x, [0])[0, :, 0].tolist() == [2, 2, 2]
    falls = saliency.occlusion(network, x[0], (1, 1), (1,))
    assert falls.tolist() == [0, 5, 0]
    with pytest.raises(NnlabError, match="no output 3,1"):
        saliency.input_gradients(network, x, [(3, 1)])

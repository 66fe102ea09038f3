"""What an answer hangs on, checked against differences and against networks whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network, excite, saliency

X = np.random.default_rng(3).normal(size=(4, 6)).astype(np.float32)


@pytest.mark.parametrize("text", ["dense 5 tanh | dense 3", "as skip | dense 6 tanh | add skip | dense 3"])
def test_input_gradients_are_slopes(text):
    network = Network.parse(text, 6)
    found = saliency.input_gradients(network, X, [0, 1, 2, 1])
    for row, k in enumerate([0, 1, 2, 1]):
        for i in range(6):
            step = np.zeros((1, 6), np.float32)
            step[0, i] = 1e-2
            rise = network.predict(X[row : row + 1] + step) - network.predict(X[row : row + 1] - step)
            assert found[row, i] == pytest.approx(rise[0, k] / 2e-2, abs=2e-3)
    assert np.array_equal(saliency.times_input(network, X, [0, 1, 2, 1]), found * X)
    assert not network.store.grad.any()


def looks_at(places: list[int]) -> Network:
    """A network on 3×3 pictures whose only output adds up some of the pixels."""
    network = Network.parse("dense 1", 9)
    weights = np.zeros((9, 1))
    weights[places] = 1
    network.set("dense1.W", weights)
    return network


def test_occlusion_finds_the_pixel_that_counts():
    falls = saliency.occlusion(looks_at([4]), np.ones((3, 3)), 0)
    assert falls.tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    wide = saliency.occlusion(looks_at([0]), np.ones((3, 3)), 0, patch=(2, 2))
    assert wide.argmax() == 0
    with pytest.raises(NnlabError, match="does not fit"):
        saliency.occlusion(looks_at([0]), np.ones((3, 3)), 0, patch=(4, 1))


def test_maximising_a_unit_finds_what_it_looks_for():
    network = looks_at([1, 7])
    found, excited = excite.maximise(network, "dense1.z[0]", steps=50)
    assert excited == sorted(excited)
    assert set(np.argsort(-found)[:2].tolist()) == {1, 7}
    assert found[0] == 0
    with pytest.raises(NnlabError, match=r"dense1\.z"):
        excite.maximise(network, "dense1.z[3]")


def test_the_strongest_examples_come_first():
    network = looks_at([2])
    x = np.zeros((5, 9))
    x[:, 2] = [1, 5, 3, 4, 2]
    assert [(h.row, h.value) for h in excite.strongest(network, x, "dense1.z[0]", 3)] == [
        (1, 5.0),
        (3, 4.0),
        (2, 3.0),
    ]
    assert network.values("dense1.z", x).shape == (5, 1)


def test_what_has_no_gradient_is_answered():
    with pytest.raises(NnlabError, match="outputs from 0 to 2"):
        saliency.input_gradients(Network.parse("dense 3", 6), X, [0, 1, 2, 3])
    with pytest.raises(NnlabError, match="embedding"):
        saliency.input_gradients(
            Network.parse("embed 3 vocab=5 | flatten | dense 2", 4), np.zeros((1, 4)), [0]
        )

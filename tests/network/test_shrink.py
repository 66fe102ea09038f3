"""Smaller networks: what is pruned, rounded and taken out, and how little that changes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlab.data import load
from nnlab.errors import NnlabError
from nnlab.network import Network, ablation, distillation, shrink
from nnlab.training import Run

TEXT = "dense 8 relu | dense 3"


@pytest.fixture(scope="module")
def trained():
    data = load("iris scale=standardize seed=1")
    run = Run(Network.parse("dense 16 relu | dense 3", 4), data, optimizer="adam lr=0.03")
    run.train(epochs=40)
    x, y = data.part("train")
    return run.network, x, y


def accuracy(network, x, y):
    return float((network.predict(x).argmax(axis=1) == y).mean())


@given(st.floats(0, 1))
def test_the_smallest_weights_go_first(share):
    network = Network.parse(TEXT, 4)
    twin = shrink.pruned(network, share)
    before = np.concatenate([network.store[n].ravel() for n in shrink.weights_of(network.store)])
    after = np.concatenate([twin.store[n].ravel() for n in shrink.weights_of(twin.store)])
    assert (after == 0).sum() == round(share * len(before))
    kept, gone = np.abs(before[after != 0]), np.abs(before[after == 0])
    assert not len(kept) or not len(gone) or kept.min() >= gone.max()
    assert np.array_equal(after[after != 0], before[after != 0])
    assert shrink.sparsity(twin) == pytest.approx(share, abs=0.02)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 4)), elements=st.floats(-8, 8, width=32)),
    st.integers(2, 16),
)
def test_rounding_is_within_half_a_step_of_every_column(weight, bits):
    found = shrink.quantise(weight, bits)
    assert (np.abs(found.restored() - weight) <= found.scale / 2 * (1 + 1e-5)).all()
    assert np.abs(found.codes).max() <= 2 ** (bits - 1) - 1
    assert found.nbytes == -(-weight.size * bits // 8) + 4 * weight.shape[1]


def test_a_trained_network_survives_eight_bits_and_half_of_its_weights(trained):
    network, x, y = trained
    whole = accuracy(network, x, y)
    twin, codes = shrink.quantised(network)
    assert abs(accuracy(twin, x, y) - whole) <= 0.01
    assert sum(c.nbytes for c in codes.values()) < 0.5 * sum(network.store[n].nbytes for n in codes)
    assert accuracy(shrink.pruned(network, 0.3), x, y) >= whole - 0.1
    assert accuracy(shrink.pruned(network, 1.0), x, y) < 0.5


def test_a_unit_taken_out_answers_nothing(trained):
    network, x, _y = trained
    twin = ablation.ablated(network, "dense1", [2, 5])
    assert not twin.values("dense1.a", x)[:, [2, 5]].any()
    assert network.values("dense1.a", x)[:, [2, 5]].any()


def test_soft_targets_are_probabilities_that_flatten_with_the_temperature(trained):
    network, x, _y = trained
    logits = distillation.taught(network, x)
    sharp, soft = distillation.softened(logits, 1.0), distillation.softened(logits, 10.0)
    assert soft.sum(axis=1) == pytest.approx(np.ones(len(x)), abs=1e-5)
    assert (soft.max(axis=1) <= sharp.max(axis=1) + 1e-6).all()
    assert np.array_equal(soft.argmax(axis=1), sharp.argmax(axis=1))


@pytest.mark.parametrize(
    "mistake",
    [
        lambda n: shrink.pruned(n, 1.5),
        lambda n: shrink.quantised(n, 1),
        lambda n: ablation.ablated(n, "dense9", [0]),
        lambda n: ablation.ablated(n, "dense1", [8]),
        lambda n: distillation.softened(np.zeros((1, 4)), 0),
    ],
)
def test_what_cannot_be_done_is_answered(mistake):
    with pytest.raises(NnlabError):
        mistake(Network.parse(TEXT, 4))

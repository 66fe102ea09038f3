"""Layers that compute with two values or put numbers elsewhere: shapes, parameters, refusals, notation."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run

EDGES = {"edges": (4, 4), "other": (4, 3)}


def shape_of(text: str, shape: tuple[int, ...], inputs=EDGES) -> tuple[int, ...]:
    network = Network.parse(text, shape, inputs=inputs)
    assert Network.parse(network.text, shape, inputs=inputs).layers == network.layers
    assert network.graph.operations[-1].outputs[0].shape[1:] == network.output_shape
    assert network.parameter_count == network.store.size
    return network.output_shape


@pytest.mark.parametrize(
    ("text", "shape", "wanted"),
    [
        ("as skip | dense 4 relu | add skip", (4,), (4,)),
        ("as one | dense 4 relu | mul one", (4,), (4,)),
        ("add other", (4, 3), (4, 3)),
        ("as seen | dense 6 tanh | concat seen", (4, 3), (4, 9)),
        ("concat other axis=1", (2, 3), (6, 3)),
        ("stack other", (4, 3), (2, 4, 3)),
        ("stack other axis=3", (4, 3), (4, 3, 2)),
        ("reshape 2x2x3", (4, 3), (2, 2, 3)),
        ("reshape 12", (4, 3), (12,)),
        ("slice 0 2", (4, 3), (2, 3)),
        ("slice -3 -1", (4, 3), (2, 3)),
        ("slice 1 3 axis=2", (4, 3), (4, 2)),
        ("pick", (4, 3), (3,)),
        ("pick -1 axis=2", (4, 3), (4,)),
        ("transpose", (4, 3), (3, 4)),
        ("transpose", (2, 4, 3), (2, 3, 4)),
        ("transpose 3x1x2", (2, 4, 3), (3, 2, 4)),
        ("scale 0.5 | detach", (4, 3), (4, 3)),
        ("graph edges | dense 2", (4, 3), (4, 2)),
        ("graph", (4, 3), (4, 3)),
    ],
)
def test_shapes_behind_layers_are_those_of_their_operations(text, shape, wanted):
    assert shape_of(text, shape) == wanted


def test_a_learned_graph_has_a_number_for_every_pair_of_nodes():
    assert Network.parse("graph", (5, 2)).parameter_count == 25
    assert Network.parse("graph edges", (4, 2), inputs=EDGES).parameter_count == 0


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("as skip | dense 5 | add skip", (4,), ("shape 5", "shape 4", "same")),
        ("as skip | dense 5 | mul skip", (4,), ("shape 5", "shape 4")),
        ("add nowhere", (4,), ("as nowhere",)),
        ("concat other", (2, 3), ("2×3", "4×3", "axis 2")),
        ("concat other axis=5", (4, 3), ("axis 5",)),
        ("stack other", (4, 2), ("4×2", "4×3")),
        ("stack other axis=4", (4, 3), ("axis 4",)),
        ("reshape 5x5", (4, 3), ("25", "12")),
        ("reshape 4,3", (4, 3), ("4x4x8", "4,3")),
        ("slice 2 2", (4, 3), ("from 2 up to 2",)),
        ("slice 0 9", (4, 3), ("there are 4",)),
        ("slice 0 1 axis=3", (4, 3), ("no axis 3",)),
        ("slice a b", (4, 3), ("whole number", "“a”")),
        ("pick 4", (4, 3), ("there are 4",)),
        ("pick -5", (4, 3), ("there are 4",)),
        ("transpose", (4,), ("shape 4",)),
        ("transpose 1x3", (4, 3), ("1×3", "4×3")),
        ("graph edges", (5, 3), ("5×3", "4×4", "nodes")),
        ("graph edges", (4,), ("nodes",)),
        ("scale x", (4,), ("number", "“x”")),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text, shape, words):
    with pytest.raises(NnlabError) as caught:
        Network.parse(text, shape, inputs=EDGES)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_a_residual_connection_adds_what_was_marked():
    network = Network.parse("as skip | dense 3 | add skip", 3)
    x = np.array([[1.0, 2.0, 3.0]])
    inner = x @ network.parameters["dense1.W"] + network.parameters["dense1.b"]
    assert network.predict(x) == pytest.approx(inner + x, rel=1e-6)
    assert network.graph.producers["add1.a"][0].inputs[1].name == "input"


def test_a_negative_place_counts_from_the_end():
    x = np.arange(12.0).reshape(1, 4, 3)
    assert Network.parse("pick -1", (4, 3)).predict(x).tolist() == [[9, 10, 11]]
    assert Network.parse("slice -3 -1 axis=1", (4, 3)).predict(x).tolist() == [x[0, 1:3].tolist()]


def test_layers_before_a_detach_learn_nothing_through_it():
    """What stands between a fork and a detach has no gradient; the other way from the fork has its own."""
    data = load("xor")
    run = Run(Network.parse("dense 3 tanh | as q | scale 2 | detach | add q | dense 1", 2), data)
    run.train(steps=1)
    assert (run.array("dense1.a", "grad") == run.array("add1.a", "grad")).all()
    assert "scale1.a" not in run.program.gradients
    assert run.explain("dense1.W[0,1].grad").value == run.value("dense1.W[0,1].grad") != 0
    alone = Run(Network.parse("dense 3 | detach | dense 1", 2), data)
    alone.train(steps=2)
    assert not alone.array("dense1.W", "step").any()
    assert alone.array("dense2.W", "grad").any()

"""Networks: notation, shapes, parameters, prediction."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import NnlabError
from nnlab.network import LAYERS, Network, parse_layers
from nnlab.network.notation import format_layers

SEED_NETWORK = "dense 10 relu | dense 8 relu | dense 10"

written_layers = st.one_of(
    st.builds(
        lambda units, activation, bias: f"dense {units} {activation} bias={bias}",
        st.integers(1, 300),
        st.sampled_from(["", "relu", "tanh", "sigmoid", "gelu", "leaky_relu"]),
        st.sampled_from(["yes", "no"]),
    ),
    st.sampled_from(["relu", "tanh", "softmax", "step", "identity", "flatten", "bias", "leaky_relu 0.2"]),
    st.floats(0, 0.99).map(lambda r: f"dropout {r:.3f}"),
)


@given(st.lists(written_layers, min_size=1, max_size=6))
def test_normal_form_reads_back_as_the_same_network(pieces: list[str]) -> None:
    layers = parse_layers(" | ".join(pieces))
    assert parse_layers(format_layers(layers)) == layers
    assert parse_layers("\n".join(pieces)) == layers


@given(st.text(max_size=40))
def test_any_text_is_a_network_or_one_sentence(text: str) -> None:
    with suppress(NnlabError):
        Network.parse(text, (4,))


def test_the_ledger_of_the_seed_network_reads_828() -> None:
    network = Network.parse(SEED_NETWORK, 64)
    assert [row.parameters for row in network.ledger()] == [650, 88, 90]
    assert network.parameter_count == 828
    assert network.names == ("dense1", "dense2", "dense3")


def test_a_shape_error_names_both_layers_both_shapes_and_a_fix() -> None:
    with pytest.raises(NnlabError) as caught:
        Network.parse("relu | dense 3", (8, 8, 1))
    for word in ("dense1", "relu1", "8×8×1", "flatten"):
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("dens 3", "dense"),
        ("dense", "units"),
        ("dense 0", "whole number"),
        ("dense 3 rellu", "relu"),
        ("dense 3 relu 4", "one word too many"),
        ("dense 3 inti=he", "init"),
        ("dense 3 init=hee", "he"),
        ("dropout 1", "below 1"),
        ("dropout nan", "below 1"),
        ("", "empty"),
        ("dense 2 bias=maybe", "yes or no"),
    ],
)
def test_a_wrong_word_is_named_with_what_would_be_right(text: str, word: str) -> None:
    with pytest.raises(NnlabError, match=word):
        Network.parse(text, 4)


def test_predict_is_the_same_in_one_piece_and_in_many() -> None:
    network = Network.parse("dense 20 relu | dropout 0.5 | dense 3", 7, seed=3)
    x = np.linspace(-1, 1, 7 * 700, dtype=np.float32).reshape(700, 7)
    whole = network.predict(x)
    assert whole.shape == (700, 3)
    assert np.allclose(np.concatenate([network.predict(x[:5]), network.predict(x[5:])]), whole, atol=1e-6)


def test_parameters_are_read_only_and_set_by_name() -> None:
    network = Network.parse("dense 2", 2)
    with pytest.raises(ValueError, match="read-only"):
        network.parameters["dense1.W"][0, 0] = 1  # type: ignore[index]
    network.set("dense1.W", [[1, 2], [3, 4]])
    network.set("dense1.b", [0, 1])
    assert network.predict([[1.0, 1.0]]).tolist() == [[4.0, 7.0]]
    with pytest.raises(NnlabError, match="shape"):
        network.set("dense1.W", [1, 2])


def test_every_layer_kind_can_be_written_from_its_syntax() -> None:
    for kind in LAYERS.values():
        sample = kind.sample or kind.word
        (layer,) = parse_layers(sample)
        assert sample.split()[0] == kind.word
        assert parse_layers(layer.text) == (layer,)


def test_a_mark_is_read_further_on() -> None:
    network = Network.parse("dense 3 tanh | as skip | dense 5 relu | from skip | dense 2", 4)
    rows = network.ledger()
    assert [row.output_shape for row in rows] == [(3,), (3,), (5,), (3,), (2,)]
    graph = network.graph
    assert graph.producers["dense3.z"][0].inputs[0].name == "dense1.a"
    assert Network.parse(network.text, 4).text == network.text


def test_another_input_of_the_data_is_read_by_its_name() -> None:
    network = Network.parse("dense 3 | from previous | dense 2", 4, inputs={"previous": (7,)})
    assert network.ledger()[1].output_shape == (7,)
    assert network.graph.producers["dense2.z"][0].inputs[0].name == "previous"


@pytest.mark.parametrize(
    ("text", "word"),
    [("dense 3 | from skip", "as skip"), ("as input | dense 2", "taken"), ("as 3x | dense 2", "not a name")],
)
def test_a_wrong_mark_is_answered(text: str, word: str) -> None:
    with pytest.raises(NnlabError, match=word):
        Network.parse(text, 4)

"""Attention, blocks, positions and tied weights as layers: shapes, parameters, names, notation, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.network.layers.attention import Attention
from nnlab.network.zoo import ZOO
from nnlab.session import Session

INPUTS = {"source": (5,), "memory": (5, 6), "row": (8,)}


def parse(text: str, shape=(8,), inputs=INPUTS) -> Network:
    network = Network.parse(text, shape, inputs=inputs)
    assert Network.parse(network.text, shape, inputs=inputs).layers == network.layers
    return network


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("attention 2", 4 * 36),
        ("attention 2 bias=yes", 4 * 42),
        ("attention 3 causal dropout=0.1", 4 * 36),
        ("attention 1 score=additive", 4 * 36 + 6),
        ("attention 1 choice=hard", 4 * 36),
        ("attention 2 from=memory mask=source init=normal:0.02", 4 * 36),
        ("block 2", 4 * 36 + 4 * 6 + 6 * 24 + 24 + 24 * 6 + 6),
        ("block 2 causal ff=5 bias=yes", 4 * 42 + 4 * 6 + 6 * 5 + 5 + 5 * 6 + 6),
        ("block 1 causal from=memory mask=source post=yes dropout=0.2 activation=relu init=glorot",
         8 * 36 + 6 * 6 + 6 * 24 + 24 + 24 * 6 + 6),
        ("positions", 0),
        ("positions learned", 8 * 6),
        ("positions learned longest=20 init=normal:0.02", 20 * 6),
    ],
)  # fmt: skip
def test_parameters_are_counted_and_the_shape_is_kept(text, parameters):
    network = parse(text, (8, 6))
    assert network.output_shape == (8, 6)
    assert network.parameter_count == parameters == network.store.size
    assert network.graph.operations[-1].outputs[0].shape[1:] == (8, 6)


def test_the_transformer_that_reverses_digits_has_13_546_parameters():
    text = "embed 32 vocab=10 | positions learned | block 1 ff=128 | layernorm | dense 10"
    assert [row.parameters for row in parse(text).ledger()] == [320, 256, 12576, 64, 330]


def test_what_a_block_computes_is_called_after_it():
    names = set(parse("embed 6 vocab=9 | block 2 from=memory causal").graph.values)
    wanted = "q k v scores weights max sum context z Wq ln1.mean cross.weights ff1.z ff1.W add3.a"
    assert {f"block1.{word}" for word in wanted.split()} <= names
    parameters = parse("embed 6 vocab=9 | block 2").graph.parameters
    assert {value.layer for value in parameters} == {"embed1", "block1"}


def test_a_block_is_its_parts():
    block = parse("embed 4 vocab=9 | block 2 ff=8", (5,), {})
    text = (
        "embed 4 vocab=9 | as a | layernorm | attention 2 | add a | as b | layernorm | dense 8 gelu | dense 4"
    )
    parts = parse(f"{text} | add b", (5,), {})
    names = {"block1": "attention1", "block1.ln1": "layernorm1", "block1.ln2": "layernorm2",
             "block1.ff1": "dense1", "block1.ff2": "dense2", "embed1": "embed1"}  # fmt: skip
    for name, array in block.parameters.items():
        layer, _dot, letter = name.rpartition(".")
        parts.set(f"{names[layer]}.{letter}", array)
    x = np.array([[1, 5, 2, 8, 0]])
    assert parts.predict(x) == pytest.approx(block.predict(x), abs=1e-6)


def test_with_post_the_norm_stands_behind_the_sums():
    output = parse("embed 8 vocab=9 | block 2 post=yes", (5,), {}).predict(np.array([[1, 5, 2, 8, 0]]))
    assert output.mean(-1) == pytest.approx(np.zeros((1, 5)), abs=1e-5)


def test_a_causal_block_does_not_look_ahead():
    network = parse("embed 8 vocab=9 | positions | block 2 causal | layernorm | dense 9", (5,), {})
    first, second = network.predict(np.array([[1, 5, 2, 8, 3], [1, 5, 2, 4, 7]]))
    assert np.array_equal(first[:3], second[:3])
    assert not np.allclose(first[3], second[3])


def test_the_mask_hides_where_the_ids_are_0():
    network = parse("embed 8 vocab=9 | attention 2 mask=input | pick 0", (4,), {})
    network.set("embed1.W", np.vstack([np.full((1, 8), 50.0), network.parameters["embed1.W"][1:]]))
    short, other = network.predict(np.array([[1, 5, 0, 0], [1, 5, 7, 0]]))
    assert np.abs(short).max() < 10
    assert not np.allclose(short, other)


def test_tied_weights_are_the_embedding_read_the_other_way():
    network = parse("embed 6 vocab=9 | dense 9 tied=embed1", (5,), {})
    assert network.parameter_count == 9 * 6 + 9 == network.store.size
    x = np.array([[1, 5, 2, 8, 0]])
    W = network.parameters["embed1.W"]
    assert network.predict(x) == pytest.approx(W[x] @ W.T, rel=1e-5, abs=1e-6)
    assert len([o for o in network.graph.operations if network.graph.values["embed1.W"] in o.inputs]) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("attention 4", ("8×6", "4 heads")),
        ("pick 0 | attention 2", ("sequences", "shape 6")),
        ("attention 2 from=row", ("sequences", "shape 8")),
        ("attention 2 causal from=memory", ("causal", "5 and 8")),
        ("attention 2 mask=source", ("shape 5", "8 keys")),
        ("attention 2 from=memory mask=row", ("shape 8", "5 keys")),
        ("attention 2 casual", ("casual", "causal")),
        ("attention 2 score=dott", ("dott", "dot")),
        ("attention 2 from=nowhere", ("as nowhere",)),
        ("attention", ("needs heads",)),
        ("block 4", ("8×6", "4 heads")),
        ("pick 0 | block 2", ("sequences", "shape 6")),
        ("pick 0 | positions", ("sequence", "shape 6")),
        ("pick 0 | positions learned", ("sequence", "shape 6")),
        ("positions learned longest=7", ("7 places", "8 long", "longest=8")),
        ("positions fixed", ("fixed", "waves")),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text, words):
    with pytest.raises(NnlabError) as caught:
        Network.parse(text, (8, 6), inputs=INPUTS)
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize(
    "head", ["dense 8 tied=embed1", "dense 9 tied=embed2", "dense 5 | dense 9 tied=embed1"]
)
def test_weights_that_cannot_be_tied_are_refused(head):
    with pytest.raises(NnlabError, match="needs a table of"):
        _ = parse(f"embed 6 vocab=9 | {head}", (5,), {}).graph


def test_hard_attention_says_that_its_gradient_goes_straight_through() -> None:
    """Sampled and straight-through, not REINFORCE: in the help, in the rule and in the numbers."""
    choice = next(argument for argument in Attention.arguments if argument.name == "choice")
    assert "straight through" in choice.help
    session = Session()
    for line in ZOO["reverse-hard"].layout:
        session.execute(line)
    run = session.need_run()
    run.step(2)
    taken, weights = run.array("attention1.choice"), run.array("attention1.weights")
    assert set(np.unique(taken)) == {0, 1}
    assert (taken.sum(3) == 1).all()
    assert (weights.max(3) < 1).any()
    place = tuple(int(k) for k in np.argwhere(run.array("attention1.choice", "grad"))[0])
    address = f"attention1.weights[{','.join(map(str, place))}].grad"
    explained = run.explain(address)
    assert "straight through" in explained.formula
    assert [str(a) for a in explained.addresses] == [address.replace("weights", "choice")]
    assert explained.evaluate(run.value) == explained.value

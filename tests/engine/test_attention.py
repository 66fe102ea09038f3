"""Attention: numbers that can be checked by hand, masks, padding, hard choice."""

from __future__ import annotations

import numpy as np
import pytest
from case_kit import parameter
from engine_cases import BATCH
from families.attention import ended
from test_operations import check_explanations

from nnlab.engine.ops import AdditiveScores, AttentionWeights, Context, DotScores, HardChoice
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role
from nnlab.errors import NnlabError


def attention(q, k, v, *, causal=False, ids=None, hard=False, training=True, dtype=np.float64):
    """q (T, C), k and v (S, C) of one example as parameters, one head: a program that has run."""
    arrays = {"q": np.array([q]), "k": np.array([k]), "v": np.array([v])}
    graph = Graph()
    queries, keys, values = (parameter(graph, name, *array.shape) for name, array in arrays.items())
    mask = [graph.value("ids", (BATCH, len(k)), Role.INPUT, discrete=True)] if ids is not None else []
    (z,) = graph.apply(DotScores("a1", causal), queries, keys, *mask)
    p = graph.apply(AttentionWeights("a1", causal), z, *mask)[0]
    if hard:
        p = graph.apply(HardChoice("a1"), p)[0]
    (c,) = graph.apply(Context("a1"), p, values)
    program = Program(graph, ParameterStore(graph, dtype), 1, loss=ended(graph, c), training=training)
    for name, array in arrays.items():
        program.store[name][...] = array
    if ids is not None:
        program.values["ids"][...] = [ids]
    program.run()
    return program


Q, K, V = [[1, 0]], [[1, 0], [0, 1], [1, 1]], [[10, 0], [0, 10], [5, 5]]


def test_three_keys_by_hand():
    program = attention(Q, K, V)
    assert program.values["a1.scores"][0, 0, 0] == pytest.approx([0.7071, 0, 0.7071], abs=1e-4)
    assert program.values["a1.weights"][0, 0, 0] == pytest.approx([0.401, 0.198, 0.401], abs=1e-3)
    assert program.values["a1.context"][0, 0] == pytest.approx([6.02, 3.98], abs=5e-3)
    assert program.explain("a1.scores[0,0,0,2]").symbols() == "(q[0,0,0]·k[0,2,0] + q[0,0,1]·k[0,2,1]) / √D"
    assert program.explain("a1.context[0,0,1]").terms[0].symbols == "a1.weights[0,0,0,2]·v[0,2,1]"


def test_a_causal_query_gives_the_future_no_weight_at_all():
    program = attention(np.eye(3) * 3**0.5, [[2, 0, 1], [0, 2, 1], [0, 0, 2]], np.eye(3), causal=True)
    rows = program.values["a1.weights"][0, 0]
    assert rows[0].tolist() == [1, 0, 0]
    assert rows[1] == pytest.approx([0.119, 0.881, 0], abs=1e-3)
    assert rows[2] == pytest.approx([0.212, 0.212, 0.576], abs=1e-3)
    assert "−2e9" in program.explain("a1.scores[0,0,0,1]").numbers()


def test_the_order_of_keys_with_their_values_changes_nothing():
    order = [2, 0, 1]
    turned = attention(Q, np.array(K)[order], np.array(V)[order])
    assert turned.values["a1.context"] == pytest.approx(attention(Q, K, V).values["a1.context"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_padding_has_no_weight_and_changes_nothing(dtype):
    padded = attention(Q, [*K, [9, 9]], [*V, [100, 100]], ids=[4, 7, 2, 0], dtype=dtype)
    plain = attention(Q, K, V, dtype=dtype)
    assert padded.values["a1.weights"][0, 0, 0, 3] == 0
    assert padded.values["a1.context"] == pytest.approx(plain.values["a1.context"], rel=1e-6)
    assert not padded.gradients["k"][0, 3].any()
    assert not padded.gradients["v"][0, 3].any()


@pytest.mark.parametrize("causal", [False, True])
def test_where_all_is_padding_the_weights_are_equal_and_finite_and_scores_learn_nothing(causal):
    program = attention(K, K, V, causal=causal, ids=[0, 0, 0])
    rows = program.values["a1.weights"][0, 0]
    seen = np.tri(3) if causal else np.ones((3, 3))
    assert rows == pytest.approx(seen / seen.sum(1, keepdims=True))
    assert np.isfinite(program.store.grad).all()
    assert not program.gradients["q"].any()
    assert not program.gradients["k"].any()


def test_scores_beyond_the_mask_stay_masked():
    huge = attention([[1e6, 0]], [[1e6, 0], [1e6, 0]], [[1, 0], [0, 1]], ids=[1, 0], dtype=np.float32)
    assert huge.values["a1.weights"][0, 0, 0].tolist() == [1, 0]


def test_hard_attention_draws_positions_as_often_as_their_weights_say():
    program = attention(Q * 400, K, V, hard=True)
    choice = program.values["a1.choice"][0, 0]
    assert (choice.sum(1) == 1).all()
    assert choice.mean(0) == pytest.approx(program.values["a1.weights"][0, 0, 0], abs=0.06)
    before = choice.copy()
    program.run()
    assert np.array_equal(program.values["a1.choice"][0, 0], before)
    program.clock[0] += 1
    program.run()
    assert not np.array_equal(program.values["a1.choice"][0, 0], before)


def test_a_draw_never_falls_on_a_hidden_key():
    program = attention(np.ones((200, 1)), np.ones((200, 1)), np.ones((200, 1)), causal=True, hard=True)
    assert not np.triu(program.values["a1.choice"][0, 0], 1).any()


def test_hard_attention_takes_the_most_probable_position_in_evaluation_and_the_first_of_equals():
    program = attention([[0, 1], [1, 0]], K, V, hard=True, training=False)
    assert program.values["a1.choice"][0, 0].tolist() == [[0, 1, 0], [1, 0, 0]]
    assert "evaluation" in program.explain("a1.draw[0,0,0,0]").note
    check_explanations(program)


def test_the_gradient_of_a_draw_passes_straight_through():
    program = attention(Q * 3, K, V, hard=True)
    assert program.gradients["a1.choice"].any()
    assert np.array_equal(program.gradients["a1.weights"], program.gradients["a1.choice"])
    assert program.gradients["q"].any()
    assert "straight through" in program.explain("a1.weights[0,0,0,0].grad").formula
    check_explanations(program)


def scores_of(q, k, cls=DotScores, heads=1, causal=False, ids=None):
    graph = Graph()
    values = [parameter(graph, "q", *q), parameter(graph, "k", *k)]
    values += [parameter(graph, "w", q[-1])] if cls is AdditiveScores else []
    values += [graph.value("ids", (BATCH, ids), Role.INPUT, discrete=True)] if ids else []
    return graph.apply(cls("a1", causal, heads), *values)


@pytest.mark.parametrize("cls", [DotScores, AdditiveScores])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"q": (1, 3, 4), "k": (1, 2, 5)}, "3×4 with keys 2×5"),
        ({"q": (1, 3, 4), "k": (1, 2, 4), "heads": 3}, "3 heads"),
        ({"q": (1, 4), "k": (1, 4)}, "queries 4"),
        ({"q": (1, 3, 4), "k": (1, 2, 4), "causal": True}, "2 and 3"),
        ({"q": (1, 3, 4), "k": (1, 2, 4), "ids": 3}, "shape 3, but there are 2"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(cls, given, words):
    with pytest.raises(NnlabError, match=words):
        scores_of(**given, cls=cls)

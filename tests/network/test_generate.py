"""Writing sign by sign: what may be drawn, how often, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.network.generate import GREEDY, Sampling, decode, drawn, go_on

SCORES = np.array([2.0, 1.0, 0.0])


def writer(text: str = "embed 8 vocab=5 | positions | block 2 causal | dense 5", **inputs: int) -> Network:
    return Network.parse(text, (6,), inputs={name: (length,) for name, length in inputs.items()})


def copier() -> Network:
    return writer(
        "embed 8 vocab=5 | positions | as source | from previous | embed 8 vocab=5 | positions | "
        "block 2 causal from=source | dense 5",
        previous=4,
    )


@pytest.mark.parametrize(
    ("temperature", "expected"), [(0.5, (0.867, 0.117, 0.016)), (2, (0.506, 0.307, 0.186)), (0, (1, 0, 0))]
)
def test_temperature_sharpens_or_evens_out(temperature, expected):
    assert np.allclose(Sampling(temperature).probabilities(SCORES), expected, atol=1e-3)


def test_top_k_keeps_the_likeliest_and_ties_go_to_the_lower_id():
    p = Sampling(top_k=2).probabilities(np.array([1.0, 1.0, 1.0]))
    assert p.tolist() == [0.5, 0.5, 0]
    assert Sampling(top_k=9).probabilities(SCORES).all()


def test_top_p_keeps_the_fewest_that_reach_the_share():
    p = np.log([0.5, 0.3, 0.2])
    assert np.allclose(Sampling(top_p=0.5).probabilities(p), [1, 0, 0])
    assert np.allclose(Sampling(top_p=0.51).probabilities(p), [0.625, 0.375, 0])
    assert np.allclose(Sampling(top_p=1).probabilities(p), [0.5, 0.3, 0.2])
    assert np.allclose(Sampling(top_p=1e-9).probabilities(p), [1, 0, 0])


def test_large_logits_and_rows_of_them_stay_probabilities():
    p = Sampling(0.01).probabilities(np.array([[1e30, 0, -1e30], [5000.0, 5000.0, 0]]))
    assert np.isfinite(p).all()
    assert np.allclose(p.sum(axis=1), 1)


def test_signs_are_drawn_as_often_as_their_probabilities_say():
    n, p = 20_000, np.array([0.6, 0.0, 0.3, 0.1])
    counts = np.bincount(drawn(np.tile(p, (n, 1)), seed=4, position=2), minlength=4)
    assert counts[1] == 0
    assert (np.abs(counts / n - p) <= 3 * np.sqrt(p * (1 - p) / n)).all()


def test_a_draw_depends_on_seed_position_and_row_alone():
    p = np.full((50, 4), 0.25)
    first = drawn(p, 1, 0)
    assert (drawn(p[:7], 1, 0) == first[:7]).all()
    assert (drawn(p, 2, 0) != first).any()
    assert (drawn(p, 1, 1) != first).any()


def test_the_same_seed_writes_the_same_text_and_a_longer_one_begins_with_it():
    network = writer()
    text = go_on(network, [1, 2], 12, Sampling(), seed=3)
    assert go_on(network, [1, 2], 12, Sampling(), seed=3).ids == text.ids
    assert go_on(network, [1, 2], 5, Sampling(), seed=3).ids == text.ids[:5]
    assert go_on(network, [1, 2], 12, Sampling(), seed=4).ids != text.ids


def test_greedy_writes_what_the_network_finds_likeliest():
    network = writer()
    x = np.array([[3, 1, 4, 0, 0, 0]])
    assert go_on(network, [3, 1, 4], 1).ids == [int(network.predict(x)[0, 2].argmax())]


def test_writing_ends_at_the_end_sign():
    network = writer()
    first = go_on(network, [1], 1).ids[0]
    assert go_on(network, [1], 9, end=first).ids == [first]


def test_a_decoder_goes_on_from_its_own_signs():
    network = copier()
    network.set("embed2.W", np.random.default_rng(3).normal(0, 5, (5, 8)))  # what was written matters
    x = np.array([[1, 2, 3, 4, 0, 0], [4, 3, 2, 1, 0, 0]])
    ids, probabilities = decode(network, x, end=None)
    previous = np.concatenate([np.zeros((2, 1), int), ids[:, :-1]], axis=1)
    assert (network.predict(x, previous=previous).argmax(axis=-1) == ids).all()
    assert probabilities.shape == (2, 4, 5)
    alone, _p = decode(network, x[:1], end=None)
    assert (alone[0] == ids[0]).all()


def test_behind_the_end_a_decoder_writes_nothing():
    network = copier()
    network.set("dense1.b", [9, 0, 0, 0, 0])
    ids, _p = decode(network, np.ones((3, 6), int))
    assert not ids.any()


@pytest.mark.parametrize(
    ("prompt", "problem"),
    [([], "the prompt is empty"), ([1] * 7, "7 signs, and the network reads at most 6")],
)
def test_a_prompt_that_cannot_be_gone_on_from_is_refused(prompt, problem):
    with pytest.raises(NnlabError, match=problem):
        go_on(writer(), prompt, 3)


def test_what_is_no_writer_is_refused():
    with pytest.raises(NnlabError, match="sees what comes later"):
        go_on(writer("embed 8 vocab=5 | positions | block 2 | dense 5"), [1], 3)
    with pytest.raises(NnlabError, match="shape 5"):
        go_on(writer("embed 8 vocab=5 | pick 0 | dense 5"), [1], 3)
    with pytest.raises(NnlabError, match="from previous"):
        decode(writer(), np.ones((1, 6), int))
    with pytest.raises(NnlabError, match="sees what comes later"):
        decode(
            writer("from previous | embed 8 vocab=5 | block 2 | dense 5", previous=6), np.ones((1, 6), int)
        )


@pytest.mark.parametrize(
    "numbers", [{"temperature": -1}, {"temperature": np.nan}, {"top_k": -1}, {"top_p": 0}]
)
def test_numbers_out_of_range_are_refused(numbers):
    with pytest.raises(NnlabError, match=next(iter(numbers))):
        Sampling(**numbers)


def test_a_diverged_network_does_not_write():
    network = writer()
    network.set("dense1.b", [np.nan] * 5)
    with pytest.raises(NnlabError, match="has diverged"):
        go_on(network, [1], 3)


def test_greedy_takes_the_first_of_equals():
    assert GREEDY.probabilities(np.zeros(3)).tolist() == [1, 0, 0]

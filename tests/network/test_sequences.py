"""Between sequences and rows: the mean over time, the last moment, a row repeated."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network


def test_a_text_becomes_the_mean_of_its_words_and_padding_does_not_count() -> None:
    network = Network.parse("embed 3 vocab=9 | meantime mask=input", 4)
    W = network.parameters["embed1.W"]
    found = network.predict([[5, 2, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]])
    assert np.allclose(found, [(W[5] + W[2]) / 2, W[1], np.zeros(3)], atol=1e-7)
    plain = Network.parse("embed 3 vocab=9 | meantime", 4)
    assert np.allclose(plain.predict([[5, 2, 0, 0]])[0], (W[5] + W[2] + 2 * W[0]) / 4, atol=1e-7)


def test_the_classifier_of_the_course_has_its_parameters() -> None:
    network = Network.parse("embed 16 vocab=32 | meantime mask=input | dense 128 relu | dense 2", 12)
    assert network.parameter_count == 2946


def test_the_last_of_all_states_is_the_last_state() -> None:
    every, last = (Network.parse(text, (5, 2), seed=3) for text in ("lstm 4 all | last", "lstm 4"))
    x = np.random.default_rng(1).normal(size=(3, 5, 2))
    assert np.allclose(every.predict(x), last.predict(x), atol=1e-6)


def test_a_row_is_repeated_over_time() -> None:
    found = Network.parse("repeat 3", 2).predict([[1, 2]])
    assert found.tolist() == [[[1, 2], [1, 2], [1, 2]]]


@pytest.mark.parametrize("text", ["meantime mask=input", "meantime", "last", "repeat 3"])
def test_normal_form_reads_back(text: str) -> None:
    network = Network.parse(f"embed 3 vocab=9 | {text if text != 'repeat 3' else 'last | repeat 3'}", 4)
    assert Network.parse(network.text, 4).layers == network.layers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("last", r"last takes a sequence .* shape 4"),
        ("meantime", r"takes a sequence .* given 4"),
        ("repeat 2 | repeat 3", r"repeats a row of numbers, .* 2×4"),
        ("repeat", "needs times"),
        ("repeat 3 | meantime mask=input", r"one id for every moment; it is given 3×4, 4"),
    ],
)
def test_what_does_not_fit_is_answered(text: str, words: str) -> None:
    with pytest.raises(NnlabError, match=words):
        Network.parse(text, 4)

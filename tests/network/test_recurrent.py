"""Recurrent layers in the notation: shapes, parameters, padding, both directions, what does not fit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import Dataset, from_arrays
from nnlab.errors import NnlabError
from nnlab.network import Network, parse_layers
from nnlab.network.notation import format_layers
from nnlab.training import Run

written = st.builds(
    lambda kind, units, words, options, own: " ".join(
        [kind, str(units), *words, *options, *([own[kind]] if own[kind] else [])]
    ),
    st.sampled_from(["rnn", "lstm", "gru"]),
    st.integers(1, 99),
    st.lists(
        st.sampled_from(["all", "bi", "bi=yes", "all=no", "stateful"]), unique_by=lambda w: w[:2], max_size=2
    ),
    st.lists(st.sampled_from(["mask=input", "start=enc", "truncate=8", "init=he"]), unique=True, max_size=4),
    st.fixed_dictionaries(
        {
            "rnn": st.just(""),
            "lstm": st.sampled_from(["", "forget=0", "forget=2.5"]),
            "gru": st.sampled_from(["", "reset=before", "reset=after"]),
        }
    ),
)


@given(written)
def test_normal_form_reads_back_as_the_same_layer(text: str) -> None:
    layers = parse_layers(text)
    assert parse_layers(format_layers(layers)) == layers


@pytest.mark.parametrize(
    ("text", "shape", "parameters", "output"),
    [
        ("rnn 16", (5, 8), 400, (16,)),
        ("lstm 16", (5, 8), 1600, (16,)),
        ("lstm 16 all", (5, 8), 1600, (5, 16)),
        ("lstm 12 all bi", (9, 8), 2 * 1008, (9, 24)),
        ("gru 32", (5, 16), 4800, (32,)),
        ("gru 32 reset=before", (5, 16), 4704, (32,)),
        ("rnn 8 all | rnn 8 all | rnn 4 bi", (5, 2), 88 + 136 + 104, (8,)),
        ("rnn 32 | dense 128 relu | dense 3", (24, 1), 5699, (3,)),
        ("lstm 16 | dense 1", (30, 2), 1233, (1,)),
        ("embed 16 vocab=27 | gru 32 all | dense 27", (12,), 6123, (12, 27)),
    ],
)
def test_shapes_and_parameters(
    text: str, shape: tuple[int, ...], parameters: int, output: tuple[int, ...]
) -> None:
    network = Network.parse(text, shape)
    assert network.parameter_count == parameters == network.store.size
    assert network.output_shape == output
    assert network.predict(np.zeros((2, *shape))).shape == (2, *output)


def test_a_state_keeps_its_length_and_a_cell_remembers_at_first() -> None:
    parameters = Network.parse("lstm 16", (5, 8)).parameters
    for gate in "ifog":
        U = parameters[f"lstm1.U{gate}"]
        assert np.allclose(U @ U.T, np.eye(16), atol=1e-5)
        assert parameters[f"lstm1.b{gate}"].tolist() == [float(gate == "f")] * 16
    assert Network.parse("lstm 4 forget=3", (5, 8)).parameters["lstm1.bf"].tolist() == [3.0] * 4


def test_what_stands_behind_the_end_of_a_text_changes_nothing() -> None:
    text = "embed 4 vocab=9 | {} 6 bi mask=input | dense 2"
    for kind in ("rnn", "lstm", "gru"):
        short, long = (Network.parse(text.format(kind), time, seed=5) for time in (3, 7))
        one = short.predict([[4, 2, 7], [5, 0, 0]])
        other = long.predict([[4, 2, 7, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0]])
        assert np.allclose(one, other, atol=1e-6)
        loose = Network.parse(text.format(kind).replace("mask=input", ""), 7, seed=5)
        assert not np.allclose(one, loose.predict([[4, 2, 7, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0]]))


def test_a_decoder_begins_with_the_state_of_an_encoder() -> None:
    text = "embed 3 vocab=9 | gru 5 | as code | from previous | embed 3 vocab=4 | gru 5 all start=code"
    network = Network.parse(text, 6, inputs={"previous": (4,)})
    assert network.output_shape == (4, 5)
    graph = network.graph
    assert graph.producers["gru2.h"][0].inputs[-1].name == "gru1.last"


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("rnn 4", (8, 8, 1), r"rnn1 .*reads a sequence .*8×8×1"),
        ("lstm 4", (8,), "reads a sequence"),
        ("lstm", (8, 2), "needs units"),
        ("gru 4 reset=during", (8, 2), "after"),
        ("lstm 4 al", (8, 2), "all"),
        ("lstm 4 truncate=0", (8, 2), "whole number from 1"),
        ("lstm 4 mask=words", (8, 2), "nothing is called “words”"),
        ("rnn 3 all | as s | lstm 4 mask=s", (8, 2), r"its mask must be 8 ids.* 8×3"),
        ("rnn 3 | as s | from input | lstm 4 start=s", (8, 2), r"a state of 4 numbers.* shape 3"),
        ("rnn 4 | as s | from input | lstm 4 bi start=s", (8, 2), "two beginnings"),
        ("rnn 4 | rnn 4", (8, 2), r"rnn2 .*reads a sequence"),
    ],
)
def test_what_does_not_fit_is_answered_with_one_sentence(
    text: str, shape: tuple[int, ...], words: str
) -> None:
    with pytest.raises(NnlabError, match=words):
        Network.parse(text, shape)


def test_a_network_trained_on_short_sequences_answers_about_long_ones() -> None:
    short = Network.parse("gru 5 all | dense 1", (4, 2), seed=8)
    long = short.on((50, 2))
    x = np.random.default_rng(2).normal(size=(3, 50, 2))
    assert np.allclose(long.predict(x)[:, :4], short.predict(x[:, :4]), atol=1e-6)
    with pytest.raises(NnlabError, match=r"gru1\.Wn would have another shape .* 50×3"):
        short.on((50, 3))


@cache
def first_matters() -> Dataset:
    """Sequences of six numbers; the class is the sign of the first."""
    x = np.random.default_rng(1).normal(size=(64, 6, 1))
    return from_arrays(x, (x[:, 0, 0] > 0).astype(int))


@pytest.mark.parametrize(
    "text", ["rnn 8", "lstm 8", "gru 8", "gru 8 reset=before", "lstm 5 all | gru 5 bi", "rnn 6 truncate=6"]
)
def test_a_recurrent_network_remembers_the_beginning(text: str) -> None:
    run = Run(
        Network.parse(f"{text} | dense 1", (6, 1)), first_matters(), optimizer="adam lr=0.03", clip="norm 1"
    )
    run.step(150)
    assert run.evaluate("train").metric > 0.9


def test_a_chunk_that_does_not_reach_the_beginning_learns_nothing_of_it() -> None:
    run = Run(Network.parse("rnn 6 truncate=3 | dense 1", (6, 1)), first_matters(), optimizer="adam lr=0.03")
    run.step(5)

    assert run.explain("rnn1.h[0,2,0].grad").value == 0.0


@pytest.mark.parametrize("text", ["rnn 3", "lstm 3 all | gru 3", "gru 3 reset=before", "lstm 3 bi"])
def test_every_number_inside_a_layer_can_be_nudged(text: str) -> None:
    run = Run(Network.parse(f"{text} | dense 1", (6, 1)), first_matters())
    run.step(3)
    for name, value in run.program.graph.values.items():
        if run.program.uses.own(name) is None:
            continue
        check = run.check(f"{name}[2,1,2]")
        assert check.analytic == pytest.approx(check.numeric, rel=1e-6, abs=1e-9), name
        assert len(value.shape) == 3
        nudge = run.nudge(f"{name}[2,1,2]", 1e-3)
        assert nudge.true == pytest.approx(nudge.predicted, rel=0.05, abs=1e-9)
        assert nudge.loss == pytest.approx(run.loss, rel=1e-5)

"""Embedding as a layer: where its vocabulary comes from, and ids that are not in it."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset
from nnlab.data.dataset import Split
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

WORDS = ("", "good", "bad", "not", "food")


def verdicts(words: tuple[str, ...] = WORDS) -> Dataset:
    """Four words a row; class 1 where word 1 stands in front."""
    x = np.array([[1, 4, 0, 0], [2, 4, 0, 0], [1, 3, 4, 0], [2, 3, 4, 4]] * 4)
    rows = np.arange(len(x))
    return Dataset(
        name="verdicts",
        task="binary",
        x=x,
        y=(x[:, 0] == 1).astype(np.int64),
        split=Split(rows, rows, rows),
        class_names=("bad", "good"),
        vocabulary=words,
    )


def test_ids_become_rows_of_the_table() -> None:
    network = Network.parse("embed 3 vocab=5", 4)
    assert network.ledger()[0].output_shape == (4, 3)
    assert network.parameter_count == 15
    W = network.parameters["embed1.W"]
    assert np.array_equal(network.predict([[1, 1, 0, 4]])[0], W[[1, 1, 0, 4]])
    wide = Network.parse("embed 40 vocab=99", 4)
    assert wide.parameters["embed1.W"].std() == pytest.approx(0.1, rel=0.05)


@pytest.mark.parametrize("text", ["embed 3 vocab=5", "embed 3", "embed 3 vocab=5 init=normal:0.08"])
def test_normal_form_reads_back(text: str) -> None:
    network = Network.parse(text, 4, vocabularies={"input": 7})
    assert network.text.startswith(text.removesuffix(" init=normal:0.08"))
    assert Network.parse(network.text, 4).layers == network.layers


def test_the_data_say_how_many_ids_there_are_and_what_is_written_goes_first() -> None:
    assert Network.parse("embed 3", 4, vocabularies={"input": 7}).text == "embed 3 vocab=7"
    assert Network.parse("embed 3 vocab=9", 4, vocabularies={"input": 7}).text == "embed 3 vocab=9"
    two = Network.parse(
        "embed 3 | from previous | embed 2 | flatten | dense 1",
        4,
        inputs={"previous": (5,)},
        vocabularies={"input": 7, "previous": 11},
    )
    assert [layer.text for layer in two.layers if layer.kind == "embed"] == [
        "embed 3 vocab=7",
        "embed 2 vocab=11",
    ]
    assert two.id_inputs == {"input", "previous"}


@pytest.mark.parametrize(
    ("text", "shape", "word"),
    [
        ("embed 3", 4, r"vocab=100"),
        ("embed 3 vocab=5", (4, 2), "right behind the data"),
        ("embed", 4, "size"),
        ("embed 3 vocab=0", 4, "whole number"),
    ],
)
def test_what_does_not_fit_is_answered(text: str, shape: int | tuple[int, ...], word: str) -> None:
    with pytest.raises(NnlabError, match=word):
        Network.parse(text, shape)


def test_an_embedding_behind_numbers_of_any_kind_is_refused() -> None:
    with pytest.raises(NnlabError, match="looks ids up"):
        _ = Network.parse("relu | embed 3 vocab=5", 4).graph


@pytest.mark.parametrize("wrong", [5, -1, 1.5])
def test_an_id_out_of_range_is_named_with_the_range(wrong: float) -> None:
    network = Network.parse("embed 3 vocab=5", 4)
    with pytest.raises(NnlabError, match=rf"{wrong:g} is no id of input.* 0 to 4"):
        network.predict([[0, 1, wrong, 2]])
    assert network.predict(np.zeros((0, 4))).shape == (0, 4, 3)


def test_a_run_refuses_data_with_more_ids_than_the_network_has_rows() -> None:
    network = Network.parse("embed 2 vocab=4 | flatten | dense 1", 4)
    with pytest.raises(NnlabError, match="4 is no id of input"):
        Run(network, verdicts())


def test_an_embedding_learns_and_a_row_is_explained_by_every_position_that_used_it() -> None:
    data = verdicts()
    network = Network.parse("embed 2 | flatten | dense 1", 4, vocabularies=data.vocabulary_sizes)
    run = Run(network, data, optimizer="adam lr=0.1", batch_size=4)
    run.step(40)
    assert run.evaluate("train").metric == 1.0
    ids = run.program.values["input"]
    explained = run.explain("embed1.W[4,1].grad")
    used = {f"embed1.a[{n},{t},1].grad" for n, t in np.argwhere(ids == 4)}
    assert {str(a) for a in explained.addresses} == used
    assert len(used) > 4
    assert run.explain("embed1.a[0,0,1]").symbols() == f"embed1.W[{ids[0, 0]},1]"


def test_other_data_bring_another_vocabulary_to_the_network_that_lies_here() -> None:
    session = Session()
    bench = session.bench
    bench.data = verdicts()
    session.use_network("embed 2 | flatten | dense 1")
    assert bench.network is not None
    assert bench.network.text == "embed 2 vocab=5 | flatten | dense 1"
    session.use_data(verdicts((*WORDS, "drink")), "verdicts")
    assert bench.network.text == "embed 2 vocab=6 | flatten | dense 1"
    session.use_network("embed 2 vocab=50 | flatten | dense 1")
    session.use_data(verdicts(), "verdicts")
    assert bench.network.text == "embed 2 vocab=50 | flatten | dense 1"

"""What a learner may give by mistake, item by item: one sentence each, or numbers that are right.

Sequences longer than the model's maximum, token ids out of range, kernels larger than their input, odd sizes
with same-padding and stride, all-masked rows, a batch of one with batch norm in training, empty text, a
checkpoint of another architecture or a truncated file.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.data import load
from nnlab.errors import NnlabError
from nnlab.network import Network, checkpoint
from nnlab.session import Session
from nnlab.training import Run

WRITER = (
    "data grammar",
    "net embed 8 | positions learned | block 2 causal | layernorm | dense 21",
    "run 1 step",
)
TRANSLATOR = (
    "data reverse decoder=yes",
    "net embed 8 | positions learned | block 1 | layernorm | as source | from previous | embed 8 | "
    "positions learned | block 1 causal from=source | layernorm | dense 11",
    "run 1 step",
)
READER = "embed 8 vocab=9 | positions learned | dense 3"


def said(*lines: str) -> str:
    """The sentence that the last action is answered with."""
    session = Session()
    for line in lines[:-1]:
        session.execute(line)
    return refused(lambda: session.execute(lines[-1]))


def refused(act) -> str:
    with pytest.raises(NnlabError) as caught:
        act()
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


# ---------------------------------------------------------------------- sequences longer than the maximum


@pytest.mark.parametrize("bench", [WRITER, TRANSLATOR], ids=["writer", "translator"])
def test_a_text_longer_than_the_network_reads_names_both_lengths(bench):
    sign = "a" if bench is WRITER else "1"
    longest = 32 if bench is WRITER else 8
    sentence = said(*bench, f"generate {sign * 500}")
    assert sentence == f"the text has 500 signs, and the network reads at most {longest}; shorten it"


def test_a_longer_sequence_given_to_a_network_names_the_shape_it_takes():
    network = Network.parse(READER, 4)
    assert "shape 4 behind a batch axis, not 1×9" in refused(lambda: network.predict(np.zeros((1, 9))))
    assert "positions1.P would have another shape" in refused(lambda: network.on(9))


# ---------------------------------------------------------------------- token ids out of range


@pytest.mark.parametrize(("wrong", "shown"), [(9, "9"), (-1, "-1"), (0.5, "0.5")])
def test_an_id_out_of_range_names_it_and_the_ids_there_are(wrong, shown):
    ids = np.zeros((2, 4))
    ids[1, 2] = wrong
    sentence = refused(lambda: Network.parse(READER, 4).predict(ids))
    assert sentence == f"{shown} is no id of input: the network knows the whole numbers 0 to 8"


def test_data_with_more_ids_than_the_network_knows_are_refused_before_the_first_step():
    sentence = said("data reviews", "net embed 8 vocab=5 | flatten | dense 2", "step")
    assert "is no id of input: the network knows the whole numbers 0 to 4" in sentence


def test_a_sign_that_the_vocabulary_lacks_is_named():
    assert said(*WRITER, "generate zzz").startswith("'z' is not in the vocabulary of 21 tokens")


# ---------------------------------------------------------------------- kernels larger than their input


@pytest.mark.parametrize(
    ("data", "net", "window"),
    [
        ("digits", "conv 4 9 | flatten | dense 10", "9×9 does not fit into 8×8"),
        ("digits", "conv 4 3 dilation=5 | flatten | dense 10", "11×11 does not fit into 8×8"),
        ("digits", "conv 4 3 | maxpool 9 | flatten | dense 10", "9×9 does not fit into 6×6"),
        ("waves", "conv1d 4 99 | flatten | dense 3", "99 does not fit into 24"),
    ],
)
def test_a_window_larger_than_its_input_names_both_and_the_way_out(data, net, window):
    sentence = said(f"data {data}", f"net {net}")
    assert f"a window of {window}; make it smaller or write pad=same" in sentence


# ---------------------------------------------------------------------- odd sizes, same-padding and stride


@pytest.mark.parametrize("size", [(1, 1), (5, 7), (7, 4), (3, 2)])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4])
def test_same_padding_gives_a_place_for_every_stride_whatever_the_size(size, stride, kernel):
    network = Network.parse(f"conv 1 {kernel} stride={stride} pad=same", (*size, 1))
    assert network.output_shape == (*(-(-n // stride) for n in size), 1)
    network.set("conv1.W", np.ones((kernel, kernel, 1, 1)))
    x = np.random.default_rng(1).normal(size=(1, *size, 1))
    found = network.predict(x)[0, :, :, 0]
    expected = np.empty_like(found)
    room = [max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in size]
    padded = np.pad(x[0, :, :, 0], [(r // 2, r - r // 2) for r in room])
    for i, j in np.ndindex(*found.shape):
        expected[i, j] = padded[i * stride : i * stride + kernel, j * stride : j * stride + kernel].sum()
    assert found == pytest.approx(expected, abs=1e-5)


# ---------------------------------------------------------------------- all-masked rows


@pytest.mark.parametrize(
    "body", ["block 2 mask=input | meantime mask=input", "lstm 4 mask=input", "attention 2 mask=input | last"]
)
def test_a_row_of_padding_alone_gives_finite_answers_and_moves_no_word(body):
    data = load("reviews n=40")
    x = data.x.copy()
    x[data.split.train[:3]] = 0
    run = Run(
        Network.parse(f"embed 8 | {body} | dense 2", data.input_shape, vocabularies=data.vocabulary_sizes),
        replace(data, x=x),
        batch_size=len(data.split.train),
    )
    run.train(steps=3)
    assert np.isfinite(run.loss)
    assert np.isfinite(run.settled_theta()).all()
    assert np.isfinite(run.predict(np.zeros((2, *data.input_shape)))).all()


# ---------------------------------------------------------------------- batch of one with batch norm


def test_a_batch_of_one_under_batch_norm_says_what_is_missing():
    sentence = said("data iris", "net dense 4 | batchnorm | dense 3", "batch 1", "step")
    assert sentence == (
        "batchnorm1 compares the examples of a batch, and a batch of 1 has nothing to compare; "
        "use batches of 2 or more"
    )


def test_a_last_batch_of_one_takes_the_running_statistics():
    data = load("moons n=66 split=33/16/17")
    run = Run(Network.parse("dense 4 | batchnorm | dense 1", 2), data, batch_size=8)
    run.train(epochs=1)
    assert run.program.batch == 1
    assert np.isfinite(run.settled_theta()).all()


# ---------------------------------------------------------------------- empty text


def test_an_empty_prompt_says_what_to_write():
    assert said(*WRITER, "generate") == "the prompt is empty; write at least one sign to go on from"
    assert said(*TRANSLATOR, "generate") == "the prompt is empty; write the text that is to be read"


@pytest.mark.parametrize(("content", "words"), [("", "is empty"), (" \n\n ", "holds no text, only blanks")])
def test_a_file_without_text_is_named(tmp_path: Path, content: str, words: str):
    (tmp_path / "text.txt").write_text(content)
    assert words in said(f"data file:{tmp_path / 'text.txt'}")


# ---------------------------------------------------------------------- checkpoints that do not fit


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "iris.safetensors"
    session = Session()
    for line in ("data iris", "net dense 4 tanh | dense 3", "step", f"export {path}"):
        session.execute(line)
    return path


def test_a_checkpoint_of_another_architecture_names_the_first_array_that_differs(file: Path):
    other = Network.parse("dense 5 | dense 3", 4)
    sentence = refused(lambda: checkpoint.fill(other, checkpoint.read_arrays(file), "iris.safetensors"))
    assert sentence.startswith("dense1.W has shape 4×4 in iris.safetensors, and 4×5 in the network dense 5")
    deeper = Network.parse("dense 4 | dense 3 | dense 3", 4)
    sentence = refused(lambda: checkpoint.fill(deeper, checkpoint.read_arrays(file), "iris.safetensors"))
    assert "has no dense3.W of shape 3×3; it is of another network" in sentence
    assert "for examples of shape 4, and digits has shape 64" in said("data digits", f"load {file}")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5, 0.99])
def test_a_truncated_checkpoint_says_that_it_is_cut_off(file: Path, share: float):
    content = file.read_bytes()
    file.write_bytes(content[: int(share * len(content))])
    assert "is no safetensors file, or it is cut off or damaged" in said("data iris", f"load {file}")


TABLE = ("data xor", "net dense 4 relu | dense 1", "step")


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("restore", "nothing is taken out"),
        ("patience 0", "patience lasts at least 1 epoch, not 0; “patience none” never stops early"),
        ("maxnorm 0", "a unit’s weights have a length above 0, not 0; “maxnorm none” lets them grow"),
        ("ablate conv9", "there is no layer “conv9”; there are: dense1, dense2"),
        ("ablate dense1", "say which units of dense1, from 0 to 3, as in: ablate dense1 0"),
        ("prune 150%", "“150%” stands where the share of weights belongs: write a number from 0 to 1"),
        ("prune half", "such as 0.5 or 50%"),
    ],
)
def test_a_slip_on_the_action_line_is_answered_by_what_would_be_right(line: str, sentence: str) -> None:
    assert sentence in said(*TABLE, line)


def test_a_share_may_be_written_as_a_percentage() -> None:
    session = Session()
    for line in (*TABLE, "prune 50%"):
        session.execute(line)
    assert session.history[-1] == "prune 0.5"

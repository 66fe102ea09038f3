"""A network comes back from its file bit for bit; what does not fit is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import NnlabError
from nnlab.network import Network, checkpoint
from nnlab.training import Run

TEXT = "dense 5 relu | dropout 0.2 | dense 3"


def test_a_network_comes_back_bit_for_bit(tmp_path: Path) -> None:
    network = Network.parse(TEXT, 4, seed=7)
    x = np.random.default_rng(1).normal(size=(6, 4))
    path = tmp_path / "net.safetensors"
    path.write_bytes(checkpoint.to_bytes(network, {"data": "iris", "losses": [0.5, 0.25]}))
    again, notes = checkpoint.read(path)
    assert (again.text, again.input_shape, again.seed) == (network.text, (4,), 7)
    assert again.predict(x).tobytes() == network.predict(x).tobytes()
    assert notes == {"data": "iris", "losses": [0.5, 0.25]}


def test_what_is_saved_is_settled(moons) -> None:
    run = Run(Network.parse("dense 3 tanh | dense 1", 2), moons)
    run.train(steps=3)
    assert run.pending
    again, _notes = checkpoint.from_bytes(checkpoint.to_bytes(run.network), "x")
    assert again.theta.tobytes() == run.settled_theta().tobytes()


def test_another_tool_reads_it(tmp_path: Path) -> None:
    from safetensors.numpy import load

    network = Network.parse(TEXT, 4)
    arrays = load(checkpoint.to_bytes(network))
    assert {name: a.shape for name, a in arrays.items()} == {
        name: a.shape for name, a in network.parameters.items()
    }


@given(st.integers(0, 600))
def test_a_file_cut_off_anywhere_is_refused(cut: int) -> None:
    content = checkpoint.to_bytes(Network.parse("dense 2", 2))
    if cut < len(content):
        with pytest.raises(NnlabError, match=r"cut off|metadata"):
            checkpoint.from_bytes(content[:cut], "net.safetensors")


@given(st.binary(max_size=200))
def test_garbage_is_refused(content: bytes) -> None:
    with pytest.raises(NnlabError):
        checkpoint.from_bytes(content, "net.safetensors")


@pytest.mark.parametrize(
    ("other", "word"),
    [
        ("dense 5 relu | dense 4", r"dense2\.b|dense2\.W"),
        ("dense 6 relu | dense 3", r"dense1\.W has shape 4×5 in net.*and 4×6"),
        ("dense 5 relu | dense 3 | dense 1", r"no dense3\.W of shape 3×1"),
        ("dense 5 relu", r"has dense2\.W"),
    ],
)
def test_a_file_of_another_network_is_refused(other: str, word: str) -> None:
    arrays = dict(Network.parse(TEXT, 4).parameters)
    network = Network.parse(other, 4)
    before = network.theta.copy()
    with pytest.raises(NnlabError, match=word):
        checkpoint.fill(network, arrays, "net.safetensors")
    assert np.array_equal(network.theta, before)


def test_arrays_without_a_notation_say_what_to_do(tmp_path: Path) -> None:
    from safetensors.numpy import save

    with pytest.raises(NnlabError, match="build the network"):
        checkpoint.from_bytes(save({"w": np.zeros(3, np.float32)}), "other.safetensors")
    with pytest.raises(NnlabError, match="cannot be read"):
        checkpoint.read(tmp_path / "nobody.safetensors")

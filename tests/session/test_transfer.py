"""Transfer: layers that were trained elsewhere begin a network with another head, and may stay frozen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.session import Session

BODY = "conv 8 3 relu | maxpool 2 | flatten"


def played(*lines: str, path: Path | None = None) -> Session:
    session = Session(path)
    for line in lines:
        session.execute(line)
    return session


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """A network that tells ten digits apart."""
    path = tmp_path_factory.mktemp("files") / "digits.safetensors"
    played("data digits scale=unit", f"net {BODY} | dense 10", "lr 0.01", "run 3 epochs", f"export {path}")
    return path


def arrays(file: Path) -> dict[str, np.ndarray]:
    from nnlab.network.checkpoint import read_arrays

    return read_arrays(file)


ODD = ("data digits scale=unit split=5/75/20", f"net {BODY} | dense 16 relu | dense 10", "lr 0.01")


def test_named_layers_come_from_the_file_and_the_others_are_drawn(file):
    session, fresh = played(*ODD, f"load {file} layers=conv1"), played(*ODD)
    run = session.need_run()
    assert np.array_equal(run.network.parameters["conv1.W"], arrays(file)["conv1.W"])
    assert np.array_equal(run.network.parameters["conv1.b"], arrays(file)["conv1.b"])
    assert np.array_equal(run.network.parameters["dense1.W"], fresh.need_run().network.parameters["dense1.W"])


def test_a_frozen_body_keeps_what_it_knows_and_helps_where_labels_are_few(file):
    scratch = played(*ODD, "run 6 epochs")
    session = played(*ODD, f"load {file} layers=conv1", "freeze conv1", "run 6 epochs")
    assert np.array_equal(session.run.network.parameters["conv1.W"], arrays(file)["conv1.W"])
    assert session.run.evaluate("test").metric > scratch.run.evaluate("test").metric


def test_it_is_in_the_log_and_comes_back(file, tmp_path):
    session = played(*ODD, f"load {file} layers=conv1", "run 1 epoch", path=tmp_path / "a.nnl")
    end = session.run.settled_theta().tobytes()
    session.close()
    for keyframe in (True, False):
        if not keyframe:
            (tmp_path / "a.nnl.keyframe").unlink()
        again = Session.resume(tmp_path / "a.nnl")
        assert again.run.settled_theta().tobytes() == end
        again.close()


@pytest.mark.parametrize(
    ("layers", "said"),
    [
        (
            "dense1",
            r"dense1\.W has shape 72×10 in .* and 72×16 in the network on the bench; leave dense1 out",
        ),
        ("dense2", r"has no dense2\.W; its layers are: conv1, dense1"),
        ("conv9", "no layer “conv9”"),
        ("flatten1", "no weights"),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_changes_nothing(file, layers, said):
    session = played(*ODD)
    with pytest.raises(NnlabError, match=said) as caught:
        session.execute(f"load {file} layers={layers}")
    assert "\n" not in str(caught.value)
    assert session.bench.weights is None

"""Whole networks: from the zoo, to a file, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network.zoo import ZOO
from nnlab.session import Session


def started(path: Path | None, *lines: str) -> Session:
    session = Session(path)
    for line in lines:
        session.execute(line)
    return session


def test_a_model_of_the_zoo_is_laid_out_as_if_it_were_typed() -> None:
    model = ZOO["moons"]
    by_name, typed = started(None, "zoo moons"), started(None, f"seed {model.seed}", *model.actions)
    for session in (by_name, typed):
        session.execute("run 2 epochs")
    assert by_name.need_run().settled_theta().tobytes() == typed.need_run().settled_theta().tobytes()
    by_name.execute("undo")
    by_name.execute("undo")
    assert by_name.network is None
    with pytest.raises(NnlabError, match="nearest: moons"):
        by_name.execute("zoo mons")


def test_a_network_goes_to_a_file_and_trains_on_from_there(tmp_path: Path) -> None:
    file = tmp_path / "moons.safetensors"
    first = started(None, "data moons", "net dense 4 tanh | dense 1", "run 3 epochs", f"export {file}")
    kept = first.need_run().settled_theta().copy()
    second = started(tmp_path / "s.nnl", "data moons", f"load {file}")
    assert second.need_run().settled_theta().tobytes() == kept.tobytes()
    second.execute("run 1 epochs")
    end = second.need_run().settled_theta().copy()
    second.execute("lr 0.5")
    second.close()
    again = Session.resume(tmp_path / "s.nnl")
    assert again.need_run().settled_theta().tobytes() == end.tobytes()
    assert again.bench.weights is not None
    again.execute("seed 3")
    assert again.need_run().settled_theta().tobytes() == kept.tobytes()
    again.close()


def test_a_network_for_other_data_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "moons.safetensors"
    started(None, "data moons", "net dense 4 tanh | dense 1", f"export {file}")
    session = started(None, "data iris", "net dense 3")
    with pytest.raises(NnlabError, match=r"examples of shape 2, and iris has shape 4"):
        session.execute(f"load {file}")
    assert session.need_network().text == "dense 3"
    with pytest.raises(NnlabError, match=r"must end in \.safetensors"):
        session.execute("load nowhere")
    with pytest.raises(NnlabError, match="cannot be read"):
        session.execute("load nowhere.safetensors")


def test_layers_are_frozen_by_an_action() -> None:
    session = started(None, "data moons", "net dense 4 tanh | dense 1", "run 1 epoch", "freeze dense1")
    kept = session.need_run().network.parameters["dense1.W"].copy()
    session.execute("run 1 epoch")
    assert np.array_equal(session.need_run().network.parameters["dense1.W"], kept)
    session.execute("freeze none")
    session.execute("run 1 epoch")
    assert not np.array_equal(session.need_run().network.parameters["dense1.W"], kept)
    with pytest.raises(NnlabError, match="no layer dense7"):
        session.execute("freeze dense7")


def test_the_best_weights_come_back_after_a_run_that_went_too_far() -> None:
    session = started(None, "data moons n=60", "net dense 32 relu | dense 32 relu | dense 1", "lr 0.03")
    with pytest.raises(NnlabError, match="no epoch has been measured"):
        session.execute("seek best")
    session.execute("run until val_loss rises 3")
    run = session.need_run()
    losses = [row.val_loss for row in run.history.epochs]
    session.execute("seek best")
    assert run.step_count == run.history.epochs[int(np.argmin(losses))].step
    assert run.evaluate("validation").loss == min(losses) < losses[-1]


def test_a_model_of_the_zoo_is_the_same_whatever_was_on_the_bench() -> None:
    session = started(
        None, "data digits", "net dense 8 relu | dense 10", "maxnorm 0.1", "sparse yes", "clip norm 1"
    )
    session.execute("run 3 steps")
    session.execute("distil")
    session.execute("zoo digits-cnn")
    fresh = started(None, "zoo digits-cnn")
    assert session.bench.setup == fresh.bench.setup
    session.execute("step 2")
    fresh.execute("step 2")
    assert np.array_equal(session.need_run().store.theta, fresh.need_run().store.theta)
    for _change in range(3):
        session.execute("undo")
    assert session.need_network().text == "dense 8 relu | dense 10"

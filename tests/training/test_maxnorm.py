"""Max-norm: no unit's weights are longer than the bound, to PyTorch's numbers, explained, and replayed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.engine.kernels import table
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run

RECORDED = json.loads((Path(__file__).parent.parent / "reference" / "maxnorm.json").read_text())


@pytest.fixture(scope="module")
def moons() -> Dataset:
    return load("moons n=60 seed=1")


def make(data: Dataset, text: str = "dense 8 tanh | dense 1", **settings: Any) -> Run:
    settings = {"optimizer": "adam lr=0.1", "maxnorm": 0.8, **settings}
    return Run(Network.parse(text, data.input_shape), data, batch_size=16, **settings)


def lengths(run: Run, name: str) -> np.ndarray:
    run.settle()
    weight = run.array(name)
    return np.sqrt((weight.reshape(-1, weight.shape[-1]) ** 2).sum(axis=0))


def test_no_unit_is_longer_than_the_bound_after_an_update(moons):
    run, free = make(moons), make(moons, maxnorm=0.0)
    run.train(steps=30)
    free.train(steps=30)
    for name in ("dense1.W", "dense2.W"):
        assert (lengths(run, name) <= 0.8 * (1 + 1e-6)).all()
    assert lengths(free, "dense1.W").max() > 0.9
    assert np.abs(run.array("dense2.b")).max() > 0


@pytest.mark.parametrize("name", sorted(RECORDED["cases"]))
def test_columns_are_shortened_as_pytorch_does(name):
    case = RECORDED["cases"][name]
    weight = np.array(case["weight"])
    scratch = np.empty_like(weight), np.empty(weight.shape[1])
    table().max_norm(weight, np.float64(case["limit"]), *scratch)
    assert weight == pytest.approx(np.array(case["after"]), abs=1e-6)


def test_kernels_of_filters_and_gates_are_columns_and_tables_of_words_are_free():
    data = load("digits")
    run = make(data, "reshape 8x8x1 | conv 4 3 relu | maxpool 2 | flatten | dense 10", maxnorm=0.3)
    run.train(steps=3)
    assert lengths(run, "conv1.W").shape == (4,)
    assert (lengths(run, "conv1.W") <= 0.3 * (1 + 1e-6)).all()
    words = load("reviews n=200")
    network = Network.parse("embed 4 vocab=200 | lstm 3 | dense 2", words.input_shape)
    reading = Run(network, words, maxnorm=0.1)
    reading.train(steps=2)
    assert lengths(reading, "embed1.W").max() > 0.2
    assert (lengths(reading, "lstm1.Uf") <= 0.1 * (1 + 1e-6)).all()


@pytest.mark.parametrize("optimizer", ["sgd lr=0.5", "momentum lr=0.1", "adam lr=0.1", "adamw lr=0.1"])
def test_every_part_of_the_update_is_explained_to_its_number(moons, optimizer):
    run = make(moons, optimizer=optimizer, clip="norm 0.5", maxnorm=0.5)
    run.train(steps=4)
    shortened = 0
    for address in ("dense1.W[0,1]", "dense1.W[1,3]", "dense2.W[2,0]"):
        for part in ("used", "step", "moved", "norm", "new"):
            found = run.explain(f"{address}.{part}")
            assert found.evaluate() == pytest.approx(found.value, rel=1e-5, abs=1e-7), (address, part)
        shortened += run.value(f"{address}.norm") > 0.5
    assert shortened
    labels = [label for label, _address, _value in run.ledger("dense1.W[0,1]")]
    assert labels[-3:] == ["moved", "‖column‖", "new"]
    norm = run.explain("dense1.W[0,1].norm")
    assert [str(a) for a in norm.addresses] == ["dense1.W[0,1].moved", "dense1.W[1,1].moved"]


def test_a_bias_is_not_bounded_and_says_so(moons):
    run = make(moons)
    run.train(steps=2)
    assert run.explain("dense1.b[0].new").formula == run.explain("dense1.b[0].step").formula
    with pytest.raises(NnlabError, match="has no part “norm”"):
        run.value("dense1.b[0].norm")
    free = make(moons, maxnorm=0.0)
    free.train(steps=2)
    with pytest.raises(NnlabError, match="has no part “norm”"):
        free.value("dense1.W[0,0].norm")


def test_the_pending_update_is_what_the_next_step_begins_with(moons):
    run = make(moons)
    run.train(steps=5)
    expected = run.settled_theta().copy()
    run.train(steps=1)
    assert run.store.theta.tobytes() == expected.tobytes()


def test_a_bound_that_is_turned_on_and_off_replays_to_the_same_bits(moons):
    run = make(moons, maxnorm=0.0)
    run.train(steps=5)
    run.set(maxnorm=0.4)
    run.train(steps=6)
    run.set(maxnorm=0.0, lr=0.02)
    run.train(steps=4)
    end, middle = run.settled_theta().tobytes(), None
    run.seek(8)
    middle = run.settled_theta().tobytes()
    run.seek(2)
    run.seek(15)
    assert run.settled_theta().tobytes() == end
    run.seek(8)
    assert run.settled_theta().tobytes() == middle
    assert run.branch().settled_theta().tobytes() == middle


def test_it_bounds_only_what_a_player_changes():
    data = load("ring n=200")
    run = Run(
        Network.parse("noise 2 | dense 8 relu | dense 2 | versus | dense 8 relu | dense 1", data.input_shape),
        data,
        maxnorm=0.2,
    )
    run.train(steps=1)
    run.settle()
    assert (lengths(run, "dense3.W") <= 0.2 * (1 + 1e-6)).all()
    assert lengths(run, "dense1.W").max() > 0.2


def test_it_is_a_knob_like_others():
    session = Session()
    for line in (
        "data moons n=60",
        "net dense 8 tanh | dense 1",
        "lr 0.1",
        "run 5 steps",
        "maxnorm 0.5",
        "run 9 steps",
    ):
        session.execute(line)
    assert (lengths(session.run, "dense1.W") <= 0.5 * (1 + 1e-6)).all()
    assert ["max-norm", "0.5"] in [line.split() for line in session.execute("show setup").lines]
    session.execute("undo")
    session.execute("undo")
    assert session.bench.setup.maxnorm == 0
    with pytest.raises(NnlabError, match="above 0"):
        session.execute("maxnorm 0")
    with pytest.raises(NnlabError, match="positive"):
        make(session.data, maxnorm=-1)

"""The table of losses: what each asks of the data, and how what it trains is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.data.dataset import one_hot
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import LOSSES, Run
from nnlab.training.losses import USUAL, LossRule
from tests.training.conftest import make_run

TASKS = {"binary": "moons n=60", "multiclass": "iris", "regression": "sine"}
JUDGING = [name for name, kind in LOSSES.items() if kind.targets != "none"]
FITS = [(name, task) for name, kind in LOSSES.items() for task in kind.tasks if task in TASKS]


@pytest.mark.parametrize(("name", "task"), FITS)
def test_every_loss_trains_on_every_task_it_fits(name: str, task: str) -> None:
    data = load(TASKS[task])
    kind = LOSSES[name]
    outputs = 1 if data.task == "binary" and kind.single else max(2, data.classes) if data.classes else 1
    network = Network.parse(f"dense 8 tanh | dense {outputs}", data.input_shape)
    if name == "distillation":
        data = replace(data, teacher=one_hot(data.y, data.classes) * 3)
    run = Run(network, data, loss=name, optimizer="adam lr=0.02")
    before = run.evaluate("train").loss
    run.train(steps=60)
    assert run.evaluate("train").loss < 0.9 * before
    assert run.explain("loss.each[0,0]").symbols()
    assert np.isfinite(run.predict(data.x[:4])).all()


@pytest.mark.parametrize("name", JUDGING)
def test_a_loss_is_refused_where_the_task_is_another(name: str) -> None:
    if "regression" in LOSSES[name].tasks:
        pytest.skip("fits every task")
    with pytest.raises(NnlabError, match=f"{name} compares classes.* use loss mse"):
        make_run(load("sine"), loss=name)


@pytest.mark.parametrize("name", JUDGING)
def test_two_classes_and_one_output_go_where_one_output_can_decide(name: str, moons: Dataset) -> None:
    kind = LOSSES[name]
    if kind.single:
        run = make_run(moons, "dense 8 tanh | dense 1", loss=name, optimizer="adam lr=0.03")
        run.train(steps=100)
        scores = run.evaluate("train")
        output = run.network.predict(moons.x[moons.split.train])[:, 0]
        truth = moons.y[moons.split.train]
        assert scores.metric == ((output > kind.threshold) == truth).mean()
        assert scores.metric > 0.7
    else:
        with pytest.raises(NnlabError, match=f"1 unit with .*bce.*, or 2 with .*{name}"):
            make_run(moons, loss=name)


@pytest.mark.parametrize("name", [name for name, kind in LOSSES.items() if kind.single and kind.tasks])
def test_one_output_is_decided_where_both_answers_cost_the_same(name: str) -> None:
    graph = Graph()
    values = [graph.value(word, (BATCH, 1), role) for word, role in (("z", Role.INPUT), ("t", Role.TARGET))]
    graph.apply(LossRule.parse(name).operation(), *values)
    program = Program(graph, ParameterStore(graph, np.float64), batch=2)
    program.values["z"][...] = LOSSES[name].threshold
    program.values["t"][...] = [[0], [1]]
    program.forward()
    no, yes = program.values["loss.each"][:, 0]
    assert no == pytest.approx(yes)


def test_the_usual_loss_of_a_task_fits_it() -> None:
    for task, name in USUAL.items():
        assert task in LOSSES[name].tasks


def test_probabilities_add_up_and_a_certain_logit_is_certain() -> None:
    assert LOSSES["cross_entropy"].answers(np.array([[1e4, 0.0], [2.0, 2.0]])).tolist() == [
        [1, 0],
        [0.5, 0.5],
    ]
    assert LOSSES["bce"].answers(np.array([[1e4], [0.0]])).tolist() == [[1], [0.5]]
    assert LOSSES["mse"].answers(np.array([[3.0]])).tolist() == [[3]]


def test_a_loss_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(NnlabError, match="“cros_entropy” is not a loss; did you mean “cross_entropy”"):
        LossRule.parse("cros_entropy")
    with pytest.raises(NnlabError, match="mse takes no numbers; leave out “3”"):
        LossRule.parse("mse 3")
    with pytest.raises(NnlabError, match="name a loss: cross_entropy, bce, mse"):
        LossRule.parse(" ")
    with pytest.raises(NnlabError, match="delta 0 cannot be used: it must be a positive number"):
        LossRule.parse("huber delta=0")


def test_the_number_of_a_loss_reaches_its_arithmetic_and_can_be_changed() -> None:
    data = load("sine")
    run = Run(Network.parse("dense 3 tanh | dense 1", data.input_shape), data, loss="huber delta=0.01")
    run.step()
    assert np.abs(run.array("loss.c")).max() == np.float32(0.01)
    run.set(loss="huber 0.02")
    run.step()
    assert np.abs(run.array("loss.c")).max() == np.float32(0.02)
    assert run.config.loss == "huber delta=0.02"
    run.seek(1)
    assert np.abs(run.array("loss.c")).max() == np.float32(0.01)


def test_a_session_and_its_log_write_a_loss_in_its_normal_form() -> None:
    session = Session()
    for line, loss in (
        ("loss  MSE", "mse"),
        ("loss huber 0.5", "huber delta=0.5"),
        ("loss huber 1", "huber"),
    ):
        session.execute(line)
        assert session.bench.setup.loss == loss
    session.execute('set loss="huber delta=2"')
    assert session.bench.setup.loss == "huber delta=2"
    assert "delta=" in [offer.text for offer in session.complete("loss huber d")]


def test_a_row_of_outputs_stands_for_one_class_by_the_rule_of_its_loss() -> None:
    several = np.array([[0.2, 0.9, 0.9], [3.0, -1.0, 0.0]])
    assert LOSSES["cross_entropy"].chosen(several).tolist() == [1, 0]
    logits = np.array([[0.3], [-0.3], [0.0]])
    assert LOSSES["bce"].chosen(logits).tolist() == [1, 0, 0]
    assert LOSSES["hinge"].chosen(logits).tolist() == [1, 0, 0]
    assert LOSSES["mse"].chosen(logits + 0.4).tolist() == [1, 0, 0]

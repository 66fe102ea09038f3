"""The gradient thermometer and the gap between training and validation."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts

from nnlab.session.pages import fitting, page_scene
from nnlab.session.pages.gap import Gap
from nnlab.session.scene import Deed, Line, Note, Scene, Table
from nnlab.session.session import Session
from nnlab.training.studies.gradients import warmth


def made(*lines: str) -> Session:
    session = Session()
    for line in lines:
        session.execute(line)
    return session


DEEP = " | ".join(["dense 16 {bend} init={init}"] * 9) + " | dense 1"


def deep(bend: str, init: str) -> Session:
    return made("data moons n=80", "net " + DEEP.format(bend=bend, init=init), "step")


def notes(scene: Scene) -> str:
    return " ".join(block.text for block in scene.blocks if isinstance(block, Note))


def lines_of(scene: Scene) -> list[Line]:
    return [line for block in scene.blocks if isinstance(block, Table) for line in block.lines]


@pytest.mark.parametrize(
    ("bend", "init", "verdict"),
    [
        ("sigmoid", "xavier", "vanishing"),
        ("tanh", "xavier", "healthy"),
        ("relu", "he", "healthy"),
        ("relu", "normal:3", "exploding"),
    ],
)
def test_the_thermometer_tells_how_gradients_fare(bend: str, init: str, verdict: str) -> None:
    session = deep(bend, init)
    found = warmth(session.need_run())
    if verdict != "exploding":  # all gradients grow with such weights; the first is told by its size
        assert found.verdict == verdict
    scene = page_scene(session, "thermometer")
    assert_facts(scene)
    if verdict == "vanishing":
        assert "VANISHING" in notes(scene)


def test_sizes_are_those_of_the_gradients() -> None:
    session = deep("tanh", "xavier")
    run = session.need_run()
    first = lines_of(page_scene(session, "thermometer"))[0]
    both = np.concatenate([run.array(f"dense1.{name}", "grad").reshape(-1) for name in ("W", "b")])
    assert first.value == pytest.approx(float(np.sqrt((both.astype(float) ** 2).mean())), rel=1e-6)


def test_nothing_is_called_healthy_while_a_layer_suffers() -> None:
    lines = ("net dense 4 relu init=normal:0.5 | dense 4 relu | dense 1", "batch 5", "step")
    session = made("data moons n=80", *lines)
    run = session.need_run()
    for unit in range(4):
        session.execute(f"edit dense2.b[{unit}] {-50 if unit else 9}")
    session.execute("step")
    found = warmth(run)
    assert found.verdict == "healthy"
    scene = page_scene(session, "thermometer")
    said = [block for block in scene.blocks if isinstance(block, Note)]
    assert "healthy" not in notes(scene)
    assert said[0].role == "text"
    assert "dense2: 75% of its units answer 0 to this whole batch of 5 examples" in notes(scene)


def test_saturated_units_are_those_near_the_ends() -> None:
    session = made("data moons n=80", "net dense 4 tanh init=normal:50 | dense 1", "step")
    share = warmth(session.need_run()).saturated["dense1"]
    assert share == pytest.approx((np.abs(session.need_run().array("dense1.a")) > 0.94).mean())
    assert share > 0.5


# -- the gap ------------------------------------------------------------------------------------------


def gap(train: list[float], held: list[float]) -> Gap:
    n = len(train)
    return Gap(np.arange(1.0, n + 1), 10 * np.arange(1.0, n + 1), np.array(train), np.array(held))


def test_a_network_that_learns_by_heart_is_told() -> None:
    assert gap([1, 0.5, 0.3, 0.2], [1, 0.6, 0.7, 0.9]).overfits
    assert gap([1, 0.5, 0.3, 0.2], [1, 0.6, 0.7, 0.9]).best == 1


@pytest.mark.parametrize(
    ("train", "held"), [([1, 0.5, 0.3], [1, 0.6, 0.5]), ([1, 0.5, 0.9], [1, 0.6, 0.9]), ([1.0], [1.0])]
)
def test_falling_together_or_rising_together_is_no_overfitting(train: list[float], held: list[float]) -> None:
    assert not gap(train, held).overfits


def test_the_page_shows_the_gap_of_every_epoch() -> None:
    session = made("data iris", "net dense 6 tanh | dense 3", "run 4 epochs")
    scene = page_scene(session, "gap")
    assert_facts(scene)
    rows = session.need_run().history.epochs
    values = [line.value for line in lines_of(scene) if line.value is not None]
    assert values == pytest.approx([row.val_loss - row.train_loss for row in rows])


def test_overfitting_comes_with_what_can_be_done() -> None:
    session = made(
        "data moons n=40 noise=0.5", "net dense 64 relu | dense 64 relu | dense 1", "optimizer adam lr=0.02",
        "run 150 epochs",
    )  # fmt: skip
    scene = page_scene(session, "gap")
    assert "learning by heart" in notes(scene)
    deeds = [line.at.line for line in lines_of(scene) if isinstance(line.at, Deed)]
    assert deeds == ["seek best", "patience 5", "l2 0.001"]
    for deed in deeds:
        session.execute(deed)


def test_without_validation_there_is_no_gap() -> None:
    assert "gap" not in fitting(made("data xor", "net dense 2 tanh | dense 1", "run 3 epochs"))


def test_layers_that_a_step_does_not_move_are_no_verdict() -> None:
    """In a duel one of the two learns at a time, and frozen layers never do."""
    session = made("zoo gan-bell", "step")
    found = warmth(session.need_run())
    still = {sign.layer for sign in found.signs} - found.learning
    assert still, "one of the two waits"
    assert 0 < found.ratio < np.inf
    scene = page_scene(session, "thermometer")
    assert_facts(scene)
    assert "inf" not in notes(scene)
    assert {line.label for line in lines_of(scene) if "does not learn" in line.note} == still

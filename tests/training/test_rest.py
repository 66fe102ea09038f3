"""What is known after a change: settings leave the last step on show, an edit only the weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nnlab.data import load
from nnlab.network import Network
from nnlab.session.text import render_diagnostics
from nnlab.training import Run
from tests.training import stream_steps

TEXT = "dense 4 | batchnorm | tanh | dropout 0.2 | dense 1"


@pytest.fixture
def run() -> Run:
    data = load("moons n=60 split=30/15/15 seed=3")
    made = Run(Network.parse(TEXT, data.input_shape), data, optimizer="adam lr=0.1", clip="norm 0.1")
    made.step(3)
    return made


def everything(run: Run) -> dict[str, Any]:
    names = [*run.program.values, *(f"{name}.grad" for name in run.program.gradients)]
    arrays = {name: run.array(*split(name)).copy() for name in names}
    parts = ("used", "step", "new", "m", "m.new", "v.new")
    return arrays | {f"dense1.W.{part}": run.array("dense1.W", part).copy() for part in parts}


def split(name: str) -> tuple[str, str]:
    return (name.removesuffix(".grad"), "grad") if name.endswith(".grad") else (name, "")


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(
    "change",
    [
        {"lr": 0.5},
        {"optimizer": "sgd lr=0.5"},
        {"schedule": "cosine 100"},
        {"clip": "none"},
        {"l2": 0.1},
        {"batch_size": 7},
        {"freeze": "dense1"},
        {"loss": "hinge"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_settings_leaves_the_last_step_on_show(
    run: Run, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, told, signs = everything(run), run.explain("dense1.W[0,1].step").numbers(), run.diagnostics()
    settled = run.settled_theta().copy()
    monkeypatch.setattr(Run, "branch", None)  # nothing is computed again for it
    run.set(**change)
    assert np.array_equal(run.store.theta, settled)
    shown = run.on_show
    assert shown is not run
    assert same(everything(shown), before)
    assert shown.explain("dense1.W[0,1].step").numbers() == told
    assert [sign.update for sign in run.diagnostics()] == [sign.update for sign in signs]
    assert shown.tape.position == len(shown.events)
    assert np.array_equal(shown.batch_indices, run.data.split.train[run.order.batch(3)])


def test_several_changes_leave_it_there_until_the_next_step(run: Run) -> None:
    before = everything(run)
    run.set(lr=0.5)
    run.set(batch_size=5)
    run.set(lr=0.01)
    assert same(everything(run.on_show), before)
    run.step()
    assert run.on_show is run
    run.settle()
    assert run.on_show.step_count == 4


def test_numbers_on_show_explain_each_other_and_say_which_step_they_are_of(run: Run) -> None:
    run.set(lr=0.5)
    shown = run.on_show
    for text in ("dense1.z[2,1]", "batchnorm1.next_mean[0]", "dense2.W[1,0].grad", "dense1.b[0].step"):
        answer = shown.explain(text)
        assert answer.evaluate(shown.value) == pytest.approx(answer.value, rel=1e-4, abs=1e-6), text
    assert "of step 3" in run.rest.noted(shown.explain("dense1.z[2,1]")).note
    assert shown.check("dense2.W[0,0]").agrees


def test_after_an_edit_the_weights_are_known_and_what_hangs_on_them_is_not(run: Run) -> None:
    run.set(lr=0.5)
    run.edit("dense1.W[0,1]", 2.5)
    assert run.on_show is run
    assert run.value("dense1.W[0,1]") == 2.5
    assert not run.pending
    assert all(np.isnan(sign.ratio) and sign.healthy for sign in run.diagnostics())
    assert "?" in render_diagnostics(run.diagnostics())[2]
    run.step()
    run.set(lr=0.1)
    assert run.on_show is not run


def test_a_state_on_show_is_the_one_the_step_began_with() -> None:
    run = stream_steps.run_of("lstm")
    run.step(4)
    began = run.array("lstm1.c0").copy()
    run.set(lr=0.5)
    assert np.array_equal(run.on_show.array("lstm1.c0"), began)
    assert not np.array_equal(run.store.streams["lstm1.c0"], began)


def test_a_restored_run_computes_its_last_step_again_to_show_it(run: Run) -> None:
    before, state = everything(run), run.state()
    other = Run(Network.parse(TEXT, run.data.input_shape), run.data, optimizer="adam lr=0.1", clip="norm 0.1")
    other.restore(state)
    assert same(everything(other.on_show), before)

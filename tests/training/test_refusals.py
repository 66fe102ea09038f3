"""What a run cannot do is said in one sentence, and changes nothing."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.engine import memory
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run
from tests.training.conftest import make_run


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seed": "abc"}, "seed 'abc' must be a whole number"),
        ({"seed": 1.5}, r"seed 1\.5 must be a whole number"),
        ({"batch_size": True}, "batch size True must be a whole number"),
        ({"l1": "0.1"}, r"l1 0\.1 must be 0 or a positive number"),
        ({"optimizer": 0.1}, r"optimizer must be a text such as “adam lr=0\.01”, not 0\.1"),
    ],
)
def test_a_setting_of_the_wrong_kind_is_refused(
    moons: Dataset, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(NnlabError, match=message):
        make_run(moons, **settings)


def test_whole_numbers_of_numpy_are_whole_numbers(moons: Dataset) -> None:
    run = make_run(moons, batch_size=np.int64(7), seed=np.int32(3))
    run.step(np.int64(2))
    assert (run.step_count, run.config.batch_size, type(run.config.seed)) == (2, 7, int)


def test_the_name_of_a_data_set_is_not_a_data_set() -> None:
    with pytest.raises(NnlabError, match=r"a Dataset, not on 'xor'; nnlab\.datasets\.load"):
        Run(Network.parse("dense 1", 2), "xor")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda r: r.step(0), "steps 0 must be 1 or more"),
        (lambda r: r.train(steps=1.5), r"steps 1\.5 must be a whole number"),
        (lambda r: r.train(epochs=-1), "epochs -1 must be 1 or more"),
        (lambda r: r.train(until="step = 3"), "“step = 3” will not come: this run is at step 4"),
        (lambda r: r.train(until="epoch = 1"), "“epoch = 1” will not come: this run is at epoch 1"),
        (lambda r: r.train(until="step = 9.5"), "“step = 9.5” can never hold: steps are counted 1, 2, 3"),
        (lambda r: r.train(until="dead(dense9) > 1%"), "no layer “dense9”"),
        (lambda r: r.train(until="dead(dense2) > 1%"), "dense2 has no relu"),
        (lambda r: r.train(until="|grad(dropout1)| > 1"), "dropout1 has no parameters"),
        (lambda r: r.train(until="val_r2 > 0.9"), "this run measures accuracy"),
        (lambda r: r.train(until="dead > 1%"), "dead needs a layer"),
        (lambda r: r.set(loss="nonsense"), "“nonsense” is not a loss"),
        (lambda r: r.set(loss="cross_entropy"), "two classes"),
        (lambda r: r.set(batch_size=0), "batch size 0"),
        (lambda r: r.set(seed=2), "seed is fixed"),
        (lambda r: r.edit("dense1.W[0,0]", "a"), "a is not a finite number of float32"),
        (lambda r: r.edit("dense1.W[0,0]", 1e300), r"1e\+300 is not a finite number of float32"),
        (lambda r: r.edit("dense1.W[0,0]", math.nan), "nan is not a finite number"),
        (lambda r: r.edit("dense1.z[0,0]", 1.0), "not a parameter"),
        (lambda r: r.array("dense1.W", "foo"), r"dense1\.W has no part “foo”; it has grad, used, m, m\.new"),
        (lambda r: r.predict("abc"), "predict takes rows of numbers"),
        (lambda r: r.predict([[1, 2], [1]]), "predict takes rows of numbers"),
        (lambda r: r.predict([1.0, 2.0]), "predict takes examples of shape 2"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    moons: Dataset, do: Callable[[Run], object], message: str
) -> None:
    run, other = make_run(moons, batch_size=16), make_run(moons, batch_size=16)
    for r in (run, other):
        r.train(steps=4)
    with pytest.raises(NnlabError, match=message):
        do(run)
    assert (run.step_count, run.last_step, run.changes) == (4, 4, [])
    for r in (run, other):
        r.train(steps=7)
        r.seek(6)
    assert run.settled_theta().tobytes() == other.settled_theta().tobytes()


@pytest.mark.parametrize("until", ["dead(dense9) > 1%", "val_r2 > 0.9"])
def test_a_condition_that_can_never_hold_is_refused_before_the_first_step(moons: Dataset, until: str) -> None:
    run = make_run(moons)
    with pytest.raises(NnlabError):
        run.train(until=until)
    assert run.step_count == 0


def test_the_norm_of_the_whole_gradient_stops_a_run(moons: Dataset) -> None:
    run = make_run(moons, batch_size=16)
    stop = run.train(until="|grad| < 1e9")
    assert (stop.reason, stop.step) == ("condition", 1)
    assert "|grad| < 1e+09" in stop.text
    assert run.value("gradient.norm") < 1e9


def test_a_diverged_run_can_be_looked_at_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for dtype in ("float32", "float64"):
            run = make_run(
                load("moons"), "dense 3 relu | dense {k}", optimizer="sgd lr=1e30", dtype=dtype, l2=1.0
            )
            assert run.train(epochs=10).reason == "nan"
            for name in list(run.program.values):
                for part in ("", "grad") if name in run.program.gradients else ("",):
                    index = (0,) * run.array(name, part).ndim
                    explanation = run.explain(
                        run.program.address(name + (str([*index]) if index else "")).of(part)
                    )
                    assert explanation.symbols()
                    assert explanation.numbers()
                    explanation.evaluate(run.value)
                    explanation.tolerance(1e-7)
                    list(explanation.terms)
            for part in ("used", "step", "new"):
                run.explain(f"dense1.W[0,0].{part}").numbers()
            run.explain("gradient.norm").numbers()
            run.diagnostics()
            run.predict(run.data.x[:3])
            run.evaluate("validation")
            run.check("dense1.W[0,0]")
            run.nudge("dense1.W[0,0]", 1.0)
            run.step()


def test_a_parameter_that_overflows_in_an_update_is_told_as_such() -> None:
    run = make_run(load("xor"), "dense 3 tanh | dense {k}", optimizer="sgd lr=1e300")
    stop = run.train(steps=50)
    assert (stop.reason, stop.step) == ("nan", 2)
    assert "in the update before this step; a smaller learning rate" in stop.text


def test_a_run_that_cannot_be_held_is_refused_before_its_state_is_made(
    moons: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = Network.parse("dense 100000 relu | dense 1", 2)
    assert network.parameters
    monkeypatch.setattr(memory, "available_bytes", lambda: 10_000_000)
    with pytest.raises(NnlabError, match=r"optimiser state and keyframes of 400,001 parameters need 12.8 MB"):
        Run(network, moons, optimizer="adam")
    monkeypatch.setattr(memory, "available_bytes", lambda: 4_000_000)
    with pytest.raises(NnlabError, match="initial weights of 400,001 parameters"):
        _ = Network.parse("dense 100000 relu | dense 1", 2).parameters


def test_an_answer_at_every_step_for_one_label_is_told_how_to_mend() -> None:
    data = load("waves n=40")
    network = Network.parse("rnn 4 all | dense 3", data.input_shape)
    with pytest.raises(NnlabError, match="an answer at each of 24 steps, and each example has one target"):
        Run(network, data).step()

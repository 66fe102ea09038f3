"""Pruning, rounding and taking units out are changes of a run: recorded, replayed, taken back."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset, load
from nnlab.errors import NnlabError
from nnlab.network import Network, shrink
from nnlab.session import Session
from nnlab.training import Run


@pytest.fixture(scope="module")
def moons() -> Dataset:
    return load("moons n=60 seed=1")


def make(data: Dataset) -> Run:
    return Run(Network.parse("dense 6 tanh | dense 1", 2), data, batch_size=16, optimizer="adam lr=0.03")


@pytest.mark.parametrize("text", ["prune 0.5", "quantise 4", "ablate dense1 1 4"])
def test_seeking_past_a_surgery_and_back_comes_to_the_same_bits(moons, text):
    run = make(moons)
    run.train(steps=9)
    run.operate(text)
    operated = run.settled_theta().copy()
    run.train(steps=7)
    end = run.settled_theta().tobytes()
    run.seek(3)
    run.seek(16)
    assert run.settled_theta().tobytes() == end
    fresh = make(moons)
    fresh.changes = run.changes
    fresh.replay(9)
    fresh.settle()
    assert fresh.settled_theta().tobytes() == operated.tobytes()
    branch = run.branch()
    assert branch.settled_theta().tobytes() == end


def test_what_is_recorded_is_what_the_copies_compute(moons):
    run = make(moons)
    run.train(steps=5)
    expected = shrink.pruned(run.network, 0.3).theta
    run.operate("prune 0.3")
    assert np.array_equal(run.settled_theta(), expected)


def test_units_put_back_have_their_numbers_again(moons):
    run = make(moons)
    run.train(steps=5)
    before = run.settled_theta().copy()
    run.operate("ablate dense1 0 3")
    run.operate("ablate dense1 5")
    assert not run.network.values("dense1.a", moons.x)[:, [0, 3, 5]].any()
    assert run.put_back("dense1", [3]) == ["dense1[3]"]
    assert run.network.values("dense1.a", moons.x)[:, 3].any()
    assert sorted(run.put_back()) == ["dense1[0]", "dense1[5]"]
    assert np.array_equal(run.settled_theta(), before)


def test_units_come_back_to_what_was_changed_at_the_same_step_before(tmp_path):
    session = played(None, "prune 0.5", "edit dense1.W[0,2] 0.25", "quantise 6")
    before = session.run.settled_theta().copy()
    for action in ("ablate dense1 2", "ablate dense1 4", "restore"):
        session.execute(action)
    assert np.array_equal(session.run.settled_theta(), before)


def test_units_come_back_after_training_went_on(moons):
    run = make(moons)
    run.train(steps=5)
    run.settle()
    column = run.array("dense1.W")[:, 2].copy()
    run.operate("ablate dense1 2")
    run.train(steps=6)
    run.put_back()
    assert np.array_equal(run.array("dense1.W")[:, 2], column)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prune 1.5", "between 0 and 1"),
        ("quantise 1", "2 to 16 bits"),
        ("ablate dense1 6", "units 0 to 5"),
        ("ablate dense1 2 2", "taken out already"),
        ("shake 3", "nothing that is done"),
        ("", "nothing that is done"),
        ("prune", "write it as “prune 0.5”"),
        ("prune half", "write it as “prune 0.5”"),
        ("quantise 8 4", "write it as “quantise 8”"),
        ("ablate", "write it as “ablate dense1 3”"),
        ("ablate dense1", "write it as “ablate dense1 3”"),
        ("ablate dense1 x", "write it as “ablate dense1 3”"),
    ],
)
def test_what_cannot_be_done_is_answered_and_changes_nothing(moons, text, said):
    run = make(moons)
    run.train(steps=3)
    before = run.settled_theta().copy()
    with pytest.raises(NnlabError, match=said):
        run.operate(text)
    assert np.array_equal(run.settled_theta(), before)
    assert not run.changes
    with pytest.raises(NnlabError, match="nothing is taken out"):
        run.put_back("dense1")


@pytest.mark.parametrize("optimizer", ["sgd lr=0.2", "momentum lr=0.1", "adamw lr=0.05"])
def test_pruned_weights_stay_pruned_while_training_goes_on(moons, optimizer):
    run = make(moons)
    run.set(optimizer=optimizer)
    run.train(steps=6)
    run.operate("prune 0.5")
    zeros = {name: run.array(name) == 0 for name in ("dense1.W", "dense2.W")}
    run.train(steps=10)
    run.settle()
    for name, pruned in zeros.items():
        assert not run.array(name)[pruned].any()
        assert run.array(name)[~pruned].all()
    run.set(sparse=False)
    run.train(steps=2)
    run.settle()
    assert all(run.array(name).all() for name in zeros)


@pytest.mark.parametrize("bounds", [{}, {"maxnorm": 0.5}])
def test_a_held_zero_is_explained_to_its_number(moons, bounds):
    run = make(moons)
    run.set(clip="norm 0.5", **bounds)
    run.train(steps=6)
    run.operate("prune 0.5")
    run.train(steps=3)
    zero, other = (
        next(zip(*np.nonzero(found))) for found in (run.array("dense1.W") == 0, run.array("dense1.W") != 0)
    )
    for place in (zero, other):
        for part in ("step", "new", *(["moved", "norm"] if bounds else [])):
            found = run.explain(f"dense1.W[{place[0]},{place[1]}].{part}")
            assert found.evaluate() == pytest.approx(found.value, rel=1e-5, abs=1e-7), part
    assert " ≠ 0]" in run.explain(f"dense1.W[{zero[0]},{zero[1]}].{'moved' if bounds else 'new'}").symbols()
    assert " ≠ 0]" not in run.explain("dense1.b[0].new").symbols()
    expected = run.settled_theta().copy()
    run.train(steps=1)
    assert run.store.theta.tobytes() == expected.tobytes()


# ---------------------------------------------------------------------- as actions


def played(path, *lines: str) -> Session:
    session = Session(path)
    for line in ("data moons n=60", "net dense 6 tanh | dense 1", "run 20 steps", *lines):
        session.execute(line)
    return session


ACTIONS = ("prune 0.5", "run 4 steps", "ablate dense1 2 3", "quantise", "run 3 steps", "restore dense1 2")


def test_the_knob_shows_what_pruning_turned_on_and_undo_turns_it_off():
    session = played(None, "prune 0.5")
    assert session.bench.setup.sparse
    assert ["sparse", "zeros", "stay"] in [line.split() for line in session.execute("show setup").lines]
    session.execute("undo")
    assert not session.bench.setup.sparse


def test_a_session_comes_back_with_what_was_operated_and_undo_takes_it_back(tmp_path):
    session = played(tmp_path / "a.nnl", *ACTIONS)
    end = session.run.settled_theta().tobytes()
    session.close()
    for keyframe in (True, False):
        if not keyframe:
            (tmp_path / "a.nnl.keyframe").unlink()
        again = Session.resume(tmp_path / "a.nnl")
        assert again.run.settled_theta().tobytes() == end
        assert "dense1 3" in _refused(again, "restore dense1 2")
        again.close()
    again = Session.resume(tmp_path / "a.nnl")
    for _action in ACTIONS:
        again.execute("undo")
    plain = played(tmp_path / "b.nnl")
    assert again.run.settled_theta().tobytes() == plain.run.settled_theta().tobytes()


def _refused(session: Session, action: str) -> str:
    with pytest.raises(NnlabError) as caught:
        session.execute(action)
    return str(caught.value)


def test_scores_before_and_after_are_told(tmp_path):
    session = played(None)
    whole = session.run.evaluate("validation")
    found = session.execute("prune 1").payload
    assert found.before.loss == whole.loss
    assert found.after.loss == session.run.evaluate("validation").loss
    assert found.zeros == 1
    session.execute("run 5 steps")
    assert session.run.network.parameters["dense1.W"].any() == 0
    session.execute("undo")
    assert "100.0%" in " ".join(session.execute("undo").lines + session.execute("prune 1").lines)

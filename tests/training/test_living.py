"""Live data: the batch of a step is a function of (parameters at its start, seed, step), and is explained."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from nnlab.classic.episodes import Episode
from nnlab.classic.worlds import world
from nnlab.data import Dataset, load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.session import Session
from nnlab.training import Run
from tests.training.test_time import assert_same, snapshot

WALKS = "grid4-walks n=12 length=10"


def walking(text: str = "dense 6 tanh | dense 4", spec: str = WALKS, **settings: Any) -> Run:
    data = load(spec)
    network = Network.parse(text, data.input_shape, inputs=data.shapes)
    return Run(network, data, **{"batch_size": 5, "optimizer": "adam lr=0.05", **settings})


@pytest.fixture(scope="module")
def run() -> Run:
    made = walking()
    made.step(3)
    return made


# ---------------------------------------------------------------------- time


@pytest.mark.parametrize("spec", [WALKS, "few-digits labels=40 sure=0.2 after=2"])
def test_seeking_makes_the_very_batches_of_the_first_time(spec: str) -> None:
    outputs = 4 if spec == WALKS else 10
    run = walking(f"dense 6 tanh | dropout 0.2 | dense {outputs}", spec)
    seen = {}
    for step in range(1, 15):
        run.step()
        seen[step] = snapshot(run)
    for step in (14, 1, 7, 3, 13, 4):
        run.seek(step)
        assert_same(snapshot(run), seen[step])


def test_other_parameters_make_another_batch_and_replay_it() -> None:
    run = walking()
    run.train(steps=4)
    before = run.array("target").copy()
    run.seek(2)
    run.edit("dense2.b[3]", 6.0)
    run.train(steps=2)
    after, policy = run.array("target").copy(), run.array("policy").copy()
    assert (after == 3).mean() > (before == 3).mean()
    run.seek(1)
    run.seek(4)
    assert np.array_equal(run.array("target"), after)
    twin = run.branch(4)
    assert np.array_equal(twin.array("policy"), policy)


def test_measuring_does_not_change_the_run() -> None:
    one, other = walking(), walking()
    one.train(steps=3)
    for _step in range(3):
        other.step()
        other.evaluate("train")
    assert one.settled_theta().tobytes() == other.settled_theta().tobytes()
    assert other.evaluate("train") == other.evaluate("train")


@pytest.mark.parametrize("spec", [WALKS, "few-digits labels=40 sure=0.2 after=2"])
def test_a_run_goes_on_from_a_saved_state_with_the_same_batches(spec: str) -> None:
    text = f"dense 6 tanh | dense {4 if spec == WALKS else 10}"
    run, again = walking(text, spec), walking(text, spec)
    run.train(steps=7)
    again.restore(run.state())
    run.train(steps=3)
    again.train(steps=3)
    assert_same(snapshot(again), snapshot(run))


def test_walks_differ_from_step_to_step_and_those_that_measure_do_not() -> None:
    run = walking(optimizer="sgd lr=1e-30")  # nothing is learnt
    seen, measured = [], []
    for _step in range(3):
        run.step()
        seen.append(run.array("draws").tobytes())
        measured.append(run.evaluate("train"))
    assert len(set(seen)) == 3
    assert measured[0] == measured[1] == measured[2]


def test_a_session_done_again_walks_the_same_way() -> None:
    lines = ["seed 3", f"data {WALKS}", "net dense 4", "batch 4", "run 2 epochs", "set lr=0.1", "run 5 steps"]
    thetas = []
    for _session in range(2):
        session = Session()
        for line in lines:
            session.execute(line)
        thetas.append(session.need_run().settled_theta().tobytes())
    assert thetas[0] == thetas[1]


# ---------------------------------------------------------------------- what a batch of walks is


def test_walks_obey_the_world(run: Run) -> None:
    place = world("grid4")
    x, actions, rewards = (run.array(name) for name in ("input", "target", "rewards"))
    for n in range(len(x)):
        state, done = place.start, False
        for t, action in enumerate(actions[n]):
            if done:
                assert action == -1
                assert not x[n, t].any()
                assert rewards[n, t] == 0
                continue
            assert x[n, t].tolist() == np.eye(place.states)[state].tolist()
            state, reward, done = place.step(state, int(action))
            assert rewards[n, t] == np.float32(reward)


def test_actions_follow_the_policy_of_the_step(run: Run) -> None:
    done = run.array("target") >= 0
    assert np.allclose(run.array("policy")[done], run.array("loss.p")[done], atol=1e-6)
    assert (run.array("policy")[~done] == 0).all()
    chosen = (run.array("policy").cumsum(2)[..., :-1] <= run.array("draws")[..., None]).sum(2)
    assert np.array_equal(chosen[done], run.array("target")[done])


def test_returns_are_those_of_the_episodes(run: Run) -> None:
    for n, rewards in enumerate(run.array("rewards")):
        count = int((run.array("target")[n] >= 0).sum())
        episode = Episode((0,) * count, (0,) * count, tuple(map(float, rewards[:count])), 0, True)
        assert run.array("returns.G")[n, :count] == pytest.approx(episode.returns(0.9), abs=1e-6)


def test_every_number_of_a_walk_is_explained(run: Run) -> None:
    tape = [name for event in run.events for name in event.writes if name in run.program.graph.values]
    assert {"input", "target", "rewards", "policy", "draws", "returns.G", "baseline.A", "loss"} <= set(tape)
    for name in (*tape, "baseline.b", "loss.nll", "loss.each"):
        array = run.array(name)
        for index in list(np.ndindex(array.shape))[:: max(1, array.size // 40)]:
            explained = run.explain(run.address(f"{name}[{','.join(map(str, index))}]" if index else name))
            assert explained.formula
            if explained.expression is None:
                assert explained.note
            else:
                assert abs(explained.evaluate(run.value) - array[index]) <= explained.tolerance(2**-23)


def test_the_choice_of_an_action_is_explained_to_the_number(run: Run) -> None:
    actions = run.array("target")
    for n, t in np.argwhere(actions >= 0):
        assert run.explain(f"target[{n},{t}]").evaluate(run.value) == actions[n, t]


def test_gradients_of_a_policy_agree_with_central_differences(run: Run) -> None:
    assert run.check("dense1.W[12,1]").agrees
    assert run.check("dense2.b[2]").agrees


def test_the_tape_makes_the_batch_first() -> None:
    run = walking()
    run.forward("operation")
    assert run.tape.position == 1
    assert run.tape.current.writes == ("input", "target", "rewards", "draws", "policy")  # type: ignore[union-attr]
    assert run.tape.known(run.address("target[0,0]"))
    run.back("operation")
    assert not run.tape.known(run.address("target[0,0]"))


def test_reward_is_measured_and_can_be_waited_for() -> None:
    run = walking("dense 4", "grid4-walks n=64 length=30", batch_size=32, optimizer="adam lr=0.05")
    stop = run.train(epochs=200, until="train_reward > 0.5")
    assert stop.reason == "condition"
    assert run.history.metric == "reward"
    assert run.evaluate("train").metric == run.history.epochs[-1].train_metric > 0.5


def test_the_example_that_is_followed_is_told_moment_by_moment() -> None:
    session = Session()
    for line in (f"data {WALKS}", "net dense 4", "step"):
        session.execute(line)
    lines = session.execute("show example").lines
    run = session.need_run()
    place = int(re.search(r"row (\d+) of the batch", lines[1])[1])  # type: ignore[index]
    did = ("up", "right", "down", "left")[int(run.array("target")[place, 0])]
    assert "G" in lines[2].split()
    assert lines[4].split()[:3] == ["0", "12", did]
    assert lines[4].split()[5] == f"{float(run.array('returns.G')[place, 0]):.4g}"
    assert len(lines) == 4 + (run.array("target")[place] >= 0).sum()


# ---------------------------------------------------------------------- labels of its own


def test_a_network_labels_what_it_is_sure_of() -> None:
    early = walking("dense 10", "few-digits sure=0.1 after=2", batch_size=64)
    early.train(steps=2)
    assert (early.array("target")[:, 1] == -1).all()
    early.step()
    assert (early.array("target")[:, 1] >= 0).all()
    run = walking("dense 10", "few-digits sure=0.4 after=2", batch_size=64)
    run.train(steps=10)
    p, target, sure = run.array("loss.p")[:, 1], run.array("target"), run.array("confidence")[:, 0]
    assert sure == pytest.approx(p.max(1), abs=1e-6)
    assert np.array_equal(target[:, 1], np.where(sure > 0.4, p.argmax(1), -1))
    assert 0 < (target[:, 1] >= 0).mean() < 1
    assert (target[:, 0] >= 0).all()
    for n in range(8):
        assert run.explain(f"target[{n},1]").evaluate(run.value) == target[n, 1]


def test_labels_of_its_own_are_scored_by_the_truth_that_was_held_back() -> None:
    live = load("few-digits").live
    assert live is not None
    truth = np.array([[3.0], [5.0], [7.0]])
    said = np.array([[0, 3], [0, 4], [0, -1]])
    assert live.score({"target": said, "truth": truth}) == 0.5
    assert np.isnan(live.score({"target": np.full((3, 2), -1), "truth": truth}))


def test_few_labels_are_of_all_digits_and_the_truth_is_held_back() -> None:
    data = load("few-digits labels=30")
    given = data.y[data.split.train, 0]
    assert np.bincount(given[:30]).tolist() == [3] * 10
    assert np.array_equal(given[:30], given[30:60])
    assert (data.y[data.split.train, 1] == -1).all()
    assert (data.y[data.split.test] == np.stack([np.full(360, -1), load("digits").part("test")[1]], 1)).all()
    assert "truth" not in {v.name for op in walking("dense 10", "few-digits").machine.graph.operations
                           for v in op.inputs}  # fmt: skip


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize("text", ["gru 4 all bi | dense 4", "dense 8 | attention 2 | dense 4"])
def test_a_policy_may_not_look_ahead(text: str) -> None:
    with pytest.raises(NnlabError, match="depends on what comes later"):
        walking(text)


@pytest.mark.parametrize("text", ["rnn 4 all | dense 4", "dense 8 | attention 2 causal | dense 4"])
def test_a_policy_may_look_back(text: str) -> None:
    walking(text).step()


def test_what_live_data_cannot_do_is_said_in_one_sentence(digits: Dataset) -> None:
    with pytest.raises(NnlabError, match="cannot be augmented"):
        walking(augment="noise:0.1")
    with pytest.raises(NnlabError, match="have no “rewards”; choose data that are walks"):
        walking("dense 10", "few-digits", loss="reinforce")
    with pytest.raises(NnlabError, match="reinforce"):
        Run(Network.parse("dense 10", digits.input_shape), digits, loss="reinforce")
    session = Session()
    for line in (f"data {WALKS}", "net dense 4", "step"):
        session.execute(line)
    with pytest.raises(NnlabError, match="made anew by every network"):
        session.execute("landscape dense1.W[0,0]")


def test_where_nothing_is_held_back_the_metric_of_training_is_told() -> None:
    session = Session()
    for line in (f"data {WALKS}", "net dense 4", "batch 6"):
        session.execute(line)
    told = session.execute("run 2 epochs").lines[-1]
    row = session.need_run().history.epochs[-1]
    assert told == f"epoch 2: loss {row.train_loss:.4f}, reward {row.train_metric:.4f}"

"""Small worlds, and what can be learnt in them from rewards alone."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.classic import episodes, qlearning, worlds
from nnlab.errors import NnlabError
from tests.classic.conftest import holds

GRID, CORRIDOR, NIM = (worlds.world(name) for name in ("grid4", "corridor6", "nim12"))
every_world = pytest.mark.parametrize("world", worlds.WORLDS.values(), ids=list(worlds.WORLDS))


def learnt(world, episodes, **settings):
    *_updates, last = qlearning.learn(world, episodes, **settings)
    return last.q


@every_world
def test_legal_actions_lead_to_states_and_episodes_end(world):
    for state in range(world.states):
        for action in world.legal(state):
            after, reward, done = world.step(state, action)
            assert 0 <= after < world.states
            assert abs(reward) <= 1
            assert done == (not world.legal(after))
    assert world.legal(world.start)


@every_world
def test_an_episode_is_a_function_of_seed_and_number(world):
    def policy(state, draw):
        return episodes.pick(world.legal(state), draw)

    first, again = (episodes.play(world, policy, 3, 5) for _ in range(2))
    assert first == again
    assert len({episodes.play(world, policy, 3, n).actions for n in range(20)}) > 3
    assert len(first.actions) <= world.limit


def test_walls_and_edges_hold_and_the_goal_pays():
    start = GRID.start
    assert GRID.cell(start) == "S"
    up, right, down, left = range(4)
    assert GRID.step(start, left) == (start, -0.04, False)
    assert GRID.step(start, up) == (8, -0.04, False)
    assert GRID.step(8, right) == (8, -0.04, False)  # a wall
    assert GRID.step(2, right) == (3, 1.0, True)
    assert GRID.step(11, up) == (7, -1.0, True)
    assert GRID.step(6, down) == (10, -0.04, False)


def test_on_slippery_ground_a_share_of_steps_goes_to_the_sides():
    ice = worlds.GridWorld(("...", ".S.", "..."), slip=0.2)
    draws = (np.arange(1000) + 0.5) / 1000
    after = [ice.step(4, 0, draw).state for draw in draws]
    assert {state: after.count(state) for state in set(after)} == {1: 800, 5: 100, 3: 100}


def test_values_spread_from_the_goal():
    *sweeps, last = qlearning.sweep(GRID)
    first = sweeps[0].max(1)
    assert first[2] == 1  # beside the goal
    assert first[GRID.start] == pytest.approx(-0.04)
    best = last.max(1)
    assert [round(float(best[s]), 3) for s in (2, 1, 0, 4, 8, 12)] == [1.0, 0.86, 0.734, 0.621, 0.519, 0.427]
    path = -0.04 * sum(0.9**n for n in range(5)) + 0.9**5
    assert best[GRID.start] == pytest.approx(path)


@pytest.mark.parametrize("seed", range(20))
def test_q_learning_finds_the_shortest_way_in_50_episodes(seed):
    path = qlearning.greedy_path(GRID, learnt(GRID, 50, seed=seed))
    assert GRID.cell(path[-1]) == "G"
    assert len(path) == 7


def test_greed_is_trapped_by_the_near_reward():
    def far(epsilon):
        tables = [learnt(CORRIDOR, 100, epsilon=epsilon, seed=seed) for seed in range(30)]
        return sum(bool(q[1, 1] > q[1, 0]) for q in tables)

    assert far(0.0) <= 3
    assert far(0.5) >= 12
    *_sweeps, q = qlearning.sweep(CORRIDOR)
    assert q[CORRIDOR.start].tolist() == pytest.approx([0.2, 0.729])


@pytest.mark.parametrize("seed", range(5))
def test_two_players_who_are_one_learn_to_leave_a_multiple_of_four(seed):
    q = learnt(NIM, 3000, alpha=0.3, epsilon=0.3, gamma=1.0, seed=seed)
    for stones in range(1, 13):
        if stones % 4:
            assert qlearning.best(NIM, q, stones) == [stones % 4 - 1]
            assert q[stones, stones % 4 - 1] > 0.9
        else:
            assert q[stones, list(NIM.legal(stones))].max() < -0.9


def test_an_update_is_the_one_of_the_book():
    """Q = 2, α = ½, r = −1, γ = 0.9 and a best next value of 4 make 2.3."""
    q = np.zeros((16, 4))
    q[12, 1], q[13] = 2.3, [1, 4, 0, 2]
    update = qlearning.Update(0, 0, 12, 1, -1.0, 13, False, False, 2.0, 2.6, q)
    shown = qlearning.explain_update(GRID, update, 0.5, 0.9)
    assert shown.evaluate() == pytest.approx(2.3)
    assert shown.symbols() == "Q[12,1] + α·(r + γ·max(Q[13,0], Q[13,1], Q[13,2], Q[13,3]) − Q[12,1])"


@every_world
def test_every_update_is_explained(world):
    ended = 0
    for update in qlearning.learn(world, 10, alpha=0.3, gamma=0.8, epsilon=0.5, seed=2):
        assert holds(qlearning.explain_update(world, update, 0.3, 0.8), update.after)
        ended += update.done
        if update.done:
            assert update.target == update.reward
    assert ended


def test_a_policy_without_exploring_only_breaks_ties_by_draw():
    updates = list(qlearning.learn(GRID, 5, epsilon=0.0, seed=1))
    assert not any(update.explored for update in updates)
    assert len({update.action for update in updates}) == 4
    assert any(update.explored for update in qlearning.learn(GRID, 5, epsilon=0.5, seed=1))


def test_returns_look_back_from_the_end():
    episode = episodes.Episode((0, 1, 2), (0, 0, 0), (1.0, 0.0, 2.0), 3, True)
    assert episode.returns(0.5).tolist() == [1.5, 1.0, 2.0]
    batch = episodes.all_returns(CORRIDOR, [episode, episode], 0.5)
    assert batch.states.shape == (6, 6)
    assert batch.actions.sum() == 6
    assert batch.returns.tolist() == [1.5, 1.0, 2.0] * 2


@pytest.mark.parametrize("world", [GRID, CORRIDOR], ids=["grid4", "corridor6"])
def test_all_transitions_lead_a_table_to_the_values_of_the_world(world):
    """What a Q-network learns from: repeated, its targets settle where value iteration does."""
    moves = episodes.all_transitions(world)
    assert len(moves.rewards) == sum(len(world.legal(s)) for s in range(world.states))
    q = np.zeros((world.states, len(world.actions)))
    where = (moves.states.argmax(1), moves.actions.argmax(1))
    for _ in range(60):
        q[where] = moves.targets(moves.following @ q, 0.9)
    *_sweeps, settled = qlearning.sweep(world)
    assert q == pytest.approx(settled, abs=1e-6)


def test_nothing_is_expected_of_what_follows_the_end():
    moves = episodes.all_transitions(CORRIDOR)
    targets = moves.targets(np.ones((len(moves.rewards), 2)), 0.5)
    assert targets.tolist() == [0.2, *[0.5] * 6, 1.0]


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda: worlds.world("go"), "no world “go”; there are grid4, corridor6, nim12"),
        (lambda: worlds.GridWorld(("S.", "...")), "rows of equal length"),
        (lambda: worlds.GridWorld(("..", "..")), "one S"),
        (lambda: worlds.GridWorld(("Sx",)), "made of"),
        (lambda: next(qlearning.learn(GRID, 1, alpha=2)), "alpha 2 must be from 0 to 1"),
    ],
)
def test_what_is_no_world_is_refused(do, message):
    with pytest.raises(NnlabError, match=message):
        do()

"""G1, gridworld: worth learnt from reward alone, one update by hand, a habit that traps, twelve stones."""

from functools import lru_cache

import numpy as np

from nnlab.classic import qlearning
from nnlab.classic.worlds import world
from nnlab.lesson import (
    Lesson,
    choose_all,
    code,
    debug,
    explain,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    visited,
)
from nnlab.lesson.readings import steps
from nnlab.network.zoo import ZOO
from nnlab.session.insight.world import played
from nnlab.training.worth import moves_to_end, worth_of_start

GAMMA = 0.9
# In the grid every move is allowed until all is over, so nothing has to be barred.
GRID = [
    "data grid4",
    "net dense 32 tanh | dense 4 | as q | pick 1 | detach | reshape 4x1 | globalmaxpool | mul onward "
    "| scale -0.9 | as later | from q | pick 0 | dot action | add later",
    "optimizer adam lr=0.01",
    "batch 8",
    "schedule cosine 3000",
]
LEARN = "run 3000 steps"
NIM = [*ZOO["nim-q"].script[1:-1], LEARN]
# A policy that begins with a habit: in every cell it goes left with probability 1/(1 + e⁻²), 88 %.
HABIT = ["data corridor6-walks length=30", "net dense 2", "optimizer adam lr=0.03", "batch 32"]
LEFT = "edit dense1.b[0] 2"
WALKS = "run 300 steps"

# Of 100 tables (seeds 1 to 100, α 0.5, γ 0.9) in the corridor, how many prefer the large reward after 500
# episodes, by the percentage of moves that are drawn: nnlab.classic.qlearning.learn.
DRAWN = {0: 0, 10: 9, 30: 70, 50: 100}


@lru_cache
def true(name):
    """What every move of a world is worth, (states, actions)."""
    *_sweeps, q = qlearning.sweep(world(name), GAMMA)
    return q


def true_start(session):
    return float(true("grid4")[world("grid4").start].max())


def learnt_start(session):
    return worth_of_start(session.run)


def finds_the_way(session):
    if not steps(session):
        return found(False, "not-yet")
    moves, worth = moves_to_end(session.run), learnt_start(session)
    if moves == 6 and 0.42 <= worth <= 0.434:
        return True
    if session.run.config.schedule == "constant":
        return found(False, misconception="restless")
    return found(False, "so-far", moves=moves, worth=worth)


def goes_right(session):
    """Probability in percent that the policy goes right from the start."""
    return 100 * float(played(session).moves[1][1])


def set_free(session):
    """The policy has found the large reward: 95 % right at the start."""
    if not steps(session):
        return found(False, "not-yet")
    right = goes_right(session)
    if right >= 95:
        return True
    if steps(session) > 300:
        return found(False, misconception="longer")
    rate = session.run.config.rule.values["lr"]
    return found(False, misconception="faster") if rate > 0.05 else found(False, "so-far", share=right)


UPDATE = '''
def q_update(q, s, a, r, s2, done, alpha, gamma):
    """Q-learning: the table q (states, actions) learns
    in place from one move: in state s action a brought
    r and led to s2; done: all is over there."""
    ...
    return q[s, a]
'''
UPDATE_TESTS = """
def table():
    return np.array([[2.0, 0.0], [1.0, 4.0], [0.5, 0.5]])

def after(s, a, r, s2, done, alpha=0.5, gamma=0.9):
    q = table()
    q_update(q, s, a, r, s2, done, alpha, gamma)
    return float(q[s, a])

def untouched():
    q = table()
    q_update(q, 0, 0, -1.0, 1, False, 0.5, 0.9)
    return q[1:]

case("the best of what follows", after, 0, 0, 0.0, 1, False, 1.0, equals=3.6, tells="first")
case("the move of the first step", after, 0, 0, -1.0, 1, False, equals=2.3, tells="replaced")
case("another rate", after, 1, 0, 1.0, 2, False, 0.1, 0.5, equals=1.025)
case("all is over", after, 0, 0, 1.0, 1, True, equals=1.5, tells="no-end")
case("other states stay as they are", untouched, equals=np.array([[1.0, 4.0], [0.5, 0.5]]))
"""


def update(target="r if done else r + gamma * q[s2].max()", change="alpha * (target - q[s, a])", to="+="):
    return f"""
def q_update(q, s, a, r, s2, done, alpha, gamma):
    target = {target}
    q[s, a] {to} {change}
    return q[s, a]
"""


CHOOSE = """
def learn(episodes, epsilon, rng):
    # Six cells: 0 pays 0.2, 5 pays 1; start in 1.
    q = np.zeros((6, 2))
    for _ in range(episodes):
        s = 1
        while 0 < s < 5:
            a = int(q[s].argmax())  # the best known
            s2 = s + (1 if a else -1)
            r = {0: 0.2, 5: 1.0}.get(s2, 0.0)
            target = r + 0.9 * q[s2].max()
            q[s, a] += 0.5 * (target - q[s, a])
            s = s2
    return q
"""
CHOOSE_TESTS = """
def prefers_right(epsilon):
    rng = np.random.default_rng(3)
    return sum(bool(np.diff(learn(1000, epsilon, rng)[1])[0] > 0) for _ in range(10))

def worth_of_right(epsilon):
    return float(learn(600, epsilon, np.random.default_rng(1))[1, 1].round(2))

case("one half of the moves drawn: ten tables prefer right", prefers_right, 0.5, equals=10, tells="greedy")
case("what right is worth at the start", worth_of_right, 0.5, equals=0.73, tells="greedy")
case("nothing drawn: it stays with what it knows", prefers_right, 0.0, equals=0, tells="always")
"""
BEST = "a = int(q[s].argmax())  # the best known"


def chosen(line):
    return CHOOSE.replace(BEST, line)


lesson = Lesson(
    "g1",
    "gridworld",
    minutes=25,
    needs=("a5",),
    setup=["seed 1"],
    steps=[
        predict(
            "start",
            numeric(true_start, expect=0.427, mistakes={"goal-only": GAMMA**5, "no-discount": 0.8}),
            setup=GRID,
            look=["step"],
            gauge="world",
            numbers=[number("step", -0.04, 2), number("gamma", GAMMA, 1)],
            shows={"goal-only": "view world", "no-discount": "view world"},
            covers=("reinforcement",),
        ),
        predict(
            "one-update",
            numeric(
                2 + 0.5 * (-1 + GAMMA * 4 - 2),
                expect=2.3,
                mistakes={"target": -1 + GAMMA * 4, "no-reward": 2 + 0.5 * (GAMMA * 4 - 2), "added": 4.6},
            ),
            setup=[*GRID, "step"],
            gauge="world",
            shows={"target": "view world", "no-reward": "view world", "added": "view world"},
            covers=("reinforcement",),
        ),
        code(
            "q-update",
            program(
                UPDATE,
                UPDATE_TESTS,
                solutions=[
                    update(),
                    update("r + gamma * q[s2].max() * (not done)"),
                ],
                mistakes={
                    "replaced": update(change="target", to="="),
                    "first": update("r if done else r + gamma * q[s2, a]"),
                    "no-end": update("r + gamma * q[s2].max()"),
                },
            ),
            setup=[*GRID, LEARN],
            gauge="world",
            shows={"replaced": "view world", "first": "view world", "no-end": "view world"},
            covers=("reinforcement",),
        ),
        explain(
            "no-label",
            observe(
                visited("add1.a[0,0]"),
                visited("mul1.a[0,0]"),
                solution=["step", "explain add1.a[0,0]", "explain mul1.a[0,0]"],
            ),
            setup=[*GRID, "step"],
            gauge="world",
            covers=("reinforcement",),
        ),
        train(
            "way",
            goal(
                finds_the_way,
                solutions=[[LEARN]],
                mistakes={"restless": ["schedule constant", "run 400 steps"]},
            ),
            setup=GRID,
            gauge="world",
            numbers=[number("worth", learnt_start, 3, after=True), number("true", true_start, 3)],
            shows={"restless": "view world"},
            covers=("reinforcement",),
        ),
        debug(
            "greedy",
            program(
                CHOOSE,
                CHOOSE_TESTS,
                solutions=[
                    chosen(
                        "a = int(q[s].argmax())\n            if rng.random() < epsilon:\n"
                        "                a = int(rng.integers(2))"
                    ),
                    chosen("a = int(rng.integers(2) if rng.random() < epsilon else q[s].argmax())"),
                ],
                mistakes={
                    "greedy": CHOOSE,
                    "always": chosen("a = int(rng.integers(2))"),
                },
            ),
            setup=["data corridor6-walks length=30", "net dense 2", "step"],
            gauge="world",
            numbers=[
                number("far", float(true("corridor6")[1, 1]), 3, expect=0.729),
                *(number(f"e{k}", DRAWN[k], 0) for k in DRAWN),
            ],
            shows={"greedy": "view world", "always": "view world"},
            covers=("reinforcement",),
        ),
        tune(
            "habit",
            goal(
                set_free,
                solutions=[
                    ["seek 0", "edit dense1.b[0] 0", WALKS],
                    ["net dense 2", WALKS],
                ],
                mistakes={"longer": [WALKS], "faster": ["seek 0", "lr 0.3", "run 100 steps"]},
            ),
            setup=[*HABIT, LEFT, WALKS],
            gauge="world",
            numbers=[
                number("habit", 100 / (1 + np.exp(-2)), 0),
                number("right", goes_right, 1),
                number("now", goes_right, 0, after=True),
            ],
            shows={"longer": "view world", "faster": "view world"},
            covers=("reinforcement", "trends"),
        ),
        predict(
            "stones",
            numeric(lambda s: 1 + int(played(s).best(7)), expect=3, mistakes={"most": 2, "one": 1}),
            setup=NIM[:-1],
            look=[LEARN],
            gauge="world",
            shows={"most": "view world", "one": "view world"},
            covers=("reinforcement", "trends"),
        ),
        quiz(
            "car",
            choose_all(["labels", "sparse", "loophole", "simulate"], right=["loophole", "simulate"]),
            setup=NIM,
            gauge="world",
            shows={"labels": "view world", "sparse": "view world"},
            # The target of an update is a sum with weights, so a single unit computes it.
            recall=recall(
                numeric("dense1.z[0,0]"),
                draw=lambda random: {"r": random.choice([-1, 0.5, 2]), "v": random.choice([2, 3, 5])},
                setup=[
                    "data points {r},{v}:1 0,0:0 split=1/1/0",
                    "net dense 1",
                    "edit dense1.W[0,0] 1",
                    "edit dense1.W[1,0] 0.9",
                    "step",
                ],
            ),
            covers=("driving", "trends"),
        ),
    ],
)

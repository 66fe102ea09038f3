"""A5, downhill: gradient descent by hand, learning rates good and bad, a line fitted, and two valleys."""

import math
from functools import lru_cache

import numpy as np

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    choose,
    code,
    curve,
    debug,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    over_steps,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    visited,
    watch,
    when,
)
from nnlab.network import Network
from nnlab.training import Run

# The prediction for x = 1 is the weight itself, the target is 3: J(w) = (w - 3)².
BOWL_DATA = "points 1,3 1,3"
BOWL = [
    f"data {BOWL_DATA}",
    "loss mse",
    "optimizer gd lr=0.1",
    "net dense 1 bias=no",
    "edit dense1.W[0,0] 0",
]
BACK = "edit dense1.W[0,0] 0"

# Three points on y = 1 + 2x; the line starts flat at 0.
LINE = ["data line3", "loss mse", "optimizer gd lr=0.05", "net dense 1", "edit dense1.W[0,0] 0"]

# A ReLU unit with one weight: right of 0 it can serve the first point, left of 0 the second.
VALLEY_DATA = "points 1,1 -1,0.5"
VALLEYS = [
    f"data {VALLEY_DATA}",
    "loss mse",
    "optimizer gd lr=0.5",
    "net dense 1 relu bias=no",
    "edit dense1.W[0,0] 0.2",
]


@lru_cache(maxsize=32)
def descent(data, notation, start, lr, steps):
    """A run of gradient descent from weight ``start``, after so many steps."""
    loaded = load(data)
    run = Run(Network.parse(notation, input_shape=loaded.input_shape), loaded, optimizer=f"gd lr={lr}")
    run.edit("dense1.W[0,0]", start)
    run.step(steps)
    return run


def bowl(lr, steps):
    return descent(BOWL_DATA, "dense 1 bias=no", 0.0, lr, steps)


def line(lr, steps):
    return descent("line3", "dense 1", 0.0, lr, steps)


def valley(start):
    """At rest, from ``start``."""
    return descent(VALLEY_DATA, "dense 1 relu bias=no", start, 0.5, 40)


def line_loss(lr, step):
    return lambda session: line(lr, 8).history.losses[step - 1]


def updates_to(run, near, most=1000):
    """How many updates until ``near(settled parameters)`` holds; NaN where it does in none of them."""
    for step in range(1, min(run.last_step, most) + 1):
        run.seek(step)
        if near(run.settled_theta()):
            return step
    return math.nan


def at_three(theta):
    return abs(theta[0] - 3) < 0.01


def on_the_line(theta):
    return abs(theta[0] - 2) < 0.01 and abs(theta[1] - 1) < 0.01


def largest_safe_rate(session=None):
    """2 / λ for the largest curvature λ of the mean squared error of the line."""
    X = np.column_stack([load("line3").x[:, 0], np.ones(3)])
    return 2 / float(np.linalg.eigvalsh(2 * X.T @ X / 3).max())


def length(lr, steps):
    """|θ| of the line, after so many updates."""
    return float(np.linalg.norm(np.asarray(line(lr, steps).settled_theta(), np.float64)))


def weight(session):
    return float(session.run.settled_theta()[0])


def bowl_run(test):
    """``test(run, w)`` on a run that has taken a step in the bowl."""

    def seen(session):
        run = session.run
        on_bowl = run is not None and run.step_count > 0 and len(run.settled_theta()) == 1
        return on_bowl and bool(test(run, weight(session)))

    return seen


def bounces(run, w):
    last = run.history.losses[-4:]
    return run.lr == 1.0 and len(last) == 4 and abs(w - 3) > 0.5 and np.ptp(last) < 1e-3


def fitted(session):
    run = session.run
    if run is None or not run.step_count:
        return found(False, "start")
    theta, losses = run.settled_theta(), run.history.losses
    if run.step_count >= 30 or on_the_line(theta):
        if updates_to(run.branch(), on_the_line, most=30) <= 30:  # also where the run has gone on since
            return True
        if on_the_line(theta):
            return found(False, "late", updates=run.step_count)
    if losses[-1] > losses[0] or not np.isfinite(losses[-1]):
        return found(False, misconception="wild")
    if run.step_count >= 30:
        return found(False, misconception="slow")
    return found(False, "so-far", w=float(theta[0]), b=float(theta[1]), updates=run.step_count)


def in_valley(place):
    """The weight of the ReLU unit has come to rest at ``place``."""

    def seen(session):
        run = session.run
        resting = run is not None and run.step_count > 0 and "relu" in run.network.text
        return resting and abs(weight(session) - place) < 0.01

    return seen


GD = '''
def gd(X, y, theta, alpha, n):
    """n updates of gradient descent on the mean squared
    error of X @ theta against y.

    X (m, k), y (m,), theta (k,); returns the new theta.
    Other shapes of y raise ValueError.
    """
    m = len(y)
    for _ in range(n):
        gradient = ...
        theta = ...
    return theta
'''
GD_TESTS = """
X, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 3.0, 5.0])

def first_direction(alpha):
    return np.sign(gd(X, y, np.zeros(2), alpha, 1))

case("a tiny first step goes up the right way", first_direction, 0.001, equals=[1.0, 1.0], tells="uphill")
case("one update from (0, 0)", gd, X, y, np.zeros(2), 0.05, 1, equals=[0.3, 1.3 / 3], tells="no-mean")
case("thirty updates find the line", gd, X, y, np.zeros(2), 0.25, 30, equals=[1.0, 2.0], close=0.01)
case("without a column of ones", gd, X[:, 1:], y, np.zeros(1), 0.25, 30, equals=[2.6], close=0.01)
start = np.zeros(2)
gd(X, y, start, 0.05, 3)
claim("the theta given is not changed", not start.any(), shown=start, tells="in-place")
column = y[:2, None]
case("labels of shape (m, 1)", gd, X[:2], column, np.zeros(2), 0.05, 1, raises=ValueError, tells="no-check")
"""


def gd_with(
    gradient="2 / m * X.T @ (X @ theta - y)",
    update="theta = theta - alpha * gradient",
    check="if y.shape != (m,): raise ValueError(f'y must have shape ({m},), not {y.shape}')",
):
    return f"""
def gd(X, y, theta, alpha, n):
    m = len(y)
    {check}
    for _ in range(n):
        gradient = {gradient}
        {update}
    return theta
"""


DRIFT = '''
def sgd(x, y, theta, lr, epochs):
    """Fit y = theta * x, example after example."""
    xc, yc = x - x.mean(), y - y.mean()
    for _ in range(epochs):
        for i in range(len(x)):
            gradient = xc[i] * yc[i] + xc[i] ** 2
            theta = theta - lr * gradient
    return theta
'''
DRIFT_TESTS = """
x, y = np.array([0.0, 1.0, 2.0]), np.array([0.0, 2.0, 4.0])
case("starting at the answer, it stays", sgd, x, y, 2.0, 0.1, 3, equals=2.0, tells="no-theta")

def moves(start):
    return np.sign(sgd(x, y, start, 0.01, 1) - start)

case("from 0 it moves up", moves, 0.0, equals=1.0, tells="uphill")
case("from 4 it moves down", moves, 4.0, equals=-1.0)
case("one epoch from 0", sgd, x, y, 0.0, 0.1, 1, equals=1.68, tells="no-input")
case("ten epochs from 0", sgd, x, y, 0.0, 0.1, 10, equals=2.0, close=1e-3)
"""


def sgd_with(gradient, sign="-"):
    return f"""
def sgd(x, y, theta, lr, epochs):
    for _ in range(epochs):
        for i in range(len(x)):
            theta = theta {sign} lr * {gradient}
    return theta
"""


lesson = Lesson(
    "a5",
    "gradient_descent",
    minutes=19,
    needs=("a4",),
    setup=["seed 1", "optimizer gd lr=0.1", "batch all"],
    steps=[
        predict(
            "two-steps",
            numerics(
                ["dense1.W[0,0]", "dense1.W[0,0].new"],
                expect=[0.6, 1.08],
                mistakes={
                    "no-rate": [6, 0],
                    "uphill": [-0.6, -1.32],
                    "same-slope": [0.6, 1.2],
                    "no-two": [0.3, 0.57],
                },
            ),
            setup=BOWL,
            gauge="landscape curves",
            look=["step 2"],
            recall=recall(
                numeric("dense1.W[0,0].new"),
                draw=lambda random: {
                    "w": random.choice([-1.0, 1.0, 2.0, 5.0]),
                    "lr": random.choice([0.05, 0.1, 0.2, 0.25]),
                },
                setup=[*BOWL[:4], "optimizer gd lr={lr}", "edit dense1.W[0,0] {w}", "step"],
            ),
            shows={
                "no-rate": "ledger dense1.W[0,0]",
                "uphill": "ledger dense1.W[0,0]",
                "same-slope": "explain dense1.W[0,0].grad",
                "no-two": "explain dense1.W[0,0].grad",
            },
            covers=("gradient-descent", "x19"),
        ),
        tune(
            "four-rates",
            observe(
                when("crawl", bowl_run(lambda run, w: run.lr <= 0.2 and at_three([w]))),
                when("jump", bowl_run(lambda run, w: run.lr == 0.5 and abs(w - 3) < 1e-5)),
                when("bounce", bowl_run(bounces)),
                when("grow", bowl_run(lambda run, w: run.lr > 1 and not abs(w - 3) <= 6)),
                solution=[
                    "run 26 steps",
                    *(BACK, "lr 0.5", "step"),
                    *(BACK, "lr 1", "run 6 steps"),
                    *(BACK, "lr 1.1", "run 8 steps"),
                ],
            ),
            setup=BOWL,
            gauge="landscape curves",
            numbers=[
                number("crawled", lambda session: updates_to(bowl(0.1, 40), at_three), 0, expect=26),
                number("first", lambda session: bowl(1.1, 1).settled_theta()[0], 1, expect=6.6),
                number("second", lambda session: bowl(1.1, 2).settled_theta()[0], 1, expect=-1.3),
                number("third", lambda session: bowl(1.1, 3).settled_theta()[0], 1, expect=8.2),
            ],
            covers=("learning-rate", "convergence"),
        ),
        watch(
            "line",
            observe(
                visited("dense1.W[0,0].grad"),
                visited("dense1.b[0].grad"),
                when("third", lambda session: session.run is not None and session.run.step_count >= 3),
                solution=[
                    "step",
                    "explain dense1.W[0,0].grad",
                    "explain dense1.b[0].grad",
                    "step 2",
                ],
            ),
            setup=LINE,
            gauge="landscape surface",
            look=["step"],
            numbers=[
                number("dw", "dense1.W[0,0].grad", 2, expect=-8.67),
                number("db", "dense1.b[0].grad", 2, expect=-6),
                number("w1", "dense1.W[0,0].new", 3, expect=0.433),
                number("b1", "dense1.b[0].new", 3, expect=0.3),
                number("L0", line_loss(0.05, 1), 3, expect=11.667),
                number("L1", line_loss(0.05, 2), 3, expect=6.774),
                number("L2", line_loss(0.05, 3), 3, expect=3.938),
            ],
            covers=("gradient", "gradient-descent"),
        ),
        train(
            "fit",
            goal(
                fitted,
                solutions=[
                    ["lr 0.25", "run 30 steps"],
                    ["lr 0.25", "run 23 steps"],
                    ["lr 0.3", "run 30 steps"],
                ],
                mistakes={"slow": ["run 30 steps"], "wild": ["lr 0.5", "run 30 steps"]},
            ),
            setup=LINE,
            gauge="landscape surface",
            numbers=[
                number("good", lambda session: updates_to(line(0.25, 40), on_the_line), 0, expect=23),
                number("slow", lambda session: updates_to(line(0.05, 150), on_the_line), 0, expect=119),
            ],
            covers=("convergence", "gradient-descent", "learning-rate"),
        ),
        predict(
            "too-large",
            curve(
                over_steps,
                across=(1, 6),
                up=(0, 50),
                expect="rises",
                mistakes={"faster": "falls", "bounces": "level"},
            ),
            setup=[*LINE, "lr 0.45"],
            gauge="landscape curves",
            look=["run 6 steps"],
            numbers=[
                number("start", line_loss(0.45, 1), 1, expect=11.7),
                number("power", lambda session: math.floor(math.log10(length(0.45, 200))), 0, expect=12),
                number("limit", largest_safe_rate, 3, expect=0.419),
            ],
            shows={"faster": "run 6 steps", "bounces": "run 6 steps"},
            covers=("learning-rate", "convergence"),
        ),
        code(
            "write-gd",
            program(
                GD,
                GD_TESTS,
                solutions=[
                    gd_with(),
                    gd_with(gradient="2 * (X * (X @ theta - y)[:, None]).mean(axis=0)"),
                ],
                mistakes={
                    "uphill": gd_with(update="theta = theta + alpha * gradient"),
                    "no-mean": gd_with(gradient="2 * X.T @ (X @ theta - y)"),
                    "in-place": gd_with(update="theta -= alpha * gradient"),
                    "no-check": gd_with(check="pass"),
                },
            ),
            setup=[*LINE, "step 2"],
            shows={
                "uphill": "ledger dense1.W[0,0]",
                "no-mean": "explain dense1.W[0,0].grad",
                "in-place": "ledger dense1.b[0]",
                "no-check": "show data",
            },
            covers=("gd-program", "numpy-subset", "x29"),
        ),
        debug(
            "drift",
            program(
                DRIFT,
                DRIFT_TESTS,
                solutions=[
                    sgd_with("2 * (theta * x[i] - y[i]) * x[i]"),
                    DRIFT.replace("xc[i] * yc[i] + xc[i] ** 2", "2 * (x[i] * theta - y[i]) * x[i]"),
                ],
                mistakes={
                    "no-theta": DRIFT.replace("theta - lr", "theta + lr"),
                    "uphill": sgd_with("2 * (theta * x[i] - y[i]) * x[i]", sign="+"),
                    "no-input": sgd_with("2 * (theta * x[i] - y[i])"),
                },
            ),
            setup=[*LINE, "step 2"],
            shows={
                "no-theta": "explain dense1.W[0,0].grad",
                "uphill": "ledger dense1.W[0,0]",
                "no-input": "explain dense1.W[0,0].grad",
            },
            covers=("x14",),
        ),
        predict(
            "valleys-bet",
            numerics(
                [
                    lambda session: valley(0.2).settled_theta()[0],
                    lambda session: valley(-0.2).settled_theta()[0],
                ],
                expect=[1, -0.5],
                mistakes={"one-optimum": [1, 1], "starts": [0.2, -0.2], "zero": [0, 0]},
            ),
            setup=VALLEYS,
            gauge="landscape curves",
            shows={
                "one-optimum": "landscape dense1.W[0,0] -1.5 2",
                "starts": "explain dense1.W[0,0].grad",
                "zero": "landscape dense1.W[0,0] -1.5 2",
            },
            look=["step"],
            covers=("optimum", "x58"),
        ),
        watch(
            "valleys",
            observe(
                when("right", in_valley(1.0)),
                when("left", in_valley(-0.5)),
                solution=["run 30 steps", "edit dense1.W[0,0] -0.2", "run 30 steps"],
            ),
            setup=[*VALLEYS, "landscape dense1.W[0,0] -1.5 2"],
            gauge="landscape curves",
            numbers=[
                number("right", lambda s: valley(0.2).settled_theta()[0], 2, expect=1),
                number("left", lambda s: valley(-0.2).settled_theta()[0], 2, expect=-0.5),
                number("deep", lambda s: valley(0.2).loss, 3),
                number("shallow", lambda s: valley(-0.2).loss, 3),
            ],
            settles="valleys-bet",
            covers=("optimum", "x58", "convergence"),
        ),
        quiz(
            "promise",
            choose(["best", "valley", "careful", "always"], right="valley"),
            setup=[
                *VALLEYS[:-1],
                "edit dense1.W[0,0] -0.2",
                "run 30 steps",
                "landscape dense1.W[0,0] -1.5 2",
            ],
            gauge="landscape curves",
            shows={"best": "landscape dense1.W[0,0] -1.5 2", "careful": "landscape dense1.W[0,0] -1.5 2"},
            recall=recall(
                numeric(weight),
                draw=lambda random: {"w": random.choice([-2.0, -0.4, 0.3, 2.0])},
                setup=[*VALLEYS[:-1], "edit dense1.W[0,0] {w}", "run 60 steps"],
            ),
            covers=("x58", "optimum"),
        ),
    ],
)

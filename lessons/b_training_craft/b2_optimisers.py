"""B2, momentum and Adam: a ravine, what each optimiser remembers, the race on digits, both in code."""

from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    choose,
    choose_all,
    code,
    compared,
    debug,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    recall,
    tape,
    tune,
    watch,
    when,
)
from nnlab.lesson.readings import spans, steps
from nnlab.network import Network
from nnlab.training import Run

# Two points at x = ±5 with target 0: J(w, b) = 25w² + b², a ravine 25 times as steep across as along.
RAVINE_DATA = "points -5,0 5,0"
FROM = ["edit dense1.W[0,0] 1", "edit dense1.b[0] 4"]
RAVINE = [
    f"data {RAVINE_DATA}",
    "loss mse",
    "optimizer gd lr=0.02",
    "net dense 1",
    *FROM,
    "landscape dense1.b[0] -5 5 dense1.W[0,0] -1.5 1.5",
]


def in_ravine(optimizer):
    return [*RAVINE[:2], f"optimizer {optimizer}", *RAVINE[3:]]


# The target is out of reach, so the slope of the Huber loss is 1 at every step.
STEADY = [
    "data points 1,-100 1,-100",
    "loss huber",
    "optimizer momentum lr=0.01 mu=0.9",
    "net dense 1 bias=no",
    "edit dense1.W[0,0] 0",
]

DATA, NET = "digits scale=unit", "dense 32 relu | dense 10"
DIGITS = [f"data {DATA}", f"net {NET}", "optimizer sgd lr=0.1", "batch 32"]

# Validation accuracy in percent after five epochs, batches of 32, least and most of seeds 1 … 10:
#   nnlab sweep "dense 32 relu | dense 10" --data "digits scale=unit" --epochs 5 --vary optimizer=… seed=1,…
SPANS = {
    "sgd": (86, 91),  # sgd lr=0.1
    "far": (8, 12),  # sgd lr=5
    "mom": (89, 94),  # momentum lr=0.1
    "slow": (80, 88),  # adam lr=0.001
    "adam": (92, 94),  # adam lr=0.01
    "high": (85, 93),  # adam lr=0.1
}
CLOSE = 0.002
"""J below this counts as the bottom of the ravine."""


@lru_cache(maxsize=32)
def losses(optimizer, steps=500):
    """J before each update, from (w, b) = (1, 4)."""
    data = load(RAVINE_DATA)
    run = Run(Network.parse("dense 1", data.input_shape), data, loss="mse", optimizer=optimizer)
    run.edit("dense1.W[0,0]", 1.0)
    run.edit("dense1.b[0]", 4.0)
    run.step(steps)
    return [float(loss) for loss in run.history.losses]


def settled(optimizer):
    """Updates after which J stays below 0.002."""
    return lambda session: 1 + max(i for i, loss in enumerate(losses(optimizer)) if not loss < CLOSE)


def before_update(optimizer, step):
    return lambda session: losses(optimizer)[step - 1]


def value(address):
    return lambda session: session.run.value(address)


def at_floor(session):
    return steps(session) >= 2 and abs(session.run.value("dense1.W[0,0]")) < 1e-4


def crawled(session):
    return steps(session) >= 60 and abs(session.run.value("dense1.b[0]")) < 0.5


def steepest_safe(session=None):
    """2 / λ for the larger curvature: J = 25w² + b² has 50 and 2."""
    return 2 / 50


def dosed(session):
    """At rest after 60 updates with momentum, at the rate of the bench."""
    run = session.run
    if run is None or run.step_count == 0:
        return found(False, "not-yet")
    rule = run.config.rule
    if rule.values["lr"] != 0.01:
        return found(False, misconception="rate")
    mu = rule.values.get("mu", 0.0)
    if run.step_count > 60:
        return found(False, "too-far", updates=run.step_count)
    if run.step_count < 60:
        return found(False, "so-far", updates=run.step_count)
    if run.loss < CLOSE:
        return True
    return found(False, misconception="swinging" if mu > 0.8 else "timid")


def won(spans):
    """The middle of three seeds at 91 %, with any optimiser that is not the plain one."""
    medians = {told: 100 * (group.median or 0) for told, group in spans.items()}
    if max(medians.values()) >= 91:
        return True
    if min(medians.values()) < 50:
        return found(False, misconception="far")
    plain = all(told.startswith("sgd") for told in medians)
    return found(False, misconception="plain" if plain else "timid")


# ---------------------------------------------------------------- code

ADAM = '''
def adam_step(w, g, m, v, t, lr):
    """One step of Adam: the new (w, m, v).

    w, g, m, v: arrays of one shape; t: 1 at the first
    step. The constants are fixed.
    """
    beta1, beta2, eps = 0.9, 0.999, 1e-8
    m = ...  # running mean of g
    v = ...  # running mean of g**2
    mean = ...  # m without its start at 0
    square = ...
    w = ...
    return w, m, v
'''
ADAM_TESTS = """
def path(gradients, lr):
    w, m, v = np.ones(1), np.zeros(1), np.zeros(1)
    for t, g in enumerate(gradients, 1):
        w, m, v = adam_step(w, np.array([g]), m, v, t, lr)
    return float(w[0])

def first_step(g, lr):
    return path([g], lr) - 1

case("the first step is lr long", first_step, 1.0, 0.01, equals=-0.01, close=1e-6, tells="no-correction")
case("whatever the gradient", first_step, 1000.0, 0.01, equals=-0.01, close=1e-6, tells="no-root")
case("after 0.1, 0.1, -0.1", path, [0.1, 0.1, -0.1], 0.01, equals=0.97740, close=1e-4, tells="no-memory")
case("a gradient of 0 at the start", first_step, 0.0, 0.01, equals=0.0)
m = np.zeros(2)
adam_step(np.ones(2), np.ones(2), m, np.zeros(2), 1, 0.01)
claim("the m given is not changed", not m.any(), shown=m, tells="in-place")
"""


def adam_with(
    m="m = beta1 * m + (1 - beta1) * g",
    v="v = beta2 * v + (1 - beta2) * g**2",
    corrected="m / (1 - beta1**t), v / (1 - beta2**t)",
    step="lr * mean / (np.sqrt(square) + eps)",
):
    return f"""
def adam_step(w, g, m, v, t, lr):
    beta1, beta2, eps = 0.9, 0.999, 1e-8
    {m}
    {v}
    mean, square = {corrected}
    return w - {step}, m, v
"""


MOMENTUM = '''
def descend(gradient, w, lr, mu, steps):
    """Gradient descent with momentum."""
    for _ in range(steps):
        velocity = 0.0
        velocity = mu * velocity + gradient(w)
        w = w - lr * velocity
    return w
'''
MOMENTUM_TESTS = """
def steady(steps, mu=0.9):
    return descend(lambda w: 1.0, 0.0, 1.0, mu, steps)

def plain(steps):
    return descend(lambda w: 2 * w, 1.0, 0.1, 0.0, steps)

case("mu = 0 is plain descent", plain, 3, equals=0.512)
case("one step on a steady slope", steady, 1, equals=-1.0, tells="averaged")
case("three steps on a steady slope", steady, 3, equals=-5.61, close=1e-6, tells="reset")
"""


def momentum_with(line="velocity = mu * velocity + gradient(w)", inside=""):
    return f"""
def descend(gradient, w, lr, mu, steps):
    velocity = 0.0
    for _ in range(steps):
        {inside or "pass"}
        {line}
        w = w - lr * velocity
    return w
"""


lesson = Lesson(
    "b2",
    "optimisers",
    minutes=22,
    needs=("b1",),
    setup=["seed 1"],
    steps=[
        watch(
            "ravine",
            observe(
                when("floor", at_floor),
                when("crawl", crawled),
                solution=["step 2", "run 60 steps"],
            ),
            setup=RAVINE,
            gauge="landscape curves",
            look=["step"],
            numbers=[
                number("J", "loss", 0, expect=41),
                number("gw", "dense1.W[0,0].grad", 0, expect=50),
                number("gb", "dense1.b[0].grad", 0, expect=8),
                number("after_one", before_update("gd lr=0.02", 2), 1, expect=14.7),
                number("all", settled("gd lr=0.02"), 0, expect=111),
            ],
            covers=("optimiser",),
        ),
        predict(
            "limit",
            numeric(
                steepest_safe,
                expect=0.04,
                mistakes={"along": 1.0, "one-leap": 0.02, "half": 0.08},
                tolerance=0.0005,
            ),
            setup=[*RAVINE, "step"],
            gauge="landscape curves",
            numbers=[
                number("near", settled("gd lr=0.035"), 0, expect=62),
                number("at_start", before_update("gd lr=0.05", 1), 0, expect=41),
                number("beyond", before_update("gd lr=0.05", 5), 0, after=True),
            ],
            shows={
                "along": "explain dense1.W[0,0].grad",
                "one-leap": "ledger dense1.W[0,0]",
                "half": "explain dense1.W[0,0].grad",
            },
            covers=("learning-rate", "stability"),
        ),
        be(
            "velocity",
            tape(
                ["dense1.W[0,0].velocity.new", "dense1.W[0,0].step"],
                expect=[2.71, -0.0271],
                mistakes={
                    "no-friction": ("dense1.W[0,0].velocity.new", 2.9),
                    "averaged": ("dense1.W[0,0].velocity.new", 1.81),
                    "no-rate": ("dense1.W[0,0].step", -2.71),
                },
                digits=4,
            ),
            setup=[*STEADY, "step 2"],
            look=["step"],
            numbers=[
                number("v", value("dense1.W[0,0].velocity"), 1, expect=1.9),
                number("g", value("dense1.W[0,0].grad"), 0, expect=1),
                number("limit", lambda s: 1 / (1 - s.run.config.rule.values["mu"]), 0, expect=10),
            ],
            shows={
                "no-friction": "explain dense1.W[0,0].velocity.new",
                "averaged": "explain dense1.W[0,0].velocity.new",
                "no-rate": "explain dense1.W[0,0].step",
            },
            covers=("momentum",),
        ),
        tune(
            "dose",
            goal(
                dosed,
                solutions=[
                    ["optimizer momentum lr=0.01 mu=0.8", "run 60 steps"],
                    ["optimizer momentum lr=0.01 mu=0.7", "run 60 steps"],
                ],
                mistakes={
                    "timid": ["run 60 steps"],
                    "swinging": ["optimizer momentum lr=0.01 mu=0.95", "run 60 steps"],
                    "rate": ["lr 0.035", "run 60 steps"],
                },
            ),
            setup=in_ravine("gd lr=0.01"),
            gauge="landscape curves",
            numbers=[
                number("plain", settled("gd lr=0.01"), 0, expect=223),
                number("good", settled("momentum lr=0.01 mu=0.8"), 0, expect=46),
                number("nine", settled("momentum lr=0.01 mu=0.9"), 0, expect=94),
            ],
            shows={"timid": "show history", "swinging": "show history", "rate": "show setup"},
            covers=("momentum", "x59"),
        ),
        predict(
            "floor",
            choose(["stays", "past", "slower"], right="past"),
            setup=[*in_ravine("momentum lr=0.02 mu=0.9"), "step 2"],
            gauge="landscape curves",
            numbers=[
                number("v", value("dense1.W[0,0].velocity"), 0, expect=50),
                number("low", before_update("momentum lr=0.02 mu=0.9", 2), 1, expect=14.7),
                number("high", before_update("momentum lr=0.02 mu=0.9", 3), 1, expect=32.8, after=True),
                number("plain", before_update("gd lr=0.02", 3), 1, expect=13.6, after=True),
            ],
            shows={
                "stays": "explain dense1.W[0,0].velocity.new",
                "slower": "explain dense1.W[0,0].velocity.new",
            },
            covers=("x59", "stability"),
        ),
        be(
            "adam-first",
            tape(
                ["dense1.W[0,0].m.new", "dense1.W[0,0].v.new", "dense1.W[0,0].step"],
                expect=[5, 2.5, -0.1],
                mistakes={
                    "whole": ("dense1.W[0,0].m.new", 50),
                    "not-squared": ("dense1.W[0,0].v.new", 0.05),
                    "no-correction": ("dense1.W[0,0].step", lambda s: -0.1 * 5 / 2.5**0.5),
                },
            ),
            setup=[*in_ravine("adam lr=0.1"), "step"],
            gauge="landscape curves",
            numbers=[
                number("gw", value("dense1.W[0,0].grad"), 0, expect=50),
                number("gb", value("dense1.b[0].grad"), 0, expect=8),
                number("other", value("dense1.b[0].step"), 2, expect=-0.1),
                number("mean", lambda s: s.run.value("dense1.W[0,0].m.new") / 0.1, 0, expect=50),
                number("square", lambda s: s.run.value("dense1.W[0,0].v.new") / 0.001, 0, expect=2500),
            ],
            shows={
                "whole": "explain dense1.W[0,0].m.new",
                "not-squared": "explain dense1.W[0,0].v.new",
                "no-correction": "explain dense1.W[0,0].step",
            },
            covers=("adam", "x60"),
        ),
        code(
            "write-adam",
            program(
                ADAM,
                ADAM_TESTS,
                solutions=[
                    adam_with(),
                    adam_with(m="m = m + (1 - beta1) * (g - m)", v="v = v + (1 - beta2) * (g * g - v)"),
                ],
                mistakes={
                    "no-correction": adam_with(corrected="m, v"),
                    "no-root": adam_with(step="lr * mean"),
                    "no-memory": adam_with(m="m = (1 - beta1) * g"),
                    "in-place": adam_with(m="m *= beta1; m += (1 - beta1) * g"),
                },
            ),
            setup=[*in_ravine("adam lr=0.1"), "step 3"],
            shows={
                "no-correction": "explain dense1.W[0,0].step",
                "no-root": "explain dense1.W[0,0].step",
                "no-memory": "explain dense1.W[0,0].m.new",
                "in-place": "ledger dense1.W[0,0]",
            },
            covers=("adam",),
        ),
        debug(
            "forgetful",
            program(
                MOMENTUM,
                MOMENTUM_TESTS,
                solutions=[momentum_with()],
                mistakes={
                    "reset": momentum_with(inside="velocity = 0.0"),
                    "averaged": momentum_with("velocity = mu * velocity + (1 - mu) * gradient(w)"),
                },
            ),
            setup=[*STEADY, "step 3"],
            shows={
                "reset": "explain dense1.W[0,0].velocity.new",
                "averaged": "explain dense1.W[0,0].velocity.new",
            },
            covers=("momentum",),
        ),
        tune(
            "race",
            compared(
                "optimizer",
                ["sgd lr=0.1", "adam lr=0.01"],
                "5 epochs",
                check=won,
                mistakes={
                    "plain": ['seeds 3 optimizer="sgd lr=0.1,sgd lr=0.05" run 5 epochs'],
                    "far": ['seeds 3 optimizer="sgd lr=5,sgd lr=0.1" run 5 epochs'],
                    "timid": ['seeds 3 optimizer="sgd lr=0.1,adam lr=0.001" run 5 epochs'],
                },
                free=True,
            ),
            setup=DIGITS,
            gauge="seeds curves",
            numbers=spans(SPANS),
            shows={
                "plain": "race sgd momentum lr=0.1",
                "far": "view runs",
                "timid": "race adam lr=0.001 adam lr=0.01",
            },
            covers=("x58", "choosing-parts", "optimiser", "learning-rate"),
        ),
        quiz(
            "claims",
            choose_all(
                ["own-steps", "adapts-decay", "calm", "swings", "always-best"], right=["own-steps", "swings"]
            ),
            setup=[*in_ravine("momentum lr=0.02 mu=0.9"), "step 3"],
            gauge="landscape curves",
            numbers=spans({name: SPANS[name] for name in ("sgd", "adam")}),
            shows={
                "adapts-decay": "view optimisers",
                "calm": "show history",
                "always-best": "race gd lr=0.02 momentum lr=0.01 adam lr=0.5",
            },
            recall=recall(
                numeric(lambda s: 1 / (1 - s.run.config.rule.values["mu"])),
                draw=lambda random: {"mu": random.choice([0.5, 0.75, 0.8, 0.95, 0.98])},
                setup=[*STEADY[:2], "optimizer momentum lr=0.01 mu={mu}", *STEADY[3:], "step"],
            ),
            covers=("x58", "x59", "x60", "optimum"),
        ),
    ],
)

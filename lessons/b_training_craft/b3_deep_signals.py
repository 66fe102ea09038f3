"""B3, signals that die or blow up: products of factors, first weights for 20 layers, zero weights, skips."""

import math
from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    arrange,
    choose,
    choose_all,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    order,
    predict,
    program,
    quiz,
    recall,
    train,
    watch,
    when,
)
from nnlab.lesson.readings import span
from nnlab.network import Network
from nnlab.training import Run
from nnlab.training.studies.gradients import warmth

MOONS = "moons n=800 noise=0.2"
DEPTH, WIDTH = 20, 64


def stack(activation, init, depth=DEPTH, width=WIDTH):
    """The notation of ``depth`` equal layers and one unit at the end."""
    return " | ".join([f"dense {width} {activation} init={init}"] * depth) + f" | dense 1 init={init}"


def residual(activation, init, depth=DEPTH, width=WIDTH):
    """The same layers, what comes into each added to what comes out."""
    layer = f"dense {width} {activation} init={init}"
    skips = "".join(f" | as s{k} | {layer} | add s{k}" for k in range(1, depth))
    return f"{layer}{skips} | dense 1 init={init}"


def deep(net, *more):
    return [f"data {MOONS}", f"net {net}", "optimizer sgd lr=0.01", "batch all", *more]


EIGHT = [
    f"data {MOONS}",
    f"net {stack('relu', 'normal:0.01', 8, 32)}",
    "optimizer adam lr=0.001",
    "batch 32",
]
ZEROS = [
    "data digits scale=unit",
    "net dense 32 relu init=zeros | dense 10 init=zeros",
    "optimizer adam lr=0.01",
    "batch 32",
    "run 2 epochs",
]

# Validation accuracy in percent on moons, eight hidden layers of 32, Adam 0.001, 30 epochs, least and most of
# seeds 1 … 10 (he) or 1 … 5:
#   nnlab sweep "dense 32 relu init=…" … --data "moons n=800 noise=0.2" --epochs 30 --vary seed=1,…,10
HE_SPAN, WIDE_SPAN, THIN = (92, 98), (78, 88), 46
DIGITS_HE = (92, 95)  # the digits network of the debug step with init he, five epochs, seeds 1 … 10
ONE_LAYER = (90, 92)  # "dense 10 init=zeros" on the digits, five epochs, seeds 1 … 3


@lru_cache
def warm(net):
    """The gradient thermometer after the first step, all training rows in the batch."""
    data = load(MOONS)
    run = Run(Network.parse(net, input_shape=data.input_shape), data, optimizer="sgd lr=0.01", batch_size=400)
    run.step()
    return warmth(run)


def power(net):
    """The power of ten of (gradient of the first layer / gradient of the last one)."""
    return lambda session: math.floor(math.log10(warm(net).ratio))


def first_power(net):
    return lambda session: math.floor(math.log10(warm(net).signs[0].gradient))


def stepped(init):
    """A step was made with all layers begun like that."""

    def seen(session):
        run = session.run
        return run is not None and run.step_count > 0 and f"init={init} " in f"{session.network.text} "

    return seen


def matrices(session):
    return [name for name in session.network.parameters if name.endswith(".W")]


def moons_learnt(session):
    """92 % on the validation set within 30 epochs, with eight hidden layers."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    if len(matrices(session)) < 9:
        return found(False, misconception="shallow")
    rows = run.history.epochs[:30]
    if any(row.val_metric >= 0.92 for row in rows):
        return True
    done, reached = len(run.history.epochs), 100 * rows[-1].val_metric
    if done < 30:
        return found(False, "so-far", epochs=done, reached=reached)
    if rows[-1].val_loss > 1:
        return found(False, misconception="wide")
    if reached < 60:
        return found(False, misconception="thin")
    return found(False, "other", reached=reached)


def awake(session):
    """85 % within five epochs, with a hidden layer of 32 as it was."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    text, done = session.network.text, len(run.history.epochs)
    if run.config.optimizer != "adam lr=0.01":
        return found(False, misconception="rate")
    if len(matrices(session)) != 2:
        return found(False, "other")
    if "init=zeros" in text:
        return found(False, "still-zero") if done <= 2 else found(False, misconception="longer")
    best = max(row.val_metric for row in run.history.epochs[:5])
    if best >= 0.85:
        return True
    return found(
        False, "so-far", "constant" if "init=constant" in text else "", epochs=done, reached=100 * best
    )


INIT = '''
def he(rng, fan_in, shape):
    """Normal float32 weights for a layer with ReLU."""
    return ...


def xavier(rng, fan_in, fan_out, shape):
    """Normal float32 weights for a layer with tanh."""
    return ...
'''
INIT_TESTS = """
def spread(function, *fans):
    return float(np.std(function(np.random.default_rng(1), *fans, (1000, 100))))

def of_he(fan_in):
    return spread(he, fan_in)

def of_xavier(fan_in, fan_out):
    return spread(xavier, fan_in, fan_out)

case("he, 64 inputs", of_he, 64, equals=(2 / 64) ** 0.5, close=0.005, tells="no-two")
case("he, 8 inputs", of_he, 8, equals=0.5, close=0.01)
case("xavier, 50 in and 150 out", of_xavier, 50, 150, equals=0.1, close=0.003, tells="one-fan")
W = he(np.random.default_rng(1), 64, (30, 20))
claim("the shape is that asked for", np.shape(W) == (30, 20), shown=np.shape(W))
claim("float32", W.dtype == np.float32, shown=W.dtype, tells="float64")
again = he(np.random.default_rng(1), 64, (30, 20))
claim("the same seed draws the same", np.array_equal(W, again), tells="own-rng")
"""


def init_with(
    he="rng.normal(0, np.sqrt(2 / fan_in), shape)",
    xavier="rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), shape)",
    kind=".astype(np.float32)",
):
    return f"""
def he(rng, fan_in, shape):
    return {he}{kind}

def xavier(rng, fan_in, fan_out, shape):
    return {xavier}{kind}
"""


def he_deviation(session):
    """√(2 / inputs) of the first layer."""
    weights = session.network.parameters["dense1.W"]
    return math.sqrt(2 / weights.shape[0])


THIN_TANH, XAVIER_TANH, WIDE_TANH = (stack("tanh", init) for init in ("normal:0.01", "glorot", "normal:1"))
SIGMOID, HE_RELU, THIN_RELU = (
    stack("sigmoid", "glorot"),
    stack("relu", "he"),
    stack("relu", "normal:0.01"),
)
SKIPS = residual("relu", "normal:0.01")

lesson = Lesson(
    "b3",
    "deep_signals",
    minutes=22,
    needs=("a8",),
    setup=["seed 1"],
    steps=[
        predict(
            "powers",
            numerics(
                [lambda s: math.log10(0.25**DEPTH), lambda s: math.log10(1.5**DEPTH)],
                expect=[-12, 3.5],
                mistakes={"times": [0.7, 1.5], "turned": [12, None], "tame": [None, 1]},
                tolerance=0.55,
            ),
            setup=deep(SIGMOID, "step"),
            numbers=[
                number("slow", 0.25**DEPTH * 1e13, 1, expect=9.1),
                number("fast", 1.5**DEPTH, 0, expect=3325),
            ],
            shows={"times": "view thermometer", "turned": "view thermometer", "tame": "view thermometer"},
            covers=("depth", "faq-gradients"),
        ),
        watch(
            "bars",
            observe(
                when("thin", stepped("normal:0.01")),
                when("xavier", stepped("glorot")),
                when("wide", stepped("normal:1")),
                solution=["step", "init glorot", "step", "init normal:1", "step"],
            ),
            setup=deep(THIN_TANH),
            gauge="thermometer",
            numbers=[
                number("thin", power(THIN_TANH), 0, expect=-21, after=True),
                number("even", lambda s: warm(XAVIER_TANH).ratio, 1, expect=0.6, after=True),
                number("wide", power(WIDE_TANH), 0, expect=5, after=True),
                number("deviation", 1 / math.sqrt(WIDTH), 3, expect=0.125, after=True),
            ],
            covers=("vanishing-gradient", "exploding-gradient", "initialisation"),
        ),
        order(
            "rank",
            arrange(
                ["xavier", "sigmoid", "wide", "thin"],
                right=["thin", "sigmoid", "xavier", "wide"],
                mistakes={
                    "sigmoid-is-fine": ["thin", "xavier", "sigmoid", "wide"],
                    "turned": ["wide", "xavier", "sigmoid", "thin"],
                },
            ),
            setup=deep(SIGMOID, "step"),
            gauge="landscape",
            numbers=[
                number("sigmoid", power(SIGMOID), 0, expect=-14, after=True),
                number("thin", power(THIN_TANH), 0, after=True),
                number("wide", power(WIDE_TANH), 0, after=True),
            ],
            shows={"sigmoid-is-fine": "view thermometer", "turned": "view thermometer"},
            covers=("vanishing-gradient", "x13"),
        ),
        predict(
            "the-two",
            numeric(
                he_deviation,
                expect=0.177,
                mistakes={"no-two": 0.125, "no-root": 2 / 64, "both-fans": math.sqrt(2 / 96)},
            ),
            setup=["data digits scale=unit", "net dense 32 relu | dense 10", "batch 32", "step"],
            numbers=[
                number("inputs", lambda s: s.data.input_shape[0], 0, expect=64),
                number("off", lambda s: 100 * float((s.run.array("dense1.a") == 0).mean()), 0, after=True),
            ],
            shows={"no-two": "show dense1.a", "no-root": "show dense1.W", "both-fans": "view spread"},
            covers=("initialisation",),
        ),
        train(
            "eight",
            goal(
                moons_learnt,
                solutions=[
                    ["init he", "run 30 epochs"],
                    [f"net {stack('tanh', 'glorot', 8, 32)}", "run 30 epochs"],
                ],
                mistakes={
                    "thin": ["run 30 epochs"],
                    "wide": ["init normal:3", "run 30 epochs"],
                    "shallow": ["net dense 32 relu | dense 1", "run 30 epochs"],
                },
            ),
            setup=[*EIGHT, "run 3 epochs"],
            gauge="curves thermometer",
            numbers=[
                *span("he", HE_SPAN),
                *span("wide", WIDE_SPAN),
                number("thin", THIN, 0),
            ],
            shows={"thin": "view thermometer", "wide": "view thermometer", "shallow": "show network"},
            covers=("initialisation", "stability"),
        ),
        debug(
            "all-zero",
            goal(
                awake,
                solutions=[
                    ["init he", "run 5 epochs"],
                    ["net dense 32 relu | dense 10", "run 4 epochs"],
                ],
                mistakes={
                    "constant": ["init constant:0.1", "run 5 epochs"],
                    "longer": ["run 10 epochs"],
                    "rate": ["lr 0.1", "run 5 epochs"],
                },
            ),
            setup=ZEROS,
            gauge="curves",
            numbers=[
                number("loss", lambda s: s.run.history.epochs[-1].val_loss, 2, expect=2.31),
                *span("good", DIGITS_HE),
                *span("flat", ONE_LAYER),
            ],
            shows={
                "constant": "show dense1.W.grad",
                "longer": "explain dense1.W[20,0].grad",
                "rate": "explain dense1.W[20,0].grad",
            },
            covers=("initialisation",),
        ),
        code(
            "write",
            program(
                INIT,
                INIT_TESTS,
                solutions=[
                    init_with(),
                    init_with(
                        he="(rng.standard_normal(shape) * (2 / fan_in) ** 0.5)",
                        xavier="(rng.standard_normal(shape) * (2 / (fan_in + fan_out)) ** 0.5)",
                    ),
                ],
                mistakes={
                    "no-two": init_with(he="rng.normal(0, np.sqrt(1 / fan_in), shape)"),
                    "one-fan": init_with(xavier="rng.normal(0, np.sqrt(1 / fan_in), shape)"),
                    "float64": init_with(kind=""),
                    "own-rng": init_with(he="np.random.normal(0, np.sqrt(2 / fan_in), shape)"),
                },
            ),
            setup=["data digits scale=unit", "net dense 32 relu | dense 10", "batch 32", "step"],
            shows={
                "no-two": "view spread",
                "one-fan": "show network",
                "float64": "show dense1.b",
                "own-rng": "show setup",
            },
            covers=("initialisation",),
        ),
        predict(
            "skips",
            choose(["nothing", "alive", "explodes"], right="alive"),
            setup=deep(SKIPS),
            gauge="thermometer",
            numbers=[
                number("plain", power(THIN_RELU), 0, expect=-25),
                number("with", lambda s: warm(SKIPS).ratio, 2, after=True),
            ],
            shows={"nothing": "step", "explodes": "step"},
            covers=("depth", "vanishing-gradient"),
        ),
        quiz(
            "symptoms",
            choose_all(
                ["flat", "wobble", "blow", "clip-weights", "small-safe", "product"],
                right=["flat", "blow", "product"],
            ),
            setup=deep(THIN_TANH, "step"),
            gauge="thermometer",
            shows={
                "wobble": "run 20 steps",
                "clip-weights": "view thermometer",
                "small-safe": "view thermometer",
            },
            recall=recall(
                numeric(lambda s: math.sqrt(2 / s.network.parameters["dense2.W"].shape[0])),
                draw=lambda random: {"n": random.choice([20, 30, 40, 80, 128, 200])},
                setup=[f"data {MOONS}", "net dense {n} relu | dense 16 relu | dense 1"],
            ),
            covers=("x13", "faq-gradients", "stability"),
        ),
    ],
)

"""A3, layers, shapes and XOR: batches through dense layers, parameters counted, and what width gives."""

from functools import lru_cache

import numpy as np

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    build,
    choose,
    debug,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    reached,
    recall,
    shape,
    tape,
    tune,
    visited,
    watch,
    when,
)
from nnlab.network import Network
from nnlab.training import Run

XOR = ["data xor", "loss bce", "optimizer adam lr=0.05", "batch all"]

# One input, x = (1, 2), once for each class, so that every row of the batch is the same.
PAPER = [
    "data points 1,2:0 1,2:1",
    "loss bce",
    "net dense 3 relu | dense 1",
    "edit dense1.W[0,0] 1",
    "edit dense1.W[0,1] 0",
    "edit dense1.W[0,2] -1",
    "edit dense1.W[1,0] 0.5",
    "edit dense1.W[1,1] -1",
    "edit dense1.W[1,2] 1",
    "edit dense1.b[1] 1",
    "edit dense2.W[0,0] 1",
    "edit dense2.W[1,0] 2",
    "edit dense2.W[2,0] -1",
    "edit dense2.b[0] 0.5",
]

# Two hidden units that both count the ones; only the first is listened to.
COUNTERS = [
    "data xor",
    "loss mse",
    "batch all",
    "net dense 2 relu | dense 1 init=zeros",
    *(f"edit dense1.W[{i},{j}] 1" for i in (0, 1) for j in (0, 1)),
    "edit dense2.W[0,0] 1",
]

SINE = ["data sine", "loss mse", "optimizer adam lr=0.01", "batch 32"]
NO_HIDDEN, ONE_HIDDEN = "dense 1", "dense 16 tanh | dense 1"
TWO_HIDDEN = "dense 16 tanh | dense 16 tanh | dense 1"

DIGITS = ["data digits scale=unit", "loss cross_entropy", "batch 32"]

TWO, THREE, EIGHT = (f"dense {units} tanh | dense 1" for units in (2, 3, 8))


def parameters(notation, inputs):
    return lambda session: Network.parse(notation, input_shape=(inputs,)).parameter_count


@lru_cache(maxsize=8)
def xor_solved(notation):
    """How many of the seeds 1 to 10 get all four rows right within 500 updates."""
    data, count = load("xor"), 0
    for seed in range(1, 11):
        network = Network.parse(notation, input_shape=(2,))
        run = Run(network, data, optimizer="adam lr=0.05", batch_size=4, seed=seed)
        run.train(steps=500)
        count += run.evaluate("train").metric == 1.0
    return count


def out_of_ten(notation):
    return lambda session: xor_solved(notation)


@lru_cache(maxsize=16)
def sine_loss(notation, seed):
    """Validation loss after 100 epochs on the sine."""
    network = Network.parse(notation, input_shape=(1,))
    run = Run(network, load("sine"), optimizer="adam lr=0.01", batch_size=32, seed=seed)
    run.train(epochs=100)
    return run.evaluate("validation").loss


def over_seeds(pick, notation):
    return lambda session: pick(sine_loss(notation, seed) for seed in (1, 2, 3))


def says(x):
    """What the trained network says at ``x``."""
    return lambda session: float(session.run.predict(np.array([[x]], np.float32))[0, 0])


def dense_layers(network):
    return [layer for layer in network.layers if layer.kind == "dense"]


def xor_by_hand(session):
    network = session.run.network if session.run else session.network
    outputs = {
        tuple(map(int, x)): float(y) for x, y in zip(session.data.x, network.predict(session.data.x)[:, 0])
    }
    wanted = {(0, 0): 0, (0, 1): 1, (1, 0): 1, (1, 1): 0}
    wrong = [row for row in wanted if abs(outputs[row] - wanted[row]) > 0.01]
    if not wrong:
        return True
    values = {"x1": wrong[0][0], "x2": wrong[0][1], "y": outputs[wrong[0]], "wanted": wanted[wrong[0]]}
    if outputs[0, 1] < 0.5 and outputs[1, 0] < 0.5:
        return found(False, "row", misconception="cancels", **values)
    if wrong == [(1, 1)] and abs(outputs[1, 1] - 1) < 0.01:
        return found(False, misconception="once")
    return found(False, "row", **values)


def xor_run(session, hidden=2):
    """The run, where it trains that many tanh units on XOR."""
    run = session.run
    if run is None or session.data.name != "xor":
        return None
    dense = dense_layers(run.network)
    fits = len(dense) == 2 and dense[0].units == hidden and dense[0].activation == "tanh"
    return run if fits else None


def solved(session):
    run = xor_run(session)
    return run is not None and run.step_count >= 1 and run.evaluate("train").metric == 1.0


def stuck(session):
    run = xor_run(session)
    return run is not None and run.step_count >= 500 and run.evaluate("train").metric < 1.0


def digits_net(session):
    network = session.network
    dense = dense_layers(network)
    units = [layer.units for layer in dense]
    if units == [64, 10, 8, 10]:
        return found(False, misconception="input-layer")
    if units == [10, 8]:
        return found(False, misconception="no-output")
    if units != [10, 8, 10]:
        return found(False, "units", units=" · ".join(map(str, units)))
    if network.parameter_count != 828:
        return found(False, "count", count=network.parameter_count)
    if network.text.count("relu") < 2:
        return found(False, "straight")
    return True


def fitted(hidden):
    """At least 50 epochs on the sine with ``hidden`` tanh layers of 8 units or more."""

    def test(session):
        run = session.run
        if run is None or session.data.name != "sine" or len(run.history.epochs) < 50:
            return False
        before = dense_layers(run.network)[:-1]
        return len(before) == hidden and all(d.units >= 8 and d.activation == "tanh" for d in before)

    return test


LAYER = '''
def layer(x, W, b):
    """z (B, out), from x (B, in), W (in, out), b."""
    return W @ x + b
'''
LAYER_TESTS = """
x = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, -1.0], [1.0, 1.0]])
W = np.array([[1.0, 0.0, -1.0], [0.5, -1.0, 1.0]])
b = np.array([0.0, 1.0, 0.0])
z = np.array([[2, -2, 1], [0.5, -1, 1], [2.5, 1, -4], [1.5, -1, 0]])
case("four rows, two inputs, three units, no bias", layer, x, W, 0 * b, equals=z, tells="swapped")
case("the same with a bias", layer, x, W, b, equals=z + b, tells="no-bias")
square = np.array([[1.0, 2.0], [0.0, 1.0]])
case("two rows, two units", layer, square, np.array([[0.0, 1.0], [1.0, 0.0]]), b[:2], equals=[[2, 2], [1, 1]])
case("one row", layer, x[:1], W, b, equals=(z + b)[:1])
"""


def layer_with(expression):
    return f"def layer(x, W, b):\n    return {expression}\n"


lesson = Lesson(
    "a3",
    "layers_and_shapes",
    minutes=18,
    needs=("a2",),
    setup=["seed 1", "optimizer adam lr=0.05", "batch all"],
    steps=[
        watch(
            "cell-by-cell",
            observe(
                reached("dense1.z[0,0]"),
                reached("dense2.z[0,0]"),
                visited("dense1.z[3,2]"),
                solution=["step operation", "explain dense1.z[3,2]", "step 2 operation"],
            ),
            setup=[*XOR, "net dense 3 relu | dense 1"],
            covers=("affine", "forward-pass", "feed-forward", "dense"),
        ),
        be(
            "be-forward",
            tape(
                [
                    "dense1.z[0,0]",
                    "dense1.z[0,1]",
                    "dense1.z[0,2]",
                    "dense1.a[0,0]",
                    "dense1.a[0,1]",
                    "dense1.a[0,2]",
                    "dense2.z[0,0]",
                ],
                expect=[2, -1, 1, 2, 0, 1, 1.5],
                mistakes={
                    "no-relu": ("dense1.a[0,1]", "dense1.z[0,1]"),
                    "before-relu": ("dense2.z[0,0]", -0.5),
                },
            ),
            setup=PAPER,
            look=["step"],
            shows={"no-relu": "explain dense1.z[0,1]", "before-relu": "explain dense1.a[0,1]"},
            covers=("forward-pass", "affine"),
        ),
        build(
            "xor",
            goal(
                xor_by_hand,
                solutions=[
                    ["edit dense1.b[1] -1", "edit dense2.W[1,0] -2"],
                    [
                        "edit dense1.W[0,0] 1",
                        "edit dense1.W[1,0] -1",
                        "edit dense1.W[0,1] -1",
                        "edit dense1.W[1,1] 1",
                        "edit dense2.W[1,0] 1",
                    ],
                ],
                mistakes={
                    "cancels": ["edit dense2.W[1,0] -2"],
                    "once": ["edit dense1.b[1] -1", "edit dense2.W[1,0] -1"],
                },
            ),
            setup=COUNTERS,
            shows={"cancels": "classify 1 0", "once": "classify 1 1"},
            covers=("x35", "depth", "mlp"),
        ),
        predict(
            "bet",
            numeric(
                out_of_ten(TWO),
                expect=6,
                tolerance=1,
                digits=0,
                mistakes={"always": 10, "never": 0},
            ),
            gauge="surface curves",
            setup=[*XOR, f"net {TWO}"],
            shows={"always": "run 500 steps", "never": "run 500 steps"},
            covers=("mlp",),
        ),
        watch(
            "two-fates",
            observe(
                when("stuck", stuck),
                when("solved", solved),
                solution=["run 500 steps", "seed 2", "run 500 steps"],
            ),
            gauge="surface curves",
            setup=[*XOR, f"net {TWO}"],
            numbers=[
                number("two", out_of_ten(TWO), 0, expect=6),
                number("three", out_of_ten(THREE), 0, expect=8),
                number("eight", out_of_ten(EIGHT), 0, expect=10),
            ],
            settles="bet",
            covers=("mlp",),
        ),
        build(
            "digits-net",
            goal(
                digits_net,
                solutions=[
                    ["net dense 10 relu | dense 8 relu | dense 10"],
                    ["insert 1 dense 8 relu", "insert 1 dense 10 relu"],
                ],
                mistakes={
                    "input-layer": ["net dense 64 relu | dense 10 relu | dense 8 relu | dense 10"],
                    "no-output": ["net dense 10 relu | dense 8 relu"],
                },
            ),
            setup=[*DIGITS, "net dense 10"],
            numbers=[
                number("first", parameters("dense 10", 64), 0, expect=650),
                number("second", parameters("dense 8", 10), 0, expect=88),
                number("third", parameters("dense 10", 8), 0, expect=90),
                number("all", parameters("dense 10 relu | dense 8 relu | dense 10", 64), 0, expect=828),
            ],
            shows={"input-layer": "show network", "no-output": "show network"},
            covers=("three-layers", "dense-call", "depth", "parameter-count", "deep-learning", "nn-or-dl"),
        ),
        tune(
            "width",
            observe(
                when("none", fitted(0)),
                when("one", fitted(1)),
                when("two", fitted(2)),
                solution=[
                    "run 100 epochs",
                    f"net {ONE_HIDDEN}",
                    "run 100 epochs",
                    f"net {TWO_HIDDEN}",
                    "run 100 epochs",
                ],
            ),
            gauge="surface curves",
            setup=[*SINE, f"net {NO_HIDDEN}"],
            numbers=[
                number("none", over_seeds(min, NO_HIDDEN), 2, expect=0.20),
                number("one_low", over_seeds(min, ONE_HIDDEN), 3, expect=0.002),
                number("one_high", over_seeds(max, ONE_HIDDEN), 3, expect=0.006),
                number("two_low", over_seeds(min, TWO_HIDDEN), 3, expect=0.001),
                number("two_high", over_seeds(max, TWO_HIDDEN), 3, expect=0.003),
            ],
            covers=("universal-approximation", "x50", "x35"),
        ),
        predict(
            "outside",
            choose(["wave", "zero", "astray"], right="astray"),
            gauge="surface curves",
            setup=[*SINE, f"net {ONE_HIDDEN}", "run 100 epochs"],
            numbers=[
                number("inside", says(1.5), 2),
                number("inside_true", lambda session: np.sin(1.5), 2),
                number("at6", says(6.0), 2, expect=-1.42),
                number("sin6", lambda session: np.sin(6.0), 2, expect=-0.28),
                number("at8", says(8.0), 2, expect=-1.96),
                number("sin8", lambda session: np.sin(8.0), 2, expect=0.99),
            ],
            shows={"wave": "classify 6", "zero": "classify 8"},
            covers=("universal-approximation", "x50"),
        ),
        debug(
            "swapped",
            program(
                LAYER,
                LAYER_TESTS,
                solutions=[layer_with("x @ W + b"), layer_with("(W.T @ x.T).T + b")],
                mistakes={"swapped": LAYER, "no-bias": layer_with("x @ W")},
            ),
            setup=[*XOR, "net dense 3 relu | dense 1", "step"],
            shows={"swapped": "explain dense1.z[0,0]", "no-bias": "explain dense1.z[0,0]"},
            covers=("dense",),
        ),
        quiz(
            "shapes",
            shape(
                "dense1.z",
                expect=(32, 10),
                mistakes={"outer-kept": (32, 64), "weights": "dense1.W", "units-first": (10, 32)},
            ),
            setup=[*DIGITS, "net dense 10"],
            look=["step"],
            shows={"weights": "show network", "units-first": "show network"},
            recall=recall(
                numeric(lambda session: session.network.parameter_count),
                draw=lambda random: {"h": random.choice([4, 5, 6, 7]), "k": random.choice([2, 3])},
                setup=["data xor", "net dense {h} relu | dense {k}"],
            ),
            covers=("dense", "affine"),
        ),
    ],
)

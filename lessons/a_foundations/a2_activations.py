"""A2, bending the line: what activations do, what their slopes are, and why straight layers add nothing."""

from functools import lru_cache

import numpy as np

from nnlab.data import load, points
from nnlab.lesson import (
    Lesson,
    choose,
    code,
    explain,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    visited,
    when,
)
from nnlab.network import Network
from nnlab.training import Run

# A unit with weight 1 and no bias: its z is its input.
CURVE = ["data points -2,1 0,1 2,1", "loss mse", "net dense 1 sigmoid bias=no", "edit dense1.W[0,0] 1"]
# The same with a ReLU, on either side of its hinge.
HINGE = [
    "data points -1,0 2,0",
    "loss mse",
    "net dense 1 relu bias=no",
    "edit dense1.W[0,0] 1",
    "step",
]
SLOPES = ["data points 0,0 5,0", "loss mse", "net dense 1 sigmoid bias=no", "edit dense1.W[0,0] 1"]

# Two linear layers; both rows of the data are the input (1, 1), once for each class.
LINEAR = [
    "data points 1,1:0 1,1:1",
    "loss cross_entropy",
    "net dense 2 bias=no | dense 2 bias=no",
    "edit dense1.W[0,0] 1",
    "edit dense1.W[0,1] 2",
    "edit dense1.W[1,0] 0",
    "edit dense1.W[1,1] 1",
    "edit dense2.W[0,0] 1",
    "edit dense2.W[0,1] 0",
    "edit dense2.W[1,0] 3",
    "edit dense2.W[1,1] 1",
]

SPIRAL = ["data spiral", "loss bce", "optimizer adam lr=0.01", "batch 32"]
EPOCHS = 40


def activation(name, z):
    """The activation ``name`` at ``z``, as the engine computes it."""
    network = Network.parse(name, input_shape=(1,))
    return float(network.predict(np.array([[z]], np.float32))[0, 0])


def slope(name, z):
    """Its slope at ``z``: what the backward pass multiplies with on the way through it."""
    data = points([(1.0, -5.0), (1.0, -5.0)])
    run = Run(Network.parse(f"dense 1 {name} bias=no", input_shape=(1,)), data)
    run.edit("dense1.W[0,0]", z)
    run.step()
    return run.value("dense1.z[0,0].grad") / run.value("dense1.a[0,0].grad")


def slope_of_row(row):
    return lambda session: (
        session.run.value(f"dense1.z[{row},0].grad") / session.run.value(f"dense1.a[{row},0].grad")
    )


def product(session, *, turned=False, elementwise=False):
    """The matrix that two linear layers amount to, (2, 2)."""
    first, second = session.run.array("dense1.W"), session.run.array("dense2.W")
    if elementwise:
        return first * second
    return second @ first if turned else first @ second


def entry(i, j, **how):
    return lambda session: float(product(session, **how)[i, j])


def entries(**how):
    return [entry(i, j, **how) for i in range(2) for j in range(2)]


def hidden_bends(network):
    """The activations of all layers but the last."""
    layers = [getattr(layer, "activation", "") or getattr(layer, "function", "") for layer in network.layers]
    return [name for name in layers[:-1] if name and name != "identity"]


def accuracy(session):
    """Validation accuracy at the end of the last epoch."""
    rows = session.run.history.epochs if session.run else []
    return rows[-1].val_metric if rows else 0.0


@lru_cache(maxsize=64)
def trained(notation, seed):
    """Validation accuracy in percent after 40 epochs on the spiral, settings as on the bench."""
    data = load("spiral")
    run = Run(
        Network.parse(notation, input_shape=(2,)),
        data,
        optimizer="adam lr=0.01",
        batch_size=32,
        seed=seed,
    )
    run.train(epochs=EPOCHS)
    return 100 * run.history.epochs[-1].val_metric


def over_seeds(pick, notation):
    return lambda session: pick(trained(notation, seed) for seed in (1, 2, 3, 4, 5))


STRAIGHT = "dense 32 | dense 32 | dense 1"
RELU = "dense 32 relu | dense 32 relu | dense 1"
TANH = "dense 32 tanh | dense 32 tanh | dense 1"
WIDE_TANH = "dense 32 tanh init=he | dense 32 tanh | dense 1"


def tried(layers, bends):
    """At least half of the 40 epochs were trained with so many dense layers and these hidden activations."""

    def test(session):
        run = session.run
        if run is None or len(run.history.epochs) < EPOCHS // 2:
            return False
        dense = sum(layer.kind == "dense" for layer in run.network.layers)
        return dense == layers and set(hidden_bends(run.network)) == set(bends)

    return test


def tanh_with(init):
    def test(session):
        run = session.run
        if run is None or len(run.history.epochs) < EPOCHS:
            return False
        first = run.network.layers[0]
        return hidden_bends(run.network) == ["tanh", "tanh"] and first.initializer == init

    return test


def bent(session):
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-trained")
    if any(row.val_metric >= 0.95 for row in run.history.epochs[:EPOCHS]):
        return True
    if not hidden_bends(run.network):
        return found(False, misconception="still-straight")
    reached = accuracy(session)
    if reached >= 0.95:
        return found(False, "late", epochs=len(run.history.epochs))
    return found(False, "short", reached=round(100 * reached, 1))


CODE = '''
def relu(z):
    """z where it is positive, else 0; shaped like z."""
    return ...


def relu_grad(z, g):
    """dz, where g arrives from behind the ReLU."""
    return ...
'''
TESTS = """
import ast

z = np.array([[-1.0, 0.0, 2.0], [3.0, -0.5, -7.0]])
g = np.array([[5.0, 5.0, 5.0], [-2.0, 1.0, 4.0]])
case("values", relu, z[0], equals=[0.0, 0.0, 2.0], tells="absolute")
case("shape is kept", relu, z, equals=[[0.0, 0.0, 2.0], [3.0, 0.0, 0.0]])
case("gradient below 0", relu_grad, np.array([-1.0]), np.array([5.0]), equals=[0.0], tells="slope-one")
case("gradient above 0", relu_grad, np.array([2.0]), np.array([5.0]), equals=[5.0], tells="slope-alone")
case("gradients", relu_grad, z, g, equals=[[0.0, 0.0, 5.0], [-2.0, 0.0, 0.0]])
z = np.array([-1.0, 2.0])
relu(z), relu_grad(z, z)
claim("z is not changed", z[0] == -1.0, shown=z, tells="in-place")
loops = (ast.For, ast.While, ast.comprehension)
claim("no loop over elements", not any(isinstance(node, loops) for node in ast.walk(TREE)), tells="loop")
"""


def solution(value="np.maximum(z, 0)", gradient="g * (z > 0)", first="pass"):
    return f"""
def relu(z):
    {first}
    return {value}


def relu_grad(z, g):
    return {gradient}
"""


lesson = Lesson(
    "a2",
    "activations",
    minutes=18,
    needs=("a1",),
    setup=["seed 1", "optimizer sgd lr=0.1", "batch all"],
    steps=[
        predict(
            "mirror",
            numerics(
                [
                    lambda session: activation("sigmoid", -2.0),
                    lambda session: activation("tanh", -2.0),
                    lambda session: activation("relu", -2.0),
                ],
                expect=[0.119, -0.964, 0],
                mistakes={
                    "both-turned": [lambda session: -activation("sigmoid", 2.0), None, None],
                    "tanh-like-sigmoid": [None, lambda session: 1 - activation("tanh", 2.0), None],
                    "no-mirror": [
                        lambda session: activation("sigmoid", 2.0),
                        lambda session: activation("tanh", 2.0),
                        None,
                    ],
                },
            ),
            setup=CURVE,
            look=["step"],
            numbers=[
                number("sigmoid", lambda session: activation("sigmoid", 2.0), expect=0.881),
                number("tanh", lambda session: activation("tanh", 2.0), expect=0.964),
            ],
            shows={
                "both-turned": "explain dense1.a[0,0]",
                "tanh-like-sigmoid": "explain dense1.a[0,0]",
                "no-mirror": "explain dense1.a[0,0]",
            },
            covers=("activation", "sigmoid", "tanh", "relu"),
        ),
        explain(
            "open-slope",
            observe(
                visited("dense1.z[0,0].grad"),
                visited("dense1.z[1,0].grad"),
                solution=["step", "explain dense1.z[0,0].grad", "explain dense1.z[1,0].grad"],
            ),
            setup=SLOPES,
            look=["step"],
            numbers=[
                number("middle", slope_of_row(0), 2, expect=0.25),
                number("far", slope_of_row(1), 4, expect=0.0066),
                number("z0", "dense1.z[0,0]", 0, expect=0),
                number("z1", "dense1.z[1,0]", 0, expect=5),
            ],
            covers=("sigmoid",),
        ),
        predict(
            "slopes",
            numerics(
                [
                    lambda session: slope("tanh", 0.0),
                    lambda session: slope("relu", -2.0),
                    lambda session: slope("relu", 2.0),
                ],
                expect=[1, 0, 1],
                mistakes={
                    "values": [0, 0, 2],
                    "quarter": [lambda session: slope("sigmoid", 0.0), None, None],
                    "one-everywhere": [1, 1, 1],
                },
            ),
            setup=SLOPES,
            numbers=[number("sigmoid", lambda session: slope("sigmoid", 0.0), 2, expect=0.25)],
            shows={
                "values": "explain dense1.z[0,0].grad",
                "quarter": "explain dense1.z[0,0].grad",
                "one-everywhere": "explain dense1.z[1,0].grad",
            },
            look=["step"],
            covers=("tanh", "relu"),
        ),
        predict(
            "one-matrix",
            numerics(
                entries(),
                expect=[7, 2, 3, 1],
                mistakes={"elementwise": entries(elementwise=True), "turned": entries(turned=True)},
            ),
            setup=[*LINEAR, "step"],
            recall=recall(
                numeric("dense2.z[0,0]"),
                draw=lambda random: {
                    "p": random.choice([1.0, 2.0, 4.0]),
                    "q": random.choice([-1.0, 1.0, 3.0]),
                    "r": random.choice([-2.0, 2.0, 5.0]),
                },
                setup=[
                    *LINEAR,
                    "edit dense1.W[0,0] {p}",
                    "edit dense1.W[1,0] {q}",
                    "edit dense2.W[0,0] {r}",
                    "step",
                ],
            ),
            shows={"elementwise": "explain dense2.z[0,0]", "turned": "explain dense2.z[0,0]"},
            covers=("x47",),
        ),
        predict(
            "deeper-bet",
            choose(["curve", "bit", "same"], right="same"),
            gauge="surface curves",
            setup=[*SPIRAL, f"net {STRAIGHT}"],
            shows={"curve": "run 40 epochs", "bit": "run 40 epochs"},
            covers=("x47", "non-linearity"),
        ),
        train(
            "stall",
            observe(
                when("one", tried(1, [])),
                when("three", tried(3, [])),
                solution=["run 40 epochs", f"net {STRAIGHT}", "run 40 epochs"],
            ),
            gauge="surface curves",
            setup=[*SPIRAL, "net dense 1"],
            numbers=[
                number("one", lambda session: trained("dense 1", 1), 1, expect=65),
                number("three", lambda session: trained(STRAIGHT, 1), 1, expect=64.5),
            ],
            settles="deeper-bet",
            covers=("x47",),
        ),
        tune(
            "bend",
            goal(
                bent,
                solutions=[
                    ["replace dense1 dense 32 relu", "replace dense2 dense 32 relu", "run 40 epochs"],
                    [f"net {RELU}", "run until val_accuracy > 0.95"],
                    ["net dense 32 | relu | dense 32 | relu | dense 1", "run 40 epochs"],
                ],
                mistakes={"still-straight": ["replace dense1 dense 64", "run 40 epochs"]},
            ),
            gauge="surface curves",
            setup=[*SPIRAL, f"net {STRAIGHT}"],
            numbers=[
                number("low", over_seeds(min, RELU), 1, expect=97.5),
                number("high", over_seeds(max, RELU), 1, expect=98.5),
            ],
            covers=("non-linearity", "relu", "activation"),
        ),
        tune(
            "tanh",
            observe(
                when("same", tanh_with("glorot")),
                when("larger", tanh_with("he")),
                solution=["run 40 epochs", "init he dense1", "run 40 epochs"],
            ),
            gauge="surface curves",
            setup=[*SPIRAL, f"net {TANH}"],
            numbers=[
                number("low", over_seeds(min, TANH), 1, expect=50.5),
                number("high", over_seeds(max, TANH), 1, expect=64.5),
                number("he_low", over_seeds(min, WIDE_TANH), 1, expect=78),
                number("he_high", over_seeds(max, WIDE_TANH), 1, expect=90.5),
            ],
            covers=("choosing-parts", "tanh"),
        ),
        code(
            "write-relu",
            program(
                CODE,
                TESTS,
                solutions=[solution(), solution("np.where(z > 0, z, 0.0)", "np.where(z > 0, g, 0.0)")],
                mistakes={
                    "absolute": solution("np.abs(z)"),
                    "slope-one": solution(gradient="g"),
                    "slope-alone": solution(gradient="(z > 0) * 1.0"),
                    "in-place": solution("z", first="z[z < 0] = 0"),
                    "loop": solution("np.array([max(v, 0.0) for v in z.ravel()]).reshape(z.shape)"),
                },
            ),
            setup=HINGE,
            shows={
                "absolute": "explain dense1.a[0,0]",
                "slope-one": "explain dense1.z[0,0].grad",
                "slope-alone": "explain dense1.z[1,0].grad",
                "in-place": "explain dense1.z[0,0]",
                "loop": "explain dense1.a[1,0]",
            },
            covers=("relu",),
        ),
        quiz(
            "ten-layers",
            choose(["sum", "quarter", "thousandth", "millionth"], right="millionth"),
            setup=[*SLOPES, "step"],
            shows={"sum": "explain dense1.z[0,0].grad"},
            recall=recall(
                numeric("dense1.a[0,0]"),
                draw=lambda random: {
                    "x": random.choice([1.0, 2.0, 3.0]),
                    "w": random.choice([-1.5, -0.5, 0.5, 2.0]),
                    "b": random.choice([-2.0, 0.25, 1.0]),
                },
                setup=[
                    "data points {x},0 {x},0",
                    "loss mse",
                    "net dense 1 relu",
                    "edit dense1.W[0,0] {w}",
                    "edit dense1.b[0] {b}",
                    "step",
                ],
            ),
            covers=("sigmoid",),
        ),
    ],
)

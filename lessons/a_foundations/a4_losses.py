"""A4, losses: one number for "how wrong", what it costs to be sure, and losses that take logits."""

import math
from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    choose,
    choose_all,
    code,
    debug,
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
    visited,
)
from nnlab.network import Network
from nnlab.training import Run

# The unit passes its input on (weight 1, no bias), so a point is a pair: prediction, target.
PASS = ["loss mse", "net dense 1 bias=no", "edit dense1.W[0,0] 1"]
FOUR = ["data points 2.5,3 0,-0.5 2,2 8,7", *PASS]

# One training example of class 0 with the scores (2, 1, 0); the other points give the classes their names.
SCORES = [
    "data points 1,0:0 1,0:1 1,0:2 split=1/1/1",
    "loss cross_entropy",
    "net dense 3 init=zeros",
    "edit dense1.b[0] 2",
    "edit dense1.b[1] 1",
]
DIGITS = ["data digits scale=unit", "loss cross_entropy", "optimizer sgd lr=0.1", "batch 32"]

# One training example of class 1; the other point is the contrast that a class needs.

# All wrong and very sure of it.
START = ["edit dense1.W[0,0] -4", "edit dense1.W[1,0] -4", "edit dense1.b[0] -4"]
RACE = ["data or", "optimizer gd lr=1"]
SQUARED = [*RACE, "loss mse", "net dense 1 sigmoid", *START]
CROSS = [*RACE, "loss bce", "net dense 1", *START]


def p(unit):
    return lambda session: session.run.value(f"loss.p[0,{unit}]")


def first_loss(session):
    """The loss of an untrained digits network with random weights on its first batch."""
    network = Network.parse("dense 32 relu | dense 10", input_shape=(64,))
    run = Run(network, load("digits scale=unit"), batch_size=32, seed=1)
    run.step()
    return run.loss


def all_right(session):
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "still", so_far=0)
    return found(run.evaluate("train").metric == 1.0, "still", so_far=run.step_count)


def first_right(session):
    """The update after which all four rows were right for the first time."""
    return next(row.step for row in session.run.history.epochs if row.train_metric == 1.0)


@lru_cache(maxsize=1)
def squared_updates():
    """How many updates squared error needs from the same start."""
    run = Run(Network.parse("dense 1 sigmoid", 2), load("or"), loss="mse", optimizer="gd lr=1")
    for address in ("dense1.W[0,0]", "dense1.W[1,0]", "dense1.b[0]"):
        run.edit(address, -4)
    return run.train(until="val_accuracy > 0.99").step


def digits_mended(session):
    run = session.run
    layers = session.network.layers
    bends = [getattr(layer, "activation", "") or getattr(layer, "function", "") for layer in layers]
    if "softmax" in bends[:-1] and bends[-1] != "softmax":
        return found(False, misconception="hidden")
    if run is None or not run.history.epochs:
        return found(False, "untrained")
    loss = run.history.epochs[-1].val_loss
    if loss < 0.6:
        return True
    if bends[-1] == "softmax":
        return found(False, misconception="twice")
    return found(False, "short", loss=loss)


XENT = '''
def softmax_xent(logits, ids):
    """Mean cross-entropy of logits (B, C), ids (B,).

    Returns the loss and its gradient with respect to
    the logits, (B, C).
    """
    B = len(ids)
    p = ...
    loss = ...
    grad = ...
    return loss, grad
'''
XENT_TESTS = """
def loss_of(logits, ids):
    return softmax_xent(logits, ids)[0]

def gradient_of(logits, ids):
    return softmax_xent(logits, ids)[1]

def slope(logits, ids, eps=1e-5):
    grad = np.zeros_like(logits)
    for at in np.ndindex(logits.shape):
        up, down = logits.copy(), logits.copy()
        up[at] += eps
        down[at] -= eps
        grad[at] = (reference(up, ids) - reference(down, ids)) / (2 * eps)
    return grad

def reference(logits, ids):
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return float((total - logits[np.arange(len(ids)), ids]).mean())

one, first = np.array([[2.0, 1.0, 0.0]]), np.array([0])
two, ids = np.array([[2.0, 1.0, 0.0], [0.5, -1.0, 3.0]]), np.array([0, 1])
case("one example: -ln p", loss_of, one, first, equals=reference(one, first), tells="wrong-class")
case("two examples: the mean", loss_of, two, ids, equals=reference(two, ids), tells="sum")
big = np.array([[1000.0, 0.0], [-1000.0, -999.0]])
case("scores of 1000", loss_of, big, ids, equals=reference(big, ids), tells="overflow")
exact = slope(one, first)
case("gradient of one example", gradient_of, one, first, equals=exact, close=1e-4, tells="no-target")
exact = slope(two, ids)
case("gradient of two", gradient_of, two, ids, equals=exact, close=1e-4, tells="gradient-not-mean")
"""


def xent_with(
    top="logits.max(axis=1, keepdims=True)",
    loss="-np.log(p[np.arange(B), ids]).mean()",
    target="grad[np.arange(B), ids] -= 1",
    share="grad / B",
):
    return f"""
def softmax_xent(logits, ids):
    B = len(ids)
    e = np.exp(logits - {top})
    p = e / e.sum(axis=1, keepdims=True)
    loss = {loss}
    grad = p.copy()
    {target}
    return loss, {share}
"""


ONE_HOT = """
def softmax_xent(logits, ids):
    B, C = logits.shape
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.eye(C)[ids]
    return -(target * log_p).sum() / B, (np.exp(log_p) - target) / B
"""

lesson = Lesson(
    "a4",
    "losses",
    minutes=17,
    needs=("a2",),
    setup=["seed 1", "optimizer sgd lr=0.1", "batch all"],
    steps=[
        predict(
            "squared-error",
            numeric(
                "loss",
                expect=0.375,
                mistakes={
                    "absolute": 0.5,
                    "sum": 1.5,
                    "signed": 0.25,
                    "root": lambda s: math.sqrt(s.run.loss),
                },
            ),
            setup=FOUR,
            look=["step"],
            recall=recall(
                numeric("loss"),
                draw=lambda random: {
                    "a": random.choice([1.0, 2.0, 4.0]),
                    "b": random.choice([-1.0, 0.0, 3.0]),
                    "s": random.choice([1.5, 3.0, 5.0]),
                    "t": random.choice([-2.0, 1.0, 2.0]),
                },
                setup=["data points {a},{s} {b},{t}", *PASS, "step"],
            ),
            shows={
                "absolute": "explain loss.each[0,0]",
                "sum": "explain loss",
                "signed": "explain loss.each[0,0]",
                "root": "explain loss",
            },
            covers=("loss", "mse", "mean-loss", "objective-j", "x46"),
        ),
        explain(
            "softmax",
            observe(
                visited("loss.p[0,0]"),
                visited("loss.sum[0,0]"),
                solution=["step", "explain loss.p[0,0]", "explain loss.sum[0,0]"],
            ),
            setup=SCORES,
            look=["step"],
            numbers=[
                number("p0", p(0), 4, expect=0.6652),
                number("p1", p(1), 4, expect=0.2447),
                number("p2", p(2), 4, expect=0.0900),
            ],
            covers=("softmax",),
        ),
        predict(
            "cross-entropy",
            numeric(
                "loss.each[0,0]",
                expect=0.408,
                mistakes={
                    "probability": p(0),
                    "distance": lambda s: 1 - s.run.value("loss.p[0,0]"),
                    "log-ten": lambda s: -math.log10(s.run.value("loss.p[0,0]")),
                    "other-class": lambda s: -math.log(s.run.value("loss.p[0,1]")),
                },
            ),
            setup=SCORES,
            look=["step"],
            numbers=[number("p0", p(0), 3, expect=0.665)],
            shows={
                "probability": "explain loss.each[0,0]",
                "distance": "explain loss.each[0,0]",
                "log-ten": "explain loss.each[0,0]",
                "other-class": "explain loss.each[0,0]",
            },
            covers=("cross-entropy", "categorical-ce"),
        ),
        predict(
            "pull",
            numerics(
                [f"dense1.z[0,{unit}].grad" for unit in range(3)],
                expect=[-0.335, 0.245, 0.090],
                mistakes={
                    "turned": [lambda s, k=k: -s.run.value(f"dense1.z[0,{k}].grad") for k in range(3)],
                    "only-right": [None, 0, 0],
                    "probabilities": [p(0), p(1), p(2)],
                },
            ),
            setup=SCORES,
            look=["step"],
            numbers=[
                number("p0", p(0), 3, expect=0.665),
                number("p1", p(1), 3, expect=0.245),
                number("p2", p(2), 3, expect=0.090),
            ],
            shows={
                "turned": "explain dense1.z[0,0].grad",
                "only-right": "explain dense1.z[0,1].grad",
                "probabilities": "explain dense1.z[0,0].grad",
            },
            covers=("one-hot", "to-categorical", "categorical-ce"),
        ),
        predict(
            "untrained",
            numeric(
                "loss",
                expect=2.303,
                mistakes={"chance": 0.1, "log-ten": 1.0, "zero": 0.0, "accuracy": 0.9},
            ),
            setup=[*DIGITS, "net dense 10 init=zeros"],
            look=["step"],
            numbers=[number("random", first_loss, 2)],
            recall=recall(
                numeric("loss"),
                draw=lambda random: {"C": random.choice([3, 4, 5, 6, 8])},
                setup=["data blobs classes={C}", "loss cross_entropy", "net dense {C} init=zeros", "step"],
            ),
            shows={
                "chance": "explain loss.each[0,0]",
                "log-ten": "explain loss.each[0,0]",
                "zero": "explain loss.p[0,0]",
                "accuracy": "explain loss.each[0,0]",
            },
            covers=("cross-entropy", "categorical-ce"),
        ),
        predict(
            "race-bet",
            choose(["squared", "same", "cross"], right="cross"),
            setup=SQUARED,
            shows={"squared": "run until val_accuracy > 0.99", "same": "run until val_accuracy > 0.99"},
            gauge="curves surface",
            covers=("choosing-parts",),
        ),
        train(
            "race-cross",
            goal(all_right, solutions=[["run until val_accuracy > 0.99"], ["run 40 steps"]]),
            gauge="curves surface",
            setup=CROSS,
            numbers=[
                number("updates", first_right, 0, expect=34, after=True),
                number("squared", lambda session: squared_updates(), 0, expect=2855, after=True),
            ],
            settles="race-bet",
            covers=("binary-ce", "choosing-parts"),
        ),
        debug(
            "digits",
            goal(
                digits_mended,
                solutions=[
                    ["replace dense2 dense 10", "run 10 epochs"],
                    ["net dense 32 relu | dense 10", "run until val_loss < 0.5"],
                ],
                mistakes={
                    "twice": ["run 40 epochs"],
                    "hidden": ["net dense 32 softmax | dense 10", "run 10 epochs"],
                },
            ),
            gauge="curves confusion",
            setup=[*DIGITS, "net dense 32 relu | dense 10 softmax", "run 10 epochs"],
            numbers=[
                number("loss", lambda s: s.run.history.epochs[-1].val_loss, 2, expect=1.94),
                number("right", lambda s: 100 * s.run.history.epochs[-1].val_metric, 0, expect=56),
                number("mended", lambda s: s.run.history.epochs[-1].val_loss, 2, expect=0.26, after=True),
                number(
                    "share", lambda s: 100 * s.run.history.epochs[-1].val_metric, 0, expect=93, after=True
                ),
            ],
            shows={"twice": "show network", "hidden": "show network"},
            covers=("x23", "x43", "softmax-ce-logits"),
        ),
        code(
            "write-it",
            program(
                XENT,
                XENT_TESTS,
                solutions=[xent_with(), ONE_HOT],
                mistakes={
                    "wrong-class": xent_with(loss="-np.log(1 - p[np.arange(B), ids]).mean()"),
                    "sum": xent_with(loss="-np.log(p[np.arange(B), ids]).sum()"),
                    "overflow": xent_with(top="logits.max()"),
                    "no-target": xent_with(target="pass"),
                    "gradient-not-mean": xent_with(share="grad"),
                },
            ),
            setup=[*SCORES, "step"],
            shows={
                "wrong-class": "explain loss.each[0,0]",
                "sum": "explain loss",
                "overflow": "explain loss.sum[0,0]",
                "no-target": "explain dense1.z[0,0].grad",
                "gradient-not-mean": "explain dense1.z[0,0].grad",
            },
            covers=("softmax-ce-logits", "mean-loss", "to-categorical"),
        ),
        quiz(
            "match",
            choose_all(
                [
                    "price",
                    "digit-squared",
                    "spam",
                    "digit",
                    "digit-binary",
                    "digit-ids",
                    "tags-softmax",
                    "tags",
                ],
                right=["price", "spam", "digit", "tags"],
            ),
            setup=[*SCORES, "step"],
            shows={"tags-softmax": "explain loss.p[0,0]", "digit-ids": "explain target[0,0]"},
            recall=recall(
                numeric("loss.each[0,0]"),
                draw=lambda random: {"a": random.choice([1, 3]), "b": random.choice([-1, 2])},
                setup=[*SCORES[:3], "edit dense1.b[0] {a}", "edit dense1.b[1] {b}", "step"],
            ),
            covers=("choosing-parts", "x42", "x23", "one-hot", "to-categorical", "binary-ce"),
        ),
    ],
)

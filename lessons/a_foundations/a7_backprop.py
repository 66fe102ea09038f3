"""A7, backprop: a complete backward pass on paper, then the engine's, then in code."""

from nnlab.lesson import (
    Lesson,
    arrange,
    be,
    choose,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    observe,
    order,
    predict,
    program,
    quiz,
    reached,
    recall,
    tape,
    train,
    watch,
)
from nnlab.lesson.readings import steps

# One training example, x = (1, 0) with target 1; the second point is the contrast that a class needs.
NET = [
    "data points 1,0:1 0,0:0 split=1/1/0",
    "net dense 2 sigmoid | dense 1",
    "edit dense1.W[0,0] 0.5",
    "edit dense1.W[0,1] -0.5",
    "edit dense1.W[1,0] 0.3",
    "edit dense1.W[1,1] 0.8",
    "edit dense1.b[1] 0.1",
    "edit dense2.W[0,0] 1",
    "edit dense2.W[1,0] -1",
]


def output(session):
    return session.run.value("loss.p[0,0]")


def two_steps(session):
    return found(steps(session) >= 2, "one-more")


CHAIN = """
def train_step(x, w1, w2, target, lr):
    # y = w2 * w1 * x, loss = (y - target)**2 / 2
    y = w2 * w1 * x
    dy = y - target
    dw2 = dy * w1 * x
    w2 = w2 - lr * dw2
    dw1 = dy * w2 * x
    w1 = w1 - lr * dw1
    return dw1, dw2, w1, w2
"""
CHAIN_TESTS = """
def slopes(x, w1, w2, target):
    return train_step(x, w1, w2, target, 0.1)[:2]

def weights(x, w1, w2, target):
    return train_step(x, w1, w2, target, 0.1)[2:]

case("gradient of w1 and w2", slopes, 1.0, 1.0, 2.0, 0.0, equals=(4.0, 2.0), tells="update-first")
case("new weights", weights, 1.0, 1.0, 2.0, 0.0, equals=(0.6, 1.8))
case("other numbers", slopes, 2.0, 0.5, 3.0, 1.0, equals=(12.0, 2.0))
"""
CHAIN_RIGHT = """
def train_step(x, w1, w2, target, lr):
    y = w2 * w1 * x
    dy = y - target
    dw2 = dy * w1 * x
    dw1 = dy * w2 * x
    w2 = w2 - lr * dw2
    w1 = w1 - lr * dw1
    return dw1, dw2, w1, w2
"""

BACKWARD = '''
def backward(cache, y):
    """Gradients (dW1, db1, dW2, db2) of the mean loss.

    cache: x (n, 2), h (n, 2) behind the sigmoid,
    W2 (2, 1), o (n, 1) probabilities; y (n, 1).
    """
    x, h = cache["x"], cache["h"]
    W2, o = cache["W2"], cache["o"]
    d2 = (o - y) / len(x)  # (n, 1)
    dW2 = ...
    db2 = ...
    d1 = ...  # (n, 2)
    dW1 = ...
    db1 = ...
    return dW1, db1, dW2, db2
'''
BACKWARD_TESTS = """
P = {"W1": np.array([[0.5, -0.5], [0.3, 0.8]]), "b1": np.array([0.0, 0.1]),
     "W2": np.array([[1.0], [-1.0]]), "b2": np.array([0.0])}
NAMES = ["W1", "b1", "W2", "b2"]
ONE = (np.array([[1.0, 0.0]]), np.array([[1.0]]))
THREE = (np.array([[1.0, 0.0], [0.5, 2.0], [-1.0, 1.0]]), np.array([[1.0], [0.0], [1.0]]))

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def run(p, x):
    h = sigmoid(x @ p["W1"] + p["b1"])
    return {"x": x, "h": h, "o": sigmoid(h @ p["W2"] + p["b2"]), **p}

def loss(p, x, y):
    o = run(p, x)["o"]
    return float(-(y * np.log(o) + (1 - y) * np.log(1 - o)).mean())

def slope(p, name, index, x, y, eps=1e-6):
    up, down = ({k: v.copy() for k, v in p.items()} for _ in range(2))
    up[name][index] += eps
    down[name][index] -= eps
    return (loss(up, x, y) - loss(down, x, y)) / (2 * eps)

def numeric(name, x, y):
    return np.array([slope(P, name, i, x, y) for i in np.ndindex(P[name].shape)]).reshape(P[name].shape)

def gradient(name, x, y):
    return backward(run(P, x), y)[NAMES.index(name)]

case("one example", gradient, "W2", *ONE, equals=numeric("W2", *ONE), close=1e-4)
case("three examples", gradient, "W2", *THREE, equals=numeric("W2", *THREE), close=1e-4, tells="no-mean")
case("bias of the output", gradient, "b2", *THREE, equals=numeric("b2", *THREE), close=1e-4)
case("the hidden layer", gradient, "W1", *ONE, equals=numeric("W1", *ONE), close=1e-4, tells="no-slope")
case("the hidden layer, three examples", gradient, "W1", *THREE, equals=numeric("W1", *THREE), close=1e-4)
case("bias of the hidden layer", gradient, "b1", *THREE, equals=numeric("b1", *THREE), close=1e-4)
cache = run(P, THREE[0])
before = {name: value.copy() for name, value in cache.items()}
backward(cache, THREE[1])
same = all(np.array_equal(cache[name], before[name]) for name in before)
claim("nothing in the cache is changed", same, tells="in-place")
"""


def backward_with(d2="(o - y) / len(x)", d1="(d2 @ W2.T) * h * (1 - h)", first=""):
    return f"""
def backward(cache, y):
    x, h = cache["x"], cache["h"]
    W2, o = cache["W2"], cache["o"]
    d2 = {d2}
    {first or "pass"}
    dW2 = h.T @ d2
    d1 = {d1}
    dW1 = x.T @ d1
    return dW1, d1.sum(axis=0), dW2, d2.sum(axis=0)
"""


lesson = Lesson(
    "a7",
    "backprop",
    minutes=18,
    needs=("a3", "a6"),
    setup=["seed 1", "optimizer sgd lr=0.5", "batch all"],
    steps=[
        watch(
            "forward",
            observe(reached("dense1.a[0,0]"), reached("loss"), solution=["step"]),
            setup=NET,
            look=["step"],
            numbers=[
                number("z1", "dense1.z[0,0]", expect=0.5),
                number("z2", "dense1.z[0,1]", expect=-0.4),
                number("h1", "dense1.a[0,0]", 4, expect=0.6225),
                number("h2", "dense1.a[0,1]", 4, expect=0.4013),
                number("z", "dense2.z[0,0]", 4, expect=0.2211),
                number("o", "loss.p[0,0]", 4, expect=0.5551),
                number("loss", "loss", 4, expect=0.5887),
            ],
            covers=("forward-pass",),
        ),
        predict(
            "error",
            numeric(
                "dense2.z[0,0].grad",
                expect=-0.445,
                mistakes={
                    "turned": lambda s: 1 - output(s),
                    "squared-loss": lambda s: (output(s) - 1) * output(s) * (1 - output(s)),
                },
            ),
            setup=NET,
            look=["step"],
            numbers=[number("o", "loss.p[0,0]", 4)],
            recall=recall(
                numeric("dense2.z[0,0].grad"),
                draw=lambda random: {"w": random.choice([0.5, 1.5, 2.0]), "v": random.choice([-2.0, 0.5])},
                setup=[*NET[:7], "edit dense2.W[0,0] {w}", "edit dense2.W[1,0] {v}", "step"],
            ),
            shows={"turned": "explain dense2.z[0,0].grad", "squared-loss": "explain dense2.z[0,0].grad"},
            covers=("backprop", "x19"),
        ),
        be(
            "be-backward",
            tape(
                [
                    "dense2.W[0,0].grad",
                    "dense2.W[1,0].grad",
                    "dense1.a[0,0].grad",
                    "dense1.z[0,0].grad",
                ],
                expect=[-0.277, -0.1785, -0.4449, -0.1046],
                mistakes={
                    "delta-only": ("dense2.W[0,0].grad", "dense2.z[0,0].grad"),
                    "activations": ("dense2.W[0,0].grad", "dense1.a[0,0]"),
                    "weight-forgotten": ("dense1.a[0,0].grad", "dense2.W[0,0]"),
                    "slope-of-z": ("dense1.z[0,0].grad", lambda s: s.run.value("dense1.a[0,0].grad") * 0.25),
                },
                digits=4,
            ),
            setup=NET,
            look=["step"],
            numbers=[
                number("d2", "dense2.z[0,0].grad", 4, expect=-0.4449),
                number("w", "dense2.W[0,0]"),
                number("h1", "dense1.a[0,0]", 4),
                number("h2", "dense1.a[0,1]", 4),
            ],
            shows={
                "delta-only": "explain dense2.z[0,0].grad",
                "activations": "explain dense2.z[0,0].grad",
                "weight-forgotten": "explain dense2.z[0,0].grad",
                "slope-of-z": "explain dense1.a[0,0]",
            },
            covers=("backprop", "chain-rule", "x19"),
        ),
        predict(
            "zero-row",
            choose(["small", "input", "slope", "later"], right="input"),
            numbers=[
                number("g20", "dense1.W[1,0].grad", expect=0),
                number("g21", "dense1.W[1,1].grad", expect=0),
            ],
            setup=[*NET, "step"],
            shows={
                "small": "explain dense1.W[1,0].grad",
                "slope": "explain dense1.W[0,0].grad",
                "later": "explain dense1.W[1,0].grad",
            },
            covers=("backprop",),
        ),
        predict(
            "moved",
            choose(["all", "last", "none"], right="none"),
            setup=[*NET, "step"],
            shows={"all": "show dense2.W", "last": "show dense2.W"},
            covers=("x20",),
        ),
        train(
            "update",
            goal(two_steps, solutions=[["step"], ["run 1 steps"]]),
            setup=[*NET, "step"],
            numbers=[
                number("old", "loss", 4, expect=0.5887),
                number("new", lambda s: s.run.history.losses[1], 4, expect=0.4317, after=True),
            ],
            covers=("x20", "gradient-descent"),
        ),
        order(
            "one-step",
            arrange(
                ["update", "loss", "hidden", "forward", "output"],
                right=["forward", "loss", "output", "hidden", "update"],
                mistakes={
                    "top-first": ["forward", "loss", "output", "update", "hidden"],
                    "gradients-forward": ["forward", "loss", "hidden", "output", "update"],
                },
            ),
            setup=[*NET, "step"],
            shows={
                "top-first": "explain dense1.a[0,0].grad",
                "gradients-forward": "explain dense1.z[0,0].grad",
            },
            covers=("x33", "x34"),
        ),
        debug(
            "too-early",
            program(CHAIN, CHAIN_TESTS, solutions=[CHAIN_RIGHT], mistakes={"update-first": CHAIN}),
            shows={"update-first": "explain dense1.a[0,0].grad"},
            covers=("x34",),
        ),
        code(
            "write-it",
            program(
                BACKWARD,
                BACKWARD_TESTS,
                solutions=[backward_with(), backward_with(d1="(d2 * W2[:, 0]) * h * (1 - h)")],
                mistakes={
                    "no-mean": backward_with(d2="o - y"),
                    "no-slope": backward_with(d1="d2 @ W2.T"),
                    "in-place": backward_with(first="o -= y"),
                },
            ),
            setup=[*NET, "step"],
            shows={
                "no-mean": "explain dense2.z[0,0].grad",
                "no-slope": "explain dense1.z[0,0].grad",
                "in-place": "explain dense2.z[0,0].grad",
            },
            covers=("backprop-program", "x21", "python-tools"),
        ),
        quiz(
            "uphill",
            choose(["rate", "sign", "zero", "shuffle"], right="sign"),
            setup=[*NET, "step"],
            shows={"rate": "ledger dense2.W[0,0]", "zero": "ledger dense2.W[0,0]"},
            recall=recall(
                numeric("dense2.W[0,0].new"),
                draw=lambda random: {"lr": random.choice([0.1, 0.2, 1.0])},
                setup=[*NET, "optimizer sgd lr={lr}", "step"],
            ),
            covers=("gradient-descent", "x20"),
        ),
    ],
)

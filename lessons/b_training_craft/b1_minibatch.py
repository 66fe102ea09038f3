"""B1, noisy but fast: how much of a gradient is chance, batch sizes raced, shuffling, the loop in code."""

import math
from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    arrange,
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
    order,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    watch,
)
from nnlab.lesson.readings import span
from nnlab.lesson.tasks_bench import Sight
from nnlab.network import Network
from nnlab.training import Run
from nnlab.training.studies.noise import noise

DATA, NET = "digits scale=unit", "dense 32 relu | dense 10"
BENCH = [f"data {DATA}", f"net {NET}", "optimizer sgd lr=0.1", "batch 32"]
SORTED = [f"data {DATA} order=sorted", *BENCH[1:], "shuffle no", "run 5 epochs"]
LINE = ["data line3", "loss mse", "net dense 1", "optimizer sgd lr=0.1", "batch 1", "step"]

# Validation accuracy in percent after five epochs with sgd lr=0.1, least and most of seeds 1 … 10:
#   nnlab sweep "dense 32 relu | dense 10" --data "digits scale=unit" --epochs 5 --vary batch=… seed=1,…,10
SPANS = {1: (90, 96), 8: (91, 94), 32: (86, 91), 128: (61, 76), 1149: (9, 33)}
AT_ONE = (43, 72)  # the whole set in one batch, lr=1
TOO_FAST = (8, 19)  # the whole set in one batch, lr=5
SORTED_SPAN, MIXED_SPAN = (22, 35), (86, 90)  # batch 32, rows digit by digit: never shuffled, and shuffled


def rows(session):
    return len(session.data.split.train)


def updates(session):
    """Of one epoch, with the batch size of the bench."""
    size = session.run.config.batch_size if session.run else session.bench.setup.batch_size
    return math.ceil(rows(session) / size)


# ---------------------------------------------------------------- how much of a gradient is chance


@lru_cache
def first_layer(batch):
    """Signal and noise of dense1 after the first step, over 24 batches of this size."""
    data = load(DATA)
    run = Run(Network.parse(NET, input_shape=data.input_shape), data, optimizer="sgd lr=0.1", batch_size=32)
    run.step()
    run.set(batch_size=batch)
    return noise(run).layers[0]


def chance(batch):
    return lambda session: first_layer(batch).noise


def looked_at(batch):
    """``view noise`` was asked while batches had this size."""

    def test(session, line):
        asked = " ".join(line.split()) == "view noise"
        return asked and session.run is not None and session.run.config.batch_size == batch

    return Sight(f"size-{batch}", test, labelled=True)


# ---------------------------------------------------------------- five epochs


def accuracy(run, epoch):
    return 100 * run.history.epochs[epoch - 1].val_metric


def whole_set(session):
    """45 % after five updates with all rows in each."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    if run.config.batch_size < rows(session):
        return found(False, misconception="smaller")
    done = len(run.history.epochs)
    if done > 5:
        return found(False, misconception="longer")
    if done < 5:
        return found(False, "so-far", epochs=done)
    reached = accuracy(run, 5)
    if reached >= 45:
        return True
    return found(False, misconception="wild" if run.lr > 1.5 else "timid")


def mended(session):
    """80 % after five epochs, with the rate, the batch and the network as they were."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    if run.config.optimizer != "sgd lr=0.1":
        return found(False, misconception="rate")
    if run.config.batch_size != 32 or session.network.text.replace(" | relu", " relu") != NET:
        return found(False, "other")
    done = len(run.history.epochs)
    if done > 5:
        return found(False, misconception="longer")
    return found(done == 5 and accuracy(run, 5) >= 80, "so-far", epochs=done, reached=accuracy(run, done))


# ---------------------------------------------------------------- code

BATCHES = '''
def iter_batches(n, size, rng):
    """Yield arrays of indices, size at a time: each of
    0 … n-1 once, in a new order on every call.

    rng: a numpy.random.Generator. The last batch may be
    shorter.
    """
    order = ...
    for start in ...:
        yield ...
'''
BATCHES_TESTS = """
def batches(n, size, rng):
    return [np.asarray(batch).tolist() for batch in iter_batches(n, size, rng)]

def sizes(n, size):
    return [len(batch) for batch in batches(n, size, np.random.default_rng(1))]

def all_of(n, size):
    return sorted(sum(batches(n, size, np.random.default_rng(1)), []))

case("batches of 4 from 10 rows", sizes, 10, 4, equals=[4, 4, 2], tells="dropped")
case("batches of 4 from 8 rows", sizes, 8, 4, equals=[4, 4])
case("every index once", all_of, 10, 4, equals=list(range(10)), tells="with-repeats")
rng = np.random.default_rng(1)
first, second = batches(50, 50, rng), batches(50, 50, rng)
claim("a new order on every call", first != second, shown=first[0][:8], tells="no-shuffle")
again = batches(50, 50, np.random.default_rng(1))
claim("the same seed gives the same order", first == again, shown=again[0][:8], tells="own-rng")
"""


def batches_with(order="rng.permutation(n)", starts="range(0, n, size)"):
    return f"""
def iter_batches(n, size, rng):
    order = {order}
    for start in {starts}:
        yield order[start : start + size]
"""


SGD = '''
def sgd(X, y, theta, lr, epochs, rng):
    """Fit y = X @ theta, one row at a time."""
    for _ in range(epochs):
        for i in rng.permutation(len(y)):
            dx = X[i] - X.mean(axis=0)
            dy = y[i] - y.mean()
            gradient = dx * dy + (dx**2).sum()
            theta = theta - lr * gradient
    return theta
'''
SGD_TESTS = """
truth = np.array([2.0, -3.0])
X = np.random.default_rng(5).normal(size=(60, 2))
noisy = X @ truth + 0.1 * np.random.default_rng(6).normal(size=60)

def fitted(y, start, lr, epochs):
    return sgd(X, y, start, lr, epochs, np.random.default_rng(7))

case("at the answer it stays", fitted, X @ truth, truth, 0.05, 2, equals=[2.0, -3.0], tells="no-theta")

def one_row(x, y):
    return sgd(np.array([x]), np.array([y]), np.zeros(2), 0.1, 1, np.random.default_rng(7))

case("one row x = (1, 1), target 1", one_row, [1.0, 1.0], 1.0, equals=[0.2, 0.2], tells="uphill")
case("one row x = (1, 0), target 1", one_row, [1.0, 0.0], 1.0, equals=[0.2, 0.0], tells="no-input")
case("ten epochs on noisy rows", fitted, noisy, np.zeros(2), 0.02, 10, equals=[2.0, -3.0], close=0.05)
"""


def sgd_with(gradient="2 * (X[i] @ theta - y[i]) * X[i]", sign="-"):
    return f"""
def sgd(X, y, theta, lr, epochs, rng):
    for _ in range(epochs):
        for i in rng.permutation(len(y)):
            theta = theta {sign} lr * ({gradient})
    return theta
"""


lesson = Lesson(
    "b1",
    "minibatch",
    minutes=20,
    needs=("a8",),
    setup=["seed 1"],
    steps=[
        predict(
            "count",
            numeric(
                updates,
                expect=36,
                mistakes={"dropped": 35, "one-each": rows, "one-update": 1},
            ),
            setup=[*BENCH[:3], "batch all"],  # the tape would tell the answer
            look=["batch 32"],
            numbers=[
                number("n", rows, 0, expect=1149),
                number("rest", lambda s: rows(s) % 32, 0, expect=29, after=True),
            ],
            covers=("mini-batch", "epoch", "fit"),
            shows={"dropped": "batch 32", "one-each": "batch 32", "one-update": "batch 32"},
        ),
        watch(
            "chance",
            observe(
                looked_at(16),
                looked_at(256),
                solution=["view noise", "batch 256", "view noise"],
            ),
            setup=[*BENCH[:3], "batch 32", "step", "batch 16"],
            gauge="noise curves",
            numbers=[
                number("small", chance(16), 2, after=True),
                number("large", chance(256), 2, after=True),
                number("signal", lambda s: first_layer(256).signal, 2, after=True),
            ],
            covers=("sgd",),
        ),
        predict(
            "four-times",
            choose(["same", "half", "quarter", "double"], right="half"),
            setup=[*BENCH[:3], "batch 32", "step", "batch 64"],
            gauge="noise curves",
            numbers=[
                number("small", chance(16), 2),
                number("middle", chance(64), 2, after=True),
                number("large", chance(256), 2, after=True),
            ],
            shows={"same": "view noise", "quarter": "view noise", "double": "view noise"},
            covers=("mini-batch",),
        ),
        tune(
            "sizes",
            compared("batch", ["8", "32", "128", "1149"], "5 epochs"),
            setup=BENCH,
            gauge="seeds curves",
            numbers=[
                number("n", rows, 0),
                number("ones", lambda s: 5 * rows(s), 0, expect=5745),
                *[n for size, both in SPANS.items() for n in span(f"of{size}", both)],
            ],
            covers=("batch-gd", "mini-batch", "sgd"),
        ),
        train(
            "whole",
            goal(
                whole_set,
                solutions=[["lr 1", "run 5 epochs"]],
                mistakes={
                    "timid": ["run 5 epochs"],
                    "wild": ["lr 5", "run 5 epochs"],
                    "smaller": ["batch 32", "run 5 epochs"],
                    "longer": ["run 60 epochs"],
                },
            ),
            setup=[*BENCH[:3], "batch 1149"],
            gauge="curves",
            numbers=[
                number("n", rows, 0),
                *span("slow", SPANS[1149]),
                *span("one", AT_ONE),
                *span("fast", TOO_FAST),
                *span("of32", SPANS[32]),
            ],
            shows={
                "timid": "ledger dense2.b[0]",
                "wild": "view jump",
                "smaller": "show setup",
                "longer": "show history",
            },
            covers=("batch-gd",),
        ),
        debug(
            "lurching",
            goal(
                mended,
                solutions=[
                    ["shuffle yes", "run 5 epochs"],
                    [f"data {DATA}", "run 5 epochs"],
                ],
                mistakes={"rate": ["lr 0.01", "run 5 epochs"], "longer": ["run 20 epochs"]},
            ),
            setup=SORTED,
            gauge="curves",
            numbers=[
                number("val", lambda s: accuracy(s.run, 5), 0),
                *[n for name, both in (("bad", SORTED_SPAN), ("good", MIXED_SPAN)) for n in span(name, both)],
            ],
            shows={"rate": "view jump", "longer": "view jump"},
            covers=("x08", "sgd"),
        ),
        order(
            "loop",
            arrange(
                ["update", "take", "shuffle", "judge", "gradient"],
                right=["shuffle", "take", "gradient", "update", "judge"],
                mistakes={
                    "shuffle-late": ["take", "shuffle", "gradient", "update", "judge"],
                    "update-late": ["shuffle", "take", "gradient", "judge", "update"],
                },
            ),
            setup=[*BENCH, "step"],
            gauge="curves",
            shows={"shuffle-late": "step epoch", "update-late": "step epoch"},
            covers=("fit", "epoch"),
        ),
        code(
            "write",
            program(
                BATCHES,
                BATCHES_TESTS,
                solutions=[
                    batches_with(),
                    "def iter_batches(n, size, rng):\n"
                    "    order = np.arange(n)\n"
                    "    rng.shuffle(order)\n"
                    "    yield from (order[k : k + size] for k in range(0, n, size))",
                ],
                mistakes={
                    "dropped": batches_with(starts="range(0, n - size + 1, size)"),
                    "no-shuffle": batches_with(order="np.arange(n)"),
                    "with-repeats": batches_with(order="rng.integers(0, n, size=n)"),
                    "own-rng": batches_with(order="np.random.permutation(n)"),
                },
            ),
            setup=[*BENCH, "step epoch"],
            shows={
                "dropped": "show loss.each",
                "no-shuffle": "show example",
                "with-repeats": "show data",
                "own-rng": "show setup",
            },
            covers=("mini-batch",),
        ),
        debug(
            "no-theta",
            program(
                SGD,
                SGD_TESTS,
                solutions=[
                    sgd_with(),
                    sgd_with("2 * X[i] * (X[i] @ theta) - 2 * X[i] * y[i]"),
                ],
                mistakes={
                    "no-theta": SGD.replace("theta - lr", "theta + lr"),
                    "uphill": sgd_with(sign="+"),
                    "no-input": sgd_with("2 * (X[i] @ theta - y[i])"),
                },
            ),
            setup=LINE,
            shows={
                "no-theta": "explain dense1.W[0,0].grad",
                "uphill": "ledger dense1.W[0,0]",
                "no-input": "explain dense1.W[0,0].grad",
            },
            covers=("sgd-program", "x14", "x08"),
        ),
        quiz(
            "why",
            choose_all(
                ["more-data", "less-data", "steadier", "more-updates"], right=["less-data", "more-updates"]
            ),
            setup=[*BENCH[:3], "batch 16", "step"],
            gauge="noise curves",
            shows={"more-data": "show loss.each", "steadier": "view noise"},
            recall=recall(
                numeric(updates),
                draw=lambda random: {"b": random.choice([8, 10, 16, 25, 50, 64, 100, 128])},
                setup=[f"data {DATA}", f"net {NET}", "batch {b}", "step"],
            ),
            covers=("x07",),
        ),
    ],
)

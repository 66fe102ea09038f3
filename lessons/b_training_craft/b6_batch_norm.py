"""B6, keeping activations in range: a batch normalised by hand, high rates, running averages, layer norm."""

from nnlab.lesson import (
    Lesson,
    be,
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
    tape,
    train,
    visited,
    watch,
)

# Four examples of one number, 1, 2, 3 and 6, in their order; γ = 2 and β = 1 as if they had been learned.
FOUR = [
    "shuffle no",
    "data points 1,0:1 2,0:0 3,0:1 6,0:0 0,0:0 split=4/1/0",
    "net batchnorm | dense 1",
    "batch 4",
    "edit batchnorm1.gamma[0] 2",
    "edit batchnorm1.beta[0] 1",
]

# The same four numbers as the hidden values of one example.
ROW = [
    "data points 1,0:1 0,0:0 split=1/1/0",
    "net dense 4 | layernorm | dense 1",
    *(f"edit dense1.W[0,{unit}] {value}" for unit, value in enumerate((1, 2, 3, 6))),
]

DATA = "digits scale=unit"
PLAIN = " | ".join(["dense 64 relu"] * 4 + ["dense 10"])
WITH = " | ".join(["dense 64", "batchnorm", "relu"] * 4 + ["dense 10"])
SMALL = " | ".join(["dense 64 relu init=normal:0.01"] * 4 + ["dense 10 init=normal:0.01"])
SMALL_WITH = " | ".join(
    ["dense 64 init=normal:0.01", "batchnorm", "relu"] * 4 + ["dense 10 init=normal:0.01"]
)


def digits(net, lr, *more):
    return [f"data {DATA}", f"net {net}", f"optimizer sgd lr={lr}", "batch 32", *more]


# Validation accuracy in percent on the digits, four hidden layers of 64, sgd, five epochs, least and most of
# seeds 1 … 10, without and with batch normalisation behind each:
#   nnlab sweep "dense 64 | batchnorm | relu | …" --data "digits scale=unit" --epochs 5
#   --vary optimizer="sgd lr=0.01,sgd lr=0.1,sgd lr=0.5,sgd lr=1" seed=1,…,10
RATES = {
    "tiny": ((54, 79), (85, 90)),
    "usual": ((87, 95), (92, 97)),
    "high": ((24, 75), (90, 98)),
    "huge": ((8, 33), (90, 97)),
}
SMALL_SPAN = (8, 11), (88, 98)  # all weights begun with a deviation of 0.01, lr=0.1


def spans():
    """{high_plain_low}, {high_with_high} and so on."""
    return [
        number(f"{rate}_{name}_{end}", span[at], 0)
        for rate, both in RATES.items()
        for name, span in zip(("plain", "with"), both)
        for at, end in enumerate(("low", "high"))
    ]


def of_unit(what, unit=5):
    """Mean or deviation of a unit's normalised numbers over the batch."""
    return lambda session: round(
        float(getattr(session.run.array("batchnorm2.normalised")[:, unit], what)()), 3
    )


def before_unit(what, unit=5):
    return lambda session: float(getattr(session.run.array("dense2.z")[:, unit], what)())


def accuracy(session):
    return 100 * session.run.history.epochs[-1].val_metric


def fast(session):
    """93 % within five epochs at a rate of 0.5 or more, by any run on the bench."""
    reached, misconception = 0.0, ""
    for run in session.runs.values():
        rows = run.history.epochs[:5]
        if not rows:
            continue
        best = max(row.val_metric for row in rows)
        quick = run.config.rule.values["lr"] >= 0.5
        if quick and best >= 0.93 and run.config.optimizer.startswith("sgd"):
            return True
        if not quick:
            misconception = misconception or "slow"
        elif len(run.history.epochs) > 5 and "batchnorm" not in run.network.text:
            misconception = "longer"
        reached = max(reached, best if quick else 0.0)
    return found(False, "so-far", misconception, reached=100 * reached)


# ---------------------------------------------------------------- code

FORWARD = '''
def batchnorm(x, g, b, mean, var, train):
    """(answer, mean, var): x (n, units); mean and
    var are the running ones, (units,)."""
    if train:
        m, v = ...
        mean, var = ...
    else:
        m, v = ...
    return ..., mean, var
'''
FORWARD_TESTS = """
x = np.array([[1.0, 10.0], [2.0, 10.0], [3.0, 30.0], [6.0, 30.0]])
one, none = np.ones(2), np.zeros(2)

def trained(x, g, b):
    return batchnorm(x, g, b, none, one, True)[0]

def running(part):
    return batchnorm(x, one, none, none, one, True)[1 + part]

def asked(x, mean, var):
    return batchnorm(x, one, none, mean, var, False)[0]

def deviations(x):
    return trained(x, one, none).std(axis=0)

def first_unit(g, b):
    return trained(x, np.full(2, g), np.full(2, b))[:, 0]

case("each unit has mean 0", lambda x: trained(x, one, none).mean(axis=0), x, equals=[0.0, 0.0], tells="rows")
case("each unit has deviation 1", deviations, x, equals=[1.0, 1.0], close=1e-3, tells="no-root")
case("γ = 2, β = 1", first_unit, 2.0, 1.0, equals=[-1.138, -0.069, 1.0, 4.207], close=2e-3)
same = np.full((3, 2), 7.0)
case("a unit that always says 7", trained, same, one, none, equals=np.zeros((3, 2)), tells="no-eps")
case("running mean", running, 0, equals=[0.3, 2.0], close=1e-3, tells="turned")
case("evaluation uses the running ones", asked, np.array([[3.0, 1.0]]), one, 4 * one, equals=[[1.0, 0.0]],
     close=1e-3, tells="own-batch")
kept = batchnorm(x, one, none, none, one, False)[1:]
claim("evaluation leaves them alone", np.allclose(kept[0], 0) and np.allclose(kept[1], 1), shown=kept)
"""


def forward_with(
    m="x.mean(axis=0)",
    v="x.var(axis=0)",
    root="np.sqrt(v + 1e-5)",
    new="0.9 * mean + 0.1 * m",
    asked="mean, var",
):
    return f"""
def batchnorm(x, g, b, mean, var, train):
    if train:
        m, v = {m}, {v}
        mean, var = {new}, 0.9 * var + 0.1 * v
    else:
        m, v = {asked}
    return g * (x - m) / {root} + b, mean, var
"""


ASK = '''
def ask(x, g, b, mean, var):
    """The layer when the network is asked.

    mean and var are what training has kept."""
    m, v = x.mean(axis=0), x.var(axis=0)
    return g * (x - m) / np.sqrt(v + 1e-5) + b
'''
ASK_TESTS = """
g, b = np.array([2.0]), np.array([1.0])
mean, var = np.array([3.0]), np.array([4.0])

def alone(value):
    return float(ask(np.array([[value]]), g, b, mean, var)[0, 0])

def beside(value, neighbour):
    return float(ask(np.array([[value], [neighbour]]), g, b, mean, var)[0, 0])

said = alone(5.0), alone(1.0)
claim("two images get two answers", said[0] != said[1], shown=said, tells="own-batch")
near, far = beside(5.0, 4.0), beside(5.0, 900.0)
claim("an image says the same beside others", abs(near - far) < 1e-3, shown=(near, far), tells="own-batch")
case("one image alone", alone, 5.0, equals=3.0, close=1e-3, tells="no-root")
case("another one alone", alone, 1.0, equals=-1.0, close=1e-3)
"""


def ask_with(mean="mean", root="np.sqrt(var + 1e-5)"):
    return f"""
def ask(x, g, b, mean, var):
    return g * (x - {mean}) / {root} + b
"""


SETS = [
    {"a": 1, "b": 2, "c": 3, "d": 6},
    {"a": 2, "b": 4, "c": 6, "d": 8},
    {"a": 9, "b": 1, "c": 1, "d": 1},
    {"a": 0, "b": 0, "c": 4, "d": 4},
    {"a": 3, "b": 5, "c": 9, "d": 7},
]

lesson = Lesson(
    "b6",
    "batch_norm",
    minutes=22,
    needs=("b3",),
    setup=["seed 1"],
    steps=[
        be(
            "by-hand",
            tape(
                [
                    "batchnorm1.mean[0]",
                    "batchnorm1.variance[0]",
                    "batchnorm1.normalised[0,0]",
                    "batchnorm1.a[0,0]",
                ],
                expect=[3, 3.5, -1.069, -1.138],
                mistakes={
                    "less-one": ("batchnorm1.variance[0]", 14 / 3),
                    "no-root": ("batchnorm1.normalised[0,0]", -2 / 3.5),
                    "no-scale": (
                        "batchnorm1.a[0,0]",
                        lambda s: s.run.value("batchnorm1.normalised[0,0]") + 1,
                    ),
                },
            ),
            setup=FOUR,
            look=["step"],
            numbers=[
                number("first", "batchnorm1.a[0,0]", 3, expect=-1.138),
                number("second", "batchnorm1.a[1,0]", 3, expect=-0.069),
                number("third", "batchnorm1.a[2,0]", 3, expect=1),
                number("last", "batchnorm1.a[3,0]", 3, expect=4.207),
            ],
            shows={
                "less-one": "explain batchnorm1.variance[0]",
                "no-root": "explain batchnorm1.normalised[1,0]",
                "no-scale": "explain batchnorm1.a[1,0]",
            },
            covers=("batch-norm",),
        ),
        predict(
            "unit",
            numerics(
                [of_unit("mean"), of_unit("std")],
                expect=[0, 1],
                mistakes={"zero-to-one": [0.5, None], "swapped": [1, 0]},
                tolerance=0.02,
            ),
            setup=digits(WITH, 0.5, "step"),
            numbers=[
                number("before", before_unit("mean"), 2),
                number("spread", before_unit("std"), 2),
            ],
            shows={"zero-to-one": "view batchnorm2", "swapped": "view batchnorm2"},
            covers=("batch-norm", "x53"),
        ),
        train(
            "fast",
            goal(
                fast,
                solutions=[[f"twin net {WITH}", "run 5 epochs"], [f"net {WITH}", "run 5 epochs"]],
                mistakes={
                    "slow": [f"net {WITH}", "lr 0.1", "run 5 epochs"],
                    "longer": ["run 10 epochs"],
                },
            ),
            setup=digits(PLAIN, 0.5),
            look=["run 5 epochs"],
            gauge="runs curves",
            numbers=[number("plain", accuracy, 0), *spans()],
            shows={"slow": "show setup", "longer": "view spread"},
            covers=("stability", "batch-norm"),
        ),
        predict(
            "small",
            choose(["dead", "learns", "blows"], right="learns"),
            setup=digits(SMALL, 0.1, "run 5 epochs"),
            gauge="thermometer",
            numbers=[
                number("plain", accuracy, 0),
                *[
                    number(f"{name}_{end}", span[at], 0)
                    for name, span in zip(("plain", "with"), SMALL_SPAN)
                    for at, end in enumerate(("low", "high"))
                ],
            ],
            shows={"dead": f"twin net {SMALL_WITH}", "blows": f"twin net {SMALL_WITH}"},
            covers=("stability", "x53"),
        ),
        predict(
            "alone",
            numeric(1, expect=1, mistakes={"as-before": 4.207, "as-it-is": 6, "scaled": 13}),
            setup=[*FOUR, "step"],
            shows={
                "as-before": "view batchnorm1",
                "as-it-is": "view batchnorm1",
                "scaled": "view batchnorm1",
            },
            covers=("batch-norm",),
        ),
        explain(
            "running",
            observe(
                visited("batchnorm1.next_mean[0]"),
                visited("batchnorm1.next_variance[0]"),
                solution=["explain batchnorm1.next_mean[0]", "explain batchnorm1.next_variance[0]"],
            ),
            setup=[*FOUR, "step"],
            numbers=[
                number("mean", "batchnorm1.next_mean[0]", 1, expect=0.3, after=True),
                number("variance", "batchnorm1.next_variance[0]", 3, expect=1.367, after=True),
            ],
            covers=("batch-norm",),
        ),
        debug(
            "asked",
            program(
                ASK,
                ASK_TESTS,
                solutions=[
                    ask_with(),
                    ASK.replace("x.mean(axis=0), x.var(axis=0)", "mean, var"),
                ],
                mistakes={
                    "own-batch": ask_with(mean="x.mean(axis=0)"),
                    "no-root": ask_with(root="(var + 1e-5)"),
                },
            ),
            setup=[*FOUR, "step"],
            shows={"own-batch": "classify row 3", "no-root": "view batchnorm1"},
            covers=("batch-norm", "x53"),
        ),
        watch(
            "layer-norm",
            observe(
                visited("layernorm1.mean[0,0]"),
                visited("layernorm1.normalised[0,0]"),
                solution=["step", "explain layernorm1.mean[0,0]", "explain layernorm1.normalised[0,0]"],
            ),
            setup=ROW,
            look=["step"],
            numbers=[
                number("mean", "layernorm1.mean[0,0]", 0, expect=3),
                number("first", "layernorm1.normalised[0,0]", 3, expect=-1.069),
                number("last", "layernorm1.normalised[0,3]", 3, expect=1.604),
            ],
            covers=("batch-norm",),
        ),
        code(
            "write",
            program(
                FORWARD,
                FORWARD_TESTS,
                solutions=[forward_with(), forward_with(v="((x - x.mean(axis=0)) ** 2).mean(axis=0)")],
                mistakes={
                    "rows": forward_with(m="x.mean(axis=1, keepdims=True)", v="x.var(axis=1, keepdims=True)"),
                    "no-root": forward_with(root="(v + 1e-5)"),
                    "no-eps": forward_with(root="np.sqrt(v)"),
                    "turned": forward_with(new="0.1 * mean + 0.9 * m"),
                    "own-batch": forward_with(asked="x.mean(axis=0), x.var(axis=0)"),
                },
            ),
            setup=[*FOUR, "step"],
            shows={
                "rows": "explain batchnorm1.mean[0]",
                "no-root": "explain batchnorm1.normalised[0,0]",
                "no-eps": "explain batchnorm1.normalised[0,1]",
                "turned": "explain batchnorm1.next_mean[0]",
                "own-batch": "view batchnorm1",
            },
            covers=("batch-norm",),
        ),
        quiz(
            "claims",
            choose_all(
                ["inputs", "undo", "neighbours", "impossible", "row"],
                right=["undo", "neighbours", "row"],
            ),
            setup=digits(WITH, 0.5, "step"),
            gauge="thermometer",
            shows={"inputs": "view batchnorm3", "impossible": "view thermometer"},
            recall=recall(
                numeric("batchnorm1.normalised[0,0]"),
                draw=lambda random: random.choice(SETS),
                setup=[
                    "shuffle no",
                    "data points {a},0:1 {b},0:0 {c},0:1 {d},0:0 0,0:0 split=4/1/0",
                    "net batchnorm | dense 1",
                    "batch 4",
                    "step",
                ],
            ),
            covers=("x53", "batch-norm"),
        ),
    ],
)

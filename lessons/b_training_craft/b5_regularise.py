"""B5, weight decay and dropout: a weight nobody needs, one mask by hand, wrong labels, both modes in code."""

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
    tune,
    visited,
    when,
)
from nnlab.lesson.readings import span, steps

# The input of W[0,0] is always 0: no example asks for this weight, only the penalty pulls at it.
IDLE = [
    "data points 0,1:1 0,0:0 split=1/1/0",
    "net dense 1",
    "optimizer sgd lr=0.1",
    "l2 0.01",
    "edit dense1.W[0,0] 1",
]

# Twelve noisy points, as in B4.
TWELVE = [
    "data sine n=112 noise=0.25 range=3 split=12/100/0",
    "net dense 64 tanh init=uniform:1.2 | dense 64 tanh | dense 1",
    "optimizer adam lr=0.005",
    "batch all",
]

# Four hidden values with dropout behind them; with seed 5 the first mask drops the second one.
FOUR = [
    "seed 5",
    "data points 1,0:1 0,0:0 split=1/1/0",
    "net dense 4 | dropout 0.25 | dense 1",
    "edit dense1.W[0,0] 0.5",
    "edit dense1.W[0,1] 1",
    "edit dense1.W[0,2] 1.5",
    "edit dense1.W[0,3] 2",
]

# A hundred digits to learn from, a fifth of their labels wrong.
NOISY = [
    "data digits scale=unit split=100/1337/360 wrong=20",
    "net dense 256 relu | dense 10",
    "optimizer adam lr=0.003",
    "batch 20",
]
WITH_DROPOUT = "net dense 256 relu | dropout 0.5 | dense 10"
CLEAN = NOISY[0].replace(" wrong=20", "")

# Validation loss of the twelve points after 2000 updates, never stopped, least and most of seeds 1 … 10:
#   nnlab sweep "dense 64 tanh init=uniform:1.2 | dense 64 tanh | dense 1" --epochs 2000 --batch 12
#   --data "sine n=112 noise=0.25 range=3 split=12/100/0" --optimizer … --vary seed=1,…,10
PLAIN, TIMID = (0.27, 0.41), (0.20, 0.31)  # decay 0, 0.1
GOOD, TOO_MUCH = (0.134, 0.139), (0.18, 0.25)  # decay 3, 10
DROPPED = (0.14, 0.19)  # no decay, "dropout 0.5" behind both hidden layers
# Validation accuracy in percent of the noisy digits after 100 epochs, least and most of seeds 1 … 10; EARLY
# is at the epoch with the least validation loss:
#   nnlab sweep "dense 256 relu | dense 10" --epochs 100 --batch 20 --optimizer "adam lr=0.003"
#   --vary seed=1,…,10 --data "digits scale=unit split=100/1337/360 wrong=20"
NOTHING, WITH, EARLY, RIGHT = (74, 77), (77, 79), (78, 83), (90, 92)


def first_update(session):
    return 1 - 0.1 * 0.01


def after_thousand(session):
    return (1 - 0.1 * 0.01) ** 1000


def end_loss(run):
    return run.history.epochs[1999].val_loss


def decay_of(run):
    return run.config.rule.values.get("weight_decay", 0.0)


def decayed(session):
    """0.15 on validation after 2000 updates, by decay alone."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    if session.network.text.count("dense 64") != 2 or "dropout" in session.network.text:
        return found(False, "other")
    if session.bench.setup.patience:
        return found(False, misconception="stopped")
    if len(run.history.epochs) < 2000:
        return found(False, "so-far", updates=len(run.history.epochs))
    if end_loss(run) <= 0.15:
        return True
    return found(False, misconception="too-much" if decay_of(run) > 3 else "timid")


def compared(sign):
    """Some run on the bench has gone through 60 epochs and has the ``sign``: a function of the run."""

    def seen(session):
        return any(len(run.history.epochs) >= 60 and sign(run) for run in session.runs.values())

    return seen


def has_dropout(run):
    return "dropout" in run.network.text


def has_clean_labels(run):
    return "wrong" not in run.data.spec


def rate(session):
    """The share that dropout leaves out, as the network says."""
    return float(session.network.text.split("dropout ")[1].split()[0])


def kept(session):
    """What the first hidden value becomes where it is kept."""
    return float(session.run.array("dense1.z")[0, 0]) / (1 - rate(session))


# ---------------------------------------------------------------- code

DROPOUT = '''
def dropout(x, p, rng, train):
    """(answer, mask); p is the share dropped."""
    ...
    return x * mask, mask


def backward(grad, mask):
    """The gradient of x."""
    ...
'''
DROPOUT_TESTS = """
def answer(x, p, train):
    return dropout(x, p, np.random.default_rng(1), train)[0]

def share_dropped(p):
    return float((answer(np.ones(20000), p, True) == 0).mean())

def mean(p):
    return float(answer(np.ones(20000), p, True).mean())

def gradient(grad, mask):
    return backward(grad, mask)

x = np.array([0.5, 1.0, 1.5, 2.0])
case("evaluation leaves x alone", answer, x, 0.5, False, equals=x, tells="always-on")
case("a tenth is dropped", share_dropped, 0.1, equals=0.1, close=0.02, tells="turned")
case("half is dropped", share_dropped, 0.5, equals=0.5, close=0.02)
case("the mean is kept", mean, 0.25, equals=1.0, close=0.02, tells="no-scale")
mask = np.array([2.0, 0.0, 0.0, 2.0])
back = np.array([1.0, 1.0, -3.0, 0.5])
case("backward", gradient, back, mask, equals=[2.0, 0.0, 0.0, 1.0], tells="no-mask")
wide = dropout(np.ones((50, 40)), 0.5, np.random.default_rng(1), True)[0]
alike = bool((wide == wide[0]).all())
claim("every example has a mask of its own", not alike, shown=wide.shape)
"""


def dropout_with(
    keep="rng.random(x.shape) >= p", scale=" / (1 - p)", off="np.ones(x.shape)", back="grad * mask"
):
    return f"""
def dropout(x, p, rng, train):
    if train:
        mask = ({keep}){scale or " * 1.0"}
    else:
        mask = {off}
    return x * mask, mask

def backward(grad, mask):
    return {back}
"""


LAYER = '''
def layer(x, W, p, rng, train):
    """Dropout (p: share dropped), then dense."""
    keep = rng.random(x.shape) >= p
    return (x * keep) @ W
'''
LAYER_TESTS = """
x, W = np.array([[0.5, 1.0, 1.5, 2.0]]), np.array([[1.0], [2.0], [-1.0], [3.0]])

def jitter(p):
    rng = np.random.default_rng(1)
    said = [float(layer(x, W, p, rng, False)[0, 0]) for _ in range(20)]
    return max(said) - min(said)

def too_much(p):
    rng = np.random.default_rng(1)
    trained = np.mean([layer(x, W, p, rng, True)[0, 0] for _ in range(20000)])
    return float(layer(x, W, p, rng, False)[0, 0] / trained - 1)

def spread(p):
    rng = np.random.default_rng(1)
    return len({float(layer(x, W, p, rng, True)[0, 0]) for _ in range(50)}) > 3

case("asked 20 times, the answers differ by", jitter, 0.5, equals=0.0, tells="left-on")
case("evaluation over the mean of training, less 1", too_much, 0.5, equals=0.0, close=0.03, tells="no-scale")
case("the same for another rate", too_much, 0.2, equals=0.0, close=0.03)
case("training still drops", spread, 0.5, equals=True, tells="always-off")
"""


def layer_with(train="(x * keep / (1 - p)) @ W", evaluation="x @ W"):
    return f"""
def layer(x, W, p, rng, train):
    keep = rng.random(x.shape) >= p
    return {train} if train else {evaluation}
"""


lesson = Lesson(
    "b5",
    "regularise",
    minutes=20,
    needs=("b4",),
    setup=["seed 1"],
    steps=[
        predict(
            "idle",
            numerics(
                [first_update, after_thousand],
                expect=[0.999, 0.368],
                mistakes={
                    "linear": [0.999, 0.0],
                    "no-rate": [0.99, None],
                    "no-pull": [1.0, 1.0],
                },
            ),
            setup=IDLE,
            numbers=[number("share", 0.1 * 0.01, 3, expect=0.001)],
            shows={"linear": "run 1000 steps", "no-rate": "step 2", "no-pull": "run 1000 steps"},
            covers=("regularisation",),
        ),
        explain(
            "pull",
            observe(
                visited("dense1.W[0,0].grad"),
                visited("dense1.W[1,0].grad"),
                solution=["explain dense1.W[0,0].grad", "explain dense1.W[1,0].grad"],
            ),
            setup=[*IDLE, "run 1000 steps"],
            numbers=[
                number("idle", "dense1.W[0,0]", 3, expect=0.368),
                number("used", "dense1.W[1,0]", 2),
                number("pull", "dense1.W[1,0].grad@penalty", 4, after=True),
                number("asks", "dense1.W[1,0].grad@dense1", 4, after=True),
            ],
            covers=("regularisation",),
        ),
        tune(
            "decay",
            goal(
                decayed,
                solutions=[
                    ["optimizer adamw lr=0.005 weight_decay=3", "run 2000 steps"],
                    ["optimizer adamw lr=0.005 weight_decay=2", "run 2000 steps"],
                ],
                mistakes={
                    "timid": ["optimizer adamw lr=0.005 weight_decay=0.1", "run 2000 steps"],
                    "too-much": ["optimizer adamw lr=0.005 weight_decay=10", "run 2000 steps"],
                    "stopped": ["patience 20", "run 2000 steps"],
                },
            ),
            setup=[*TWELVE, "branch plain", "run 2000 steps", "switch main"],
            gauge="surface runs",
            numbers=[
                number("plain", lambda s: end_loss(s.runs["plain"]), 2),
                *[
                    number(f"{name}_{end}", span[at], 2)
                    for name, span in (
                        ("plain", PLAIN),
                        ("timid", TIMID),
                        ("much", TOO_MUCH),
                        ("drop", DROPPED),
                    )
                    for at, end in enumerate(("low", "high"))
                ],
                *span("good", GOOD, 3),
            ],
            shows={"timid": "view runs", "too-much": "view gap", "stopped": "show setup"},
            covers=("regularisation", "generalisation", "simpler-or-more-data"),
        ),
        be(
            "mask",
            tape(
                ["dropout1.a[0,0]", "dropout1.a[0,1]", "dropout1.a[0,2]", "dropout1.a[0,3]"],
                expect=[0.667, 0, 2, 2.667],
                mistakes={
                    "no-scale": ("dropout1.a[0,0]", 0.5),
                    "times-kept": ("dropout1.a[0,0]", 0.375),
                    "not-dropped": ("dropout1.a[0,1]", lambda s: 1 / 0.75),
                },
            ),
            setup=FOUR,
            look=["step"],
            numbers=[
                number("before", lambda s: float(s.run.array("dense1.z")[0].sum()), 0, expect=5),
                number("after", lambda s: float(s.run.array("dropout1.a")[0].sum()), 2, expect=5.33),
            ],
            shows={
                "no-scale": "explain dropout1.mask[0,0]",
                "times-kept": "explain dropout1.mask[0,0]",
                "not-dropped": "explain dropout1.mask[0,1]",
            },
            covers=("dropout",),
        ),
        predict(
            "asked",
            choose(["jitters", "smaller", "same"], right="same"),
            setup=[*FOUR, "step 3"],
            numbers=[number("steps", steps, 0, expect=3)],
            shows={"jitters": "classify row 0", "smaller": "view dropout1"},
            covers=("dropout", "x54"),
        ),
        tune(
            "labels",
            observe(
                when("dropout", compared(has_dropout)),
                when("clean", compared(has_clean_labels)),
                solution=["run 60 epochs", f"twin {WITH_DROPOUT}", f"twin {CLEAN}"],
            ),
            setup=NOISY,
            gauge="runs gap",
            numbers=[
                number("n", lambda s: len(s.data.split.train), 0, expect=100),
                *[
                    number(f"{name}_{end}", span[at], 0)
                    for name, span in (("none", NOTHING), ("drop", WITH), ("clean", RIGHT), ("early", EARLY))
                    for at, end in enumerate(("low", "high"))
                ],
            ],
            covers=("noise-robustness", "generalisation", "simpler-or-more-data"),
        ),
        code(
            "write",
            program(
                DROPOUT,
                DROPOUT_TESTS,
                solutions=[
                    dropout_with(),
                    dropout_with(keep="rng.random(x.shape) < 1 - p", off="np.ones_like(x)"),
                ],
                mistakes={
                    "always-on": dropout_with(off="(rng.random(x.shape) >= p) / (1 - p)"),
                    "turned": dropout_with(keep="rng.random(x.shape) < p", scale=" / p"),
                    "no-scale": dropout_with(scale=""),
                    "no-mask": dropout_with(back="grad"),
                },
            ),
            setup=[*FOUR, "step"],
            shows={
                "always-on": "classify row 0",
                "turned": "explain dropout1.mask[0,1]",
                "no-scale": "view dropout1",
                "no-mask": "view dropout1 backward",
            },
            covers=("dropout",),
        ),
        debug(
            "left-on",
            program(
                LAYER,
                LAYER_TESTS,
                solutions=[
                    layer_with(),
                    layer_with(train="(x * keep) @ W", evaluation="(x * (1 - p)) @ W"),
                ],
                mistakes={
                    "left-on": layer_with(evaluation="(x * keep / (1 - p)) @ W"),
                    "no-scale": layer_with(train="(x * keep) @ W"),
                    "always-off": layer_with(train="x @ W"),
                },
            ),
            setup=[*FOUR, "step"],
            shows={"left-on": "classify row 0", "no-scale": "view dropout1", "always-off": "view dropout1"},
            covers=("x54", "dropout"),
        ),
        quiz(
            "habits",
            choose_all(
                ["off", "vanishing", "stronger", "train-worse", "never-used"],
                right=["off", "train-worse", "never-used"],
            ),
            setup=[*TWELVE, "optimizer adamw lr=0.005 weight_decay=10", "run 500 steps"],
            gauge="gap surface",
            shows={"vanishing": "view thermometer", "stronger": "view gap"},
            recall=recall(
                numeric(kept),
                draw=lambda random: {
                    "h": random.choice([0.4, 0.6, 1.5, 2.0]),
                    "p": random.choice([0.2, 0.5, 0.75]),
                },
                setup=[
                    "data points 1,0:1 0,0:0 split=1/1/0",
                    "net dense 1 | dropout {p} | dense 1",
                    "edit dense1.W[0,0] {h}",
                    "step",
                ],
            ),
            covers=("regularisation", "x54"),
        ),
    ],
)

"""B4, learning by heart: random labels, twelve noisy points, early stopping, more data, unfair splits."""

from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    arrange,
    choose_all,
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
    recall,
    train,
    tune,
    watch,
    when,
)
from nnlab.lesson.readings import accuracy, epochs, loss, span
from nnlab.network import Network
from nnlab.training import Run

# Of 1149 random labels a tenth is right by chance, so nine tenths are wrong: 1034.
RANDOM = [
    "data digits scale=unit wrong=1034",
    "net dense 256 relu | dense 10",
    "optimizer sgd lr=0.3",
    "batch 32",
]

NET = "dense 64 tanh init=uniform:1.2 | dense 64 tanh | dense 1"


def sine(rows):
    """``rows`` training points of a sine with noise of variance 0.0625, and 100 others to validate."""
    return f"sine n={rows + 100} noise=0.25 range=3 split={rows}/100/0"


TWELVE = [f"data {sine(12)}", f"net {NET}", "optimizer adam lr=0.005", "batch all"]
TAIL = [
    "data digits scale=unit order=tail",
    "net dense 32 relu | dense 10",
    "optimizer adam lr=0.01",
    "batch 32",
    "run 10 epochs",
]

# Measured with seeds 1 … 10 (TWELVE, 2000 updates): the least validation loss, the update it came at, and the
# validation loss at the end.  With 50 and 200 points: validation after 1000 updates, seeds 1 … 3.
#   nnlab sweep "dense 64 tanh init=uniform:1.2 | dense 64 tanh | dense 1" --epochs 2000 --vary seed=1,…,10
#   --data "sine n=112 noise=0.25 range=3 split=12/100/0"
BEST, BEST_AT, END = (0.106, 0.125), (26, 48), (0.27, 0.41)
FIFTY, TWO_HUNDRED = (0.08, 0.10), (0.05, 0.06)
NOISE_FLOOR = 0.25**2
# The digits of the debug step, ten epochs, seeds 1 … 10: accuracy in percent on the tail.
TAIL_VAL = (1.0, 1.4)
RANDOM_TRAIN, RANDOM_VAL = 100, (8, 10)  # random labels after 200 epochs, seeds 1 … 3


@lru_cache
def curve(net, updates, stop_at_best=False):
    """(training loss, validation loss) of a network on the twelve points."""
    data = load(sine(12))
    run = Run(
        Network.parse(net, input_shape=data.input_shape), data, optimizer="adam lr=0.005", batch_size=12
    )
    run.train(steps=updates)
    rows = list(run.history.epochs)
    row = min(rows, key=lambda r: r.val_loss) if stop_at_best else rows[-1]
    return row.train_loss, row.val_loss


@lru_cache
def all_labels():
    """Accuracy in percent on the random labels that were trained on, after 200 epochs; 0.7 s."""
    data = load("digits scale=unit wrong=1034")
    network = Network.parse("dense 256 relu | dense 10", input_shape=data.input_shape)
    run = Run(network, data, optimizer="sgd lr=0.3", batch_size=32)
    run.train(epochs=200)
    return 100 * run.evaluate("train").metric


def crammed(session):
    return all_labels()


def pair(name, net, updates, stop_at_best=False):
    """{NAME_train} and {NAME_val}."""
    return [
        number(f"{name}_{part}", lambda s, at=at: curve(net, updates, stop_at_best)[at], 3)
        for at, part in enumerate(("train", "val"))
    ]


def rows(part):
    return lambda session: len(session.data.split.part(part))


def last(field):
    return lambda session: getattr(session.run.history.epochs[-1], field)


def best_step(session):
    return session.run.best_step()


def passed(updates):
    return lambda session: session.run is not None and session.run.step_count >= updates


def stopped_well(session):
    """The run stands where validation is good, and has been past it: otherwise nobody could know."""
    run = session.run
    if run is None or epochs(session) < 60:
        return found(False, "so-far", updates=epochs(session))
    now = loss("validation")(session)
    if now <= 0.14:
        return True
    return found(False, misconception="low-train" if run.step_count < 1900 else "to-the-end")


def enough_data(session):
    """0.07 on validation after 1000 updates, with the same network and optimiser."""
    run = session.run
    if run is None or not epochs(session):
        return found(False, "not-yet")
    if session.network.text.replace(" | tanh", " tanh") != NET.replace(" | tanh", " tanh"):
        return found(False, misconception="net")
    if run.config.optimizer != "adam lr=0.005":
        return found(False, "other")
    if epochs(session) < 1000:
        return found(False, "so-far", updates=epochs(session))
    now = run.history.epochs[999].val_loss
    if now <= 0.07:
        return True
    few = len(session.data.split.train)
    return found(False, misconception="same" if few <= 12 else "few")


def fair(session):
    """85 % on validation rows that are a fair sample, network and optimiser as they were."""
    run = session.run
    if run is None or not epochs(session):
        return found(False, "not-yet")
    held = set(session.data.y[session.data.split.validation].tolist())
    if len(held) < 10:
        if session.network.text.replace(" | relu", " relu") != "dense 32 relu | dense 10":
            return found(False, misconception="smaller")
        return found(False, "unfair") if epochs(session) <= 10 else found(False, misconception="longer")
    reached = 100 * run.history.epochs[-1].val_metric
    return found(reached >= 85, "so-far", epochs=epochs(session), reached=reached)


# ---------------------------------------------------------------- code

STOPPER = '''
class EarlyStopper:
    """Stops when the validation loss has not got better
    for `patience` epochs; keeps the best weights."""

    def __init__(self, patience):
        self.patience = patience
        self.best, self.kept = np.inf, None
        self.waited = 0

    def update(self, loss, weights):
        """Take in one epoch; True: stop training."""
        ...
'''
STOPPER_TESTS = """
def drive(losses, patience):
    stopper, weights = EarlyStopper(patience), np.zeros(1)
    for epoch, loss in enumerate(losses, 1):
        weights[0] = epoch  # training changes them in place
        if stopper.update(loss, weights):
            return epoch, float(stopper.kept[0])
    return 0, float(stopper.kept[0])

case("stops, and the best weights are kept", drive, [3.0, 3.5, 3.6], 2, equals=(3, 1), tells="no-copy")
case("no better than the best", drive, [5.0, 3.0, 3.5, 3.2, 3.1, 1.0], 2, equals=(4, 2), tells="last-loss")
case("a better one begins anew", drive, [5.0, 6.0, 4.0, 6.0, 6.0], 2, equals=(5, 3), tells="never-reset")
nan = float("nan")
case("NaN is not better", drive, [4.0, nan, nan, 1.0], 2, equals=(3, 1), tells="nan")
case("it may go on to the end", drive, [4.0, 3.0, 2.0], 2, equals=(0, 3))
"""


def stopper(better="loss < self.best", keep="weights.copy()", reset="self.waited = 0", extra=""):
    return f"""
class EarlyStopper:
    def __init__(self, patience):
        self.patience = patience
        self.best, self.kept, self.waited = np.inf, None, 0

    def update(self, loss, weights):
        if {better}:
            self.best, self.kept = loss, {keep}
            {reset}
        else:
            {extra or "pass"}
            self.waited += 1
        return self.waited >= self.patience
"""


PREPARE = '''
def prepare(train, validation):
    """Both parts with mean 0 and deviation 1, as the
    training rows have it."""
    known = np.concatenate([train, validation])
    mean = known.mean(axis=0)
    deviation = known.std(axis=0)
    train = (train - mean) / deviation
    validation = (validation - mean) / deviation
    return train, validation
'''
PREPARE_TESTS = """
train = np.array([[1.0, 10.0], [3.0, 30.0]])
near, far = np.array([[2.0, 20.0]]), np.array([[50.0, -700.0]])

def of_train(validation):
    return prepare(train, validation)[0]

def of_validation(validation):
    return prepare(train, validation)[1]

case("training rows, validation near", of_train, near, equals=[[-1.0, -1.0], [1.0, 1.0]], tells="leak")
case("training rows, validation far off", of_train, far, equals=[[-1.0, -1.0], [1.0, 1.0]], tells="leak")
case("validation by the same measure", of_validation, np.array([[4.0, 0.0], [2.0, 20.0]]),
     equals=[[2.0, -2.0], [0.0, 0.0]], tells="own-measure")
"""


def prepare_with(held="(validation - mean) / deviation", known="train"):
    return f"""
def prepare(train, validation):
    mean, deviation = {known}.mean(axis=0), {known}.std(axis=0)
    return (train - mean) / deviation, {held}
"""


LINE = "dense 1"
SPLITS = [
    {"kept": 60, "held": 20, "test": 20},
    {"kept": 70, "held": 10, "test": 20},
    {"kept": 50, "held": 30, "test": 20},
]

lesson = Lesson(
    "b4",
    "overfitting",
    minutes=25,
    needs=("b1",),
    setup=["seed 1"],
    steps=[
        predict(
            "noise",
            numeric(
                RANDOM_TRAIN,
                expect=100,
                mistakes={"chance": 10, "half": 50},
                tolerance=5,
            ),
            setup=RANDOM,
            gauge="digits curves",
            numbers=[
                number("n", rows("train"), 0, expect=1149),
                number("right", lambda s: 1149 - 1034, 0, expect=115),
                number("measured", crammed, 0, expect=RANDOM_TRAIN, after=True),
                *span("seen", RANDOM_VAL),
            ],
            shows={"chance": "run 200 epochs", "half": "run 200 epochs"},
            covers=("over-fitting", "x45"),
        ),
        watch(
            "by-heart",
            observe(
                when("good", passed(30)),
                when("heart", passed(2000)),
                solution=["run 40 steps", "run 1960 steps"],
            ),
            setup=TWELVE,
            gauge="surface gap",
            numbers=[
                number("least", lambda s: min(row.val_loss for row in s.run.history.epochs), 3, after=True),
                number("train", last("train_loss"), 3, after=True),
                number("val", last("val_loss"), 2, after=True),
                number("low", END[0], 2),
                number("high", END[1], 2),
                *span("best", BEST, 2),
            ],
            covers=("over-fitting", "generalisation", "little-data"),
        ),
        predict(
            "where",
            numeric(best_step, expect=28, mistakes={"last": 150, "when-low": 100}, tolerance=20),
            setup=[*TWELVE, "run 150 steps"],
            gauge="curves",
            numbers=[
                number("low", BEST_AT[0], 0),
                number("high", BEST_AT[1], 0),
                number("least", lambda s: min(row.val_loss for row in s.run.history.epochs), 3, after=True),
            ],
            shows={"last": "view gap", "when-low": "view gap"},
            covers=("convergence", "validation-split"),
        ),
        train(
            "stop",
            goal(
                stopped_well,
                solutions=[
                    ["patience 50", "run 2000 steps"],
                    ["run 400 steps", "seek best"],
                ],
                mistakes={
                    "to-the-end": ["run 2000 steps"],
                    "low-train": ["run until loss < 0.02", "run 200 steps"],
                },
            ),
            setup=TWELVE,
            gauge="gap surface",
            numbers=[number("low", BEST[0], 2), number("high", BEST[1], 2)],
            shows={"to-the-end": "view gap", "low-train": "view gap"},
            covers=("stopping-rule", "x45", "faq-over-fitting", "convergence"),
        ),
        code(
            "stopper",
            program(
                STOPPER,
                STOPPER_TESTS,
                solutions=[stopper(), stopper(keep="np.array(weights)")],
                mistakes={
                    "no-copy": stopper(keep="weights"),
                    "last-loss": stopper(extra="self.best = loss"),
                    "never-reset": stopper(reset="pass"),
                    "nan": stopper(better="not loss >= self.best"),
                },
            ),
            setup=[*TWELVE, "run 300 steps"],
            shows={
                "no-copy": "seek best",
                "last-loss": "view gap",
                "never-reset": "view gap",
                "nan": "show history",
            },
            covers=("stopping-rule",),
        ),
        tune(
            "more",
            goal(
                enough_data,
                solutions=[
                    [f"data {sine(200)}", "run 1000 steps"],
                ],
                mistakes={
                    "same": ["run 1000 steps"],
                    "few": [f"data {sine(50)}", "run 1000 steps"],
                    "net": ["net dense 3 tanh | dense 1", "run 1000 steps"],
                },
            ),
            setup=TWELVE,
            gauge="surface gap",
            numbers=[
                *span("end", END, 2),
                *span("fifty", FIFTY, 2),
                *span("many", TWO_HUNDRED, 2),
                number("floor", NOISE_FLOOR, 4, expect=0.0625),
            ],
            shows={"same": "view gap", "few": "view gap", "net": "show network"},
            covers=("data-hunger", "simpler-or-more-data", "little-data"),
        ),
        order(
            "pairs",
            arrange(
                ["heart", "straight", "stopped"],
                right=["straight", "stopped", "heart"],
                mistakes={
                    "low-is-good": ["straight", "heart", "stopped"],
                    "turned": ["heart", "stopped", "straight"],
                },
            ),
            setup=[*TWELVE, "run 300 steps"],
            gauge="surface gap",
            numbers=[
                *pair("a", NET, 2000),
                *pair("b", LINE, 1000),
                *pair("c", NET, 300, stop_at_best=True),
            ],
            shows={"low-is-good": "view gap", "turned": "view gap"},
            covers=("generalisation", "simpler-or-more-data"),
        ),
        debug(
            "tail",
            goal(
                fair,
                solutions=[
                    ["data digits scale=unit", "run 10 epochs"],
                    ["data digits scale=unit order=sorted", "run 10 epochs"],
                ],
                mistakes={
                    "longer": ["run 20 epochs"],
                    "smaller": ["net dense 8 relu | dense 10", "run 10 epochs"],
                },
            ),
            setup=TAIL,
            gauge="confusion gap",
            numbers=[
                number("train", accuracy("train"), 0),
                number("val", accuracy("validation"), 1, expect=1.4),
                number("rows", rows("validation"), 0, expect=288),
                number("sevens", lambda s: int((s.data.y[s.data.split.validation] == 7).sum()), 0, expect=4),
                number("low", TAIL_VAL[0], 1),
                number("high", TAIL_VAL[1], 1),
            ],
            shows={"longer": "evaluate", "smaller": "evaluate"},
            covers=("x39", "validation-split"),
        ),
        debug(
            "leak",
            program(
                PREPARE,
                PREPARE_TESTS,
                solutions=[
                    prepare_with(),
                    PREPARE.replace("np.concatenate([train, validation])", "train"),
                ],
                mistakes={
                    "leak": prepare_with(known="np.concatenate([validation, train])"),
                    "own-measure": prepare_with(
                        held="(validation - validation.mean(axis=0)) / (validation.std(axis=0) + 1e-9)"
                    ),
                },
            ),
            setup=["data digits scale=standardize", "net dense 10", "step"],
            shows={"leak": "show data", "own-measure": "show data"},
            covers=("test-set",),
        ),
        quiz(
            "habits",
            choose_all(
                ["low-loss", "once", "tune-test", "causes", "more-helps"],
                right=["once", "causes", "more-helps"],
            ),
            setup=[*TWELVE, "run 300 steps"],
            gauge="gap",
            shows={"low-loss": "view gap", "tune-test": "show data"},
            recall=recall(
                numeric(rows("validation")),
                draw=lambda random: {"n": random.choice([200, 500, 1000]), **random.choice(SPLITS)},
                setup=["data sine n={n} split={kept}/{held}/{test}"],
            ),
            covers=("evaluate", "evaluate-call", "test-set", "faq-over-fitting"),
        ),
    ],
)

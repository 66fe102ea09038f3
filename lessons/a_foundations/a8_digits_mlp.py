"""A8, the first real network: rebuild the digits network, find out what it scores, and beat it."""

from functools import lru_cache
from statistics import median

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    arrange,
    build,
    choose_all,
    debug,
    did,
    explain,
    fault,
    found,
    goal,
    number,
    numeric,
    observe,
    order,
    predict,
    quiz,
    recall,
    sabotage,
    seeded,
    train,
    tune,
    watch,
)
from nnlab.lesson.readings import accuracy, epochs, notation, parameters
from nnlab.lesson.tasks_bench import Sight
from nnlab.network import Network
from nnlab.training import Run

PLAN = "dense 10 relu | dense 8 relu | dense 10"
WIDE = "dense 128 relu | dense 10"
SHAPES = [(64, 10), (10, 8), (8, 10)]
RAW, UNIT = "digits", "digits scale=unit"

BENCH = ["data digits", f"net {PLAN}", "optimizer adam lr=0.001", "batch 32"]
SCALED = ["data digits scale=unit", *BENCH[1:]]
FASTER = [*SCALED[:2], "optimizer adam lr=0.01", "batch 32"]
# The learner's network, trained as it should be; what the faults turn is set here.
OWN = [*FASTER, "freeze none", "run 10 epochs"]
SEEDS = range(1, 6)
TURNED = ("scale", "net", "rate", "batch")


# ---------------------------------------------------------------- what other seeds score


@lru_cache
def scores(data, net, lr, epochs, part="validation"):
    """Accuracy in percent after the last epoch, one for each of five seeds; about a second at most."""
    loaded = load(data)
    accuracies = []
    for seed in SEEDS:
        network = Network.parse(net, input_shape=loaded.input_shape)
        run = Run(network, loaded, optimizer=f"adam lr={lr}", batch_size=32, seed=seed)
        run.train(epochs=epochs)
        accuracies.append(100 * run.evaluate(part).metric)
    return sorted(accuracies)


def five_seeds(*recipe):
    """The numbers {low}, {middle} and {high} of five seeds."""
    return [
        number("low", lambda session: scores(*recipe)[0], 0, after=True),
        number("middle", lambda session: median(scores(*recipe)), 0, after=True),
        number("high", lambda session: scores(*recipe)[-1], 0, after=True),
    ]


def middle(*recipe):
    return lambda session: median(scores(*recipe))


# ---------------------------------------------------------------- what stands on the bench


def part_size(name):
    return lambda session: len(session.data.split.part(name))


def pixel(pick):
    return lambda session: float(pick(session.data.x))


def weight_shapes(session):
    network = session.network
    if network is None:
        return []
    return [tuple(a.shape) for name, a in network.parameters.items() if name.endswith(".W")]


def layer_parameters(at):
    """Of the ``at``-th layer that has any."""
    return lambda session: [row.parameters for row in session.network.ledger() if row.parameters][at]


def built(session):
    """The network of the plan: three matrices, a bend behind the first two, scores at the end."""
    shapes = weight_shapes(session)
    if not shapes:
        return found(False, "nothing")
    if "softmax" in notation(session):
        return found(False, misconception="softmax-twice")
    if shapes[0] == (64, 64):
        return found(False, misconception="input-as-layer")
    if shapes != SHAPES:
        shown = ", ".join(f"{a}×{b}" for a, b in shapes)
        return found(False, "shapes", shapes=shown, count=parameters(session))
    if notation(session).count("relu") < 2:
        return found(False, misconception="no-bend")
    return found(notation(session) == PLAN, "other", text=notation(session))


def setting(session):
    """What the learner may turn: how pixels are scaled, the network, the optimiser, the batch."""
    config = session.run.config
    return session.data.scaling.kind, notation(session), config.optimizer, config.batch_size


def off(session, scale, net, lr):
    """What is turned otherwise than asked for: names of :data:`TURNED`."""
    target = (scale, net, f"adam lr={lr}", 32)
    return [name for name, is_, wanted in zip(TURNED, setting(session), target) if is_ != wanted]


def reproduced(session):
    """The settings of the article, for its ten epochs; a change makes another experiment of it."""
    if epochs(session) == 0 and (session.run is None or session.run.step_count == 0):
        return found(False, "not-yet")
    if off(session, "none", PLAN, 0.001):
        return found(False, misconception="two-things")
    if epochs(session) > 10:
        return found(False, "too-far", epochs=epochs(session))
    return found(epochs(session) == 10, "so-far", epochs=epochs(session))


def scaled(session):
    """The same from three seeds or more, with pixels from 0 to 1 and nothing else changed.

    A second change is named: of two changes at once nobody can tell which one helped.
    """
    wrong = off(session, "unit", PLAN, 0.001) if session.run else ["scale"]
    if "scale" in wrong:
        return found(False, "not-yet")
    if wrong:
        return found(False, misconception="two-things")
    groups = [group for group in seeded(session) if len(group.seeds) >= 3]
    if not groups:
        return found(False, "one-seed")
    return found(groups[-1].epochs == 10, "so-far", epochs=groups[-1].epochs)


def winner(session):
    """The first of the first 20 epochs after which 95 % of the validation set are right; None without one."""
    rows = session.run.history.epochs[:20] if session.run else ()
    return next((row for row in rows if row.val_metric >= 0.95), None)


def beaten(session):
    """95 % on the validation set after at most 20 epochs; otherwise which of the three changes is missing."""
    if epochs(session) == 0:
        return found(False, "not-yet")
    if winner(session) is not None:
        return True
    if epochs(session) > 20:
        return found(False, "too-far", epochs=epochs(session))
    reached = session.run.history.epochs[-1].val_metric
    if epochs(session) < 20:
        return found(False, "so-far", epochs=epochs(session), val=100 * reached)
    scale, _net, optimizer, _batch = setting(session)
    missing = ""
    if scale == "none":
        missing = "raw"
    elif max(b for _a, b in weight_shapes(session)) < 32:
        missing = "narrow"
    elif optimizer == "adam lr=0.001":
        missing = "slow"
    return found(False, "so-far", missing, epochs=epochs(session), val=100 * reached)


# ---------------------------------------------------------------- one misread digit of the batch


def misread(session):
    """Rows of the current batch that the network reads wrongly, the surest mistake last."""
    run = session.run
    p, truth = run.array("loss.p"), session.data.y[run.batch_indices]
    rows = [row for row in range(len(truth)) if int(p[row].argmax()) != truth[row]]
    return sorted(rows, key=lambda row: -float(p[row, truth[row]])), truth


def opened(name, value, about):
    """A sight: a number called ``value`` of a misread row was explained; ``about(row's truth, index)``."""

    def test(session, line):
        verb, _space, asked = line.strip().partition(" ")
        if verb != "explain" or session.run is None or session.run.step_count == 0:
            return False
        address = session.run.address(asked)
        rows, truth = misread(session)
        row = address.index[0] if address.index else -1
        return (
            address.value == value
            and not address.part
            and row in rows
            and about(int(truth[row]), address.index[1])
        )

    return Sight(name, test, labelled=True)


def of_misread(pick):
    """A number of the first misread digit of the batch: ``pick(session, row, truth)``."""

    def probe(session):
        rows, truth = misread(session)
        row = min(rows)
        return pick(session, row, int(truth[row]))

    return probe


def said(session, row):
    return int(session.run.array("loss.p")[row].argmax())


def training_row(session, row, truth):
    split = session.data.split.train
    return [int(i) for i in split].index(int(session.run.batch_indices[row]))


# ---------------------------------------------------------------- faults to plant


def weights(session, name):
    return session.run.network.parameters[name]


FAULTS = [
    fault(
        "mute",
        ["edit dense3.b[7] -50"],
        ["show dense3.b"],
        lambda session: float(weights(session, "dense3.b")[7]) < -40,
    ),
    fault(
        "dead",
        ["ablate dense2 3"],
        ["show dense2.W"],
        lambda session: not weights(session, "dense2.W")[:, 3].any(),
    ),
    fault(
        "frozen",
        ["freeze dense1"],
        ["show setup"],
        lambda session: session.bench.setup.freeze == "dense1",
    ),
    fault(
        "rate",
        ["lr 0.5"],
        ["step 2", "ledger dense3.W[0,0]"],
        lambda session: session.run.lr == 0.5,
    ),
]


lesson = Lesson(
    "a8",
    "digits_mlp",
    minutes=17,
    needs=("a7",),
    setup=["seed 1"],
    steps=[
        watch(
            "images",
            observe(did("example"), solution=["example 19"]),
            setup=["data digits"],
            gauge="digits",
            numbers=[
                number("n", lambda session: session.data.n, expect=1797),
                number("train", part_size("train"), expect=1149),
                number("val", part_size("validation"), expect=288),
                number("test", part_size("test"), expect=360),
                number("inputs", lambda session: session.data.input_shape[0], expect=64),
                number("least", pixel(lambda x: x.min()), expect=0),
                number("most", pixel(lambda x: x.max()), expect=16),
            ],
            covers=("digits-data", "load-digits", "handwriting", "supervised"),
        ),
        build(
            "build",
            goal(
                built,
                solutions=[
                    [f"net {PLAN}"],
                    ["net dense 10 relu | dense 10", "insert end dense 8", f"net {PLAN}"],
                ],
                mistakes={
                    "input-as-layer": ["net dense 64 relu | dense 10 relu | dense 8 relu | dense 10"],
                    "no-bend": ["net dense 10 | dense 8 | dense 10"],
                    "softmax-twice": [f"net {PLAN} | softmax"],
                },
            ),
            setup=["data digits"],
            gauge="digits",
            numbers=[
                number("count", parameters, expect=828, after=True),
                number("first", layer_parameters(0), expect=650, after=True),
                number("second", layer_parameters(1), expect=88, after=True),
                number("third", layer_parameters(2), expect=90, after=True),
            ],
            shows={
                "input-as-layer": "show network",
                "no-bend": "show network",
                "softmax-twice": "show network",
            },
            covers=("digits-program", "sequential", "dense-call", "mlp", "x36"),
        ),
        predict("bet", numeric(None), setup=BENCH, covers=("x37", "accuracy")),
        train(
            "reproduce",
            goal(
                reproduced,
                solutions=[["run 10 epochs"], ["run until epoch = 10"]],
                mistakes={"two-things": ["lr 0.01", "run 10 epochs"]},
            ),
            gauge="digits curves",
            setup=BENCH,
            numbers=[
                number("score", accuracy("test"), 0, after=True),
                *five_seeds(RAW, PLAN, 0.001, 10, "test"),
            ],
            settles="bet",
            covers=("compile", "fit", "x37", "accuracy", "evaluate", "digits-program"),
        ),
        tune(
            "scale",
            goal(
                scaled,
                solutions=[["data digits scale=unit", "seeds 3 run 10 epochs"]],
                mistakes={"two-things": ["data digits scale=unit", "lr 0.01", "seeds 3 run 10 epochs"]},
            ),
            gauge="seeds curves",
            setup=[*BENCH, "run 10 epochs"],
            numbers=[
                number("before", accuracy("validation"), 0),
                number("start", lambda session: float(session.run.history.losses[0]), 1),
                number("score", lambda session: 100 * seeded(session)[-1].median, 0, after=True),
                number("raw_low", lambda session: scores(RAW, PLAN, 0.001, 10)[0], 0),
                number("raw_middle", middle(RAW, PLAN, 0.001, 10), 0),
                number("raw_high", lambda session: scores(RAW, PLAN, 0.001, 10)[-1], 0),
                *five_seeds(UNIT, PLAN, 0.001, 10),
            ],
            covers=("hyper-parameters", "x37"),
        ),
        train(
            "beat",
            goal(
                beaten,
                solutions=[
                    [f"net {WIDE}", "lr 0.01", "run 20 epochs"],
                    ["remove dense2", "resize dense1 128", "lr 0.01", "run until val_accuracy > 0.95"],
                ],
                mistakes={
                    "narrow": ["net dense 6 relu | dense 10", "lr 0.01", "run 20 epochs"],
                    "slow": ["net dense 64 relu | dense 10", "run 20 epochs"],
                    "raw": ["data digits", "run 20 epochs"],
                },
            ),
            gauge="digits curves",
            setup=SCALED,
            numbers=[
                number("score", lambda s: 100 * winner(s).val_metric, 1, after=True),
                number("reached", lambda s: winner(s).epoch, 0, after=True),
                number("count", parameters, 0, after=True),
                number("test", accuracy("test"), 1, after=True),
                number("base", middle(UNIT, PLAN, 0.001, 10), 0, after=True),
                number("longer", middle(UNIT, PLAN, 0.001, 20), 0, after=True),
                number("faster", middle(UNIT, PLAN, 0.01, 10), 0, after=True),
                number("wider", middle(UNIT, WIDE, 0.001, 10), 0, after=True),
            ],
            covers=("hyper-parameters", "fit", "accuracy", "evaluate", "mlp"),
        ),
        explain(
            "misread",
            observe(
                opened("logit", "dense3.z", lambda truth, at: True),
                opened("probability", "loss.p", lambda truth, at: at == truth),
                opened("its-loss", "loss.each", lambda truth, at: True),
                solution=["explain dense3.z[5,8]", "explain loss.p[5,1]", "explain loss.each[5,0]"],
            ),
            setup=[*FASTER, "run 3 epochs", "step"],
            numbers=[
                number("row", of_misread(lambda s, row, truth: row), 0, expect=5),
                number("said", of_misread(lambda s, row, truth: said(s, row)), 0, expect=8),
                number("truth", of_misread(lambda s, row, truth: truth), 0, expect=1),
                number("example", of_misread(training_row), 0),
                number(
                    "z_said",
                    of_misread(lambda s, row, truth: s.run.value(f"dense3.z[{row},{said(s, row)}]")),
                    2,
                    after=True,
                ),
                number(
                    "z_truth",
                    of_misread(lambda s, row, truth: s.run.value(f"dense3.z[{row},{truth}]")),
                    2,
                    after=True,
                ),
                number(
                    "p_said",
                    of_misread(lambda s, row, truth: s.run.value(f"loss.p[{row},{said(s, row)}]")),
                    2,
                    after=True,
                ),
                number(
                    "p_truth",
                    of_misread(lambda s, row, truth: s.run.value(f"loss.p[{row},{truth}]")),
                    2,
                    after=True,
                ),
                number(
                    "loss",
                    of_misread(lambda s, row, truth: s.run.value(f"loss.each[{row},0]")),
                    2,
                    after=True,
                ),
            ],
            covers=("categorical-ce", "supervised", "handwriting"),
        ),
        debug(
            "sabotage",
            sabotage(FAULTS, probes=4),
            setup=OWN,
            gauge="confusion curves",
            shows={
                "mute": "show dense3.b",
                "dead": "show dense2.W",
                "frozen": "ledger dense1.W[20,0]",
                "rate": "show setup",
            },
            covers=("digits-program", "hyper-parameters"),
        ),
        order(
            "export",
            arrange(
                ["out", "relu-8", "softmax", "in-10", "turned", "relu-10", "middle"],
                right=["in-10", "relu-10", "middle", "relu-8", "out"],
                mistakes={
                    "turned": ["turned", "relu-10", "middle", "relu-8", "out"],
                    "softmax-twice": ["in-10", "relu-10", "middle", "relu-8", "out", "softmax"],
                },
            ),
            setup=FASTER,
            shows={"turned": "show network", "softmax-twice": "show network"},
            covers=("frameworks", "sequential", "dense-call", "compile"),
        ),
        quiz(
            "allowed",
            choose_all(
                ["train-loss", "val-loss", "val-accuracy", "test-accuracy", "test-digits"],
                right=["train-loss", "val-loss", "val-accuracy"],
            ),
            setup=FASTER,
            shows={"test-accuracy": "evaluate", "test-digits": "evaluate"},
            recall=recall(
                numeric(parameters),
                draw=lambda random: {"h": random.choice([12, 16, 20, 30])},
                setup=["data digits", "net dense {h} relu | dense 10"],
            ),
            covers=("evaluate", "accuracy"),
        ),
    ],
)

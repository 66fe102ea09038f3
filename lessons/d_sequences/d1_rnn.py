"""D1, rnn: a loop of shared weights, unrolled, trained to count in pairs, and mended twice."""

from functools import lru_cache

import numpy as np

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    choose,
    choose_all,
    debug,
    did,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    recall,
    tape,
    train,
    tune,
    watch,
)
from nnlab.lesson.readings import last_epoch, parameters_of
from nnlab.network import Network
from nnlab.training import Run

# h = tanh(x + h₋₁/2), and an answer y = 2·h at every step, so that state and answer are told apart.
LOOP = [
    "data sequence x=1,0,0,0 y=1,1,1,1",
    "net rnn 1 all | dense 1",
    "edit rnn1.W[0,0] 1",
    "edit rnn1.U[0,0] 0.5",
    "edit dense1.W[0,0] 2",
    "step",
]
COUNTER = "rnn 8 all | dense 2"
KNOBS = ["optimizer adam lr=0.02", "batch 64", "clip norm 1"]
PARITY = ["data parity", *KNOBS]
TRAINED = [PARITY[0], f"net {COUNTER}", *KNOBS, "run 6 epochs"]
FAR = ["transfer", "data parity length=50", "evaluate validation"]
BATCH = 32
WAVES = ["data waves", "optimizer adam lr=0.003", f"batch {BATCH}", "clip norm 1"]
EPOCHS = 6
SEEDS = range(1, 11)


@lru_cache
def counters():
    """Ten networks trained on eight steps: percent right there, and on rows of fifty; a second."""
    near, far = load("parity"), load("parity length=50")
    found = []
    for seed in SEEDS:
        network = Network.parse(COUNTER, input_shape=near.input_shape)
        run = Run(network, near, optimizer="adam lr=0.02", batch_size=64, seed=seed, clip="norm 1")
        run.train(epochs=EPOCHS)
        rows = far.split.validation
        answers = network.on(far.input_shape).predict(far.x[rows]).argmax(axis=-1)
        right = answers == far.y[rows]
        found.append((100 * run.evaluate("validation").metric, 100 * float(right.mean())))
    return found


@lru_cache
def guessers():
    """Ten networks that are asked at the end only, in percent; half a second."""
    data = load("parity labels=final")
    found = []
    for seed in SEEDS:
        network = Network.parse("rnn 8 | dense 1", input_shape=data.input_shape)
        run = Run(network, data, optimizer="adam lr=0.02", batch_size=64, seed=seed, clip="norm 1")
        run.train(epochs=EPOCHS)
        found.append(100 * run.evaluate("validation").metric)
    return sorted(found)


def state(t):
    return lambda session: session.run.value(f"rnn1.h[0,{t},0]")


def answers_only(session):
    """What step 1 would hold if the answer, twice the state, were fed back."""
    return float(np.tanh(0.5 * 2 * session.run.value("rnn1.h[0,0,0]")))


def counting(session):
    """A recurrent layer with an answer at every step, right on 98 of 100 signs."""
    if session.network is None or "rnn" not in session.network.text:
        return found(False, "no-network")
    if " all" not in session.network.text:
        return found(False, misconception="one-answer")
    row = last_epoch(session)
    if row is None:
        return found(False, "not-yet")
    if row.val_metric < 0.98:
        return found(False, "so-far", "too-short" if row.epoch < EPOCHS else "", reached=100 * row.val_metric)
    return True


def asked_at_the_end(session):
    """Six epochs with one label for each row."""
    if "labels=final" not in session.data.spec:
        return found(False, misconception="every-step")
    row = last_epoch(session)
    if row is None or row.epoch < EPOCHS:
        return found(False, "so-far", epochs=row.epoch if row else 0)
    return True


def told_apart(session):
    """The waves network with its last state, trained to 95 %."""
    text = session.network.text if session.network else ""
    if "reshape" in text or "flatten" in text:
        return found(False, misconception="all-in-one")
    if session.network is None or len(session.network.output_shape) != 1:
        return found(False, misconception="every-step")
    row = last_epoch(session)
    if row is None:
        return found(False, "not-yet")
    return found(row.val_metric >= 0.95, "so-far", reached=100 * row.val_metric)


STALE = """
def answers(xs, w, u, v):
    # a recurrent network of one unit
    h, ys = 0.0, []
    for x in xs:
        ys.append(v * h)
        h = np.tanh(w * x + u * h)
    return ys
"""
STALE_RIGHT = """
def answers(xs, w, u, v):
    h, ys = 0.0, []
    for x in xs:
        h = np.tanh(w * x + u * h)
        ys.append(v * h)
    return ys
"""
STALE_TESTS = """
signs = [1.0, -1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0] * 20

def error(w, u, v):
    ys = answers(signs, w, u, v)
    return float(np.mean((np.array(ys) - np.array(signs)) ** 2)) if len(ys) == len(signs) else np.inf

# with u = 0 the state is all but w*x, and v turns it back into x
best = error(0.01, 0.0, 100.0)
claim("repeat the input: w=0.01, u=0, v=100", best < 0.01,
      shown=f"mean squared error {best:.2f}", tells="stale")
case("memory: x = 1, 0, 0", answers, [1.0, 0.0, 0.0], 1.0, 0.5, 2.0,
     equals=[1.523188, 0.726799, 0.359452], close=1e-5, tells="no-memory")
"""
STALE_FORGETS = STALE_RIGHT.replace("w * x + u * h", "w * x")

lesson = Lesson(
    "d1",
    "rnn",
    minutes=20,
    needs=("a8",),
    setup=["seed 1"],
    steps=[
        predict(
            "blank",
            choose(["state", "answer", "input"], right="state"),
            setup=LOOP,
            numbers=[number("h0", state(0), expect=0.762), number("y0", "dense1.z[0,0,0]", expect=1.523)],
            covers=("rnn", "recurrent-connection", "x19", "x49", "x52"),
            shows={"answer": "explain rnn1.z[0,1,0]", "input": "explain rnn1.z[0,1,0]"},
        ),
        be(
            "states",
            tape(
                ["rnn1.h[0,1,0]", "rnn1.h[0,2,0]", "rnn1.h[0,3,0]"],
                expect=[0.363, 0.180, 0.090],
                mistakes={
                    "answer-back": ("rnn1.h[0,1,0]", answers_only),
                    "no-bend": ("rnn1.h[0,1,0]", lambda s: 0.5 * s.run.value("rnn1.h[0,0,0]")),
                    "starts-anew": ("rnn1.h[0,1,0]", 0.0),
                },
            ),
            setup=LOOP[:-1],
            look=["step"],
            numbers=[number("h0", state(0), expect=0.762)],
            covers=("hidden-state", "time-step", "tanh", "x52"),
            shows={
                "answer-back": "explain rnn1.z[0,1,0]",
                "no-bend": "explain rnn1.h[0,1,0]",
                "starts-anew": "view rnn1.h[0,1,0]",
            },
        ),
        predict(
            "count",
            numeric(
                parameters_of("rnn1"),
                expect=400,
                mistakes={
                    "each-step": lambda s: parameters_of("rnn1")(s) * s.network.input_shape[0],
                    "no-loop": 8 * 16 + 16,
                    "no-bias": 8 * 16 + 16 * 16,
                },
            ),
            setup=["data name-or-place"],
            look=["net embed 8 | rnn 16 all | dense 3"],
            numbers=[number("steps", lambda s: s.data.input_shape[0], 0, expect=7)],
            covers=("recurrent-layer", "x28"),
            shows={
                "each-step": "net embed 8 | rnn 16 all | dense 3",
                "no-loop": "net embed 8 | rnn 16 all | dense 3",
                "no-bias": "net embed 8 | rnn 16 all | dense 3",
            },
        ),
        train(
            "parity",
            goal(
                counting,
                solutions=[[f"net {COUNTER}", f"run {EPOCHS} epochs"]],
                mistakes={
                    "one-answer": ["net rnn 8 | dense 2"],
                    "too-short": [f"net {COUNTER}", "run 1 epochs"],
                },
            ),
            setup=PARITY,
            gauge="curves",
            numbers=[
                number("low", lambda s: min(near for near, _far in counters()), 1, after=True),
            ],
            covers=("rnn", "recurrent-layer"),
            shows={"one-answer": "show network", "too-short": "evaluate validation"},
        ),
        predict(
            "longer",
            choose(["coin", "well", "refused"], right="well"),
            setup=TRAINED,
            shows={"coin": "view rnn1", "refused": "show network"},
        ),
        watch(
            "fifty",
            observe(did("transfer"), did("data parity length=50"), did("evaluate"), solution=FAR),
            setup=TRAINED,
            settles="longer",
            numbers=[
                number("here", lambda s: 100 * last_epoch(s).val_metric, 1),
                number("low", lambda s: min(far for _near, far in counters()), 0, after=True),
                number("high", lambda s: max(far for _near, far in counters()), 0, after=True),
            ],
            covers=("time-step",),
        ),
        tune(
            "end-only",
            goal(
                asked_at_the_end,
                solutions=[["data parity labels=final", "net rnn 8 | dense 1", f"run {EPOCHS} epochs"]],
                mistakes={"every-step": ["run 6 epochs"]},
            ),
            setup=TRAINED,
            gauge="curves",
            numbers=[
                number("score", lambda s: 100 * last_epoch(s).val_metric, 0, after=True),
                number("low", lambda s: guessers()[0], 0, after=True),
                number("high", lambda s: guessers()[-1], 0, after=True),
            ],
            covers=("recurrent-layer",),
            shows={"every-step": "show data"},
        ),
        debug(
            "forty",
            goal(
                told_apart,
                solutions=[
                    ["net rnn 32 | dense 128 relu | dense 3", "run 25 epochs"],
                    ["net rnn 32 all | last | dense 128 relu | dense 3", "run 25 epochs"],
                ],
                mistakes={
                    "every-step": ["net rnn 32 all | dense 64 relu | dense 3"],
                    "all-in-one": ["net rnn 32 all | flatten | dense 128 relu | dense 3", "run 5 epochs"],
                },
            ),
            setup=[WAVES[0], "net rnn 32 all | dense 128 relu | dense 3", *WAVES[1:]],
            gauge="curves",
            numbers=[
                number("steps", lambda s: s.data.input_shape[0], 0, expect=24),
                number("rows", lambda s: BATCH * s.data.input_shape[0], 0, expect=768),
                number("labels", BATCH, 0),
                number("score", lambda s: 100 * last_epoch(s).val_metric, 0, after=True),
                number("count", lambda s: s.network.parameter_count, 0, after=True, expect=5699),
            ],
            covers=("x16", "basic-rnn-cell", "rnn-program"),
            shows={"every-step": "show network", "all-in-one": "show network"},
        ),
        debug(
            "stale",
            program(
                STALE,
                STALE_TESTS,
                solutions=[STALE_RIGHT],
                mistakes={"stale": STALE, "no-memory": STALE_FORGETS},
            ),
            setup=LOOP,
            covers=("x11",),
            shows={"stale": "explain dense1.z[0,0,0]", "no-memory": "explain rnn1.z[0,1,0]"},
        ),
        quiz(
            "which",
            choose_all(
                ["one-end", "every-step", "window", "writer", "tree"],
                right=["one-end", "every-step", "writer"],
            ),
            setup=LOOP,
            covers=("x28", "x05", "faq-cnn-rnn"),
            shows={"window": "help conv1d", "tree": "view rnn1"},
            recall=recall(
                numeric("rnn1.h[0,1,0]"),
                draw=lambda random: {"x": random.choice([1, 2, -1]), "u": random.choice([0.5, 0.8, -0.5, 2])},
                setup=[
                    "data sequence x={x},0,0 y=1",
                    "net rnn 1",
                    "edit rnn1.W[0,0] 1",
                    "edit rnn1.U[0,0] {u}",
                    "step",
                ],
            ),
        ),
    ],
)

"""D3, lstm: one cell opened by hand, and a task over thirty steps that a plain recurrent layer fails."""

from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    build,
    choose_all,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    predict,
    program,
    quiz,
    recall,
    seeded,
    tape,
    train,
    tune,
)
from nnlab.lesson.readings import loss, parameters_of
from nnlab.network import Network
from nnlab.training import Run

GATES = "ifog"


def cell(**numbers):
    """Lines that set a cell of one unit: every W and U to 0, then what is given, such as ``bf=2``."""
    given = {f"{kind}{gate}": 0 for gate in GATES for kind in "WU"} | numbers
    at = {"W": "[0,0]", "U": "[0,0]", "b": "[0]"}
    return [f"edit lstm1.{name}{at[name[0]]} {value}" for name, value in given.items()]


# At step 1 the input is 0, so that only the biases stand in front of the gates; step 0 leaves c = 0.3.
ONE = [
    "data sequence x=1,0 y=1",
    "net lstm 1",
    *cell(bi=1, bf=2, bo=0, bg=0.5, Wi=20, Wg=-0.19048),
]
STEPS = 20


def keeping(bias, steps=STEPS):
    """Nothing comes in, and the forget gate says σ(bias) at every step."""
    zeros = ",".join("0" * (steps + 1))
    return [f"data sequence x={zeros} y=1", "net lstm 1", *cell(bf=bias)]


# The forget gate shuts at the 1: σ(4 − 10).
LEAK = ["data sequence x=0,0,0,1,0,0,0,0,0,0 y=1", "net lstm 1", *cell(bf=4, Wf=-10, Wi=1, Wg=1), "step"]
SENTENCES = ["data reviews"]
ADDING = ["data adding", "optimizer adam lr=0.01", "batch 64", "clip norm 1"]
LSTM, PLAIN = "lstm 16 | dense 1", "rnn 16 | dense 1"
UPDATES = 600
SEEDS = (1, 2, 3)


@lru_cache
def errors(net):
    """The validation loss after the same updates for three seeds, best first; two seconds."""
    data = load("adding")
    found = []
    for seed in SEEDS:
        network = Network.parse(net, input_shape=data.input_shape)
        run = Run(network, data, optimizer="adam lr=0.01", batch_size=64, seed=seed, clip="norm 1")
        run.step(UPDATES)
        found.append(run.history.epochs[-1].val_loss)
    return sorted(found)


def best_and_worst(net, digits):
    return [
        number("low", lambda session: errors(net)[0], digits, after=True),
        number("high", lambda session: errors(net)[-1], digits, after=True),
    ]


def kept(session):
    """Which part of the last cell is still felt from the first."""
    last = session.data.input_shape[0] - 1
    value = session.run.value
    return value("lstm1.c[0,0,0].grad") / value(f"lstm1.c[0,{last},0].grad")


def gate_of(bias):
    def probe(session):
        return session.run.value("lstm1.f[0,1,0]") if bias is None else bias

    return probe


def at_step_one(what):
    return f"lstm1.{what}[0,1,0]"


def of_cell(combine):
    """A wrong cell or state: ``combine(i, f, o, g, c before, c)``."""

    def probe(session):
        value = session.run.value
        i, f, o, g, c = (value(at_step_one(name)) for name in "ifogc")
        return combine(i, f, o, g, value("lstm1.c[0,0,0]"), c)

    return probe


def always_one(session):
    """What it costs to answer 1 to every row."""
    return float(((session.data.y - 1) ** 2).mean())


def stacked(session):
    """Two LSTM layers of 16 units, the second of which hands over its last state, and one answer."""
    if session.network is None:
        return found(False, "nothing")
    layers = [layer.strip().split() for layer in session.network.text.split("|")]
    recurrent = [layer for layer in layers if layer[0] == "lstm"]
    if len(recurrent) < 2:
        return found(False, misconception="one-layer")
    if "all" in recurrent[-1]:
        return found(False, misconception="every-step")
    if [layer[1] for layer in recurrent] != ["16", "16"] or layers[0][:2] != ["embed", "8"]:
        return found(False, "sizes", text=session.network.text)
    return found(session.network.output_shape == (1,), "sizes", text=session.network.text)


def added(session):
    """The error is a sixteenth of what always answering 1 costs."""
    steps = session.run.step_count if session.run else 0
    if not steps:
        return found(False, "not-yet")
    rows = session.run.history.epochs
    reached = rows[-1].val_loss if rows else 1.0
    if steps >= UPDATES:
        reached = loss("validation")(session)
    if reached < 0.01:
        return True
    return found(False, "so-far", "too-short" if steps < UPDATES else "", steps=steps, reached=reached)


def plain_trained(session):
    """The same updates with a plain recurrent layer from three seeds, and nothing else changed."""
    network = session.network
    if network is None or "lstm" in network.text:
        return found(False, "still-lstm")
    if network.text != PLAIN or session.bench.setup.optimizer != "adam lr=0.01":
        return found(False, misconception="two-things")
    done = [len(group.names) for group in seeded(session) if group.steps >= UPDATES]
    return found(max(done, default=0) >= len(SEEDS), "so-far", seeds=max(done, default=0))


def forget_gates(session):
    """What the forget gate says at each step, with the weights as they are now."""
    return session.run.network.values("lstm1.f", session.data.x)[0, :, 0]


def mended(session):
    """At least half of the cell at step 0 is still there at the end."""
    left = float(forget_gates(session)[1:].prod())
    if left >= 0.5:
        return True
    value = session.run.network.parameters
    moved = abs(float(value["lstm1.Wi"][0, 0]) - 1) > 1e-6 or abs(float(value["lstm1.Wg"][0, 0]) - 1) > 1e-6
    return found(False, "left", "wrong-gate" if moved else "", share=left)


STEP = '''
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def lstm_step(x, h, c, W, U, b):
    """One step: the new (h, c).

    x (n, inputs), h and c (n, units).
    W, U, b: an array for each of "i", "f", "o", "g".
    """
    z = {k: x @ W[k] + h @ U[k] + b[k] for k in "ifog"}
    ...
    return h, c
'''
STEP_TESTS = """
def gates(i, f, o, g, inputs=1, units=1):
    W = {k: np.zeros((inputs, units)) for k in "ifog"}
    U = {k: np.zeros((units, units)) for k in "ifog"}
    b = {k: np.full(units, value) for k, value in zip("ifog", (i, f, o, g))}
    return W, U, b

X, H = np.zeros((1, 1)), np.zeros((1, 1))

def new_cell(c, i, f, o, g):
    return lstm_step(X, H, np.array([[c]]), *gates(i, f, o, g))[1]

def new_state(c, i, f, o, g):
    return lstm_step(X, H, np.array([[c]]), *gates(i, f, o, g))[0]

case("f open, i shut: the cell stays", new_cell, 0.3, -50.0, 50.0, 0.0, 0.5, equals=[[0.3]], tells="swapped")
case("the cell of before", new_cell, 0.3, 1.0, 2.0, 0.0, 0.5, equals=[[0.602074]], close=1e-5,
     tells="no-squash")
case("the state of before", new_state, 0.3, 1.0, 2.0, 0.0, 0.5, equals=[[0.269262]], close=1e-5,
     tells="cell-out")
W, U, b = gates(0.1, 1.0, 0.2, 0.3, 3, 2)
h, c = lstm_step(np.ones((4, 3)), np.zeros((4, 2)), np.zeros((4, 2)), W, U, b)
claim("four examples at once", h.shape == (4, 2) and c.shape == (4, 2), shown=f"{h.shape} and {c.shape}")
"""


def step_with(cell="f * c + i * g", state="o * np.tanh(c)", g='np.tanh(z["g"])'):
    return f"""
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def lstm_step(x, h, c, W, U, b):
    z = {{k: x @ W[k] + h @ U[k] + b[k] for k in "ifog"}}
    i, f, o = (sigmoid(z[k]) for k in "ifo")
    g = {g}
    c = {cell}
    h = {state}
    return h, c
"""


lesson = Lesson(
    "d3",
    "lstm",
    minutes=20,
    needs=("d2",),
    setup=["seed 1"],
    steps=[
        be(
            "cell",
            tape(
                [at_step_one("f"), at_step_one("c"), at_step_one("h")],
                expect=[0.881, 0.602, 0.269],
                mistakes={
                    "no-squash": (at_step_one("f"), at_step_one("zf")),
                    "nothing-kept": (at_step_one("c"), of_cell(lambda i, f, o, g, before, c: i * g)),
                    "all-kept": (at_step_one("c"), of_cell(lambda i, f, o, g, before, c: before + i * g)),
                    "cell-out": (at_step_one("h"), of_cell(lambda i, f, o, g, before, c: o * c)),
                },
            ),
            setup=ONE,
            look=["step"],
            numbers=[
                number("zf", at_step_one("zf"), 0, expect=2),
                number("i", at_step_one("i"), expect=0.731),
                number("o", at_step_one("o"), 1, expect=0.5),
                number("g", at_step_one("g"), expect=0.462),
                number("before", "lstm1.c[0,0,0]", 1, expect=0.3),
            ],
            covers=("lstm",),
            shows={
                "no-squash": f"explain {at_step_one('f')}",
                "nothing-kept": f"explain {at_step_one('c')}",
                "all-kept": f"explain {at_step_one('c')}",
                "cell-out": f"explain {at_step_one('h')}",
            },
        ),
        predict(
            "memory",
            numeric(
                kept,
                expect=0.378,
                mistakes={
                    "one-step": gate_of(None),
                    "forever": 1.0,
                    "straight-line": lambda s: 1 - STEPS * (1 - s.run.value("lstm1.f[0,1,0]")),
                },
            ),
            setup=keeping(3),
            look=["step"],
            numbers=[number("f", "lstm1.f[0,1,0]", expect=0.953), number("steps", STEPS, 0)],
            covers=("lstm", "long-range"),
            shows={
                "one-step": "view lstm1 backward",
                "forever": "view lstm1 backward",
                "straight-line": "view lstm1 backward",
            },
        ),
        predict(
            "count",
            numeric(
                parameters_of("lstm1"),
                expect=1600,
                mistakes={
                    "one-of-four": lambda s: parameters_of("lstm1")(s) / 4,
                    "three-gates": lambda s: parameters_of("lstm1")(s) * 3 / 4,
                },
            ),
            setup=SENTENCES,
            look=["net embed 8 | lstm 16 | dense 1"],
            numbers=[number("plain", 8 * 16 + 16 * 16 + 16, 0, expect=400)],
            covers=("parameter-count",),
            shows={
                "one-of-four": "net embed 8 | lstm 16 | dense 1",
                "three-gates": "net embed 8 | lstm 16 | dense 1",
            },
        ),
        build(
            "stack",
            goal(
                stacked,
                solutions=[["net embed 8 | lstm 16 all | lstm 16 | dense 1"]],
                mistakes={
                    "one-layer": ["net embed 8 | lstm 16 | dense 1"],
                    "every-step": ["net embed 8 | lstm 16 all | lstm 16 all | dense 1"],
                },
            ),
            setup=SENTENCES,
            numbers=[
                number("words", lambda s: s.data.input_shape[0], 0),
                number("second", lambda s: s.network.ledger()[2].parameters, 0, after=True, expect=2112),
            ],
            covers=("recurrent-layer", "sequence-to-sequence-shape"),
            shows={"one-layer": "show network", "every-step": "show network"},
        ),
        predict(
            "baseline",
            numeric(
                always_one,
                expect=0.167,
                mistakes={"right-on-average": 0.0, "one-number": 1 / 12, "half": 0.5},
                tolerance=0.006,
            ),
            setup=ADDING,
            numbers=[number("length", lambda s: s.data.input_shape[0], 0, expect=30)],
            covers=("sequence-to-sequence-shape",),
            shows={"right-on-average": "show data", "one-number": "show data", "half": "show data"},
        ),
        train(
            "add",
            goal(
                added,
                solutions=[[f"net {LSTM}", f"run {UPDATES} steps"]],
                mistakes={"too-short": [f"net {LSTM}", "run 60 steps"]},
            ),
            setup=ADDING,
            gauge="curves",
            numbers=best_and_worst(LSTM, 4),
            covers=("long-range", "lstm"),
            shows={"too-short": "evaluate validation"},
        ),
        tune(
            "plain",
            goal(
                plain_trained,
                solutions=[[f"net {PLAIN}", f"seeds 3 run {UPDATES} steps"]],
                mistakes={"two-things": [f"net {PLAIN}", "lr 0.1", "run 5 steps"]},
            ),
            setup=[ADDING[0], f"net {LSTM}", *ADDING[1:], f"run {UPDATES} steps"],
            gauge="seeds curves",
            numbers=[
                number("lstm", loss("validation"), 4),
                number("score", lambda s: seeded(s)[-1].median, 3, after=True),
                *best_and_worst(PLAIN, 3),
            ],
            covers=("x06", "long-range"),
            shows={"two-things": "show setup"},
        ),
        debug(
            "leak",
            goal(
                mended,
                solutions=[["edit lstm1.Wf[0,0] 0"], ["edit lstm1.bf[0] 20"]],
                mistakes={"wrong-gate": ["edit lstm1.Wi[0,0] 9"]},
            ),
            setup=LEAK,
            numbers=[
                number("left", kept, 3),
                number("f3", lambda s: float(forget_gates(s)[3]), after=True, expect=0.982),
            ],
            covers=("lstm",),
            shows={"wrong-gate": "view lstm1 backward"},
        ),
        code(
            "write",
            program(
                STEP,
                STEP_TESTS,
                solutions=[step_with(), step_with(cell="c * f + g * i", state="np.tanh(c) * o")],
                mistakes={
                    "swapped": step_with(cell="i * c + f * g"),
                    "no-squash": step_with(g='z["g"]'),
                    "cell-out": step_with(state="o * c"),
                },
            ),
            setup=[*ONE, "step"],
            covers=("lstm",),
            shows={
                "swapped": f"explain {at_step_one('c')}",
                "no-squash": f"explain {at_step_one('g')}",
                "cell-out": f"explain {at_step_one('h')}",
            },
        ),
        quiz(
            "truths",
            choose_all(
                ["sum", "nothing-lost", "plain-strong", "born-late", "four"],
                right=["sum", "four"],
            ),
            setup=[*ONE, "step"],
            covers=("x06", "lstm"),
            shows={"nothing-lost": "view lstm1 backward"},
            recall=recall(
                numeric(kept),
                draw=lambda random: {"b": random.choice([1, 2, 3]), "n": 5},
                setup=[
                    "data sequence x=0,0,0,0,0,0 y=1",
                    "net lstm 1",
                    *cell(),
                    "edit lstm1.bf[0] {b}",
                    "step",
                ],
            ),
        ),
    ],
)

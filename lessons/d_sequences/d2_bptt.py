"""D2, bptt: one gradient followed backward through time, faded, exploded, clipped, and cut off."""

from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    choose,
    choose_all,
    code,
    debug,
    did,
    explain,
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
    visited,
    when,
)
from nnlab.network import Network
from nnlab.training import Run

# h = tanh(x + 0.8·h₋₁) over three steps; the loss is (h₂ − 1)².
SMALL = [
    "data sequence x=0.5,-0.2,0.3 y=1",
    "net rnn 1",
    "optimizer sgd lr=0.1",
    "edit rnn1.W[0,0] 1",
    "edit rnn1.U[0,0] 0.8",
]
FORWARD = [*SMALL, "step layer", "step layer"]
FADING = [
    "data sequence x=1,0,0,0,0 y=1",
    "net rnn 1",
    "optimizer sgd lr=0.1",
    "edit rnn1.W[0,0] 1",
    "edit rnn1.U[0,0] 0.5",
]
# Inputs of 0 keep every state at 0, where tanh has a slope of 1: what is left of the gradient is U to the
# 50th.  The learning rate is next to nothing, so that only the learner changes U.
BACK = 50
LONG = [
    f"data sequence x={','.join('0' * (BACK + 1))} y=1",
    "net rnn 1",
    "optimizer sgd lr=1e-9",
    "edit rnn1.W[0,0] 1",
    "edit rnn1.U[0,0] 1",
    "step",
]
ECHO = ["net rnn 24 all stateful | dense 1", "optimizer adam lr=0.01", "batch 32", "clip norm 1"]
SHORT = ["data echo window=5", *ECHO, "run 20 epochs"]
EPOCHS = 20
SEEDS = (1, 2, 3)


def kept(session):
    """Which part of the gradient at the last state comes back to the first."""
    last = session.data.input_shape[0] - 1
    value = session.run.value
    return value("rnn1.h[0,0,0].grad") / value(f"rnn1.h[0,{last},0].grad")


def known_kept(session):
    """The same; 1 while the backward pass is still to come."""
    run = session.run
    known = run is not None and run.step_count > 0 and run.tape.known(run.address("rnn1.h[0,0,0].grad"))
    return kept(session) if known else 1.0


def times(*addresses, factor=1.0):
    """A probe: the product of numbers on the bench."""

    def probe(session):
        product = factor
        for address in addresses:
            product *= session.run.value(address)
        return product

    return probe


def slope(t):
    return lambda session: 1 - session.run.value(f"rnn1.h[0,{t},0]") ** 2


def without_slope(session):
    return 2 * (session.run.value("rnn1.h[0,2,0]") - 1)


def half_loss(session):
    return session.run.value("rnn1.z[0,2,0].grad") / 2


def without_loop(session):
    return session.run.value("rnn1.z[0,2,0].grad") * slope(1)(session)


@lru_cache
def errors(window):
    """What the last ten steps of three seeds came to, least and most; two seconds at most."""
    data = load(f"echo window={window}")
    found = []
    for seed in SEEDS:
        network = Network.parse(ECHO[0].removeprefix("net "), input_shape=data.input_shape)
        run = Run(network, data, optimizer="adam lr=0.01", batch_size=32, seed=seed, clip="norm 1")
        run.train(epochs=EPOCHS)
        found.append(sum(run.history.losses[-10:]) / 10)
    return min(found), max(found)


def spans():
    return [
        number(f"{name}{window}", lambda session, w=window, e=end: errors(w)[e], 3, after=True)
        for window in (5, 8, 20)
        for end, name in ((0, "low"), (1, "high"))
        if (window, name) != (20, "low")
    ]


def remembered(session):
    """The echo of ten steps ago is known: a longer window, and nothing else changed."""
    if "delay=" in session.data.spec:
        return found(False, misconception="other-task")
    losses = session.run.history.losses if session.run else ()
    reached = float(sum(losses[-10:]) / 10) if len(losses) >= 10 else 1.0
    window = session.data.input_shape[0]
    if reached < 0.1:
        return True
    return found(False, "so-far", "too-short" if window <= 10 else "", window=window, reached=reached)


RUNAWAY = """
def train(target, steps=400, lr=0.01):
    # fifty times h = w*h, from h = 1;
    # loss = (h - target)**2 / 2
    w = np.float64(1.3)
    for _ in range(steps):
        h = w**50
        gradient = (h - target) * 50 * w**49
        w -= lr * gradient
        w = np.clip(w, -1, 1)  # against the explosion
    return w
"""
RUNAWAY_RIGHT = """
def train(target, steps=400, lr=0.01):
    w = np.float64(1.3)
    for _ in range(steps):
        h = w**50
        gradient = (h - target) * 50 * w**49
        w -= lr * np.clip(gradient, -1, 1)
    return w
"""
RUNAWAY_FREE = RUNAWAY_RIGHT.replace("np.clip(gradient, -1, 1)", "gradient")
RUNAWAY_TESTS = """
np.seterr(all="ignore")
claim("target 1: w stays finite", bool(np.isfinite(train(1.0))), shown=f"w = {train(1.0)}", tells="explodes")
case("target 2 wants w = 1.01396", train, 2.0, equals=1.01396, close=0.011, tells="weight-clipped")
case("target 9 wants w = 1.04492", train, 9.0, equals=1.04492, close=0.011, tells="weight-clipped")
"""

CLIP = '''
def clip_norm(gradients, c):
    """Gradients shortened together so that their common
    norm is at most c.

    gradients: a list of arrays; answer a new list.
    """
    ...
'''
CLIP_TESTS = """
A = [np.array([3.0, 0.0]), np.array([[0.0], [4.0]])]  # together 5 long

def joined(gradients, c):
    return np.concatenate([g.ravel() for g in clip_norm(gradients, c)])

case("5 long, at most 1", joined, A, 1.0, equals=[0.6, 0.0, 0.0, 0.8], tells="other-direction")
case("5 long, at most 10", joined, A, 10.0, equals=[3.0, 0.0, 0.0, 4.0], tells="always-scaled")
case("all zeros", joined, [np.zeros(3)], 1.0, equals=[0.0, 0.0, 0.0], tells="divides-by-zero")
clip_norm(A, 1.0)
claim("the given arrays are left alone", A[0][0] == 3.0 and A[1][1, 0] == 4.0)
"""
CLIP_RIGHT = """
def clip_norm(gradients, c):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    scale = c / norm if norm > c else 1.0
    return [g * scale for g in gradients]
"""
CLIP_RIGHT_2 = """
def clip_norm(gradients, c):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients]))
    return [g * min(1.0, c / max(norm, 1e-12)) for g in gradients]
"""
CLIP_VALUES = """
def clip_norm(gradients, c):
    return [np.clip(g, -c, c) for g in gradients]
"""
CLIP_EACH = """
def clip_norm(gradients, c):
    return [g * min(1.0, c / max(np.linalg.norm(g), 1e-12)) for g in gradients]
"""
CLIP_ALWAYS = """
def clip_norm(gradients, c):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    return [g * c / norm for g in gradients]
"""
CLIP_ZERO = """
def clip_norm(gradients, c):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    scale = np.minimum(np.float64(1.0), np.float64(c) / norm)
    return [g * (scale if norm else np.nan) for g in gradients]
"""

lesson = Lesson(
    "d2",
    "bptt",
    minutes=20,
    needs=("d1", "b3"),
    setup=["seed 1"],
    steps=[
        be(
            "deltas",
            tape(
                ["rnn1.z[0,2,0].grad", "rnn1.z[0,1,0].grad", "rnn1.z[0,0,0].grad"],
                expect=[-0.984, -0.765, -0.481],
                mistakes={
                    "no-slope": ("rnn1.z[0,2,0].grad", without_slope),
                    "half-loss": ("rnn1.z[0,2,0].grad", half_loss),
                    "no-loop": ("rnn1.z[0,1,0].grad", without_loop),
                },
            ),
            setup=FORWARD,
            look=["step"],
            numbers=[
                number("h0", "rnn1.h[0,0,0]", expect=0.462),
                number("h1", "rnn1.h[0,1,0]", expect=0.168),
                number("h2", "rnn1.h[0,2,0]", expect=0.409),
                number("loss", "loss", expect=0.349),
            ],
            covers=("bptt",),
            shows={
                "no-slope": "explain rnn1.z[0,2,0].grad",
                "half-loss": "explain rnn1.h[0,2,0].grad",
                "no-loop": "explain rnn1.h[0,1,0].grad",
            },
        ),
        predict(
            "sum",
            numeric(
                "rnn1.U[0,0].grad",
                expect=-0.519,
                mistakes={
                    "last-only": times("rnn1.h[0,1,0]", "rnn1.z[0,2,0].grad"),
                    "mean": times("rnn1.U[0,0].grad", factor=1 / 3),
                    "own-state": lambda s: sum(
                        times(f"rnn1.h[0,{t},0]", f"rnn1.z[0,{t},0].grad")(s) for t in range(3)
                    ),
                },
            ),
            setup=FORWARD,
            look=["step"],
            numbers=[
                number("h0", "rnn1.h[0,0,0]"),
                number("h1", "rnn1.h[0,1,0]"),
                number("d0", "rnn1.z[0,0,0].grad"),
                number("d1", "rnn1.z[0,1,0].grad"),
                number("d2", "rnn1.z[0,2,0].grad"),
            ],
            covers=("bptt",),
            shows={
                "last-only": "explain rnn1.U[0,0].grad",
                "mean": "explain rnn1.U[0,0].grad",
                "own-state": "explain rnn1.U[0,0].grad",
            },
        ),
        explain(
            "open",
            observe(
                visited("rnn1.U[0,0].grad"),
                visited("rnn1.h[0,1,0].grad"),
                did("check rnn1.U[0,0]"),
                solution=["explain rnn1.U[0,0].grad", "explain rnn1.h[0,1,0].grad", "check rnn1.U[0,0]"],
            ),
            setup=[*SMALL, "step"],
            numbers=[
                number("from1", times("rnn1.h[0,0,0]", "rnn1.z[0,1,0].grad"), expect=-0.354),
                number("from2", times("rnn1.h[0,1,0]", "rnn1.z[0,2,0].grad"), expect=-0.165),
                number("total", "rnn1.U[0,0].grad", expect=-0.519),
            ],
            covers=("bptt",),
        ),
        predict(
            "decay",
            numeric(
                kept,
                expect=0.052,
                mistakes={"no-slopes": 0.5**4, "five-times": 0.5**5, "once": 0.5},
                digits=4,
            ),
            setup=FADING,
            look=["step"],
            numbers=[
                number("s1", slope(1), expect=0.868),
                number("s2", slope(2), expect=0.968),
                number("s3", slope(3), expect=0.992),
                number("s4", slope(4), expect=0.998),
            ],
            covers=("vanishing-gradient",),
            shows={
                "no-slopes": "view rnn1 backward",
                "five-times": "view rnn1 backward",
                "once": "view rnn1 backward",
            },
        ),
        tune(
            "three",
            observe(
                when("faded", lambda session: known_kept(session) < 0.02),
                when("grown", lambda session: known_kept(session) > 50),
                solution=["edit rnn1.U[0,0] 0.9", "step", "edit rnn1.U[0,0] 1.1", "step"],
            ),
            setup=LONG,
            numbers=[number("one", kept, 2, expect=1), number("back", BACK, 0)],
            covers=("vanishing-gradient", "exploding-gradient"),
        ),
        debug(
            "runaway",
            program(
                RUNAWAY,
                RUNAWAY_TESTS,
                solutions=[RUNAWAY_RIGHT],
                mistakes={"weight-clipped": RUNAWAY, "explodes": RUNAWAY_FREE},
            ),
            setup=LONG,
            covers=("x13", "clipping", "exploding-gradient"),
        ),
        code(
            "clip",
            program(
                CLIP,
                CLIP_TESTS,
                solutions=[CLIP_RIGHT, CLIP_RIGHT_2],
                mistakes={
                    "other-direction": CLIP_VALUES,
                    "always-scaled": CLIP_ALWAYS,
                    "divides-by-zero": CLIP_ZERO,
                },
            ),
            setup=[*SMALL, "clip norm 0.5", "step"],
            covers=("clipping",),
            shows={
                "other-direction": "ledger rnn1.U[0,0]",
                "always-scaled": "ledger rnn1.U[0,0]",
                "divides-by-zero": "ledger rnn1.U[0,0]",
            },
        ),
        predict(
            "windows",
            choose_all(["five", "eight", "twenty", "forty"], right=["twenty", "forty"]),
            setup=["data echo window=5", *ECHO],
            covers=("bptt",),
            shows={"five": "view rnn1 backward", "eight": "view rnn1 backward"},
            look=["step"],
        ),
        train(
            "echo",
            goal(
                remembered,
                solutions=[["data echo window=20", f"run {EPOCHS} epochs"]],
                mistakes={
                    "too-short": ["data echo window=8", f"run {EPOCHS} epochs"],
                    "other-task": ["data echo window=5 delay=2", f"run {EPOCHS} epochs"],
                },
            ),
            setup=SHORT,
            gauge="curves",
            numbers=[number("stuck", lambda s: sum(s.run.history.losses[-10:]) / 10, 2), *spans()],
            covers=("bptt", "vanishing-gradient"),
            shows={"too-short": "view rnn1 backward", "other-task": "show data"},
        ),
        quiz(
            "symptoms",
            choose(["swing", "stall", "start", "weights"], right="stall"),
            setup=LONG,
            covers=("x13", "faq-gradients"),
            shows={"swing": "view rnn1 backward"},
            recall=recall(
                numeric(kept),
                draw=lambda random: {"u": random.choice([0.5, 0.6, 0.7, 1.2, 1.5])},
                setup=[
                    "data sequence x=0,0,0,0,0 y=1",
                    "net rnn 1",
                    "edit rnn1.U[0,0] {u}",
                    "step",
                ],
            ),
        ),
    ],
)

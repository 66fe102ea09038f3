"""E3, self-attention: queries, keys and values by hand, the root of d, a mask, heads, and answers."""

import math

import numpy as np

from nnlab.lesson import (
    Lesson,
    arrange,
    be,
    code,
    debug,
    did,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    order,
    predict,
    program,
    quiz,
    recall,
    tape,
    train,
    visited,
    watch,
)
from nnlab.lesson.readings import accuracy, notation, parameters_of, steps


def matrix(name, rows):
    """Action lines that write a matrix into the network."""
    return [f"edit {name}[{i},{j}] {x:.8g}" for i, row in enumerate(rows) for j, x in enumerate(row)]


def softmax(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# Three positions (1,0), (0,1), (1,1). Queries and keys are the positions themselves, v = (5 + 5·x₁ − 5·x₂,
# 5 − 5·x₁ + 5·x₂): (10,0), (0,10), (5,5).
TRIO = [
    "data sequence x=1,0,0,1,1,1 y=0",
    "net reshape 3x2 | attention 1 bias=yes | flatten | dense 1",
    *matrix("attention1.Wq", np.eye(2)),
    *matrix("attention1.Wk", np.eye(2)),
    *matrix("attention1.Wv", [[5, -5], [-5, 5]]),
    "edit attention1.bv[0] 5",
    "edit attention1.bv[1] 5",
    *matrix("attention1.Wo", np.eye(2)),
]

# Three positions, each a one-hot vector, whose scores behind the root are SCORES: Wq = √3 · SCORES, Wk = 1.
SCORES = [[2, 0, 0], [0, 2, 0], [1, 1, 2]]
CAUSAL = [
    "data sequence x=1,0,0,0,1,0,0,0,1 y=0",
    "net reshape 3x3 | attention 1 causal | flatten | dense 1",
    *matrix("attention1.Wq", math.sqrt(3) * np.array(SCORES)),
    *matrix("attention1.Wk", np.eye(3)),
]
OTHER, TOP, _ = softmax(np.array([0.0, 2.0, 0.0]))  # row 1 without a mask
OPEN = [CAUSAL[0], CAUSAL[1].replace(" causal", ""), *CAUSAL[2:]]

# Queries and keys of 64 numbers with a spread of 1, since a row behind the norm has it and Glorot keeps it.
LONG = ["data facts", "net embed 64 | layernorm | attention 1 | last | dense 5", "batch 64", "step"]

KNOBS = ["optimizer adam lr=0.005", "batch 64", "clip norm 1"]
DEAF = [
    "data facts",
    "net embed 32 | conv1d 32 2 stride=2 pad=same | positions learned | layernorm | last | dense 5",
    *KNOBS,
]
HEAR = "insert layernorm1 block 1"
STEPS = 150
STORY = "tom office mary office mary kitchen tom garden mary"

# Percent of validation questions after 150 steps: the least of ten seeds (1 to 10) of DEAF with HEAR, and the
# most of DEAF as it is.
HEARING, GUESSING = 99, 24


def products(session):
    """q·k of all pairs of the batch, before they are divided."""
    return 8.0 * session.run.array("attention1.scores")


def largest(session, scores):
    """The mean over all queries of their largest weight, in percent."""
    return 100 * float(softmax(scores(session)).max(axis=-1).mean())


def head_width(session):
    """How many numbers the query of one head has."""
    heads = session.run.array("attention1.weights").shape[1]
    return session.run.array("attention1.q").shape[-1] // heads


def question_row(session):
    """The largest weight of the question in the example that is followed, in percent."""
    return 100 * float(session.run.array("block1.weights")[0, 0, 4].max())


def weights_per_example(session):
    """How many attention weights there are for one example."""
    return int(session.run.array("attention1.weights")[0].size)


def answering(session):
    """A layer of attention in the network, and 98 of 100 questions right."""
    if not any(layer in notation(session) for layer in ("block", "attention")):
        return found(False, misconception="deaf") if steps(session) >= STEPS else found(False, "nothing-new")
    if steps(session) == 0:
        return found(False, "not-yet")
    reached = accuracy("validation")(session)
    return found(reached >= 98, "so-far", "" if steps(session) >= 100 else "short", reached=reached)


ATTENTION = '''
def attention(Q, K, V, causal=False):
    """softmax(Q·Kᵀ/√d)·V; Q, K (T, d), V (T, e).

    With causal, position i sees positions 0 to i.
    """
    T, d = Q.shape
    scores = ...
    ...
    return weights @ V
'''
ATTENTION_TESTS = """
X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
V = np.array([[10.0, 0.0], [0.0, 10.0], [5.0, 5.0]])
turned = [2, 0, 1]
one_hot = np.eye(3)
Q = np.sqrt(3) * np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 1.0, 2.0]])

def first_row(Q, K, V):
    return attention(Q, K, V)[0]

def weights(causal, row):
    # with values that are one-hot the result is the weights
    return attention(Q, one_hot, one_hot, causal)[row]

case("the first row", first_row, X, X, V, equals=[6.016681, 3.983319], close=1e-4, tells="no-root")
case("keys and values in another order", first_row, X, X[turned], V[turned],
     equals=[6.016681, 3.983319], close=1e-4, tells="no-root")
case("causal weights", weights, True, 1, equals=[0.119203, 0.880797, 0.0], close=1e-5, tells="future")
case("causal weights", weights, True, 2, equals=[0.211942, 0.211942, 0.576117], close=1e-5)
"""


def attention_with(root=" / np.sqrt(d)", late=False):
    hide = "" if late else "if causal:\n        scores = np.where(np.tri(T, dtype=bool), scores, -np.inf)"
    hide_late = "if causal:\n        weights = weights * np.tri(T)" if late else ""
    return f"""
def attention(Q, K, V, causal=False):
    T, d = Q.shape
    scores = Q @ K.T{root}
    {hide}
    exps = np.exp(scores - scores.max(axis=1, keepdims=True))
    weights = exps / exps.sum(axis=1, keepdims=True)
    {hide_late}
    return weights @ V
"""


AXIS = """
def weights(scores):
    # scores (T, T): rows ask, columns answer
    exps = np.exp(scores - scores.max())
    return exps / exps.sum(axis=0)
"""
AXIS_TESTS = """
S = np.array([[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 1.0, 2.0]])

def row_sums(S):
    return weights(S).sum(axis=1)

def row(S, i):
    return weights(S)[i]

rows = row_sums(S)
shown = "rows add up to " + ", ".join(f"{r:.2f}" for r in rows)
claim("each row adds up to 1", np.allclose(rows, 1), shown=shown,
      tells="all-at-once" if np.isclose(rows.sum(), 1) else "columns")
case("one row", row, S, 2, equals=[0.211942, 0.211942, 0.576117], close=1e-5)
"""
AXIS_RIGHT = AXIS.replace("exps.sum(axis=0)", "exps.sum(axis=1, keepdims=True)")
AXIS_ALL = AXIS.replace("exps.sum(axis=0)", "exps.sum()")

lesson = Lesson(
    "e3",
    "self_attention",
    minutes=25,
    needs=("e2",),
    setup=["seed 1"],
    steps=[
        be(
            "by-hand",
            tape(
                [
                    "attention1.scores[0,0,0,0]",
                    "attention1.weights[0,0,0,0]",
                    "attention1.weights[0,0,0,1]",
                    "attention1.context[0,0,0]",
                    "attention1.context[0,0,1]",
                ],
                expect=[0.707, 0.401, 0.198, 6.02, 3.98],
                mistakes={
                    "no-root": ("attention1.scores[0,0,0,0]", 1.0),
                    "share-of-scores": ("attention1.weights[0,0,0,0]", 0.5),
                    "plain-mean": ("attention1.context[0,0,0]", 5.0),
                },
            ),
            setup=TRIO,
            look=["step"],
            covers=("self-attention", "query-key-value"),
            shows={
                "no-root": "explain attention1.scores[0,0,0,0]",
                "share-of-scores": "explain attention1.weights[0,0,0,0]",
                "plain-mean": "explain attention1.context[0,0,0]",
            },
        ),
        order(
            "formula",
            arrange(
                ["weigh", "mask", "project", "softmax", "root", "product"],
                right=["project", "product", "root", "mask", "softmax", "weigh"],
                mistakes={
                    "mask-late": ["project", "product", "root", "softmax", "mask", "weigh"],
                    "root-late": ["project", "product", "mask", "softmax", "root", "weigh"],
                },
            ),
            setup=[*TRIO, "step"],
            covers=("x19", "query-key-value"),
            shows={
                "mask-late": "explain attention1.weights[0,0,0,0]",
                "root-late": "explain attention1.scores[0,0,0,0]",
            },
        ),
        predict(
            "root",
            numeric(
                lambda session: math.sqrt(head_width(session)),
                expect=8,
                mistakes={"all-add-up": 64, "no-growth": 1},
            ),
            setup=LONG,
            numbers=[
                number("d", head_width, 0, expect=64),
                number("spread", lambda s: float(products(s).std()), 1, after=True),
                number("divided", lambda s: float(s.run.array("attention1.scores").std()), 1, after=True),
                number("sharp", lambda s: largest(s, products), 0, after=True),
                number(
                    "mild",
                    lambda s: largest(s, lambda s: s.run.array("attention1.scores")),
                    0,
                    after=True,
                ),
            ],
            covers=("query-key-value",),
            shows={"all-add-up": "view attention1", "no-growth": "view attention1"},
        ),
        predict(
            "causal",
            numerics(
                [f"attention1.weights[0,0,1,{key}]" for key in range(3)],
                expect=[0.119, 0.881, 0],
                mistakes={
                    "mask-late": [OTHER, TOP, 0.0],
                    "sees-all": [OTHER, TOP, OTHER],
                },
            ),
            setup=CAUSAL,
            look=["step"],
            covers=("self-attention",),
            shows={"mask-late": "view attention1", "sees-all": "view attention1"},
        ),
        code(
            "write-it",
            program(
                ATTENTION,
                ATTENTION_TESTS,
                solutions=[attention_with()],
                mistakes={"no-root": attention_with(root=""), "future": attention_with(late=True)},
            ),
            setup=[*CAUSAL, "step"],
            covers=("self-attention", "query-key-value", "x19"),
            shows={
                "no-root": "explain attention1.scores[0,0,1,1]",
                "future": "explain attention1.weights[0,0,1,1]",
            },
        ),
        debug(
            "axis",
            program(
                AXIS,
                AXIS_TESTS,
                solutions=[AXIS_RIGHT],
                mistakes={"columns": AXIS, "all-at-once": AXIS_ALL},
            ),
            setup=[*OPEN, "step"],
            covers=("self-attention",),
            shows={"columns": "view attention1", "all-at-once": "view attention1"},
        ),
        predict(
            "heads",
            numeric(
                parameters_of("attention1"),
                expect=4096,
                mistakes={"four-times": 4 * 4096, "a-quarter": 1024, "no-output": 3 * 1024},
            ),
            setup=["data facts", "net embed 32 | attention 1 | last | dense 5"],
            look=["net embed 32 | attention 4 | last | dense 5", "step"],
            numbers=[number("one", parameters_of("attention1"), 0), number("width", head_width, 0, expect=8)],
            covers=("multi-head",),
            shows={
                "four-times": "net embed 32 | attention 4 | last | dense 5",
                "a-quarter": "net embed 32 | attention 4 | last | dense 5",
                "no-output": "show network",
            },
        ),
        train(
            "answer",
            goal(
                answering,
                solutions=[[HEAR, f"run {STEPS} steps"], [HEAR, "run 300 steps"]],
                mistakes={"deaf": [f"run {STEPS} steps"], "short": [HEAR, "run 15 steps"]},
            ),
            setup=DEAF,
            gauge="curves",
            numbers=[
                number("score", accuracy("validation"), 1, after=True),
                number("worst", HEARING, 0),
                number("guess", GUESSING, 0),
            ],
            covers=("question-answering", "self-attention", "x57"),
            shows={"deaf": "show network", "short": "show network"},
        ),
        watch(
            "look-up",
            observe(
                did("read"),
                visited("block1.weights"),
                solution=[f"read {STORY}", "explain block1.weights[0,0,4,2]"],
            ),
            setup=[*DEAF, HEAR, f"run {STEPS} steps"],
            numbers=[number("most", question_row, 0)],
            covers=("question-answering", "context", "x57"),
        ),
        quiz(
            "table",
            numeric(
                lambda session: float(1024**2),
                expect=1048576,
                mistakes={"line": 1024, "two-lines": 2048, "by-width": 1024 * 32},
            ),
            setup=["data copy length=16", "net embed 8 | attention 1 | dense 10", "step"],
            numbers=[number("small", weights_per_example, 0, expect=256)],
            covers=("self-attention",),
            shows=dict.fromkeys(("line", "two-lines", "by-width"), "view attention1"),
            recall=recall(
                numeric(weights_per_example),
                draw=lambda random: {"t": random.choice([6, 8, 10, 12]), "h": random.choice([1, 2, 4])},
                setup=["data copy length={t}", "net embed 8 | attention {h} | dense 10", "step"],
            ),
        ),
    ],
)

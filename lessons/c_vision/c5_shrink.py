"""C5, shrink: prune, quantise, factorise and teach a small network, and what none of it buys."""

import numpy as np

from nnlab.lesson import (
    Lesson,
    build,
    choose,
    code,
    debug,
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
    train,
    tune,
    watch,
)
from nnlab.lesson.readings import accuracy, epochs, notation, spans
from nnlab.lesson.tasks_bench import Sight
from nnlab.network import shrink
from nnlab.session.insight.attribution import attribute

DATA = "data digits scale=unit"
TRAINED = [DATA, "net dense 128 relu | dense 10", "optimizer adam lr=0.003", "batch 32", "run 20 epochs"]
# Four weights of one column, to be rounded by hand.
FOUR = [
    "data iris",
    "net dense 3",
    "edit dense1.W[0,0] 0.7",
    "edit dense1.W[1,0] -1.2",
    "edit dense1.W[2,0] 0.05",
    "edit dense1.W[3,0] 0.33",
]

# Test accuracy in percent of TRAINED with seeds 1 to 10, lowest and highest: as it is; the smallest share of
# weights set to 0, then five more epochs under the mask; rounded; its first matrix cut to a rank by SVD.
AS_IT_IS = (96, 97)
PRUNED = {80: (78, 94), 90: (39, 80), 95: (23, 45)}
TUNED = {80: (96, 97), 90: (94, 96), 98: (38, 59)}
FOUR_BITS, TWO_BITS = (96, 98), (61, 80)
RANK = {16: (95, 97), 8: (86, 93), 4: (55, 71)}
# `dense 6 relu | dense 10`, 20 epochs, taught by TRAINED (temperature 4, weight 0.9) or alone: lowest, middle
# and highest of ten seeds.
TAUGHT, ALONE = (78, 89, 91), (72, 89, 93)


def pruned_accuracy(share):
    """Of the test part, with this share of the weights at 0; the run stays as it is."""

    def probe(session):
        rows = session.data.split.test
        said = shrink.pruned(session.network, share).predict(session.data.x[rows]).argmax(axis=1)
        return 100 * float((said == session.data.y[rows]).mean())

    return probe


def zeros(session):
    return 100 * shrink.sparsity(session.network)


def slim(session):
    """At least 70 % of the weights are 0, and 94 % of the validation digits are read."""
    score = accuracy("validation")(session)
    if zeros(session) < 70:
        return found(False, "too-few", share=zeros(session))
    if score >= 94:
        return True
    if epochs(session) <= 20:
        return found(False, misconception="not-tuned")
    if zeros(session) > 96:
        return found(False, misconception="too-much")
    return found(False, "so-far", reads=score, share=zeros(session))


def levels(session):
    """The most different numbers that a column of weights holds."""
    columns = (session.network.parameters[name] for name in ("dense1.W", "dense2.W"))
    return max(len(np.unique(w[:, k])) for w in map(np.asarray, columns) for k in range(w.shape[1]))


def rounded(session):
    """The weights are whole numbers of at most eight bits times their scales."""
    weights = [np.asarray(session.network.parameters[name]) for name in ("dense1.W", "dense2.W")]
    return all(np.allclose(w, shrink.quantise(w, 8).restored(), atol=1e-7) for w in weights)


def coarse(session):
    """At most four bits, and 92 % of the validation digits are still read."""
    if levels(session) > 15:
        return found(False, misconception="timid") if rounded(session) else found(False, "not-yet")
    read = accuracy("validation")(session) >= 92
    return True if read else found(False, misconception="too-coarse")


def codes(session):
    """The whole numbers behind the four weights, with eight bits."""
    return shrink.quantise(np.asarray(session.network.parameters["dense1.W"])[:, :1], 8).codes[:, 0]


def code_of(at):
    return lambda session: int(codes(session)[at])


def factorised(session):
    """Two thin layers without a bend stand for the first matrix, with at most 3100 weights."""
    if session.network is None:
        return found(False, "nothing")
    weights = [np.asarray(a).shape for name, a in session.network.parameters.items() if name.endswith(".W")]
    if len(weights) != 3 or weights[1][1] != 128 or weights[0][1] != weights[1][0]:
        return found(False, "shape")
    rank = weights[0][1]
    if 64 * rank + rank * 128 > 3100:
        return found(False, misconception="no-thinner")
    if notation(session).startswith(f"dense {rank} relu"):
        return found(False, misconception="bent")
    return found(f"dense {rank} bias=no" in notation(session), "bias")


def seen(name, sparse):
    """A sight: ``saliency`` was asked, of the pruned network or of the whole one."""

    def test(session, line):
        asked = line.strip().startswith(("saliency", "view saliency"))
        return asked and session.network is not None and (shrink.sparsity(session.network) > 0.8) == sparse

    return Sight(name, test, labelled=True)


def pixels_that_count(session):
    """How many pixels have a slope of at least a tenth of the largest one."""
    slopes = np.abs(attribute(session, "gradient").values)
    return int((slopes >= 0.1 * slopes.max()).sum())


def highest_rank(session):
    """The largest rank with which two factors hold fewer weights than the matrix."""
    high, wide = np.asarray(session.network.parameters["dense1.W"]).shape
    return (high * wide - 1) // (high + wide)


MASKED = """
def tune(w, mask, gradient, lr, steps):
    # mask is 0 where a weight was pruned
    w = w * mask
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w
"""
MASKED_TESTS = """
goal = np.array([1.0, -2.0, 3.0])
start = np.array([0.5, -0.1, 2.0])

def left(mask):
    return tune(start.copy(), mask, lambda w: w - goal, 0.1, 60)

case("all kept", left, np.ones(3), equals=goal, close=0.02, tells="frozen")
middle = np.array([1.0, 0.0, 1.0])
case("pruned stays 0", left, middle, equals=middle * goal, close=0.02, tells="grown-again")
case("none kept", left, np.zeros(3), equals=np.zeros(3))
"""

QUANTISE = '''
def quantise(w, bits):
    """Whole numbers and a scale: w ≈ codes * scale.

    codes lie from -m to m, where m = 2**(bits-1) - 1,
    and the largest |w| becomes m.  Some |w| is above 0.
    """
    m = 2 ** (bits - 1) - 1
    scale = ...
    codes = ...
    return codes, scale
'''
QUANTISE_TESTS = """
def whole(w, bits):
    return quantise(w, bits)[0]

def factor(w, bits):
    return quantise(w, bits)[1]

w = np.array([0.7, -1.2, 0.05, 0.33])
third = np.array([0.3, 0.0, 0.9])
case("by hand", whole, w, 8, equals=np.array([74, -127, 5, 35]), close=1e-9, tells="cut-off")
case("the scale", factor, w, 8, equals=1.2 / 127, close=1e-9)
case("zero stays zero", whole, third, 4, equals=np.array([2, 0, 7]), close=1e-9, tells="shifted")
near = np.abs(whole(w, 4) * factor(w, 4) - w) <= factor(w, 4) / 2 + 1e-9
claim("no weight is off by more than half a scale", bool(near.all()), tells="cut-off")
"""


def quantise_with(scale="np.abs(w).max() / m", codes="np.rint(w / scale).astype(int)"):
    return f"""
def quantise(w, bits):
    m = 2 ** (bits - 1) - 1
    scale = {scale}
    codes = {codes}
    return codes, scale
"""


lesson = Lesson(
    "c5",
    "shrink",
    minutes=20,
    needs=("c3", "b4"),
    setup=["seed 1"],
    steps=[
        predict(
            "half",
            numerics(
                [pruned_accuracy(0.5), pruned_accuracy(0.95)],
                mistakes={"in-step": [48, 5], "half-lost": [48, None], "nothing-lost": [None, 94]},
                tolerance=6,
                digits=0,
            ),
            setup=TRAINED,
            gauge="shrink",
            shows={
                "in-step": "shrink prune test",
                "half-lost": "shrink prune test",
                "nothing-lost": "view shrink",
            },
            numbers=[
                number("whole", accuracy("test"), 1),
                *spans({"eighty": PRUNED[80], "ninety": PRUNED[90], "more": PRUNED[95]}, after=True),
            ],
            covers=("compression",),
        ),
        train(
            "tune",
            goal(
                slim,
                solutions=[
                    ["prune 0.8", "run 5 epochs"],
                    ["prune 0.7", "run 2 epochs", "prune 0.8", "run 4 epochs"],
                ],
                mistakes={
                    "not-tuned": ["prune 0.9"],
                    "too-much": ["prune 0.98", "run 5 epochs"],
                },
            ),
            setup=TRAINED,
            gauge="curves",
            shows={"not-tuned": "shrink prune", "too-much": "evaluate validation"},
            numbers=[
                number("zeros", zeros, 0, after=True),
                number("val", accuracy("validation"), 1, after=True),
                number("score", accuracy("test"), 1, after=True),
                *spans(
                    {"whole": AS_IT_IS, "eighty": TUNED[80], "ninety": TUNED[90], "most": TUNED[98]},
                    after=True,
                ),
            ],
            covers=("compression",),
        ),
        debug(
            "grown-again",
            program(
                MASKED,
                MASKED_TESTS,
                solutions=[
                    MASKED.replace("w - lr * gradient(w)", "(w - lr * gradient(w)) * mask"),
                    MASKED.replace("gradient(w)", "gradient(w) * mask"),
                ],
                mistakes={
                    "grown-again": MASKED,
                    "frozen": MASKED.replace("w - lr * gradient(w)", "w * mask"),
                },
            ),
            setup=[*TRAINED, "prune 0.8"],
            shows={"grown-again": "show dense2.W", "frozen": "show dense2.W"},
            covers=("compression",),
        ),
        predict(
            "by-hand",
            numerics(
                [code_of(0), code_of(1), code_of(2), code_of(3)],
                expect=[74, -127, 5, 35],
                mistakes={
                    "cut-off": [74, -127, 5, 34],
                    "no-scale": [89, -152, 6, 42],
                    "unsigned": [None, 127, None, None],
                },
                digits=0,
                tolerance=0.5,
            ),
            setup=FOUR,
            shows={"cut-off": "quantise 8", "no-scale": "quantise 8", "unsigned": "quantise 8"},
            numbers=[
                number("scale", lambda s: 1.2 / 127, 6, expect=0.009449, after=True),
                number("back", lambda s: 74 * 1.2 / 127, 3, expect=0.699, after=True),
                number("error", lambda s: 0.6 / 127, 4, expect=0.0047, after=True),
            ],
            covers=("compression", "efficiency"),
        ),
        code(
            "quantise",
            program(
                QUANTISE,
                QUANTISE_TESTS,
                solutions=[quantise_with(), quantise_with(codes="np.round(w / scale)")],
                mistakes={
                    "cut-off": quantise_with(codes="(w / scale).astype(int)"),
                    "shifted": quantise_with(codes="np.rint(w / scale) + (w == 0)"),
                },
            ),
            setup=FOUR,
            shows={"cut-off": "quantise 8", "shifted": "quantise 8"},
            covers=("efficiency",),
        ),
        tune(
            "bits",
            goal(
                coarse,
                solutions=[["quantise 4"], ["quantise 3"]],
                mistakes={"timid": ["quantise 8"], "too-coarse": ["quantise 2"]},
            ),
            setup=TRAINED,
            gauge="shrink",
            shows={"timid": "shrink quantise", "too-coarse": "shrink quantise"},
            numbers=[
                number("weights", 64 * 128 + 128 * 10, 0),
                number("bytes", 4 * (64 * 128 + 128 * 10), 0, expect=37888),
                number("score", accuracy("test"), 1, after=True),
                *spans({"four": FOUR_BITS, "two": TWO_BITS}, after=True),
            ],
            covers=("compression", "efficiency", "compute-cost"),
        ),
        build(
            "thin",
            goal(
                factorised,
                solutions=[["net dense 16 bias=no | dense 128 relu | dense 10"]],
                mistakes={
                    "no-thinner": ["net dense 64 bias=no | dense 128 relu | dense 10"],
                    "bent": ["net dense 16 relu | dense 128 relu | dense 10"],
                },
            ),
            setup=TRAINED[:-1],
            shows={"no-thinner": "show network", "bent": "show network"},
            numbers=[
                number("before", 64 * 128, 0, expect=8192),
                number("after", 64 * 16 + 16 * 128, 0, expect=3072, after=True),
                *spans({"sixteen": RANK[16], "eight": RANK[8], "four": RANK[4]}, after=True),
            ],
            covers=("compression", "compute-cost", "efficiency"),
        ),
        predict(
            "student",
            choose(["better", "alike", "far-better"], right="alike"),
            setup=TRAINED,
            gauge="curves",
            shows={
                "better": "distil temperature=4 weight=0.9 dense 6 relu | dense 10",
                "far-better": "evaluate test",
            },
            numbers=[
                *spans({"taught": TAUGHT[::2], "alone": ALONE[::2]}, after=True),
                number("taught", TAUGHT[1], 0, after=True),
                number("alone", ALONE[1], 0, after=True),
            ],
            covers=("compression",),
        ),
        watch(
            "no-reason",
            observe(
                seen("whole", False),
                seen("pruned", True),
                solution=["saliency", "prune 0.9", "run 5 epochs", "saliency"],
            ),
            setup=TRAINED,
            gauge="saliency",
            numbers=[
                number("before", pixels_that_count, 0),
                number("after", pixels_that_count, 0, after=True),
                number(
                    "left",
                    lambda s: int(
                        sum(
                            (np.asarray(s.network.parameters[n]) != 0).sum() for n in ("dense1.W", "dense2.W")
                        )
                    ),
                    0,
                    after=True,
                ),
            ],
            covers=("x31",),
        ),
        quiz(
            "rank",
            numeric(
                highest_rank,
                expect=42,
                mistakes={"half": 32, "smaller-side": 63, "rounded-up": 43},
                digits=0,
            ),
            setup=TRAINED[:-1],
            shows={"half": "show network", "smaller-side": "show network", "rounded-up": "show network"},
            recall=recall(
                numeric(highest_rank, digits=0),
                draw=lambda random: {"h": random.choice([32, 64, 96, 192])},
                setup=[DATA, "net dense {h} relu | dense 10"],
            ),
            covers=("compression", "compute-cost"),
        ),
    ],
)

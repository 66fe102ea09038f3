"""C3, digits-cnn: a CNN that reads digits, how small it may be, what few pictures and a shift do to it."""

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
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
)
from nnlab.lesson.readings import epochs, notation, parameters, parameters_of, span
from nnlab.network import Network

CNN = (
    "conv 16 3x3 relu pad=same | maxpool 2 | conv 32 3x3 relu pad=same | maxpool 2 | flatten "
    "| dense 64 relu | dense 10"
)
SMALL = "conv 8 3x3 relu pad=same | maxpool 2 | conv 16 3x3 relu pad=same | maxpool 2 | flatten | dense 10"
DENSE = "dense 24 relu | dense 10"
FLAT = "conv 16 3x3 relu pad=same | conv 16 3x3 relu pad=same | flatten | dense 10"
DATA = "data digits scale=unit shape=8x8x1"
KNOBS = ["optimizer adam lr=0.003", "batch 32"]

# Ten seeds of each network with Adam 0.003 and batches of 32: lowest, median and highest, in percent,
# by `Run(Network.parse(net, 64), load("digits scale=unit"), …).train(epochs)` with seeds 1 to 10.
BEST_VALIDATION = {CNN: (97.2, 98.3, 98.6), SMALL: (93.4, 96.5, 98.6)}  # of 10, of 15 epochs
TEST = {CNN: (95.6, 97.9, 99.2)}  # after 10 epochs
# The same test digits moved by one pixel, up, down, left and right: the mean of four; 15 epochs.
SHIFTED = {SMALL: (52.1, 58.5, 63.4), DENSE: (44.9, 46.7, 47.9)}
UPRIGHT = {SMALL: (95.3, 97.0, 98.3), DENSE: (94.4, 95.5, 96.4)}
# Ten choices of 100 and of 300 training pictures, 60 and 30 epochs, tested on those left over:
# `digits split=100/400/1297 seed=1` and so on.
WIDE = "dense 128 relu | dense 10"
HUNDRED = {CNN: (87.4, 89.0, 91.3), WIDE: (87.0, 89.2, 92.1)}
THREE_HUNDRED = {CNN: (94.9, 95.8, 96.8), WIDE: (92.8, 94.8, 96.2)}


def built(session):
    """Two convolutions with pooling, a dense layer of 64, ten scores; relu behind all but the last."""
    if session.network is None:
        return found(False, "nothing")
    if parameters(session) != 13706:
        if "dense 64" not in notation(session):
            return found(False, misconception="no-head")
        if notation(session).count("pad=same") < 2:
            return found(False, misconception="no-border")
        return found(False, "count", found_count=parameters(session))
    return True if notation(session).count("relu") == 3 else found(False, misconception="no-bend")


def best(session, within):
    """The best validation accuracy of the first epochs, in percent; 0 before there is one."""
    rows = session.run.history.epochs[:within] if session.run else ()
    return max((100 * row.val_metric for row in rows), default=0.0)


def reads(session):
    """96 % of the validation digits after at most ten epochs."""
    if epochs(session) == 0:
        return found(False, "not-yet")
    if best(session, 10) >= 96:
        return True
    if epochs(session) < 10:
        return found(False, "so-far", epochs=epochs(session), val=best(session, 10))
    if session.run.config.batch_size > 300:
        return found(False, misconception="few-steps")
    if "0.003" not in session.run.config.optimizer:
        return found(False, misconception="slow")
    return found(False, "too-far", val=best(session, 10))


def small_reads(session):
    """95 % with at most 2000 parameters, after at most 15 epochs."""
    if session.network is None or epochs(session) == 0:
        return found(False, "not-yet")
    if "conv" not in notation(session):
        return found(False, misconception="gave-up-windows")
    if parameters(session) > 2000:
        return found(False, misconception="still-wide")
    if best(session, 15) >= 95:
        return True
    if epochs(session) < 15:
        return found(False, "so-far", epochs=epochs(session), val=best(session, 15))
    return found(False, misconception="too-narrow")


def counts(session):
    """Confusions of the test part, [truth, answer], right answers taken out."""
    data, rows = session.data, session.data.split.test
    said = session.network.predict(data.x[rows]).argmax(axis=1)
    table = np.zeros((10, 10), int)
    np.add.at(table, (data.y[rows], said), 1)
    np.fill_diagonal(table, 0)
    return table


def worst(axis):
    """The truth (0) or the answer (1) of the pair that is confused most often."""
    return lambda session: int(np.unravel_index(counts(session).argmax(), (10, 10))[axis])


def upright(session):
    """The first convolution reads rows, columns and one channel with its 16 windows."""
    if session.network is None or "conv1.z" not in session.network.graph.values:
        return found(False, "nothing")
    shape = tuple(session.network.graph.values["conv1.z"].shape[1:])
    if shape[2] < 16:
        return found(False, misconception="fewer-windows")
    if shape[1] == 1:
        return found(False, misconception="other-side")
    if shape[0] == 1:
        return found(False, "axes")
    return found(parameters_of("conv1")(session) == 160, "other-net")


WORST = '''
def worst_pair(counts):
    """(truth, answer) of the commonest mistake.

    counts[t, a]: how many digits t were read as a.
    """
    ...
'''
WORST_TESTS = """
table = np.array([[30, 1, 0], [2, 28, 7], [0, 4, 33]])
claim("truth first, then answer", worst_pair(table.copy()) != (2, 1), tells="column-first")
case("three classes", worst_pair, table.copy(), equals=(1, 2), tells="the-right-ones")
case("two classes", worst_pair, np.array([[9, 3], [1, 8]]), equals=(0, 1))
before = table.copy()
worst_pair(table)
claim("the table is as it was", np.array_equal(before, table), tells="in-place")
"""


def worst_with(table="counts - np.diag(np.diag(counts))", result="int(at[0]), int(at[1])"):
    return f"""
def worst_pair(counts):
    wrong = {table}
    at = np.unravel_index(wrong.argmax(), wrong.shape)
    return {result}
"""


IN_PLACE = """
def worst_pair(counts):
    np.fill_diagonal(counts, 0)
    at = np.unravel_index(counts.argmax(), counts.shape)
    return int(at[0]), int(at[1])
"""

lesson = Lesson(
    "c3",
    "digits_cnn",
    minutes=20,
    needs=("c2", "b1"),
    setup=["seed 1"],
    steps=[
        build(
            "plan",
            goal(
                built,
                solutions=[[f"net {CNN}"]],
                mistakes={
                    "no-bend": ["net " + CNN.replace(" relu", "")],
                    "no-head": [f"net {SMALL}"],
                    "no-border": ["net " + CNN.replace(" pad=same", "", 1)],
                },
            ),
            setup=[DATA],
            gauge="digits",
            shows={"no-bend": "show network", "no-head": "show network", "no-border": "show network"},
            numbers=[
                number("first", parameters_of("conv1"), 0, expect=160, after=True),
                number("second", parameters_of("conv2"), 0, expect=4640, after=True),
                number("head", parameters_of("dense1"), 0, expect=8256, after=True),
                number("scores", parameters_of("dense2"), 0, expect=650, after=True),
                number("all", parameters, 0, expect=13706, after=True),
            ],
            covers=("cnn", "conv-layer", "conv2d-call", "dense-head"),
        ),
        predict("bet", numeric(None), setup=[DATA, f"net {CNN}", *KNOBS], covers=("cnn",)),
        train(
            "read",
            goal(
                reads,
                solutions=[["run 10 epochs"], ["run until val_accuracy > 0.96"]],
                mistakes={
                    "slow": ["lr 0.00001", "run 10 epochs"],
                    "few-steps": ["batch all", "run 10 epochs"],
                },
            ),
            setup=[DATA, f"net {CNN}", *KNOBS],
            gauge="curves",
            settles="bet",
            shows={"slow": "evaluate validation", "few-steps": "evaluate validation"},
            numbers=[
                number("val", lambda s: best(s, 10), 1, after=True),
                number("score", lambda s: 100 * s.run.evaluate("test").metric, 1, after=True),
                *span("test", TEST[CNN], after=True),
                *span("val", BEST_VALIDATION[CNN], after=True),
            ],
            covers=("cnn", "handwriting", "image-classification"),
        ),
        tune(
            "smaller",
            goal(
                small_reads,
                solutions=[[f"net {SMALL}", "run 15 epochs"]],
                mistakes={
                    "still-wide": ["net " + CNN.replace("dense 64 relu | ", ""), "run 1 epochs"],
                    "too-narrow": [
                        "net " + SMALL.replace("conv 8", "conv 1").replace("conv 16", "conv 1"),
                        "run 15 epochs",
                    ],
                    "gave-up-windows": [
                        "net " + DENSE.replace("dense 24", "flatten | dense 24"),
                        "run 1 epochs",
                    ],
                },
            ),
            setup=[DATA, f"net {CNN}", *KNOBS],
            gauge="curves",
            shows={
                "still-wide": "show network",
                "too-narrow": "view conv1",
                "gave-up-windows": "show network",
            },
            numbers=[
                number("count", parameters, 0, after=True),
                number("val", lambda s: best(s, 15), 1, after=True),
                *span("small", BEST_VALIDATION[SMALL], after=True),
            ],
            covers=("conv-layer", "dense-head"),
        ),
        predict(
            "hundred",
            choose(["hopeless", "even", "ahead"], right="even"),
            setup=["data digits scale=unit shape=8x8x1 split=100/400/1297", f"net {CNN}", *KNOBS],
            gauge="curves",
            shows={"hopeless": "run 20 epochs", "ahead": "run 20 epochs"},
            numbers=[
                *span("cnn", HUNDRED[CNN], after=True),
                *span("dense", HUNDRED[WIDE], after=True),
                number("cnn_more", THREE_HUNDRED[CNN][1], 0, after=True),
                number("dense_more", THREE_HUNDRED[WIDE][1], 0, after=True),
            ],
            covers=("data-hunger",),
        ),
        predict(
            "shifted",
            choose(["immune", "alike", "less", "more"], right="less"),
            setup=[DATA, f"net {SMALL}", "optimizer adam lr=0.01", "batch 32", "run 3 epochs"],
            shows={"immune": "augment shift:1", "alike": "augment shift:1", "more": "augment shift:1"},
            numbers=[
                *span("cnn", SHIFTED[SMALL], after=True),
                *span("dense", SHIFTED[DENSE], after=True),
                number("cnn_before", UPRIGHT[SMALL][1], 0),
                number("dense_before", UPRIGHT[DENSE][1], 0),
                number("cnn_size", lambda s: Network.parse(SMALL, (8, 8, 1)).parameter_count, 0, expect=1898),
                number("dense_size", lambda s: Network.parse(DENSE, 64).parameter_count, 0, expect=1810),
            ],
            covers=("cnn",),
        ),
        quiz(
            "pair",
            numerics(
                [worst(0), worst(1)],
                mistakes={
                    "turned": [worst(1), worst(0)],
                    "right-ones": [worst(1), worst(1)],
                },
                digits=0,
            ),
            setup=[DATA, f"net {SMALL}", "optimizer adam lr=0.01", "batch 32", "run 2 epochs"],
            gauge="confusion",
            shows={"turned": "confusion test", "right-ones": "confusion test"},
            numbers=[
                number("times", lambda s: int(counts(s).max()), 0, after=True),
                number("wrong", lambda s: int(counts(s).sum()), 0, after=True),
            ],
            covers=("image-classification", "handwriting"),
        ),
        code(
            "worst",
            program(
                WORST,
                WORST_TESTS,
                solutions=[
                    worst_with(),
                    worst_with("counts * (1 - np.eye(len(counts), dtype=int))", "tuple(int(k) for k in at)"),
                ],
                mistakes={
                    "the-right-ones": worst_with("counts"),
                    "column-first": worst_with(result="int(at[1]), int(at[0])"),
                    "in-place": IN_PLACE,
                },
            ),
            setup=[DATA, f"net {SMALL}", "optimizer adam lr=0.01", "batch 32", "run 2 epochs"],
            gauge="confusion",
            shows={
                "the-right-ones": "confusion test",
                "column-first": "confusion test",
                "in-place": "confusion test",
            },
        ),
        debug(
            "sideways",
            goal(
                upright,
                solutions=[[f"net reshape 8x8x1 | {FLAT}"], [f"net {FLAT}"]],
                mistakes={
                    "fewer-windows": ["net reshape 1x8x8 | " + FLAT.replace("conv 16", "conv 2", 1)],
                    "other-side": [f"net reshape 8x1x8 | {FLAT}"],
                },
            ),
            setup=["data digits scale=unit", f"net reshape 1x8x8 | {FLAT}", *KNOBS, "run 1 epochs"],
            shows={"fewer-windows": "show network", "other-side": "show network"},
            numbers=[
                number("now", parameters_of("conv1"), 0, expect=1168),
                number("right", parameters_of("conv1"), 0, expect=160, after=True),
            ],
            covers=("conv-layer", "conv2d-call"),
        ),
        quiz(
            "wrong-prior",
            choose(["faces", "sound", "patients", "board"], right="patients"),
            setup=["data clinic8", "net dense 8 relu | dense 1"],
            shows={"faces": "data digits28", "sound": "data tones", "board": "data masks12"},
            recall=recall(
                numeric(parameters, digits=0),
                draw=lambda random: {"c": random.choice([4, 8, 12]), "d": random.choice([8, 16, 24])},
                setup=[
                    DATA,
                    "net conv {c} 3x3 | maxpool 2 | conv {d} 3x3 | globalavgpool | dense 10",
                ],
            ),
            covers=("cnn", "image-classification"),
        ),
    ],
)

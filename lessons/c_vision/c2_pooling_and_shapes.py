"""C2, pooling-and-shapes: the largest of four, and two well-known networks carried through shape by shape."""

import re

from nnlab.lesson import (
    Lesson,
    arrange,
    be,
    build,
    choose,
    code,
    debug,
    explain,
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
    visited,
)
from nnlab.lesson.readings import notation, parameters, parameters_of

# The picture to be pooled, and an empty one beside it: data need two.  conv1 hands every pixel on as it is.
FOUR = "data pixels pictures=numbers:1320/4215/0132/2601,nothing:0000/0000/0000/0000"
SAME = ["edit conv1.W[0,0,0,0] 1", "batch all"]
BOTH = [
    FOUR,
    "net conv 1 1x1 | as x | maxpool 2 | flatten | as top | from x | avgpool 2 | flatten | add top | dense 1",
    *SAME,
]
TOP = [FOUR, "net conv 1 1x1 | maxpool 2 | flatten | dense 1", *SAME]
GREY = "conv 32 3x3 relu | maxpool 2 | conv 64 3x3 relu | maxpool 2 | flatten | dense 128 relu | dense 10"
COLOUR = (
    "conv 32 3x3 relu | maxpool 2 | conv 64 3x3 relu | maxpool 2 | conv 128 3x3 relu | maxpool 2 "
    "| flatten | dense 128 relu | dense 10"
)
GREY_DATA, COLOUR_DATA = "data digits28", "data shapes32 n=100"


def side(value):
    """Rows of the maps of a value; of a row of numbers its length."""
    return lambda session: int(session.network.graph.values[value].shape[1])


def share(*names):
    """What these layers hold of all parameters, in percent."""
    return lambda session: 100 * sum(parameters_of(n)(session) for n in names) / parameters(session)


def receptive(layers):
    """Pixels of the input, along a side, on which one number behind these layers hangs.

    A window of k reaches (k − 1) places further, each as many pixels wide as the strides before multiply to.
    """
    field, jump = 1, 1
    for layer in layers:
        window, stride = (2, 2) if layer == "pool" else (3, 1)
        field, jump = field + (window - 1) * jump, jump * stride
    return field


def colour_built(session):
    """The colour network of the plan."""
    if session.network is None:
        return found(False, "nothing")
    if "pad=same" in notation(session):
        return found(False, misconception="padded")
    if notation(session).count("maxpool") < 3:
        return found(False, misconception="pool-forgotten")
    if parameters(session) != 160202:
        return found(False, "count", count=parameters(session))
    bends = len(re.findall(r"(?:conv|dense) \d+(?: 3x3)? relu", notation(session)))
    return found(bends == 4, "bends", bends=bends)


LEDGER = '''
def sizes(layers, n):
    """The side of a square picture after each layer."""
    found = []
    for layer in layers:
        if "conv" in layer:
            n = n - layer["conv"] + 1
        else:
            n = -(-n // layer["pool"])
        found.append(n)
    return found
'''
LEDGER_TESTS = """
grey = [{"conv": 3}, {"pool": 2}, {"conv": 3}, {"pool": 2}]
case("7 pixels in windows of three", sizes, [{"pool": 3}], 7, equals=[2], tells="rounds-up")
case("8 pixels in windows of three", sizes, [{"pool": 3}], 8, equals=[2], tells="to-nearest")
case("28 pixels", sizes, grey, 28, equals=[26, 13, 11, 5])
case("32 pixels", sizes, [*grey, {"conv": 3}, {"pool": 2}], 32, equals=[30, 15, 13, 6, 4, 2])
"""

POOL = '''
def maxpool2(x):
    """The largest of every 2×2 window of x (H, W).

    A row or column that is left over is dropped.
    """
    high, wide = x.shape[0] // 2, x.shape[1] // 2
    out = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            out[i, j] = ...
    return out
'''
POOL_TESTS = """
four = np.array([[1, 3, 2, 0], [4, 2, 1, 5], [0, 1, 3, 2], [2, 6, 0, 1]], float)
case("the picture pooled by hand", maxpool2, four, equals=np.array([[4.0, 5], [6, 3]]), tells="overlap")
case("below zero", maxpool2, -four - 1, equals=np.array([[-2.0, -1], [-1, -1]]), tells="from-zero")
odd = maxpool2(np.arange(15.0).reshape(3, 5))
case("an odd side", maxpool2, np.arange(15.0).reshape(3, 5), equals=np.array([[6.0, 8]]))
claim("13 rows become 6", maxpool2(np.ones((13, 13))).shape == (6, 6), shown=str(odd.shape))
"""


def pool_with(cell):
    return f"""
def maxpool2(x):
    high, wide = x.shape[0] // 2, x.shape[1] // 2
    out = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            out[i, j] = {cell}
    return out
"""


BLOCKS = """
def maxpool2(x):
    high, wide = x.shape[0] // 2, x.shape[1] // 2
    return x[: 2 * high, : 2 * wide].reshape(high, 2, wide, 2).max(axis=(1, 3))
"""

lesson = Lesson(
    "c2",
    "pooling_and_shapes",
    minutes=20,
    needs=("c1",),
    setup=["seed 1"],
    steps=[
        be(
            "be-pool",
            tape(
                ["maxpool1.a[0,0,0,0]", "maxpool1.a[0,1,1,0]", "avgpool1.a[0,0,0,0]", "avgpool1.a[0,1,1,0]"],
                expect=[4, 3, 2.5, 1.5],
                mistakes={
                    "mean-for-max": ("maxpool1.a[0,0,0,0]", 2.5),
                    "slid-by-one": ("maxpool1.a[0,1,1,0]", 2.0),
                    "not-divided": ("avgpool1.a[0,0,0,0]", 10.0),
                },
            ),
            setup=BOTH,
            look=["step"],
            shows={
                "mean-for-max": "view maxpool1",
                "slid-by-one": "view maxpool1",
                "not-divided": "view avgpool1",
            },
            covers=("pooling", "max-pooling"),
        ),
        explain(
            "winner",
            observe(
                visited("conv1.z[0,1,0,0].grad"),
                visited("conv1.z[0,0,0,0].grad"),
                solution=["explain conv1.z[0,1,0,0].grad", "explain conv1.z[0,0,0,0].grad"],
            ),
            setup=[*TOP, "step"],
            numbers=[
                number("above", "maxpool1.a[0,0,0,0].grad", 4),
                number("winner", "conv1.z[0,1,0,0].grad", 4, after=True),
                number("loser", "conv1.z[0,0,0,0].grad", 4, expect=0, after=True),
            ],
            covers=("max-pooling",),
        ),
        predict(
            "sizes",
            numerics(
                [
                    side("conv1.z"),
                    side("maxpool1.a"),
                    side("conv2.z"),
                    side("maxpool2.a"),
                    side("flatten1.a"),
                ],
                expect=[26, 13, 11, 5, 1600],
                mistakes={
                    "kept": [28, 14, 14, 7, None],
                    "rounded-up": [26, 13, 11, 6, None],
                    "channels-forgotten": [26, 13, 11, 5, 25],
                },
                digits=0,
            ),
            setup=[GREY_DATA],
            look=[f"net {GREY}"],
            shows={"kept": "help conv", "rounded-up": "help maxpool", "channels-forgotten": "help flatten"},
            covers=("cnn-program", "conv2d-call", "flatten", "flatten-call"),
        ),
        predict(
            "share",
            numeric(
                share("dense1"),
                expect=91.07,
                mistakes={"convolutions": share("conv1", "conv2"), "equal": 25},
                tolerance=3,
                digits=0,
            ),
            setup=[GREY_DATA, f"net {GREY}"],
            shows={"convolutions": "show network", "equal": "show network"},
            numbers=[
                number("all", parameters, 0, expect=225034, after=True),
                number("dense", parameters_of("dense1"), 0, expect=204928, after=True),
                number(
                    "conv",
                    lambda s: parameters_of("conv1")(s) + parameters_of("conv2")(s),
                    0,
                    expect=18816,
                    after=True,
                ),
            ],
            covers=("parameter-count", "model-size", "cnn-program"),
        ),
        order(
            "line-up",
            arrange(
                ["dense", "flatten", "fifth", "pool", "scores", "conv", "picture"],
                right=["picture", "conv", "pool", "flatten", "dense", "scores"],
                mistakes={
                    "flatten-first": ["picture", "flatten", "conv", "pool", "dense", "scores"],
                    "fifth-axis": ["fifth", "conv", "pool", "flatten", "dense", "scores"],
                    "no-flatten": ["picture", "conv", "pool", "dense", "scores"],
                },
            ),
            setup=["data digits28 shape=784"],
            shows={"flatten-first": "help conv", "fifth-axis": "help conv", "no-flatten": "help dense"},
            covers=("x15", "x22", "x38", "flatten-first-program", "flatten-call", "flatten"),
        ),
        build(
            "colour",
            goal(
                colour_built,
                solutions=[[f"net {COLOUR}"]],
                mistakes={
                    "padded": ["net " + COLOUR.replace("3x3 relu", "3x3 relu pad=same")],
                    "pool-forgotten": [
                        "net " + COLOUR.replace("conv 128 3x3 relu | maxpool 2", "conv 128 3x3 relu")
                    ],
                },
            ),
            setup=[COLOUR_DATA],
            shows={"padded": "show network", "pool-forgotten": "show network"},
            numbers=[
                number("side", side("maxpool3.a"), 0, expect=2, after=True),
                number("flat", side("flatten1.a"), 0, expect=512, after=True),
                number("first", parameters_of("conv1"), 0, expect=896, after=True),
                number("third", parameters_of("conv3"), 0, expect=73856, after=True),
                number("dense", parameters_of("dense1"), 0, expect=65664, after=True),
                number("all", parameters, 0, expect=160202, after=True),
            ],
            covers=("colour-cnn-program", "conv2d-call", "parameter-count"),
        ),
        debug(
            "ledger",
            program(
                LEDGER,
                LEDGER_TESTS,
                solutions=[LEDGER.replace('-(-n // layer["pool"])', 'n // layer["pool"]')],
                mistakes={
                    "rounds-up": LEDGER,
                    "to-nearest": LEDGER.replace('-(-n // layer["pool"])', 'round(n / layer["pool"])'),
                },
            ),
            setup=[GREY_DATA, f"net {GREY}"],
            shows={"rounds-up": "show network", "to-nearest": "show network"},
            numbers=[
                number("right", side("flatten1.a"), 0, expect=1600),
                number("wrong", 6 * 6 * 64, 0, expect=2304),
            ],
            covers=("layers-as-data", "pooling"),
        ),
        predict(
            "reach",
            numerics(
                [
                    receptive(["conv"]),
                    receptive(["conv", "pool"]),
                    receptive(["conv", "pool", "conv"]),
                    receptive(["conv", "pool", "conv", "pool"]),
                ],
                expect=[3, 4, 8, 10],
                mistakes={
                    "always-three": [3, 3, 3, 3],
                    "stride-forgotten": [3, 4, 6, 7],
                    "everything": [28, 28, 28, 28],
                },
                digits=0,
            ),
            setup=[GREY_DATA, f"net {GREY}", "batch 8", "step"],
            shows={
                "always-three": "view conv2",
                "stride-forgotten": "view conv2",
                "everything": "view conv1",
            },
            numbers=[
                number(
                    "last",
                    receptive(["conv", "pool", "conv", "pool", "conv", "pool"]),
                    0,
                    expect=22,
                    after=True,
                ),
            ],
            covers=("local-features", "x51"),
        ),
        code(
            "write-it",
            program(
                POOL,
                POOL_TESTS,
                solutions=[pool_with("x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max()"), BLOCKS],
                mistakes={
                    "overlap": pool_with("x[i : i + 2, j : j + 2].max()"),
                    "from-zero": pool_with("max(0.0, x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max())"),
                },
            ),
            setup=[*TOP, "step"],
            shows={"overlap": "view maxpool1", "from-zero": "view maxpool1"},
            covers=("max-pooling", "pooling"),
        ),
        quiz(
            "left-over",
            choose(["half", "padded", "moved", "dropped"], right="dropped"),
            setup=[
                "data digits28",
                "net conv 8 3x3 relu | maxpool 2 | maxpool 2 | flatten | dense 10",
                "batch 8",
                "step",
            ],
            shows={"half": "view maxpool2", "padded": "view maxpool2", "moved": "view maxpool2"},
            recall=recall(
                numeric(side("flatten1.a"), digits=0),
                draw=lambda random: {"c": random.choice([4, 6, 8]), "p": random.choice([2, 3])},
                setup=[
                    "data digits28",
                    "net conv 4 3x3 relu | maxpool {p} | conv {c} 3x3 | maxpool {p} | flatten | dense 10",
                ],
            ),
            covers=("pooling", "max-pooling"),
        ),
    ],
)

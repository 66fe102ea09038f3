"""C1, convolution: a window of nine weights slid by hand over pictures of twenty-five pixels."""

import numpy as np

from nnlab.lesson import (
    Lesson,
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
    predict,
    program,
    quiz,
    recall,
    tape,
    visited,
)
from nnlab.network import Network

# Rows of a batch are drawn: with seed 45 the four pictures stay in their order, upright, level, dot, even.
PICTURES = ["data pixels", "net conv 1 3x3 | flatten | dense 4", "batch all"]
EDGE = ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1))
TURNED = ((1, 0, -1), (1, 0, -1), (1, 0, -1))
MINUS = ((-1, -1, -1), (-1, -1, -1), (-1, -1, -1))
UPRIGHT, LEVEL, DOT, EVEN = range(4)
DIGITS = ["data digits scale=unit shape=8x8x1", "net flatten | dense 10"]


def kernel(rows):
    """The lines that write nine weights."""
    return [f"edit conv1.W[{r},{c},0,0] {rows[r][c]}" for r in range(3) for c in range(3)]


def parameters(net, shape=(8, 8, 1)):
    return Network.parse(net, input_shape=shape).parameter_count


def halved(session):
    """A convolution 3×3 makes maps of 4×4 of a digit, eight of them."""
    network = session.network
    operations = [] if network is None else [row for row in network.ledger() if row.name == "conv1"]
    if not operations:
        return found(False, "no-conv")
    shape = tuple(network.graph.values["conv1.z"].shape[1:])
    window = tuple(network.parameters["conv1.W"].shape[:2])
    if window != (3, 3):
        return found(False, "window", size="×".join(map(str, window)))
    if shape == (3, 3, 8):
        return found(False, misconception="no-border")
    if shape == (8, 8, 8):
        return found(False, misconception="no-stride")
    return found(shape == (4, 4, 8), "shape", shape="×".join(map(str, shape)))


def responses(session, picture):
    """The largest answer of the kernel anywhere on a picture."""
    x = session.data.x[picture : picture + 1]
    return float(session.network.values("conv1.z", x).max())


def finds_dots(session):
    """Silent on an even field, and on a dot at least twice as loud as on an edge."""
    dot, even = responses(session, DOT), responses(session, EVEN)
    edge = max(responses(session, UPRIGHT), responses(session, LEVEL))
    if dot <= 0:
        return found(False, "silent", on_dot=dot)
    if even > 1e-6:
        return found(False, misconception="likes-bright")
    if even < -1e-6:
        return found(False, misconception="likes-dark")
    return found(dot >= 2 * max(edge, 0), "edges-too", on_dot=dot, on_edge=edge)


def moment(row, column):
    """Of the three points (1, 2), (3, 4), (5, 6): one cell of (1/m) Σ x xᵀ."""
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    return lambda session: float((x.T @ x / len(x))[row, column])


CONV = '''
def conv2d(image, kernel, bias=0.0):
    """Slide kernel (r, c, channels) over image
    (H, W, channels), whole windows only: the map has
    (H - r + 1, W - c + 1) cells.
    """
    r, c, _ = kernel.shape
    high = image.shape[0] - r + 1
    wide = image.shape[1] - c + 1
    out = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            out[i, j] = ...
    return out
'''
CONV_TESTS = """
upright = np.array([[0, 0, 1, 1, 1]] * 5, float)[..., None]
edge = np.array([[-1, 0, 1]] * 3, float)[..., None]
case("the window slid by hand", conv2d, upright, edge, equals=np.array([[3.0, 3, 0]] * 3), tells="flipped")
ramp = np.arange(20.0).reshape(4, 5, 1)
tall = np.array([[1.0, 0], [0, 0], [0, -1]])[..., None]
case("a kernel that is no square", conv2d, ramp, tall, equals=np.full((2, 4), -11.0), tells="square")
two = np.concatenate([ramp, 2 * ramp], axis=2)
ones = np.ones((2, 2, 2))
nine = 3 * (ramp[:-1, :-1] + ramp[1:, :-1] + ramp[:-1, 1:] + ramp[1:, 1:])[..., 0]
case("two channels", conv2d, two, ones, equals=nine, tells="one-channel")
case("a bias", conv2d, upright, edge, 0.5, equals=np.array([[3.5, 3.5, 0.5]] * 3), tells="no-bias")
"""


def conv_with(window="image[i : i + r, j : j + c]", total="(window * kernel).sum() + bias"):
    return f"""
def conv2d(image, kernel, bias=0.0):
    r, c, _ = kernel.shape
    high, wide = image.shape[0] - r + 1, image.shape[1] - c + 1
    out = np.zeros((high, wide))
    for i in range(high):
        for j in range(wide):
            window = {window}
            out[i, j] = {total}
    return out
"""


SLIDING = """
def conv2d(image, kernel, bias=0.0):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)[:, :, 0]
    return (windows * kernel).sum(axis=(2, 3, 4)) + bias
"""


def map_size(session):
    return int(session.network.graph.values["conv1.z"].shape[1])


lesson = Lesson(
    "c1",
    "convolution",
    minutes=20,
    needs=("a8",),
    setup=["seed 45"],
    steps=[
        explain(
            "slide",
            observe(
                visited("conv1.z[0,0,0,0]"),
                visited("conv1.z[0,0,2,0]"),
                solution=["explain conv1.z[0,0,0,0]", "explain conv1.z[0,0,2,0]"],
            ),
            setup=[*PICTURES, *kernel(EDGE), "step"],
            numbers=[
                number("first", "conv1.z[0,0,0,0]", expect=3),
                number("last", "conv1.z[0,0,2,0]", expect=0, after=True),
                number("cells", lambda s: s.run.array("conv1.z")[0].size, expect=9),
            ],
            covers=("convolution", "sliding-window", "kernel", "feature-map"),
        ),
        be(
            "be-window",
            tape(
                ["conv1.z[1,0,0,0]", "conv1.z[2,1,0,0]", "conv1.z[2,1,1,0]"],
                expect=[0, 1, 0],
                mistakes={
                    "edge-is-edge": ("conv1.z[1,0,0,0]", 3.0),
                    "counted": ("conv1.z[2,1,1,0]", 1.0),
                },
            ),
            setup=[*PICTURES, *kernel(EDGE)],
            look=["step"],
            shows={"edge-is-edge": "example 1", "counted": "example 2"},
            covers=("edges-textures", "convolution"),
        ),
        predict(
            "turned",
            numeric(
                "conv1.z[0,0,0,0]",
                expect=-3,
                mistakes={"same": 3.0, "gone": 0.0},
            ),
            setup=[*PICTURES, *kernel(TURNED)],
            look=["step"],
            shows={"same": "view conv1.z[0,0,0,0]", "gone": "view conv1.z[0,0,0,0]"},
            covers=("x40", "linear-filter"),
        ),
        quiz(
            "formula",
            choose(["flipped", "fixed", "window", "times"], right="window"),
            setup=[*PICTURES, *kernel(EDGE), "step"],
            shows={"flipped": "explain conv1.z[0,1,2,0]", "fixed": "explain conv1.z[0,1,2,0]"},
            covers=("x19", "x09", "x40", "linear-filter"),
        ),
        build(
            "dots",
            goal(
                finds_dots,
                solutions=[
                    ["edit conv1.W[1,1,0,0] 8"],
                    [
                        "edit conv1.W[1,1,0,0] 4",
                        *(f"edit conv1.W[{r},{c},0,0] 0" for r in (0, 2) for c in (0, 2)),
                    ],
                ],
                mistakes={
                    "likes-bright": ["edit conv1.W[1,1,0,0] 12"],
                    "likes-dark": ["edit conv1.W[1,1,0,0] 1"],
                },
            ),
            setup=[*PICTURES, "freeze conv1", *kernel(MINUS), "example 2", "step"],
            shows={"likes-bright": "example 3", "likes-dark": "example 3"},
            numbers=[
                number("dot", lambda s: responses(s, DOT), after=True, expect=8),
                number("edge", lambda s: responses(s, UPRIGHT), after=True, expect=3),
                number("even", lambda s: responses(s, EVEN), after=True, expect=0),
            ],
            covers=("edges-textures", "kernel", "feature-map"),
        ),
        predict(
            "count",
            numerics(
                [
                    lambda s: parameters("conv 8 3x3 pad=same"),
                    lambda s: parameters(f"flatten | dense {8 * 8 * 8}"),
                ],
                expect=[80, 33280],
                mistakes={
                    "every-place": [8 * 8 * 80, None],
                    "no-bias": [72, None],
                    "one-unit": [None, 65],
                },
                digits=0,
            ),
            setup=DIGITS,
            look=["net conv 8 3x3 pad=same"],
            shows={"every-place": "show network", "no-bias": "show network", "one-unit": "show network"},
            covers=("x09", "conv-layer"),
        ),
        build(
            "halve",
            goal(
                halved,
                solutions=[
                    ["net conv 8 3x3 stride=2 pad=same | flatten | dense 10"],
                    ["insert 1 conv 8 3x3 stride=2 pad=same"],
                ],
                mistakes={
                    "no-border": ["net conv 8 3x3 stride=2 | flatten | dense 10"],
                    "no-stride": ["net conv 8 3x3 pad=same | flatten | dense 10"],
                },
            ),
            setup=DIGITS,
            shows={"no-border": "view conv1", "no-stride": "view conv1"},
            numbers=[
                number("valid", lambda s: Network.parse("conv 8 3x3", (8, 8, 1)).output_shape[0], expect=6),
                number("count", lambda s: parameters("conv 8 3x3"), 0, expect=80, after=True),
            ],
            covers=("conv-layer",),
        ),
        code(
            "write-it",
            program(
                CONV,
                CONV_TESTS,
                solutions=[conv_with(), SLIDING],
                mistakes={
                    "flipped": conv_with(total="(window * kernel[::-1, ::-1]).sum() + bias"),
                    "square": conv_with(
                        window="image[i : i + r, j : j + r]", total="(window[:, :c] * kernel[:r]).sum()"
                    ).replace("image.shape[1] - c", "image.shape[1] - r"),
                    "one-channel": conv_with(total="(window * kernel)[..., 0].sum() + bias"),
                    "no-bias": conv_with(total="(window * kernel).sum()"),
                },
            ),
            setup=[*PICTURES, *kernel(EDGE), "step"],
            shows={
                "flipped": "view conv1.z[0,0,0,0]",
                "one-channel": "view conv1",
                "square": "show conv1.W",
                "no-bias": "explain conv1.z[0,0,0,0]",
            },
            covers=("convolution", "sliding-window"),
        ),
        debug(
            "labels",
            choose(["scale", "labels", "order", "square"], right="labels"),
            setup=[*PICTURES, "step"],
            shows={"scale": "explain conv1.W[0,0,0,0].grad", "order": "explain conv1.W[0,0,0,0].grad"},
            numbers=[
                number("a", moment(0, 0), 2, expect=11.67),
                number("b", moment(0, 1), 2, expect=14.67),
                number("d", moment(1, 1), 2, expect=18.67),
            ],
            covers=("x10", "second-moment"),
        ),
        quiz(
            "size",
            numeric(
                map_size,
                expect=12,
                mistakes={"no-start": 11, "not-moved": 24, "halved": 14},
                digits=0,
            ),
            setup=["data digits28", "net conv 4 5x5 | flatten | dense 10"],
            look=["net conv 4 5x5 stride=2 | flatten | dense 10"],
            shows={"not-moved": "show network", "no-start": "show network", "halved": "show network"},
            recall=recall(
                numeric(map_size, digits=0),
                draw=lambda random: {"k": random.choice([3, 5, 7]), "s": random.choice([1, 2, 3])},
                setup=["data digits28", "net conv 4 {k}x{k} stride={s} | flatten | dense 10"],
            ),
            covers=("conv-layer", "sliding-window"),
        ),
    ],
)

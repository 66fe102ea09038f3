"""A6, the chain rule: slopes multiply along a path, paths add, and a small nudge checks both."""

from nnlab.lesson import (
    Lesson,
    choose,
    code,
    explain,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    reached,
    read,
    recall,
    tune,
    visited,
    watch,
)

# x = 1·2, u = 3x + 1, y = (u − 0)²: layers without activation are plain edges, and the squared error
# with target 0 is the square.  The second point is there because a data set has at least two.
CHAIN = [
    "data points 1,0 0,0 split=1/1/0",
    "net dense 1 bias=no | dense 1",
    "loss mse",
    "edit dense1.W[0,0] 2",
    "edit dense2.W[0,0] 3",
    "edit dense2.b[0] 1",
]

# Two roads from x = 2 to y: slopes 4·1 and −1·3.  The target is chosen so that dL/dy is exactly 1.
ROADS = [
    "data points 1,1.5 0,0 split=1/1/0",
    "net dense 1 bias=no | dense 2 bias=no | dense 1 bias=no",
    "loss mse",
    "edit dense1.W[0,0] 2",
    "edit dense2.W[0,0] 4",
    "edit dense2.W[0,1] -1",
    "edit dense3.W[0,0] 1",
    "edit dense3.W[1,0] 3",
]

# One unit, x = 2 with label 1; a labelled point has two coordinates, the second is 0.
UNIT = [
    "data points 2,0:1 0,0:0 split=1/1/0",
    "net dense 1",
    "loss bce",
    "edit dense1.W[0,0] 1",
    "edit dense1.W[1,0] 0",
    "edit dense1.b[0] -1",
]
WEIGHT = "dense1.W[0,0]"
NUDGE = 0.001


def two_paths(session=None, x=2.0, h=1e-4):
    """Slope of y = x·x + 3x by a central difference, exact for a parabola."""
    up, down = ((x + d) * (x + d) + 3 * (x + d) for d in (h, -h))
    return (up - down) / (2 * h)


def change(delta):
    """ΔL when the weight is nudged by ``delta``, as the nudge action shows it."""
    return lambda session: session.run.nudge(WEIGHT, delta).true


def road(first, second):
    """Slope of one road: the product of its two weights."""
    return lambda session: session.run.value(first) * session.run.value(second)


def measured_slope(session):
    return (change(NUDGE)(session) - change(-NUDGE)(session)) / (2 * NUDGE)


def of_p(function):
    return lambda session: function(session.run.value("loss.p[0,0]"))


NUM_GRAD = '''
def num_grad(f, x, eps=1e-5):
    """df/dx for every entry of the float array x.

    f takes the array and gives one number.
    """
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        ...
        grad[i] = ...
    return grad
'''
NUM_GRAD_TESTS = """
def slope(f, *entries):
    return num_grad(f, np.array(entries[0] if len(entries) == 1 else entries, float))

def cube(x):
    return float((x**3).sum())

def weighted(x):
    return float(x[0] * x[0] + 3 * x[1] + x[0] * x[2])

def summed_tanh(x):
    return float(np.tanh(x).sum())

def scaled_cube(x):
    return num_grad(cube, x, eps=1e-3)

def parabola(x):
    return float((x * x + 3 * x).sum())

case("x·x + 3x at 2", slope, parabola, 2.0, equals=7.0, close=1e-3, tells="not-halved")
case("x³ at 2", slope, cube, 2.0, equals=12.0, tells="one-sided")
case("tanh at 0.5", slope, summed_tanh, 0.5, equals=1 - np.tanh(0.5) ** 2)
MIXED = np.array([1.0, 3.0, 1.0])
case("three entries", slope, weighted, 1.0, 2.0, -1.0, equals=MIXED, close=1e-3, tells="all-at-once")
case("tanh of a vector", slope, summed_tanh, -1.0, 0.0, 3.0, equals=1 - np.tanh([-1.0, 0.0, 3.0]) ** 2)
case("another eps", scaled_cube, np.array([1.0]), equals=np.array([3.0]), close=1e-5)
x = np.array([1.0, 2.0])
num_grad(cube, x)
claim("x is left as it was", np.array_equal(x, [1.0, 2.0]), shown=x, tells="in-place")
"""


def num_grad(nudge="up[i] += eps; down[i] -= eps", slope="(f(up) - f(down)) / (2 * eps)", start="x.copy()"):
    return f"""
def num_grad(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        up, down = {start}, x.copy()
        {nudge}
        grad[i] = {slope}
    return grad
"""


lesson = Lesson(
    "a6",
    "chain_rule",
    minutes=15,
    needs=("a5",),
    setup=["seed 1", "optimizer sgd lr=0.1", "batch all"],
    steps=[
        read(
            "edges",
            setup=CHAIN,
            look=["step"],
            numbers=[
                number("x", "dense1.z[0,0]", expect=2),
                number("w", "dense2.W[0,0]", expect=3),
                number("b", "dense2.b[0]", expect=1),
            ],
        ),
        watch(
            "forward",
            observe(reached("dense2.z[0,0]"), reached("loss"), solution=["step"]),
            setup=CHAIN,
            look=["step"],
            numbers=[
                number("x", "dense1.z[0,0]", expect=2),
                number("u", "dense2.z[0,0]", expect=7),
                number("y", "loss", expect=49),
            ],
            covers=("chain-rule",),
        ),
        predict(
            "backward",
            numeric(
                "dense1.z[0,0].grad",
                expect=42,
                mistakes={"added": 17, "outer-only": 14, "inner-only": 3, "value": "loss"},
            ),
            setup=CHAIN,
            look=["step"],
            numbers=[
                number("inner", "dense2.W[0,0]", expect=3),
                number("outer", "dense2.z[0,0].grad", expect=14),
                number("u", "dense2.z[0,0]", expect=7),
            ],
            recall=recall(
                numeric("dense1.z[0,0].grad"),
                draw=lambda random: {"w": random.choice([2, 4, 5]), "b": random.choice([-3, -1, 2])},
                setup=[*CHAIN[:4], "edit dense2.W[0,0] {w}", "edit dense2.b[0] {b}", "step"],
            ),
            shows={
                "added": "explain dense1.z[0,0].grad",
                "outer-only": "explain dense1.z[0,0].grad",
                "inner-only": "explain dense1.z[0,0].grad",
                "value": "explain loss",
            },
            covers=("chain-rule", "gradient"),
        ),
        explain(
            "roads",
            observe(
                visited("dense1.z[0,0].grad"),
                solution=["step", "explain dense1.z[0,0].grad"],
            ),
            setup=ROADS,
            look=["step"],
            numbers=[
                number("a", "dense2.W[0,0]", expect=4),
                number("b", "dense2.W[0,1]", expect=-1),
                number("c", "dense3.W[0,0]", expect=1),
                number("d", "dense3.W[1,0]", expect=3),
                number("outer", "dense3.z[0,0].grad", expect=1),
                number("first", road("dense2.W[0,0]", "dense3.W[0,0]"), expect=4),
                number("second", road("dense2.W[0,1]", "dense3.W[1,0]"), expect=-3),
                number("slope", "dense1.z[0,0].grad", expect=1),
            ],
            covers=("chain-rule",),
        ),
        predict(
            "two-paths",
            numeric(
                two_paths,
                expect=7,
                mistakes={"biggest-path": 3, "once": 5, "multiplied": 12, "value": 10},
            ),
            setup=[*ROADS, "step"],
            shows={
                "biggest-path": "explain dense1.z[0,0].grad",
                "once": "explain dense1.z[0,0].grad",
                "multiplied": "explain dense1.z[0,0].grad",
                "value": "explain loss",
            },
            covers=("chain-rule", "gradient"),
        ),
        explain(
            "blame",
            observe(
                visited("loss.p[0,0]"),
                visited("dense1.z[0,0].grad"),
                visited(f"{WEIGHT}.grad"),
                visited("dense1.b[0].grad"),
                solution=[
                    "step",
                    "explain loss.p[0,0]",
                    "explain dense1.z[0,0].grad",
                    f"explain {WEIGHT}.grad",
                    "explain dense1.b[0].grad",
                ],
            ),
            setup=UNIT,
            look=["step"],
            numbers=[
                number("w", WEIGHT, expect=1),
                number("x", "input[0,0]", expect=2),
                number("b", "dense1.b[0]", expect=-1),
                number("z", "dense1.z[0,0]", expect=1),
                number("p", "loss.p[0,0]", 4, expect=0.7311),
                number("loss", "loss", 4, expect=0.3133),
                number("dp", of_p(lambda p: -1 / p), 4),
                number("bend", of_p(lambda p: p * (1 - p)), 4),
                number("dz", "dense1.z[0,0].grad", 4, expect=-0.2689),
                number("dw", f"{WEIGHT}.grad", 4, expect=-0.5379),
                number("db", "dense1.b[0].grad", 4, expect=-0.2689),
            ],
            recall=recall(
                numeric(f"{WEIGHT}.grad"),
                draw=lambda random: {"w": random.choice([0.5, 1.5, 2]), "b": random.choice([-2, 0.5, 1])},
                setup=[*UNIT[:3], f"edit {WEIGHT} {{w}}", UNIT[4], "edit dense1.b[0] {b}", "step"],
            ),
            covers=("chain-rule", "gradient"),
        ),
        tune(
            "nudge",
            numeric(
                measured_slope,
                expect=-0.5379,
                tolerance=0.0015,
                digits=4,
                mistakes={
                    "undivided": change(NUDGE),
                    "divided-by-one-nudge": lambda s: 2 * measured_slope(s),
                    "sign-lost": lambda s: -measured_slope(s),
                },
            ),
            setup=[*UNIT, "step"],
            numbers=[
                number("dw", f"{WEIGHT}.grad", 4),
                number("up", change(NUDGE), 7, after=True),
                number("down", change(-NUDGE), 7, after=True),
            ],
            shows={
                "undivided": "nudge dense1.W[0,0] 0.001",
                "divided-by-one-nudge": "nudge dense1.W[0,0] -0.001",
                "sign-lost": "check dense1.W[0,0]",
            },
            covers=("gradient",),
        ),
        code(
            "num-grad",
            program(
                NUM_GRAD,
                NUM_GRAD_TESTS,
                solutions=[
                    num_grad(),
                    num_grad(nudge="up[i] = x[i] + eps; down[i] = x[i] - eps"),
                ],
                mistakes={
                    "not-halved": num_grad(slope="(f(up) - f(down)) / eps"),
                    "one-sided": num_grad(nudge="up[i] += eps", slope="(f(up) - f(x)) / eps"),
                    "all-at-once": num_grad(nudge="up += eps; down -= eps"),
                    "in-place": num_grad(start="x"),
                },
            ),
            setup=[*UNIT, "step"],
            shows={
                "not-halved": "check dense1.W[0,0]",
                "one-sided": "check dense1.W[0,0]",
                "all-at-once": "check dense1.b[0]",
                "in-place": "check dense1.W[0,0]",
            },
            covers=("python-tools", "gradient"),
        ),
        quiz(
            "first-slope",
            choose(["weight", "bend", "loss", "whole"], right="loss"),
            setup=[*UNIT, "step"],
            shows={"weight": "explain dense1.W[0,0].grad", "bend": "explain dense1.z[0,0].grad"},
            recall=recall(
                numeric("dense1.z[0,0].grad"),
                draw=lambda random: {"w": random.choice([0.5, 1, 1.5]), "b": random.choice([-2, -0.5, 1])},
                setup=[*UNIT[:3], f"edit {WEIGHT} {{w}}", UNIT[4], "edit dense1.b[0] {b}", "step"],
            ),
            covers=("chain-rule",),
        ),
    ],
)

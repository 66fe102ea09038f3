"""A1, one neuron decides: weighted sum, bias, decision, and the limit of a single unit."""

from itertools import product

from nnlab.lesson import (
    Lesson,
    build,
    choose,
    choose_all,
    debug,
    explain,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    quiz,
    read,
    recall,
    train,
    visited,
)
from nnlab.lesson.readings import steps

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))

# One training example, x = (2, 1); the second point is only there because a class needs a contrast.
UNIT = [
    "data points 2,1:1 0,0:0 split=1/1/0",
    "net dense 1",
    "edit dense1.W[0,0] 0.5",
    "edit dense1.W[1,0] -1",
    "edit dense1.b[0] 0.5",
]


def gate(name):
    """Four corners, and a unit that steps; its three numbers start at 0."""
    return [f"data {name}", "net dense 1 step init=zeros", "batch all", "step"]


def set_unit(w1, w2, b):
    return [f"edit dense1.W[0,0] {w1}", f"edit dense1.W[1,0] {w2}", f"edit dense1.b[0] {b}"]


def sums(session):
    """z of the unit for the four corners."""
    settled = session.run.network.parameters
    w, b = settled["dense1.W"], settled["dense1.b"]
    return [float(x1 * w[0, 0] + x2 * w[1, 0] + b[0]) for x1, x2 in CORNERS]


def fires(*wanted, slips=None):
    """The unit's decision equals ``wanted`` on (0,0), (0,1), (1,0), (1,1).

    ``slips`` names the other decisions that are typical: what turns a sign, or misses a threshold.
    """

    def check(session):
        z = sums(session)
        decisions = [int(value >= 0) for value in z]
        if decisions == list(wanted):
            return True
        named = next((name for name, slip in (slips or {}).items() if decisions == list(slip)), "")
        row = next(i for i in range(4) if decisions[i] != wanted[i])
        answer = "fires" if decisions[row] else "quiet"
        return found(False, answer, named, x1=CORNERS[row][0], x2=CORNERS[row][1], z=z[row])

    return check


def solved(session):
    """How many of the four corners the trained unit gets right: z against 0."""
    labels = [int(y) for y in session.data.y]
    return sum(int(z >= 0) == y for z, y in zip(sums(session), labels))


def and_learnt(session):
    right = solved(session) if session.run else 0
    return found(right == 4, "so-far", right=right)


def xor_tried(session):
    return found(steps(session) >= 1000, "more", steps=steps(session))


def gates_of_one_unit(session=None):
    """How many of the 16 functions of two bits some (w1, w2, b) computes; halves suffice."""
    made = set()
    for w1, w2, b in product((-1, 0, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5)):
        made.add(tuple(x1 * w1 + x2 * w2 + b >= 0 for x1, x2 in CORNERS))
    return len(made)


lesson = Lesson(
    "a1",
    "neuron",
    minutes=15,
    setup=["seed 1", "optimizer sgd lr=1", "batch all"],
    steps=[
        read(
            "weighted-sum",
            setup=UNIT,
            look=["step"],
            numbers=[
                number("x1", "input[0,0]"),
                number("x2", "input[0,1]"),
                number("w1", "dense1.W[0,0]"),
                number("w2", "dense1.W[1,0]"),
                number("b", "dense1.b[0]"),
            ],
        ),
        predict(
            "add-up",
            numeric(
                "dense1.z[0,0]",
                expect=0.5,
                mistakes={"no-bias": 0.0, "no-weights": 3.5, "bias-away": -0.5},
            ),
            look=["step"],
            recall=recall(
                numeric("dense1.z[0,0]"),
                draw=lambda random: {
                    "w1": random.choice([0.5, 1.5, 2.0, 3.0]),
                    "w2": random.choice([-2.0, -1.0, -0.5]),
                    "b": random.choice([-1.0, 0.25, 0.75, 1.0]),
                },
                setup=[
                    *UNIT[:2],
                    "edit dense1.W[0,0] {w1}",
                    "edit dense1.W[1,0] {w2}",
                    "edit dense1.b[0] {b}",
                    "step",
                ],
            ),
            shows={
                "no-bias": "explain dense1.z[0,0]",
                "no-weights": "explain dense1.z[0,0]",
                "bias-away": "explain dense1.z[0,0]",
            },
            covers=("neuron", "weight", "bias", "x01"),
        ),
        explain(
            "open-it",
            observe(
                visited("dense1.z[0,0]"),
                visited("loss.p[0,0]"),
                solution=["step", "explain dense1.z[0,0]", "explain loss.p[0,0]"],
            ),
            look=["step"],
            numbers=[number("z", "dense1.z[0,0]", expect=0.5), number("p", "loss.p[0,0]", expect=0.622)],
            covers=("neuron", "weight", "x04"),
        ),
        build(
            "and",
            goal(
                fires(0, 0, 0, 1, slips={"turned": (1, 1, 1, 0), "one-is-enough": (0, 1, 1, 1)}),
                solutions=[set_unit(1, 1, -1.5), set_unit(2, 2, -3)],
                mistakes={"turned": set_unit(-1, -1, 1.5), "one-is-enough": set_unit(1, 1, -0.5)},
            ),
            setup=gate("and"),
            shows={"turned": "evaluate train", "one-is-enough": "evaluate train"},
            covers=("threshold", "bias"),
        ),
        build(
            "nand",
            goal(
                fires(1, 1, 1, 0, slips={"bias-only": (1, 1, 1, 1), "nor": (1, 0, 0, 0)}),
                solutions=[set_unit(-1, -1, 1.5)],
                mistakes={"bias-only": ["edit dense1.b[0] 1.5"], "nor": set_unit(-1, -1, 0.5)},
            ),
            setup=[*gate("nand"), *set_unit(1, 1, -1.5)],
            shows={"bias-only": "evaluate train", "nor": "evaluate train"},
            covers=("weight",),
        ),
        debug(
            "wrong-rule",
            choose(["absolute", "minus", "plus"], right="minus"),
            setup=[*gate("and"), *set_unit(1, 1, -1.5)],
            shows={"absolute": "explain dense1.z[3,0]", "plus": "explain dense1.z[3,0]"},
            covers=("x48", "threshold"),
        ),
        train(
            "learn-and",
            goal(and_learnt, solutions=[["run 20 steps"], ["run until val_accuracy > 0.99"]]),
            gauge="surface curves",
            setup=["data and", "net dense 1 init=zeros"],
            look=["run until val_accuracy > 0.99"],
            numbers=[number("updates", lambda session: session.run.step_count, digits=0, expect=16)],
        ),
        predict(
            "xor-bet",
            choose(["solves", "three", "stays"], right="stays"),
            gauge="surface curves",
            setup=["data xor", "net dense 1 init=zeros"],
            shows={"solves": "run 1000 steps", "three": "run 1000 steps"},
            covers=("x35",),
        ),
        train(
            "learn-xor",
            goal(xor_tried, solutions=[["run 1000 steps"]]),
            gauge="surface curves",
            setup=["data xor", "net dense 1 init=zeros"],
            numbers=[
                number("loss", "loss", digits=4, expect=0.6931, after=True),
                number("w1", "dense1.W[0,0]", expect=0, after=True),
                number("w2", "dense1.W[1,0]", expect=0, after=True),
            ],
            settles="xor-bet",
            covers=("x35",),
        ),
        quiz(
            "which-two",
            choose_all(["and", "xor", "nor", "xnor", "first"], right=["xor", "xnor"]),
            setup=["data xor", "net dense 1 init=zeros", "step"],
            gauge="surface curves",
            numbers=[number("possible", gates_of_one_unit, 0, expect=14)],
            recall=recall(
                numeric(lambda session: session.run.value("dense1.b[0]")),
                draw=lambda random: {"t": random.choice([0.25, 0.75, 1.25, 2.5])},
                setup=["data and", "net dense 1 step init=zeros", "edit dense1.b[0] -{t}"],
            ),
            covers=("neuron",),
        ),
    ],
)

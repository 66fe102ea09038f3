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
from nnlab.network import Network

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


def fires(*wanted):
    """The unit's decision equals ``wanted`` on (0,0), (0,1), (1,0), (1,1)."""

    def check(session):
        z = sums(session)
        decisions = [int(value >= 0) for value in z]
        if decisions == list(wanted):
            return True
        if decisions == [1 - w for w in wanted]:
            return found(False, misconception="turned")
        row = next(i for i in range(4) if decisions[i] != wanted[i])
        answer = "fires" if decisions[row] else "quiet"
        return found(False, answer, x1=CORNERS[row][0], x2=CORNERS[row][1], z=z[row])

    return check


def solved(session):
    """How many of the four corners the trained unit gets right: z against 0."""
    labels = [int(y) for y in session.data.y]
    return sum(int(z >= 0) == y for z, y in zip(sums(session), labels))


def and_learnt(session):
    right = solved(session) if session.run else 0
    return found(right == 4, "so-far", right=right)


def xor_tried(session):
    steps = session.run.step_count if session.run else 0
    return found(steps >= 1000, "more", steps=steps)


def gates_of_one_unit(session=None):
    """How many of the 16 functions of two bits some (w1, w2, b) computes; halves suffice."""
    made = set()
    for w1, w2, b in product((-1, 0, 1), (-1, 0, 1), (-1.5, -0.5, 0.5, 1.5)):
        made.add(tuple(x1 * w1 + x2 * w2 + b >= 0 for x1, x2 in CORNERS))
    return len(made)


def parameters_of_wide_unit(session=None):
    return Network.parse("dense 1", input_shape=(64,)).parameter_count


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
        ),
        predict(
            "squash",
            numeric(
                "loss.p[0,0]", expect=0.622, mistakes={"no-squash": "dense1.z[0,0]", "all-or-nothing": 1.0}
            ),
            look=["step"],
            numbers=[number("z", "dense1.z[0,0]")],
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
        ),
        quiz(
            "threshold",
            numeric(-1.5, expect=-1.5, mistakes={"same-sign": 1.5}),
            recall=recall(
                numeric(lambda session: session.run.value("dense1.b[0]")),
                draw=lambda random: {"t": random.choice([0.25, 0.75, 1.25, 2.5])},
                setup=["data and", "net dense 1 step init=zeros", "edit dense1.b[0] -{t}"],
            ),
        ),
        build(
            "and",
            goal(
                fires(0, 0, 0, 1),
                solutions=[set_unit(1, 1, -1.5), set_unit(2, 2, -3)],
                mistakes={"turned": set_unit(-1, -1, 1.5)},
            ),
            setup=gate("and"),
        ),
        build(
            "or",
            goal(
                fires(0, 1, 1, 1),
                solutions=[set_unit(1, 1, -0.5)],
                mistakes={"turned": set_unit(-1, -1, 0.5)},
            ),
            setup=[*gate("or"), *set_unit(1, 1, -1.5)],
        ),
        build(
            "nand",
            goal(
                fires(1, 1, 1, 0),
                solutions=[set_unit(-1, -1, 1.5)],
                mistakes={"turned": set_unit(1, 1, -1.5)},
            ),
            setup=[*gate("nand"), *set_unit(1, 1, -0.5)],
        ),
        debug("wrong-rule", choose(["absolute", "minus", "plus"], right="minus")),
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
        ),
        quiz("how-many", numeric(gates_of_one_unit, expect=14, mistakes={"all": 16, "only-xor": 15})),
        quiz("which-two", choose_all(["and", "xor", "nor", "xnor", "first"], right=["xor", "xnor"])),
        predict(
            "parameters",
            numeric(parameters_of_wide_unit, expect=65, mistakes={"no-bias": 64, "one-weight": 1}),
        ),
    ],
)

"""G2, the bill: operations, bytes and watts of a training run, and what happens when workers share it."""

from nnlab.engine.device import LAUNCH_SECONDS
from nnlab.engine.products import Product, time_products
from nnlab.lesson import (
    Lesson,
    arrange,
    choose,
    code,
    debug,
    did,
    found,
    goal,
    number,
    numeric,
    observe,
    order,
    predict,
    program,
    quiz,
    recall,
    tune,
    watch,
)

NET = "net dense 32 relu | dense 10"
BENCH = ["data digits scale=unit", NET, "batch 256"]
CNN = [
    "data digits28",
    "net conv 32 3x3 relu | maxpool 2 | conv 64 3x3 relu | maxpool 2 | flatten | dense 128 relu | dense 10",
    "optimizer adam",
]
KERNELS = 18  # launches of one step of the digits MLP on a GPU, see tests/engine/test_cuda_zoo.py
WATTS, HOURS = 300, 40


def millions(n):
    return Product(n, 1.0).operations / 1e6


def rate(n):
    """Billions of operations a second that this machine makes of an n by n product."""
    return lambda session: time_products([n])[0].rate / 1e9


def step_operations(session):
    """Multiplications and additions of one step with 32 rows: forward once, backward twice as much."""
    weights = sum(v.size for name, v in session.run.network.parameters.items() if name.endswith(".W"))
    return 3 * 2 * 32 * weights


def shared(session):
    return session.studies["workers"]


def bytes_of_training(session, copies=None):
    """Megabytes of the weights, their gradients and what the optimiser keeps of each."""
    run = session.run
    copies = copies or 2 + len(run.machine.optimizer.state_names)
    return copies * run.store.theta.nbytes / 1e6


def small_enough(session):
    """Four bits or fewer, and accuracy within one point of what it was."""
    run = session.run
    cuts = [change.surgery for change in run.changes if change.surgery.startswith("quantise")]
    if not cuts:
        return found(False, "not-yet")
    bits = int(cuts[-1].split()[1])
    before, now = 100 * run.history.epochs[-1].val_metric, 100 * run.evaluate().metric
    if now < before - 1:
        return found(False, misconception="too-few")
    return found(bits <= 4, "smaller", bits=bits, before=before, now=now)


ALLREDUCE = '''
def allreduce_mean(grads, sizes):
    """The gradient of the mean loss over all rows.

    grads: one array per worker, the gradient of the
    mean loss over its own rows; sizes: the row counts.
    """
    return ...
'''
ALLREDUCE_TESTS = """
A, B, C = np.array([1.0, 2.0]), np.array([3.0, -2.0]), np.array([0.0, 6.0])
M = [np.array([[2.0, 0.0], [4.0, 8.0]]), np.array([[0.0, 2.0], [4.0, 0.0]])]

case("one worker", allreduce_mean, [A], [32], equals=A, tells="rows-only")
case("two equal shards", allreduce_mean, [A, B], [16, 16], equals=np.array([2.0, 0.0]), tells="sum")
case("unequal shards", allreduce_mean, [A, B], [24, 8], equals=np.array([1.5, 1.0]), tells="plain")
case("three workers", allreduce_mean, [A, B, C], [10, 20, 10], equals=np.array([1.75, 1.0]))
case("matrices", allreduce_mean, M, [3, 1], equals=np.array([[1.5, 0.5], [4.0, 6.0]]))
kept = [A.copy(), B.copy()]
allreduce_mean(kept, [24, 8])
claim("the workers' arrays stay as they are", np.array_equal(kept[0], A) and np.array_equal(kept[1], B))
"""


def answer(body):
    return f"""
def allreduce_mean(grads, sizes):
    {body}
"""


lesson = Lesson(
    "g2",
    "scale",
    minutes=20,
    needs=("b1",),
    setup=["seed 1"],
    steps=[
        predict(
            "operations",
            numeric(
                lambda session: millions(512),
                expect=268.4,
                tolerance=3,
                mistakes={
                    "products-only": lambda session: millions(512) / 2,
                    "one-row": lambda session: 2 * 512**2 / 1e6,
                },
            ),
            setup=BENCH,
            numbers=[number("tiny", lambda session: 2 * 2**3, digits=0, expect=16)],
            shows={"products-only": "matmul 512", "one-row": "matmul 512"},
            covers=("compute-cost",),
        ),
        watch(
            "machine",
            observe(did("matmul"), solution=["matmul 32 128 512"]),
            setup=BENCH,
            numbers=[
                number("small", rate(32), digits=0, after=True),
                number("large", rate(512), digits=0, after=True),
            ],
            covers=("efficiency",),
        ),
        quiz(
            "gpu",
            choose(["gpu", "cpu", "same"], right="cpu"),
            setup=[*BENCH[:2], "batch 32", "step"],
            numbers=[
                number("operations", step_operations, digits=0, expect=454656),
                number("at_once", lambda session: step_operations(session) / 1e5, digits=1),
                number("launch", lambda session: LAUNCH_SECONDS * 1e6, digits=0, expect=5),
                number("launches", lambda session: KERNELS * LAUNCH_SECONDS * 1e6, digits=0, expect=90),
            ],
            covers=("efficiency", "compute-cost"),
        ),
        order(
            "one-step",
            arrange(
                ["average", "store", "shard", "update", "gradients"],
                right=["shard", "gradients", "average", "update"],
                mistakes={
                    "update-first": ["shard", "gradients", "update", "average"],
                    "map-reduce": ["shard", "gradients", "store", "average", "update"],
                },
            ),
            setup=BENCH,
            covers=("distributed", "hadoop", "x32"),
        ),
        predict(
            "added-up",
            numeric(
                lambda session: shared(session).length(shared(session).total),
                expect=4,
                mistakes={"already-mean": 1, "root": 2},
            ),
            setup=BENCH,
            look=["workers 4"],
            numbers=[
                number("off", lambda session: shared(session).error(shared(session).plain) * 1e6, digits=1)
            ],
            shows={"already-mean": "workers 4", "root": "workers 4"},
            gauge="workers",
            covers=("distributed",),
        ),
        debug(
            "unequal",
            choose(["rounding", "rows", "few", "order"], right="rows"),
            setup=[*BENCH, "workers 200+56"],
            numbers=[
                number("off", lambda session: 100 * shared(session).error(shared(session).plain), digits=0)
            ],
            gauge="workers",
            covers=("distributed",),
        ),
        code(
            "allreduce",
            program(
                ALLREDUCE,
                ALLREDUCE_TESTS,
                solutions=[
                    answer("return sum(g * n for g, n in zip(grads, sizes)) / sum(sizes)"),
                    answer("return np.average(np.stack(grads), axis=0, weights=sizes)"),
                ],
                mistakes={
                    "plain": answer("return sum(grads) / len(grads)"),
                    "sum": answer("return sum(grads)"),
                    "rows-only": answer("return sum(g * n for g, n in zip(grads, sizes))"),
                },
            ),
            setup=[*BENCH, "workers 200+56"],
            gauge="workers",
            shows={"plain": "workers 200+56", "sum": "workers 4", "rows-only": "workers 4"},
            covers=("distributed",),
        ),
        predict(
            "memory",
            numeric(
                bytes_of_training,
                expect=3.6,
                mistakes={
                    "weights-only": lambda session: bytes_of_training(session, 1),
                    "no-optimiser": lambda session: bytes_of_training(session, 2),
                },
            ),
            setup=CNN,
            look=["step"],
            numbers=[
                number("weights", lambda session: session.run.store.size, digits=0, expect=225034),
                number("huge", lambda session: 175e9 * 16 / 1e12, digits=1, expect=2.8),
            ],
            shows={"weights-only": "optimizer adam", "no-optimiser": "optimizer adam"},
            covers=("compute-cost",),
        ),
        tune(
            "fewer-bits",
            goal(
                small_enough,
                solutions=[["quantise 4"], ["quantise 8", "quantise 4"]],
                mistakes={"too-few": ["quantise 2"]},
            ),
            setup=["data digits scale=unit", NET, "optimizer adam lr=0.01", "batch 32", "run 5 epochs"],
            numbers=[
                number("before", lambda session: 100 * session.run.history.epochs[-1].val_metric, digits=1),
                number("now", lambda session: 100 * session.run.evaluate().metric, digits=1, after=True),
            ],
            gauge="shrink",
            covers=("efficiency",),
        ),
        quiz(
            "energy",
            numeric(
                lambda session: WATTS * HOURS / 1000,
                expect=12,
                mistakes={
                    "watt-hours": WATTS * HOURS,
                    "one-hour": WATTS / 1000,
                },
            ),
            setup=BENCH,
            numbers=[
                number("watts", WATTS, digits=0),
                number("hours", HOURS, digits=0),
                number("eight", 8 * WATTS * HOURS / 1000, digits=0, expect=96),
            ],
            covers=("energy", "compute-cost"),
            recall=recall(
                numeric(lambda session: shared(session).workers[0].rows / shared(session).batch),
                draw=lambda random: (lambda a: {"a": a, "b": 240 - a})(
                    random.choice([60, 80, 120, 180, 200])
                ),
                setup=[*BENCH[:2], "batch 240", "workers {a}+{b}"],
            ),
        ),
    ],
)

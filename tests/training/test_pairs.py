"""Models that compare: tastes by factors and biases, digits by distance."""

from __future__ import annotations

from math import sqrt

import numpy as np

from nnlab.data import load
from nnlab.engine import ops, rng
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.network import Network
from nnlab.training import Run

FACTORS = (
    "embed 3 vocab=40 init=normal:0.1 | flatten | as person | "
    "from item | embed 3 vocab=30 init=normal:0.1 | flatten | dot person | as fit | "
    "from input | embed 1 vocab=40 init=zeros | flatten | add fit | as judged | "
    "from item | embed 1 vocab=30 init=zeros | flatten | add judged | bias"
)


def test_factors_and_biases_guess_what_people_like() -> None:
    data = load("tastes")
    run = Run(
        Network.parse(FACTORS, data.input_shape, inputs={"item": (1,)}),
        data,
        optimizer="adamw lr=0.02 weight_decay=0.1",
        batch_size=16,
    )
    run.train(epochs=60)
    spread = float(data.y[data.split.test].std())
    assert sqrt(run.evaluate("test").loss) < 0.5 * spread
    assert run.explain("dot1.z[0,0]").formula == "z = Σₖ xₖ·yₖ"


def test_a_triplet_loss_brings_the_same_digit_together() -> None:
    """Z13: the distance of two codes tells whether two pictures are the same digit better than pixels do."""
    digits = load("digits")
    x, y = digits.x / 16, digits.y
    train, test = digits.split.train, digits.split.test
    graph, codes = Graph(), {}
    shapes = {"dense1.W": (64, 64), "dense1.b": (64,), "dense2.W": (64, 8), "dense2.b": (8,)}
    theta = {
        name: graph.value(name, shape, Role.PARAMETER, name[:6], "he" if name[-1] == "W" else "zeros")
        for name, shape in shapes.items()
    }
    for name in ("anchor", "positive", "negative"):
        picture = graph.value(name, (BATCH, 64), Role.INPUT)
        with graph.again(name):
            codes[name] = tower(graph, picture, theta)
    graph.apply(ops.Triplet("loss"), *codes.values())
    store = ParameterStore(graph)
    store.initialize(1)
    program = Program(graph, store, 64, loss="loss")
    rule = Optimizer.parse("adam lr=0.003")
    update = rule.bind(store.theta, store.grad, rule.new_state(store.theta))
    for step in range(1, 401):
        for name, rows in zip(codes, triplets(y[train], step, 64)):
            program.values[name][...] = x[train][rows]
        program.run()
        update(step, rule.lr)
    judge = Program(graph, store, len(test), training=False)
    judge.values["anchor"][...] = x[test]
    judge.forward()
    assert auc(judge.values[codes["anchor"].name], y[test]) > 0.96
    assert auc(x[test], y[test]) < 0.9


def tower(graph: Graph, x: Value, theta: dict[str, Value]) -> Value:
    (z,) = graph.apply(ops.Dense("dense1"), x, theta["dense1.W"], theta["dense1.b"])
    (a,) = graph.apply(ops.ReLU("dense1"), z)
    return graph.apply(ops.Dense("dense2"), a, theta["dense2.W"], theta["dense2.b"])[0]


def triplets(y: np.ndarray, step: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows of an anchor, another of its class and one of another class, n of each."""
    order = rng.permutation(1, "triplets", step, len(y))
    anchors, pool = order[:n], order[n:]
    same = [pool[np.argmax(y[pool] == y[a])] for a in anchors]
    different = [pool[np.argmax(y[pool] != y[a])] for a in anchors]
    return anchors, np.array(same), np.array(different)


def auc(codes: np.ndarray, y: np.ndarray) -> float:
    """How often two rows of one class lie nearer than two of different classes."""
    apart = ((codes[:, None] - codes[None]) ** 2).sum(2)[np.triu_indices(len(y), 1)]
    same = (y[:, None] == y[None])[np.triu_indices(len(y), 1)]
    ranks = apart.argsort().argsort()
    return float((ranks[~same].mean() - ranks[same].mean()) / len(ranks) + 0.5)

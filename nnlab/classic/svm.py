"""A linear support vector machine: the engine's own dense layer, hinge loss and weight penalty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from nnlab.classic.arrays import Matrix, Whole, rows
from nnlab.classic.tree import answers
from nnlab.engine import ops
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role

NEAR = 0.01
"""How far outside the margin a row still counts as lying on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """``W`` (d, k) and ``b`` (k,) after ``step`` updates, and the ``loss`` they had before the last.

    Two classes have one plane, k = 1; more have one each, against the rest.  ``support`` are the rows on or
    inside the margin of a plane, give or take a hundredth: only they hold it.
    """

    step: int
    W: Matrix
    b: Matrix
    loss: float
    support: Whole

    def scores(self, x: ArrayLike) -> Matrix:
        """x·W + b: (n, k)."""
        return np.asarray(rows(x) @ self.W + self.b)

    def classify(self, x: ArrayLike) -> Whole:
        scores = self.scores(x)
        return scores.argmax(1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(np.int64)


def program(x: ArrayLike, y: ArrayLike, classes: int = 2, l2: float = 0.01) -> Program:
    """The whole training set in the engine: mean hinge loss + ``l2``/2·ΣW², W and b at zero.

    Every number of it can be explained: ``program.explain("dense1.W[0,0].grad")``.
    """
    numbers = rows(x)
    table = answers(numbers, y, classes)
    table = table[:, 1:] if classes == 2 else table
    graph = Graph()
    value = graph.value("input", (BATCH, numbers.shape[1]), Role.INPUT)
    W = graph.value("dense1.W", (numbers.shape[1], table.shape[1]), Role.PARAMETER, "dense1")
    b = graph.value("dense1.b", (table.shape[1],), Role.PARAMETER, "dense1")
    (z,) = graph.apply(ops.Dense("dense1"), value, W, b)
    target = graph.value("target", (BATCH, table.shape[1]), Role.TARGET)
    (loss, *_stages) = graph.apply(ops.Hinge("loss"), z, target)
    (cost,) = graph.apply(ops.Penalty("penalty", l2=l2), W)
    graph.apply(ops.Total("total"), loss, cost)
    made = Program(graph, ParameterStore(graph, np.float64), len(numbers), loss="total")
    made.values["input"][...] = numbers
    made.values["target"][...] = table
    return made


def fit(
    x: ArrayLike,
    y: ArrayLike,
    classes: int = 2,
    *,
    l2: float = 0.01,
    steps: int = 300,
    optimizer: str = "adam lr=0.05",
) -> Iterator[Plane]:
    """The plane after each update by the whole training set; rows should have columns of like size.

    The learning rate falls evenly to 0: at the margin the gradient jumps, and a fixed step would leap over it
    for ever.
    """
    made, rule = program(x, y, classes, l2), Optimizer.parse(optimizer)
    store = made.store
    update = rule.bind(store.theta, store.grad, rule.new_state(store.theta))
    for step in range(1, steps + 1):
        made.run()
        support = np.flatnonzero((made.values["loss.m"] <= 1 + NEAR).any(1))
        loss = float(made.values["total"])
        update(step, rule.lr * (1 - (step - 1) / steps))
        yield Plane(step, store["dense1.W"].copy(), store["dense1.b"].copy(), loss, support)

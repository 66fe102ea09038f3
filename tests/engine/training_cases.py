"""Small networks around every operation, trained for five steps with every optimiser.

``ours(kind, optimizer)`` trains them here; tests/reference/make_training.py trains the same with PyTorch.
Data and weights are draws of :mod:`nnlab.engine.rng`, so the replay needs nothing but this file.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from nnlab.engine import rng
from nnlab.engine.ops import (
    GELU,
    Bias,
    BinaryCrossEntropy,
    Dense,
    Dropout,
    Flatten,
    Identity,
    LeakyReLU,
    MeanSquaredError,
    Penalty,
    ReLU,
    Sigmoid,
    Softmax,
    SoftmaxCrossEntropy,
    StepFunction,
    Tanh,
    Total,
)
from nnlab.engine.optimizers import Optimizer
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role

STEPS = 5
BATCH_SIZE, INPUTS, HIDDEN, OUTPUTS = 6, 4, 5, 3
SEED, L1, L2, RATE, SLOPE = 11, 0.01, 0.1, 0.4, 0.1

OPTIMIZERS = [
    "gd lr=0.1",
    "sgd lr=0.05",
    "momentum lr=0.05",
    "nesterov lr=0.05",
    "adagrad lr=0.05",
    "rmsprop lr=0.01",
    "adam lr=0.01",
    "adamw lr=0.01",
]

HIDDEN_OPERATIONS = {
    "identity": Identity,
    "step": StepFunction,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": partial(LeakyReLU, slope=SLOPE),
    "gelu": GELU,
    "softmax": Softmax,
    "dropout": partial(Dropout, rate=RATE),
}
LOSSES = {"mse": MeanSquaredError, "bce": BinaryCrossEntropy, "cross_entropy": SoftmaxCrossEntropy}
KINDS = ["dense", "bias", "flatten", *HIDDEN_OPERATIONS, *LOSSES, "penalty", "total"]

SHAPES = {
    "dense1.W": (INPUTS, HIDDEN),
    "dense1.b": (HIDDEN,),
    "bias1.b": (HIDDEN,),
    "dense2.W": (HIDDEN, OUTPUTS),
    "dense2.b": (OUTPUTS,),
}


def weights(kind: str) -> dict[str, Any]:
    """Initial parameters by name; ``bias1.b`` only where there is one."""
    names = [n for n in SHAPES if n != "bias1.b" or kind == "bias"]
    return {n: (0.5 * rng.normal(SEED, n, 0, SHAPES[n], np.float64)).astype(np.float32) for n in names}


def batch(kind: str) -> tuple[Any, Any]:
    """x (batch, 4), or (batch, 2, 2) before a flatten, and targets (batch, 3)."""
    x = rng.normal(SEED, "x", 0, (BATCH_SIZE, INPUTS))
    t = rng.uniform(SEED, "t", 0, (BATCH_SIZE, OUTPUTS))
    if kind == "bce":
        t = t.round()
    if kind == "cross_entropy":
        t = np.eye(OUTPUTS, dtype=np.float32)[t.argmax(1)]
    return (x.reshape(BATCH_SIZE, 2, 2) if kind == "flatten" else x), t


def mask(step: int) -> Any:
    """The dropout mask of a step, from the documented bits."""
    bits = rng.Stream(SEED, "hidden1.mask").bits32(step, BATCH_SIZE * HIDDEN)
    return ((bits >= round(RATE * 2**32)) / np.float32(1 - RATE)).reshape(BATCH_SIZE, HIDDEN)


def network(kind: str) -> tuple[Graph, str]:
    graph = Graph()

    def p(name: str) -> Any:
        return graph.value(name, SHAPES[name], Role.PARAMETER, name.split(".")[0])

    x = graph.value("input", (BATCH, *batch(kind)[0].shape[1:]), Role.INPUT)
    target = graph.value("target", (BATCH, OUTPUTS), Role.TARGET)
    if kind == "flatten":
        (x,) = graph.apply(Flatten("flatten1"), x)
    first, last = p("dense1.W"), p("dense2.W")
    (h,) = graph.apply(Dense("dense1"), x, first, p("dense1.b"))
    if kind == "bias":
        (h,) = graph.apply(Bias("bias1"), h, p("bias1.b"))
    if kind != "dense":
        h = graph.apply(HIDDEN_OPERATIONS.get(kind, Tanh)("hidden1"), h)[0]
    (z,) = graph.apply(Dense("dense2"), h, last, p("dense2.b"))
    loss = graph.apply(LOSSES.get(kind, MeanSquaredError)("loss"), z, target)[0]
    if kind in ("penalty", "total"):
        (cost,) = graph.apply(Penalty("penalty", l1=L1 if kind == "penalty" else 0.0, l2=L2), first, last)
        (loss,) = graph.apply(Total("total"), loss, cost)
    return graph, loss.name


def ours(kind: str, optimizer: str) -> tuple[list[float], dict[str, Any]]:
    """Losses of five float32 steps, and the parameters after them."""
    graph, loss = network(kind)
    store = ParameterStore(graph, np.float32)
    for name, value in weights(kind).items():
        store[name][...] = value
    program = Program(graph, store, BATCH_SIZE, loss=loss, seed=SEED)
    program.values["input"][...], program.values["target"][...] = batch(kind)
    rule = Optimizer.parse(optimizer)
    update = rule.bind(store.theta, store.grad, rule.new_state(store.theta))
    losses = []
    for step in range(1, STEPS + 1):
        program.clock[0] = step
        program.run()
        losses.append(float(program.values[loss]))
        update(step, rule.lr)
    return losses, {name: store[name] for name in store}

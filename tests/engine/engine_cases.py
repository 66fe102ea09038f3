"""One small graph around every registered operation, ending in one number, for the checks all of them share.

Whatever an operation reads is a parameter here, so that its gradient can be compared with differences.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from case_kit import Case, Size, parameter, rows, squared
from families import FAMILY_CASES

from nnlab.engine import rng
from nnlab.engine.operation import Operation
from nnlab.engine.ops import (
    GELU,
    Add,
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
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role


def through(operation: Callable[[str], Operation]) -> Callable[[Graph, Size], str]:
    """x → operation → squared error."""

    def build(graph: Graph, size: Size) -> str:
        return squared(graph, graph.apply(operation("layer1"), rows(graph, size))[0])

    return build


def dense(graph: Graph, size: Size) -> str:
    W, b = parameter(graph, "layer1.W", size.width, 3), parameter(graph, "layer1.b", 3)
    return squared(graph, graph.apply(Dense("layer1"), rows(graph, size), W, b)[0])


def bias(graph: Graph, size: Size) -> str:
    b = parameter(graph, "layer1.b", size.width)
    return squared(graph, graph.apply(Bias("layer1"), rows(graph, size), b)[0])


def flatten(graph: Graph, size: Size) -> str:
    x = parameter(graph, "x", size.batch, size.width, 2)
    return squared(graph, graph.apply(Flatten("layer1"), x)[0])


def loss(operation: Callable[[str], Operation]) -> Callable[[Graph, Size], str]:
    def build(graph: Graph, size: Size) -> str:
        x = rows(graph, size)
        graph.apply(operation("loss"), x, graph.value("target", x.shape, Role.TARGET))
        return "loss"

    return build


def penalty(graph: Graph, size: Size) -> str:
    W, V = parameter(graph, "layer1.W", size.width, 2), parameter(graph, "layer2.W", 2, 1)
    return graph.apply(Penalty("penalty", l1=0.3, l2=0.7), W, V)[0].name


def penalised(graph: Graph, size: Size) -> str:
    """A weight that is used twice, by a layer and by the penalty."""
    W = parameter(graph, "layer1.W", size.width, 2)
    squared(graph, graph.apply(Dense("layer1"), rows(graph, size), W)[0])
    (cost,) = graph.apply(Penalty("penalty", l2=0.5), W)
    return graph.apply(Total("total"), graph.values["loss"], cost)[0].name


CASES: dict[str, Callable[[Graph, Size], str]] = {
    "dense": dense,
    "bias": bias,
    "step": through(StepFunction),
    "identity": through(Identity),
    "sigmoid": through(Sigmoid),
    "tanh": through(Tanh),
    "relu": through(ReLU),
    "leaky_relu": through(partial(LeakyReLU, slope=0.1)),
    "gelu": through(GELU),
    "softmax": through(Softmax),
    "dropout": through(partial(Dropout, rate=0.4)),
    "flatten": flatten,
    "mse": loss(MeanSquaredError),
    "bce": loss(BinaryCrossEntropy),
    "cross_entropy": loss(SoftmaxCrossEntropy),
    "penalty": penalty,
    "total": penalised,
    **FAMILY_CASES,
}


def shared(graph: Graph, size: Size) -> str:
    """One weight used three times, one activation twice, once by two operations of one layer."""
    W = parameter(graph, "tied.W", size.width, size.width)
    (z,) = graph.apply(Dense("block1"), rows(graph, size), W)
    (a,) = graph.apply(Tanh("block1"), z)
    (y,) = graph.apply(Dense("block2"), a, W)
    (s,) = graph.apply(Add("block2"), y, a)
    (t,) = graph.apply(Add("twice"), s, s)
    (u,) = graph.apply(Dense("block3"), t, W)
    return squared(graph, u)


def compiled(
    build: Callable[[Graph, Size], str],
    size: Size,
    *,
    dtype: Any = np.float64,
    seed: int = 1,
    scale: float = 1.0,
    training: bool = True,
    kernels: Any = None,
    wrt: Any = None,
) -> Program:
    """The program, its numbers drawn around 0 with ``scale`` and kept off the kinks at 0."""
    graph = Graph()
    name = build(graph, size)
    store = ParameterStore(graph, dtype, kernels.xp if kernels else np)
    drawn = rng.normal(seed, "theta", 0, store.size, np.float64) * scale
    drawn += np.copysign(0.05, drawn)
    store.theta[...] = store.xp.asarray(drawn.astype(dtype))
    program = Program(
        graph,
        store,
        size.batch,
        loss=name,
        wrt=wrt,
        training=training,
        seed=seed,
        kernels=kernels,
        clock=[3],
    )
    if "target" in program.values:
        program.values["target"][...] = store.xp.asarray(targets(program, seed))
    if isinstance(build, Case):
        for name, numbers in build.fill(program, seed).items():
            program.values[name][...] = store.xp.asarray(np.asarray(numbers, program.values[name].dtype))
    return program


def targets(program: Program, seed: int) -> Any:
    shape = program.graph.values["target"].concrete(program.batch)
    kind = program.graph.producers["loss"][0].kind
    drawn = rng.uniform(seed, "target", 0, shape, np.float64)
    if kind == "bce":
        drawn = drawn.round()
    if kind == "cross_entropy":
        drawn = np.eye(shape[1])[drawn[:, 0].argsort() % shape[1]]
    return drawn.astype(program.dtype)


__all__ = ["BATCH", "CASES", "Add", "Size", "compiled", "parameter", "shared", "squared"]

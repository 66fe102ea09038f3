"""A batch in blocks gives the numbers of the whole batch, and shares its scratch."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import BATCH, parameter, squared
from test_operations import check_explanations

from nnlab.engine import blocks, rng
from nnlab.engine.asked import Asked, Made
from nnlab.engine.blocks import stretches
from nnlab.engine.ops import (
    OPERATIONS,
    Add,
    BatchNorm,
    Convolution,
    ConvolutionTranspose,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool,
    ReLU,
    Reshape,
    Tanh,
)
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role, Value


def convolution(graph: Graph, x: Value, n: int, out: int = 3, **options) -> Value:
    W = parameter(graph, f"conv{n}.W", 3, 3, x.shape[-1], out)
    b = parameter(graph, f"conv{n}.b", out)
    return graph.apply(Convolution(f"conv{n}", pad="same", **options), x, W, b)[0]


def start() -> tuple[Graph, Value]:
    graph = Graph()
    return graph, graph.value("input", (BATCH, 6, 5, 2), Role.INPUT)


def network() -> Graph:
    graph, x = start()
    a = graph.apply(ReLU("relu1"), convolution(graph, x, 1, 6))[0]
    a = graph.apply(MaxPool("pool1"), a)[0]
    a = graph.apply(Tanh("tanh1"), convolution(graph, a, 2, stride=(2, 1)))[0]
    a = graph.apply(Flatten("flat1"), a)[0]
    W, b = parameter(graph, "dense1.W", a.shape[1], 4), parameter(graph, "dense1.b", 4)
    squared(graph, graph.apply(Dense("dense1"), a, W, b)[0])
    return graph


def trained(graph: Graph, batch: int, **options) -> Program:
    store = ParameterStore(graph, np.float64)
    store.theta[...] = rng.normal(1, "theta", 0, store.size, np.float64)
    program = Program(graph, store, batch, loss="loss", **options)
    for name in ("input", "target"):
        array = program.values[name]
        array[...] = rng.normal(2, name, 0, array.shape, np.float64)
    program.run()
    return program


def same(graph: Graph, batch: int, **options) -> None:
    """With and without blocks."""
    cut, whole = trained(graph, batch, **options), trained(graph, batch, whole=True, **options)
    for name in whole.values:
        assert cut.values[name] == pytest.approx(whole.values[name], rel=1e-12, abs=1e-14), name
    for name in whole.gradients:
        assert cut.gradients[name] == pytest.approx(whole.gradients[name], rel=1e-11, abs=1e-13), name
    assert cut.store.grad == pytest.approx(whole.store.grad, rel=1e-11, abs=1e-13)


@pytest.fixture
def small(monkeypatch):
    """A cache in which two examples of a convolution just fit."""
    monkeypatch.setattr(blocks, "BUDGET", 26_000)


def names(graph: Graph, batch: int) -> list[tuple[list[str], int]]:
    cut = stretches(graph.operations, batch, 8, whole=False)
    return [([operation.name for operation in s.operations], len(s.blocks)) for s in cut]


@pytest.mark.parametrize("batch", [1, 2, 3, 7])
def test_blocks_give_the_numbers_of_the_whole_batch(small, batch):
    same(network(), batch)


def test_a_stretch_begins_with_a_convolution_and_goes_on_by_example(small):
    assert names(network(), 7) == [
        (["conv1.z", "relu1.a", "pool1.a"], 4),
        (["conv2.z", "tanh1.a", "flat1.a"], 1),
        (["dense1.z"], 1),
        (["loss"], 1),
    ]


def test_a_transposed_convolution_heads_a_stretch_too(small):
    graph, x = start()
    W, b = parameter(graph, "up1.W", 3, 2, 2, 4), parameter(graph, "up1.b", 4)
    (z,) = graph.apply(ConvolutionTranspose("up1", stride=(2, 2), pad="same"), x, W, b)
    a = graph.apply(Flatten("flat1"), graph.apply(Tanh("tanh1"), z)[0])[0]
    squared(graph, a)
    assert names(graph, 7)[0] == (["up1.z", "tanh1.a", "flat1.a"], 7)
    same(graph, 7)


def test_what_is_read_twice_or_looks_at_the_whole_batch_ends_a_stretch(small):
    graph, x = start()
    a = graph.apply(ReLU("relu1"), convolution(graph, x, 1))[0]
    b = graph.apply(Tanh("tanh1"), convolution(graph, a, 2))[0]
    a = graph.apply(Add("add1"), a, b)[0]
    squared(graph, graph.apply(Flatten("flat1"), a)[0])
    assert [run for run, _blocks in names(graph, 7)][:2] == [["conv1.z", "relu1.a"], ["conv2.z", "tanh1.a"]]
    same(graph, 7)
    graph, x = start()
    z = convolution(graph, x, 1)
    more = [parameter(graph, f"norm1.{name}", 3) for name in ("gamma", "beta")]
    more += [graph.value(f"norm1.{name}", (3,), Role.STATE, init="constant:1") for name in ("rm", "rv")]
    a = graph.apply(ReLU("relu1"), graph.apply(BatchNorm("norm1"), z, *more)[0])[0]
    squared(graph, graph.apply(Flatten("flat1"), a)[0])
    assert [run for run, _blocks in names(graph, 7)][:2] == [["conv1.z"], ["norm1.a"]]
    same(graph, 7)


def test_only_what_is_asked_for_is_computed(small):
    same(network(), 5, wrt={"conv1.b", "dense1.W"})
    same(network(), 5, wrt={"conv2.W"})
    same(network(), 5, wrt={"dense1.b"})


MADE = {"reshape": lambda name: Reshape(name, (10, 9)), "leaky_relu": LeakyReLU}
BY_EXAMPLE = [k for k, op in OPERATIONS.items() if op.by_example and not op.heads_stretch]


@pytest.mark.parametrize("kind", BY_EXAMPLE)
def test_every_operation_that_works_by_example_does(small, kind):
    graph, x = start()
    operation = MADE.get(kind, OPERATIONS[kind])("layer1")
    a = graph.apply(operation, convolution(graph, x, 1))[0]
    squared(graph, a if len(a.shape) == 2 else graph.apply(Flatten("flat1"), a)[0])
    assert names(graph, 5)[0][1] > 1
    same(graph, 5)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_blocks_share_their_scratch(monkeypatch, direction):
    monkeypatch.setattr(blocks, "BUDGET", 1)
    made: list[list[int]] = []

    class Counted(blocks.Scratch):
        def full(self, shape, value, dtype):
            before = len(self.made)
            array = super().full(shape, value, dtype)
            made[-1].extend([array.nbytes] * (len(self.made) - before))
            return array

    monkeypatch.setattr(blocks, "Scratch", Counted)
    for batch in (2, 20):
        made.append([])
        program = trained(network(), batch)
        cut = stretches(program.plan, batch, 8, whole=False)[0]
        made[-1].clear()
        asked = [Asked({}, Made()) for _ in range(1 if direction == "forward" else 2)]
        getattr(cut, direction)([program._buffers(operation) for operation in cut.operations], *asked)
    assert made[0] == made[1] != []


def test_every_number_of_a_cut_program_is_explained(small):
    check_explanations(trained(network(), 3))

"""A convolution, relu and a max pooling run as one, and a reader sees what each of them makes."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import parameter, squared
from test_blocks import same, trained
from test_operations import check_explanations

from nnlab.engine import blocks
from nnlab.engine.asked import Asked, Made
from nnlab.engine.device import choose
from nnlab.engine.ops import Convolution, Flatten, MaxPool, ReLU
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role

KINDS = {
    "even": ((6, 4), {}, (2, 2), (2, 2)),
    "left over at the edges": ((7, 5), {}, (2, 2), (2, 2)),
    "gaps between windows": ((8, 8), {}, (2, 2), (3, 3)),
    "large windows": ((7, 9), {}, (3, 2), (3, 2)),
    "no padding": ((8, 7), {"pad": "valid"}, (2, 2), (2, 2)),
    "dilated": ((9, 8), {"dilation": (2, 1)}, (2, 2), (2, 2)),
}


def network(size, options, window, stride, *, channels=3, bias=True) -> Graph:
    """Two of them, so that one has a gradient to send back."""
    graph = Graph()
    x = graph.value("input", (BATCH, *size, channels), Role.INPUT)
    before = graph.apply(Convolution("conv0", pad="same"), x, parameter(graph, "conv0.W", 1, 1, channels, 6))[
        0
    ]
    W = parameter(graph, "conv1.W", 3, 3, 6, 5)
    b = [parameter(graph, "conv1.b", 5)] if bias else []
    z = graph.apply(Convolution("conv1", **{"pad": "same", **options}), before, W, *b)[0]
    a = graph.apply(ReLU("relu1"), z)[0]
    a = graph.apply(MaxPool("pool1", size=window, stride=stride), a)[0]
    squared(graph, graph.apply(Flatten("flat1"), a)[0])
    return graph


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(blocks, "BUDGET", 60_000)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_reader_sees_is_what_the_pass_has_worked_with(small, kind):
    program = trained(network(*KINDS[kind]), 5)
    z, a = program.values["conv1.z"], program.values["relu1.a"]
    assert np.array_equal(a, np.maximum(z, 0))
    for n, i, j, c in np.ndindex(program.values["pool1.a"].shape):
        (height, width), (down, right) = KINDS[kind][2:]
        seen = a[n, i * down : i * down + height, j * right : j * right + width, c]
        assert program.values["pool1.a"][n, i, j, c] == seen.max()
        assert program.values["pool1.winner"][n, i, j, c] == seen.argmax()


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_every_number_is_that_of_operations_one_by_one(small, kind, bias):
    same(network(*KINDS[kind], bias=bias), 5)


def test_every_number_is_explained(small):
    check_explanations(trained(network(*KINDS["left over at the edges"]), 3))


def test_a_sequence_is_pooled_as_an_image_is(small):
    graph = Graph()
    x = graph.value("input", (BATCH, 9, 2), Role.INPUT)
    W, b = parameter(graph, "conv1.W", 3, 2, 4), parameter(graph, "conv1.b", 4)
    z = graph.apply(Convolution("conv1", stride=(1,), dilation=(1,), pad="same"), x, W, b)[0]
    a = graph.apply(MaxPool("pool1", size=(2,), stride=(2,)), graph.apply(ReLU("relu1"), z)[0])[0]
    squared(graph, graph.apply(Flatten("flat1"), a)[0])
    assert trained(graph, 5).values.late.keys() == {"conv1.z", "relu1.a"}
    same(graph, 5)


def test_what_stands_between_is_made_when_a_reader_asks_and_once_for_a_pass(small):
    program = trained(network(*KINDS["even"]), 5)
    for name in ("conv1.z", "relu1.a"):
        assert not program.values.arrays[name].any()
        assert not program.gradients.arrays[name].any()
    first = program.array("relu1.a", "grad").copy()
    assert first.any()
    assert np.array_equal(program.array("relu1.a", "grad@pool1"), first)
    held = program.values["relu1.a"]
    held[...] = 7.0
    assert (program.values["relu1.a"] == 7).all()  # not made again
    program.run()
    assert np.array_equal(program.values["relu1.a"], np.maximum(program.values["conv1.z"], 0))
    assert np.array_equal(program.gradients["relu1.a"], first)


def test_readers_disturb_no_pass(small):
    """What they ask for is made in scratch of its own, even while a pass is running."""
    graph = network(*KINDS["even"])
    program, quiet = trained(graph, 5), trained(graph, 5)
    calls = program.forward_calls + program.backward_calls
    for number, call in enumerate(calls):
        call()
        program._made_since.keys.clear()
        for name in ("relu1.a", "conv1.z") if number < len(program.forward_calls) else ("conv1.z",):
            program.values[name], program.gradients[name]
    assert np.array_equal(program.store.grad, quiet.store.grad)
    assert np.array_equal(program.values["conv1.z"], quiet.values["conv1.z"])
    assert np.array_equal(program.gradients["conv1.z"], quiet.gradients["conv1.z"])


def test_a_run_at_rest_shows_the_passes_before_the_change():
    import nnlab

    data = nnlab.datasets.load("digits")
    text = "reshape 8x8x1 | conv 8 3x3 relu pad=same | maxpool 2 | flatten | dense 10"
    network, other = (nnlab.Network.parse(text, 64) for _ in range(2))
    runs = [nnlab.Run(made, data, optimizer="sgd lr=0.5", batch_size=32) for made in (network, other)]
    for run in runs:
        run.step()
    seen = runs[0].array("conv1.z").copy()
    runs[1].edit("conv1.W[0,0,0,0]", 9.0)
    assert np.array_equal(runs[1].on_show.array("conv1.z"), seen)


def test_what_is_no_number_is_shown(small):
    program = trained(network(*KINDS["even"]), 5)
    program.values["input"][1, 0, 0, 0] = np.nan
    program.run()
    for name in ("conv1.z", "relu1.a", "pool1.a"):
        assert np.isnan(program.values[name][1]).any(), name
        assert not np.isnan(program.values[name][0]).any(), name


@pytest.mark.parametrize(
    ("operation", "options"),
    [(ReLU, {"stride": (2, 2)}), (ReLU, {"groups": 3}), (lambda name: MaxPool(name, (1, 1), (1, 1)), {})],
)
def test_others_leave_nothing_out(small, operation, options):
    graph = Graph()
    x = graph.value("input", (BATCH, 6, 6, 3), Role.INPUT)
    W = parameter(graph, "conv1.W", 3, 3, 3 // options.get("groups", 1), 6)
    z = graph.apply(Convolution("conv1", pad="same", **options), x, W)[0]
    a = graph.apply(MaxPool("pool1"), graph.apply(operation("between1"), z)[0])[0]
    squared(graph, graph.apply(Flatten("flat1"), a)[0])
    assert not trained(graph, 5).values.late
    same(graph, 5)


def test_names_are_looked_up_without_making_what_they_name():
    made: list[str] = []
    asked: Asked[str] = Asked({"a": 1, "b": 2}, Made())
    asked.leave_out("a", [lambda: made.append("a")])
    assert "a" in asked
    assert "c" not in asked
    assert list(asked) == ["a", "b"]
    assert len(asked) == 2
    assert not made
    assert dict(asked) == {"a": 1, "b": 2}
    assert made == ["a"]


# ---------------------------------------------------------------------- from the winners alone


def with_numba(graph: Graph, batch: int, dtype=np.float64, **options) -> Program:
    pytest.importorskip("numba")
    store = ParameterStore(graph, dtype)
    program = Program(
        graph, store, batch, loss="loss", kernels=choose("cpu", kernels="numba").kernels, **options
    )
    plain = trained(graph, batch, **options)
    store.theta[...] = plain.store.theta
    for name in ("input", "target"):
        program.values[name][...] = plain.values[name]
    program.run()
    return program


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_numba_gives_the_same_gradients(small, kind, bias):
    graph = network(*KINDS[kind], bias=bias)
    plain, fast = trained(graph, 5), with_numba(graph, 5)
    assert fast.store.grad == pytest.approx(plain.store.grad, rel=1e-11, abs=1e-13)
    for name in plain.gradients:
        assert fast.gradients[name] == pytest.approx(plain.gradients[name], rel=1e-11, abs=1e-13), name


def test_numba_multiplies_the_winners_alone(small):
    def kernels(program: Program) -> set[str]:
        calls = [getattr(call, "func", call) for call in program.backward_calls]
        return {getattr(call, "__name__", "") for call in calls}

    assert "winner_gradients" in kernels(with_numba(network(*KINDS["even"]), 5))
    assert "winner_gradients" not in kernels(with_numba(network(*KINDS["dilated"]), 5))
    frozen = with_numba(network(*KINDS["even"]), 5, wrt={"conv0.W"})
    assert "winner_gradients" not in kernels(frozen)


def test_numba_gives_the_same_bits_again(small):
    graph = network(*KINDS["left over at the edges"])
    one, other = with_numba(graph, 5, np.float32), with_numba(graph, 5, np.float32)
    assert np.array_equal(one.store.grad, other.store.grad)
    other.run()
    assert np.array_equal(one.store.grad, other.store.grad)

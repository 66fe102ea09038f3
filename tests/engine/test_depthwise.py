"""Channels with windows of their own give the numbers of a convolution whose other weights are 0."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import parameter, squared

from nnlab.engine import blocks, rng
from nnlab.engine.device import choose
from nnlab.engine.ops import Convolution, Flatten
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role

KINDS = {
    "three in a row": ((7, 6), (3, 3), {"pad": "same"}),
    "two in a row": ((6, 7), (3, 2), {"pad": "same"}),
    "no padding": ((6, 5), (2, 3), {"pad": "valid"}),
    "strides": ((7, 8), (3, 3), {"pad": "same", "stride": (2, 3)}),
    "dilated": ((9, 8), (3, 3), {"pad": "same", "dilation": (1, 2)}),
}
CHANNELS = 5


def run(kind: str, groups: int, channels: int, W: np.ndarray, kernels: str, bias: bool) -> Program:
    size, window, options = KINDS[kind]
    graph = Graph()
    x = graph.value("input", (BATCH, *size, channels), Role.INPUT)
    b = [parameter(graph, "conv1.b", channels)] if bias else []
    weights = parameter(graph, "conv1.W", *window, channels // groups, channels)
    z = graph.apply(Convolution("conv1", groups=groups, **options), x, weights, *b)[0]
    squared(graph, graph.apply(Flatten("flat1"), z)[0])
    store = ParameterStore(graph, np.float64)
    table = choose("cpu", kernels=kernels).kernels
    program = Program(
        graph, store, 4, loss="loss", wrt=["input", *(v.name for v in graph.parameters)], kernels=table
    )
    for name in ("input", "target"):
        program.values[name][...] = rng.normal(2, name, 0, program.values[name].shape, np.float64)
    store["conv1.W"][...] = W
    if bias:
        store["conv1.b"][...] = np.arange(channels)
    program.run()
    return program


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kernels", ["numpy", "numba"])
@pytest.mark.parametrize("groups", [CHANNELS, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_groups_are_a_convolution_with_zeros(monkeypatch, kind, groups, kernels, bias):
    if kernels == "numba":
        pytest.importorskip("numba")
    monkeypatch.setattr(blocks, "BUDGET", 10_000)
    channels = CHANNELS if groups == CHANNELS else 6
    each = channels // groups
    own = rng.normal(1, "W", 0, (*KINDS[kind][1], each, channels), np.float64)
    whole = np.zeros((*own.shape[:2], channels, channels))
    for c in range(channels):
        first = c // each * each
        whole[:, :, first : first + each, c] = own[..., c]
    parted, full = (
        run(kind, groups, channels, own, kernels, bias),
        run(kind, 1, channels, whole, "numpy", bias),
    )
    assert parted.values["conv1.z"] == pytest.approx(full.values["conv1.z"], rel=1e-12, abs=1e-12)
    assert parted.gradients["input"] == pytest.approx(full.gradients["input"], rel=1e-11, abs=1e-13)
    for c in range(channels):
        first = c // each * each
        expected = full.gradients["conv1.W"][:, :, first : first + each, c]
        assert parted.gradients["conv1.W"][..., c] == pytest.approx(expected, rel=1e-11, abs=1e-13)
    if bias:
        assert parted.gradients["conv1.b"] == pytest.approx(full.gradients["conv1.b"], rel=1e-11)

"""Layers on images and sequences: shapes, counts, refusals, notation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import Dataset
from nnlab.data.dataset import Split
from nnlab.errors import NnlabError
from nnlab.network import Network, parse_layers
from nnlab.network.notation import format_layers
from nnlab.training import Run

sizes = st.sampled_from(["3", "2x5", "1"])
options = st.lists(
    st.sampled_from(["stride=2", "stride=1x3", "pad=same", "dilation=2", "bias=no", "init=he"]), unique=True
).map(lambda found: " ".join({option.split("=")[0]: option for option in found}.values()))
written = (
    st.builds(
        lambda word, size, activation, rest: f"{word} {size} {activation} {rest}",
        st.sampled_from(["conv 8", "depthwise", "conv 4", "upsample 3 | conv 5"]),
        sizes,
        st.sampled_from(["", "relu", "tanh"]),
        options,
    )
    | st.sampled_from(
        [
            "conv_transpose 4 3 relu stride=2",
            "conv_transpose 4 2x3 pad=same bias=no",
            "conv1d_transpose 4 3",
            "conv1d_transpose 2 5 tanh stride=3 pad=same bias=no init=he",
        ]
    )
    | st.builds(
        lambda word, size, stride, pad: f"{word} {size} {stride} {pad}",
        st.sampled_from(["maxpool", "avgpool"]),
        sizes,
        st.sampled_from(["", "stride=1", "stride=2x3"]),
        st.sampled_from(["", "pad=same"]),
    )
)


@given(st.lists(written, min_size=1, max_size=4))
def test_normal_form_reads_back_as_the_same_network(pieces: list[str]) -> None:
    layers = parse_layers(" | ".join(pieces))
    assert parse_layers(format_layers(layers)) == layers


@pytest.mark.parametrize(
    ("text", "shape", "output", "count"),
    [
        ("conv 32 3x3 relu", (28, 28, 1), (26, 26, 32), 320),
        ("conv 64 3x3 relu", (13, 13, 32), (11, 11, 64), 18496),
        ("conv 8 3 pad=same stride=2", (7, 8, 3), (4, 4, 8), 224),
        ("conv 8 2x3 dilation=2 bias=no", (9, 9, 1), (7, 5, 8), 48),
        ("conv 6 3 groups=2", (5, 5, 4), (3, 3, 6), 3 * 3 * 2 * 6 + 6),
        ("depthwise 3x3 pad=same", (5, 5, 4), (5, 5, 4), 40),
        ("conv1d 16 5 relu stride=2", (20, 3), (8, 16), 256),
        ("batchnorm", (5, 5, 4), (5, 5, 4), 8),
        ("conv_transpose 8 3x3 stride=2 pad=same", (4, 5, 3), (8, 10, 8), 224),
        ("conv_transpose 8 3x2 stride=2 bias=no", (4, 5, 3), (9, 10, 8), 144),
        ("conv_transpose 8 2 stride=3", (4, 4, 3), (11, 11, 8), 104),
        ("conv1d_transpose 8 5 stride=2 pad=same", (7, 3), (14, 8), 128),
        ("conv1d_transpose 8 5 stride=2 bias=no", (7, 3), (17, 8), 120),
        ("conv1d_transpose 8 2 stride=3", (7, 3), (20, 8), 56),
        ("upsample 2x3", (4, 5, 3), (8, 15, 3), 0),
        ("upsample 3", (7, 2), (21, 2), 0),
        ("batchnorm", (6,), (6,), 12),
        ("maxpool 2", (13, 13, 4), (6, 6, 4), 0),
        ("maxpool 2 pad=same", (13, 13, 4), (7, 7, 4), 0),
        ("avgpool 3x2 stride=1", (5, 5, 4), (3, 4, 4), 0),
        ("maxpool 3 stride=2", (9, 4), (4, 4), 0),
        ("globalavgpool", (5, 6, 7), (7,), 0),
        ("globalmaxpool", (9, 7), (7,), 0),
    ],
)
def test_shapes_and_parameters_are_counted(text, shape, output, count) -> None:
    network = Network.parse(text, shape)
    assert network.output_shape == output
    assert network.parameter_count == count == network.store.size


def test_what_a_pooling_takes_for_granted_is_not_written() -> None:
    assert Network.parse("maxpool | maxpool 2x2 stride=2x2 | avgpool 2x3", (16, 16, 1)).text == (
        "maxpool 2 | maxpool 2 | avgpool 2x3"
    )


def test_the_kernel_and_the_stages_have_addresses() -> None:
    graph = Network.parse("conv 4 3x3 relu pad=same", (8, 8, 2)).graph
    shapes = {name: value.shape for name, value in graph.values.items()}
    assert shapes["conv1.W"] == (3, 3, 2, 4)
    assert shapes["conv1.b"] == (4,)
    assert shapes["conv1.z"] == shapes["conv1.a"] == (-1, 8, 8, 4)


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("conv 8 3x3", (64,), ["height×width×channels", "shape 64", "reshape 8x8x1"]),
        ("flatten | conv 8 3x3", (8, 8, 1), ["conv1", "flatten1", "before flatten"]),
        ("conv 8 3x3", (20, 3), ["20×3"]),
        ("conv1d 8 3", (8, 8, 1), ["time×channels"]),
        ("conv 8 9x9", (8, 8, 1), ["9×9", "8×8", "pad=same"]),
        ("conv 8 3x3 dilation=4", (8, 8, 1), ["9×9", "8×8"]),
        ("conv 8 3x3 groups=3", (8, 8, 2), ["2 channels", "8 filters"]),
        ("conv 8 relu", (8, 8, 1), ["3x3", "relu"]),
        ("conv 8 3x3 softmax", (8, 8, 1), ["softmax"]),
        ("conv 8 3x3 pad=some", (8, 8, 1), ["same"]),
        ("conv1d 8 3x3", (8, 1), ["whole number"]),
        ("maxpool 2", (64,), ["height×width×channels", "time×channels", "shape 64"]),
        ("maxpool 2x3", (9, 4), ["2x3", "one number"]),
        ("avgpool 3", (2, 2, 1), ["3×3", "2×2", "pad=same"]),
        ("globalavgpool", (64,), ["globalavgpool", "shape 64"]),
        ("conv_transpose 8 3x3", (64,), ["height×width×channels", "shape 64"]),
        ("conv1d_transpose 8 3", (8, 8, 1), ["time×channels", "8×8×1"]),
        ("conv1d_transpose 8 3x3", (8, 1), ["whole number"]),
        ("upsample 2x3", (9, 4), ["2x3", "one number"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text, shape, words) -> None:
    with pytest.raises(NnlabError) as caught:
        Network.parse(text, shape)
    assert all(word in str(caught.value) for word in words)


def test_a_sequence_comes_back_at_its_length_and_is_learned() -> None:
    t = np.linspace(0, 2 * np.pi, 12)
    x = np.sin(t + np.linspace(0, 6, 32)[:, None])[..., None].astype(np.float32)
    rows = np.arange(32)
    data = Dataset("waves", "regression", x, x, Split(rows, rows, rows[:0]))
    text = "conv1d 4 4 tanh stride=2 pad=same | conv1d_transpose 1 4 stride=2 pad=same"
    run = Run(Network.parse(text, (12, 1)), data, optimizer="adam lr=0.02")
    run.step(300)
    assert run.loss < 0.01
    assert run.check("conv1d_transpose1.W[1,2,0]").agrees

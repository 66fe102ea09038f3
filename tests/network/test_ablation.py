"""What is taken out answers nothing, and everything else stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.network import Network, ablation

RNG = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("text", "shape", "layer", "value", "axis"),
    [
        ("dense 4 relu | dense 2", (3,), "dense1", "dense1.a", -1),
        ("conv 4 2 relu | flatten | dense 2", (4, 4, 1), "conv1", "conv1.a", -1),
        ("lstm 4 | dense 2", (5, 3), "lstm1", "lstm1.h", -1),
        ("gru 4 reset=before | dense 2", (5, 3), "gru1", "gru1.h", -1),
        ("attention 4", (5, 8), "attention1", "attention1.context", "heads"),
        ("block 4", (5, 8), "block1", "block1.context", "heads"),
    ],
)
def test_a_unit_a_channel_a_head_taken_out_answers_nothing(text, shape, layer, value, axis):
    network = Network.parse(text, shape, seed=3)
    x = RNG.normal(size=(2, *shape))
    assert ablation.unit_count(network, layer) == 4
    before = network.values(value, x)
    after = ablation.ablated(network, layer, [1]).values(value, x)
    mine = [1] if axis == -1 else [2, 3]  # the columns of head 1, of 4 with 2 numbers each
    others = [k for k in range(before.shape[-1]) if k not in mine]
    assert before[..., mine].any()
    assert not after[..., mine].any()
    if "gru" not in text and "lstm" not in text:  # their units read one another
        assert np.array_equal(before[..., others], after[..., others])


@pytest.mark.parametrize(
    ("layer", "units", "said"),
    [("dense9", [0], "there is no layer"), ("flatten1", [0], "no weights"), ("conv1", [2], "units 0 to 1")],
)
def test_what_cannot_be_taken_out_is_answered(layer, units, said):
    network = Network.parse("conv 2 2 | flatten | dense 2", (4, 4, 1))
    with pytest.raises(NnlabError, match=said):
        ablation.ablated(network, layer, units)

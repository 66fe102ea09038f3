"""The layer-norm layer."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.network import Network


def test_each_row_gets_mean_0_and_variance_1_before_training():
    network = Network.parse("layernorm", (3, 8))
    assert network.output_shape == (3, 8)
    assert network.parameter_count == 16
    x = np.arange(48.0).reshape(2, 3, 8) ** 2
    a = network.predict(x)
    assert a.mean(-1) == pytest.approx(np.zeros((2, 3)), abs=1e-5)
    assert a.var(-1) == pytest.approx(np.ones((2, 3)), rel=1e-3)


def test_a_row_of_one_number_becomes_beta():
    network = Network.parse("layernorm", 1)
    network.set("layernorm1.beta", [0.25])
    assert network.predict([[7.0]]).tolist() == [[0.25]]

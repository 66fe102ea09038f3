"""Layers of generative and recommending models: a sampled code and the product of two rows."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run

ENCODER = "dense 5 tanh | as h | dense 2 | as mean | from h | dense 2 | sample mean{beta} | dense 1"
TWINS = "dense 3 | as user | from item | dense 3 | dot user"


def test_a_code_is_as_wide_as_its_means_and_reads_back() -> None:
    network = Network.parse(ENCODER.format(beta=" beta=0.5"), 4)
    row = network.ledger()[-2]
    assert (row.name, row.output_shape, row.parameters) == ("sample1", (2,), 0)
    assert Network.parse(network.text, 4).text == network.text
    assert "beta" not in Network.parse(ENCODER.format(beta=" beta=1"), 4).text


def test_a_code_is_its_mean_where_nothing_is_trained() -> None:
    network = Network.parse("as mean | dense 3 | sample mean", 3)
    x = np.array([[1.0, -2.0, 0.5]])
    assert network.predict(x).tolist() == x.tolist()


def test_the_divergence_of_a_code_counts_in_the_loss_with_its_weight() -> None:
    data = load("sine n=40")
    text = ENCODER.format(beta=" beta=0.25")
    run = Run(Network.parse(text, data.input_shape), data, l2=0.1, batch_size=8)
    run.step()
    assert run.explain("total").symbols() == "loss + w2·sample1.kl + penalty"
    shares = run.value("loss") + 0.25 * run.value("sample1.kl") + run.value("penalty")
    assert run.loss == pytest.approx(shares, rel=1e-6)
    assert run.check("dense3.W[0,0]").agrees
    assert run.value("sample1.kl.grad") == 0.25
    without = Run(Network.parse(ENCODER.format(beta=" beta=0"), data.input_shape), data)
    without.step()
    assert without.machine.turns[0].root == "loss"


def test_the_draws_of_a_code_belong_to_the_step() -> None:
    data = load("sine n=40")
    run = Run(Network.parse(ENCODER.format(beta=""), data.input_shape), data)
    run.step(2)
    second = run.array("sample1.eps").copy()
    run.step(1)
    assert not np.array_equal(run.array("sample1.eps"), second)
    run.seek(2)
    assert np.array_equal(run.array("sample1.eps"), second)


def test_a_product_of_rows_is_one_number_that_two_inputs_agree_on() -> None:
    network = Network.parse(TWINS, 4, inputs={"item": (2,)})
    assert network.output_shape == (1,)
    assert network.parameter_count == 15 + 9
    assert Network.parse(network.text, 4, inputs={"item": (2,)}).text == network.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("as m | dense 3 | sample m", "shape 3 arrives, and “m” marks shape 4"),
        ("dense 4 | sample m", "as m"),
        ("as m | sample m beta=-1", "beta -1 must be 0 or a positive number"),
        ("as m | sample", "sample needs mean"),
        ("as m | dense 3 | dot m", "shape 3 arrives, and “m” marks shape 4"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(NnlabError, match=message) as error:
        Network.parse(text, 4)
    assert "\n" not in str(error.value)

"""What if: the numeric check where the gradient is the slope, the sentence where it is meant not to be."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import from_arrays, load
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.session.text import render_check, render_nudge
from nnlab.training import Run


def sequences(text: str, **settings: str) -> Run:
    x = np.random.default_rng(1).normal(size=(8, 6, 2))
    data = from_arrays(x, x[:, 0, 0] * x[:, 3, 1], split="all")
    run = Run(Network.parse(text, (6, 2)), data, seed=3, **settings)
    run.step(2)
    return run


@pytest.mark.parametrize(
    ("text", "address", "reason"),
    [
        ("lstm 4 truncate=3 | dense 1", "lstm1.Uf[1,2]", "lstm1 cuts the gradient every 3 moments"),
        ("rnn 4 all | rnn 3 truncate=2 | dense 1", "rnn1.W[0,1]", "rnn2 cuts the gradient every 2"),
        ("lstm 4 bi truncate=4 | dense 1", "lstm1.back.Uf[0,0]", "lstm1.back cuts the gradient"),
        (
            "dense 4 | attention 1 choice=hard | last | dense 1",
            "attention1.Wk[0,1]",
            "straight through a draw",
        ),
        (
            "last | dense 3 tanh | as h | detach | mul h | dense 1",
            "dense1.W[0,1]",
            "detach1 lets no gradient back",
        ),
    ],
)
def test_a_gradient_that_is_meant_to_differ_says_why(text: str, address: str, reason: str) -> None:
    check = sequences(text).check(address)
    assert not check.agrees
    assert reason in check.reason
    assert reason in " ".join(render_check(check))
    assert "DISAGREE" not in " ".join(render_check(check))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("lstm 4 truncate=6 | dense 1", "lstm1.Uf[1,2]"),
        ("rnn 4 all truncate=2 | rnn 3 | dense 1", "rnn2.W[0,1]"),
        ("last | detach | dense 1", "dense1.W[0,0]"),
    ],
)
def test_what_does_not_stand_between_a_number_and_the_loss_is_no_reason(text: str, address: str) -> None:
    check = sequences(text).check(address)
    assert check.agrees
    assert check.departure == check.reason == ""
    assert render_check(check)[-1] == "they agree"


def test_a_nudge_says_why_its_gap_does_not_close() -> None:
    run = sequences("lstm 4 truncate=3 | dense 1")
    small = run.nudge("lstm1.c[0,1,2]", 1e-4)
    assert abs(small.gap) > 0.1 * abs(small.true)
    assert "lstm1 cuts the gradient" in " ".join(render_nudge(small, 1e-4))
    assert run.nudge("lstm1.c[0,4,2]", 1e-4).departure == ""  # in the last chunk
    plain = sequences("lstm 4 | dense 1").nudge("lstm1.c[0,1,2]", 1e-4)
    assert plain.departure == ""
    assert abs(plain.gap) < 0.01 * abs(plain.true)


def test_a_number_that_only_leads_to_a_detach_says_so() -> None:
    with pytest.raises(NnlabError, match=r"dense1\.W\[0,1\] has no gradient: detach1 lets no gradient back"):
        sequences("last | dense 3 | detach | dense 1").check("dense1.W[0,1]")


def test_a_bend_within_epsilon_is_named_with_both_slopes() -> None:
    run = Run(Network.parse("dense 2 relu | dense 1", 2), load("xor"), seed=1)
    run.edit("dense1.b[0]", 0.0)  # the input (0, 0) stands exactly on the bend of the relu
    run.step()
    check = run.check("dense1.b[0]")
    assert not check.agrees
    assert "bends sharply" in check.reason
    slopes = sorted([(check.loss - check.below) / check.eps, (check.above - check.loss) / check.eps])
    assert slopes[0] - 1e-6 <= check.analytic <= slopes[1] + 1e-6


def test_a_wrong_gradient_is_still_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    run = sequences("rnn 4 | dense 1")
    probe = "nnlab.training.probes.Probe.gradient"
    right = run.check("dense1.W[0,0]").analytic
    monkeypatch.setattr(probe, lambda self, address: 1.1 * right)
    check = run.check("dense1.W[0,0]")
    assert check.reason == ""
    assert render_check(check)[-1] == "they DISAGREE"

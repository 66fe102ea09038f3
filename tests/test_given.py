"""What Python callers get wrong is answered with one sentence, and the run stands where it stood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.errors import NnlabError

NETWORK = "dense 2 tanh | dense 1"


def parsed(text: Any, shape: Any, **more: Any) -> nnlab.Network:
    return nnlab.Network.parse(text, shape, **more)


def arrays(x: Any, y: Any) -> nnlab.Dataset:
    return nnlab.datasets.from_arrays(x, y)


WRONG: list[tuple[Callable[[nnlab.Run], Any], str]] = [
    (lambda run: run.seek(1.5), r"step 1\.5 must be a whole number"),
    (lambda run: run.seek("a"), "step 'a' must be a whole number"),
    (lambda run: run.seek(True), "step True must be a whole number"),
    (lambda run: run.branch("a"), "step 'a' must be a whole number"),
    (lambda run: run.explain(None), "an address must be a text such as"),
    (lambda run: run.explain(3), "an address must be a text such as"),
    (lambda run: run.value(None), "an address must be a text such as"),
    (lambda run: run.edit(None, 1), "an address must be a text such as"),
    (lambda run: run.array(None), "the name of a value must be a text"),
    (lambda run: run.nudge("dense1.W[0,0]", "a"), "the nudge 'a' must be a finite number"),
    (lambda run: run.nudge("dense1.W[0,0]", None), "the nudge None must be a finite number"),
    (lambda run: run.nudges("dense1.W[0,0]", [1, float("nan")]), "the nudge nan must be a finite number"),
    (lambda run: run.train(until=3), "a condition must be a text such as"),
    (lambda run: nnlab.Run(NETWORK, run.data), "a run trains a Network, not"),
    (lambda _run: parsed("dense 10", None), "the input shape None must be of whole numbers from 1"),
    (lambda _run: parsed("dense 10", "64"), "the input shape '64' must be of whole numbers from 1"),
    (lambda _run: parsed("dense 10", (64.0,)), r"the input shape \(64\.0,\) must be"),
    (lambda _run: parsed("dense 10", True), "the input shape True must be"),
    (lambda _run: parsed("dense 10", 0), "the input shape 0 must be"),
    (lambda _run: parsed(None, 64), "the notation of a network must be a text such as"),
    (lambda _run: parsed("dense 10", 2, seed="a"), "seed 'a' must be a whole number"),
    (lambda _run: parsed("dense 2", 2).set("dense1.W", "a"), "takes numbers, not 'a'"),
    (lambda _run: nnlab.datasets.load(None), "the name of a data set must be a text such as"),
    (lambda _run: arrays([[1, 2], [3]], [0, 1]), "of different lengths"),
    (lambda _run: nnlab.Session(seed="a"), "seed 'a' must be a whole number"),
    (lambda _run: nnlab.Session().execute(None), "an action is a text such as"),
    (lambda _run: nnlab.Condition.parse(None), "a condition must be a text such as"),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG, ids=[said for _wrong, said in WRONG])
def test_a_wrong_kind_of_thing_is_refused_and_nothing_moves(wrong: Callable[[Any], Any], said: str) -> None:
    run = nnlab.Run(parsed(NETWORK, 2), nnlab.datasets.load("xor"))
    run.train(steps=3)
    with pytest.raises(NnlabError, match=said):
        wrong(run)
    assert (run.step_count, run.pending) == (3, True)


def test_numbers_of_numpy_are_numbers() -> None:
    network = parsed("dense 3 | dense 1", np.int64(2), seed=np.int64(3))
    assert network.input_shape == (2,)
    assert parsed("dense 3", np.array([2])).input_shape == (2,)
    run = nnlab.Run(network, nnlab.datasets.load("xor"))
    run.train(steps=3)
    run.seek(np.int32(2))
    assert run.step_count == 2
    assert run.nudge("dense1.W[0,0]", np.float32(0.5)).delta == 0.5


def test_what_data_sets_there_are_is_seen() -> None:
    assert {"load", "from_arrays", "read_csv", "DATASETS"} <= set(dir(nnlab.datasets))
    assert not {"TYPE_CHECKING", "annotations", "import_module"} & set(dir(nnlab.datasets))


def test_the_two_ways_to_predict_say_what_they_give() -> None:
    assert "logits" in (nnlab.Network.predict.__doc__ or "")
    assert "probabilities" in (nnlab.Run.predict.__doc__ or "")
    data = nnlab.datasets.from_arrays(np.arange(40.0).reshape(20, 2), [0, 1, 2, 1] * 5)
    run = nnlab.Run(parsed("dense 3", 2), data)
    logits, shares = run.network.predict(data.x), run.predict(data.x)
    assert np.allclose(shares, np.exp(logits) / np.exp(logits).sum(1, keepdims=True))

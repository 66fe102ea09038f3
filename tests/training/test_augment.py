"""Examples changed on their way into a batch: the same again in every replay, and only while training."""

from __future__ import annotations

import numpy as np
import pytest

from nnlab.data import Dataset
from nnlab.errors import NnlabError
from tests.training.conftest import make_run


@pytest.mark.parametrize("text", ["dense 6 relu | dense {k}", "tanh | dense {k}"])  # gathered wide, and not
def test_batches_are_changed_and_replayed_bit_for_bit(digits: Dataset, text: str) -> None:
    run = make_run(digits, text, augment="shift:1 noise:0.1", optimizer="adam")
    run.train(steps=60)
    end, rows = run.settled_theta().tobytes(), run.batch_indices
    seen = run.array("input").copy()
    assert not np.array_equal(seen, digits.x[rows])
    assert np.array_equal(run.array("target").argmax(axis=1), digits.y[rows])
    run.seek(13)
    run.seek(60)
    assert run.settled_theta().tobytes() == end
    assert np.array_equal(run.array("input"), seen)
    for text in ("dense1.z[1,2]", "dense1.W[40,1].grad", "loss"):
        explained = run.explain(text)
        assert abs(explained.evaluate(run.value) - explained.value) <= explained.tolerance(2**-23)


def test_evaluation_sees_the_data_as_they_are(digits: Dataset) -> None:
    plain, changed = make_run(digits), make_run(digits, augment="noise:0.5")
    assert plain.evaluate("validation").loss == changed.evaluate("validation").loss


def test_augmentation_is_a_change_like_any_other(digits: Dataset) -> None:
    run = make_run(digits)
    run.train(steps=5)
    run.set(augment="noise")
    run.train(steps=5)
    end = run.settled_theta().tobytes()
    run.set(augment="")
    run.train(steps=1)
    assert np.array_equal(run.array("input"), digits.x[run.batch_indices])
    run.seek(10)
    assert run.settled_theta().tobytes() == end


def test_changes_that_do_not_fit_are_answered(digits: Dataset, moons: Dataset) -> None:
    with pytest.raises(NnlabError, match="no change"):
        make_run(digits, augment="shft:1")
    with pytest.raises(NnlabError):
        make_run(moons, augment="rotate:10")
    run = make_run(moons)
    with pytest.raises(NnlabError):
        run.set(augment="rotate:10")
    assert not run.changes
    run.train(steps=2)

"""Token ids, targets at every position, further inputs by name: the contract of ``Dataset``."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nnlab.data import Dataset, Split, describe
from nnlab.errors import NnlabError

ROWS = Split(np.array([2, 0]), np.array([1]), np.array([3]))
WORDS = ("", "the", "cat", "sat")
SIGNS = ("", "猫", "坐")


def pairs(**given: Any) -> Dataset:
    """Four sentences with their translations, sign by sign."""
    made: dict[str, Any] = {
        "name": "pairs",
        "task": "tokens",
        "x": np.array([[1, 2, 3], [1, 2, 0], [2, 0, 0], [3, 0, 0]]),
        "y": np.array([[1, 2, 0], [1, 0, -1], [1, 0, -1], [2, 0, -1]]),
        "split": ROWS,
        "inputs": {"previous": np.array([[0, 1, 2], [0, 1, 0], [0, 1, 0], [0, 2, 0]])},
        "vocabulary": WORDS,
        "target_vocabulary": SIGNS,
    }
    return Dataset(**{**made, **given})


def test_token_rows_are_read_as_text() -> None:
    data = pairs()
    assert data.input_shape == (3,)
    assert (data.text(0), data.text(2)) == ("the cat sat", "cat")
    assert (data.target_text(0), data.target_text(3)) == ("猫坐", "坐")
    assert data.padded
    assert not pairs(vocabulary=("a", "b", "c", "d")).padded


def test_a_task_of_tokens_has_a_class_at_every_position_that_asks_for_one() -> None:
    data = pairs()
    assert data.classes == data.outputs == 3
    assert data.class_counts("train").tolist() == [2, 2, 1]  # rows 2 and 0: 猫 ·, 猫 坐 ·


def test_further_inputs_go_with_their_rows() -> None:
    data = pairs()
    assert data.part_inputs("train")["previous"].tolist() == [[0, 1, 0], [0, 1, 2]]
    assert data.shapes == {"previous": (3,)}
    assert not data.inputs["previous"].flags.writeable
    assert data.vocabulary_of("previous") == SIGNS
    assert data.vocabulary_of("adjacency") == ()


def test_further_inputs_are_part_of_the_fingerprint() -> None:
    plain = pairs().fingerprint
    changed = {"previous": np.array([[0, 1, 2], [0, 1, 0], [0, 1, 0], [0, 1, 0]])}
    assert pairs().fingerprint == plain
    assert pairs(inputs=changed).fingerprint != plain
    assert pairs(inputs={}).fingerprint != plain


def test_the_fingerprint_of_data_without_further_inputs_is_what_it_always_was() -> None:
    x = np.arange(8, dtype=np.float32).reshape(4, 2)
    data = Dataset("plain", "regression", x, x[:, :1].copy(), ROWS)
    assert data.fingerprint == "c17dbe74aec66cc7273dbf9ebd6962e2ff1c67d823b8a90e8b5c1186bc4dcb50"


def test_numbers_may_be_asked_for_at_every_step() -> None:
    x = np.zeros((4, 5, 2), np.float32)
    data = Dataset("steps", "regression", x, np.ones((4, 5, 3), np.float32), ROWS)
    assert (data.outputs, data.part("train")[1].shape) == (3, (2, 5, 3))
    again = Dataset("again", "regression", x, x, ROWS)
    assert again.y is again.x


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"x": np.array([[9], [1], [1], [1]])}, "x holds the ids 1 to 9; its vocabulary has the ids 0 to 3"),
        ({"x": np.ones((4, 3), np.float32)}, "x holds float32; token ids are int64"),
        ({"y": np.array([[3], [1], [1], [1]])}, "y holds the ids 1 to 3; its vocabulary has the ids -1 to 2"),
        ({"y": np.array([0, 1, 0, 1])}, "a class id for every position"),
        ({"inputs": {"previous": np.zeros((3, 3), np.int64)}}, "has 3 rows and x has 4"),
        ({"inputs": {"previous": np.full((4, 3), 7)}}, "previous holds the ids 7 to 7"),
        ({"inputs": {"target": np.zeros((4, 3))}}, "cannot be called 'target'"),
        ({"vocabularies": {"item": ("a",)}, "inputs": {"item": np.ones((4, 1), np.int64)}}, "the ids 0 to 0"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        pairs(**given)
    assert said in str(refused.value)


def test_a_data_set_can_be_copied_and_changed() -> None:
    data = pairs()
    assert copy.deepcopy(data).fingerprint == data.fingerprint
    assert replace(data, name="other").fingerprint == data.fingerprint


def test_token_data_can_be_described() -> None:
    facts = describe(pairs())[0]
    assert ("task", "a class at every position") in facts.rows

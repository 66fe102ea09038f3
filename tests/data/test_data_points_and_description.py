"""Points drawn by hand, and data sets in words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import DATASETS, describe, load, points, preview
from nnlab.errors import NnlabError

place = st.floats(-1000, 1000, width=32)


def test_labelled_points_are_classes_in_the_plane() -> None:
    data = points([(0, 0, "red"), (1, 0.5, "blue"), (0.25, 1, "red")])
    assert data.task == "binary"
    assert data.class_names == ("blue", "red")
    assert data.x.tolist() == [[0, 0], [1, 0.5], [0.25, 1]]
    assert data.y.tolist() == [1, 0, 1]
    assert data.spec == "points 0,0:red 1,0.5:blue 0.25,1:red"


def test_whole_number_labels_are_ordered_as_numbers() -> None:
    assert points([(0, 0, 10), (1, 1, 9), (2, 2, 1)]).class_names == ("1", "9", "10")


def test_points_without_labels_are_a_curve_to_fit() -> None:
    data = points([(0, 1), (1, 3), (2, 5)])
    assert data.task == "regression"
    assert data.x.tolist() == [[0], [1], [2]]
    assert data.y.tolist() == [[1], [3], [5]]


@given(st.lists(st.tuples(place, place, st.text(min_size=1, max_size=6)), min_size=2, max_size=12))
def test_drawn_points_come_back_from_their_spec(drawn: list[tuple[float, float, str]]) -> None:
    try:
        data = points(drawn)
    except NnlabError:
        labels = {label.strip() for _x, _y, label in drawn}
        assert "" in labels or len(labels) == 1
        return
    again = load(data.spec)
    assert again.fingerprint == data.fingerprint
    assert again.class_names == data.class_names
    assert again.spec == data.spec


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        ([], "0 points are drawn"),
        ([(0, 0, "a")], "1 points are drawn"),
        ([(0, 0, "a"), (1, 1, "a")], "every point has the label 'a'"),
        ([(0, 0, "a"), (1, 1)], "give every point a label"),
        ([(0, 0, "a"), (float("nan"), 1, "b")], "nan is not a coordinate"),
        ([(0, 0, "a"), (1e300, 1, "b")], "1e+300 is not a coordinate"),
    ],
)
def test_points_that_cannot_be_learned_from_are_refused(drawn: list[tuple[float, float]], said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        points(drawn)
    assert said in str(refused.value)


def test_a_mistyped_point_is_named() -> None:
    for text in ("points 1,2:a 1,,2:b", "points 1,x:a 2,2:b"):
        with pytest.raises(NnlabError, match=r"not a (point|coordinate)"):
            load(text)


@pytest.mark.parametrize("name", DATASETS)
def test_the_description_counts_what_is_there(name: str) -> None:
    data = load(name)
    facts, split, ranges = describe(data)
    assert split.rows[-1][1:] == tuple(map(str, data.split.sizes))
    if data.task in ("binary", "multiclass"):
        assert len(split.rows) == data.classes + 1
        for part in (1, 2, 3):
            assert sum(int(row[part]) for row in split.rows[:-1]) == int(split.rows[-1][part])
    assert (data.licence in dict(facts.rows).values()) == bool(data.licence)
    for sheet in (facts, split, ranges, preview(data)):
        assert all(len(row) == len(sheet.header) for row in sheet.rows)
        assert len(sheet.lines()) == len(sheet.rows) + 2


def test_ranges_are_those_of_the_training_rows() -> None:
    data = load("iris")
    ranges = describe(data)[2]
    train = data.part("train")[0]
    assert ranges.rows[2][:2] == ("petal length (cm)", f"{train[:, 2].min():.4g}")


def test_a_preview_shows_rows_of_the_part_asked_for() -> None:
    data = load("digits")
    shown = preview(data, n=3, part="val", columns=4)
    assert [row[0] for row in shown.rows] == [str(row) for row in data.split.validation[:3]]
    assert [row[-1] for row in shown.rows] == [str(k) for k in data.y[data.split.validation[:3]]]
    assert shown.header == ("row", "pixel 0,0", "pixel 0,1", "pixel 0,2", "pixel 0,3", "…", "digit")


def test_columns_line_up_also_under_chinese_words() -> None:
    from nnlab.data import Sheet

    lines = Sheet("t", ("类", "训练"), (("a", "10"), ("猫", "7"))).lines()
    assert lines[1:] == ["类  训练", "a     10", "猫     7"]


def test_the_fingerprint_is_of_the_numbers() -> None:
    data = load("iris")
    assert data.fingerprint == load("iris").fingerprint
    assert np.uint8(len(data.fingerprint)) == 64
    assert data.fingerprint != load("iris seed=2").fingerprint


def test_columns_line_up_under_combining_marks_and_wide_characters() -> None:
    from nnlab.data.description import Sheet
    from nnlab.width import columns

    sheet = Sheet("t", ("a", "b"), (("e\u0301tude", "1"), ("长度", "22"), ("plain", "333")))
    assert len({columns(line) for line in sheet.lines()[1:]}) == 1


def test_an_example_is_a_picture_by_its_shape_or_by_the_names_of_its_features() -> None:
    import numpy as np

    from nnlab.data import from_arrays

    y = np.arange(6) % 2
    assert load("digits").image_shape == (8, 8)
    assert load("moons").image_shape is None
    assert from_arrays(np.zeros((6, 3, 5), np.float32), y).image_shape == (3, 5)
    named = from_arrays(np.zeros((6, 9), np.float32), y, feature_names=[f"pixel{k}" for k in range(9)])
    assert named.image_shape == (3, 3)
    uneven = from_arrays(np.zeros((6, 8), np.float32), y, feature_names=[f"pixel{k}" for k in range(8)])
    assert uneven.image_shape is None

"""The files that come with nnlab: intact, credited, split as promised."""

from __future__ import annotations

import hashlib
from importlib import resources

import numpy as np
import pytest

from nnlab.data import DATASETS, load, shipped
from nnlab.errors import NnlabError

SHIPPED = list(shipped.manifest())


@pytest.mark.parametrize("name", SHIPPED)
def test_the_manifest_tells_what_the_file_is_and_whose(name: str) -> None:
    entry, spec = shipped.manifest()[name], DATASETS[name]
    file = entry["file"]
    content = (resources.files("nnlab.data") / "files" / file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) == entry["bytes"] < 64_000
    assert (entry["source"], entry["licence"]) == (spec.source, spec.licence)
    assert entry.get("citation", "") == spec.citation
    if file.endswith(".npz"):
        assert spec.citation
        assert len(load(name).x) == entry["rows"]
    else:
        lines = [line for line in content.decode("utf-8").split("\n")[file.endswith(".csv") :] if line]
        assert len(lines) == entry["rows"]


def test_nothing_lies_in_the_folder_that_the_manifest_does_not_name() -> None:
    found = {file.name for file in (resources.files("nnlab.data") / "files").iterdir()}
    assert found == {entry["file"] for entry in shipped.manifest().values()} | {"MANIFEST.json"}


def test_a_changed_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"iris": {**shipped.manifest()["iris"], "sha256": "0" * 64}}
    monkeypatch.setattr(shipped, "manifest", lambda: changed)
    with pytest.raises(NnlabError, match=r"iris\.npz of nnlab has been changed"):
        load("iris")


def test_digits_are_raw_pixels_with_the_frozen_split() -> None:
    data = load("digits")
    assert data.x.shape == (1797, 64)
    assert (data.x.min(), data.x.max()) == (0, 16)
    assert data.split.sizes == (1149, 288, 360)
    assert sorted(np.concatenate([data.split.train, data.split.validation, data.split.test])) == [
        *range(1797)
    ]
    assert data.split.train[:5].tolist() == [1734, 855, 1642, 175, 925]
    assert data.split.test[:5].tolist() == [1245, 220, 1518, 438, 1270]
    assert data.y[:10].tolist() == [*range(10)]
    assert data.x[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert np.bincount(data.y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_digits_scaled_to_the_unit_are_the_pixels_over_sixteen() -> None:
    assert (load("digits scale=unit").x == load("digits").x / np.float32(16)).all()


@pytest.mark.parametrize("shape", ["8x8", "8x8x1", "1x8x8"])
def test_digits_take_the_shape_of_images(shape: str) -> None:
    data = load(f"digits shape={shape}")
    assert data.input_shape == tuple(map(int, shape.split("x")))
    assert (data.x.reshape(1797, 64) == load("digits").x).all()
    assert len(data.feature_names) == 64


def test_digits_can_be_split_anew() -> None:
    data = load("digits split=80/20/0 seed=1")
    assert data.split.sizes == (1438, 359, 0)


def test_the_seed_is_said_to_do_nothing_to_the_frozen_split() -> None:
    assert any("does not depend on the seed" in note for note in load("digits seed=3").notes)
    assert (load("digits seed=3").split.train == load("digits").split.train).all()


def test_tables_hold_the_numbers_of_their_sources() -> None:
    iris, wine, cancer = load("iris"), load("wine"), load("breast_cancer")
    assert iris.x[0].tolist() == np.array([5.1, 3.5, 1.4, 0.2], np.float32).tolist()
    assert np.bincount(iris.y).tolist() == [50, 50, 50]
    # Fisher's own numbers; the two rows in which the UCI file differs.
    assert iris.x[34].tolist() == np.array([4.9, 3.1, 1.5, 0.2], np.float32).tolist()
    assert iris.x[37].tolist() == np.array([4.9, 3.6, 1.4, 0.1], np.float32).tolist()
    assert wine.x[0, 12] == 1065
    assert np.bincount(wine.y).tolist() == [59, 71, 48]
    assert cancer.class_names == ("benign", "malignant")
    assert np.bincount(cancer.y).tolist() == [357, 212]
    assert cancer.class_names[cancer.y[0]] == "malignant"
    assert cancer.x[0, 0] == np.float32(17.99)


def test_sorted_digits_are_the_same_rows_digit_by_digit() -> None:
    mixed, ordered = load("digits"), load("digits order=sorted")
    assert set(ordered.split.train) == set(mixed.split.train)
    assert (np.diff(ordered.y[ordered.split.train]) >= 0).all()
    assert (ordered.split.validation == mixed.split.validation).all()


def test_a_tail_of_sorted_digits_holds_classes_that_training_hardly_has() -> None:
    data, mixed = load("digits order=tail"), load("digits")
    held = data.y[data.split.validation]
    assert (len(data.split.train), len(held)) == (1149, 288)
    assert {int(digit): int((held == digit).sum()) for digit in set(held)}[7] == 4
    assert set(held) == {7, 8, 9}
    assert data.y[data.split.train].max() == 7
    assert (data.split.test == mixed.split.test).all()

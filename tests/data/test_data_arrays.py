"""Arrays from memory and from NumPy's files."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.data import from_arrays, load, read_npy, read_npz
from nnlab.errors import NnlabError

X = np.arange(24, dtype=np.float64).reshape(8, 3)
Y = np.array([0, 1, 2, 0, 1, 2, 0, 1])


def npz(path: Path, **arrays: object) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize(
    ("y", "task", "names"),
    [
        (Y, "multiclass", ("0", "1", "2")),
        (Y % 2 == 0, "binary", ("0", "1")),
        (np.array(["b", "a"] * 4), "binary", ("a", "b")),
        (Y + 0.5, "regression", ()),
        (Y.astype(float), "regression", ()),
        ((Y % 2).astype(float), "binary", ("0", "1")),
        (np.arange(8), "regression", ()),
        (X[:, :2], "regression", ()),
    ],
)
def test_the_task_is_understood_from_the_target(y: object, task: str, names: tuple[str, ...]) -> None:
    data = from_arrays(X, y, split="all")  # type: ignore[arg-type]
    assert (data.task, data.class_names) == (task, names)
    assert data.x.dtype == np.float32


def test_one_hot_rows_are_classes_unless_numbers_are_asked_for() -> None:
    for task in ("auto", "multiclass"):
        data = from_arrays(X, np.eye(3)[Y], task=task, split="all")
        assert (data.task, data.y.tolist()) == ("multiclass", Y.tolist())
        assert "the one-hot rows of y were read as 3 classes" in data.notes
    assert from_arrays(X, np.eye(3)[Y], task="regression", split="all").y.shape == (len(X), 3)
    assert from_arrays(X, np.eye(3)[Y] * 0.9, split="all").task == "regression"
    with pytest.raises(NnlabError, match="not one-hot"):
        from_arrays(X, X, task="multiclass")


def test_images_keep_their_shape() -> None:
    data = from_arrays(np.arange(64.0).reshape(4, 4, 4), [0, 1, 0, 1], scale="normalize", split="all")
    assert data.input_shape == (4, 4)
    assert data.x.max() == 1


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (X, Y[:5], "one row per example"),
        (X[:1], Y[:1], "at least two rows"),
        (X.astype(str), Y, "inputs are numbers"),
        (np.where(X == 7, np.nan, X), Y, "x holds nan in row 2"),
        (np.where(X == 7, np.inf, X), Y, "x holds inf in row 2"),
        (X, np.zeros(8), "every row of y is '0'"),
        (X, np.full(8, np.nan), "y holds nan in row 0"),
        (X, np.zeros((8, 2, 2)), "y has shape (8, 2, 2)"),
        (X * 1e300, Y, "not finite numbers of float32"),
        (X + 1j, Y, "complex"),
        (X, np.array([object()] * 8), "type object"),
    ],
)
def test_arrays_that_cannot_be_learned_from_are_refused(x: object, y: object, said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        from_arrays(x, y)  # type: ignore[arg-type]
    assert said in str(refused.value)


def test_an_npz_holds_x_and_y(tmp_path: Path) -> None:
    path = npz(tmp_path / "mine.npz", x=X, y=Y)
    data = load(f"file:{path} scale=standardize seed=4")
    assert data.fingerprint == from_arrays(X, Y, scale="standardize", seed=4).fingerprint
    assert load(data.spec).fingerprint == data.fingerprint
    fortran = npz(tmp_path / "fortran.npz", x=np.asfortranarray(X), y=Y)
    assert read_npz(fortran, scale="standardize", seed=4).fingerprint == data.fingerprint


def test_an_npz_without_x_names_what_it_has(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match="this one has images, y"):
        read_npz(npz(tmp_path / "odd.npz", images=X, y=Y))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "sprung"),)

    with pytest.raises(NnlabError, match="never loaded"):
        read_npz(npz(tmp_path / "trap.npz", x=X, y=np.array([Trap()] * 8, object)))
    np.save(tmp_path / "trap.npy", np.array([[Trap(), 1]] * 3, object), allow_pickle=True)
    with pytest.raises(NnlabError, match="never loaded"):
        read_npy(tmp_path / "trap.npy")
    assert not (tmp_path / "sprung").exists()


def test_a_small_file_that_claims_terabytes_is_refused(tmp_path: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6)}
    )
    (tmp_path / "bomb.npy").write_bytes(head.getvalue())
    with pytest.raises(NnlabError, match="reads up to 64,000,000 numbers"):
        read_npy(tmp_path / "bomb.npy")
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", head.getvalue())
        archive.writestr("y.npy", head.getvalue())
    with pytest.raises(NnlabError, match="reads up to 64,000,000 numbers"):
        read_npz(tmp_path / "bomb.npz")


@pytest.mark.parametrize(("target", "column"), [("last", 2), ("first", 0), ("2", 1), (2, 1), ("column 3", 2)])
def test_an_npy_is_a_table_with_a_target_column(tmp_path: Path, target: str | int, column: int) -> None:
    np.save(tmp_path / "t.npy", X)
    data = read_npy(tmp_path / "t.npy", target, split="all")
    assert data.y[:, 0].tolist() == X[:, column].tolist()
    assert data.x.shape == (8, 2)
    assert load(data.spec).fingerprint == data.fingerprint


def test_an_npy_of_another_shape_or_column_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "flat.npy", X[:, 0])
    with pytest.raises(NnlabError, match="needs the shape"):
        read_npy(tmp_path / "flat.npy")
    np.save(tmp_path / "t.npy", X)
    with pytest.raises(NnlabError, match="columns are 1 to 3"):
        read_npy(tmp_path / "t.npy", 4)
    with pytest.raises(NnlabError, match="header is for tables"):
        load(f"file:{tmp_path / 't.npy'} header=yes")


@settings(deadline=None)
@given(
    cut=st.integers(0, 700),
    flip=st.integers(0, 700),
    value=st.integers(0, 255),
    suffix=st.sampled_from(["npz", "npy"]),
)
def test_a_broken_file_is_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flip: int, value: int, suffix: str
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    path = folder / f"b.{suffix}"
    if suffix == "npz":
        np.savez_compressed(path, x=X, y=Y)
    else:
        np.save(path, X)
    content = bytearray(path.read_bytes())
    content[flip % len(content)] = value
    path.write_bytes(bytes(content[: len(content) - cut % len(content)]))
    try:
        load(f"file:{path}")
    except NnlabError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said

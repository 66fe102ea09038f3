"""Arrays in memory as data sets: shapes, types and values checked, the target understood."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.data.assemble import Raw, assemble, checked
from nnlab.data.csvdata import MAX_FLOAT
from nnlab.data.dataset import Dataset, Task
from nnlab.data.registry import FILE
from nnlab.data.spec import number
from nnlab.data.split import split_in_time
from nnlab.data.target import AUTO_CLASSES, MAX_CLASSES
from nnlab.errors import NnlabError
from nnlab.given import whole_number
from nnlab.i18n import _


def from_arrays(
    x: ArrayLike,
    y: ArrayLike,
    *,
    name: str = "own",
    task: str = "auto",
    scale: str = "none",
    split: str = "60/20/20",
    seed: int = 1,
    feature_names: tuple[str, ...] = (),
    class_names: tuple[str, ...] = (),
    streams: int = 0,
    spec: str = "",
    source: str = "",
) -> Dataset:
    """A data set of arrays in memory.

    ``x``: numbers of shape (n, features) or (n, *input shape), also (n,) for a single feature.
    ``y``: class labels of shape (n,) (whole numbers, booleans or texts), one-hot rows (n, classes), or
    numbers (n,) or (n, k) for regression; ``task="regression"`` takes one-hot rows for numbers.
    ``streams`` says that rows are pieces of so many long sequences, row r followed by row r + ``streams``;
    the parts are stretches of time then, for layers that keep their state.
    ``spec`` and ``source`` are filled in by the readers of files.
    """
    task, scale = checked(FILE.options, "task", task), checked(FILE.options, "scale", scale)
    split, seed = checked(FILE.options, "split", split), checked(FILE.options, "seed", seed)
    streams = whole_number("streams", streams)
    inputs, target = _array("x", x), _array("y", y)
    inputs = inputs.reshape(-1, 1) if inputs.ndim == 1 else inputs
    _check_pair(inputs, target)
    shape = inputs.shape[1:]
    flat = inputs.reshape(len(inputs), -1)
    ids, names, resolved = _target(target, task)
    if class_names and len(class_names) != len(names):
        raise NnlabError(
            _("there are {count} classes and {given} class names", count=len(names), given=len(class_names))
        )
    features = flat.shape[1]
    if feature_names and len(feature_names) != features:
        raise NnlabError(
            _("there are {count} inputs and {given} feature names", count=features, given=len(feature_names))
        )
    named = feature_names or tuple(f"x{k}" for k in range(1, features + 1))
    targets = (
        ("target",) if ids.ndim == 1 or ids.shape[1] == 1 else tuple(f"y{k + 1}" for k in range(ids.shape[1]))
    )
    notes: tuple[str, ...] = ()
    if target.ndim == 2 and ids.ndim == 1 and target.shape[1] > 1:
        notes = (_("the one-hot rows of y were read as {n} classes", n=len(names)),)
    raw = Raw(
        flat, ids, resolved, named, class_names or names, targets, notes, input_shape=shape, streams=streams,
        split=split_in_time(split, len(flat), streams) if streams else None,
    )  # fmt: skip
    return assemble(
        raw,
        name=name,
        split=split,
        seed=seed,
        scale=scale,
        spec=spec,
        source=source or name,
        licence=FILE.licence,
    )


def _array(name: str, values: ArrayLike) -> NDArray[Any]:
    try:
        return np.asarray(values)
    except ValueError:
        raise NnlabError(
            _("the rows of {name} are of different lengths; every row needs as many numbers", name=name)
        ) from None


def _check_pair(x: NDArray[Any], y: NDArray[Any]) -> None:
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise NnlabError(
            _(
                "x has shape {x} and y has shape {y}; both need one row per example",
                x=x.shape,
                y=y.shape,
            )
        )
    if len(x) < 2 or x.size == 0 or y.size == 0:
        raise NnlabError(
            _("x has shape {x} and y has shape {y}; at least two rows are needed", x=x.shape, y=y.shape)
        )
    if x.dtype.kind not in "biuf":
        raise NnlabError(_("x holds values of type {dtype}; inputs are numbers", dtype=x.dtype))
    _check_finite(x, "x")


def _check_finite(values: NDArray[Any], name: str) -> None:
    if values.dtype.kind != "f":
        return
    rows = values.reshape(len(values), -1)
    # Compared rather than isfinite: float64 may hold what float32 cannot. NaN compares false.
    bad = ~((rows >= -MAX_FLOAT) & (rows <= MAX_FLOAT)).all(axis=1)
    if bad.any():
        row = int(np.argmax(bad))
        at = int(np.argmax(~((rows[row] >= -MAX_FLOAT) & (rows[row] <= MAX_FLOAT))))
        raise NnlabError(
            _(
                "{name} holds {value} in row {row} (counted from 0), and {count} rows in all are not finite "
                "numbers of float32; remove or fill them",
                name=name,
                value=rows[row, at],
                row=row,
                count=int(bad.sum()),
            )
        )


def _target(y: NDArray[Any], task: str) -> tuple[NDArray[Any], tuple[str, ...], Task]:
    """Class ids (n,) with their names, or numbers (n, k) with none; and the task they make."""
    if y.dtype.kind not in "biufU":
        raise NnlabError(
            _("y holds values of type {dtype}; class labels or numbers are needed", dtype=y.dtype)
        )
    _check_finite(y, "y")
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 2 and (task == "multiclass" or (task == "auto" and _is_one_hot(y))):
        y = _from_one_hot(y)
        task = "multiclass"
    if (
        y.ndim > 2
        or (y.ndim == 2 and task in ("binary", "multiclass"))
        or (y.ndim == 2 and y.dtype.kind == "U")
    ):
        raise NnlabError(
            _("y has shape {shape}; it needs (n,) for classes, or (n, k) for numbers", shape=y.shape)
        )
    if y.ndim == 2 or task == "regression" or (task == "auto" and not _looks_classed(y)):
        if y.dtype.kind == "U":
            raise NnlabError(
                _("y holds texts such as {text}, and regression needs numbers", text=repr(str(y[0])))
            )
        numbers = y.astype(np.float32).reshape(len(y), -1)
        if (numbers == numbers[0]).all():
            raise _single(number(float(numbers[0, 0])))
        return numbers, (), "regression"
    values, ids = np.unique(y, return_inverse=True)
    names = tuple(str(v) if y.dtype.kind == "U" else number(float(v)) for v in values[: MAX_CLASSES + 1])
    if len(values) == 1:
        raise _single(names[0])
    if len(values) > MAX_CLASSES or (task == "binary" and len(values) != 2):
        raise NnlabError(
            _(
                "y has {count} different classes; task={task} allows {limit}",
                count=len(values),
                task=task,
                limit=2 if task == "binary" else MAX_CLASSES,
            )
        )
    resolved: Task = "binary" if len(values) == 2 and task != "multiclass" else "multiclass"
    return ids.astype(np.int64), names, resolved


def _looks_classed(y: NDArray[Any]) -> bool:
    """Texts, booleans, two whole values, or whole numbers with few different values, as in a CSV file."""
    if y.dtype.kind in "bU":
        return True
    different = np.unique(y)
    if len(different) > AUTO_CLASSES or (different != np.floor(different)).any():
        return False
    return len(different) <= 2 or (y.dtype.kind in "iu" and len(y) >= 2 * len(different))


def _is_one_hot(y: NDArray[Any]) -> bool:
    """Whether every row holds zeros and a single one."""
    return y.dtype.kind != "U" and bool(((y == 0) | (y == 1)).all() and (y.sum(axis=1) == 1).all())


def _from_one_hot(y: NDArray[Any]) -> NDArray[Any]:
    if not _is_one_hot(y):
        raise NnlabError(
            _("y has shape {shape} and its rows are not one-hot; give class ids (n,)", shape=y.shape)
        )
    ids: NDArray[np.int64] = y.argmax(axis=1)
    return ids


def _single(value: str) -> NnlabError:
    return NnlabError(
        _(
            "every row of y is {value}, so there is nothing to learn; add rows of another kind",
            value=repr(value),
        )
    )

"""A data set as a CSV file that ``read_csv`` reads back to the same numbers."""

from __future__ import annotations

import csv
import os
import tempfile
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nnlab.data.dataset import Dataset
from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    import _csv


def write_csv(dataset: Dataset, path: str | PathLike[str], *, overwrite: bool = False) -> Path:
    """One line of names, then one line per row: the inputs as the network sees them, the target last.

    Classes are written by name.  The file appears whole or not at all; an existing one is replaced only
    with ``overwrite``.  The split is not written.
    """
    if dataset.vocabulary or dataset.inputs or dataset.task == "tokens" or dataset.y.ndim > 2:
        raise NnlabError(
            _(
                "{name} is no table: a CSV file holds rows of numbers, and one class or a few numbers each",
                name=dataset.name,
            )
        )
    file = Path(path).expanduser()
    if file.exists() and not overwrite:
        raise NnlabError(_("{path} exists already; choose another name, or overwrite it", path=file))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:100]}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            _write(dataset, csv.writer(out, lineterminator="\n"))
        os.chmod(temporary, 0o644)
        os.replace(temporary, file)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise NnlabError(
            _("{path} cannot be written ({reason})", path=file, reason=error.strerror or error)
        ) from error
    return file


def _write(dataset: Dataset, out: _csv.Writer) -> None:
    flat = dataset.x.reshape(dataset.n, -1)
    features = dataset.feature_names or tuple(f"x{k}" for k in range(1, flat.shape[1] + 1))
    out.writerow(_distinct([*features, *dataset.target_names]))
    for row, target in zip(flat, dataset.y):
        if dataset.task == "regression":
            cells = [exact(value) for value in target]
        else:
            cells = [dataset.class_names[target]]
        out.writerow([*map(exact, row), *cells])


def exact(value: np.float32) -> str:
    """The shortest text that ``float`` and then float32 turn into the same number."""
    text = str(value)
    # Rounding twice, to float64 and to float32, could in principle go astray; then all digits are written.
    return text if np.float32(float(text)) == value else repr(float(value))


def _distinct(names: list[str]) -> list[str]:
    """The names, a repeated one with a number behind it."""
    distinct: dict[str, None] = {}
    for name in names:
        candidate, k = name, 2
        while candidate in distinct:
            candidate, k = f"{name} {k}", k + 1
        distinct[candidate] = None
    return list(distinct)

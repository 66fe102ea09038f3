"""``.npz`` and ``.npy`` files as data sets. Pickles are never loaded.

An array's header is read before its numbers, so that a small file that claims terabytes is refused and not
allocated.
"""

from __future__ import annotations

import math
import zipfile
from os import PathLike
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.arrays import from_arrays
from nnlab.data.csvdata import MAX_CELLS
from nnlab.data.dataset import Dataset
from nnlab.data.registry import FILE
from nnlab.data.spec import quote
from nnlab.data.textfile import megabytes, open_file
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

_INPUTS = ("x", "X", "inputs", "data", "x_train")
_TARGETS = ("y", "Y", "targets", "target", "labels", "y_train")


def read_npz(
    path: str | PathLike[str],
    *,
    task: str = "auto",
    scale: str = "none",
    split: str = "60/20/20",
    seed: int = 1,
) -> Dataset:
    """The arrays ``x`` and ``y`` of a ``.npz`` file, as ``from_arrays`` takes them."""
    file = Path(path).expanduser()
    given: dict[str, Any] = {"task": task, "scale": scale, "split": split, "seed": seed}
    with open_file(file) as opened:
        try:
            with zipfile.ZipFile(opened) as archive:
                names = [n.removesuffix(".npy") for n in archive.namelist() if n.endswith(".npy")]
                x_key, y_key = _key(file, names, _INPUTS), _key(file, names, _TARGETS)
                x, y = (_member(archive, key, file) for key in (x_key, y_key))
        except NnlabError:
            raise
        except Exception as error:  # zipfile and zlib answer a broken file with a dozen kinds of exception
            raise _broken(file, error) from error
    return from_arrays(x, y, name=file.stem, spec=_spec(file, given), source=str(file), **given)


def read_npy(
    path: str | PathLike[str],
    target: str | int = "last",
    *,
    task: str = "auto",
    scale: str = "none",
    split: str = "60/20/20",
    seed: int = 1,
) -> Dataset:
    """One array of shape (rows, columns); ``target`` is ``last``, ``first`` or the column's number from 1."""
    file = Path(path).expanduser()
    given: dict[str, Any] = {"task": task, "scale": scale, "split": split, "seed": seed}
    with open_file(file) as opened:
        table = _read(opened, file, file.name)
    if table.ndim != 2 or table.shape[1] < 2:
        raise NnlabError(
            _(
                "{path} has shape {shape}; one array needs the shape (rows, columns) with at least one input "
                "and the target; images go into a .npz with x and y",
                path=file.name,
                shape=table.shape,
            )
        )
    column = _column(str(target), table.shape[1], file)
    x, y = np.delete(table, column, axis=1), table[:, column]
    spec = _spec(file, {"target": str(target), **given})
    return from_arrays(x, y, name=file.stem, spec=spec, source=str(file), **given)


def _spec(file: Path, given: dict[str, Any]) -> str:
    return FILE.text({**FILE.defaults, **given}, head=quote(f"file:{file.resolve()}"))


def _column(target: str, columns: int, file: Path) -> int:
    word = target.lower().removeprefix("column").strip()
    if word in ("first", "last"):
        return 0 if word == "first" else columns - 1
    if word.isdecimal() and 1 <= int(word[:9]) <= columns:
        return int(word) - 1
    raise NnlabError(
        _(
            "{path} has no column {target}; its columns are 1 to {columns}, or say first or last",
            path=file.name,
            target=repr(target),
            columns=columns,
        )
    )


def _key(file: Path, names: list[str], wanted: tuple[str, ...]) -> str:
    for key in wanted:
        if key in names:
            return key
    found = ", ".join(names[:12]) or _("none")
    raise NnlabError(
        _(
            "{path} has no array {key}{suggestion}; a .npz needs x and y, and this one has {found}",
            path=file.name,
            key=wanted[0],
            suggestion=did_you_mean(wanted[0], [n for n in names if len(n) < 4]),
            found=found,
        )
    )


def _member(archive: zipfile.ZipFile, key: str, file: Path) -> NDArray[Any]:
    with archive.open(f"{key}.npy") as opened:
        return _read(opened, file, f"{file.name}, {key}")


def _read(opened: IO[bytes], file: Path, where: str) -> NDArray[Any]:
    """One array in NumPy's format, its header checked first."""
    form = np.lib.format
    try:
        version = form.read_magic(opened)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"version {version}")
        header = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
        shape, fortran, dtype = header(opened)
    except Exception as error:  # the header is Python text: its parser has many ways to fail
        raise _broken(file, error) from error
    if dtype.hasobject or dtype.kind not in "biufU":
        raise NnlabError(
            _(
                "{where} holds values of type {dtype}; numbers are needed, pickled objects are never loaded",
                where=where,
                dtype=dtype,
            )
        )
    cells = math.prod(shape)
    if cells > MAX_CELLS or cells * dtype.itemsize > 8 * MAX_CELLS:
        raise NnlabError(
            _(
                "{where} says it has the shape {shape} ({size}); nnlab reads up to {limit} numbers",
                where=where,
                shape=shape,
                size=megabytes(cells * dtype.itemsize),
                limit=f"{MAX_CELLS:,}",
            )
        )
    wanted = cells * dtype.itemsize
    content = opened.read(wanted)
    if len(content) != wanted or opened.read(1):
        raise NnlabError(
            _("{where} does not hold the numbers its header promises; it may be cut off", where=where)
        )
    flat = np.frombuffer(content, dtype)
    return flat.reshape(shape, order="F" if fortran else "C")


def _broken(file: Path, error: Exception) -> NnlabError:
    return NnlabError(
        _(
            "{path} cannot be read as NumPy data ({reason}); write it with numpy.savez(path, x=x, y=y)",
            path=file.name,
            reason=str(error).split("\n")[0][:80] or type(error).__name__,
        )
    )

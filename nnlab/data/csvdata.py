"""The learner's own table: a CSV file as a data set, row by row, every problem named by line and column."""

from __future__ import annotations

import itertools
import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.data.assemble import Raw, assemble, checked
from nnlab.data.csvfile import DELIMITERS, Record, records, sniff
from nnlab.data.dataset import Dataset
from nnlab.data.registry import FILE
from nnlab.data.spec import Value, quote
from nnlab.data.target import TargetColumn
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

MAX_CELLS = 64_000_000
MAX_COLUMNS = 20_000
MAX_VALUES = 1000
"""Of a column that becomes one-hot inputs."""
# What rounds to a finite float32; its largest is 3.40282347e38 and is written as 3.4028235e+38.
MAX_FLOAT = 3.40282356e38

_MISSING = frozenset(("", "?", "na", "n/a", "#n/a", "nan", "null"))
# A class may well be called "none"; a measurement may not.
_MISSING_NUMBER = _MISSING | {"none", "-"}


def read_csv(
    path: str | PathLike[str],
    target: str = "last",
    task: str = "auto",
    *,
    header: str = "auto",
    delimiter: str = "auto",
    missing: str = "error",
    ignore: Sequence[str] = (),
    onehot: Sequence[str] = (),
    scale: str = "none",
    split: str = "60/20/20",
    seed: int = 1,
) -> Dataset:
    """A table of numbers with one target column.

    - ``target``: a column's name, ``last``, ``first`` or ``column 3``; every other column is an input.
    - ``task``: ``auto`` takes texts, two values, or few whole numbers for classes, other numbers for
      regression; or ``binary``, ``multiclass``, ``regression``.
    - ``header``: ``auto``, ``yes``, ``no``; ``delimiter``: ``auto``, ``comma``, ``semicolon``, ``tab``
      (with the last two, 1,5 is read as 1.5); ``missing``: ``error`` or ``drop`` the row;
      ``ignore``: names of columns to leave out.
    - ``onehot``: names of columns of words that become an input for each value they have.

    Returns x float32 (rows, inputs) and y int64 (rows,) or float32 (rows, 1).
    """
    options = FILE.options
    file = Path(path).expanduser()
    task = checked(options, "task", task)
    header = checked(options, "header", header)
    delimiter = checked(options, "delimiter", delimiter)
    missing = checked(options, "missing", missing)
    scale, split = checked(options, "scale", scale), checked(options, "split", split)
    seed = checked(options, "seed", seed)
    sign = sniff(file) if delimiter == "auto" else DELIMITERS[delimiter]
    rows = records(file, sign)
    first = list(itertools.islice(rows, 2))
    if not first:
        raise NnlabError(
            _("{path} holds only blank lines; a data file has at least two rows", path=file.name)
        )
    has_header = header == "yes" or (header == "auto" and _is_header(first, sign != ","))
    names = _names(first[0][1] if has_header else [""] * len(first[0][1]), file)
    table = _Table(
        file, names, target, task, tuple(ignore), tuple(onehot), sign != ",", missing == "drop", has_header
    )
    table.read(itertools.chain(first[has_header:], rows))
    given: dict[str, Value] = {
        "target": target,
        "task": task,
        "header": header,
        "delimiter": delimiter,
        "missing": missing,
        "ignore": ",".join(ignore),
        "onehot": ",".join(onehot),
        "scale": scale,
        "split": split,
        "seed": seed,
    }
    return assemble(
        table.raw(),
        name=file.stem,
        split=split,
        seed=seed,
        scale=scale,
        spec=FILE.text({**FILE.defaults, **given}, head=quote(f"file:{file.resolve()}")),
        source=str(file),
        licence=FILE.licence,
    )


def _number(cell: str, comma: bool) -> float | None:
    """The number a cell is, or None; with ``comma``, 1,5 is 1.5. Neither nan nor 1_000 is a number."""
    if "_" in cell:
        return None
    try:
        return float(cell)
    except ValueError:
        if comma and cell.count(",") == 1:
            return _number(cell.replace(",", "."), False)
        return None


def _plain(cells: list[str]) -> list[float] | None:
    """All cells as numbers float32 holds, or None: then somebody has to look closer. Four times as fast."""
    try:
        values = [*map(float, cells)]
    except ValueError:
        return None
    fits = all(map(math.isfinite, values)) and max(values) <= MAX_FLOAT and min(values) >= -MAX_FLOAT
    return values if fits and "_" not in "".join(cells) else None


def _is_header(first: Sequence[Record], comma: bool) -> bool:
    """Whether the first line names the columns: text above a number, or no number and no gap at all."""
    top = [_number(cell, comma) for cell in first[0][1]]
    texts = [cell for cell, value in zip(first[0][1], top) if value is None]
    if not texts:
        return False
    if len(first) > 1:
        for cell, value, below in zip(first[0][1], top, first[1][1]):
            if value is None and cell.lower() not in _MISSING and _number(below, comma) is not None:
                return True
    numbers = [value for value in top if value is not None]
    if not numbers:
        return all(cell.lower() not in _MISSING for cell in texts)
    # Columns named by counting: 0,1,2,…,63,label above a row of numbers and a text.
    return len(numbers) > 2 and any(numbers == list(range(k, k + len(numbers))) for k in (0, 1))


def _names(cells: Sequence[str], file: Path) -> list[str]:
    """Column names; blank ones are called column 1, column 2, …"""
    if len(cells) < 2:
        raise NnlabError(
            _(
                "{path} has one column; a table has inputs and a target, separated by commas, semicolons "
                "or tabs",
                path=file.name,
            )
        )
    if len(cells) > MAX_COLUMNS:
        raise NnlabError(
            _(
                "{path} has {count} columns and nnlab reads up to {limit}",
                path=file.name,
                count=len(cells),
                limit=MAX_COLUMNS,
            )
        )
    names: list[str] = []
    seen: dict[str, int] = {}
    for k, cell in enumerate(cells, 1):
        name = " ".join(cell.split()) or f"column {k}"
        if name in seen:
            raise NnlabError(
                _(
                    "{path}: columns {first} and {second} are both called {name}; give each its own name",
                    path=file.name,
                    first=seen[name],
                    second=k,
                    name=repr(name),
                )
            )
        seen[name] = k
        names.append(name)
    return names


def find_column(wanted: str, names: Sequence[str]) -> int:
    """The place of a column: by name, by name in another case, ``first``, ``last``, or ``column 3``."""
    places = {f"column {k + 1}": k for k in range(len(names))} | {"first": 0, "last": len(names) - 1}
    places |= {name.lower(): k for k, name in reversed(list(enumerate(names))) if name.lower() not in places}
    exact = {name: k for k, name in enumerate(names) if name not in ("first", "last")}
    if wanted in exact:
        return exact[wanted]
    if wanted.lower() in places:
        return places[wanted.lower()]
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    raise NnlabError(
        _(
            "there is no column {wanted}{suggestion}; the columns are {known}",
            wanted=repr(wanted),
            suggestion=did_you_mean(wanted, places),
            known=shown,
        )
    )


@dataclass
class _Table:
    """Rows become numbers here, one at a time."""

    file: Path
    names: list[str]
    target: str
    task: str
    ignore: tuple[str, ...]
    onehot: tuple[str, ...]
    comma: bool
    drop: bool
    named: bool  # by a header line

    def __post_init__(self) -> None:
        self.place = find_column(self.target, self.names)
        out = {find_column(name, self.names) for name in self.ignore}
        if self.place in out:
            raise NnlabError(
                _("{column} is the target and cannot be ignored", column=repr(self.names[self.place]))
            )
        self.inputs = [k for k in range(len(self.names)) if k != self.place and k not in out]
        if not self.inputs:
            raise NnlabError(_("{path} has no input column left beside the target", path=self.file.name))
        self.words: dict[int, dict[str, int]] = {find_column(name, self.names): {} for name in self.onehot}
        """Of each column of words: its values, numbered as they come."""
        if wrong := [self.names[k] for k in self.words if k not in self.inputs]:
            raise NnlabError(_("onehot={column} is not an input column", column=quote(wrong[0])))
        self.column = TargetColumn(self.names[self.place], self.task)
        self.x = array("f")
        self.dropped = 0

    def read(self, rows: Iterable[Record]) -> None:
        for line, cells in rows:
            if len(cells) != len(self.names):
                raise NnlabError(
                    _(
                        "{path}, line {line} has {count} values and the first line has {expected}; "
                        "every line needs the same number",
                        path=self.file.name,
                        line=line,
                        count=len(cells),
                        expected=len(self.names),
                    )
                )
            if self.drop and self._gap(cells):
                self.dropped += 1
                continue
            self._row(line, cells)
            if len(self.x) > MAX_CELLS:
                raise NnlabError(
                    _(
                        "{path} has more than {limit} numbers by line {line}; take a sample of its rows, or "
                        "leave columns out with ignore=",
                        path=self.file.name,
                        limit=f"{MAX_CELLS:,}",
                        line=line,
                    )
                )

    def _gap(self, cells: Sequence[str]) -> bool:
        inputs = any(cells[k].lower() in self._gaps(k) for k in self.inputs)
        return inputs or cells[self.place].lower() in _MISSING

    def _gaps(self, k: int) -> frozenset[str]:
        """What stands for a missing value in a column."""
        return _MISSING if k == self.place or k in self.words else _MISSING_NUMBER

    def _row(self, line: int, cells: list[str]) -> None:
        for k in self.words:
            cells[k] = str(self._numbered(line, k, cells[k]))
        plain = _plain([cells[k] for k in self.inputs])
        self.x.extend(plain or [self._input(line, k, cells[k]) for k in self.inputs])
        label = cells[self.place]
        if label.lower() in _MISSING:
            raise self._refuse(line, self.place, label, None)
        value = _number(label, self.comma)
        if value is not None and not -MAX_FLOAT <= value <= MAX_FLOAT:
            raise self._refuse(line, self.place, label, value)
        self.column.add(label.replace(",", ".") if value is not None else label, value, line)

    def _numbered(self, line: int, k: int, cell: str) -> int:
        """The number of a value in a column of words."""
        if cell.lower() in _MISSING:
            raise self._refuse(line, k, cell, None)
        number = self.words[k].setdefault(cell, len(self.words[k]))
        if number >= MAX_VALUES:
            raise NnlabError(
                _(
                    "{path}: column {column} has more than {limit} different values by line {line}, and each "
                    "would be an input: leave the column out with ignore={name}",
                    path=self.file.name,
                    column=repr(self.names[k]),
                    limit=MAX_VALUES,
                    line=line,
                    name=quote(self.names[k]),
                )
            )
        return number

    def _input(self, line: int, k: int, cell: str) -> float:
        value = _number(cell, self.comma)
        # A comparison, not isfinite: it also refuses what float32 cannot hold.
        if value is None or not -MAX_FLOAT <= value <= MAX_FLOAT:
            raise self._refuse(line, k, cell, value)
        return value

    def _refuse(self, line: int, k: int, cell: str, value: float | None) -> NnlabError:
        column = repr(self.names[k])
        where = {"path": self.file.name, "line": line, "column": column, "cell": repr(cell[:40])}
        if cell.lower() in self._gaps(k):
            return NnlabError(
                _(
                    "{path}, line {line}, column {column}: the value is missing ({cell}); fill it in, or add "
                    "missing=drop to leave such rows out",
                    **where,
                )
            )
        if value is not None:
            return NnlabError(
                _("{path}, line {line}, column {column}: {cell} is not a finite number of float32", **where)
            )
        return NnlabError(
            _(
                "{path}, line {line}, column {column} holds {cell}, which is not a number; inputs are "
                "numbers: make an input of each of its values with onehot={name}, leave the column out with "
                "ignore={name}, or predict it with target={name}",
                name=quote(self.names[k]),
                **where,
            )
        )

    def raw(self) -> Raw:
        n = len(self.x) // len(self.inputs)
        if n < 2:
            raise NnlabError(
                _("{path} has {count} rows of data; at least two are needed", path=self.file.name, count=n)
            )
        x = np.frombuffer(self.x, np.float32).reshape(n, len(self.inputs))
        read = self.column.finish()
        notes = [read.note]
        if self.dropped:
            notes.append(_("{count} rows with missing values were left out", count=self.dropped))
        inputs = self.inputs
        if (
            self.named
            and self.names[0] == "column 1"
            and 0 in inputs
            and len(inputs) > 1
            and _counts_rows(x[:, 0])
        ):
            # A spreadsheet's or data frame's index would tell the network where in the file a row stood.
            notes.append(_("the unnamed first column only counts the rows and was left out"))
            x, inputs = x[:, 1:], inputs[1:]
        x, names = self._spread(x, inputs, notes)
        target_name = (self.names[self.place],)
        return Raw(x, read.y, read.task, names, read.class_names, target_name, tuple(notes))

    def _spread(
        self, x: np.ndarray[Any, Any], inputs: Sequence[int], notes: list[str]
    ) -> tuple[np.ndarray[Any, Any], tuple[str, ...]]:
        """x (rows, columns) with every column of words as one column for each of its values, and names."""
        columns, names = [], []
        for place, k in enumerate(inputs):
            if k not in self.words:
                columns.append(x[:, place : place + 1])
                names.append(self.names[k])
                continue
            values = sorted(self.words[k], key=lambda value: _order(value, self.comma))
            found = np.array([self.words[k][value] for value in values])
            columns.append((x[:, place : place + 1] == found).astype(np.float32))  # (rows, values)
            names += [f"{self.names[k]}={value}" for value in values]
            notes.append(
                _(
                    "column {column} became {n} inputs, one for each value",
                    column=repr(self.names[k]),
                    n=len(values),
                )
            )
        return (np.concatenate(columns, axis=1) if self.words else x), tuple(names)


def _order(value: str, comma: bool) -> tuple[bool, float, str]:
    """Numbers by size, then texts by letters."""
    number = _number(value, comma)
    return number is None, number or 0.0, value


def _counts_rows(column: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> bool:
    return len(column) > 2 and bool((np.diff(column) == 1).all()) and column[0] in (0, 1)

"""A data set in words and small tables, for any skin to print."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.dataset import PARTS, Dataset
from nnlab.data.spec import number
from nnlab.i18n import N_, _
from nnlab.width import columns, pad

MAX_SHOWN = 40
TASK_NAMES = {
    "binary": N_("two classes"),
    "multiclass": N_("classes"),
    "regression": N_("regression"),
    "tokens": N_("a class at every position"),
}
AXES = (
    N_("row"), N_("column"), N_("channel"), N_("step"), N_("number"), N_("position"), N_("node"),
    N_("sample"), N_("pixel"),
)  # fmt: skip
"""What the axes of an example are called."""


@dataclass(frozen=True)
class Sheet:
    """A small table of texts: a title, a header and rows of equal length."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: bool = False  # words are set to the left, numbers to the right

    def lines(self) -> list[str]:
        """The table as lines of text; a column of numbers ends on one line."""
        table = [self.header, *self.rows]
        widths = [max(columns(row[k]) for row in table) for k in range(len(self.header))]
        return [
            self.title,
            *(
                "  ".join(
                    pad(c, w, k > 0 and not self.words) for k, (c, w) in enumerate(zip(row, widths))
                ).rstrip()
                for row in table
            ),
        ]


def _shown(value: float) -> str:
    return f"{value:.4g}"


def part_name(part: str) -> str:
    return {"train": _("training"), "validation": _("validation"), "test": _("test")}[part]


def describe(dataset: Dataset) -> list[Sheet]:
    """What it is, its split (with class counts), and the range of every input over the training rows."""
    return [_facts(dataset), _split(dataset), _ranges(dataset)]


def _facts(data: Dataset) -> Sheet:
    rows = [
        (_("task"), _(TASK_NAMES[data.task])),
        (_("rows"), str(data.n)),
        (_("input shape"), shape_text(data.input_shape, data.axes)),
        *((_("further input"), f"{name} {shape_text(shape)}") for name, shape in data.shapes.items()),
        (_("vocabulary"), str(len(data.vocabulary) or "")),
        (_("scale"), "" if data.vocabulary else data.scaling.kind),
        (_("source"), _(data.source)),
        (_("licence"), _(data.licence)),
        *((_("note"), note) for note in data.notes),
    ]
    return Sheet(
        data.spec or data.name, (_("property"), _("value")), tuple(row for row in rows if row[1]), words=True
    )


def shape_text(shape: tuple[int, ...], axes: tuple[str, ...] = ()) -> str:
    """``24×1 (step, number)``."""
    return "×".join(map(str, shape)) + (f" ({', '.join(_(axis) for axis in axes)})" if axes else "")


def _split(data: Dataset) -> Sheet:
    """One row per class (or one for all, in regression), one column per part."""
    header = (_("class"), *(part_name(part) for part in PARTS))
    totals = (_("all"), *map(str, data.split.sizes))
    rows: list[tuple[str, ...]] = []
    if data.task in ("binary", "multiclass"):
        counts = np.stack([data.class_counts(part) for part in PARTS], axis=1)  # (classes, parts)
        rows = [(name, *map(str, row)) for name, row in zip(data.class_names, counts)][:MAX_SHOWN]
        if data.classes > MAX_SHOWN:
            rows.append((_("+ {count} more", count=data.classes - MAX_SHOWN), "", "", ""))
    return Sheet(_("split"), header, (*rows, totals))


def _ranges(data: Dataset) -> Sheet:
    """Least, mean, largest and deviation of inputs and numeric targets; of token rows, of their lengths."""
    x, y = data.part("train")
    if data.vocabulary:
        lengths = (x != 0).sum(axis=1) if data.padded else np.full(len(x), x.shape[1])
        named = [(_("tokens of a row"), lengths)]
    else:
        named = _columns(x, data.feature_names, _("all {count} inputs", count=math.prod(data.input_shape)))
    if data.task == "regression":
        named += _columns(y, data.target_names, _("all {count} targets", count=math.prod(y.shape[1:])))
    rows = tuple(
        (
            name,
            _shown(float(values.min())),
            _shown(float(values.mean(dtype=np.float64))),
            _shown(float(values.max())),
            _shown(float(values.std(dtype=np.float64))),
        )
        for name, values in named
    )
    header = (_("input"), _("least"), _("mean"), _("largest"), _("deviation"))
    return Sheet(_("range over the training rows"), header, rows)


def _columns(values: NDArray[Any], names: Sequence[str], together: str) -> list[tuple[str, NDArray[Any]]]:
    """The columns of (rows, columns) under their names, or all numbers as one where they are too many."""
    if values.ndim == 2 and len(names) == values.shape[1] <= MAX_SHOWN:
        return [(name, values[:, k]) for k, name in enumerate(names)]
    return [(together, values.reshape(-1))]


def preview(dataset: Dataset, n: int = 8, part: str = "train", columns: int = 8) -> Sheet:
    """The first ``n`` rows of a part: row number, the text or the first ``columns`` inputs, the target."""
    rows = dataset.split.part(part)[: max(0, n)]
    if dataset.vocabulary:
        names = [_("text")]
        cells = [[one_line(dataset.text(int(row)))] for row in rows]
    else:
        flat = dataset.x.reshape(dataset.n, -1)
        width = min(columns, flat.shape[1])
        more = flat.shape[1] > width
        every = dataset.feature_names or [f"x{k}" for k in range(1, width + 1)]
        names = [*every[:width], *(["…"] if more else [])]
        cells = [
            [*(_shown(float(value)) for value in flat[row, :width]), *(["…"] if more else [])] for row in rows
        ]
    targets = list(dataset.target_names[:columns])
    table = [(str(row), *shown, *_target(dataset, int(row), len(targets))) for row, shown in zip(rows, cells)]
    full = "validation" if part == "val" else part
    return Sheet(part_name(full), (_("row"), *names, *targets), tuple(table))


def one_line(text: str) -> str:
    """A text with the ends of its lines written as ``⏎``."""
    return text.replace("\n", "⏎")


def _target(data: Dataset, row: int, width: int) -> Sequence[str]:
    """The target in ``width`` cells."""
    if data.task == "regression":
        return [_shown(float(value)) for value in data.y[row].reshape(-1)[:width]]
    if data.task == "tokens":
        return [one_line(data.target_text(row))]
    return [data.class_names[data.y[row]] or number(float(data.y[row]))]

"""A data set in words and small tables, for any skin to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.data.dataset import PARTS, Dataset
from nnlab.data.spec import number
from nnlab.i18n import N_, _

MAX_SHOWN = 40
TASK_NAMES = {
    "binary": N_("two classes"),
    "multiclass": N_("classes"),
    "regression": N_("regression"),
    "tokens": N_("a class at every position"),
}


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
        widths = [max(_width(row[k]) for row in table) for k in range(len(self.header))]
        return [
            self.title,
            *(
                "  ".join(
                    _pad(c, w, k > 0 and not self.words) for k, (c, w) in enumerate(zip(row, widths))
                ).rstrip()
                for row in table
            ),
        ]


def _width(text: str) -> int:
    """Terminal cells: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap


def _shown(value: float) -> str:
    return f"{value:.4g}"


def part_name(part: str) -> str:
    return {"train": _("training"), "validation": _("validation"), "test": _("test")}[part]


def describe(dataset: Dataset) -> list[Sheet]:
    """What it is, its split (with class counts), and the range of every input over the training rows."""
    return [_facts(dataset), _split(dataset), _ranges(dataset)]


def _facts(data: Dataset) -> Sheet:
    shape = "x".join(map(str, data.input_shape))
    rows = [
        (_("task"), _(TASK_NAMES[data.task])),
        (_("rows"), str(data.n)),
        (_("input shape"), shape),
        (_("scale"), data.scaling.kind),
        (_("source"), _(data.source)),
        (_("licence"), _(data.licence)),
        *((_("note"), note) for note in data.notes),
    ]
    return Sheet(
        data.spec or data.name, (_("property"), _("value")), tuple(row for row in rows if row[1]), words=True
    )


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
    x = data.part("train")[0].reshape(len(data.split.train), -1)
    named: list[tuple[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]]
    if len(data.input_shape) > 1 or x.shape[1] > MAX_SHOWN:
        named = [(_("all {count} inputs", count=x.shape[1]), x.reshape(-1))]
    else:
        named = [(name, x[:, k]) for k, name in enumerate(data.feature_names)]
    if data.task == "regression":
        y = data.part("train")[1]
        y = y.reshape(-1, y.shape[-1])
        named += [(name, y[:, k]) for k, name in enumerate(data.target_names)]
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


def preview(dataset: Dataset, n: int = 8, part: str = "train", columns: int = 8) -> Sheet:
    """The first ``n`` rows of a part: row number, the first ``columns`` inputs, the target."""
    rows = dataset.split.part(part)[: max(0, n)]
    flat = dataset.x.reshape(dataset.n, -1)
    more = flat.shape[1] > columns
    names = list(dataset.feature_names[:columns]) + (["…"] if more else [])
    table = [
        (
            str(row),
            *(_shown(float(value)) for value in flat[row, :columns]),
            *(["…"] if more else []),
            *_target(dataset, int(row)),
        )
        for row in rows
    ]
    full = "validation" if part == "val" else part
    return Sheet(part_name(full), (_("row"), *names, *dataset.target_names), tuple(table))


def _target(data: Dataset, row: int) -> Sequence[str]:
    if data.task == "regression":
        return [_shown(float(value)) for value in data.y[row].reshape(-1)]
    if data.task == "tokens":
        return [data.target_text(row)]
    return [data.class_names[data.y[row]] or number(float(data.y[row]))]

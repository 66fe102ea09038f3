"""The target column of a table: class labels or numbers, decided when the last row has been seen."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.dataset import Task
from nnlab.data.spec import number
from nnlab.errors import NnlabError
from nnlab.i18n import _

MAX_CLASSES = 1000
AUTO_CLASSES = 20  # whole numbers with at most so many different values are taken for classes


@dataclass(frozen=True, eq=False)
class Target:
    """``y``: class ids int64 (n,) or numbers float32 (n, 1)."""

    task: Task
    y: NDArray[Any]
    class_names: tuple[str, ...]
    note: str


@dataclass
class TargetColumn:
    """Collects cells one by one; keeps labels only while there are few, numbers only while all are."""

    name: str
    task: str = "auto"
    values: array[float] = field(default_factory=lambda: array("d"))
    ids: array[int] = field(default_factory=lambda: array("q"))
    labels: dict[str, int] = field(default_factory=dict)
    text: str = ""  # the first cell that is not a number, and its line
    text_line: int = 0
    decimals: bool = False

    def add(self, cell: str, value: float | None, line: int) -> None:
        """``value`` is the number ``cell`` is, or None."""
        if value is None:
            if not self.text:
                self.text, self.text_line = cell, line
            if self.task == "regression" or not self._countable:
                raise NnlabError(
                    _(
                        "line {line}, column {column} holds {cell}, which is not a number, and the target "
                        "is to be a number; correct it, or choose another target",
                        line=line,
                        column=repr(self.name),
                        cell=repr(cell),
                    )
                )
        else:
            self.decimals = self.decimals or not cell.lstrip("+-").isdigit()
        if not self.text:
            self.values.append(0.0 if value is None else value)
        if self._countable and self.task != "regression":
            self.ids.append(self.labels.setdefault(cell, len(self.labels)))
            if not self._countable:
                self._refuse_many()

    @property
    def _countable(self) -> bool:
        return len(self.labels) <= MAX_CLASSES

    def _refuse_many(self) -> None:
        """Past the limit: fine for numbers, which go on without labels."""
        if self.text or self.task in ("binary", "multiclass"):
            raise NnlabError(
                _(
                    "the target {column} has more than {limit} different labels; it looks like a name or "
                    "a number, not a class: choose another target, or task=regression for numbers",
                    column=repr(self.name),
                    limit=MAX_CLASSES,
                )
            )

    def finish(self) -> Target:
        """Decide the task and number the classes."""
        if self.task == "regression" or (self.task == "auto" and not self._looks_classed()):
            return self._numbers()
        return self._classes()

    def _looks_classed(self) -> bool:
        if self.text:
            return True
        if not self._countable:
            return False
        different = set(map(float, self.labels))
        if not all(value.is_integer() for value in different):
            return False
        if len(different) <= 2:
            return True
        return not self.decimals and len(different) <= AUTO_CLASSES and len(self.ids) >= 2 * len(different)

    def _numbers(self) -> Target:
        y = np.frombuffer(self.values, np.float64).astype(np.float32).reshape(-1, 1)
        if y.min() == y.max():
            raise self._single(number(float(y[0, 0])))
        note = _("the target {column} was read as a number to predict", column=repr(self.name))
        return Target("regression", y, (), note)

    def _classes(self) -> Target:
        if self.text:
            names = sorted(self.labels)
            to_id = {name: k for k, name in enumerate(names)}
            new = [to_id[name] for name in self.labels]
        else:
            # 1, 1.0 and 01 are one class; numbers are ordered as numbers.
            different = sorted(set(map(float, self.labels)))
            names = [number(value) for value in different]
            by_value = {value: k for k, value in enumerate(different)}
            new = [by_value[float(label)] for label in self.labels]
        if len(names) == 1:
            raise self._single(names[0])
        if self.task == "binary" and len(names) != 2:
            raise NnlabError(
                _(
                    "the target {column} has {count} classes and task=binary needs two; "
                    "leave the task out, or say task=multiclass",
                    column=repr(self.name),
                    count=len(names),
                )
            )
        task: Task = "binary" if len(names) == 2 and self.task != "multiclass" else "multiclass"
        y = np.asarray(new, np.int64)[np.frombuffer(self.ids, np.int64)]
        note = _("the target {column} was read as {count} classes", column=repr(self.name), count=len(names))
        if not self.text and self.task == "auto":
            note += _("; task=regression reads it as a number")
        return Target(task, y, tuple(names), note)

    def _single(self, value: str) -> NnlabError:
        return NnlabError(
            _(
                "every row has the same target {value} in column {column}, so there is nothing to learn; "
                "choose another target or add rows of another kind",
                value=repr(value),
                column=repr(self.name),
            )
        )

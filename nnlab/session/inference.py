"""What the network of a run answers: to one example, over the plane, along a line, to the validation part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.text import target_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnlab.data import Dataset
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run

    Array = NDArray[Any]

LOOKED = 512
"""Rows whose answers are looked through."""


@dataclass(frozen=True)
class Answer:
    """The last layer's numbers with their labels, the class they stand for, and the truth where known."""

    inputs: tuple[float, ...]
    labels: tuple[str, ...]
    outputs: tuple[float, ...]
    answer: str = ""
    truth: str = ""


@dataclass(frozen=True)
class Plane:
    """Answers over the plane (rows, columns, outputs), row 0 at the top, and the classes they stand for."""

    x: tuple[float, float]
    y: tuple[float, float]
    answers: Array
    classes: Array


@dataclass(frozen=True)
class Line:
    """The network's curve ``y`` (n,) over one input ``x`` (n,)."""

    x: Array
    y: Array


@dataclass(frozen=True)
class Answers:
    """Rows of the data set with the network's probabilities (n, classes), misread ones first."""

    rows: Array
    truth: Array
    said: Array
    probabilities: Array
    wrong: int


def classify(session: Workbench, row: int, numbers: tuple[float, ...]) -> Answer:
    """``row`` of the whole data set, or ``numbers`` as one input where ``row`` is negative."""
    import numpy as np

    data, run = session.need_data(), session.need_run()
    if row >= len(data.x):
        raise NnlabError(
            _("there is no row {row}; the data have rows 0 to {last}", row=row, last=len(data.x) - 1)
        )
    wanted = int(np.prod(data.input_shape))
    if row < 0 and len(numbers) != wanted:
        raise NnlabError(
            _("the network takes {wanted} numbers, not {given}", wanted=wanted, given=len(numbers))
        )
    x = data.x[row : row + 1] if row >= 0 else np.array([numbers], np.float32).reshape(1, *data.input_shape)
    answers, said = run.decide(x)
    outputs = np.asarray(answers, np.float64).reshape(-1)
    names = tuple(map(str, data.class_names))
    truth = ""
    if row >= 0:
        truth = target_text(data, row)
    labels = names if len(names) == len(outputs) else tuple(_("output {n}", n=i) for i in range(len(outputs)))
    if len(names) == 2 and len(outputs) == 1:
        labels = (f"P({names[1]})",)
    answer = names[int(said[0])] if names else ""
    return Answer(tuple(map(float, x.reshape(-1))), labels, tuple(map(float, outputs)), answer, truth)


def span(values: Array) -> tuple[float, float]:
    """The range of ``values`` with an eighth of room on both sides."""
    low, high = float(values.min()), float(values.max())
    room = (high - low or 1.0) / 8
    return low - room, high + room


def over_plane(run: Run, data: Dataset, rows: int, columns: int) -> Plane | None:
    """Answers on a grid over two inputs; None for data of another shape."""
    import numpy as np

    if data.input_shape != (2,) or data.vocabulary:
        return None
    xs, ys = span(data.x[:, 0]), span(data.x[:, 1])
    y, x = np.meshgrid(np.linspace(ys[1], ys[0], rows), np.linspace(*xs, columns), indexing="ij")
    answers, said = run.decide(np.stack((x.ravel(), y.ravel()), axis=1).astype(np.float32))
    return Plane(xs, ys, answers.reshape(rows, columns, -1), said.reshape(rows, columns))


def over_line(run: Run, data: Dataset, points: int) -> Line | None:
    """The curve over one input; None for data of another shape."""
    import numpy as np

    if data.input_shape != (1,) or data.vocabulary:
        return None
    x = np.linspace(*span(data.x[:, 0]), points)
    return Line(x, run.predict(x[:, None].astype(np.float32))[:, 0])


def looked_through(run: Run, data: Dataset) -> Answers:
    """Answers to validation rows of classes: misread ones first, the most certain mistake at the head."""
    import numpy as np

    rows = data.split.validation if len(data.split.validation) else data.split.train
    rows = rows[:LOOKED]
    probabilities, said = run.decide(data.x[rows])
    if probabilities.shape[1] == 1:
        probabilities = np.concatenate((1 - probabilities, probabilities), axis=1)
    truth, certain = data.y[rows], probabilities.max(axis=1)
    order = np.lexsort((-certain, said == truth))
    wrong = int((said != truth).sum())
    return Answers(rows[order], truth[order], said[order], probabilities[order], wrong)

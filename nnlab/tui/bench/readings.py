"""What the gauges show of a run: asked of it at a step boundary, a few times a second at most."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.tui.bench.columns import image_shape

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.session import Session
    from nnlab.session.trainer import Frame
    from nnlab.training import Run
    from nnlab.training.diagnostics import LayerSigns
    from nnlab.training.history import History
    from nnlab.training.landscape import Axis, Landscape
    from nnlab.training.metrics import Scores
    from nnlab.training.survey import Site
    from nnlab.tui.bench.others import Curve

Array = np.ndarray[Any, Any]
GRID = (40, 56)  # rows and columns of answers on the plane
LINE = 160  # points of a fitted curve
LOOKED = 512  # validation rows whose answers are looked through


@dataclass(frozen=True)
class Plane:
    """Answers over the plane, (rows, columns, outputs), row 0 at the top; the data points on it."""

    x: tuple[float, float]
    y: tuple[float, float]
    answers: Array


@dataclass(frozen=True)
class Fit:
    """The network's curve (n,) over one input, beside the data."""

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


@dataclass(frozen=True)
class Readings:
    """Everything the gauges draw; a part that was not asked for, or cannot be had, is None."""

    data: Dataset | None = None
    history: History | None = None
    frame: Frame | None = None
    example: int = 0
    step: int = 0
    plane: Plane | None = None
    fit: Fit | None = None
    answers: Answers | None = None
    scores: Scores | None = None
    signs: tuple[LayerSigns, ...] = ()
    others: tuple[Curve, ...] = ()
    axes: tuple[Axis, ...] = ()  # of the landscape, none where there is no landscape
    site: Site | None = None  # what has been read for it, to be computed away from the run
    landscape: Landscape | None = None
    peaks: Array | None = None  # indices of the losses worth drawing
    trouble: str = ""


def read(session: Session, wants: frozenset[str]) -> Readings:
    """The readings that the pages called ``wants`` need.  Call it where the run stands still."""
    data, run = session.data, session.run
    if data is None or run is None:
        return Readings(data)
    found: dict[str, Any] = {}
    try:
        if "surface" in wants:
            found["plane"] = plane(run, data)
            found["fit"] = fit(run, data)
        if "digits" in wants and image_shape(data) and data.class_names:
            found["answers"] = answers(run, data)
        if "confusion" in wants and data.class_names and run.step_count:
            part = "validation" if len(data.split.validation) else "train"
            found["scores"] = run.evaluate(part)
        if "landscape" in wants and (axes := session.landscape_axes()):
            found["site"] = session.surveyor.visit(run, axes, moving=session.trainer.running)
        if "signs" in wants and run.step_count:
            found["signs"] = tuple(run.diagnostics())
    except NnlabError as error:
        found["trouble"] = str(error)
    return Readings(
        data, run.history, None, session.example, run.step_count, axes=session.landscape_axes(), **found
    )


def finish(session: Session, readings: Readings) -> Readings:
    """``readings`` with what need not be computed where the run stands still."""
    if readings.site is None:
        return readings
    return replace(readings, site=None, landscape=session.surveyor.draw(readings.site))


def span(values: Array) -> tuple[float, float]:
    """The range of ``values`` with an eighth of room on both sides."""
    low, high = float(np.min(values)), float(np.max(values))
    room = (high - low or 1.0) / 8
    return low - room, high + room


def plane(run: Run, data: Dataset) -> Plane | None:
    """Answers on a grid over two inputs; None for data of another shape."""
    if data.input_shape != (2,):
        return None
    xs, ys = span(data.x[:, 0]), span(data.x[:, 1])
    rows, across = GRID
    y, x = np.meshgrid(np.linspace(ys[1], ys[0], rows), np.linspace(*xs, across), indexing="ij")
    points = np.stack((x.ravel(), y.ravel()), axis=1).astype(np.float32)
    return Plane(xs, ys, run.predict(points).reshape(rows, across, -1))


def fit(run: Run, data: Dataset) -> Fit | None:
    """The curve over one input; None for data of another shape."""
    if data.input_shape != (1,):
        return None
    x = np.linspace(*span(data.x[:, 0]), LINE)
    return Fit(x, run.predict(x[:, None].astype(np.float32))[:, 0])


def answers(run: Run, data: Dataset) -> Answers | None:
    """Answers to validation rows: misread ones first, the most certain mistake at the head."""
    rows = data.split.validation if len(data.split.validation) else data.split.train
    rows = rows[:LOOKED]
    probabilities = run.predict(data.x[rows])
    if probabilities.shape[1] == 1:
        probabilities = np.concatenate((1 - probabilities, probabilities), axis=1)
    said, truth = probabilities.argmax(axis=1), data.y[rows]
    certain = probabilities.max(axis=1)
    order = np.lexsort((-certain, said == truth))
    wrong = int((said != truth).sum())
    return Answers(rows[order], truth[order], said[order], probabilities[order], wrong)

"""The followed example, what the network says of it and what is right, in the form the task has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.session.insight.rows import further, row_of

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.workbench import Workbench

Array = np.ndarray[Any, Any]
BOX = ("row", "column", "side")


@dataclass(frozen=True)
class Outcome:
    """``kind`` is box, pixels, nodes, series, film or classes; the arrays are those of one example.

    ``said`` are the network's answers as its loss reads them: probabilities of classes, numbers else.
    ``extra`` is the adjacency of nodes.  ``names`` are those of the classes.
    """

    kind: str
    row: int
    x: Array
    truth: Array
    said: Array
    names: tuple[str, ...]
    extra: Array | None = None
    overlap: float = float("nan")

    @property
    def chosen(self) -> Array:
        """The class that is said, at every position."""
        return np.asarray(self.said.argmax(axis=-1))


def kind_of(data: Dataset) -> str:
    """The form of the task; empty where nothing is to be seen but a number or a class."""
    if data.target_names == BOX and data.picture is not None:
        return "box"
    if data.task == "tokens" and data.picture is not None and data.y.ndim == 3:
        return "pixels"
    if data.task == "tokens" and "adjacency" in data.inputs:
        return "nodes"
    if data.task == "regression" and not data.vocabulary and data.y.ndim >= 2 and data.y[0].size >= 8:
        return "series" if data.picture is None or data.y.shape[1:] != data.x.shape[1:] else ""
    if data.axes[:2] == ("step", "pixel") or data.axes[:3] == ("step", "row", "column"):
        return "film"
    if data.task == "multiclass" and (data.axes[:1] == ("step",) or data.axes[:1] == ("row",)):
        return "classes"
    return ""


def outcome(session: Workbench) -> Outcome:
    """Of the followed example, with the network as it is; raises NnlabError where that has diverged."""
    data, run = session.need_data(), session.need_run()
    row = row_of(session, None)
    kind = kind_of(data)
    outputs = run.network.predict(data.x[row : row + 1], **further(data, run.network, [row]))
    if data.task != "regression":
        outputs = run.config.loss_rule.kind.answers(outputs)
    said = np.asarray(outputs[0], np.float64)
    require_finite(said)
    if said.shape[-1:] == (1,) and data.task != "regression":
        said = np.concatenate((1 - said, said), axis=-1)
    x, truth = np.asarray(data.x[row], np.float64), np.asarray(data.y[row])
    names = tuple(map(str, data.target_vocabulary if data.task == "tokens" else data.class_names))
    extra = data.inputs["adjacency"][row] if kind == "nodes" else None
    overlap = float("nan")
    if kind == "box":
        from nnlab.training.judging import overlaps

        overlap = float(overlaps(said[None], truth[None])[0])
    return Outcome(kind, row, x, truth, said, names, extra, overlap)

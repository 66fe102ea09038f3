"""What a finished run is judged by: numbers that goals name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.generate import PREVIOUS, decode
from nnlab.training.judging import SPECIAL
from nnlab.training.worth import WORTH

if TYPE_CHECKING:
    from nnlab.training.run import Run


def metric(run: Run, part: str) -> float:
    """The metric of the task on a part of the data, at the end."""
    return run.evaluate(part).metric


def loss(run: Run, part: str) -> float:
    return run.evaluate(part).loss


def best(run: Run, field: str, choose: Callable[[list[float]], float]) -> float:
    """The best of all epochs; NaN before the first."""
    values = [getattr(row, field) for row in run.history.epochs]
    return choose(values) if values else float("nan")


def exact(run: Run, part: str) -> float:
    """The share of rows in which every position that has a target is right.

    Of a decoder these are the rows it also writes right by itself: as long as it is right, its own signs are
    the right ones that it is given here.
    """
    rows = run.data.split.part(part)
    truth = run.data.y[rows]
    answers = run.answers(part)
    return float(np.mean(((answers == truth) | (truth < 0)).all(axis=1))) if len(rows) else float("nan")


def written(run: Run, part: str) -> float:
    """The share of signs that a decoder writes right by itself, reading its own signs, not the right ones."""
    rows = run.data.split.part(part)
    truth = run.data.y[rows]
    inputs = {name: array for name, array in run.data.part_inputs(part).items() if name != PREVIOUS}
    ids, _probabilities = decode(run.network, run.data.x[rows], inputs=inputs)
    return float((ids == truth)[truth >= 0].mean()) if (truth >= 0).any() else float("nan")


PARTS = {"train": "train", "val": "validation", "test": "test"}

MEASURES: dict[str, Callable[[Run], float]] = {
    **{f"{short}_accuracy": partial(metric, part=part) for short, part in PARTS.items()},
    **{f"{short}_r2": partial(metric, part=part) for short, part in PARTS.items()},
    "train_reward": partial(metric, part="train"),
    **{f"{short}_loss": partial(loss, part=part) for short, part in PARTS.items()},
    **{f"{short}_exact": partial(exact, part=part) for short, part in PARTS.items()},
    **{f"{short}_written": partial(written, part=part) for short, part in PARTS.items()},
    "best_val_accuracy": partial(best, field="val_metric", choose=max),
    "best_val_r2": partial(best, field="val_metric", choose=max),
    "best_val_loss": partial(best, field="val_loss", choose=min),
    **SPECIAL,
    **WORTH,
}


def measure(run: Run, name: str) -> float:
    """The number called ``name``; raises NnlabError where there is none such."""
    if name not in MEASURES:
        raise NnlabError(
            _("{name} cannot be measured; known are {known}", name=name, known=", ".join(MEASURES))
        )
    return MEASURES[name](run)

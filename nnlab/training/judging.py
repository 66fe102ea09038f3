"""What runs of special kinds are judged by: squares that are found, codes, and what a generator makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.data.augment import Augmentation

if TYPE_CHECKING:
    from nnlab.training.run import Run

Array = np.ndarray[Any, Any]
SAMPLES = 2000
"""As many are made to judge a generator."""
SHARE = 0.25
"""A class counts as made where it has this share of what would be even."""


def _test(run: Run) -> tuple[Array, Array]:
    return run.data.part("test")


# ---------------------------------------------------------------------- squares


def overlaps(found: Array, true: Array) -> Array:
    """Intersection over union of squares (n, 3), given as the row and column of the centre and the side."""
    low, high = (
        choose(*(square[:, :2] + sign * square[:, 2:] / 2 for square in (found, true)))
        for choose, sign in ((np.maximum, -1), (np.minimum, 1))
    )
    both = np.clip(high - low, 0, None).prod(axis=1)
    return np.asarray(both / (found[:, 2] ** 2 + true[:, 2] ** 2 - both))


def box_iou(run: Run) -> float:
    """The mean overlap of found and true squares of the test part."""
    x, y = _test(run)
    return float(overlaps(run.network.predict(x), y).mean())


def boxes_found(run: Run) -> float:
    """The share of test squares that are found: they overlap by more than half."""
    x, y = _test(run)
    return float((overlaps(run.network.predict(x), y) > 0.5).mean())


def mean_iou(run: Run) -> float:
    """Intersection over union of the pixels of a class, answered and true, the mean over the classes."""
    answers, truth = run.answers("test"), _test(run)[1]
    shares = [
        ((answers == k) & (truth == k)).sum() / ((answers == k) | (truth == k)).sum()
        for k in range(run.data.classes)
    ]
    return float(np.mean(shares))


# ---------------------------------------------------------------------- codes


def changed_mse(run: Run) -> float:
    """The mean squared error on test examples that were changed as those of training were."""
    rows = run.data.split.test
    x = run.data.x[rows]
    Augmentation.parse(run.config.augment).bind(run.data, run.config.seed)(x, rows, 0)
    return float(((run.network.predict(x) - run.data.y[rows]) ** 2).mean())


def divergence(run: Run) -> float:
    """How far codes of test examples are from the normal distribution, in nats (Kullback and Leibler)."""
    x, _y = _test(run)
    costs = [name for name in run.network.graph.values if name.endswith(".kl.each")]
    return float(sum(run.network.values(name, x).mean() for name in costs)) if costs else float("nan")


# ---------------------------------------------------------------------- what a generator makes


def _made(run: Run) -> Array:
    return run.samples(SAMPLES).reshape(SAMPLES, -1).astype(np.float64)


def _real(run: Run, part: str) -> Array:
    return run.data.part(part)[0].reshape(len(run.data.split.part(part)), -1).astype(np.float64)


def sample_mean(run: Run) -> float:
    return float(_made(run).mean())


def sample_std(run: Run) -> float:
    return float(_made(run).std())


def _nearest(made: Array, real: Array) -> tuple[Array, Array]:
    """Of each row of ``made`` the nearest row of ``real`` and the distance to it."""
    squares = (made**2).sum(axis=1)[:, None] - 2 * made @ real.T + (real**2).sum(axis=1)
    place = squares.argmin(axis=1)
    return place, np.sqrt(((made - real[place]) ** 2).sum(axis=1))


def sample_classes(run: Run) -> float:
    """How many classes are made: of those of the nearest training examples, all with a fair share."""
    place, _distance = _nearest(_made(run), _real(run, "train"))
    made = np.bincount(run.data.part("train")[1][place], minlength=run.data.classes)
    return float((made >= SHARE * SAMPLES / run.data.classes).sum())


def on_mode(run: Run) -> float:
    """The share of what is made that lies within three deviations of the mean of a class."""
    x, y = _real(run, "train"), run.data.part("train")[1]
    clouds = [x[y == k] for k in range(run.data.classes)]
    centres = np.stack([cloud.mean(axis=0) for cloud in clouds])
    reach = 3 * np.sqrt(np.mean([cloud.var(axis=0).mean() for cloud in clouds]))
    return float((_nearest(_made(run), centres)[1] <= reach).mean())


def sample_distance(run: Run) -> float:
    """How far what is made lies from the nearest training example, if real test examples lie at 1."""
    train = _real(run, "train")
    made, real = (np.median(_nearest(rows, train)[1]) for rows in (_made(run), _real(run, "test")))
    return float(made / real)


SPECIAL: dict[str, Callable[[Run], float]] = {
    "box_iou": box_iou,
    "boxes_found": boxes_found,
    "mean_iou": mean_iou,
    "changed_mse": changed_mse,
    "divergence": divergence,
    "sample_mean": sample_mean,
    "sample_std": sample_std,
    "sample_classes": sample_classes,
    "on_mode": on_mode,
    "sample_distance": sample_distance,
}

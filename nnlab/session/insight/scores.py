"""How good answers are: confusion with precision and recall, ROC curves, calibration, predictions and truth.

The ROC curve and the area under it follow Fawcett 2006 (An introduction to ROC analysis), the expected
calibration error Guo et al. 2017 (arXiv 1706.04599).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session.insight.rows import in_group
from nnlab.session.look import Look, chart, table, wrap
from nnlab.session.text import number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nnlab.session.workbench import Workbench

    Array = NDArray[Any]

BINS = 10
SHOWN = 12
"""Rows of predictions that are written out, and classes of a confusion matrix."""


@dataclass(frozen=True)
class ClassScore:
    """One class: of ``support`` rows that are really of it, and ``said`` that the network says are."""

    name: str
    support: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        """The share of what is said to be of the class that is; NaN where nothing is said to be."""
        return self.right / self.said if self.said else float("nan")

    @property
    def recall(self) -> float:
        """The share of the class that is found; NaN where the part has none of it."""
        return self.right / self.support if self.support else float("nan")

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.said + self.support) if self.said + self.support else float("nan")


@dataclass(frozen=True)
class Confusion:
    """``counts`` (classes, classes), rows the truth and columns the answer, and the scores of each class.

    ``group`` names those rows of the part that count, “” all of them.
    """

    part: str
    names: tuple[str, ...]
    counts: Array
    classes: tuple[ClassScore, ...]
    group: str = ""

    @property
    def accuracy(self) -> float:
        return float(np.trace(self.counts) / max(1, self.counts.sum()))


@dataclass(frozen=True)
class RocCurve:
    """Of one class: true positive rate against false positive rate, a point for each ``threshold``.

    The curve begins at (0, 0) with an infinite threshold and ends at (1, 1).
    """

    name: str
    false_positive: Array
    true_positive: Array
    thresholds: Array
    area: float


@dataclass(frozen=True)
class Roc:
    """The curves of a part, each class against all others; of two classes only that of the second."""

    part: str
    curves: tuple[RocCurve, ...]


@dataclass(frozen=True)
class Bin:
    """Answers with a confidence from ``low`` to ``high``: how many, their mean confidence, and how many of
    them are right as a share; NaN where there are none.
    """

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Calibration:
    """Whether an answer said with 80 % is right 80 times in 100.

    ``error`` is the expected calibration error: the mean gap between the two, by how many answers a bin has.
    """

    part: str
    bins: tuple[Bin, ...]
    error: float


@dataclass(frozen=True)
class Truths:
    """Predictions beside the truth: ``rows`` (n,) of the data, ``truth`` and ``said`` (n, numbers)."""

    part: str
    names: tuple[str, ...]
    rows: Array
    truth: Array
    said: Array
    r2: float

    @property
    def error(self) -> Array:
        """What was said too much, (n, numbers)."""
        return np.asarray(self.said - self.truth)

    @property
    def rmse(self) -> float:
        """The root of the mean squared error."""
        return float(np.sqrt((self.error**2).mean()))


# ---------------------------------------------------------------------- of arrays


def roc_curve(name: str, scores: Array, positive: Array) -> RocCurve:
    """The curve of ``scores`` (n,) for rows that are ``positive`` (n,), with equal scores in one point.

    The area is NaN where all rows are of one kind.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order].astype(np.float64)
    ends = np.append(np.nonzero(np.diff(ranked))[0], len(ranked) - 1)
    true, false = np.cumsum(hits)[ends], np.cumsum(1 - hits)[ends]
    with np.errstate(invalid="ignore"):
        x = np.append(0.0, false / false[-1])
        y = np.append(0.0, true / true[-1])
    area = float(((x[1:] - x[:-1]) * (y[1:] + y[:-1]) / 2).sum())
    return RocCurve(name, x, y, np.append(np.inf, ranked[ends]), area)


def calibrated(part: str, confidence: Array, right: Array, bins: int = BINS) -> Calibration:
    """Answers with ``confidence`` (n,), ``right`` or not (n,), in bins of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    found, error = [], 0.0
    for k in range(bins):
        mine = place == k
        count = int(mine.sum())
        mean = float(confidence[mine].mean()) if count else float("nan")
        share = float(right[mine].mean()) if count else float("nan")
        error += count / len(confidence) * abs(mean - share) if count else 0.0
        found.append(Bin(k / bins, (k + 1) / bins, count, mean, share))
    return Calibration(part, tuple(found), error)


# ---------------------------------------------------------------------- of a session


def confusion(session: Workbench, part: str = "validation", group: str = "") -> Confusion:
    """The confusion of a part, or of a group of its rows (``age<45``).

    Raises NnlabError where there are no classes or no such group, or the loss is not finite.
    """
    data, run = session.need_data(), session.need_run()
    names = _class_names(session)
    measured = run.evaluate(part)
    counts = measured.confusion
    assert counts is not None, data.task
    require_finite(np.asarray(measured.loss))
    if group:
        rows = data.split.part(part)
        mine = in_group(data, rows, group)
        counts = np.zeros_like(counts)
        np.add.at(counts, (data.y[rows][mine], run.answers(part)[mine]), 1)
    classes = tuple(
        ClassScore(name, int(counts[k].sum()), int(counts[:, k].sum()), int(counts[k, k]))
        for k, name in enumerate(names)
    )
    return Confusion(part, names, counts, classes, group)


def roc(session: Workbench, part: str = "validation", class_name: str = "") -> Roc:
    """The ROC curves of a part, or of one class; raises NnlabError where there are no probabilities."""
    names, probabilities, truth = _probabilities(session, part)
    if class_name and class_name not in names:
        known = [name for name in names if name.isprintable()]
        few = ", ".join(known[:SHOWN]) + (" …" if len(names) > SHOWN else "")
        raise NnlabError(
            _("there is no class “{name}”; there are: {names}", name=class_name, names=few)
            + did_you_mean(class_name, known)
        )
    if class_name:
        wanted = [names.index(class_name)]
    else:
        wanted = [1] if len(names) == 2 else list(range(len(names)))
    return Roc(part, tuple(roc_curve(names[k], probabilities[:, k], truth == k) for k in wanted))


def calibration(session: Workbench, part: str = "validation", bins: int = BINS) -> Calibration:
    """The calibration of a part; raises NnlabError where there are no probabilities."""
    _names, probabilities, truth = _probabilities(session, part)
    return calibrated(part, probabilities.max(axis=1), probabilities.argmax(axis=1) == truth, bins)


def truths(session: Workbench, part: str = "validation") -> Truths:
    """Predictions beside the truth; raises NnlabError where targets are no numbers or answers not finite."""
    from nnlab.session.insight.rows import further
    from nnlab.training.metrics import r2

    data, run = session.need_data(), session.need_run()
    if data.task != "regression":
        _class_names(session)
        raise NnlabError(_("the targets of {data} are classes; use confusion, roc or calibration",
                           data=data.name))  # fmt: skip
    rows = data.rows_of(part)
    said = run.network.predict(data.x[rows], **further(data, run.network, rows))
    require_finite(said)
    truth, flat = data.y[rows].reshape(len(rows), -1), said.reshape(len(rows), -1)
    names = data.target_names if len(data.target_names) == truth.shape[1] else ()
    return Truths(part, tuple(map(str, names)), rows, truth, flat, r2(flat, truth))


def _class_names(session: Workbench) -> tuple[str, ...]:
    """Raises NnlabError where answers are no classes."""
    from nnlab.training.metrics import metric_of

    data, run = session.need_data(), session.need_run()
    if data.task == "regression":
        raise NnlabError(_("the answers on {data} are numbers, not classes; use truth", data=data.name))
    if (metric := metric_of(run.network, data)) != "accuracy":
        raise NnlabError(
            _("no answer on {data} is right or wrong: they are judged by {metric}", data=data.name,
              metric=_(metric))
        )  # fmt: skip
    return tuple(map(str, data.target_vocabulary if data.task == "tokens" else data.class_names))


def _probabilities(session: Workbench, part: str) -> tuple[tuple[str, ...], Array, Array]:
    """Class names, probabilities (n, classes) and true classes (n,), at every position that is asked for."""
    from nnlab.session.insight.rows import further
    from nnlab.training.losses import probabilities, probability

    names, data, run = _class_names(session), session.need_data(), session.need_run()
    rule = run.config.loss_rule.kind
    if rule.answers not in (probabilities, probability):
        raise NnlabError(
            _(
                "with loss {loss} the network answers with scores, not probabilities; "
                "cross_entropy and bce give them",
                loss=rule.name,
            )
        )
    rows = data.rows_of(part)
    said = rule.answers(run.network.predict(data.x[rows], **further(data, run.network, rows)))
    said, truth = said.reshape(-1, said.shape[-1]), data.y[rows].reshape(-1)
    said, truth = said[truth >= 0].astype(np.float64), truth[truth >= 0]
    require_finite(said)
    if said.shape[1] == 1:
        said = np.concatenate((1 - said, said), axis=1)
    return names, said, truth


# ---------------------------------------------------------------------- as text


def render_confusion(found: Confusion, look: Look) -> list[str]:
    """The matrix where it fits, and precision, recall and F1 of every class."""
    lines = [
        _(
            "{part}: accuracy {accuracy} of {n}",
            part=", ".join(filter(None, (_(found.part), found.group))),
            accuracy=number(found.accuracy, 4),
            n=int(found.counts.sum()),
        )
    ]
    if len(found.names) <= SHOWN:
        rows = [[name, *map(str, line)] for name, line in zip(found.names, found.counts.tolist())]
        lines += ["", *table(look, [_("truth \\ answer"), *found.names], rows, " " + "r" * len(found.names))]
    heads = [_("class"), _("rows"), _("precision"), _("recall"), "F1"]
    shown = (
        sorted(found.classes, key=lambda c: -c.support)[: 2 * SHOWN]
        if len(found.classes) > SHOWN
        else (found.classes)
    )
    rows = [[c.name, str(c.support), *(_share(v) for v in (c.precision, c.recall, c.f1))] for c in shown]
    return [*lines, "", *table(look, heads, rows, " rrrr")]


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.3f}"


def render_roc(found: Roc, look: Look) -> list[str]:
    """The area under every curve, and the curve where there is one alone."""
    rows = [[curve.name, _share(curve.area)] for curve in found.curves]
    said = _(
        "{part}: each class against the others; an area of 1 is perfect, 0.5 is guessing", part=_(found.part)
    )
    lines = [
        *wrap(said, look.width),
        *table(look, [_("class"), _("area")], rows, " r"),
    ]  # fmt: skip
    if len(found.curves) > 1 or look.accessible:
        return lines
    curve = found.curves[0]
    guess = [(k / 40, k / 40) for k in range(41)]
    points = list(zip(curve.false_positive.tolist(), curve.true_positive.tolist()))
    caption = _("true positives (up) against false positives (across); . is guessing")
    return [*lines, "", *chart([(".", guess), ("*", points)], width=min(44, look.width - 10)), caption]


def render_calibration(found: Calibration, look: Look) -> list[str]:
    """A row for every bin: what was said, and how often it was right."""
    heads = [_("confidence"), _("answers"), _("said"), _("right")]
    rows = [
        [f"{b.low:.1f}–{b.high:.1f}", str(b.count), _share(b.confidence), _share(b.accuracy)]
        for b in found.bins
        if b.count
    ]
    said = _("{part}: expected calibration error {error}", part=_(found.part), error=f"{found.error:.3f}")
    return [said, *table(look, heads, rows, "rrrr")]


def render_truths(found: Truths, look: Look) -> list[str]:
    """R² and the error; a chart of predictions against the truth, and the rows that are furthest off."""
    said = _(
        "{part}: R² {r2}, root mean squared error {rmse}, {n} rows",
        part=_(found.part),
        r2=number(found.r2, 4),
        rmse=number(found.rmse, 4),
        n=len(found.rows),
    )
    lines = [said]
    if not look.accessible:
        low, high = float(found.truth.min()), float(found.truth.max())
        level = [(low + k * (high - low) / 40,) * 2 for k in range(41)]
        points = list(zip(found.truth.reshape(-1).tolist(), found.said.reshape(-1).tolist()))
        caption = _("predictions (up) against the truth (across); . is where they agree")
        lines += [*chart([(".", level), ("*", points)], width=min(44, look.width - 14)), caption]
    worst = np.argsort(-np.abs(found.error).sum(axis=1), kind="stable")[:SHOWN]
    rows = [
        [str(int(found.rows[k])), _numbers(found.truth[k]), _numbers(found.said[k]), _numbers(found.error[k])]
        for k in worst
    ]
    heads = [_("row"), _("truth"), _("prediction"), _("error")]
    return [*lines, "", _("furthest off:"), *table(look, heads, rows, "rrrr")]


def _numbers(values: Array) -> str:
    return " ".join(number(float(v), 4) for v in values[:4]) + (" …" if len(values) > 4 else "")

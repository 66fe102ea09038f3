"""Scores of a network on a part of its data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.store import Settled
from nnlab.i18n import N_
from nnlab.training.living import judge
from nnlab.training.machine import Machine

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.network import Network

Array = np.ndarray[Any, Any]
METRICS = {
    "binary": N_("accuracy"),
    "multiclass": N_("accuracy"),
    "regression": N_("r2"),
    "tokens": N_("accuracy"),
}


FOOLED = N_("fooled")
"""The share of made examples that the discriminator holds for real; of no meaning under plain scores."""


def metric_of(network: Network, data: Dataset) -> str:
    """The name of what a network is measured by on ``data``."""
    if network.duel:
        return FOOLED
    return (data.live.metric if data.live is not None else "") or METRICS[data.task]


@dataclass(frozen=True, slots=True)
class Scores:
    """Loss, metric and, for classes, the confusion matrix (classes, classes): rows truth, columns answer."""

    part: str
    n: int
    loss: float
    metric_name: str
    metric: float
    confusion: Array | None = None

    def examples_of(self, truth: int) -> int:
        """How many rows are really of class ``truth``."""
        return 0 if self.confusion is None else int(self.confusion[truth].sum())


def evaluate(
    machine: Machine, settled: Settled, part: str, *, confusion: bool = True, most: int | None = None
) -> Scores:
    """Scores on ``part`` (train, validation or test) with the parameters and states of ``settled``.

    ``most`` is how many rows of the part are enough, all unless given.  Raises NnlabError where it is empty.
    """
    rows = machine.data.rows_of(part)[:most]
    name = metric_of(machine.network, machine.data)
    if machine.data.live is not None and machine.data.live.metric:
        with np.errstate(all="ignore"):
            loss, metric = judge(machine, settled, part)
        return Scores(part, len(rows), loss, name, metric)
    with np.errstate(all="ignore"):  # a diverged network is told by its numbers, not by warnings
        output, each = machine.forward_all(settled, part, machine.output, most)
        loss = mean_loss(each, machine.targets[rows])
    if name == FOOLED:
        threshold = 0.5 if machine.config.loss_rule.kind.name == "least_squares" else 0.0
        return Scores(part, len(rows), loss, name, float((output > threshold).mean()))
    if name == "r2":
        return Scores(part, len(rows), loss, name, r2(output, machine.targets[rows]))
    truth, answers = machine.data.y[rows].astype(np.int64), machine.config.loss_rule.kind.chosen(output)
    truth, answers = truth[truth >= 0], answers[truth >= 0]  # of tokens: those that have a target
    table = None
    if confusion:
        count = machine.data.classes
        table = np.bincount(truth * count + answers, minlength=count * count).reshape(count, count)
    return Scores(part, len(rows), loss, name, float((truth == answers).mean()), table)


def answers(machine: Machine, settled: Settled, part: str) -> Array:
    """The class ids (n, …) that the network says for a part of the data."""
    return machine.config.loss_rule.kind.chosen(machine.forward_all(settled, part, machine.output)[0])


def mean_loss(each: Array, targets: Array) -> float:
    """The mean of the losses ``each`` (n, …); of class ids (n, time) only where there is one counts."""
    count = (targets >= 0).sum() if targets.dtype.kind == "i" else each.size
    return float(each.sum(dtype=np.float64) / max(1, int(count)))


def r2(output: Array, target: Array) -> float:
    """1 − Σ(t − a)²/Σ(t − mean t)², the share of variance explained; 0 where the target never varies."""
    output64 = output.reshape(len(output), -1).astype(np.float64)
    target64 = target.reshape(len(target), -1).astype(np.float64)
    spread = float(((target64 - target64.mean(axis=0)) ** 2).sum())
    return 1 - float(((target64 - output64) ** 2).sum()) / spread if spread else 0.0

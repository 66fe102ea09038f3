"""Distillation: a student learns the classes and, with a weight, what a teacher says of them.

L = (1 − w)·CE(t, softmax(z)) + w·T²·CE(softmax(y/T), softmax(z/T))

z are the student's logits, t the classes, y the teacher's logits (``data.teacher``), T the temperature and w
the weight.  The factor T² keeps the soft gradients as large as the hard ones (Hinton, Vinyals and Dean 2015,
arXiv 1503.02531, section 2).  Both terms are operations that stand elsewhere too, so both are explained.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine import ops
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.distillation import softened

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.training.losses import LossRule

DISTILLATION = "distillation"
TEACHER = "teacher"
"""The name of the value that holds what the teacher says, softened."""


def distils(rule: LossRule) -> bool:
    return rule.kind.name == DISTILLATION


def require_teacher(rule: LossRule, data: Dataset | None) -> None:
    """Raises NnlabError where ``rule`` distils and nobody has said what to learn."""
    if distils(rule) and (data is None or data.teacher is None):
        raise NnlabError(_("nobody teaches here yet; “distil” makes the trained network a teacher"))


def soft_targets(data: Dataset, rule: LossRule, width: int, dtype: Any) -> Any:
    """softmax(y/T) of every row, (n, ``width``); raises NnlabError where nobody teaches so many classes."""
    require_teacher(rule, data)
    assert data.teacher is not None
    if data.teacher.shape[1] != width:
        raise NnlabError(
            _(
                "the teacher tells {has} classes apart, and this network {wants}",
                has=data.teacher.shape[1],
                wants=width,
            )
        )
    return np.asarray(softened(data.teacher, rule.values["temperature"]), dtype)


def soft_loss(graph: Graph, out: Value, rule: LossRule) -> tuple[Value, float]:
    """Add CE(softmax(y/T), softmax(z/T)) for logits ``out`` to ``graph``; answers it with w·T²."""
    temperature, weight = rule.values["temperature"], rule.values["weight"]
    teacher = graph.value(TEACHER, (BATCH, *out.shape[1:]), Role.TARGET)
    (cooled,) = graph.apply(ops.Scale("cooled", 1 / temperature), out)
    (soft, *_stages) = graph.apply(ops.SoftmaxCrossEntropy("soft_loss"), cooled, teacher)
    return soft, weight * temperature**2

"""What a network is compared with: the targets of the data in the form that the loss takes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.training.losses import LossRule, fitting

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.training.losses import LossKind


def targets(data: Dataset, loss: str, shape: Sequence[int], dtype: Any) -> Any:
    """Of every row of ``data``, for a network whose answers have ``shape``.

    One-hot rows or numbers (n, *shape); of tokens the class ids (n, …), −1 where there is no target.
    Raises NnlabError where the last layer does not fit the data or the loss does not fit the task.
    """
    kind = LossRule.parse(loss).kind
    if kind.targets == "none":
        return np.zeros((data.n, 1), dtype)
    if data.task == "tokens":
        _check_tokens(data, kind, shape)
        return np.asarray(data.y, np.intp)
    if data.task == "regression":
        _check_numbers(data, kind, shape)
        return np.asarray(data.y, dtype)
    from nnlab.data import one_hot

    if data.task == "binary" and shape[-1] == 1 and kind.single:
        return np.asarray(data.y, dtype).reshape(-1, 1)
    _check_classes(data, kind, shape[-1])
    return one_hot(data.y, data.classes, dtype)


def _check_tokens(data: Dataset, kind: LossKind, shape: Sequence[int]) -> None:
    if data.task not in kind.tasks:
        raise NnlabError(
            _(
                "{data} asks for a class at every position; use loss {others}, not {loss}",
                data=data.name,
                others=fitting(data.task),
                loss=kind.name,
            )
        )
    wanted = (*data.y.shape[1:], data.classes)
    if tuple(shape) != wanted:
        raise NnlabError(
            _(
                "{data} asks for one of {classes} classes at each of {time} positions, so the network must "
                "end in shape {wanted}, not {shape}",
                data=data.name,
                classes=data.classes,
                time=prod(wanted[:-1]),
                wanted="×".join(map(str, wanted)),
                shape="×".join(map(str, shape)),
            )
        )


def _check_numbers(data: Dataset, kind: LossKind, shape: Sequence[int]) -> None:
    if data.task not in kind.tasks:
        raise NnlabError(
            _(
                "{loss} compares classes, but {data} has numbers as targets; use loss {others}",
                loss=kind.name,
                data=data.name,
                others=fitting(data.task),
            )
        )
    wanted = data.y.shape[1:]
    if len(wanted) == len(shape) == 1 and wanted != tuple(shape):
        raise NnlabError(
            _(
                "{data} has {width} target number(s) for each example, so the last layer needs "
                "{width} unit(s), not {outputs}",
                data=data.name,
                width=wanted[0],
                outputs=shape[0],
            )
        )
    if wanted != tuple(shape):
        raise NnlabError(
            _(
                "{data} has targets of shape {wanted}, and the network ends in shape {shape}",
                data=data.name,
                wanted="×".join(map(str, wanted)),
                shape="×".join(map(str, shape)),
            )
        )


def _check_classes(data: Dataset, kind: LossKind, outputs: int) -> None:
    if outputs != data.classes and data.task == "binary":
        raise NnlabError(
            _(
                "{data} has two classes: the last layer needs 1 unit with {single}, or 2 with "
                "{double}, and it has {outputs} with {loss}",
                data=data.name,
                single=fitting(data.task, single=True),
                double=fitting(data.task, single=False),
                outputs=outputs,
                loss=kind.name,
            )
        )
    if outputs != data.classes:
        raise NnlabError(
            _(
                "{data} has {classes} classes, so with {loss} the last layer needs {classes} units, "
                "not {outputs}",
                data=data.name,
                classes=data.classes,
                loss=kind.name,
                outputs=outputs,
            )
        )

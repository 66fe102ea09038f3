"""From raw numbers to a ``Dataset``: check, split, scale, name. Every way in ends here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.dataset import Dataset, Split, Task
from nnlab.data.scaling import fit
from nnlab.data.spec import Option
from nnlab.data.split import make_split
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(frozen=True, eq=False)
class Raw:
    """Numbers before they are split and scaled.

    ``x``: (n, features) of any float or integer dtype; ``y``: class ids (n,) or numbers (n, k).
    ``frozen`` is a split that came with the data; ``unit`` is the largest value the inputs can have.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    task: Task
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ("target",)
    notes: tuple[str, ...] = ()
    frozen: Split | None = None
    input_shape: tuple[int, ...] = ()
    unit: float = 1.0


def assemble(
    raw: Raw,
    *,
    name: str,
    split: str,
    seed: int,
    scale: str,
    spec: str = "",
    source: str = "",
    licence: str = "",
) -> Dataset:
    """Split ``raw``, scale it by its training rows and dress it as a ``Dataset``."""
    shape = raw.input_shape or (raw.x.shape[1],)
    if math.prod(shape) != raw.x.shape[1]:
        raise NnlabError(
            _(
                "{name} has {features} inputs, which do not fill the shape {shape}",
                name=name,
                features=raw.x.shape[1],
                shape="x".join(map(str, shape)),
            )
        )
    rows = raw.frozen if split == "frozen" and raw.frozen else make_split(split, len(raw.x), seed)
    scaling = fit(scale, raw.x, rows.train, raw.unit)
    x = scaling.apply(raw.x)
    _check_scaled(x, raw.feature_names, scale)
    classed = raw.task != "regression"
    made = Dataset(
        name=name,
        task=raw.task,
        x=x.reshape(-1, *shape),
        y=raw.y.astype(np.int64) if classed else raw.y.astype(np.float32).reshape(len(raw.y), -1),
        split=rows,
        feature_names=raw.feature_names,
        class_names=raw.class_names,
        input_shape=shape,
        source=source,
        licence=licence,
        spec=spec,
        scaling=scaling,
        target_names=raw.target_names,
    )
    return replace(made, notes=(*raw.notes, *_remarks(made)))


def _check_scaled(x: NDArray[np.float32], names: Sequence[str], scale: str) -> None:
    """Refuse what overflowed: a feature whose training rows are all but equal, and others far away."""
    fine = np.isfinite(x).all(axis=0)
    if not fine.all():
        raise NnlabError(
            _(
                "{column} hardly changes over the training rows, so scale={scale} makes its other values "
                "infinite; leave the column out, or use scale=none",
                column=repr(names[int(np.argmin(fine))]),
                scale=scale,
            )
        )


def _remarks(data: Dataset) -> list[str]:
    """What the learner should know about the split before training."""
    remarks = []
    if data.task != "regression":
        unseen = [data.class_names[k] for k in np.flatnonzero(data.class_counts("train") == 0)]
        few = len(data.split.train) < len(data.class_names)  # a row or two, chosen by hand: meant so
        if unseen and not few:
            remarks.append(
                _("no training row has the class {classes}; it cannot be learned", classes=", ".join(unseen))
            )
    return remarks


def checked(options: Sequence[Option], name: str, value: object) -> Any:
    """A keyword argument, read by the option of the same name, so both have one range and one message."""
    option = next(o for o in options if o.name == name)
    return option.parse(value if isinstance(value, str) else str(value))

"""From raw numbers to a ``Dataset``: check, split, scale, name. Every way in ends here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.dataset import Dataset, Split, Task
from nnlab.data.live import Live
from nnlab.data.scaling import Scaling, fit
from nnlab.data.spec import Option
from nnlab.data.split import make_split
from nnlab.data.text.tokenizer import Tokenizer
from nnlab.errors import NnlabError
from nnlab.i18n import _


@dataclass(frozen=True, eq=False)
class Raw:
    """Numbers before they are split and scaled.

    ``x``: (n, features) or (n, *input shape) of any float or integer dtype; token ids (n, T) where there is
    a ``vocabulary``.
    ``y``: class ids (n,), or one for every position (n, T); numbers (n,) or (n, …); None where the target
    is the scaled input itself.  ``split`` is one that the data bring along; without it, rows are shuffled
    and cut as the option says.  ``unit`` is the largest value the inputs can have.  The rest is as in
    ``Dataset``.
    """

    x: NDArray[Any]
    y: NDArray[Any] | None
    task: Task
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ("target",)
    notes: tuple[str, ...] = ()
    split: Split | None = None
    input_shape: tuple[int, ...] = ()
    unit: float = 1.0
    inputs: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    vocabulary: tuple[str, ...] = ()
    target_vocabulary: tuple[str, ...] = ()
    vocabularies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    axes: tuple[str, ...] = ()
    tokenizer: Tokenizer | None = None
    target_tokenizer: Tokenizer | None = None
    streams: int = 0
    live: Live | None = None
    kinds: NDArray[Any] | None = None
    kind_names: tuple[str, ...] = ()


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
    shape = raw.input_shape or raw.x.shape[1:]
    features = math.prod(raw.x.shape[1:])
    if math.prod(shape) != features:
        raise NnlabError(
            _(
                "{name} has {features} inputs, which do not fill the shape {shape}",
                name=name,
                features=features,
                shape="x".join(map(str, shape)),
            )
        )
    rows = raw.split or make_split(split, len(raw.x), seed)
    scaling, x = Scaling(), raw.x
    if not raw.vocabulary:
        flat = x.reshape(-1, features)
        scaling = fit(scale, flat, rows.train, raw.unit)
        x = scaling.apply(flat)
        _check_scaled(x, raw.feature_names, scale)
    x = np.ascontiguousarray(x.reshape(-1, *shape))
    made = Dataset(
        name=name,
        task=raw.task,
        x=x,
        y=x if raw.y is None else _target(raw.y, raw.task),
        split=rows,
        feature_names=raw.feature_names,
        class_names=raw.class_names,
        input_shape=shape,
        source=source,
        licence=licence,
        spec=spec,
        scaling=scaling,
        target_names=raw.target_names,
        inputs={key: np.ascontiguousarray(array) for key, array in raw.inputs.items()},
        vocabulary=raw.vocabulary,
        target_vocabulary=raw.target_vocabulary,
        vocabularies=raw.vocabularies,
        axes=raw.axes,
        tokenizer=raw.tokenizer,
        target_tokenizer=raw.target_tokenizer,
        streams=raw.streams,
        kinds=raw.kinds,
        kind_names=raw.kind_names,
        live=raw.live,
    )
    return replace(made, notes=(*raw.notes, *_remarks(made)))


def _target(y: NDArray[Any], task: Task) -> NDArray[Any]:
    """Class ids int64, or numbers float32 of at least two axes."""
    if task != "regression":
        return y.astype(np.int64)
    return y.astype(np.float32).reshape(len(y), *(y.shape[1:] or (1,)))


def _check_scaled(x: NDArray[np.float32], names: Sequence[str], scale: str) -> None:
    """Refuse what overflowed: a feature whose training rows are all but equal, and others far away."""
    fine = np.isfinite(x).all(axis=0)
    if not fine.all():
        at = int(np.argmin(fine))
        raise NnlabError(
            _(
                "{column} hardly changes over the training rows, so scale={scale} makes its other values "
                "infinite; leave the column out, or use scale=none",
                column=repr(names[at] if names else f"x{at + 1}"),
                scale=scale,
            )
        )


def _remarks(data: Dataset) -> list[str]:
    """What the learner should know about the split before training."""
    remarks = []
    if data.task in ("binary", "multiclass"):
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

"""Points drawn by hand on the plane: classified by their label, or a curve to fit."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from nnlab.data.assemble import Raw, assemble, checked
from nnlab.data.dataset import Dataset
from nnlab.data.registry import POINTS
from nnlab.data.spec import number, quote
from nnlab.errors import NnlabError
from nnlab.i18n import _

MAX_POINTS = 10_000
_POINT = re.compile(r"([^,:=]+),([^,:=]+)(?::(.+))?", re.DOTALL)

Point = tuple[float, float] | tuple[float, float, int | str]


def points(drawn: Sequence[Point], *, scale: str = "none", split: str = "all", seed: int = 1) -> Dataset:
    """Points ``(x, y, label)``: x float32 (n, 2), y int64 (n,), classes named by their labels;
    or points ``(x, y)``: x float32 (n, 1), y float32 (n, 1), the second coordinate to be predicted.
    """
    scale, split = checked(POINTS.options, "scale", scale), checked(POINTS.options, "split", split)
    seed = checked(POINTS.options, "seed", seed)
    if not 2 <= len(drawn) <= MAX_POINTS:
        raise NnlabError(
            _("{count} points are drawn; draw from 2 to {limit}", count=len(drawn), limit=MAX_POINTS)
        )
    if {len(point) for point in drawn} not in ({2}, {3}):
        raise NnlabError(_("give every point a label (x,y:label), or none (x,y), to fit y to x"))
    plane = np.array([[_coordinate(value) for value in point[:2]] for point in drawn], np.float32)
    plane += 0.0  # −0 is drawn like 0 and written like it
    labelled = len(drawn[0]) == 3
    labels = [str(point[-1]).strip() for point in drawn] if labelled else []
    if "" in labels:
        raise NnlabError(_("a point has an empty label; write x,y:label"))
    raw = _classes(plane, labels) if labelled else _curve(plane)
    words = [
        quote(",".join(number_of(value) for value in place) + (f":{labels[row]}" if labelled else ""))
        for row, place in enumerate(plane)
    ]
    tail = POINTS.text({"scale": scale, "split": split, "seed": seed}).removeprefix(POINTS.name)
    spec = " ".join([POINTS.name, *words]) + tail
    return assemble(
        raw,
        name=POINTS.name,
        split=split,
        seed=seed,
        scale=scale,
        spec=spec,
        source=POINTS.source,
        licence=POINTS.licence,
    )


def read_point(word: str) -> Point:
    """``0.5,1:red`` or ``0.5,1``."""
    match = _POINT.fullmatch(word)
    if not match:
        raise NnlabError(_("{word} is not a point; write x,y:label, such as 0.5,1:red", word=repr(word)))
    x, y = _coordinate(match[1]), _coordinate(match[2])
    return (x, y) if match[3] is None else (x, y, match[3])


def number_of(value: np.float32) -> str:
    """The shortest decimal text that is this float32 again."""
    text = str(value)
    return number(float(value)) if text.endswith(".0") else text


def _coordinate(value: Any) -> float:
    try:
        place = float(value)
    except (TypeError, ValueError):
        place = math.nan
    if not abs(place) <= 1e6:
        raise NnlabError(
            _(
                "{value} is not a coordinate; coordinates are numbers from −1000000 to 1000000",
                value=repr(value),
            )
        )
    return place


def _classes(plane: np.ndarray[Any, np.dtype[np.float32]], labels: list[str]) -> Raw:
    names = sorted(
        set(labels), key=lambda name: (not name.isdecimal(), len(name) if name.isdecimal() else 0, name)
    )
    if len(names) == 1:
        raise NnlabError(
            _("every point has the label {label}; draw points of a second class", label=repr(names[0]))
        )
    to_id = {name: k for k, name in enumerate(names)}
    y = np.array([to_id[label] for label in labels])
    return Raw(
        plane, y, "binary" if len(names) == 2 else "multiclass", ("x1", "x2"), tuple(names), ("class",)
    )


def _curve(plane: np.ndarray[Any, np.dtype[np.float32]]) -> Raw:
    return Raw(plane[:, :1], plane[:, 1:], "regression", ("x",), target_names=("y",))

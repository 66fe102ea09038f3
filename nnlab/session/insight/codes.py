"""The code in the middle of an autoencoder: a map of all codes, what lives between them, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.decoding import decode, narrowest
from nnlab.session.insight.rows import row_of, rows_of

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench

Array = np.ndarray[Any, Any]
DRAWN = 160
"""Codes on the map."""
PLANE = (5, 9)
"""Pictures up and across the map."""
STEPS = 7
"""Pictures of a way from one example to another."""


@dataclass(frozen=True)
class Codes:
    """``name`` is the value that is the code, ``shape`` that of a picture (height, width) or None.

    ``example``, ``code`` and ``rebuilt`` are those of ``row``.  ``others`` (n, 2) are codes of rows ``rows``
    (n,) on the plane of their two principal components, which hold ``share`` of their spread; ``kinds`` (n,)
    their classes where the data know some, named in ``kind_names``; ``here`` (2,) is the followed one.
    ``plane`` (rows, columns, numbers) is what is made of codes all over that plane, over ``x_range`` and
    ``y_range``, first row at the top; ``way`` (steps, numbers) leads from the followed example to ``other``.
    """

    name: str
    shape: tuple[int, int] | None
    row: int
    other: int
    example: Array
    code: Array
    rebuilt: Array
    others: Array
    kinds: Array | None
    kind_names: tuple[str, ...]
    rows: Array
    here: Array
    plane: Array
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    way: Array
    share: float

    @property
    def error(self) -> Array:
        return np.asarray(self.rebuilt - self.example)


def has_code(session: Workbench) -> bool:
    """Whether the network makes its input again through something narrower."""
    data, network = session.data, session.network
    if data is None or network is None or data.vocabulary or data.task != "regression":
        return False
    same = data.y.shape[1:] == data.x.shape[1:] or data.y[0].size == data.x[0].size
    return bool(same and "versus" not in network.text and narrowest(network))


def codes(session: Workbench, part: str = "validation") -> Codes:
    """The codes of a part; raises NnlabError where the network has none, or its numbers are not finite."""
    data, run = session.need_data(), session.need_run()
    network = run.network
    name = narrowest(network)
    if not has_code(session):
        raise NnlabError(_("this network does not make its input again through something narrower"))
    rows = rows_of(data, part)[:DRAWN]
    row = row_of(session, None)
    other = _other(data, row, rows)
    found = network.values(name, data.x[rows]).reshape(len(rows), -1).astype(np.float64)
    require_finite(found)
    mean = found.mean(axis=0)
    _left, sizes, axes = np.linalg.svd(found - mean, full_matrices=False)
    axes = axes[:2] if len(axes) > 1 else np.concatenate((axes, np.zeros_like(axes)))
    share = float((sizes[:2] ** 2).sum() / ((sizes**2).sum() or 1.0))
    places = (found - mean) @ axes.T
    own, further = network.values(name, data.x[[row, other]]).reshape(2, -1).astype(np.float64)
    reach = [(float(low) * 1.1, float(high) * 1.1) for low, high in zip(places.min(0), places.max(0))]
    up, across = PLANE
    points = [
        mean + x * axes[0] + y * axes[1]
        for y in np.linspace(reach[1][1], reach[1][0], up)
        for x in np.linspace(*reach[0], across)
    ]
    way = [own + share_ * (further - own) for share_ in np.linspace(0, 1, STEPS)]
    made = decode(network, name, np.stack([own, *points, *way]).reshape(-1, *_shape(network, name)))
    flat = made.reshape(len(made), -1)
    picture = data.picture
    return Codes(
        name,
        None if picture is None or picture[2] != 1 else picture[:2],
        row,
        other,
        data.x[row].reshape(-1).astype(np.float64),
        own,
        flat[0],
        places,
        None if data.kinds is None else data.kinds[rows],
        data.kind_names,
        rows,
        (own - mean) @ axes.T,
        flat[1 : 1 + up * across].reshape(up, across, -1),
        reach[0],
        reach[1],
        flat[1 + up * across :],
        share,
    )


def _shape(network: Any, name: str) -> tuple[int, ...]:
    return tuple(network.graph.find(name).concrete(1)[1:])


def _other(data: Any, row: int, rows: Array) -> int:
    """Another example to go to: the first of the part that is farthest from ``row`` among a few."""
    few = rows[:12]
    distances = ((data.x[few].reshape(len(few), -1) - data.x[row].reshape(-1)) ** 2).sum(axis=1)
    return int(few[int(distances.argmax())])

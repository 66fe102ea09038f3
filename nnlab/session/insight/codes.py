"""The code in the middle of an autoencoder: a map of all codes, what lives between them, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.health import require_finite
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.decoding import decode, narrowest
from nnlab.session.insight.rows import row_of

if TYPE_CHECKING:
    from nnlab.session.workbench import Workbench

Array = np.ndarray[Any, Any]
DRAWN = 160
"""Codes on the map."""
PLANE = (5, 9)
"""Pictures up and across the map."""
NUDGE = 0.25
"""How far a key moves a number of the code, in standard deviations of that number."""
STEPS = 7
"""Pictures of a way from one example to another."""


@dataclass(frozen=True)
class Spread:
    """``found`` (n, code): the codes of ``rows`` (n,), and the plane of their two principal ``axes`` (2,
    code) through their ``mean``, which holds ``share`` of their spread.
    """

    name: str
    rows: Array
    found: Array
    mean: Array
    axes: Array
    share: float

    def place(self, code: Array) -> Array:
        """Where codes (…, code) are on the plane, (…, 2)."""
        return np.asarray((code - self.mean) @ self.axes.T)

    def moved(self, code: Array, x: float, y: float) -> Array:
        """``code`` taken along the plane to (x, y); how far it is off the plane stays."""
        across, up = np.array((x, y)) - self.place(code)
        return np.asarray(code + across * self.axes[0] + up * self.axes[1])


@dataclass(frozen=True)
class Point:
    """A code that the learner moves: ``code`` (n,), what is ``made`` of it, and its place ``at`` (2,).

    ``step`` (n,) is how far a key moves each number.  ``near`` is the row of the map whose code is nearest.
    """

    code: Array
    made: Array
    at: Array
    step: Array
    near: int


@dataclass(frozen=True)
class Codes:
    """``name`` is the value that is the code, ``shape`` that of a picture (height, width) or None.

    ``example``, ``code`` and ``rebuilt`` are those of ``row``.  ``others`` (n, 2) are codes of rows ``rows``
    (n,) on the plane of their two principal components, which hold ``share`` of their spread; ``kinds`` (n,)
    their classes where the data know some, named in ``kind_names``; ``here`` (2,) is the followed one.
    ``plane`` (rows, columns, numbers) is what is made of codes all over that plane, over ``x_range`` and
    ``y_range``, first row at the top; ``way`` (steps, numbers) leads from the followed example to ``other``.
    ``point`` is the code that the learner moves, the followed one until it is moved.
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
    point: Point

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


def spread(session: Workbench, part: str = "validation") -> Spread:
    """The codes of some rows of a part; raises NnlabError where there are none, or they are not finite."""
    data, run = session.need_data(), session.need_run()
    if not has_code(session):
        raise NnlabError(_("this network does not make its input again through something narrower"))
    name = narrowest(run.network)
    rows = data.rows_of(part)[:DRAWN]
    found = run.network.values(name, data.x[rows]).reshape(len(rows), -1).astype(np.float64)
    require_finite(found)
    mean = found.mean(axis=0)
    _left, sizes, axes = np.linalg.svd(found - mean, full_matrices=False)
    axes = axes[:2] if len(axes) > 1 else np.concatenate((axes, np.zeros_like(axes)))
    share = float((sizes[:2] ** 2).sum() / ((sizes**2).sum() or 1.0))
    return Spread(name, rows, found, mean, axes, share)


def own_code(session: Workbench, name: str, *rows: int) -> Array:
    """The codes (rows, code) of rows of the data."""
    data, network = session.need_data(), session.need_run().network
    return network.values(name, data.x[list(rows)]).reshape(len(rows), -1).astype(np.float64)


def moved_code(session: Workbench, name: str) -> Array:
    """The code that the learner has moved, (code,); that of the followed example until then."""
    own = own_code(session, name, row_of(session, None))[0]
    moved = session.studies.get("code")
    return own if moved is None or moved.shape != own.shape else np.asarray(moved, np.float64)


def made_of(session: Workbench, name: str, codes: Array) -> Array:
    """What the second half makes of ``codes`` (n, code), (n, numbers)."""
    network = session.need_run().network
    shape = tuple(network.graph.find(name).concrete(1)[1:])
    return decode(network, name, codes.reshape(-1, *shape)).reshape(len(codes), -1)


def point(session: Workbench, known: Spread) -> Point:
    """The code under the learner's hand."""
    code = moved_code(session, known.name)
    near = int(((known.found - code) ** 2).sum(axis=1).argmin())
    steps = np.array([_rounded(float(s) * NUDGE) for s in known.found.std(axis=0)])
    made = made_of(session, known.name, code[None])[0]
    return Point(code, made, known.place(code), steps, int(known.rows[near]))


def _rounded(step: float) -> float:
    """One figure of ``step``; where codes do not differ, a tenth."""
    return float(f"{step:.0e}") if step > 1e-6 else 0.1


def codes(session: Workbench, part: str = "validation") -> Codes:
    """The codes of a part; raises NnlabError where the network has none, or its numbers are not finite."""
    data = session.need_data()
    known = spread(session, part)
    name, rows = known.name, known.rows
    row = row_of(session, None)
    other = _other(data, row, rows)
    places = known.place(known.found)
    own, further = own_code(session, name, row, other)
    reach = [(float(low) * 1.1, float(high) * 1.1) for low, high in zip(places.min(0), places.max(0))]
    up, across = PLANE
    points = [
        known.mean + x * known.axes[0] + y * known.axes[1]
        for y in np.linspace(reach[1][1], reach[1][0], up)
        for x in np.linspace(*reach[0], across)
    ]
    way = [own + share * (further - own) for share in np.linspace(0, 1, STEPS)]
    flat = made_of(session, name, np.stack([own, *points, *way]))
    return Codes(
        name,
        picture_shape(data),
        row,
        other,
        data.x[row].reshape(-1).astype(np.float64),
        own,
        flat[0],
        places,
        None if data.kinds is None else data.kinds[rows],
        data.kind_names,
        rows,
        known.place(own),
        flat[1 : 1 + up * across].reshape(up, across, -1),
        reach[0],
        reach[1],
        flat[1 + up * across :],
        known.share,
        point(session, known),
    )


def picture_shape(data: Any) -> tuple[int, int] | None:
    """Height and width of what is made, where that is a grey picture."""
    picture = data.picture
    return None if picture is None or picture[2] != 1 else (picture[0], picture[1])


def _other(data: Any, row: int, rows: Array) -> int:
    """Another example to go to: the first of the part that is farthest from ``row`` among a few."""
    few = rows[:12]
    distances = ((data.x[few].reshape(len(few), -1) - data.x[row].reshape(-1)) ** 2).sum(axis=1)
    return int(few[int(distances.argmax())])

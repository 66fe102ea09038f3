"""A picture drawn by hand, what the network says of it, and what every layer makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.excite import given_on

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.session.workbench import Workbench

Array = np.ndarray[Any, Any]
LARGEST = 32
"""Rows and columns of the largest picture that is drawn by hand."""
SOFT = 0.4
"""What the neighbours of a painted pixel become at least, where pixels are many."""
MANY = 16
"""Rows of a picture from which on a stroke has soft edges."""


@dataclass(frozen=True)
class Seen:
    """``pixels`` (height, width) from 0 to 1; a probability for each of ``names`` (empty before there is a
    network to ask), and what each layer gives on for it, without the batch axis."""

    pixels: Array
    names: tuple[str, ...]
    shares: Array
    layers: tuple[tuple[str, Array], ...]

    @property
    def answer(self) -> str:
        return self.names[int(self.shares.argmax())] if len(self.shares) else ""


def can_be_drawn(session: Workbench) -> bool:
    """Whether the data are pictures of one channel, small enough, of classes."""
    data = session.data
    shape = None if data is None else data.image_shape
    return shape is not None and max(shape) <= LARGEST and bool(data is not None and data.class_names)


def require(session: Workbench) -> tuple[int, int]:
    """(height, width) of what is drawn; raises NnlabError where the data are no pictures to draw."""
    data = session.need_data()
    if not can_be_drawn(session) or data.image_shape is None:
        raise NnlabError(
            _("{data} has no small pictures of one channel with classes to draw; digits has", data=data.name)
        )
    return data.image_shape


def blank(session: Workbench) -> Array:
    return np.zeros(require(session))


def drawn(session: Workbench) -> Array:
    """The picture so far, of the shape the data have now."""
    shape = require(session)
    pixels = session.studies.get("sketch")
    if isinstance(pixels, np.ndarray) and pixels.shape == shape:
        return pixels
    return np.zeros(shape)


def painted(pixels: Array, row: int, column: int, value: float) -> Array:
    """A copy with one pixel set; a stroke on a large picture has soft edges."""
    found = pixels.copy()
    found[row, column] = value
    if value > 0 and len(found) >= MANY:
        for r, c in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= r < found.shape[0] and 0 <= c < found.shape[1]:
                found[r, c] = max(found[r, c], SOFT * value)
    return found


def line(pixels: Array, start: tuple[int, int], end: tuple[int, int]) -> Array:
    """A stroke from pixel to pixel."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for k in range(steps + 1):
        row, column = (round(a + (b - a) * k / steps) for a, b in zip(start, end))
        pixels = painted(pixels, row, column, 1.0)
    return pixels


def of_row(session: Workbench, row: int) -> Array:
    """An example of the data as something to change: ``row`` of the whole data set, from 0 to 1."""
    shape, data = require(session), session.need_data()
    if not 0 <= row < data.n:
        raise NnlabError(_("there is no row {row}; the data have rows 0 to {last}", row=row, last=data.n - 1))
    low, high = _ends(data)
    raw = data.scaling.undo(data.x[row].reshape(1, -1))
    return np.clip((raw.reshape(shape) - low) / ((high - low) or 1.0), 0, 1)


def as_input(data: Dataset, pixels: Array) -> Array:
    """The picture as the network reads it, (1, *input_shape): in the range and the scaling of the data."""
    low, high = _ends(data)
    raw = low + (high - low) * pixels.reshape(1, -1)
    return data.scaling.apply(raw).reshape(1, *data.input_shape)


def _ends(data: Dataset) -> tuple[float, float]:
    """The smallest and the largest raw number of the training pictures."""
    raw = data.scaling.undo(data.x[data.split.train[:256]].reshape(min(256, len(data.split.train)), -1))
    return float(raw.min()), float(raw.max())


def seen(session: Workbench) -> Seen:
    """What the network as it is says of the picture so far."""
    pixels, data = drawn(session), session.need_data()
    names = tuple(map(str, data.class_names))
    run = session.run
    if run is None or not pixels.any():
        return Seen(pixels, names, np.zeros(0), ())
    x = as_input(data, pixels)
    shares = np.asarray(run.decide(x)[0], np.float64).reshape(-1)
    if len(shares) == 1:
        shares = np.array([1 - shares[0], shares[0]])
    network = run.network
    layers = tuple(
        (row.name, np.asarray(network.values(given_on(network, row.name), x)[0], np.float64))
        for row in network.ledger()
    )
    return Seen(pixels, names, shares, layers)

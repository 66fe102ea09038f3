"""Images and sequences as grids: one channel of an image (rows × columns), a sequence as channels × time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.ops.window import Axes
from nnlab.i18n import _
from nnlab.session.scene import COLUMNS, ROWS, Axis, Folded, Frame, Grid, Lattice, Strip, Wall

if TYPE_CHECKING:
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]
ONE_ROW = 12
"""Units that stand in one row."""


def letter(name: str, part: str) -> str:
    """How a value or its gradient is called in a title: ``conv1.a``, ``d conv1.a``."""
    return f"d {name}" if part else name


def is_image(shape: Sequence[int]) -> bool:
    """Whether (batch, …) are images; sequences have an axis less."""
    return len(shape) == 4


def plane(
    moment: Moment,
    name: str,
    channel: int,
    part: str = "",
    padding: tuple[Index, Index] = ((0, 0), (0, 0)),
    called: str = "",
) -> Grid:
    """One channel of the example's image, or its whole sequence as (channels, time).

    ``padding`` is how much stands before and behind, each (down, across); ``called`` what the channel is
    called, where it is not one of an input.  Pixels and other inputs that are never negative are grey.
    """
    before, after = padding
    shape = moment.shape(name)
    array = moment.array(name, part)
    if is_image(shape):
        values = None if array is None else array[moment.row, :, :, channel]
        index: tuple[int | Axis, ...] = (
            moment.row, Axis("rows", -before[0]), Axis("columns", -before[1]), channel,
        )  # fmt: skip
        size = shape[1], shape[2]
        title = f"{letter(name, part)} " + (called or _("channel {k}", k=channel))
    else:
        values = None if array is None else array[moment.row].T
        index = moment.row, Axis("columns", -before[-1]), ROWS
        size = shape[2], shape[1]
        title = f"{letter(name, part)} " + _("channels × time")
        before, after = (0, before[-1]), (0, after[-1])
    padded = tuple(b + n + a for b, n, a in zip(before, size, after))
    inside = tuple(slice(b, b + n) for b, n in zip(before, size))
    outside = np.ones(padded, bool)
    outside[inside] = False
    shown = None
    if values is not None:
        shown = np.full(padded, np.nan)
        shown[inside] = values
    positive = not part and not called and values is not None and values.min(initial=0) >= 0
    return Grid(
        title,
        shown,
        Lattice(name, index, shape, part),
        kind="unsigned" if positive else "signed",
        size=(padded[0], padded[1]),
        marks={"padding": outside} if outside.any() else {},
    )


def row(moment: Moment, name: str, part: str = "") -> Grid:
    """The example's units (batch, n), folded into a grid about as wide as high."""
    array, n = moment.array(name, part), moment.shape(name)[-1]
    width = n if n <= ONE_ROW else ceil(n**0.5)
    size = -(-n // width), width
    values = None
    if array is not None:
        values = np.full(size[0] * width, np.nan)
        values[:n] = array[moment.row]
        values = values.reshape(size)
    places = Folded(name, width, n, (moment.row,), part)
    return Grid(letter(name, part), values, places, size=size)


def field(moment: Moment, name: str, channel: int, part: str = "", called: str = "") -> Grid:
    """What a layer answers, whatever its shape: a channel of an image, a sequence, or a row of units."""
    if len(moment.shape(name)) == 2:
        return row(moment, name, part)
    return plane(moment, name, channel, part, called=called)


def padded_plane(moment: Moment, name: str, channel: int, window: Axes, part: str = "") -> Grid:
    """The plane with the padding that ``window`` sees around it."""
    before, after = (tuple(getattr(axis, side) for axis in window) for side in ("before", "after"))
    return plane(moment, name, channel, part, (before, after))


def framed(grid: Grid, window: Axes, position: Index, rows: range | None = None) -> Grid:
    """With the window at ``position`` framed; ``rows`` are the channels of a sequence that it sees."""
    across = window[-1]
    left = position[-1] * across.stride
    if len(window) == 2:
        down = window[0]
        frame = Frame(position[0] * down.stride, left, down.reach, across.reach)
    else:
        seen = rows if rows is not None else range(grid.shape[0])
        frame = Frame(seen.start, left, len(seen), across.reach)
    return replace(grid, frames=(frame,))


def marked(grid: Grid, places: Sequence[Index], before: Index = (0, 0)) -> Grid:
    """With the cells at ``places`` of an image, or moments of a sequence, marked as what a number was made
    from."""
    mask = np.zeros(grid.shape, bool)
    for place in places:
        if len(place) == 2:
            mask[place[0] + before[0], place[1] + before[1]] = True
        else:
            mask[:, place[0] + before[-1]] = True
    return replace(grid, marks={**grid.marks, "path": mask})


def wall(moment: Moment, name: str, title: str, at: Index, part: str = "", chosen: int = -1) -> Wall | Grid:
    """Every channel of the example's images as a small picture, all in one strength of shade; a sequence as
    the grid it is.

    Choosing a picture keeps the place ``at``, an index without example and channel.
    """
    shape = moment.shape(name)
    if not is_image(shape):
        return replace(plane(moment, name, 0, part), title=title)
    array = moment.array(name, part)
    images = None if array is None else np.asarray(array[moment.row], float)
    positive = not part and images is not None and images.min(initial=0) >= 0
    kind = "unsigned" if positive and name == "input" else "signed"
    limit = None if images is None else float(np.abs(images).max(initial=0.0)) or None
    grids = tuple(
        Grid(
            str(k),
            None if images is None else images[:, :, k],
            kind=kind,
            size=(shape[1], shape[2]),
            limit=limit,
        )
        for k in range(shape[3])
    )
    picks = tuple(Address(name, (moment.row, *at, k), part) for k in range(shape[3]))
    return Wall(title, grids, chosen, picks)


def small(moment: Moment, name: str, at: Address | None = None) -> Wall | Grid | Strip:
    """All channels for the picture of the network, the one of ``at`` chosen; of a sequence its steps."""
    part = moment.part_of(name)
    shape = moment.shape(name)
    if len(shape) == 2:
        return replace(row(moment, name, part), title="", most="tiles")
    if len(shape) == 3:
        array = moment.array(name, part)
        values = None if array is None else np.asarray(array[moment.row], float)
        return Strip(values, (shape[1], shape[2]), Lattice(name, (moment.row, ROWS, COLUMNS), shape, part))
    index = at.index if at is not None and at.value == name and len(at.index) == len(shape) else ()
    place = index[1:-1] if index else (0,) * (len(shape) - 2)
    chosen = index[-1] if index else -1
    if is_image(shape) and shape[3] == 1:
        return replace(plane(moment, name, 0, part), title="", most="tiles")
    found = wall(moment, name, "", place, part, chosen)
    return replace(found, names=False) if isinstance(found, Wall) else found

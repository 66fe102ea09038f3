"""Where a window that slides over an image or a sequence looks: sizes, strides, dilation, padding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

from nnlab.errors import NnlabError
from nnlab.i18n import _

PADS = ("valid", "same")
Index: TypeAlias = tuple[int, ...]
Array: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of ``length`` numbers under a window of ``size`` taps.

    At position o, tap k looks at place o·stride + k·dilation − before.  Places outside 0 … length − 1 are
    padding.
    """

    length: int
    size: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0

    @property
    def reach(self) -> int:
        """How many places lie between the first and the last tap, both counted."""
        return (self.size - 1) * self.dilation + 1

    @property
    def positions(self) -> int:
        return (self.before + self.length + self.after - self.reach) // self.stride + 1

    def looks(self, position: int) -> list[tuple[int, int]]:
        """(tap, place) of every tap that is not on padding."""
        places = [(k, position * self.stride + k * self.dilation - self.before) for k in range(self.size)]
        return [(k, place) for k, place in places if 0 <= place < self.length]

    def seen(self, place: int) -> list[tuple[int, int]]:
        """(position, tap) of every window that looks at ``place``."""
        found = []
        for k in range(self.size):
            position, rest = divmod(place + self.before - k * self.dilation, self.stride)
            if rest == 0 and 0 <= position < self.positions:
                found.append((position, k))
        return sorted(found)

    def shared(self, tap: int) -> tuple[slice, slice]:
        """The positions at which ``tap`` is not on padding, and the places it looks at there."""
        offset = tap * self.dilation - self.before
        first = max(0, -(offset // self.stride))
        last = min(self.positions - 1, (self.length - 1 - offset) // self.stride)
        count = max(0, last - first + 1)
        start = first * self.stride + offset if count else 0
        stop = start + (count - 1) * self.stride + 1 if count else 0
        return slice(first, first + count), slice(start, stop, self.stride)


Axes: TypeAlias = tuple[Axis, ...]


def axes(
    shape: Sequence[int], size: Sequence[int], stride: Sequence[int], dilation: Sequence[int], pad: str
) -> Axes:
    """The axes of a window over (height, width) or (time,).

    ``valid`` looks at whole windows only.  ``same`` pads with zeros as TensorFlow and Keras do, so that there
    are ⌈length / stride⌉ positions; an odd number of zeros puts one more behind than before.
    Raises NnlabError where not even one window fits.
    """
    found = []
    for length, taps, step, spread in zip(shape, size, stride, dilation, strict=True):
        plain = Axis(length, taps, step, spread)
        if pad == "same":
            padding = max(0, (-(-length // step) - 1) * step + plain.reach - length)
            plain = Axis(length, taps, step, spread, padding // 2, padding - padding // 2)
        found.append(plain)
    if any(axis.reach > axis.before + axis.length + axis.after for axis in found):
        raise NnlabError(
            _(
                "a window of {reach} does not fit into {shape}; make it smaller or write pad=same",
                reach="×".join(str(axis.reach) for axis in found),
                shape="×".join(map(str, shape)),
            )
        )
    return tuple(found)


def adjoint(axis: Axis) -> Axis:
    """The axis along which gradients flow back under the window turned around; for windows that move by 1."""
    whole = axis.reach - 1
    return Axis(axis.positions, axis.size, 1, axis.dilation, whole - axis.before, whole - axis.after)


def positions(window: Axes) -> Index:
    return tuple(axis.positions for axis in window)


def looks(window: Axes, position: Sequence[int]) -> Iterator[tuple[Index, Index]]:
    """(tap, place), an index each, of every tap of the window at ``position`` that is not on padding."""
    return _pairs(window, position, Axis.looks)


def seen(window: Axes, place: Sequence[int]) -> Iterator[tuple[Index, Index]]:
    """(position, tap), an index each, of every window that looks at ``place``."""
    return _pairs(window, place, Axis.seen)


def _pairs(
    window: Axes, index: Sequence[int], pairs: Callable[[Axis, int], list[tuple[int, int]]]
) -> Iterator[tuple[Index, Index]]:
    for found in product(*(pairs(axis, i) for axis, i in zip(window, index, strict=True))):
        yield tuple(first for first, _second in found), tuple(second for _first, second in found)


def taps(window: Axes) -> Iterator[Index]:
    """The index of every tap, row by row."""
    return product(*(range(axis.size) for axis in window))


def tap_views(
    window: Axes, per_place: Sequence[Array], per_position: Sequence[Array]
) -> list[tuple[Array, ...]]:
    """Views of arrays over the places of a window and over its positions, a tuple of one for each tap.

    ``window`` has two axes; the arrays are (examples, height, width, channels).  A tap that is on padding at
    a position leaves it out.
    """
    found: list[list[Array]] = [[] for _array in (*per_place, *per_position)]
    for tap in taps(window):
        (rows, ys), (cols, xs) = (axis.shared(i) for axis, i in zip(window, tap))
        for views, array in zip(found, per_place):
            views.append(array[:, ys, xs])
        for views, array in zip(found[len(per_place) :], per_position):
            views.append(array[:, rows, cols])
    return [tuple(views) for views in found]

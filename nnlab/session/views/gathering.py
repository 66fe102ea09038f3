"""A number that is gathered through a window: the sum of source · weight over its taps, and over channels.

So are the answer of a convolution and the gradient of what a transposed one read (from where the window
looks), and the gradient of what a convolution read and the answer of a transposed one (from every window
that looks at the place).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.expression import Sum
from nnlab.i18n import _
from nnlab.session.scene import Beside, Grid, Line, Listed, Table

if TYPE_CHECKING:
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
Index = tuple[int, ...]
CHANNELS = 5
"""Lines of channels; of more the largest are listed and the rest is added up."""


def worth(explanation: Explanation | None) -> Array | None:
    """What each term of a sum is worth, in the order of the operation's rule, (n,)."""
    if explanation is None or explanation.expression is None:
        return None
    expression = explanation.expression
    return expression.worth() if isinstance(expression, Sum) else np.array([explanation.value])


@dataclass(frozen=True)
class Gathering:
    """``target`` = Σ over (tap, place) and channels: source[place, channel] · weight[tap, channel].

    ``pairs`` are (tap, place in the source), ``size`` how many taps the window has each way, ``channels``
    those of the source that are added up, ``weight(tap, k)`` the index of the weight for the k-th of them.
    """

    moment: Moment
    target: Address
    source: str
    part: str
    weights: str
    pairs: Sequence[tuple[Index, Index]]
    size: Index
    channels: range
    weight: Callable[[Index, int], Index]

    @cached_property
    def terms(self) -> Array | None:
        """(pairs, channels): what each product is worth; None where it is not known."""
        found = worth(self.moment.explain(self.target))
        if found is None:
            return None
        n = len(self.pairs) * len(self.channels)
        return found[:n].reshape(len(self.pairs), -1) if len(found) >= n else None

    @property
    def two(self) -> bool:
        return len(self.size) == 2

    def source_at(self, place: Index, channel: int) -> Address:
        return Address(self.source, (self.moment.row, *place, channel), self.part)

    # -- grids by tap: (rows, columns) of a window, (channels, taps) of a window along a sequence ---------

    def _grid(self, title: str, channel: int, each: Callable[[int, Index, Index, int], Any]) -> Grid:
        """``each(pair, tap, place, k)`` gives number and address of a cell."""
        k = self.channels.index(channel)
        rows = self.size if self.two else (len(self.channels), self.size[0])
        values = np.full(rows, np.nan)
        cells: list[list[Address | None]] = [[None] * rows[1] for _row in range(rows[0])]
        known = True
        for pair, (tap, place) in enumerate(self.pairs):
            for j in (k,) if self.two else range(len(self.channels)):
                number, address = each(pair, tap, place, j)
                row, column = tap if self.two else (j, tap[0])
                values[row, column] = np.nan if number is None else number
                cells[row][column] = address
                known &= number is not None
        places = Listed(tuple(map(tuple, cells)))
        shape = (rows[0], rows[1])
        return Grid(title, values if known else None, places, size=shape, least="tiles")

    def seen(self, title: str, channel: int) -> Grid:
        """The source under each tap."""
        array = self.moment.array(self.source, self.part)

        def each(_pair: int, _tap: Index, place: Index, k: int) -> tuple[float | None, Address]:
            address = self.source_at(place, self.channels[k])
            return None if array is None else float(array[address.index]), address

        grid = self._grid(title, channel, each)
        missing = np.ones(grid.shape, bool)
        for tap, _place in self.pairs:
            missing[tap if self.two else (slice(None), tap[0])] = False
        marks = {"padding": missing} if missing.any() else {}
        return Grid(grid.title, grid.values, grid.places, size=grid.size, marks=marks, least="tiles")

    def kernel(self, channel: int) -> Grid:
        """The weight of each tap, those too that look at nothing."""
        array, row = self.moment.array(self.weights), self.channels.index(channel)
        rows = self.size if self.two else (len(self.channels), self.size[0])
        cells = []
        for r in range(rows[0]):
            taps = [((r, c), row) if self.two else ((c,), r) for c in range(rows[1])]
            cells.append(tuple(Address(self.weights, self.weight(tap, k)) for tap, k in taps))
        values = (
            None if array is None else np.array([[array[a.index] for a in line] for line in cells], float)
        )
        return Grid(self.weights, values, Listed(tuple(cells)), size=(rows[0], rows[1]), least="tiles")

    def products(self, channel: int) -> Grid:
        """What each tap adds."""
        terms = self.terms

        def each(pair: int, _tap: Index, _place: Index, k: int) -> tuple[float | None, None]:
            return None if terms is None else float(terms[pair, k]), None

        grid = self._grid(_("products"), channel, each)
        return Grid(grid.title, grid.values, size=grid.size, least="tiles")

    def beside(self, title: str, channel: int) -> Beside:
        """source × weights = products."""
        return Beside((self.seen(title, channel), self.kernel(channel), self.products(channel)), ("×", "="))

    # -- the sum ------------------------------------------------------------------------------------

    def sums(self, name: Callable[[int], str], bias: Address | None, after: Sequence[Line]) -> Table:
        """What each channel adds, the bias, and what comes of it (``after``)."""
        terms = self.terms
        shares = [None] * len(self.channels) if terms is None else terms.sum(axis=0).tolist()
        lines = [Line(name(channel), share) for channel, share in zip(self.channels, shares)]
        if len(lines) > CHANNELS:
            ranked = sorted(lines, key=lambda line: -abs(line.value or 0.0))
            rest = None if terms is None else sum(line.value or 0.0 for line in ranked[CHANNELS - 1 :])
            many = Line(_("{n} more", n=len(ranked) - CHANNELS + 1), rest, role="faint")
            lines = [*ranked[: CHANNELS - 1], many]
        if bias is not None:
            lines.append(Line(_("bias"), self.moment.number(bias), bias))
        return Table(_("sum"), (*lines, *after), bars="signed")

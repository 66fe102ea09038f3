"""What blocks are drawn on: cells, a cursor, and the places it can go."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Protocol

from nnlab.engine.address import Address
from nnlab.session.scene import Deed, Places
from nnlab.tui.bench.spots import DIRECTIONS, Area, Picture, Sight, Spot
from nnlab.tui.cells import Cells, fill, text
from nnlab.tui.themes import Role


@dataclass(frozen=True, slots=True)
class Size:
    """One way to show a block: (height, width) in cells, in which form, and what is lost by it.

    ``loss`` is 0 for the fullest form, about 1 where every number still has a cell of its own, more where
    numbers are taken together.  ``parts`` are the sizes of blocks inside.
    """

    height: int
    width: int
    form: str = ""
    loss: float = 0.0
    parts: tuple[Size, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A grid on screen: cell (0, 0) at (y, x), each ``tall`` rows by ``wide`` columns (½ for half blocks).

    ``block`` is the block of the scene it belongs to.
    """

    y: int
    x: int
    rows: int
    columns: int
    tall: float
    wide: float
    places: Places
    block: int = 0

    def spot(self, row: int, column: int) -> Spot | None:
        """The cell as a spot; None where no number stands."""
        address = self.places.at(row, column)
        if address is None:
            return None
        y, x = self.y + int(row * self.tall), self.x + int(column * self.wide)
        return Spot(y, x, max(1, round(self.wide)), address, max(1, round(self.tall)))

    @property
    def spots(self) -> list[Spot]:
        """All cells that can be told apart on screen, in reading order."""
        cells = [(r, c) for r in range(self.rows) for c in range(self.columns)]
        found = (
            self.spot(r, c) for r, c in cells if self.tall >= 1 or r == 0 or r * self.tall % 1 < self.tall
        )
        return [spot for spot in found if spot is not None]

    def cell(self, y: float, x: float) -> tuple[int, int]:
        """The cell at (y, x) on screen, or the nearest one."""
        row = min(max(0, int((y - self.y + 1e-6) / self.tall)), self.rows - 1)
        column = min(max(0, int((x - self.x + 1e-6) / self.wide)), self.columns - 1)
        return row, column

    def nearest(self, y: float, x: float) -> Spot | None:
        """The number nearest to (y, x): from a cell of padding on inwards."""
        row, column = self.cell(y, x)
        middle = (self.rows - 1) // 2, (self.columns - 1) // 2
        while (spot := self.spot(row, column)) is None and (row, column) != middle:
            row += (middle[0] > row) - (middle[0] < row)
            column += (middle[1] > column) - (middle[1] < column)
        return spot

    def holds(self, y: int, x: int) -> bool:
        return 0 <= y - self.y < self.rows * self.tall and 0 <= x - self.x < self.columns * self.wide

    def find(self, target: Hashable) -> tuple[int, int] | None:
        cell = self.places.find(target) if isinstance(target, (Address, Deed)) else None
        if cell is None or cell[0] >= self.rows or cell[1] >= self.columns:
            return None
        return cell


@dataclass
class Desk:
    """``cursor`` is the number pointed at; blocks add spots and fields as they draw."""

    cells: Cells
    sight: Sight
    cursor: Hashable
    spots: list[Spot] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)

    def spot(self, y: int, x: int, width: int, target: Hashable, height: int = 1) -> bool:
        """Note a spot; True where the cursor stands on it."""
        self.spots.append(Spot(y, x, width, target, height))
        return target == self.cursor

    def mark(self, y: int, x: int, width: int) -> None:
        """The cursor: reversed where the place has the keyboard, underlaid where not."""
        fg, bg = (Role.CURSOR_TEXT, Role.CURSOR) if self.sight.focus else (Role.TEXT, Role.SELECTION)
        fill(self.cells, y, x, 1, width, None, fg, bg)

    def title(self, y: int, x: int, string: str, width: int) -> None:
        text(self.cells, y, x, string, Role.MUTED, None, width)


class Drawer(Protocol):
    """A module that draws one kind of block."""

    def sizes(self, block: object, width: int, sight: Sight) -> list[Size]:
        """Ways to show ``block`` in at most ``width`` columns, the fullest first."""

    def draw(self, desk: Desk, block: object, y: int, x: int, size: Size) -> None: ...


@dataclass(frozen=True)
class ScenePicture(Picture):
    """A picture that also has fields, whose cells count as spots.

    A number may stand in several blocks, in a lane and in the table below: the cursor is on the one in block
    ``within``, if it is there.  ``owners`` are the blocks of the spots.  Rows above ``top`` are a heading,
    under which the page scrolls.
    """

    fields: tuple[Field, ...] = ()
    owners: tuple[int, ...] = ()
    within: int = -1
    top: int = 0

    def moved(self, down: int) -> ScenePicture:
        spots = tuple(spot.moved(down) for spot in self.spots)
        fields = tuple(replace(each, y=each.y + down) for each in self.fields)
        areas = tuple(area.moved(down) for area in self.areas)
        return replace(self, spots=spots, fields=fields, areas=areas, top=self.top + down)

    def _standing(self, target: Hashable) -> tuple[Spot | None, Field | None, tuple[int, int]]:
        """Where the cursor is: its spot, and its field and cell if it is in one."""
        found = [(each, cell) for each in self.fields if (cell := each.find(target)) is not None]
        spots = [(s, k) for s, k in zip(self.spots, self.owners or (0,) * len(self.spots))]
        own = next(((f, cell) for f, cell in found if f.block == self.within), None)
        if own is None:
            spot = next((s for s, k in spots if k == self.within and s.target == target), None)
            if spot is not None:
                return spot, None, (0, 0)
            own = found[0] if found else None
        if own is not None:
            return own[0].spot(*own[1]), *own
        return super().spot_of(target), None, (0, 0)

    def spot_of(self, target: Hashable) -> Spot | None:
        return self._standing(target)[0]

    def spot_at(self, y: int, x: int) -> Spot | None:
        if y < self.top:
            return None
        for each in self.fields:
            if each.holds(y, x):
                return each.spot(*each.cell(y, x))
        return super().spot_at(y, x)

    def block_at(self, y: int, x: int) -> int:
        """The block that has a number at (y, x); −1 for none."""
        field = next((each.block for each in self.fields if each.holds(y, x)), None)
        if field is not None:
            return field
        return next((k for spot, k in zip(self.spots, self.owners) if spot.holds(y, x)), -1)

    def beside(self, target: Hashable, direction: str) -> Spot | None:
        """The next number from ``target`` towards ``direction``: in its own grid first, then in what stands
        there; None at the edge."""
        start, own, (row, column) = self._standing(target)
        down, right = DIRECTIONS[direction]
        if own is not None:
            row, column = row + down, column + right
            while 0 <= row < own.rows and 0 <= column < own.columns:
                spot = own.spot(row, column)
                if spot is not None:
                    return spot
                row, column = row + down, column + right
        if start is None:
            return self.first
        others = [s for s in self.spots if s is not start]
        for each in self.fields:
            if each is not own:
                spot = each.nearest(*start.middle)
                others += [spot] if spot is not None else []
        return _nearest(start, others, down, right)

    @property
    def every(self) -> list[Spot]:
        """The spots and the cells of all fields."""
        return [*self.spots, *(spot for each in self.fields for spot in each.spots)]

    def onward(self, target: Hashable, again: bool = False) -> Spot | None:
        """The number behind ``target`` in its grid, row by row; ``again`` the first behind the last."""
        here = next(((f, cell) for f in self.fields if (cell := f.find(target))), None)
        if here is None:
            return None
        own, (row, column) = here
        cells = ((r, c) for r in range(row, own.rows) for c in range(own.columns) if (r, c) > (row, column))
        found = next((spot for r, c in cells if (spot := own.spot(r, c)) is not None), None)
        return found if found is not None or not again else own.spot(0, 0)

    @property
    def first(self) -> Spot | None:
        for each in self.fields:
            spot = each.spot(0, 0)
            if spot is not None:
                return spot
        return self.spots[0] if self.spots else None


def _nearest(start: Spot, others: list[Spot], down: int, right: int) -> Spot | None:
    """The nearest of ``others`` that lies wholly in that direction; rows count double, and so does what lies
    across."""
    y, x = start.middle
    best, least = None, float("inf")
    for spot in others:
        sy, sx = spot.middle
        if down:
            apart = spot.y >= start.y + start.height if down > 0 else spot.y + spot.height <= start.y
            across = max(0.0, abs(sx - x) - (start.width + spot.width) / 2 + 1)
        else:
            apart = spot.x >= start.x + start.width if right > 0 else spot.x + spot.width <= start.x
            across = 2 * abs(sy - y)
        distance = (sy - y) * 2 * down + (sx - x) * right + 2 * across
        if apart and distance < least:
            best, least = spot, distance
    return best

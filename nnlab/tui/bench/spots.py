"""Pictures with places a cursor can stand on.

A :class:`Spot` is a rectangle of cells and what it stands for; arrows go to the nearest spot in their
direction, Tab to the next in reading order, a click to the one under the mouse.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

from nnlab.tui.capabilities import FULL, Capabilities
from nnlab.tui.cells import Cells


@dataclass(frozen=True, slots=True)
class Sight:
    """How a picture is looked at: the terminal, whether the place has the keyboard, how far motion is.

    ``progress`` is 1 when the last operation has arrived, less while its values are on their way; ``cursor``
    is what the cursor of the place is on, where the picture itself has to know.
    """

    caps: Capabilities = FULL
    focus: bool = True
    progress: float = 1.0
    cursor: Hashable = None


PLAIN = Sight()


@dataclass(frozen=True, slots=True)
class Spot:
    """``height`` x ``width`` cells at (y, x) that stand for ``target``: a place, an address, an action.

    One that has been scrolled out of sight is not ``seen``: arrows go there, a click does not.
    """

    y: int
    x: int
    width: int
    target: Hashable
    height: int = 1
    seen: bool = True

    @property
    def middle(self) -> tuple[float, float]:
        return self.y + (self.height - 1) / 2, self.x + (self.width - 1) / 2

    def moved(self, down: int) -> Spot:
        return replace(self, y=self.y + down)

    def holds(self, y: int, x: int) -> bool:
        return self.y <= y < self.y + self.height and self.x <= x < self.x + self.width


@dataclass(frozen=True, slots=True)
class Area:
    """``height`` x ``width`` cells at (y, x) that are a plane: the mouse on it performs ``line``, which has
    the place in it as ``{x}`` and ``{y}``.  The first row is the upper end of ``y_range``.
    """

    y: int
    x: int
    height: int
    width: int
    line: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def holds(self, y: int, x: int) -> bool:
        return self.y <= y < self.y + self.height and self.x <= x < self.x + self.width

    def line_at(self, y: int, x: int) -> str:
        """The action of the cell at (y, x), or of the nearest one of the area."""
        right = (min(max(x - self.x, 0), self.width - 1) + 0.5) / self.width
        down = (min(max(y - self.y, 0), self.height - 1) + 0.5) / self.height
        across = self.x_range[0] + right * (self.x_range[1] - self.x_range[0])
        up = self.y_range[1] - down * (self.y_range[1] - self.y_range[0])
        return self.line.format(x=f"{across:.4g}", y=f"{up:.4g}")

    def moved(self, down: int, right: int = 0) -> Area:
        return replace(self, y=self.y + down, x=self.x + right)


@dataclass(frozen=True)
class Picture:
    """Cells (height, width, 3), the spots on them in reading order, and areas for the mouse."""

    cells: Cells
    spots: Sequence[Spot] = field(default_factory=tuple)
    areas: tuple[Area, ...] = ()

    def moved(self, down: int) -> Picture:
        """The same cells, the spots ``down`` rows lower: for a picture below a title."""
        return replace(
            self,
            spots=tuple(spot.moved(down) for spot in self.spots),
            areas=tuple(area.moved(down) for area in self.areas),
        )

    def area_at(self, y: int, x: int) -> Area | None:
        """The area over (y, x)."""
        return next((area for area in self.areas if area.holds(y, x)), None)

    def spot_of(self, target: Hashable) -> Spot | None:
        return next((spot for spot in self.spots if spot.target == target), None)

    def spot_at(self, y: int, x: int) -> Spot | None:
        """The smallest spot over (y, x)."""
        over = [spot for spot in self.spots if spot.seen and spot.holds(y, x)]
        return min(over, key=lambda s: s.width * s.height, default=None)


DIRECTIONS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


def beside(picture: Picture, target: Hashable, direction: str) -> Spot | None:
    """The nearest spot from ``target`` towards ``direction``; None at the edge.

    Distance across the direction counts double (rows are twice as tall as columns are wide), so that the
    cursor keeps its line.
    """
    here = picture.spot_of(target)
    if here is None:
        return picture.spots[0] if picture.spots else None
    dy, dx = DIRECTIONS[direction]
    y, x = here.middle
    best, least = None, float("inf")
    for spot in picture.spots:
        if spot is here:
            continue
        sy, sx = spot.middle
        along = (sy - y) * 2 * dy + (sx - x) * dx
        if dy:
            apart = spot.y >= here.y + here.height if dy > 0 else spot.y + spot.height <= here.y
            across = max(0.0, abs(sx - x) - (here.width + spot.width) / 2 + 1)
        else:
            apart = spot.x >= here.x + here.width if dx > 0 else spot.x + spot.width <= here.x
            across = 2 * abs(sy - y)
        if not apart:
            continue
        distance = along + 2 * across
        if distance < least:
            best, least = spot, distance
    return best


def following(picture: Picture, target: Hashable, step: int = 1) -> Spot | None:
    """The spot ``step`` places further in reading order, around the end."""
    if not picture.spots:
        return None
    here = next((i for i, spot in enumerate(picture.spots) if spot.target == target), -1 if step > 0 else 0)
    return picture.spots[(here + step) % len(picture.spots)]

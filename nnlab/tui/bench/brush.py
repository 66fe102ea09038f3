"""The mouse as a brush on a picture whose pixels are deeds."""

from __future__ import annotations

from dataclasses import dataclass

from nnlab.session.scene import Deed
from nnlab.tui.bench.spots import Spot

PAINTS = "sketch"


def paints(deed: Deed) -> bool:
    """Whether Enter on it paints a pixel."""
    words = deed.line.split()
    return len(words) == 3 and words[0] == PAINTS and (words[1] + words[2]).isdigit()


@dataclass(frozen=True, slots=True)
class Brush:
    """On the pixel whose deed is ``target``, at (``row``, ``column``) of the picture."""

    target: Deed
    row: int
    column: int

    @classmethod
    def on(cls, spot: Spot | None) -> Brush | None:
        """A brush on a pixel; None elsewhere."""
        if spot is None or not isinstance(spot.target, Deed):
            return None
        if not paints(spot.target):
            return None
        words = spot.target.line.split()
        return cls(spot.target, int(words[1]), int(words[2]))

    def to(self, spot: Spot | None) -> Brush | None:
        """The brush on another pixel; None where it stays on this one, or leaves the picture."""
        found = Brush.on(spot)
        return found if found is not None and found != self else None

    def line_to(self, other: Brush) -> str:
        """The action that draws a stroke to another pixel."""
        return f"{PAINTS} {self.row} {self.column} {other.row} {other.column}"

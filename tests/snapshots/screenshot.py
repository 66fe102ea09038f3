"""A screen as text: its rows, and beside them which style each cell has.

Not SVG: a picture of the bench is 100 to 650 kB there, and its diff says nothing to a reader.  Here one is a
few kB, `git diff` shows the rows that moved, and a colour that changed is one line of the second part.  A
style's name is made of what it is, so that a new one does not rename the others::

    80x24
    │ loss 0.123 …                      the rows, trailing blanks left out
    styles
    gk2 #e2e4e8 on #15171a bold         name, ink, paper, attributes
    looks
     3 gk2*12 a0x*68                    row 3: twelve cells of one style, sixty-eight of another
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[+-]?\d+)?")
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")


@dataclass(frozen=True)
class Screenshot:
    """``rows`` of text; ``looks``: for each row the (style, cells) that it is made of."""

    rows: tuple[str, ...]
    looks: tuple[tuple[tuple[str, int], ...], ...]

    @property
    def size(self) -> str:
        return f"{sum(cells for _look, cells in self.looks[0])}x{len(self.rows)}"

    def __str__(self) -> str:
        names = {look: name_of(look) for row in self.looks for look, _cells in row}
        return "\n".join(
            (
                self.size,
                *(row.rstrip() for row in self.rows),
                "styles",
                *sorted(f"{name} {look}" for look, name in names.items()),
                "looks",
                *(f"{y:>2} {written(row, names)}" for y, row in enumerate(self.looks)),
                "",
            )
        )


def written(row: Sequence[tuple[str, int]], names: dict[str, str]) -> str:
    return " ".join(f"{names[look]}*{cells}" for look, cells in row)


def name_of(look: str) -> str:
    """Three letters that stand for ``look``, the same ones always."""
    number = int.from_bytes(hashlib.sha1(look.encode()).digest()[:4], "big")
    return "".join("abcdefghijklmnopqrstuvwxyz0123456789"[number // 36**k % 36] for k in range(3))


def look_of(style: Style | None) -> str:
    """``#rrggbb on #rrggbb bold`` of a style; a blank says nothing where the terminal's own is left."""
    if style is None:
        return "plain"
    ink = style.color.name if style.color and not style.color.is_default else ""
    paper = f"on {style.bgcolor.name}" if style.bgcolor and not style.bgcolor.is_default else ""
    attributes = [name for name in ATTRIBUTES if getattr(style, name)]
    return " ".join(part for part in (ink, paper, *attributes) if part) or "plain"


def screenshot(strips: Iterable[Iterable[Segment]]) -> Screenshot:
    """The picture that these lines of segments make."""
    rows, looks = [], []
    for strip in strips:
        segments = [segment for segment in strip if segment.text and not segment.control]
        rows.append("".join(segment.text for segment in segments))
        parts = [(look_of(segment.style), cell_len(segment.text)) for segment in segments]
        looks.append(
            tuple((look, sum(n for _l, n in group)) for look, group in groupby(parts, lambda part: part[0]))
        )
    return Screenshot(tuple(rows), tuple(looks))


def difference(kept: str, now: str) -> str:
    """What to read when ``now`` is not ``kept``; empty where they agree.

    Numbers may differ by one in their last digit: another processor adds up in another order.
    """
    old, new = kept.splitlines(), now.splitlines()
    if len(old) == len(new) and all(a == b or _near(a, b) for a, b in zip(old, new)):
        return ""
    old = [a if a != b and not _near(a, b) else b for a, b in zip(old, new)] + old[len(new) :]
    return "\n".join(difflib.unified_diff(old, new, "kept", "now", n=1, lineterm=""))


def _near(a: str, b: str) -> bool:
    if NUMBER.sub("0", a) != NUMBER.sub("0", b):
        return False
    return all(_neighbours(x, y) for x, y in zip(NUMBER.findall(a), NUMBER.findall(b)))


def _neighbours(a: str, b: str) -> bool:
    """Whether two numbers are written alike and differ by one in the last place at most."""
    if a == b:
        return True
    if "." not in a or len(a) != len(b) or a.partition("e")[2] != b.partition("e")[2]:
        return False
    x, y = (int(re.sub(r"[.,]", "", text.partition("e")[0])) for text in (a, b))
    return abs(x - y) <= 1

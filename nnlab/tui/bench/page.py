"""A page of text with spots, longer than its window: it scrolls so that the cursor stays in sight."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from nnlab.tui.bench.spots import Picture, Sight, Spot
from nnlab.tui.cells import Cells, blank, clip, fill, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

CLOSING = tuple("；，。：、）”！？%")
"""Marks that no line of a wide script begins with."""
_UNBROKEN = re.compile("[\x21-\x7e−·×]+")
"""What stays together where a line of a wide script ends."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a row: ``string`` at column ``x``; with a ``target`` it can be stood on."""

    x: int
    string: str
    ink: int = Role.TEXT
    target: Hashable = None


@dataclass
class Page:
    """Rows of parts and pictures, ``width`` columns wide."""

    width: int
    rows: list[tuple[Part, ...] | Cells] = field(default_factory=list)
    pinned: int = 0
    """Rows at the top that stay where they are when the rest scrolls."""

    def add(self, *parts: Part) -> None:
        self.rows.append(parts)

    def say(self, string: str, ink: int = Role.TEXT, indent: int = 1, most: int = 99) -> None:
        """A paragraph, broken into at most ``most`` lines."""
        for line in wrap(string, self.width - indent - 1)[:most]:
            self.add(Part(indent, line, ink))

    def rule(self, title: str = "", unicode: bool = True) -> None:
        """A heading on a thin line."""
        line = ("─" if unicode else "-") * max(0, self.width - 2)
        parts = [Part(1, line, Role.FAINT)]
        if title:
            parts.append(Part(3, f" {title} ", Role.MUTED))
        self.add(*parts)

    def gap(self) -> None:
        """An empty row, never two."""
        if self.rows and (isinstance(self.rows[-1], tuple) and not self.rows[-1]):
            return
        self.add()

    def picture(self, cells: Cells) -> None:
        """A picture of any height as rows of its own."""
        for row in cells:
            self.rows.append(row[None])

    def draw(self, height: int, cursor: Hashable, sight: Sight, background: int = Role.BACKGROUND) -> Picture:
        """The window (height, width, 3) of the page around the cursor; spots of the rest lie outside it."""
        cells = blank(max(0, height), self.width, background)
        spots: list[Spot] = []
        at = -1
        for y, row in enumerate(self.rows):
            if not isinstance(row, tuple):
                continue
            for part in row:
                if part.target is not None:
                    spots.append(Spot(y, part.x, max(1, columns(part.string)), part.target))
                    if part.target == cursor and at < 0:
                        at = y
        offset = self._offset(height, at if sight.focus else -1)
        shown = self.rows[offset : offset + height]
        if offset:
            shown[: self.pinned] = self.rows[: self.pinned]
        for y, row in enumerate(shown):
            if isinstance(row, tuple):
                self._row(cells, y, row, cursor, sight)
            else:
                paste(cells, y, 0, row[:, : self.width])
        self._more(cells, offset, height, sight)
        moved = [replace(s, y=s.y - offset, seen=offset <= s.y < offset + height) for s in spots]
        return Picture(cells, tuple(moved))

    def _offset(self, height: int, at: int) -> int:
        most = max(0, len(self.rows) - height)
        if at < 0 or at < height - 2:
            return 0
        return min(most, at - height // 2)

    def _row(self, cells: Cells, y: int, row: tuple[Part, ...], cursor: Hashable, sight: Sight) -> None:
        for part in row:
            room = self.width - part.x
            if room <= 0:
                continue
            text(cells, y, part.x, clip(part.string, room), part.ink)
            if part.target is not None and part.target == cursor:
                fg, bg = (Role.CURSOR_TEXT, Role.CURSOR) if sight.focus else (Role.TEXT, Role.SELECTION)
                fill(cells, y, part.x, 1, min(room, columns(part.string)), None, fg, bg)

    def _more(self, cells: Cells, offset: int, height: int, sight: Sight) -> None:
        """Marks at the right edge where the page goes on."""
        up, down = ("↑", "↓") if sight.caps.unicode else ("^", "v")
        if offset and height:
            text(cells, min(self.pinned, height - 1), self.width - 1, up, Role.WARNING)
        if len(self.rows) > offset + height and height:
            text(cells, height - 1, self.width - 1, down, Role.WARNING)


def whole(string: str, width: int) -> bool:
    """Whether :func:`wrap` breaks no word, and so no number, that is written without blanks."""
    return width > 1 and all(columns(run) <= width for run in _UNBROKEN.findall(string))


def wrap(string: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns: broken at blanks, wide scripts anywhere."""
    lines: list[str] = []
    line = ""
    for word in string.split(" "):
        while columns(word) > width > 1:
            head = word
            room = width - (columns(line) + 1 if line else 0)
            if room < 2 or word.isascii():
                if line:
                    lines.append(line)
                    line = ""
                room = width
            while columns(head) > room:
                head = head[:-1]
            head = _before_run(head, word[len(head) :])
            lines.append(f"{line} {head}" if line else head)
            line, word = "", word[len(head) :]
        if line and columns(line) + 1 + columns(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line or not lines else lines


def _before_run(head: str, rest: str) -> str:
    """``head`` without the beginning of a number, or of a word in letters, that goes on in ``rest``, and
    without a sign that a mark behind it must not be parted from."""
    if rest[:1] in CLOSING and len(head) > 1:
        return _before_run(head[:-1], head[-1] + rest)
    own = _UNBROKEN.search(head[::-1])
    if not own or own.start() or not _UNBROKEN.match(rest) or own.end() == len(head):
        return head
    return head[: -own.end()]

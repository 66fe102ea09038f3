"""A sheet of items and stages: items across or down, or only the strongest of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import plain
from nnlab.session.scene import Sheet
from nnlab.session.scene_text import sheet_words
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import clip, fill, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

NAME = 12
"""Columns of an item's name at most."""
SHORT = 6
"""Columns to which names are cut where items stand across."""
BAR = 10
FEW = 8
"""Items that are shown where not all fit."""


@dataclass(frozen=True, slots=True)
class _Written:
    """Entry by entry: its name, a word for every item, the total; in the terminal's signs."""

    names: list[str]
    words: list[list[str]]
    totals: list[str]

    @classmethod
    def of(cls, sheet: Sheet, sight: Sight) -> _Written:
        found = [sheet_words(sheet, k, sight.caps) for k in range(len(sheet.entries))]
        caps = sight.caps
        return cls(
            [plain(name, caps) for name, _words, _total in found],
            [[plain(word, caps) for word in words] for _name, words, _total in found],
            [plain(total, caps) for _name, _words, total in found],
        )

    def widths(self, items: list[int]) -> list[int]:
        """Columns of each entry where items stand down."""
        return [
            max(width_of(name), width_of(total), *(width_of(words[item]) for item in items), 2)
            for name, words, total in zip(self.names, self.words, self.totals)
        ]


def sizes(sheet: Sheet, width: int, sight: Sight) -> list[Size]:
    written, every = _Written.of(sheet, sight), list(range(len(sheet.items)))
    if not every:
        return [Size(1, min(width, width_of(sheet.title)), "down")]
    ends = bool(sheet.title) + bool(sheet.note)
    label = min(NAME, max(map(width_of, sheet.items))) + 2
    down = label + sum(wide + 2 for wide in written.widths(every))
    tall = ends + 1 + len(every) + (2 if sheet.totals else 0)
    margin, cell, total = _across(sheet, written)
    across = margin + cell * len(every) + total
    found = [Size(tall, down + BAR + 1, "down-bars"), Size(tall, down, "down", 0.1)]
    found.append(Size(ends + 1 + len(sheet.entries), across, "across", 0.2))
    if len(every) > FEW and across > width:
        short = ends + 2 + FEW + (2 if sheet.totals else 0)
        close = down - len(sheet.entries) * (_gap("few-bars") - _gap("few"))
        found += [Size(short, down + BAR + 1, "few-bars", 1.0), Size(short, close, "few", 1.1)]
    least = min(width_of(sheet.title), width)
    fitting = [replace(size, width=max(size.width, least)) for size in found if size.width <= width]
    return fitting or [replace(found[-1], width=width, loss=2.0)]


def _gap(form: str) -> int:
    """Columns between the figures of items that stand down."""
    return 1 if form == "few" else 2


def _across(sheet: Sheet, written: _Written) -> tuple[int, int, int]:
    """Columns of the names of entries, of an item, and of the totals."""
    cell = max(width_of(word) for words in written.words for word in words)
    heads = max(map(width_of, sheet.items))
    total = max(map(width_of, written.totals)) + 3 if sheet.totals else 0
    return max(map(width_of, written.names)) + 1, max(cell, min(SHORT, heads)) + 1, total


def draw(desk: Desk, sheet: Sheet, y: int, x: int, size: Size) -> None:
    written = _Written.of(sheet, desk.sight)
    if sheet.title:
        desk.title(y, x, sheet.title, size.width)
        y += 1
    if not sheet.items:
        return
    if size.form == "across":
        end = _draw_across(desk, sheet, written, y, x, size.width)
    else:
        end = _draw_down(desk, sheet, written, y, x, size)
    if sheet.note:
        text(desk.cells, end, x, clip(plain(sheet.note, desk.sight.caps), size.width), Role.MUTED)


def _draw_across(desk: Desk, sheet: Sheet, written: _Written, y: int, x: int, width: int) -> int:
    """As many items as there is room for, and the totals where all of it fits."""
    margin, cell, total = _across(sheet, written)
    items = range(min(len(sheet.items), max(1, (width - margin) // cell)))
    for item in items:
        ink = Role.ACCENT if item == sheet.chosen else Role.MUTED
        left = x + margin + item * cell
        text(desk.cells, y, left + 1, clip(sheet.items[item], cell - 1), ink, None, cell - 1, "right")
    at = x + margin + cell * len(items)
    total = total if at + total <= x + width else 0
    if total:
        text(desk.cells, y, at + 1, plain("Σ", desk.sight.caps), Role.MUTED, None, total - 1, "right")
    for k, name in enumerate(written.names):
        text(desk.cells, y + 1 + k, x, name, Role.MUTED, None, margin - 1, "right")
        for item in items:
            _figure(desk, sheet, written, (k, item), (y + 1 + k, x + margin + item * cell + 1), cell - 1)
        _total(desk, sheet, written, k, (y + 1 + k, at + 1), total - 1)
    return y + 1 + len(sheet.entries)


def _draw_down(desk: Desk, sheet: Sheet, written: _Written, y: int, x: int, size: Size) -> int:
    """Items below each other, and as many entries as there is room for."""
    every = list(range(len(sheet.items)))
    few = size.form.startswith("few")
    items = _strongest(sheet) if few else every
    label = min(NAME, max(map(width_of, sheet.items))) + 2
    stops, at = [], x + label
    for wide in written.widths(every):
        if at + wide > x + size.width:
            break
        stops.append((at, wide))
        at += wide + _gap(size.form)
    for (left, wide), name in zip(stops, written.names):
        text(desk.cells, y, left, name, Role.MUTED, None, wide, "right")
    bars = at if size.form.endswith("bars") else -1
    for line, item in enumerate(items, y + 1):
        _line(desk, sheet, written, item, (line, x), label, stops, bars)
    line = y + 1 + len(items)
    if few:
        told = _("… and weaker ones")
        text(desk.cells, line, x + 2, clip(told, size.width - 2), Role.FAINT)
        line += 1
    if sheet.totals:
        rule = ("─" if desk.sight.caps.unicode else "-") * (at - x - 2)
        text(desk.cells, line, x, clip(rule, size.width), Role.FAINT)
        text(desk.cells, line + 1, x + 2, plain("Σ", desk.sight.caps), Role.MUTED)
        for k, (left, wide) in enumerate(stops):
            _total(desk, sheet, written, k, (line + 1, left), wide)
        line += 2
    return line


def _strongest(sheet: Sheet) -> list[int]:
    """The items with the largest shares, the chosen one among them, in their order."""
    shares = [entry for entry in sheet.entries if entry.kind == "share" and entry.values is not None]
    if not shares or shares[-1].values is None:
        return list(range(FEW))
    size = np.nan_to_num(np.abs(np.asarray(shares[-1].values, float)))
    if sheet.chosen >= 0:
        size[sheet.chosen] = np.inf
    return sorted(np.argsort(-size, kind="stable")[:FEW].tolist())


def _line(
    desk: Desk,
    sheet: Sheet,
    written: _Written,
    item: int,
    corner: tuple[int, int],
    label: int,
    stops: list[tuple[int, int]],
    bars: int,
) -> None:
    """One item that stands down, with the bar of its last share."""
    y, x = corner
    chosen = item == sheet.chosen
    if chosen:
        text(desk.cells, y, x, "▸" if desk.sight.caps.unicode else ">", Role.ACCENT)
    name = clip(sheet.items[item], label - 2)
    text(desk.cells, y, x + 1, name, Role.ACCENT if chosen else Role.MUTED, None, label - 2, "right")
    for k, (left, wide) in enumerate(stops):
        _figure(desk, sheet, written, (k, item), (y, left), wide)
    share = next((e.values for e in reversed(sheet.entries) if e.kind == "share"), None)
    if bars >= 0 and share is not None:
        fill(desk.cells, y, bars, 1, BAR, None, None, Role.PANEL)
        value = np.nan_to_num(np.array([share[item]], float))
        paste(desk.cells, y, bars, pictures.bars(value, BAR, 1.0, int(Role.PRIMARY), desk.sight.caps))


def _figure(
    desk: Desk, sheet: Sheet, written: _Written, where: tuple[int, int], corner: tuple[int, int], wide: int
) -> None:
    """The number of an item at a stage (entry, item); the cursor finds it where it has a place."""
    (y, x), (k, item) = corner, where
    word, entry = written.words[k][item], sheet.entries[k]
    ink = Role.TEXT
    if sheet.crossed(item, k) or entry.values is None:
        ink = Role.FAINT
    elif entry.kind == "signed":
        ink = Role.NEGATIVE if entry.values[item] < 0 else Role.POSITIVE
    text(desk.cells, y, x, word, ink, None, wide, "right")
    place = entry.place(item)
    start = x + wide - max(1, width_of(word))
    if place is not None and desk.spot(y, start, max(1, width_of(word)), place):
        desk.mark(y, start, max(1, width_of(word)))


def _total(desk: Desk, sheet: Sheet, written: _Written, k: int, corner: tuple[int, int], wide: int) -> None:
    y, x = corner
    word = written.totals[k]
    if not word or wide < 1:
        return
    text(desk.cells, y, x, word, Role.TEXT, None, wide, "right")
    place = sheet.entries[k].total_at
    start = x + wide - width_of(word)
    if place is not None and desk.spot(y, start, width_of(word), place):
        desk.mark(y, start, width_of(word))

"""Labelled numbers below each other, with bars where they help."""

from __future__ import annotations

import numpy as np

from nnlab.session.figures import aligned
from nnlab.session.scene import Line, Table
from nnlab.session.sparks import spark
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.page import whole, wrap
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import clip, fill, paste, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

BARS = ((41, 0.0), (13, 0.05), (7, 0.2))
"""Columns of bars, and what is lost by shorter ones."""
LONG, WIDE = 20, 150
"""Longer bars are for pages as wide as that: beside a picture they would be too loud."""
LEAST = 12
"""Columns that words keep beside a curve."""
INKS = {"plain": Role.TEXT, "total": Role.TEXT, "chosen": Role.ACCENT, "faint": Role.MUTED}


def figures(table: Table, sight: Sight) -> list[str]:
    """The numbers as they are written; nothing for a line that only speaks."""
    written = aligned((line.value for line in table.lines), table.digits, sight.caps)
    return ["" if line.speaks else word for line, word in zip(table.lines, written)]


def _parts(table: Table, sight: Sight) -> tuple[int, int, int, int]:
    """Columns of label, figure, curve and note."""
    label = max((width_of(line.label) for line in table.lines), default=0)
    figure = max(map(width_of, figures(table, sight)), default=0)
    note = max((width_of(line.note) for line in table.lines), default=0)
    curve = max((len(line.curve) for line in table.lines), default=0)
    return label, figure, curve, note


def sizes(table: Table, width: int, sight: Sight) -> list[Size]:
    label, figure, curve, note = _parts(table, sight)
    note += curve + 1 if curve else 0
    height = bool(table.title) + len(table.lines) + sum(line.role == "total" for line in table.lines)
    short = 1 + label + 1 + figure + (note + 1 if note else 0)
    found = [
        Size(height, max(short + bar + 1, min(width_of(table.title), width)), f"bars {bar}", loss)
        for bar, loss in BARS
        if table.bars and (bar < LONG or width >= WIDE)
    ]
    found.append(Size(height, max(short, min(width_of(table.title), width)), "plain", 0.3 * bool(table.bars)))
    fitting = [size for size in found if size.width <= width]
    if fitting:
        return fitting
    more = sum(len(rows) - 1 for rows in _notes(table, width, sight))
    return [Size(height + more, width, "plain")]


def _notes(table: Table, width: int, sight: Sight) -> list[list[str]]:
    """The note of every line in rows of what is left of ``width``; one, to be cut, where a word is longer."""
    label, figure, *_more = _parts(table, sight)
    curve = _curve(table, width, sight)
    room = width - (1 + label + 1 + figure + 1) - (curve + 1 if curve else 0)
    return [_in_rows(line.note, room) if whole(line.note, room) else [line.note] for line in table.lines]


def _curve(table: Table, width: int, sight: Sight) -> int:
    """Columns of the curve; none where words beside it would have no room."""
    label, figure, curve, note = _parts(table, sight)
    left = width - (1 + label + 1 + figure + 1) - (curve + 1)
    return curve if left >= min(note, LEAST) else 0


def _in_rows(note: str, room: int) -> list[str]:
    """``note`` in rows of ``room`` columns; what stands between double blanks stays together where it can."""
    rows: list[str] = []
    for item in note.split("  "):
        lines = wrap(item, room)
        if rows and len(lines) == 1 and width_of(rows[-1]) + 2 + width_of(item) <= room:
            rows[-1] += f"  {item}"
        else:
            rows += lines
    return rows


def draw(desk: Desk, table: Table, y: int, x: int, size: Size) -> None:
    label, figure, *_more = _parts(table, desk.sight)
    bar = int(size.form.split()[1]) if size.form != "plain" else 0
    curve = _curve(table, size.width - (bar + 1 if bar else 0), desk.sight)
    at = y
    if table.title:
        desk.title(y, x, table.title, size.width)
        at += 1
    label = min(label, max(4, size.width - figure - 2))
    notes = _notes(table, size.width, desk.sight) if size.form == "plain" else [[n.note] for n in table.lines]
    limit = table.limit or max((abs(_share(line)) for line in table.lines), default=0.0) or 1.0
    for line, word, note in zip(table.lines, figures(table, desk.sight), notes):
        if line.role == "total":
            rule = ("─" if desk.sight.caps.unicode else "-") * max(1, label + figure + 2)
            text(desk.cells, at, x, clip(rule, size.width), Role.FAINT)
            at += 1
        _line(desk, table, line, word, (at, x), (label, figure, bar, curve, size.width), limit, note)
        at += len(note)


def _share(line: Line) -> float:
    value = line.share if line.share is not None else line.value
    return float(value) if value is not None and np.isfinite(value) else 0.0


def _line(
    desk: Desk,
    table: Table,
    line: Line,
    word: str,
    corner: tuple[int, int],
    widths: tuple[int, int, int, int, int],
    limit: float,
    note: list[str],
) -> None:
    y, x = corner
    label, figure, bar, curve, width = widths
    ink = INKS.get(line.role, Role.TEXT)
    mark = ("▸" if desk.sight.caps.unicode else ">") if line.role == "chosen" else " "
    text(desk.cells, y, x, mark, Role.ACCENT)
    text(desk.cells, y, x + 1, clip(line.label, label), ink)
    at = x + 1 + label + 1
    if word:
        negative = line.value is not None and line.value < 0
        tone = Role.MUTED if line.value is None else Role.NEGATIVE if negative else Role.POSITIVE
        text(desk.cells, y, at, word, ink if table.bars != "signed" else tone)
        if line.at is not None and desk.spot(y, at, max(1, len(word)), line.at):
            desk.mark(y, at, max(1, len(word)))
    elif line.at is not None and desk.spot(y, x + 1, width_of(line.label), line.at):
        desk.mark(y, x + 1, width_of(line.label))
    at += figure + 1
    if bar and (line.value is not None or line.share is not None):
        share = np.array([_share(line)])
        drawn = (
            pictures.signed_bars(share, bar, limit, desk.sight.caps)
            if table.bars == "signed"
            else pictures.bars(share, bar, limit, int(Role.PRIMARY), desk.sight.caps)
        )
        if table.bars == "share":
            fill(desk.cells, y, at, 1, bar, None, None, Role.PANEL)
        paste(desk.cells, y, at, drawn)
    if bar:
        at += bar + 1
    if curve:
        drawn_curve = spark(line.curve, not desk.sight.caps.unicode)
        text(desk.cells, y, at, clip(drawn_curve, max(0, x + width - at)), Role.PRIMARY)
        at += curve + 1
    for k, said in enumerate(note):
        text(desk.cells, y + k, at, clip(said, max(0, x + width - at)), Role.MUTED)

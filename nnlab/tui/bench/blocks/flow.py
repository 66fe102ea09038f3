"""The parts of a layer below each other, beside the line of what goes past them."""

from __future__ import annotations

import numpy as np

from nnlab.session.figures import plain
from nnlab.session.scene import Flow, Stop
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.cells import clip, fill, text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

RAIL = 4
RAILS = {"through": "●", "leaves": "├─▪", "beside": "│ ▪", "joins": "⊕─╯"}
PLAIN_RAILS = {"through": "o", "leaves": "+-*", "beside": "| *", "joins": "+-'"}
BARS, PLAIN_BARS = "▁▂▃▄▅▆▇█", ".:-=+*#@"
NOTE = 40
"""Columns that a note makes it wide, at most; a longer one goes on in the next row."""
BARE = 1.6
"""What is lost without bars, of which the note speaks."""
LABEL = 28
"""Columns of a part's name at most."""


def sizes(flow: Flow, width: int, sight: Sight) -> list[Size]:
    """With wide bars, with bars of one column, and without."""
    label, shape = _parts(flow)
    head = RAIL + label + 2 + shape
    rows = 1 + len(flow.stops) + bool(flow.note)
    named = 1 + max(1, min(6, max(map(width_of, flow.heads), default=1)))
    found = [Size(rows, head + 2 + named * len(flow.heads), "named")]
    found.append(Size(rows, head + 2 + len(flow.heads), "bars", 0.3))
    found.append(Size(rows, head, "bare", BARE))
    least = min(width, max(width_of(flow.title), min(width_of(flow.note), NOTE)))
    fitting = [Size(s.height, max(s.width, least), s.form, s.loss) for s in found if s.width <= width]
    return fitting or [Size(rows, width, "bare", 1.0)]


def _parts(flow: Flow) -> tuple[int, int]:
    """Columns of labels and shapes."""
    label = min(LABEL, max((width_of(stop.label) for stop in flow.stops), default=0))
    return label, max((width_of(stop.shape) for stop in flow.stops), default=0)


def draw(desk: Desk, flow: Flow, y: int, x: int, size: Size) -> None:
    caps = desk.sight.caps
    desk.title(y, x, flow.title, size.width)
    label, shape = _parts(flow)
    at = x + RAIL + label + 2 + shape + 2
    named = size.form == "named"
    wide = (size.width - (at - x)) // max(1, len(flow.heads)) if named else 1
    wide = min(wide, 1 + max(1, min(6, max(map(width_of, flow.heads), default=1))))
    if named:
        for k, head in enumerate(flow.heads):
            text(desk.cells, y, at + k * wide, clip(head, wide - 1), Role.MUTED)
    known = [stop.lengths for stop in flow.stops if stop.lengths is not None]
    longest = max((float(np.max(each, initial=0.0)) for each in known), default=0.0) or 1.0
    for k, stop in enumerate(flow.stops, 1):
        _stop(desk, stop, y + k, x, (label, shape), k - 1 == flow.chosen)
        if size.form != "bare":
            _bars(desk, stop, longest, y + k, at, (wide, len(flow.heads)))
    if flow.note:
        note = clip(plain(flow.note, caps), size.width)
        text(desk.cells, y + 1 + len(flow.stops), x, note, Role.MUTED)


def _stop(desk: Desk, stop: Stop, y: int, x: int, widths: tuple[int, int], chosen: bool) -> None:
    caps = desk.sight.caps
    rail = (RAILS if caps.unicode else PLAIN_RAILS)[stop.way]
    text(desk.cells, y, x, rail, Role.PRIMARY)
    label, shape = widths
    ink = Role.ACCENT if chosen else Role.TEXT
    text(desk.cells, y, x + RAIL, clip(plain(stop.label, caps), label), ink)
    text(desk.cells, y, x + RAIL + label + 2, plain(stop.shape, caps), Role.MUTED, None, shape, "right")
    if desk.spot(y, x + RAIL, label, stop.target):
        desk.mark(y, x + RAIL, label)


def _bars(desk: Desk, stop: Stop, longest: float, y: int, x: int, size: tuple[int, int]) -> None:
    """The length at every position, an eighth of a row each step."""
    wide, count = size
    if stop.lengths is None:
        for k in range(count):
            text(desk.cells, y, x + k * wide, "?", Role.FAINT)
        return
    for k, length in enumerate(stop.lengths.tolist()):
        text(
            desk.cells,
            y,
            x + k * wide,
            bar(length / longest, desk.sight.caps) * max(1, wide - 1),
            Role.PRIMARY,
        )
        if wide > 1:
            fill(desk.cells, y, x + k * wide, 1, wide - 1, None, None, Role.PANEL)


def bar(share: float, caps: Capabilities) -> str:
    """One sign for a share from 0 to 1."""
    signs = BARS if caps.unicode else PLAIN_BARS
    return signs[min(len(signs) - 1, max(0, int(share * len(signs))))] if np.isfinite(share) else "?"

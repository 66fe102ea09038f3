"""Rows over the steps of a sequence: numbers on their shades, gates as bars; a shade a step where there are
too many, and the number of the chosen one at the end."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.session.figures import plain
from nnlab.session.lane_text import lane_head, lane_words
from nnlab.session.scene import Lane, Lanes, Listed
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.desk import Desk, Field, Size
from nnlab.tui.bench.spots import Sight
from nnlab.tui.capabilities import Capabilities, ColorDepth
from nnlab.tui.cells import Cells, blank, clip, fill, paste, text
from nnlab.tui.glyphs import RAMP, RISING, SPACE
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.palette import DIVERGING
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]
MARGIN = 15
"""Columns of the names of lanes at most."""
GATE, BAR = 3, 3
"""Columns of the figure of a gate, and at most of the bar behind it."""
WORD, SHADE = 12, 4
"""Columns of a step at most: of a word above figures, and of a shade."""
READING = 9
"""Columns of the number at the end of shades."""
POWERS = 4
"""Powers of ten from full strength to none."""
PLUS, MINUS, DOT = ord("+") - 32, ord("-") - 32, ord(".") - 32


def sizes(block: Lanes, width: int, sight: Sight) -> list[Size]:
    steps, margin = len(block.heads), _margin(block, sight.caps)
    height = 2 + _worded(block) + len(block.lanes) + bool(block.note)
    figure = _figure(block)
    longest = max((width_of(head) for head in block.heads), default=0)
    room = max(1, width - margin)
    said = min(width, max(width_of(block.title), width_of(block.note)))
    pitch = min(max(figure, min(longest, WORD) + 1), room // max(1, steps))
    if pitch >= figure:
        return [Size(height, max(said, margin + steps * pitch), f"numbers {pitch}")]
    pitch = max(1, min(SHADE, (room - READING) // max(1, steps)))
    return [Size(height, min(width, max(said, margin + steps * pitch + READING)), f"shades {pitch}")]


def _worded(block: Lanes) -> bool:
    """Whether the heads say more than the numbers of the steps."""
    return any(head != str(k) for k, head in enumerate(block.heads))


def _margin(block: Lanes, caps: Capabilities) -> int:
    names = max((width_of(plain(lane_head(lane), caps)) for lane in block.lanes), default=0)
    return min(MARGIN, names) + 1


def _figure(block: Lanes) -> int:
    """Columns of a step that has room for its figures."""
    widths = [
        max([GATE + 1 if lane.kind == "gate" else 3, *map(width_of, lane_words(lane))])
        for lane in block.lanes
    ]
    return max(widths, default=3) + 1


def draw(desk: Desk, block: Lanes, y: int, x: int, size: Size) -> None:
    desk.title(y, x, plain(block.title, desk.sight.caps), size.width)
    margin = _margin(block, desk.sight.caps)
    form, pitch = size.form.split()[0], int(size.form.split()[1])
    numbers = form == "numbers"
    room = size.width - margin - (0 if numbers else READING)
    count = min(len(block.heads), room // pitch)
    first = min(max(0, block.chosen - count // 2), len(block.heads) - count)
    seen = range(first, first + count)
    top, left = y + 2 + _worded(block), x + margin
    _heads(desk, block, seen, (y + 1, left), pitch, numbers)
    for row, lane in enumerate(block.lanes):
        head = plain(lane_head(lane), desk.sight.caps)
        text(desk.cells, top + row, x, head, Role.MUTED, None, margin - 1, "right")
        if numbers:
            _figures(desk, block, lane, (top + row, left), pitch)
        else:
            paste(desk.cells, top + row, left, _shades(block, lane, seen, pitch, desk.sight.caps))
            _reading(desk, block, lane, top + row, left + count * pitch)
    if numbers:
        _edges(desk, block, top, left, pitch)
    rows = tuple(lane.places[first : first + count] for lane in block.lanes)
    area = Field(top, left + numbers, len(rows), count, 1, pitch, Listed(rows))
    desk.fields.append(area)
    cell = area.find(desk.cursor)
    if cell is not None:
        desk.mark(top + cell[0], left + numbers + cell[1] * pitch, max(1, pitch - numbers))
    if block.note:
        note = clip(plain(block.note, desk.sight.caps), size.width)
        text(desk.cells, y + size.height - 1, x, note, Role.MUTED)


def _heads(desk: Desk, block: Lanes, seen: range, corner: tuple[int, int], pitch: int, numbers: bool) -> None:
    """The numbers of the steps and what stands there; of shades only those that have room."""
    y, left = corner
    padding = block.marks.get("padding")
    wide = len(str(seen.stop)) + 1
    every = 1 if numbers else next(k for k in (1, 2, 5, 10, 20, 50, 100, 1000) if k * pitch >= wide)
    for k in seen:
        here = k == block.chosen
        ink = Role.ACCENT if here else Role.FAINT if padding is not None and padding[k] else Role.MUTED
        x = left + (k - seen.start) * pitch
        if numbers:
            text(desk.cells, y, x + 1, str(k), ink, None, pitch - 1, "right")
        elif here or (k % every == 0 and abs(k - block.chosen) * pitch >= wide):
            text(desk.cells, y, x, str(k), ink)
        if not _worded(block):
            continue
        head = plain(block.heads[k], desk.sight.caps)
        ink = Role.ACCENT if here else Role.FAINT if padding is not None and padding[k] else Role.TEXT
        if numbers:
            text(desk.cells, y + 1, x + 1, head, ink, None, pitch - 1, "right")
        elif width_of(head) <= pitch - (pitch > 1):
            text(desk.cells, y + 1, x, head, ink)
    if not numbers:
        at = left + len(seen) * pitch + 1
        text(desk.cells, y, at, str(block.chosen), Role.ACCENT, None, READING - 1, "right")
        if _worded(block):
            head = plain(block.heads[block.chosen], desk.sight.caps)
            text(desk.cells, y + 1, at, head, Role.ACCENT, None, READING - 1, "right")


def _figures(desk: Desk, block: Lanes, lane: Lane, corner: tuple[int, int], pitch: int) -> None:
    """The numbers of a lane: signed ones on their shades, gates with a bar."""
    y, left = corner
    caps, steps = desk.sight.caps, len(block.heads)
    if lane.values is None:
        for k in range(steps):
            text(desk.cells, y, left + k * pitch + 1, "?", Role.FAINT, None, pitch - 1, "right")
        return
    shares = _shares(lane)
    coloured = caps.color is not ColorDepth.NONE
    grounds = DIVERGING.index(_levels(shares))
    padding = block.marks.get("padding")
    for k, word in enumerate(lane_words(lane)):
        x, wide = left + k * pitch + 1, pitch - 1
        faint = not word or (padding is not None and bool(padding[k]))
        word = plain(word, caps) if word else ("·" if caps.unicode else ".")
        if lane.kind == "gate":
            length = 0 if faint else min(BAR, wide - GATE)
            ink = Role.FAINT if faint else Role.TEXT
            text(desk.cells, y, x, word, ink, None, wide - length, "right")
            bar = pictures.bars(shares[k : k + 1], length, 1.0, int(Role.PRIMARY), caps)
            bar[..., 2] = Role.PANEL
            paste(desk.cells, y, x + wide - length, bar)
            continue
        ink = Role.FAINT if faint else Role.TEXT
        if coloured and not faint:
            fill(desk.cells, y, x, 1, wide, " ", None, int(grounds[k]))
            ink = Role.BACKGROUND if abs(shares[k]) > 0.62 else Role.TEXT
        text(desk.cells, y, x, word, ink, None, wide, "right")


def _shares(lane: Lane) -> Array:
    """How strong every number of a lane is shown, −1…1, (steps,); 0 where there is none."""
    assert lane.values is not None
    known = np.nan_to_num(np.asarray(lane.values, float))
    largest = float(np.abs(known).max(initial=0.0))
    if lane.kind == "powers":
        sizes = np.abs(known) / (lane.limit or largest or 1.0)
        known = np.sign(known) * np.clip(1 + np.log10(np.maximum(sizes, 1e-30)) / POWERS, 0, 1)
    elif lane.kind == "signed":
        known = known / (lane.limit or nice_above(largest) or 1.0)
    shares: Array = np.clip(known, -1, 1)
    return shares


def _levels(shares: Array) -> Array:
    levels: Array = np.rint((0.5 + 0.45 * shares) * (DIVERGING.size - 1)).astype(np.intp)
    return levels


def _shades(block: Lanes, lane: Lane, seen: range, pitch: int, caps: Capabilities) -> Cells:
    """A lane as (1, steps · pitch, 3): gates rise, signed numbers are tiles."""
    cells = blank(1, len(seen) * pitch).reshape(len(seen), pitch, 3)
    if lane.values is None:
        cells[:, 0] = (ord("?") - 32, Role.FAINT, Role.BACKGROUND)
        return cells.reshape(1, -1, 3)
    shares = _shares(lane)[seen.start : seen.stop]
    strength = np.abs(shares)
    coloured = caps.color is not ColorDepth.NONE
    if lane.kind == "gate":
        eighths = np.rint(strength * 8).astype(np.int16)
        tone = RAMP[np.rint(strength * (len(RAMP) - 1)).astype(np.intp)]
        sign = np.where(eighths > 0, RISING + eighths, SPACE) if caps.unicode else tone
        cells[..., 0], cells[..., 1] = sign[:, None], Role.PRIMARY
        cells[..., 2] = Role.PANEL
        if pitch > 2:
            cells[:, -1] = (SPACE, Role.TEXT, Role.BACKGROUND)
    else:
        if coloured:
            cells[..., 2] = DIVERGING.index(_levels(shares))[:, None]
            cells[..., 1] = np.where(strength > 0.62, Role.BACKGROUND, Role.MUTED)[:, None]
        sign = np.where(shares > 0.15, PLUS, np.where(shares < -0.15, MINUS, SPACE))
        if pitch > 1 or not coloured:
            cells[:, 0, 0] = sign
        if pitch > 1 and not coloured:
            cells[:, 1, 0] = RAMP[np.rint(strength * (len(RAMP) - 1)).astype(np.intp)]
    silent = ~np.isfinite(lane.values[seen.start : seen.stop])
    cells[silent] = (SPACE, Role.FAINT, Role.BACKGROUND)
    cells[silent, 0, 0] = DOT
    return cells.reshape(1, -1, 3)


def _reading(desk: Desk, block: Lanes, lane: Lane, y: int, x: int) -> None:
    """The number of the chosen step."""
    words = lane_words(lane)
    word = words[block.chosen] if words else "?"
    text(desk.cells, y, x + 1, plain(word, desk.sight.caps), Role.TEXT, None, READING - 1, "right")


def _edges(desk: Desk, block: Lanes, top: int, left: int, pitch: int) -> None:
    """Where the gradient ends, and where it meets a wall: between two steps."""
    unicode = desk.sight.caps.unicode
    for name, sign in (("cut", "┊" if unicode else ":"), ("wall", "▐" if unicode else "|")):
        mask = block.marks.get(name)
        for k in np.flatnonzero(mask) if mask is not None else ():
            x = left + (int(k) + block.leftward) * pitch
            for row in range(len(block.lanes)):
                text(desk.cells, top + row, x, sign, Role.WARNING)

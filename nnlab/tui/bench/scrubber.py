"""The scrubber: a whole run as one line, along which time is moved."""

from __future__ import annotations

from nnlab.tui.bench.spots import Sight, Spot
from nnlab.tui.bench.track import Track
from nnlab.tui.cells import Cells, clip, fill, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role
from nnlab.tui.ticks import nice_step

NAME = 12
"""Columns of a branch's name at most."""
APART = 6
"""Columns from one numbered epoch to the next at least."""


def draw(
    cells: Cells,
    y: int,
    x: int,
    width: int,
    track: Track,
    cursor: object,
    sight: Sight,
    labelled: bool = False,
) -> list[Spot]:
    """The run from ``x`` in row ``y``; spots are ("seek", step).

    Done part heavy, ticks at epochs, diamonds at branches, ``!`` where a breakpoint stops it, and the last
    step behind its end.  ``labelled``: names, numbers and keyframes in the row below.
    """
    unicode = sight.caps.unicode
    line, ahead, knob, tick, dot, diamond = "━─●┿·◆" if unicode else "=-O|.Y"
    end = f"{track.reach:,}"
    room = width - 2 - max(7, columns(end))
    if room < 8:
        return []
    reach = max(track.reach, 1)

    def column(step: int) -> int:
        return x + round(step / reach * (room - 1))

    at = column(track.at)
    fill(cells, y, x, 1, room, ahead, Role.FAINT)
    fill(cells, y, x, 1, at - x + 1, line, Role.PRIMARY)
    every = round(nice_step(len(track.epochs), room // APART)) or 1
    epochs = [(number, step) for number, step in enumerate(track.epochs, 1) if number % every == 0]
    branches = [(name, step) for step, name in track.branches if step <= reach]
    for _number, step in epochs:
        text(cells, y, column(step), tick, Role.PRIMARY if step <= track.at else Role.MUTED)
    for _name, step in branches:
        text(cells, y, column(step), diamond, Role.WARNING)
    for step in track.stops:
        text(cells, y, min(column(step), x + room), "!", Role.ERROR)  # one still ahead stands behind the end
    focused = isinstance(cursor, tuple) and cursor[0] == "seek" and sight.focus
    text(
        cells, y, at, knob, *((Role.CURSOR_TEXT, Role.CURSOR) if focused else (Role.ACCENT, Role.BACKGROUND))
    )
    text(cells, y, x + room + 2, end, Role.MUTED)
    if labelled:
        names = [(column(step), clip(f"{diamond}{name}", NAME), Role.WARNING) for name, step in branches]
        numbers = [(column(step) - len(str(n)) // 2, str(n), Role.MUTED) for n, step in epochs]
        _labels(cells, y + 1, x, room, names + numbers)
        for step in track.keyframes[:: max(1, len(track.keyframes) // room)]:
            if step <= reach and cells[y + 1, column(step), 0] == 0:
                text(cells, y + 1, column(step), dot, Role.FAINT)
    spots = []
    for k in range(room):
        step = round(k / (room - 1) * track.reach)
        target = ("seek", track.at) if x + k == at else ("seek", step, k)
        spots.append(Spot(y, x + k, 1, target))
    return spots


def _labels(cells: Cells, y: int, x: int, room: int, labels: list[tuple[int, str, Role]]) -> None:
    """Write (column, label, ink), the most important first; one that would touch another is left out."""
    taken: list[tuple[int, int]] = []
    for at, label, ink in labels:
        width = columns(label)
        at = max(x, min(at, x + room - width))
        if all(at + width < start or end < at for start, end in taken):
            text(cells, y, at, label, ink)
            taken.append((at, at + width))

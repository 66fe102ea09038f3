"""The tape: the events of a step by phase with the cursor among them, and the scrubber over the whole run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.program import Event
from nnlab.i18n import N_, _
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import Cells, blank, clip, fill, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.training import Run
    from nnlab.training.conditions import Condition

PHASES = {
    "forward": (N_("fwd"), Role.FORWARD),
    "loss": (N_("loss"), Role.ACCENT),
    "backward": (N_("bwd"), Role.BACKWARD),
    "update": (N_("upd"), Role.UPDATE),
}
GRAINS = {
    "operation": N_("operation"),
    "layer": N_("layer"),
    "batch": N_("batch"),
    "epoch": N_("epoch"),
}


@dataclass(frozen=True)
class Track:
    """What the tape shows of a run.

    ``step`` is the step the events belong to, ``at`` how many are taken, ``reach`` the furthest one trained;
    ``branches`` (step, name) where other runs leave or join this one, ``keyframes`` where a seek can begin,
    ``stops`` the steps at which breakpoints stop it, ``breaks`` how many breakpoints there are in all.
    """

    events: tuple[Event, ...] = ()
    position: int = 0
    step: int = 0
    at: int = 0
    epoch: int = 0
    batch: int = 0
    batches: int = 1
    reach: int = 0
    grain: str = "batch"
    run: str = "main"
    keyframes: tuple[int, ...] = ()
    branches: tuple[tuple[int, str], ...] = ()
    epochs: tuple[int, ...] = ()
    stops: tuple[int, ...] = ()
    breaks: int = 0
    running: bool = False


def track_of(
    run: Run, name: str, others: dict[str, Run], reach: int, grain: str, breaks: Sequence[Condition] = ()
) -> Track:
    """The track of ``run`` where it stands."""
    tape = run.tape
    branches = tuple((_parting(run, other), key) for key, other in others.items() if other is not run)
    return Track(
        tape.events,
        tape.position,
        tape.step,
        run.step_count,
        tape.epoch,
        tape.batch,
        tape.batches,
        max(reach, run.last_step),
        grain,
        name,
        tuple(sorted(run.timeline.frames)),
        branches,
        tuple(row.step for row in run.history.epochs),
        tuple(step for one in breaks if (step := one.step_in(run)) is not None),
        len(breaks),
    )


def _parting(one: Run, other: Run) -> int:
    """The step up to which two runs have the same losses."""
    a, b = one.history.losses, other.history.losses
    n = min(len(a), len(b))
    differ = np.flatnonzero(a[:n] != b[:n])
    return int(differ[0]) if len(differ) else n


def draw(track: Track, cursor: object, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """(height, width, 3): at height 1 the row the cursor is in, events and scrubber at 2, ticks and marks
    above that.

    Spots are ("event", position) and ("seek", step).
    """
    cells = blank(height, width)
    spots: list[Spot] = []
    if height < 1 or width < 10:
        return Picture(cells)
    if height == 1 and isinstance(cursor, tuple) and cursor[0] == "seek" and sight.focus:
        where = _where(track, short=True)
        text(cells, 0, 1, where, Role.TEXT)
        _scrubber(cells, 0, columns(where) + 3, width - columns(where) - 4, track, cursor, sight, spots, 1)
        return Picture(cells, tuple(spots))
    if height == 1:
        where = _where(track, short=True)
        room = max(10, width - columns(where) - 2)
        _events(cells, 0, 0, room, track, cursor, sight, spots)
        text(cells, 0, width - columns(where) - 1, where, Role.MUTED)
        return Picture(cells, tuple(spots))
    _events(cells, 0, 0, width, track, cursor, sight, spots)
    y = 1
    if height >= 4:
        _mark(cells, 1, spots, track, sight)
        y = 2
    where = _where(track)
    left = min(columns(where) + 2, width // 2)
    text(cells, y, 1, clip(where, left - 1), Role.TEXT)
    _scrubber(cells, y, left + 1, width - left - 2, track, cursor, sight, spots, height - y)
    return Picture(cells, tuple(spots))


def _where(track: Track, short: bool = False) -> str:
    grain = _(GRAINS[track.grain])
    epoch, batch = track.epoch, track.batch
    step = _("step {step}", step=f"{track.step:,}")
    stops = f"!{track.breaks}" if track.breaks else ""
    if short:
        return f"{step} e{epoch} {batch}/{track.batches} [{grain}] {stops}".rstrip()
    where = [
        step,
        _("epoch {epoch}", epoch=epoch),
        _("batch {k}/{n}", k=batch, n=track.batches),
        f"[{grain}]",
    ]
    if track.run != "main":
        where.insert(0, track.run)
    if stops:
        where.append(stops)
    return " ".join(where)


# -- events -------------------------------------------------------------------------------------------


def labels(events: tuple[Event, ...], level: int) -> list[str]:
    """A word for each event: its value's full name, its letter and layer number, or nothing."""
    layers: dict[str, int] = {}
    for event in events:
        if event.layer not in layers:
            layers[event.layer] = len(layers) + 1
    found = []
    for event in events:
        if event.phase == "update":
            found.append(event.operation if level == 0 else "W")
            continue
        name = next(iter(event.writes), event.layer)
        if event.phase == "backward" and event.operation == "dense":
            name = next((w for w in event.writes if ".W" in w), name)
        gradient = ".grad" in name
        value = name.partition(".grad")[0]
        layer, _dot, letter = value.rpartition(".")
        if not layer:
            layer, letter = value, "L" if value == "loss" else value
            short = letter
        else:
            short = f"{letter}{layers.get(layer, '')}"
        if event.operation == "sum":
            gradient, value, short = False, f"Σ d{value}", f"Σ{short}"
        if level == 0 and gradient:
            found.append(f"{layer}.d{letter}")
        else:
            found.append(("d" if gradient else "") + (value if level == 0 else short if level == 1 else ""))
    return found


# From telling to terse: (label level, with the words of the phases, blanks around a label).
_MODES = ((0, True, 1), (1, True, 1), (1, False, 0), (2, True, 0))


def _mode(events: tuple[Event, ...], room: int) -> tuple[int, bool, int]:
    """The most telling way to write the events that fits."""
    phases = list(dict.fromkeys(event.phase for event in events))
    for level, words, pad in _MODES[:-1]:
        heads = sum(3 + columns(_(PHASES[phase][0])) + 1 if words else 2 for phase in phases)
        between = 2 * pad or 1
        if heads + 2 + sum(columns(label) + between for label in labels(events, level)) <= room:
            return level, words, pad
    return _MODES[-1]


def _events(
    cells: Cells, y: int, x: int, room: int, track: Track, cursor: object, sight: Sight, spots: list[Spot]
) -> None:
    """Phases and events; done ones bright, the one just done in brackets, later ones dim."""
    events = track.events
    level, words, pad = _mode(events, room)
    if level == 2 and len(events) + 24 > room:
        _phases(cells, y, x + 1, room, track, cursor, sight, spots)
        return
    dots = ("●", "○") if sight.caps.unicode else ("*", ".")
    bar = "│" if sight.caps.unicode else "|"
    x += 1
    phase = ""
    for k, (event, name) in enumerate(zip(events, labels(events, level))):
        ink = PHASES[event.phase][1]
        done = track.position > k
        here = track.position == k + 1
        if event.phase != phase:
            if phase:
                text(cells, y, x, bar, Role.FAINT)
                x += 2
            phase = event.phase
            if words:
                x += text(cells, y, x, _(PHASES[phase][0]), ink if done else Role.MUTED) + 1
        if level == 2:
            name = dots[0] if done else dots[1]
        string = f"[{name}]" if here else " " * pad + name + " " * pad
        target = ("event", k + 1)
        if target == cursor and sight.focus:
            fg, bg = int(Role.CURSOR_TEXT), int(Role.CURSOR)
        elif here:
            fg, bg = int(ink), int(Role.SELECTION)
        else:
            fg, bg = int(ink if done else Role.FAINT), int(Role.BACKGROUND)
        width = text(cells, y, x, string, fg, bg)
        spots.append(Spot(y, x, width, target))
        x += width + (level < 2 and not pad)
    if not events:
        text(cells, y, x, _("the tape is empty"), Role.MUTED)


def _phases(
    cells: Cells, y: int, x: int, room: int, track: Track, cursor: object, sight: Sight, spots: list[Spot]
) -> None:
    """Where there is little room: the phases, and of the events only the one just done, with its place."""
    events = track.events
    names = labels(events, 1)
    phases = list(dict.fromkeys(event.phase for event in events))
    arrow = "›" if sight.caps.unicode else ">"
    for n, phase in enumerate(phases):
        first = next(k for k, event in enumerate(events) if event.phase == phase)
        ink = PHASES[phase][1]
        if n:
            x += text(cells, y, x, arrow, Role.FAINT) + 1
        size = text(cells, y, x, _(PHASES[phase][0]), ink if track.position > first else Role.MUTED)
        spots.append(Spot(y, x, size, ("event", first + 1)))
        x += size + 1
        here = track.position - 1
        if 0 <= here < len(events) and events[here].phase == phase:
            target = ("event", track.position)
            chosen = target == cursor and sight.focus
            colours = (Role.CURSOR_TEXT, Role.CURSOR) if chosen else (ink, Role.SELECTION)
            size = text(cells, y, x, f"[{names[here]}]", *colours)
            if here != first:
                spots.append(Spot(y, x, size, target))
            x += size + 1
            place = f"{track.position}/{len(events)}"
            if x + len(place) < room:
                x += text(cells, y, x, place, Role.MUTED) + 1


def _mark(cells: Cells, y: int, spots: list[Spot], track: Track, sight: Sight) -> None:
    """A line under the events, drawn as far as they are done, with the cursor at its end."""
    if not spots:
        return
    line, ahead, mark = ("━", "─", "▲") if sight.caps.unicode else ("=", "-", "^")
    last = spots[-1]
    fill(cells, y, 1, 1, last.x + last.width - 1, ahead, Role.FAINT)
    done = [s for s in spots if isinstance(s.target, tuple) and s.target[1] <= track.position]
    if not done:
        text(cells, y, 1, mark, Role.ACCENT)
        return
    end = done[-1]
    fill(cells, y, 1, 1, end.x + end.width - 1, line, Role.ACCENT)
    text(cells, y, end.x + end.width // 2, mark, Role.ACCENT)


# -- scrubber -----------------------------------------------------------------------------------------


def _scrubber(
    cells: Cells,
    y: int,
    x: int,
    width: int,
    track: Track,
    cursor: object,
    sight: Sight,
    spots: list[Spot],
    rows: int,
) -> None:
    """The run as a line: done part heavy, ticks at epochs, dots at keyframes, diamonds at branches, ! where
    a breakpoint stops it."""
    unicode = sight.caps.unicode
    line, ahead, knob, tick, dot, diamond = "━─●┿·◆" if unicode else "=-O|.Y"
    room = width - 9
    if room < 8:
        return
    reach = max(track.reach, 1)

    def column(step: int) -> int:
        return x + round(step / reach * (room - 1))

    at = column(track.at)
    fill(cells, y, x, 1, room, ahead, Role.FAINT)
    fill(cells, y, x, 1, at - x + 1, line, Role.PRIMARY)
    epochs = track.epochs
    every = max(1, -(-len(epochs) * 6 // room))
    for number, step in enumerate(epochs, 1):
        if number % every:
            continue
        text(cells, y, column(step), tick, Role.PRIMARY if step <= track.at else Role.MUTED)
        if rows >= 2:
            text(cells, y + 1, column(step) - len(str(number)) // 2, str(number), Role.MUTED)
    if rows >= 2:
        for step in track.keyframes[:: max(1, len(track.keyframes) // room)]:
            if step <= reach and cells[y + 1, column(step), 0] == 0:
                text(cells, y + 1, column(step), dot, Role.FAINT)
    for step, name in track.branches:
        if step <= reach:
            text(cells, y, column(step), diamond, Role.WARNING)
            if rows >= 2:
                text(cells, y + 1, column(step), clip(f"{diamond}{name}", 12), Role.WARNING)
    for step in track.stops:
        text(cells, y, min(column(step), x + room), "!", Role.ERROR)  # one still ahead stands behind the end
    focused = isinstance(cursor, tuple) and cursor[0] == "seek"
    knob_ink = (Role.CURSOR_TEXT, Role.CURSOR) if focused and sight.focus else (Role.ACCENT, Role.BACKGROUND)
    text(cells, y, at, knob, knob_ink[0], knob_ink[1])
    text(cells, y, x + room + 1, f"{reach if track.reach else 0:,}", Role.MUTED)
    for k in range(room):
        step = round(k / max(1, room - 1) * track.reach)
        target = ("seek", track.at) if x + k == at else ("seek", step, k)
        spots.append(Spot(y, x + k, 1, target))

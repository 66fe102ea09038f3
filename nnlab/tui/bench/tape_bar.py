"""The tape: the events of a step by phase with the cursor among them, and the scrubber over the whole run."""

from __future__ import annotations

from nnlab.engine.manifest import Event
from nnlab.i18n import N_, _
from nnlab.tui.bench import scrubber
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.bench.track import Track
from nnlab.tui.cells import Cells, blank, fill, text
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

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


def draw(track: Track, cursor: object, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """(height, width, 3): at height 1 the row the cursor is in, events and scrubber at 2, ticks and marks
    above that.

    Spots are ("event", position) and ("seek", step).
    """
    cells = blank(height, width)
    spots: list[Spot] = []
    if height < 1 or width < 10:
        return Picture(cells)
    if height == 1:
        return _one_row(cells, track, cursor, sight)
    _events(cells, 0, 0, width, track, cursor, sight, spots)
    y = 1
    if height >= 4:
        _mark(cells, 1, spots, track, sight)
        y = 2
    where = _where(track, width // 2 - 2)
    text(cells, y, 1, where, Role.TEXT)
    x = columns(where) + 3
    spots += scrubber.draw(cells, y, x, width - x - 1, track, cursor, sight, labelled=height > y + 1)
    return Picture(cells, tuple(spots))


EVENTS = 34
"""Columns for the events at least, where they share a row: the phases and the one just done."""


def _one_row(cells: Cells, track: Track, cursor: object, sight: Sight) -> Picture:
    """The events, or the scrubber while the cursor is on it, and where that is."""
    width = cells.shape[1]
    where = _where(track, width - EVENTS, short=True)
    if isinstance(cursor, tuple) and cursor[0] == "seek" and sight.focus:
        text(cells, 0, 1, where, Role.TEXT)
        x = columns(where) + 3
        return Picture(cells, tuple(scrubber.draw(cells, 0, x, width - x - 1, track, cursor, sight)))
    room = max(0, width - columns(where) - 2)
    spots: list[Spot] = []
    _events(cells[:, :room], 0, 0, room, track, cursor, sight, spots)
    text(cells, 0, width - columns(where) - 1, where, Role.MUTED)
    return Picture(cells, tuple(spot for spot in spots if spot.x + spot.width <= room))


def _where(track: Track, room: int, short: bool = False) -> str:
    """Where the tape stands, in ``room`` columns: the least important parts go first, never the step."""
    step = _("step {step}", step=f"{track.step:,}")
    grain = f"[{_(GRAINS[track.grain])}]"
    stops = f"!{track.breaks}" if track.breaks else ""
    run = track.run if track.run != "main" else ""
    epoch, batch = f"e{track.epoch}", f"{track.batch}/{track.batches}"
    if not short:
        epoch = _("epoch {epoch}", epoch=track.epoch)
        batch = _("batch {k}/{n}", k=track.batch, n=track.batches)
    parts = {"run": run, "step": step, "epoch": epoch, "batch": batch, "grain": grain, "stops": stops}
    for least in ("stops", "epoch", "batch", "run", "grain", ""):
        where = " ".join(filter(None, parts.values()))
        if columns(where) <= room:
            break
        parts[least] = ""
    return where


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

"""Columns of a network that reads sequences: a line a step, the same line in every layer.

The input is its words or its numbers with a bar each; a layer is a line of shades for every step.  Where a
sequence has more steps than there are lines, several share one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np

from nnlab.engine.address import Address
from nnlab.session import views
from nnlab.session.figures import Scale
from nnlab.session.moment import Moment, Place
from nnlab.session.scene import Grid, Places, Strip
from nnlab.session.steps import Steps
from nnlab.tui import pictures
from nnlab.tui.bench.blocks.shades import tiles
from nnlab.tui.bench.chips import Array, Pen, largest
from nnlab.tui.bench.layout import Slot
from nnlab.tui.bench.step_lines import BAR, FIGURE, TILE, words, written
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.cells import fill, paste, text
from nnlab.tui.glyphs import SPACE, UPPER_HALF
from nnlab.tui.quantise import nice_above
from nnlab.tui.themes import Role

Find = Callable[[int, int], Place | None]


def draw(pen: Pen, slot: Slot, chosen: int) -> None:
    """The column of ``slot``; ``chosen`` is the unit the cursor is in, −1 for none."""
    moment, column = pen.moment, slot.column
    if column.name == "input" and moment.steps is not None:
        _input(pen, slot, moment.steps, chosen)
        return
    at = views.first_at(moment, column)
    block = views.overview_of(moment, column, at)
    if isinstance(block, Strip):
        hidden = (f"{column.post}.{at.part}" if at.part else column.post) in pen.hidden
        _layer(pen, slot, replace(block, values=None, answer=None) if hidden else block, chosen)


def answers(moment: Moment, slot: Slot) -> bool:
    """Whether the layer hands on the line below its steps, not the steps."""
    if slot.form != "strip":
        return False
    block = views.overview_of(moment, slot.column, views.first_at(moment, slot.column))
    return isinstance(block, Strip) and block.answer_places is not None


def _input(pen: Pen, slot: Slot, steps: Steps, chosen: int) -> None:
    """What goes in, step by step."""
    per = slot.side
    if not written(steps, per):
        assert steps.numbers is not None
        shown = Strip(steps.numbers, (len(steps.names), steps.numbers.shape[1]))
        shades(pen, slot, shown, lambda step, unit: Place(steps.value, (step, unit)), chosen)
    elif steps.numbers is None:
        _spell(pen, slot, steps, chosen)
    else:
        _count(pen, slot, steps, chosen)


def _spell(pen: Pen, slot: Slot, steps: Steps, chosen: int) -> None:
    per = slot.side
    for line, told in enumerate(words(steps, per)):
        y, step = slot.top + line, line * per
        focused = step <= chosen < step + per
        ink = Role.ACCENT if focused else Role.FAINT if steps.padding[step] else Role.TEXT
        fill(pen.cells, y, slot.x, 1, slot.width, " ", ink, Role.PANEL)
        text(pen.cells, y, slot.x, told, ink, None, slot.width)
        place = Place(steps.value, (chosen if focused else step,))
        if pen.spot(y, slot.x, slot.width, place):
            pen.mark(y, slot.x, slot.width)


def _count(pen: Pen, slot: Slot, steps: Steps, chosen: int) -> None:
    """Numbers, and a bar to the left or right where there is one a step."""
    numbers, caps = steps.numbers, pen.sight.caps
    assert numbers is not None
    scale, limit = Scale.of(numbers), nice_above(largest(numbers))
    count = numbers.shape[1]
    for step, row in enumerate(numbers):
        y = slot.top + step
        fill(pen.cells, y, slot.x, 1, slot.width, " ", Role.TEXT, Role.PANEL)
        for k, value in enumerate(row.tolist()):
            x = slot.x + k * (FIGURE + 1)
            ink = Role.ACCENT if step * count + k == chosen else Role.TEXT if value else Role.MUTED
            text(pen.cells, y, x, scale.text(value, caps), ink)
            if pen.spot(y, x, FIGURE, Place(steps.value, (step, k))):
                pen.mark(y, x, FIGURE)
    if count == 1:
        bars = pictures.signed_bars(numbers[:, 0], BAR, limit, caps)
        paste(pen.cells, slot.top, slot.x + FIGURE + 1, bars)


def _layer(pen: Pen, slot: Slot, strip: Strip, chosen: int) -> None:
    """A layer's steps, and its answer below where that is something else."""
    shades(pen, slot, strip, _finder(strip.places), chosen if strip.places is not None else -1)
    line = replace(slot, top=slot.top + slot.lines + 1, lines=1, side=1)
    if strip.answer_places is not None and line.top < len(pen.cells) - 1:
        values = None if strip.answer is None else np.asarray(strip.answer, float)[None]
        told = Strip(values, (1, strip.size[1]), limit=strip.limit)
        shades(pen, line, told, _finder(strip.answer_places), chosen)


def _finder(places: Places | None) -> Find:
    """Which number of the network's picture stands in a cell: of a strip always one of the example."""

    def find(step: int, unit: int) -> Place | None:
        at = None if places is None else places.at(step, unit)
        return Place(at.value, at.index[1:]) if isinstance(at, Address) else None

    return find


def shades(pen: Pen, slot: Slot, strip: Strip, find: Find, chosen: int) -> None:
    """Steps as lines of shades; ``find`` says which number stands where, ``chosen`` is the cursor's."""
    steps, units = strip.size
    per = slot.side
    lines = ceil(steps / per)
    together = max(1, ceil(units / slot.width))
    across = ceil(units / together)
    wide = max(1, slot.width // across)
    if strip.values is None:
        for line in range(lines):
            fill(pen.cells, slot.top + line, slot.x, 1, across * wide, " ", Role.MUTED, Role.PANEL)
            text(pen.cells, slot.top + line, slot.x, "?", Role.MUTED)
    else:
        limit = strip.limit or nice_above(largest(strip.values))
        paste(pen.cells, slot.top, slot.x, _picture(pen, strip.values, (lines, per), across, wide, limit))
    at = divmod(chosen, units) if chosen >= 0 else (-1, -1)
    for line in range(lines):
        for cell in range(across):
            here = line == at[0] // per and cell == at[1] // together
            target = find(*at) if here else find(line * per, cell * together)
            y, x = slot.top + line, slot.x + cell * wide
            if target is not None and pen.spot(y, x, wide, target):
                mark(pen, y, x, wide, at[0] % per if per == 2 else -1)


def mark(pen: Pen, y: int, x: int, wide: int, half: int) -> None:
    """The cursor; ``half`` is 0 for the upper and 1 for the lower half of a cell of half blocks, else −1."""
    if half < 0 or pen.sight.caps.color is ColorDepth.NONE or not pen.sight.caps.unicode:
        pen.mark(y, x, wide)
        return
    cells = pen.cells[y, x : x + wide]
    whole = cells[:, 0] == SPACE
    cells[whole, 1] = cells[whole, 2]
    cells[:, 0] = UPPER_HALF
    cells[:, 1 + half] = Role.CURSOR if pen.sight.focus else Role.SELECTION


def _picture(pen: Pen, values: Array, lines: tuple[int, int], across: int, wide: int, limit: float) -> Array:
    """(lines, across · wide, 3): a step a line, two in half blocks, or means of more."""
    caps = pen.sight.caps
    rows, per = lines
    if per == 1 and wide >= TILE and across == values.shape[1]:
        signed = tiles(Grid("", values, limit=limit), values, caps).reshape(rows, across, TILE, 3)
        rest = np.repeat(signed[:, :, -1:], wide - TILE, axis=2)
        rest[..., 0] = SPACE
        return np.concatenate((signed, rest), axis=2).reshape(rows, across * wide, 3)
    lacking = rows * per - len(values)
    if lacking:
        values = np.concatenate((values, np.zeros((lacking, values.shape[1]))))
    return pictures.heatmap(values, rows, across * wide, limit, caps)

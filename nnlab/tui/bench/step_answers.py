"""What the network says at every step, and beside it what would be right, in the lines of the steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnlab.data.dataset import NO_TARGET
from nnlab.session.figures import Scale
from nnlab.session.moment import Moment, Place
from nnlab.session.scene import Strip
from nnlab.session.steps import words
from nnlab.tui.bench import strips
from nnlab.tui.bench.chips import Pen
from nnlab.tui.bench.layout import Slot
from nnlab.tui.bench.step_lines import SHARE, longest
from nnlab.tui.cells import text
from nnlab.tui.themes import Role

Array = np.ndarray[Any, Any]

SHORT = 3
"""Columns of a word at least, where words do not fit."""


def draw(pen: Pen, slot: Slot, x: int, width: int) -> None:
    """Beside the output ``slot``, (width) columns from ``x``."""
    target = asked(pen.moment)
    if target is None:
        return
    if pen.moment.data.task == "tokens" and target.ndim == 1:
        _tokens(pen, slot, target, x, width)
    elif target.ndim == 2:
        _numbers(pen, slot, target, x, width)


def asked(moment: Moment) -> Array | None:
    """The targets of the example shown, (steps,) ids or (steps, numbers); None where they are no steps."""
    batch = moment.array("target")
    found = np.asarray(moment.data.y[moment.dataset_row] if batch is None else batch[moment.row])
    return found if found.shape[:1] == moment.output.shape[:1] else None


def _tokens(pen: Pen, slot: Slot, target: Array, x: int, width: int) -> None:
    """The likeliest token of every step with its probability, and the right one."""
    moment, caps = pen.moment, pen.sight.caps
    vocabulary = moment.data.target_vocabulary
    column = slot.column
    outputs = pen.values(column, column.post) if not moment.backward else moment.example_of(column.post)
    said = None if outputs is None else outputs.reshape(column.shape).argmax(axis=1)
    if slot.side > 1:
        _several(pen, slot, target, said, (x, width))
        return
    p = None if "loss.p" in pen.hidden else moment.example_of("loss.p")
    shares = None if p is None else p.reshape(column.shape)
    word = min(longest(vocabulary), max(1, (width - 3) // 2))
    shown = width >= 2 * word + 3 + SHARE
    right, wrong = ("✓", "✗") if caps.unicode else ("=", "!")
    names = words(target, vocabulary)
    answers = ("?",) * len(target) if said is None else words(said, vocabulary)
    for step in range(slot.lines):
        y = slot.top + step
        if target[step] == NO_TARGET:
            continue
        good = said is not None and said[step] == target[step]
        ink = Role.SUCCESS if good else Role.TEXT
        text(pen.cells, y, x, answers[step], ink, None, word)
        at = x + word
        if shown and shares is not None and said is not None:
            k = int(said[step])
            share = f"{float(shares[step, k]):.2f}".removeprefix("0")[:3]
            text(pen.cells, y, at, share, Role.MUTED, None, SHARE, "right")
            if pen.spot(y, at + 1, SHARE - 1, Place("loss.p", (step, k))):
                pen.mark(y, at + 1, SHARE - 1)
        at += SHARE if shown else 0
        if said is not None:
            text(pen.cells, y, at + 1, right if good else wrong, Role.SUCCESS if good else Role.WARNING)
        text(pen.cells, y, at + 3, names[step], Role.SUCCESS, None, word)
        if pen.spot(y, at + 3, word, Place("target", (step,))):
            pen.mark(y, at + 3, word)


def _several(pen: Pen, slot: Slot, target: Array, said: Array | None, where: tuple[int, int]) -> None:
    """Several steps in a line: what is said at each, then what would be right, where they are short."""
    vocabulary = pen.moment.data.target_vocabulary
    x, width = where
    word = min(longest(vocabulary), (width - 1) // 2 // slot.side)
    if word < min(longest(vocabulary), SHORT):
        return
    names = words(target, vocabulary)
    answers = ("?",) * len(target) if said is None else words(said, vocabulary)
    for step in np.flatnonzero(target != NO_TARGET).tolist():
        y, at = slot.top + step // slot.side, x + step % slot.side * word
        good = said is not None and said[step] == target[step]
        text(pen.cells, y, at, answers[step], Role.SUCCESS if good else Role.WARNING, None, word)
        at += slot.side * word + 1
        text(pen.cells, y, at, names[step], Role.SUCCESS, None, word)
        if pen.spot(y, at, word, Place("target", (step,))):
            pen.mark(y, at, word)


def _numbers(pen: Pen, slot: Slot, target: Array, x: int, width: int) -> None:
    """The numbers that would be right: written out where a line is one step, else as shades."""
    count = target.shape[1]
    scale = Scale.of(target)
    if slot.side > 1 or count * 7 > width:
        shown = Strip(target, (len(target), count))
        wide = min(width, max(4, count))
        place = Slot(slot.column, x, wide, "strip", top=slot.top, lines=slot.lines, side=slot.side)
        strips.shades(pen, place, shown, lambda step, k: Place("target", (step, k)), -1)
        return
    for step, row in enumerate(target.tolist()):
        for k, value in enumerate(row):
            y, at = slot.top + step, x + 7 * k
            text(pen.cells, y, at, scale.text(value, pen.sight.caps), Role.SUCCESS)
            if pen.spot(y, at, 6, Place("target", (step, k))):
                pen.mark(y, at, 6)

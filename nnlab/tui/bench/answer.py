"""What the network says to the example shown: a bar for every output, the right answer marked, the loss."""

from __future__ import annotations

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import Scale, minus
from nnlab.session.moment import Place
from nnlab.tui import pictures
from nnlab.tui.bench import step_answers
from nnlab.tui.bench.chips import Pen
from nnlab.tui.bench.layout import Slot
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.cells import paste, text
from nnlab.tui.themes import Role


def draw(pen: Pen, slot: Slot, x: int, width: int) -> None:
    """Beside the output column ``slot``, (width) columns from ``x``."""
    x, width = x + 1, width - 1
    _loss(pen, x, width)
    if slot.form == "strip":
        step_answers.draw(pen, slot, x, width)
        return
    moment, caps, cells = pen.moment, pen.sight.caps, pen.cells
    likely = "loss.p" in moment.run.program.values  # a loss of numbers or margins has no probabilities
    p = None if "loss.p" in pen.hidden else moment.example_of("loss.p")
    target = moment.example_of("target")
    units = slot.column.units
    if slot.form != "graph":
        return
    regression = moment.data.task == "regression"
    names = moment.data.class_names if len(moment.data.class_names) == units else ()
    longest = max((len(n) for n in names), default=1)
    label = min(longest, 4 if width < 16 else 6)
    bar = max(0, width - label - 8)
    mark = "◀" if caps.unicode else "<"
    best = moment.said if p is not None else None
    for unit in range(units):
        y = slot.row(unit)
        value = None if p is None else float(p[unit])
        wanted = None if target is None else float(target[unit])
        if regression:
            _pair(pen, y, x, width, wanted, unit)
            continue
        right = wanted is not None and wanted > 0.5
        ink = Role.SUCCESS if right else Role.TEXT if unit == best or units == 1 else Role.MUTED
        text(cells, y, x, names[unit] if names else "p" if likely else "", ink, None, label)
        at = x + label + 1
        if value is not None and bar:
            tone = Role.SUCCESS if right else Role.PRIMARY
            share = np.array([value])
            strip = (
                pictures.bars(share, bar, 1.0, tone, caps)
                if moment.other is None
                else pictures.signed_bars(share, bar, 1.0, caps)
            )
            paste(cells, y, at, strip)
        if likely:
            text(cells, y, at + bar, _share(value, moment.other is not None, caps), ink)
            if pen.spot(y, at + bar, 4, Place("loss.p", (unit,))):
                pen.mark(y, at + bar, 4)
        if wanted is not None:
            sign = (mark if right else " ") if units > 1 else f"t{wanted:.0f}"
            text(cells, y, at + bar + 5, sign, Role.SUCCESS)
            place = Place("target", (unit,))
            if (right or units == 1) and pen.spot(y, at + bar + 5, len(sign), place):
                pen.mark(y, at + bar + 5, len(sign))


def _share(value: float | None, difference: bool, caps: Capabilities) -> str:
    """A probability in four columns, with its sign where it is what a twin has more: −.12."""
    if value is None:
        return "  ?"
    if not difference:
        return f"{value:.2f}"
    return minus(f"{value:+.2f}".replace("0.", ".", 1)[:4], caps)


def _pair(pen: Pen, y: int, x: int, width: int, wanted: float | None, unit: int) -> None:
    """The target beside a number that was to be predicted."""
    string = _("target") + " " + Scale.of(None).bare(wanted, pen.sight.caps)
    text(pen.cells, y, x, string, Role.SUCCESS, None, width)
    if pen.spot(y, x, min(width, len(string)), Place("target", (unit,))):
        pen.mark(y, x, min(width, len(string)))


def _loss(pen: Pen, x: int, width: int) -> None:
    """The loss of this example and the mean of the batch, in the head."""
    moment, caps, cells = pen.moment, pen.sight.caps, pen.cells
    text(cells, 0, x, _("loss"), Role.TEXT, None, width)
    at = x
    known = "loss.each" in moment.run.program.values
    each = (0,) * (len(moment.shape("loss.each")) - 1) if known else (0,)  # a picture has many: its first
    of_many = f"L[{','.join(map(str, each))}]" if len(each) > 1 else "L"
    for name, index, label in (("loss.each", each, of_many), ("loss", (), _("mean"))):
        value = None
        if name not in pen.hidden:
            array = moment.array(name)
            if array is not None:
                value = float(array[(moment.row, *index)]) if index else float(array)
        string = f"{label} " + ("?" if value is None else minus(f"{value:.3g}", caps))
        if at + len(string) > x + width:
            break
        text(cells, 1, at, string, Role.MUTED if value is None else Role.TEXT)
        if pen.spot(1, at, len(string), Place(name, index)):
            pen.mark(1, at, len(string))
        at += len(string) + 1

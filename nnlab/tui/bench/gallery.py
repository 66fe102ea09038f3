"""The gauge of pictures: those of the data, with what the network says of them once there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import _
from nnlab.tui import pictures
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.capabilities import ColorDepth
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.session.inference import Answers


def draw(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """Pictures with truth, answer and its bars, the misread ones first; with the truth alone before that."""
    cells = blank(height, width)
    data, found = readings.data, readings.answers
    shape = data.image_shape if data is not None else None
    if data is None or shape is None or height < 4 or width < 12:
        text(cells, min(1, max(0, height - 1)), 1, clip(_("no pictures to show"), width - 2), Role.MUTED)
        return Picture(cells)
    names = data.class_names
    if found is None:
        first, count = readings.example, len(data.split.train)
        rows = np.roll(data.split.train, -first)
        head = _("pictures to train on, from number {first} of {n}", first=first, n=count)
        text(cells, 0, 1, clip(head, width - 2), Role.MUTED)
    else:
        rows = found.rows
        head = _("{wrong} of {n} misread", wrong=found.wrong, n=len(rows))
        text(cells, 0, 1, clip(head, width - 2), Role.WARNING if found.wrong else Role.SUCCESS)
    half = sight.caps.unicode and sight.caps.color is not ColorDepth.NONE
    tall, wide = (-(-shape[0] // 2) if half else shape[0]), shape[1] * (1 if half else 2)
    tall = max(1, min(tall, height - 3))
    step_x, step_y = wide + (len(names) + 3 if found is not None else 2), tall + 2
    spots: list[Spot] = []
    train = {int(row): k for k, row in enumerate(data.split.train)}
    a_row = max(1, (width + 1) // step_x)
    for k in range(min(len(rows), a_row * max(1, (height - 1) // step_y))):
        y, x = 1 + k // a_row * step_y, 1 + k % a_row * step_x
        if y + tall + 1 > height:
            break
        row = int(rows[k])
        image = data.x[row].reshape(shape)
        paste(cells, y + 1, x, pictures.image(image, tall, wide, 0.0, caps=sight.caps))
        if found is None:
            text(cells, y, x, clip(names[int(data.y[row])], wide), Role.TEXT)
        else:
            _answer(cells, y, x, (tall, wide), names, found, k, sight)
        spots.append(Spot(y, x, step_x - 1, ("row", row, train.get(row, -1)), height=tall + 1))
    return Picture(cells, tuple(spots))


def _answer(
    cells: Cells,
    y: int,
    x: int,
    size: tuple[int, int],
    names: tuple[str, ...],
    found: Answers,
    k: int,
    sight: Sight,
) -> None:
    """Above the ``k``-th picture, of ``size`` at (y, x), truth and answer; beside it a bar for each class."""
    tall, wide = size
    truth, said, share = int(found.truth[k]), int(found.said[k]), found.probabilities[k]
    right = truth == said
    mark = ("✓" if right else "✗") if sight.caps.unicode else ("=" if right else "!")
    label = f"{mark} {names[truth]}" + ("" if right else f" {_('as')} {names[said]}")
    ink = Role.SUCCESS if right else Role.ERROR
    text(cells, y, x, clip(f"{label} {share[said]:.0%}", wide + len(names) + 2), ink)
    inks = np.full(len(names), int(Role.PRIMARY), np.int16)
    inks[said], inks[truth] = ink, Role.SUCCESS
    paste(cells, y + 1, x + wide + 1, pictures.columns_chart(share, max(1, tall - 1), inks, sight.caps))
    if tall > 1 and all(len(name) == 1 for name in names):
        text(cells, y + tall, x + wide + 1, "".join(names), Role.MUTED)

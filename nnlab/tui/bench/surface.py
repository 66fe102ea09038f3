"""Gauges of what the network says: the decision surface, and its answers counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import plain
from nnlab.session.inference import span
from nnlab.tui import pictures
from nnlab.tui.bench.charts import fitted
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import Cells, blank, clip, fill, paste, text
from nnlab.tui.glyphs import columns
from nnlab.tui.palette import CATEGORY
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.training.metrics import Scores


def plane(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """The decision surface with the data on it; each spot is a point of the training split."""
    if readings.fit is not None:
        return fitted(readings, height, width, sight)
    cells = blank(height, width)
    data, found = readings.data, readings.plane
    if data is None or height < 4 or width < 10:
        return Picture(cells)
    if data.input_shape != (2,):
        text(cells, 1, 1, clip(_("a plane needs data with two inputs"), width - 2), Role.MUTED)
        return Picture(cells)
    top, rows = 1, height - 2
    legend = _legend(cells, data.class_names, width, sight)
    area = blank(rows, width)
    if found is not None:
        answers = found.answers
        if answers.shape[-1] == 1:
            answers = answers[..., 0]
            if not data.class_names:
                low, high = float(np.min(answers)), float(np.max(answers))
                answers = (answers - low) / ((high - low) or 1.0)
            answers = np.clip(answers, 0, 1)
        area = pictures.surface(answers, rows, width, sight.caps)
        xs, ys = found.x, found.y
    else:
        xs, ys = span(data.x[:, 0]), span(data.x[:, 1])
    train = data.split.train
    few = train[:: max(1, -(-len(train) * 9 // max(1, rows * width)))]
    classes = data.y[few] if data.class_names else None
    pictures.scatter(area, data.x[few, 0], data.x[few, 1], classes, xs, ys, sight.caps)
    across = pictures.place(data.x[train, 0], *xs, width)
    row = rows - 1 - pictures.place(data.x[train, 1], *ys, rows)
    here = min(readings.example, len(train) - 1)
    y, x = int(row[here]), int(across[here])
    if 0 <= y < rows and 0 <= x < width:
        area[y, x, 1:] = (Role.CURSOR_TEXT, Role.CURSOR)
    paste(cells, top, 0, area)
    names = data.feature_names or ("x1", "x2")
    foot = f"{names[0]} {xs[0]:.2g} … {xs[1]:.2g}   {names[1]} {ys[0]:.2g} … {ys[1]:.2g}"
    if len(few) < len(train):
        part = _("{shown} of {n} points", shown=len(few), n=len(train))
        if legend + columns(part) < width:
            text(cells, 0, width - 1 - columns(part), part, Role.MUTED)
        else:
            foot = f"{part}   {foot}"
    text(cells, height - 1, 1, clip(plain(foot, sight.caps), width - 2), Role.MUTED)
    spots = [Spot(int(r) + top, int(c), 1, ("example", k)) for k, (r, c) in enumerate(zip(row, across))]
    return Picture(cells, tuple(spots))


def _legend(cells: Cells, names: tuple[str, ...], width: int, sight: Sight) -> int:
    """The classes with their marks; answers where the row goes on."""
    from nnlab.tui.pictures import MARKS, MARKS_ASCII

    x = 1
    marks = MARKS if sight.caps.unicode else MARKS_ASCII
    for k, name in enumerate(names[:8]):
        x += text(cells, 0, x, f"{marks[k % len(marks)]} {name}", CATEGORY + k % 8) + 2
    return x


def confusion(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """Truth against answer, in counts; a table that does not fit follows the cursor."""
    cells = blank(height, width)
    scores, data = readings.scores, readings.data
    if scores is None or scores.confusion is None or data is None:
        text(cells, min(1, max(0, height - 1)), 1, clip(_("no answers to count yet"), width - 2), Role.MUTED)
        return Picture(cells)
    names = [clip(name, 10) for name in data.class_names]
    widest = max([len(str(int(n))) for n in scores.confusion.ravel()] + [1])
    label = max(columns(name) for name in names)
    room = (width - label - 2) // max(1, len(names))
    step = max(widest + 1, min(room, label + 1, 7)) if room > widest else widest + 1
    share = f"{scores.metric:.1%}"
    part = _("validation") if scores.part == "validation" else _("training")
    head = _("{share} right of {n} ({part}); row: truth, column: answer", share=share, n=scores.n, part=part)
    text(cells, 0, 1, clip(head, width - 2), Role.TEXT)
    table = pictures.confusion(scores.confusion, names, step, sight.caps)
    return _window(cells, table, scores, data.class_names, (label + 1, step), sight)


def _window(
    cells: Cells, table: Cells, scores: Scores, names: tuple[str, ...], size: tuple[int, int], sight: Sight
) -> Picture:
    """The part of ``table`` around the cursor.  Each count is a spot ("cell", truth, answer), read out above.

    ``size`` is the columns of the names and of a count.
    """
    assert scores.confusion is not None
    height, width = cells.shape[:2]
    count, (margin, step) = len(names), size
    cursor = (
        sight.cursor if isinstance(sight.cursor, tuple) and sight.cursor[0] == "cell" else ("cell", -1, -1)
    )
    across = min(count, max(1, (width - 1 - margin) // step))
    rows = count if count + 2 + (across < count) <= height else max(1, height - 3)
    top, left = (max(0, min(at - room // 2, count - room)) for at, room in zip(cursor[1:], (rows, across)))
    part = table[[0, *range(top + 1, top + rows + 1)]]
    columns_shown = [*range(margin), *range(margin + left * step, margin + (left + across) * step)]
    paste(cells, 1, 1, part[:, columns_shown])
    spots = [
        Spot(2 + i, 1 + margin + j * step, step, ("cell", top + i, left + j))
        for i in range(min(rows, max(0, height - 2)))
        for j in range(across)
    ]
    shown = min(rows, across)
    if shown < count:
        more = _("{shown} of {n} classes; arrows: the rest", shown=shown, n=count)
        fill(cells, height - 1, 0, 1, width, " ", Role.WARNING, Role.BACKGROUND)
        text(cells, height - 1, 1, clip(more, width - 2), Role.WARNING)
    here = next((spot for spot in spots if spot.target == cursor), None)
    if here is not None and sight.focus:
        fill(cells, here.y, here.x, 1, step, None, Role.CURSOR_TEXT, Role.CURSOR)
        _kind, truth, answer = cursor
        said = _(
            "{truth} answered as {answer}: {n} of {count}",
            truth=names[truth], answer=names[answer],
            n=int(scores.confusion[truth, answer]), count=scores.examples_of(truth),
        )  # fmt: skip
        fill(cells, 0, 0, 1, width, " ", Role.TEXT, Role.BACKGROUND)
        text(cells, 0, 1, clip(said, width - 2), Role.ACCENT)
    return Picture(cells, tuple(spots))

"""Gauges that are curves: the loss and the metric while training, the curve fitted to one input."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.i18n import N_, _
from nnlab.tui import curves, pictures
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.cells import Cells, blank, clip, paste, text
from nnlab.tui.palette import CATEGORY
from nnlab.tui.report import extremes
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.tui.bench.others import Curve

Array = np.ndarray[Any, Any]
TRAIN, HELD, BATCH, OTHERS = range(4)
"""Which dash is whose, in every chart."""
GROUPS, GROUP_DASHES = 2, (TRAIN, HELD, OTHERS)
"""The first colour of runs from several seeds, and what the line in the middle of each group looks like."""
METRICS = {"accuracy": N_("accuracy"), "r2": N_("R²")}


def loss(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """Loss above, metric below where there is room; the step shown is an upright line."""
    cells = blank(height, width)
    history = readings.history
    if history is None or not (history.count or readings.others):
        text(cells, 0, 1, clip(_("no step has been taken yet"), width - 2), Role.MUTED)
        return Picture(cells)
    width = max(1, width - 1)  # a column of air between the names of the lines and what stands beside
    upper = height if height < 13 else (height * 3 + 4) // 5
    losses, epochs = history.losses, list(history.epochs)
    at = readings.peaks if readings.peaks is not None else np.arange(len(losses))
    at = at[at < len(losses)]
    at = at[extremes(losses[at], 2 * width)]
    steps = np.array([row.step for row in epochs], float)
    series = []
    if epochs:
        series.append(
            curves.Series(_("train"), np.array([r.train_loss for r in epochs]), steps, CATEGORY, TRAIN)
        )
        held = np.array([row.val_loss for row in epochs])
        if np.isfinite(held).any():
            series.append(curves.Series(_("validation"), held, steps, CATEGORY + 1, HELD))
    series += [_beside(k, one, one.loss, one.steps, width) for k, one in enumerate(readings.others)]
    dash = BATCH if epochs else TRAIN  # a line of its own where there is no other yet
    if len(at):
        series.append(curves.Series(_("batch"), losses[at], at + 1.0, int(Role.FAINT), dash))
    x_range = (0.0, max(2.0, history.count, *(one.steps[-1] for one in readings.others)))
    cursor = float(readings.step) if readings.frame is None and readings.step < history.count else None
    title = _("loss") + (f" {losses[-1]:.4g}" if len(at) else "") if width >= 54 else ""
    if height >= 3 and width >= 12:
        log = _spread(losses[at])
        chart = curves.chart(
            upper, width, series, x_range=x_range, log=log, title=title, x_name=_("step"), cursor=cursor,
            caps=sight.caps,
        )  # fmt: skip
        paste(cells, 0, 0, chart)
    if upper < height and (epochs or any(len(one.ends) for one in readings.others)):
        paste(cells, upper, 0, _metric(readings, steps, x_range, height - upper, width, sight))
    return Picture(cells)


def _beside(place: int, one: Curve, y: Array, x: Array, width: int) -> curves.Series:
    """Another run's curve, dim, in a dash of its own; those of a group in its colour, dotted but for one."""
    at = extremes(y, 2 * width)
    if one.group is not None:
        name = "" if one.thin else one.name
        ink, dash = CATEGORY + GROUPS + one.group, GROUP_DASHES[one.group]
        return curves.Series(name, y[at], x[at], ink, dash, one.thin)
    name = f"{one.name} {_('val')}" if one.held else one.name
    return curves.Series(name, y[at], x[at], int(Role.MUTED), OTHERS + place)


def _spread(losses: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:
    """Whether the losses span so much that a logarithmic axis reads better."""
    finite = losses[np.isfinite(losses) & (losses > 0)]
    return len(finite) > 20 and float(finite.max()) > 100 * float(np.median(finite))


def _metric(
    readings: Readings, steps: Array, x_range: tuple[float, float], height: int, width: int, sight: Sight
) -> Cells:
    history = readings.history
    assert history is not None
    epochs = list(history.epochs)[: len(steps)]
    train = np.array([row.train_metric for row in epochs])
    held = np.array([row.val_metric for row in epochs])
    series = [curves.Series(_("train"), train, steps, CATEGORY, TRAIN)] if epochs else []
    last = f" {train[-1]:.3g}" if epochs else ""
    if np.isfinite(held).any():
        series.append(curves.Series(_("validation"), held, steps, CATEGORY + 1, HELD))
        last = f" {held[-1]:.3g}"
    others = [(k, one) for k, one in enumerate(readings.others) if len(one.ends)]
    series += [_beside(k, one, one.metric, one.ends, width) for k, one in others]
    title = _(METRICS.get(history.metric, history.metric)) + last
    low, high = curves.data_range([one.y for one in series])
    return curves.chart(
        height, width, series, x_range=x_range, y_range=(low, min(high, 1.0) if low < 1 else high),
        title=title, x_name=_("step"), caps=sight.caps,
    )  # fmt: skip


FEW = 40
"""Up to so many points lie on the curve that is fitted to them, more lie below it."""


def fitted(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """Data points and the network's curve over one input."""
    cells = blank(height, width)
    data, fit = readings.data, readings.fit
    if data is None or fit is None or height < 4 or width < 12:
        return Picture(cells)
    rows = data.split.train
    y_range = curves.data_range([fit.y, np.ravel(data.y)])
    x_range = (float(fit.x[0]), float(fit.x[-1]))
    series = [curves.Series(_("network"), fit.y, fit.x, CATEGORY + 1)]
    chart = curves.chart(
        height, width, series, x_range=x_range, y_range=y_range, title=_("network and data"), caps=sight.caps
    )
    paste(cells, 0, 0, chart)
    plot = plot_area(chart)
    if plot is not None:
        y0, y1, x0 = plot
        area = cells[y0:y1, x0:]
        ground = area.copy()
        points = np.ravel(data.y[rows])[: len(rows)]
        pictures.scatter(area, data.x[rows, 0], points, None, x_range, y_range, sight.caps)
        if len(rows) > FEW:  # many points would hide the curve; a few are hidden by it
            drawn = (ground[..., 1] == CATEGORY + 1) & (ground[..., 0] != 0)
            area[drawn] = ground[drawn]
    return Picture(cells)


def plot_area(chart: Cells, top: int = 1) -> tuple[int, int, int] | None:
    """(first row, row behind the last, first column) inside the axes; ``top`` rows are titles."""
    from nnlab.tui.glyphs import glyph

    corner = np.isin(chart[..., 0], [glyph("└"), glyph("+")])
    places = np.argwhere(corner)
    if not len(places):
        return None
    y = int(places[-1][0])
    x = int(places[places[:, 0] == y][0][1])  # in ASCII the ticks to its right look the same
    return top, y, x + 1


def clock(seconds: float | None) -> str:
    """``1:05`` left, empty where nobody knows."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
    return f"{whole // 60}:{whole % 60:02}"

"""The pages of the gauges, and how many of them stand side by side."""

from __future__ import annotations

from dataclasses import replace

from nnlab.i18n import N_, _
from nnlab.session import pages
from nnlab.tui.bench import charts, gallery, landscape, scene_page, signs, surface
from nnlab.tui.bench.gauge_page import GaugePage
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Area, Picture, Sight, Spot
from nnlab.tui.cells import blank, fill, hline, paste, text, vline
from nnlab.tui.themes import Role

Order = tuple[str, ...]
"""Names of pages, the one that comes first at the head."""


def _plane(readings: Readings) -> bool:
    return readings.data is not None and readings.data.is_plane


def _pictures(readings: Readings) -> bool:
    data = readings.data
    return data is not None and data.image_shape is not None and bool(data.class_names)


def _run(readings: Readings) -> bool:
    return readings.history is not None


def _classes(readings: Readings) -> bool:
    return _run(readings) and readings.data is not None and bool(readings.data.class_names)


PAGES: dict[str, GaugePage] = {
    page.name: page
    for page in (
        GaugePage("curves", N_("curves"), _run, charts.loss),
        GaugePage("landscape", N_("landscape"), lambda readings: bool(readings.axes), landscape.draw),
        GaugePage("surface", N_("surface"), _plane, surface.plane),
        GaugePage("digits", N_("pictures"), _pictures, gallery.draw),
        GaugePage("signs", N_("health"), _run, signs.draw),
        GaugePage("confusion", N_("confusion"), _classes, surface.confusion),
        *(scene_page.gauge(page) for page in pages.PAGES.values()),
    )
}
REPORT = "report"


def pages_for(readings: Readings) -> tuple[str, ...]:
    """The pages that make sense for the data and the network of ``readings``."""
    return tuple(name for name, page in PAGES.items() if page.fits(readings)) or tuple(PAGES)[:1]


def shown(
    order: Order, readings: Readings, height: int, width: int, alone: bool = False
) -> tuple[tuple[str, ...], bool]:
    """The pages to show at once, those of ``order`` before all others, and whether side by side.

    ``alone``: only the first, however much room there is.
    """
    names = pages_for(readings)
    wanted = tuple(name for name in order if name in names) or names[:1]
    at = names.index(wanted[0])
    others = (name for name in names[at:] + names[:at] if name not in wanted and PAGES[name].light)
    turned = (*wanted, *others)
    if alone:
        return turned[:1], False
    if width >= 84 and height < 18:
        return turned[: 3 if width >= 110 else 2], True
    return turned[: max(1, min(3, height // 13))], False


def draw(
    readings: Readings, order: Order, height: int, width: int, sight: Sight = PLAIN, alone: bool = False
) -> Picture:
    """(height, width, 3): as many pages as fit, each with its title; spots keep their page's targets."""
    cells = blank(height, width)
    names, across = shown(order, readings, height, width, alone)
    spots: list[Spot] = []
    areas: list[Area] = []
    count = len(names)
    for k, name in enumerate(names):
        if across:
            y, x = 0, width * k // count
            tall, wide = height, width * (k + 1) // count - x - (k < count - 1)
            if k:
                vline(cells, 0, x - 1, height, caps=sight.caps)
        else:
            y, x, wide = height * k // count, 0, width
            tall = height * (k + 1) // count - y
        if count > 1 and tall > 3:
            hline(cells, y, x, wide, caps=sight.caps)
            text(cells, y, x + 1, f" {_(PAGES[name].title)} ", Role.MUTED)
            spots.append(Spot(y, x + 1, 8, ("page", name)))
            y, tall = y + 1, tall - 1
        picture = PAGES[name].draw(readings, tall, max(0, wide), sight)
        paste(cells, y, x, picture.cells)
        spots += [replace(s, y=s.y + y, x=s.x + x) for s in picture.spots]
        areas += [area.moved(y, x) for area in picture.areas]
    for spot in spots:
        here = sight.focus and spot.target == sight.cursor
        if here and isinstance(spot.target, tuple) and spot.target[0] in ("page", "row"):
            fill(cells, spot.y, spot.x, 1, spot.width, None, Role.CURSOR_TEXT, Role.CURSOR)
    return Picture(cells, tuple(spots), tuple(areas))

"""Pages of the gauges that are scenes."""

from __future__ import annotations

from dataclasses import replace

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.figures import plain
from nnlab.session.pages import ScenePage
from nnlab.tui.bench import blocks
from nnlab.tui.bench.gauge_page import GaugePage
from nnlab.tui.bench.page import Page
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import Picture, Sight
from nnlab.tui.themes import Role


def gauge(page: ScenePage) -> GaugePage:
    """``page`` among the gauges: its scene, or in its place why there is none."""

    def fits(readings: Readings) -> bool:
        return page.name in readings.fitting

    def draw(readings: Readings, height: int, width: int, sight: Sight) -> Picture:
        found = readings.pages.get(page.name)
        try:
            if page.name not in readings.pages:
                raise NnlabError(readings.trouble or _("one moment"))
            if isinstance(found, NnlabError):
                raise found
            scene = page.scene(found)
        except NnlabError as error:
            told = Page(max(1, width))
            told.say(plain(str(error), sight.caps), Role.MUTED)
            return told.draw(height, None, sight)
        picture = blocks.draw(scene, sight.cursor, height, width, sight)
        spots = [replace(s, seen=picture.top <= s.y < height) for s in picture.every]
        first = next((s for s in spots if s.target == scene.home), None)
        spots.sort(key=lambda spot: (spot is not first and spot != first, spot.y, spot.x))
        return Picture(picture.cells, tuple(spots), picture.areas)

    return GaugePage(page.name, page.title, fits, draw, page.live and not page.alone)

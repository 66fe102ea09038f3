"""Gauges of health: dead units, the size of gradients layer by layer, how far updates go."""

from __future__ import annotations

import math

import numpy as np

from nnlab.i18n import _
from nnlab.training.diagnostics import MANY_DEAD
from nnlab.tui import pictures
from nnlab.tui.bench.page import Page, Part
from nnlab.tui.bench.readings import Readings
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.cells import rows_of
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

DECADES = (-8.0, 2.0)  # of the gradient thermometer


def draw(readings: Readings, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """A row for every layer with parameters, and a verdict in words where one is due."""
    page = Page(max(1, width))
    caps = sight.caps
    if not readings.signs:
        page.say(_("no step has been taken yet"), Role.MUTED)
        return page.draw(height, None, sight)
    layers = max(len(s.layer) for s in readings.signs)
    bar = max(3, min(24, width - layers - 31))
    at = [1, layers + 2, layers + 3 + bar, layers + 12 + bar, layers + 24 + bar]
    heads = [_("layer"), "", _("gradient"), _("step/weight"), _("dead")]
    fits = at[4] + columns(heads[4]) <= width
    page.add(*(Part(x, head, Role.MUTED) for x, head in zip(at, heads[: 4 + fits])))
    verdicts = []
    for sign in readings.signs:
        size = math.log10(sign.gradient) if sign.gradient > 0 else DECADES[0]
        share = (size - DECADES[0]) / (DECADES[1] - DECADES[0])
        strip = rows_of(pictures.bars(np.array([share]), bar, 1.0, caps=caps))[0]
        dead = "" if math.isnan(sign.dead) else f"{sign.dead:.0%}"
        page.add(
            Part(at[0], sign.layer),
            Part(at[1], strip, Role.BACKWARD),
            Part(at[2], f"{sign.gradient:.1e}"),
            Part(
                at[3],
                "?" if math.isnan(sign.ratio) else f"{sign.ratio:.1e}",
                Role.SUCCESS if sign.healthy else Role.WARNING,
            ),
            *[Part(at[4], dead, Role.WARNING if sign.dead > MANY_DEAD else Role.TEXT)] * fits,
        )
        verdicts += sign.troubles
    page.gap()
    for verdict in verdicts:
        page.say(("⚠ " if caps.unicode else "! ") + verdict, Role.WARNING)
    if not verdicts:
        mark = "✓ " if caps.unicode else "= "
        page.say(
            mark + _("all layers learn: about a thousandth of a weight per step is healthy"), Role.SUCCESS
        )
    return page.draw(height, None, sight)

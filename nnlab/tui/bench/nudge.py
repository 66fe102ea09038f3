"""The nudge test: predicted change of the loss (gradient times nudge) beside the true one, as it grows.

The gap between the straight line and the curve is what a derivative leaves out.
"""

from __future__ import annotations

import numpy as np

from nnlab.i18n import _
from nnlab.session.figures import aligned
from nnlab.session.text import nudge_verdict
from nnlab.tui import curves
from nnlab.tui.bench.page import Page, Part
from nnlab.tui.bench.why import Question
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

PLOT = 7


def add(page: Page, question: Question, caps: Capabilities) -> None:
    """A table growing with the nudge, and the two curves over it."""
    nudges = question.nudges
    page.gap()
    page.rule(_("nudge: what the loss does"), caps.unicode)
    heads = [_("nudge"), _("predicted"), _("true"), _("gap")]
    table = [
        aligned([n.delta for n in nudges], 3, caps),
        aligned([n.predicted for n in nudges], 4, caps),
        aligned([n.true for n in nudges], 4, caps),
        aligned([n.gap for n in nudges], 2, caps),
    ]
    widths = [max(columns(head), *map(len, column)) + 2 for head, column in zip(heads, table)]
    x = [1 + sum(widths[:k]) for k in range(4)]
    page.add(*(Part(at, head, Role.MUTED) for at, head in zip(x, heads)))
    for k, nudge in enumerate(nudges):
        here = abs(nudge.delta - question.chosen) < 1e-12
        inks = (Role.TEXT, Role.PRIMARY, Role.ACCENT, Role.MUTED)
        parts = [Part(x[c], table[c][k], Role.TEXT if here else inks[c]) for c in range(4)]
        if here:
            parts.insert(0, Part(0, "▸" if caps.unicode else ">", Role.ACCENT))
        page.add(*parts)
    if nudges and nudges[0].departure:
        page.say(nudge_verdict(nudges[0]), Role.WARNING)
    size = [0.0, *(n.delta for n in nudges)]
    order = np.argsort(size)
    deltas = np.array(size)[order]
    predicted = np.array([0.0, *(n.predicted for n in nudges)])[order]
    true = np.array([0.0, *(n.true for n in nudges)])[order]
    if page.width < 24:
        return
    series = [
        curves.Series(_("true"), true, deltas, Role.ACCENT),
        curves.Series(_("predicted"), predicted, deltas, Role.PRIMARY),
    ]
    page.picture(curves.chart(PLOT, page.width - 1, series, cursor=question.chosen, caps=caps))

"""The ledger of one weight: old value, gradient, what the optimiser remembers, its step, the new value."""

from __future__ import annotations

from nnlab.i18n import N_, _
from nnlab.session.figures import aligned
from nnlab.tui.bench.page import Page, Part
from nnlab.tui.bench.why import Question
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

LABELS = {
    "old": N_("old value"),
    "gradient": N_("gradient"),
    "used": N_("gradient used"),
    "step": N_("step"),
    "new": N_("new value"),
}


def add(page: Page, question: Question, caps: Capabilities) -> None:
    """The update of the weight as rows of ``page``; spots are ("entry", k)."""
    page.gap()
    page.rule(_("update ledger"), caps.unicode)
    rows = question.ledger
    labels = [_(LABELS[label]) if label in LABELS else label for label, _address, _value in rows]
    figures = aligned([value for _label, _address, value in rows], 6, caps)
    room = max(map(columns, labels)) + 3
    behind = room + max(map(len, figures)) + 2
    places = [str(address) for _label, address, _value in rows]
    if max(map(len, places)) >= page.width - behind:  # what is added to the weight's own address
        places = [place.removeprefix(places[0]) for place in places]
    for k, ((label, *_rest), name, figure, place) in enumerate(zip(rows, labels, figures, places)):
        ink = Role.UPDATE if label in ("step", "new") else Role.TEXT
        parts = [Part(1, name, Role.MUTED), Part(room, figure, ink, ("entry", k))]
        if place and page.width - behind > len(place):
            parts.append(Part(behind, place, Role.MUTED))
        page.add(*parts)

"""Where to begin on an empty bench: data and a network that suit each other, one key away."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from nnlab.i18n import N_, _
from nnlab.tui.bench.page import Page, Part
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.themes import Role


@dataclass(frozen=True, slots=True)
class Start:
    """A beginning: its name, what there is to see, and the actions that lay it out."""

    name: str
    what: str
    actions: tuple[str, ...]


STARTS = (
    Start("xor", N_("four points, the smallest net that bends"), ("data xor", "net dense 2 tanh | dense 1")),
    Start(
        "moons",
        N_("two half moons, a curved border"),
        ("data moons", "net dense 4 tanh | dense 3 relu | dense 1"),
    ),
    Start(
        "spiral",
        N_("a hard border: watch it wind"),
        ("data spiral", "net dense 8 tanh | dense 8 tanh | dense 2"),
    ),
    Start("sine", N_("a curve to fit"), ("data sine", "net dense 8 tanh | dense 1")),
    Start("iris", N_("three kinds of flowers, four numbers"), ("data iris", "net dense 6 tanh | dense 3")),
    Start("digits", N_("handwritten digits"), ("data digits", "net dense 10 relu | dense 8 relu | dense 10")),
)


def draw(trouble: str, cursor: Hashable, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """(height, width, 3); spots are ("start", name), ("draw",) and ("build",)."""
    page = Page(max(1, width))
    page.gap()
    if trouble:
        page.say(trouble, Role.WARNING, 3)
    else:
        page.say(_("Lay something on the bench:"), Role.TEXT, 3)
    page.gap()
    for start in STARTS:
        row = [Part(3, start.name, Role.ACCENT, ("start", start.name))]
        if width > 40:
            row.append(Part(13, _(start.what), Role.TEXT))
        page.add(*row)
        if width > 40 and height > 3 * len(STARTS) + 4:
            page.add(Part(13, "  ".join(start.actions), Role.MUTED))
    page.gap()
    page.add(Part(3, _("draw points of your own"), Role.ACCENT, ("draw",)))
    page.add(Part(3, _("build a network"), Role.ACCENT, ("build",)))
    page.gap()
    page.say(_("Enter lays it out; or type an action after a colon, for example: data moons"), Role.MUTED, 3)
    return page.draw(height, cursor, sight)

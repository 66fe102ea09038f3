"""Pages about a whole run, beside the views of single layers: how good answers are, how training goes.

A page is a module with a :class:`~nnlab.session.pages.page.ScenePage` called ``PAGE``, and one line in
:data:`MODULES`.  The app shows it among the gauges, the plain form with ``view NAME``.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

from nnlab.i18n import _
from nnlab.session.pages import (
    autopsy,
    breaks,
    calibration,
    codes,
    duel,
    gap,
    jump,
    noise,
    optimisers,
    outcome,
    race,
    rates,
    roc,
    runs,
    saliency,
    seeds,
    shrink,
    sketch,
    spread,
    thermometer,
    truth,
    twin,
    units,
    walk,
    workers,
    world,
    worst,
    worth,
)
from nnlab.session.pages.page import ScenePage

if TYPE_CHECKING:
    from nnlab.session.scene import Scene
    from nnlab.session.session import Session

MODULES: tuple[ModuleType, ...] = (
    autopsy,
    outcome,
    duel,
    codes,
    world,
    walk,
    sketch,
    gap,
    thermometer,
    spread,
    optimisers,
    race,
    rates,
    noise,
    workers,
    jump,
    calibration,
    roc,
    truth,
    worst,
    saliency,
    units,
    worth,
    shrink,
    twin,
    seeds,
    runs,
    breaks,
)
PAGES: dict[str, ScenePage] = {module.PAGE.name: module.PAGE for module in MODULES}


def named(word: str) -> str:
    """The name of the page that ``word`` means, by its name or its title; "" where it means none."""
    folded = word.lower()
    for name, page in PAGES.items():
        if folded in (name, page.title.lower(), _(page.title).lower()):
            return name
    return ""


def fitting(session: Session) -> tuple[str, ...]:
    """The pages that make sense for this session, in order."""
    if session.data is None or session.run is None:
        return ()
    return tuple(name for name, page in PAGES.items() if page.fits(session))


def page_scene(session: Session, name: str) -> Scene:
    """The page ``name`` of a session that stands still; raises NnlabError where it cannot be had."""
    page = PAGES[name]
    return page.scene(page.finish(page.read(session)))


__all__ = ["MODULES", "PAGES", "ScenePage", "fitting", "page_scene"]

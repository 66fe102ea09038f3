"""What “view” shows: the scene of a layer around one of its numbers, or a page about the whole run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session import pages, views
from nnlab.session.action import ACTIONS, find
from nnlab.session.moment import Moment

if TYPE_CHECKING:
    from nnlab.engine.address import Address
    from nnlab.session.scene import Scene
    from nnlab.session.session import Session


def viewed(session: Session, what: str, way: str) -> tuple[Scene | None, Any]:
    """The scene of a layer, of the layer of an address, or of a page, and the place of its cursor.

    ``way`` is forward or backward, "" for the way that the tape goes.  Raises NnlabError where there is none.
    """
    if page := pages.named(what):
        return _page(session, page)
    moment = Moment.of(session, trying=True)
    if way:
        moment.flip = (way == "backward") != moment.backward
    column = moment.column(what) or views.part(moment, what)
    at = None
    if column is None:
        at = _address(session, what)
        if moment.batched(at.value):
            _check_row(moment, at.index[0])
            moment.turn_to(at.index[0])
        column = views.column_at(moment, at)
    if column is None or views.view_of(moment, column) is None:
        raise NnlabError(_refusal(moment, what))
    anchor = at if at is not None and views.anchors(moment, column, at) else None
    scene = views.scene_of(moment, column, anchor or views.first_at(moment, column), at)
    return scene, at or (scene.home if scene is not None else None)


def _address(session: Session, what: str) -> Address:
    """Raises NnlabError for a word that is no address, with what else there is to be viewed."""
    try:
        return session.address(what)
    except NnlabError as error:
        action = find(what, ACTIONS)
        if action is None:
            raise
        told = _("“{what}” is an action of its own, without “view”", what=action.name)
        raise NnlabError(f"{error}; {told}") from None


def _check_row(moment: Moment, row: int) -> None:
    """After an edit there is one row, that of the followed example."""
    if moment.trial is not None and row:
        raise NnlabError(
            _(
                "after an edit only the followed example has been passed through, as row 0; "
                "“example 3” follows another, “step” passes a batch through"
            )
        )


def _page(session: Session, page: str) -> tuple[Scene, Any]:
    session.need_run()
    if page not in pages.fitting(session):
        raise NnlabError(
            _("{page} does not fit this network and data; these do: {known}", page=page,
              known=", ".join(pages.fitting(session)))
        )  # fmt: skip
    scene = pages.page_scene(session, page)
    return scene, scene.home


def _refusal(moment: Moment, what: str) -> str:
    known = [c.name for c in moment.columns if views.view_of(moment, c) is not None]
    if not known:
        return _(
            "no layer of this network has a view of its own; “show {value}” prints its numbers",
            value="dense1.W",
        )
    return _(
        "{what} has no view of its own; these layers have: {known}{hint}",
        what=what,
        known=", ".join(known),
        hint=did_you_mean(what, known),
    )

"""Sessions and the scenes of their layers."""

from __future__ import annotations

from nnlab.session import views
from nnlab.session.moment import Moment
from nnlab.session.scene import Scene
from nnlab.session.session import Session


def made(*actions: str) -> Session:
    """A session with these actions done."""
    session = Session()
    for action in actions:
        session.execute(action)
    return session


def scene_at(session: Session, text: str, backward: bool = False) -> tuple[Moment, Scene]:
    """The scene of the layer ``text`` names, or of the layer of the number it names, around that number."""
    moment = Moment.of(session)
    moment.flip = backward != moment.backward
    column = moment.column(text) or views.part(moment, text)
    at = None if column is not None else session.address(text)
    if at is not None:
        column = views.column_at(moment, at)
    assert column is not None
    scene = views.scene_of(moment, column, at or views.first_at(moment, column), at)
    assert scene is not None
    return moment, scene

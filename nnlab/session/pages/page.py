"""What a page of the gauges is: where it makes sense, what it reads of a session, and its scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnlab.session.scene import Scene
    from nnlab.session.session import Session


def as_it_is(found: Any) -> Any:
    return found


@dataclass(frozen=True, slots=True)
class ScenePage:
    """A page called ``name`` in actions, ``title`` (a text of the catalogue) above its picture.

    ``fits(session)`` is cheap and asks for nothing to be computed.  ``read(session)`` is called where the run
    stands still, between two steps, and copies what it needs; ``finish`` may then take its time in another
    thread.  ``scene(found)`` lays out what they have found.  Any of the three may raise NnlabError: its
    sentence is shown in the page's place.  A page that is not ``live`` is too dear to be read while training
    goes on; one that stands ``alone`` is shown when it is asked for, never beside others.
    """

    name: str
    title: str
    fits: Callable[[Session], bool]
    read: Callable[[Session], Any]
    scene: Callable[[Any], Scene]
    finish: Callable[[Any], Any] = as_it_is
    live: bool = True
    alone: bool = False

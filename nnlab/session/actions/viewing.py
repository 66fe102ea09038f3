"""The action that shows a layer through its view, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Result, register
from nnlab.session.actions.looking import Looking
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session

WAYS = ("forward", "backward")


@register
@dataclass(frozen=True)
class View(Looking):
    """What the app shows of a layer in detail, in words and numbers."""

    name = "view"
    syntax = "view LAYER|ADDRESS [forward|backward] | view PAGE"
    help = N_(
        "look into a layer, around one number of it: the window of a convolution, gates, attention; or at a "
        "page about the run, such as gap, jump, race, saliency, codes, duel or world"
    )
    example = "view conv1.z[0,2,3,0]"
    category = "looking"
    arguments = ("view", "way")
    logged = False

    what: str = ""
    way: str = ""

    @classmethod
    def parse(cls, words: Words) -> View:
        what = words.take(_("a layer, or a number of one"))
        return cls(what, words.choice(WAYS, _("a direction")) if words.more else "")

    def __str__(self) -> str:
        return f"view {self.what} {self.way}".rstrip()

    def apply(self, session: Session) -> Result:
        from nnlab.session.viewed import viewed

        scene, cursor = viewed(session, self.what, self.way)
        return session.answer("view", scene, cursor=cursor)

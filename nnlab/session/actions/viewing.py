"""The action that shows a layer through its view, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.nearest import did_you_mean
from nnlab.session import pages, views
from nnlab.session.action import Result, register
from nnlab.session.actions.looking import Looking
from nnlab.session.moment import Moment
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
    help = N_("look into a layer, around one number of it: the window of a convolution, gates, attention")
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
        if self.what in pages.PAGES:
            return self._page(session)
        moment = Moment.of(session)
        if self.way:
            moment.flip = (self.way == "backward") != moment.backward
        column = moment.column(self.what)
        at = None
        if column is None:
            at = session.address(self.what)
            column = moment.column(at.value) or moment.column(at.value.split(".")[0])
        if column is None or views.view_of(moment, column) is None:
            raise NnlabError(self._refusal(moment))
        anchor = at if at is not None and views.anchors(moment, column, at) else None
        scene = views.scene_of(moment, column, anchor or views.first_at(moment, column), at)
        return session.answer("view", scene, cursor=at or (scene.home if scene is not None else None))

    def _page(self, session: Session) -> Result:
        session.need_run()
        if self.what not in pages.fitting(session):
            raise NnlabError(
                _("{page} does not fit this network and data; these do: {known}", page=self.what,
                  known=", ".join(pages.fitting(session)))
            )  # fmt: skip
        scene = pages.page_scene(session, self.what)
        return session.answer("view", scene, cursor=scene.home)

    def _refusal(self, moment: Moment) -> str:
        known = [c.name for c in moment.columns if views.view_of(moment, c) is not None]
        if not known:
            return _(
                "no layer of this network has a view of its own; “show {value}” prints its numbers",
                value="dense1.W",
            )
        return _(
            "{what} has no view of its own; these layers have: {known}{hint}",
            what=self.what,
            known=", ".join(known),
            hint=did_you_mean(self.what, known),
        )

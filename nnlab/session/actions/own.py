"""Actions about what is read in place of an example: a text of one's own, and how signs are drawn."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.actions.writing import LONGEST
from nnlab.session.actions.writing import OPTIONS as OF_WRITING
from nnlab.session.words import quoted

if TYPE_CHECKING:
    from nnlab.network.generate import Sampling as Drawing
    from nnlab.session.session import Session
    from nnlab.session.words import Words


OPTIONS = {name: OF_WRITING[name] for name in ("temperature", "top_k", "top_p")}


@register
@dataclass(frozen=True)
class Read(Action):
    """A text of the learner's own, followed in place of an example."""

    name = "read"
    syntax = "read TEXT [as ANSWER …]"
    help = N_(
        "have the network read a text of your own: every layer and its answer are shown for it, until "
        "“example 0” goes back to the data; ? stands for a hidden word; with the right answer behind “as” it "
        "has a loss and gradients"
    )
    example = "read the film was not good"
    category = "looking"
    undoable = False
    live = True

    text: str

    @classmethod
    def parse(cls, words: Words) -> Read:
        if not words.more:
            raise words.missing(_("a text"))
        parts: list[str] = []
        while words.more:
            parts.append(words.take(""))
        # An action is one line, in which blanks count once.
        return cls(re.sub(" +", " ", " ".join(parts)))

    def __str__(self) -> str:
        bare = self.text.split() == self.text.split(" ") and "#" not in self.text
        return f"read {self.text}" if bare else f"read {quoted(self.text)}"

    def apply(self, session: Session) -> Result:
        return session.answer("own", session.follow_own(self.text))

    def replay(self, session: Session) -> None:
        session.follow_own(self.text)


@register
@dataclass(frozen=True)
class Sampling(Action):
    """How signs would be drawn from what a language model says."""

    name = "sampling"
    syntax = "sampling [temperature=1] [top_k=K] [top_p=P]"
    help = N_("how the candidates of a language model are shown to be drawn; alone, as the network says")
    example = "sampling temperature=0.5 top_k=5"
    category = "looking"
    keywords = OPTIONS
    undoable = False
    live = True

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0

    @classmethod
    def parse(cls, words: Words) -> Sampling:
        made = cls(**reading.options(words, _READERS))
        try:
            made.drawing()
        except NnlabError as error:
            raise words.fail(str(error), back=1) from None
        return made

    def drawing(self) -> Drawing:
        """Raises NnlabError where a number is out of range."""
        from nnlab.network.generate import Sampling as Drawing

        return Drawing(self.temperature, self.top_k, self.top_p)

    def __str__(self) -> str:
        return f"sampling {reading.changed_options(self, Sampling(), _READERS)}".rstrip()

    def apply(self, session: Session) -> Result:
        session.bench.sampling = (self.temperature, self.top_k, self.top_p)
        line = _(
            "temperature {temperature}, top_k {top_k}, top_p {top_p}",
            temperature=f"{self.temperature:g}",
            top_k=self.top_k or _("all"),
            top_p=f"{self.top_p:g}",
        )
        return Result([line], payload=self)


_READERS: reading.Readers = {
    "temperature": lambda words: words.number(_(OPTIONS["temperature"]), low=0),
    "top_k": lambda words: words.integer(_(OPTIONS["top_k"]), low=0, high=LONGEST),
    "top_p": lambda words: words.number(_(OPTIONS["top_p"]), above=0),
}

"""The action that moves a code and shows what the second half of the network makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.insight.codes import Array, Spread
    from nnlab.session.session import Session

MOST = 4096
"""The largest number of a coordinate: above all codes there are."""


@register
@dataclass(frozen=True)
class Code(Action):
    """A code of the learner's own.  It changes nothing of the run."""

    name = "code"
    syntax = "code X1 X2 … | code K=X … | code map X Y | code example | code row N"
    help = N_(
        "move the code of an autoencoder and see what is made of it: all its numbers, some of them, or a "
        "place on the map of codes; “example” and “row” begin with the code of an example"
    )
    example = "code 0.5 -1.2"
    category = "looking"
    arguments = ("code",)
    undoable = False
    live = True
    logged = False

    what: str = ""
    numbers: tuple[float, ...] = ()
    places: tuple[int, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Code:
        word = words.peek().lower()
        if word == "example":
            words.take("")
            return cls(word)
        if word == "row":
            words.take("")
            return cls(word, places=(words.integer(_("the row"), low=0),))
        if word == "map":
            words.take("")
            return cls(word, (words.number(_("the place across")), words.number(_("the place upwards"))))
        if "=" in word:
            found = words.options()
            places = tuple(
                Words(key).integer(_("the place of a number in the code"), low=0, high=MOST)
                for key, _value in found
            )
            return cls(
                "", tuple(Words(value).number(_("a number of the code")) for _k, value in found), places
            )
        numbers = [words.number(_("a number of the code"))]
        while words.more:
            numbers.append(words.number(_("a number of the code")))
        return cls("", tuple(numbers))

    def __str__(self) -> str:
        texts = [number_text(value) for value in self.numbers]
        if self.places and not self.what:
            texts = [f"{place}={text}" for place, text in zip(self.places, texts)]
        elif self.places:
            texts = [str(place) for place in self.places]
        return " ".join(filter(None, (self.name, self.what, *texts)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight import codes
        from nnlab.session.pages.codes import moved_scene

        known = codes.spread(session)
        session.studies["code"] = self._moved(session, known)
        scene = moved_scene(codes.point(session, known), codes.picture_shape(session.need_data()))
        return session.answer("view", scene, cursor=None)

    def _moved(self, session: Session, known: Spread) -> Array:
        """The code that is meant, (code,)."""
        import numpy as np

        from nnlab.session.insight.codes import moved_code, own_code
        from nnlab.session.insight.rows import row_of

        if self.what in ("example", "row"):
            row = row_of(session, self.places[0] if self.places else None)
            return np.asarray(own_code(session, known.name, row)[0])
        code: Array = np.array(moved_code(session, known.name))
        if self.what == "map":
            return known.moved(code, self.numbers[0], self.numbers[1])
        if not self.places:
            _require_size(known.name, len(code), len(self.numbers))
            return np.array(self.numbers)
        for place, value in zip(self.places, self.numbers):
            if place >= len(code):
                raise NnlabError(
                    _("the code {name} has the numbers 0 to {last}, no number {k}",
                      name=known.name, last=len(code) - 1, k=place)
                )  # fmt: skip
            code[place] = value
        return code


def _require_size(name: str, size: int, given: Any) -> None:
    if size != given:
        raise NnlabError(
            _("the code {name} has {size} numbers, not {given}; “code {k}=…” changes one of them",
              name=name, size=size, given=given, k=0)
        )  # fmt: skip

"""The action that draws a picture for the network to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.insight.sketch import Array
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Sketch(Action):
    """A pixel, a stroke, a blank sheet, or an example to begin with.  It changes nothing of the run."""

    name = "sketch"
    syntax = "sketch ROW COLUMN [ROW COLUMN] | sketch example | sketch row N | sketch clear"
    help = N_(
        "draw a picture and see what the network says of it: a pixel on or off, or a stroke between two; "
        "“example” begins with the one that is followed, “row” with any other"
    )
    example = "sketch 1 2 6 2"
    category = "looking"
    arguments = ("sketch",)
    undoable = False
    live = True
    logged = False

    what: str = ""
    numbers: tuple[int, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Sketch:
        word = words.peek().lower()
        if word in ("clear", "example"):
            words.take("")
            return cls(word)
        if word == "row":
            words.take("")
            return cls("row", (words.integer(_("the row"), low=0),))
        found = [words.integer(_("the row of the pixel"), low=0), words.integer(_("its column"), low=0)]
        if words.more:
            found += [words.integer(_("the row it ends in"), low=0), words.integer(_("the column"), low=0)]
        return cls("", tuple(found))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.what, *map(str, self.numbers))))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight import sketch
        from nnlab.session.pages.sketch import PAGE

        session.studies["sketch"] = self._changed(session)
        found = sketch.seen(session)
        return session.answer("view", PAGE.scene(replace(found, layers=())), cursor=None)

    def _changed(self, session: Session) -> Array:
        from nnlab.session.insight import sketch

        if self.what == "clear":
            return sketch.blank(session)
        if self.what == "example":
            return sketch.of_row(session, int(session.need_data().split.train[session.example]))
        if self.what == "row":
            return sketch.of_row(session, self.numbers[0])
        pixels = sketch.drawn(session)
        for row, column in zip(self.numbers[::2], self.numbers[1::2]):
            if row >= pixels.shape[0] or column >= pixels.shape[1]:
                rows, columns = pixels.shape
                told = _(
                    "there is no pixel {row},{column}; the picture has {rows} rows and {columns} columns",
                    row=row, column=column, rows=rows, columns=columns,
                )  # fmt: skip
                raise NnlabError(told)
        first = self.numbers[0], self.numbers[1]
        if len(self.numbers) == 4:
            return sketch.line(pixels, first, (self.numbers[2], self.numbers[3]))
        return sketch.painted(pixels, *first, 0.0 if pixels[first] >= 0.5 else 1.0)

"""Actions about data: choose a data set, draw points by hand."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.look import wrap
from nnlab.session.words import Words, number_text, quoted

if TYPE_CHECKING:
    from nnlab.session.session import Session


CHECKSUM = "sha256 "
"""Begins the note of an action that read a file."""


def checksum(path: Path) -> str:
    """The first 16 hexadecimal digits of the file's SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:16]


@register
@dataclass(frozen=True)
class Data(Action):
    """Choose the data; a new network run begins from step 0."""

    name = "data"
    syntax = "data NAME [option=value …] | data file:PATH [option=value …]"
    help = N_("choose a data set by name, or read your own from a file; training starts afresh")
    example = "data moons n=200 noise=0.2"
    category = "data"
    arguments = ("dataset", "dataset_option*")
    aliases = ("dataset",)

    spec: str

    @classmethod
    def parse(cls, words: Words) -> Data:
        from nnlab.data.imported import catalogue
        from nnlab.data.loading import SUFFIXES
        from nnlab.data.registry import FILE
        from nnlab.data.spec import quote, tokens

        if words.peek().lower() == "points" and len(words.words) > 2:
            return cls(words.rest())
        bare = words.peek().lower().endswith(SUFFIXES)  # “data marks.csv” can mean one thing only
        if not words.peek().startswith("file:") and not bare:
            known = {alias: d for d in catalogue().values() for alias in (d.name, *d.aliases)}
            kind = known[words.choice([*known], _("a data set"))]
            words.index -= 1
        elif words.peek() == "file:":
            raise words.fail(_("“file:” needs the path of a file behind it: data file:mine.csv"))
        else:
            kind = FILE
        try:
            head, *rest = tokens(words.text[words.position :])
            head = f"file:{head}" if bare and not head.startswith("file:") else head
            options = kind.parse(rest)
        except NnlabError as error:
            raise words.fail(str(error)) from None
        words.rest()
        return cls(kind.text(options, quote(head) if kind is FILE else kind.name))

    def __str__(self) -> str:
        return f"data {self.spec}"

    def apply(self, session: Session) -> Result:
        from nnlab.data import load

        data = load(self.spec)
        session.bench.points = ()
        misfit = session.use_data(data, self.spec)
        told = session.answer("data", data)
        if misfit is None:
            return told
        why = _("the network is taken away: {why}; “undo” brings both back", why=misfit)
        return Result([*wrap(why, session.look.width), "", *told.lines], payload=told.payload)

    def file(self) -> Path | None:
        """The file that is read, where there is one."""
        from nnlab.data.imported import imported
        from nnlab.data.spec import tokens

        head = tokens(self.spec)[0]
        if head.startswith("file:"):
            return Path(head.removeprefix("file:")).expanduser()
        own = imported().get(head)
        return own.file if own is not None else None

    def note(self, session: Session) -> str:
        file = self.file()
        return CHECKSUM + checksum(file) if file is not None and file.is_file() else ""


@register
@dataclass(frozen=True)
class Point(Action):
    """Add one hand-drawn point; the data set ``points`` grows by it."""

    name = "point"
    syntax = "point X Y LABEL"
    help = N_("draw one point of your own data on the plane; two labels are needed to train")
    example = "point 0.5 -1 1"
    category = "data"

    x: float
    y: float
    label: str

    @classmethod
    def parse(cls, words: Words) -> Point:
        x, y = words.number(_("x of the point")), words.number(_("y of the point"))
        return cls(x, y, words.take(_("the label of the point")))

    def __str__(self) -> str:
        return f"point {number_text(self.x)} {number_text(self.y)} {quoted(self.label)}"

    def apply(self, session: Session) -> Result:
        session.bench.points = (*session.bench.points, (self.x, self.y, self.label))
        return _use_points(session)


@register
@dataclass(frozen=True)
class Points(Action):
    """Take hand-drawn points back: all of them, or the last one."""

    name = "points"
    syntax = "points clear|drop"
    help = N_("clear all hand-drawn points, or drop the last one")
    example = "points clear"
    category = "data"
    arguments = ("points",)

    what: str = "clear"

    @classmethod
    def parse(cls, words: Words) -> Points:
        return cls(words.choice(["clear", "drop"], _("what to do with the points")))

    def __str__(self) -> str:
        return f"points {self.what}"

    def apply(self, session: Session) -> Result:
        if not session.bench.points:
            raise NnlabError(_("there are no hand-drawn points; “point 0.5 1 0” draws one"))
        session.bench.points = session.bench.points[:-1] if self.what == "drop" else ()
        return _use_points(session)


def _use_points(session: Session) -> Result:
    """Make the drawn points the data as soon as they can be learnt from: two labels are there."""
    points = session.bench.points
    labels = sorted({label for _x, _y, label in points})
    if len(labels) < 2:
        session.use_data(None, "points")
        line = _(
            "{n} points drawn, labels: {labels}; training needs at least two labels",
            n=len(points),
            labels=", ".join(labels) or "–",
        )
        return Result([line], payload={"points": len(points), "labels": labels})
    session.use_data(session.points_data(), "points")
    line = _("{n} points drawn, labels: {labels}", n=len(points), labels=", ".join(labels))
    return Result([line], payload={"points": len(points), "labels": labels})

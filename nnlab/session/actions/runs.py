"""Actions about several runs: a twin beside the current one, what differs, names, pins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.actions.data import Data
from nnlab.session.actions.knobs import KNOBS, settings
from nnlab.session.actions.looking import Looking
from nnlab.session.actions.network import Net
from nnlab.session.words import Words, options_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Twin(Action):
    """A second run beside the current one, which goes wherever that goes."""

    name = "twin"
    syntax = "twin [NAME] [knob=value …] [from=STEP] | twin net LAYER | … | twin data SPEC | twin off"
    help = N_(
        "put a second run beside this one, with other settings, another network or other data; it goes along "
        "with every step, back and seek"
    )
    example = "twin fast lr=0.3 from=0"
    category = "time"
    arguments = ("twin", "twin_setting*")

    run: str = ""
    options: tuple[tuple[str, str], ...] = ()
    start: int | None = None
    off: bool = False
    network: str = ""
    data: str = ""

    @classmethod
    def parse(cls, words: Words) -> Twin:
        kind = words.peek().lower()
        if kind in ("net", "data") and len(words.words) > 2:
            words.take("")
            if kind == "net":
                return cls(network=Net.parse(words).notation)
            return cls(data=Data.parse(words).spec)
        if words.peek().lower() == "off":
            words.take("")
            return cls(off=True)
        run = reading.run_name(words) if words.more and "=" not in words.peek() else ""
        options = words.options((*KNOBS, "from"))
        start = None
        for key, value in options:
            if key == "from":
                start = Words(value).integer(_("the step that the twin begins at"), low=0)
        knobs = tuple(option for option in options if option[0] != "from")
        settings(knobs)
        return cls(run, knobs, start)

    def __str__(self) -> str:
        if self.off:
            return "twin off"
        if self.network:
            return f"twin net {self.network}"
        if self.data:
            return f"twin data {self.data}"
        start = f"from={self.start}" if self.start is not None else ""
        return " ".join(filter(None, ("twin", self.run, options_text(self.options), start)))

    def apply(self, session: Session) -> Result:
        from nnlab.session import twin
        from nnlab.session.diff import comparable

        if self.off:
            name = twin.off(session.bench)
            line = _("{name} goes its own way again; it stays on the bench", name=name)
            return Result([line], payload={"off": name})
        if self.network or self.data:
            twin.make_other(session, self.run, self.network, self.data)
            told = session.answer("twin", session)
            return Result([*told.lines, *comparable(session.bench)], payload=told.payload)
        twin.make(session, self.run, self.start, **settings(self.options))
        return session.answer("twin", session)


@register
@dataclass(frozen=True)
class Diff(Looking):
    """What the twin has come to differently."""

    name = "diff"
    syntax = "diff [ADDRESS|VALUE|LAYER]"
    help = N_(
        "show what differs from the twin: at one number, in a whole value, in a layer, or in all parameters"
    )
    example = "diff dense1.W"
    category = "looking"
    arguments = ("diff",)
    logged = False

    what: str = ""

    @classmethod
    def parse(cls, words: Words) -> Diff:
        if "[" in words.peek():
            return cls(words.address())
        return cls(words.take("")) if words.more else cls()

    def __str__(self) -> str:
        return f"diff {self.what}".rstrip()

    def apply(self, session: Session) -> Result:
        from nnlab.session.diff import render_diff

        lines, payload = render_diff(session, self.what)
        return Result(lines, payload=payload)


@register
@dataclass(frozen=True)
class Rename(Action):
    """Another name for a run."""

    name = "rename"
    syntax = "rename RUN NAME"
    help = N_("give a run another name")
    example = "rename branch1 fast"
    category = "time"
    arguments = ("run_name",)
    live = True

    old: str
    new: str

    @classmethod
    def parse(cls, words: Words) -> Rename:
        return cls(words.take(_("the name of a run")), reading.run_name(words))

    def __str__(self) -> str:
        return f"rename {self.old} {self.new}"

    def apply(self, session: Session) -> Result:
        from nnlab.session import twin

        twin.rename(session.bench, self.old, self.new)
        return session.answer("runs", session)


@register
@dataclass(frozen=True)
class Pin(Action):
    """A run that stays in sight."""

    name = "pin"
    syntax = "pin RUN"
    help = N_("keep a run in sight: first in the list, its curve always drawn; once more lets it go")
    example = "pin main"
    category = "time"
    arguments = ("run_name",)
    live = True

    run: str

    @classmethod
    def parse(cls, words: Words) -> Pin:
        return cls(words.take(_("the name of a run")))

    def __str__(self) -> str:
        return f"pin {self.run}"

    def apply(self, session: Session) -> Result:
        from nnlab.session import twin

        twin.pin(session.bench, self.run)
        return session.answer("runs", session)

"""Actions about breakpoints: conditions that stop every run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.bench import Bench
    from nnlab.session.session import Session

SWITCHES = ("on", "off")


@register
@dataclass(frozen=True)
class Break(Action):
    """A condition that stops every run: a new one, another one in its place, one that rests or acts again."""

    name = "break"
    syntax = "break CONDITION | break N CONDITION | break on|off N"
    help = N_(
        "stop every run as soon as a condition holds; with a number in front that breakpoint gets "
        "another condition; “off” lets one rest, “on” has it act again"
    )
    example = "break loss is nan"
    category = "training"
    arguments = ("breakpoint*",)
    aliases = ("breakpoint",)
    live = True

    condition: str = ""
    number: int = 0
    switch: str = ""

    @classmethod
    def parse(cls, words: Words) -> Break:
        word = words.peek().lower()
        if word in SWITCHES:
            words.take("")
            return cls("", words.integer(_("the number of the breakpoint"), low=1), word)
        number = words.integer(_("the number of the breakpoint"), low=1) if word.isdigit() else 0
        return cls(reading.normal_text(words, "condition"), number)

    def __str__(self) -> str:
        if self.switch:
            return f"break {self.switch} {self.number}"
        return " ".join(filter(None, ("break", str(self.number or ""), self.condition)))

    def apply(self, session: Session) -> Result:
        bench = session.bench
        if self.number:
            require_number(bench, self.number)
        if self.switch:
            self._turn(bench, bench.breaks[self.number - 1])
            return session.answer("breaks", bench.breaks)
        if self.condition in bench.breaks:
            raise NnlabError(_("there is already a breakpoint “{condition}”", condition=self.condition))
        if self.number:
            _replace(bench, self.number, (self.condition,))
        else:
            bench.breaks = (*bench.breaks, self.condition)
        return session.answer("breaks", bench.breaks)

    def _turn(self, bench: Bench, condition: str) -> None:
        others = tuple(text for text in bench.resting if text != condition)
        bench.resting = (*others, condition) if self.switch == "off" else others


@register
@dataclass(frozen=True)
class Breaks(Action):
    """The breakpoints there are."""

    name = "breaks"
    syntax = "breaks"
    help = N_("list the breakpoints, with how often each has stopped training")
    example = "breaks"
    category = "training"
    undoable = False
    logged = False
    live = True

    def apply(self, session: Session) -> Result:
        return session.answer("breaks", session.bench.breaks)


@register
@dataclass(frozen=True)
class Unbreak(Action):
    """One breakpoint less, or none left."""

    name = "unbreak"
    syntax = "unbreak N|all"
    help = N_("take a breakpoint away by its number, or all of them")
    example = "unbreak 1"
    category = "training"
    arguments = ("unbreak",)
    live = True

    number: int = 0

    @classmethod
    def parse(cls, words: Words) -> Unbreak:
        if words.peek().lower() == "all":
            words.take("")
            return cls()
        return cls(words.integer(_("the number of the breakpoint"), low=1))

    def __str__(self) -> str:
        return f"unbreak {self.number or 'all'}"

    def apply(self, session: Session) -> Result:
        if self.number:
            require_number(session.bench, self.number)
            _replace(session.bench, self.number, ())
        else:
            session.bench.breaks = session.bench.resting = ()
        _forget(session.bench)
        return session.answer("breaks", session.bench.breaks)


def require_number(bench: Bench, number: int) -> None:
    """Raises NnlabError where there is no breakpoint ``number``, counted from 1."""
    if number > len(bench.breaks):
        raise NnlabError(
            _("there is no breakpoint {number}; there are {n}", number=number, n=len(bench.breaks))
        )


def _replace(bench: Bench, number: int, conditions: tuple[str, ...]) -> None:
    """``conditions`` in the place of breakpoint ``number``, whose hits and rest are forgotten."""
    bench.breaks = (*bench.breaks[: number - 1], *conditions, *bench.breaks[number:])
    _forget(bench)


def _forget(bench: Bench) -> None:
    from nnlab.session import hits

    hits.forget(bench)

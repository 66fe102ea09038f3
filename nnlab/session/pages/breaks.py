"""Breakpoints: what stops training and how often it has; behind the last hit where, why, and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.bench import Hit
from nnlab.session.experiments import Stopped, stopped
from nnlab.session.formula_words import in_words
from nnlab.session.hits import hits_of, told
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Deed, Line, Note, Scene, Table

if TYPE_CHECKING:
    from nnlab.session.session import Session


@dataclass(frozen=True)
class Found:
    """``breaks`` are the conditions, each with its hits."""

    breaks: tuple[tuple[str, Hit | None], ...]
    stopped: Stopped | None


def fits(session: Session) -> bool:
    return session.run is not None


def read(session: Session) -> Found:
    bench = session.bench
    return Found(tuple((text, hits_of(bench, text)) for text in bench.breaks), stopped(bench))


def scene(found: Found) -> Scene:
    lines = [
        Line(text, at=Deed(f"unbreak {number}"), note=told(hit) or _("not yet"))
        for number, (text, hit) in enumerate(found.breaks, 1)
    ]
    new = Line(_("a new one"), at=Deed("break "), note=_("a condition, completed as you type: loss < 0.1"))
    blocks: list[Block] = []
    if lines:
        blocks.append(Table(_("breakpoints and how often each has stopped training"), tuple(lines)))
    else:
        blocks.append(Note(_("nothing stops training yet but numbers that are not finite any more")))
    blocks.append(Table("", (new,)))
    rule = _("enter takes a breakpoint away; undo brings it back") if lines else ""
    home: Deed | None = Deed("break ")
    if found.stopped is not None and found.stopped.experiments:  # just now: what to do comes first
        blocks = [*_behind(found.stopped), *blocks]
        home = Deed(found.stopped.experiments[0].line)
    elif found.stopped is not None:
        blocks += _behind(found.stopped)
    return Scene(_("breakpoints"), tuple(blocks), rule, home)


def _behind(found: Stopped) -> list[Block]:
    """Where it was, why it held, and what could be tried."""
    hit = found.hit
    where = _(
        "last stop: {condition}, at step {step} of {run}", condition=hit.condition, step=hit.step, run=hit.run
    )
    if not found.experiments:
        gone = _("the run has gone on since; “seek {step}” goes back there", step=hit.step)
        return [
            Note(where, "text"),
            Table("", (Line(_("go back there"), at=Deed(f"seek {hit.step}"), note=gone),)),
        ]
    blocks: list[Block] = [Note(where + _measured(found), "text")]
    explanation = found.explanation
    if explanation is not None:
        line = Line(str(found.address), explanation.value, found.address, in_words(explanation.formula))
        blocks.append(Table(_("the number that weighs most in it; enter explains it"), (line,)))
    trials = tuple(Line(trial.line, at=Deed(trial.line), note=trial.why) for trial in found.experiments)
    blocks.append(Table(_("three things to try"), trials))
    return blocks


def _measured(found: Stopped) -> str:
    if isnan(found.measured) or found.hit.condition.startswith(("step", "epoch")):
        return ""
    return "; " + _("it is {value}", value=number(found.measured, 4))


PAGE = ScenePage("breaks", N_("breakpoints"), fits, read, scene)

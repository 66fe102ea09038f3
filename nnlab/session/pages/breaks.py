"""Breakpoints: what stops training and how often it has; behind the last hit where, why, and what to try."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, isnan
from typing import TYPE_CHECKING

from nnlab.engine.expression import number
from nnlab.i18n import N_, _
from nnlab.session.bench import Bench
from nnlab.session.experiments import Stopped, stopped
from nnlab.session.formula_words import in_words
from nnlab.session.hits import hits_of, told
from nnlab.session.pages.page import ScenePage
from nnlab.session.scene import Block, Deed, Line, Note, Scene, Table
from nnlab.session.words import number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


@dataclass(frozen=True)
class Kept:
    """A breakpoint: its condition, whether it acts, and what it has done in words."""

    condition: str
    acts: bool
    told: str


@dataclass(frozen=True)
class Found:
    """``new`` are conditions to begin with, each with what it is good for."""

    breaks: tuple[Kept, ...]
    stopped: Stopped | None
    new: tuple[tuple[str, str], ...]


def fits(session: Session) -> bool:
    return session.run is not None


def read(session: Session) -> Found:
    bench = session.bench
    kept = tuple(
        Kept(text, text not in bench.resting, told(hits_of(bench, text)) or _("not yet"))
        for text in bench.breaks
    )
    return Found(kept, stopped(bench), tuple(_new(session, bench)))


def _new(session: Session, bench: Bench) -> list[tuple[str, str]]:
    """Conditions that fit this run, here and now."""
    run = session.need_run()
    found = []
    if run.step_count:
        found.append((f"step = {run.step_count + 1}", _("at a step: one further than this")))
    loss = float(run.history.losses[run.step_count - 1]) if run.step_count else float("nan")
    if isfinite(loss) and loss > 0:
        found.append(
            (f"loss < {number_text(float(f'{loss / 2:.1g}'))}", _("when it has learnt: half the loss"))
        )
    found.append(("|grad| > 100", _("when gradients explode")))
    found.append(("|grad| < 1e-6", _("when nothing moves any more")))
    if len(session.need_data().split.validation):
        found.append(("val_loss rises 3", _("when it memorises: three worse epochs in a row")))
    return [(text, why) for text, why in found if text not in bench.breaks]


def scene(found: Found) -> Scene:
    blocks: list[Block] = []
    if found.breaks:
        lines = tuple(_line(number, kept) for number, kept in enumerate(found.breaks, 1))
        blocks.append(Table(_("breakpoints and how often each has stopped training"), lines))
    else:
        blocks.append(Note(_("nothing stops training yet but numbers that are not finite any more")))
    blocks.append(Table(_("a new one"), _offers(found)))
    rule = _("enter changes a condition, + turns it on, − off, d takes it away; ! begins a new one")
    home = _place(1, found.breaks[0].condition) if found.breaks else _offers(found)[0].at
    if found.stopped is not None and found.stopped.experiments:  # just now: what to do comes first
        blocks = [*_behind(found.stopped), *blocks]
        home = Deed(found.stopped.experiments[0].line)
    elif found.stopped is not None:
        blocks += _behind(found.stopped)
    return Scene(_("breakpoints"), tuple(blocks), rule, home)


def _place(number: int, condition: str) -> Deed:
    """Where breakpoint ``number`` is changed, turned on and off, and taken away."""
    keys = {
        "write": f"break {number} {condition}",
        "raise": f"break on {number}",
        "lower": f"break off {number}",
        "remove": f"unbreak {number}",
    }
    return Deed(f"break {number} ", keys=keys)


def _line(number: int, kept: Kept) -> Line:
    note = kept.told if kept.acts else _("off; {told}", told=kept.told)
    label = f"{number}  {kept.condition}"
    return Line(label, at=_place(number, kept.condition), note=note, role="plain" if kept.acts else "faint")


def _offers(found: Found) -> tuple[Line, ...]:
    any_other = Line("…", at=Deed("break "), note=_("any condition, completed as you type"))
    return (
        *(Line(text, at=Deed(f"break {text}", keys={"write": f"break {text}"}), note=why)
          for text, why in found.new),
        any_other,
    )  # fmt: skip


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

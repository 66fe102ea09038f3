"""How often breakpoints have stopped training, and where the last time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.bench import Bench, Hit
from nnlab.session.vocabulary import stop_conditions

if TYPE_CHECKING:
    from nnlab.training import Run
    from nnlab.training.conditions import Condition

HALTS = ("break", "nan")
"""Endings of training at which a breakpoint may hold: numbers that break down stop it by themselves."""


def watching(bench: Bench, name: str) -> tuple[str, ...]:
    """The breakpoints that stop the run ``name``.

    Where runs stand on different things, one about something that only another run has passes this one over.
    One that fits no run is there, so that whoever trains is told.
    """
    if not bench.grounds:
        return bench.acting
    others = [run for other, run in bench.runs.items() if other != name]
    here = bench.runs.get(name)
    return tuple(
        text
        for text in bench.acting
        if here is None or _fits(text, here) or not any(_fits(text, run) for run in others)
    )


def _fits(condition: str, run: Run) -> bool:
    (parsed,) = stop_conditions((condition,), "")
    try:
        parsed.check_against(run)
    except NnlabError:
        return False
    return True


def count(bench: Bench) -> Hit | None:
    """Training has stopped here at a breakpoint: count it for the one that holds."""
    for name in filter(None, (bench.current, bench.twin)):
        run = bench.runs.get(name)
        if run is None:
            continue
        held = next((c for c in _in_order(run, watching(bench, name)) if _holds(c, run)), None)
        if held is not None:
            before = next((hit for hit in bench.hits if hit.condition == held.text), None)
            hit = Hit(held.text, name, run.step_count, before.count + 1 if before is not None else 1)
            bench.hits = (*(other for other in bench.hits if other is not before), hit)
            return hit
    return None


def forget(bench: Bench) -> None:
    """Keep hits and rest of the breakpoints that are still there."""
    bench.resting = tuple(text for text in bench.resting if text in bench.breaks)
    bench.hits = tuple(hit for hit in bench.hits if hit.condition in bench.breaks)


def hits_of(bench: Bench, condition: str) -> Hit | None:
    return next((hit for hit in bench.hits if hit.condition == condition), None)


def _holds(condition: Condition, run: Run) -> bool:
    """Whether it holds; infinity, which training stops at as well, is no number either."""
    return condition.holds(run) or (condition.sign == "is nan" and not run.sound)


def _in_order(run: Run, breaks: tuple[str, ...]) -> list[Condition]:
    """The conditions as training asks for them: those of every step, then those of the end of an epoch."""
    found = stop_conditions(breaks, "")
    ended = run.order.ends_epoch(run.step_count)
    return [c for c in found if c.every == "step"] + [c for c in found if c.every == "epoch" and ended]


def render_breaks(bench: Bench) -> list[str]:
    """The breakpoints with their numbers and how often each has stopped training."""
    if not bench.breaks:
        return [_("there are no breakpoints")]
    width = max(map(len, bench.breaks))
    return [
        f"{number}  {condition:<{width}}  {state(bench, condition)}".rstrip()
        for number, condition in enumerate(bench.breaks, 1)
    ]


def state(bench: Bench, condition: str) -> str:
    """Whether a breakpoint rests, and what it has done."""
    rests = _("off") if condition in bench.resting else ""
    return "  ".join(filter(None, (rests, told(hits_of(bench, condition)))))


def told(hit: Hit | None) -> str:
    """How often, and where the last time; nothing before the first."""
    if hit is None:
        return ""
    if hit.count == 1:
        return _("hit once, at step {step} of {run}", step=hit.step, run=hit.run)
    return _("hit {n} times, last at step {step} of {run}", n=hit.count, step=hit.step, run=hit.run)

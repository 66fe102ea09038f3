"""Sabotage: a fault is planted in the learner's own running network and named after a few probes.

A probe is a number opened, a layer viewed or a value shown; stepping and training are free.  Which of the
faults it is, is drawn anew whenever the bench of the step is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench, perform
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong
from nnlab.lesson.tasks_picked import pick

PROBES = ("explain", "why", "view", "show", "value", "ledger", "check", "nudge")
"""Actions that look into the network, each line counted once."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break a network: ``plant`` breaks it, ``look`` are probes after which it is plain.

    ``tells(session)`` holds behind those probes where this fault is planted and for no other fault.
    """

    name: str
    plant: tuple[str, ...]
    look: tuple[str, ...]
    tells: Callable[[Any], bool]


def fault(name: str, plant: Sequence[str], look: Sequence[str], tells: Callable[[Any], bool]) -> Fault:
    """``fault("dead-unit", ["ablate dense1 3"], ["explain dense1.a[0,3]"], lambda s: …)``."""
    return Fault(name, tuple(plant), tuple(look), tells)


@dataclass(frozen=True, slots=True)
class Sabotage:
    """Name the fault that was planted.  A wrong accusation is told what contradicts it."""

    faults: tuple[Fault, ...]
    probes: int
    seed: int | None

    forgets = True
    """What was seen counts only until the bench is set up again."""

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.faults)

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "choice"

    def prepare(self, bench: Bench) -> Any:
        seed = Random().randrange(1, 1_000_000) if self.seed is None else self.seed
        drawn = Random(seed).choice(self.faults)
        perform(bench, drawn.plant)
        return {"truth": [drawn.name], "seed": seed}

    def look(self, bench: Bench, line: str) -> set[str]:
        """The probe that an action line is; none where it is another action."""
        return {" ".join(line.split())} if _is_probe(line) else set()

    def judge(self, answer: str, context: Context) -> Judgement:
        accused = pick(answer, self.options)
        if [accused] != context.prepared["truth"]:
            return wrong(accused, given=accused)
        if len(context.seen) > self.probes:
            detail = _(
                "that is it, but it took {n} probes and {most} are enough; "
                "set the bench up again for another fault",
                n=len(context.seen),
                most=self.probes,
            )
            return Judgement(False, False, detail=detail, given=accused)
        return right(accused, _("found with {n} probes", n=len(context.seen)))

    def reveal(self, context: Context) -> str:
        return ", ".join(context.prepared["truth"])

    def solutions(self, context: Context) -> list[Attempt]:
        return [Attempt(answers=tuple(context.prepared["truth"]))]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        others = [name for name in self.options if [name] != context.prepared["truth"]]
        return [(name, Attempt(answers=(name,))) for name in others]

    def texts(self) -> set[tuple[str, str]]:
        return {(field, name) for name in self.options for field in ("option", "mistake")}

    def prove(self, setup: Sequence[str], sessions: Callable[[], Bench]) -> Iterator[str]:
        """What keeps a fault from being found, on benches that the lines ``setup`` lay out.

        Too many probes, a sign that it shares with another, or a setup that does not mend it.
        """
        for each in self.faults:
            probes = {line for line in each.look if _is_probe(line)}
            if len(probes) > self.probes:
                yield _(
                    "finding '{name}' takes {n} probes; {most} are allowed",
                    name=each.name,
                    n=len(probes),
                    most=self.probes,
                )
            for planted in self.faults:
                bench = sessions()
                perform(bench, [*setup, *planted.plant, *each.look])
                if each.tells(bench) == (planted is each):
                    continue
                if planted is each:
                    yield _("the sign of '{name}' is not there when it is planted", name=each.name)
                else:
                    yield _(
                        "the sign of '{name}' is there when '{other}' is planted",
                        name=each.name,
                        other=planted.name,
                    )
            bench = sessions()
            perform(bench, [*setup, *each.plant, *setup, *each.look])
            if each.tells(bench):
                yield _(
                    "'{name}' is still there when the bench is set up again; set what it turns in setup",
                    name=each.name,
                )


def _is_probe(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and words[0] in PROBES


def sabotage(faults: Sequence[Fault], *, probes: int = 6, seed: int | None = None) -> Sabotage:
    """One of ``faults`` is planted and named within ``probes`` looks into the network.

    Each fault has ``### option NAME`` (what it is called) and ``### mistake NAME`` (what contradicts it
    where it is not there); put what shows that into ``shows``.  ``seed`` fixes which one is drawn.
    """
    names = [each.name for each in faults]
    if len(names) < 2 or len(set(names)) < len(names):
        raise NnlabError(_("a sabotage needs at least two faults, each with a name of its own"))
    return Sabotage(tuple(faults), probes, seed)


def probes_used(task: object, seen: Sequence[str]) -> tuple[int, int] | None:
    """(probes made, probes allowed) of a sabotage; None for other tasks."""
    return (len(seen), task.probes) if isinstance(task, Sabotage) else None

"""Tasks whose answer is what the learner does on the bench: reach a goal, see certain things."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench, Found
from nnlab.lesson.tasks import Attempt, Context, Judgement

Check = Callable[[Any], Found | bool]
Lines = Sequence[str]


@dataclass(frozen=True, slots=True)
class Goal:
    """A check of the session, made whenever the learner asks for it or acts."""

    check: Check
    reference: tuple[tuple[str, ...], ...]
    mistakes: Mapping[str, tuple[str, ...]]

    def reference_lines(self) -> tuple[str, ...]:
        return self.reference[0]

    @property
    def answer_form(self) -> str:
        return "bench"

    def prepare(self, bench: Bench) -> Any:
        return None

    def judge(self, answer: str, context: Context) -> Judgement:
        outcome = self.check(context.bench)
        if isinstance(outcome, bool):
            outcome = Found(outcome)
        return Judgement(
            outcome.ok,
            outcome.ok,
            outcome.misconception,
            say=outcome.say,
            values=outcome.values,
            given=answer,
        )

    def reveal(self, context: Context) -> str:
        return "\n".join(self.reference[0])

    def solutions(self, context: Context) -> list[Attempt]:
        return [Attempt(actions=lines) for lines in self.reference]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        return [("", Attempt()), *((name, Attempt(actions=lines)) for name, lines in self.mistakes.items())]

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


def goal(check: Check, solutions: Sequence[Lines], mistakes: Mapping[str, Lines] | None = None) -> Goal:
    """``check(session)`` gives True, False or :func:`found`.

    ``solutions`` are lists of action lines that must pass, ``mistakes`` ones that must fail with the
    misconception they are named by; doing nothing must fail too.
    """
    if not solutions:
        raise NnlabError(_("a goal needs at least one reference solution"))
    return Goal(
        check,
        tuple(tuple(lines) for lines in solutions),
        {name: tuple(lines) for name, lines in (mistakes or {}).items()},
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing to be seen; ``test(session, action line)`` is asked after every action."""

    name: str
    test: Callable[[Any, str], bool]
    labelled: bool = False


def visited(address: str) -> Sight:
    """``explain ADDRESS`` was asked (by key or by line); without an index any element counts."""

    def test(bench: Any, line: str) -> bool:
        verb, _space, asked = line.strip().partition(" ")
        plain = asked.replace(" ", "")
        return verb == "explain" and (
            plain == address or ("[" not in address and plain.split("[")[0] == address)
        )

    return Sight(address, test)


def reached(address: str) -> Sight:
    """The tape has gone past the event that writes ``address``."""

    def test(bench: Any, line: str) -> bool:
        run = bench.run
        return run is not None and run.step_count > 0 and bool(run.tape.known(run.address(address)))

    return Sight(address, test)


def did(words: str) -> Sight:
    """An action that begins with these words was done: ``did("run until")``."""
    return Sight(words, lambda bench, line: f"{' '.join(line.split())} ".startswith(f"{words} "))


def when(name: str, predicate: Callable[[Any], bool]) -> Sight:
    """Anything that can be asked of the session; the prose names it in ``### see NAME``."""
    return Sight(name, lambda bench, line: bool(predicate(bench)), labelled=True)


@dataclass(frozen=True, slots=True)
class Observe:
    """Things that must have been on screen."""

    sights: tuple[Sight, ...]
    reference: tuple[str, ...]

    def reference_lines(self) -> tuple[str, ...]:
        return self.reference

    @property
    def answer_form(self) -> str:
        return "see"

    def prepare(self, bench: Bench) -> Any:
        return None

    def look(self, bench: Bench, line: str) -> set[str]:
        """The names of what this action showed."""
        return {sight.name for sight in self.sights if sight.test(bench, line)}

    def missing(self, seen: set[str]) -> list[Sight]:
        return [sight for sight in self.sights if sight.name not in seen]

    def judge(self, answer: str, context: Context) -> Judgement:
        missing = self.missing(context.seen)
        if not missing:
            return Judgement(True, True)
        if missing[0].labelled:
            return Judgement(False, False, say=f"see {missing[0].name}")
        return Judgement(
            False, False, detail=_("still to see: {what}", what=", ".join(s.name for s in missing))
        )

    def reveal(self, context: Context) -> str:
        return "\n".join(self.reference)

    def solutions(self, context: Context) -> list[Attempt]:
        return [Attempt(actions=self.reference)]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        return [("", Attempt())]

    def texts(self) -> set[tuple[str, str]]:
        return {("see", sight.name) for sight in self.sights if sight.labelled}


def observe(*sights: Sight, solution: Lines) -> Observe:
    """``observe(visited("dense1.z[0,0]"), reached("loss"), solution=["step batch", …])``."""
    return Observe(sights, tuple(solution))

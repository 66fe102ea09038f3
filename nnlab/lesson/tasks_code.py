"""Tasks answered with a few lines of Python, run in the sandbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.i18n import _
from nnlab.lesson.bench import Bench
from nnlab.lesson.tasks import Attempt, Context, Judgement


@dataclass(frozen=True, slots=True)
class Program:
    """Source to complete or to mend, and the tests it must pass."""

    starter: str
    tests: str
    reference: tuple[str, ...]
    mistakes: Mapping[str, str]

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "code"

    def prepare(self, bench: Bench) -> Any:
        return None

    def judge(self, answer: str, context: Context) -> Judgement:
        from nnlab.sandbox import run_code

        outcome = run_code(answer, self.tests)
        context.memory["outcome"] = outcome.as_dict()
        if outcome.ok:
            return Judgement(True, True, detail=_("{n} tests pass", n=len(outcome.results)), given=answer)
        failed = next((result for result in outcome.results if not result.ok), None)
        return Judgement(False, False, failed.tells if failed else "", detail=outcome.summary(), given=answer)

    def reveal(self, context: Context) -> str:
        return self.reference[0]

    def solutions(self, context: Context) -> list[Attempt]:
        return [Attempt(answers=(source,)) for source in self.reference]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        known = [(name, Attempt(answers=(source,))) for name, source in self.mistakes.items()]
        return [("", Attempt(answers=(self.starter,))), *known]

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


def program(
    starter: str, tests: str, solutions: Sequence[str], mistakes: Mapping[str, str] | None = None
) -> Program:
    """``tests`` is Python that calls ``case(name, function, *inputs, equals=…)`` and ``claim(name, ok)``.

    It sees the learner's names and ``np``; ``tells="misconception"`` on a case names what its failure
    shows.  The starter must fail, ``solutions`` must pass, ``mistakes`` must be diagnosed by name.
    """
    return Program(
        starter.strip("\n") + "\n",
        tests.strip("\n") + "\n",
        tuple(source.strip("\n") + "\n" for source in solutions),
        {name: source.strip("\n") + "\n" for name, source in (mistakes or {}).items()},
    )

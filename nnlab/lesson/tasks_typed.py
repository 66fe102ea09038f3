"""Tasks whose answer is typed: one number, or several in a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.answers import close, parse_number, parse_numbers, written
from nnlab.lesson.bench import Bench, Probe, read_probe
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong

Truth = Probe | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """One number, or several in a row."""

    truths: tuple[Truth, ...]
    expect: tuple[float, ...] | None
    mistakes: Mapping[str, Sequence[Probe | None]]
    tolerance: float | None
    digits: int

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "number" if len(self.truths) == 1 else "numbers"

    @property
    def open(self) -> bool:
        """A bet: the truth is not known yet, a later step settles it."""
        return any(truth is None for truth in self.truths)

    def prepare(self, bench: Bench) -> Any:
        if self.open:
            return {"truth": None, "mistakes": {}, "paths": []}
        from nnlab.lesson.wrong_paths import WrongPath, wrong_paths

        paths: list[WrongPath] = []
        if len(self.truths) == 1 and isinstance(self.truths[0], str):
            paths = wrong_paths(bench.run, self.truths[0])
        return {
            "truth": [read_probe(truth, bench) for truth in self.truths if truth is not None],
            "mistakes": {
                name: [None if p is None else read_probe(p, bench) for p in probes]
                for name, probes in self.mistakes.items()
            },
            "paths": [[p.value, p.text] for p in paths],
        }

    def judge(self, answer: str, context: Context) -> Judgement:
        several = len(self.truths) > 1
        given = parse_numbers(answer, len(self.truths)) if several else [parse_number(answer)]
        if len(given) != len(self.truths):
            raise NnlabError(
                _(
                    "{wanted} numbers are asked for; '{text}' holds {n}",
                    wanted=len(self.truths),
                    n=len(given),
                    text=answer.strip(),
                )
            )
        shown = ", ".join(written(g, 6) for g in given)
        truth: list[float] | None = context.prepared["truth"]
        if truth is None:
            return right(" ".join(answer.split()))  # a bet is kept in the learner's own words
        if "%" in answer or "％" in answer:
            shown = _("{typed}, which is {number}", typed=" ".join(answer.split()), number=shown)
        if all(map(self._close, given, truth)):
            return right(shown)
        for name, values in context.prepared["mistakes"].items():
            if all(value is None or self._close(g, value) for g, value in zip(given, values)):
                return wrong(name, self._detail(given, truth), shown)
        for value, text in context.prepared["paths"]:
            if self._close(given[0], value):
                return wrong("", text, shown)
        return wrong("", self._detail(given, truth), shown)

    def _close(self, given: float, truth: float) -> bool:
        return close(given, truth, self.tolerance)

    def _detail(self, given: Sequence[float], truth: Sequence[float]) -> str:
        for at, (g, t) in enumerate(zip(given, truth), 1):
            if self._close(g, t):
                continue
            if t != 0 and self._close(g, -t):
                reason = _("{value} has the right size and the wrong sign", value=written(g, 6))
            elif g > t:
                reason = _("{value} is too large", value=written(g, 6))
            else:
                reason = _("{value} is too small", value=written(g, 6))
            return reason if len(truth) == 1 else _("number {n}: {reason}", n=at, reason=reason)
        return ""

    def reveal(self, context: Context) -> str:
        truth = context.prepared["truth"]
        return (
            _("open until it is tried")
            if truth is None
            else ", ".join(written(t, self.digits) for t in truth)
        )

    def solutions(self, context: Context) -> list[Attempt]:
        truth = context.prepared["truth"]
        if truth is None:
            return [Attempt(answers=(", ".join("0.5" for _t in self.truths),))]
        attempts = [Attempt(answers=(", ".join(repr(t) for t in truth),))]
        if self.expect is not None:
            attempts.append(Attempt(answers=(", ".join(written(e, 6) for e in self.expect),)))
        return attempts

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        truth = context.prepared["truth"]
        known = [
            (
                name,
                Attempt(answers=(", ".join(repr(t + 1 if v is None else v) for v, t in zip(values, truth)),)),
            )
            for name, values in context.prepared["mistakes"].items()
        ]
        if truth is None:
            return known
        far = ", ".join(repr(t + 7 * max(1.0, abs(t))) for t in truth)
        return [*known, ("", Attempt(answers=(far,)))]

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


Mistakes = Mapping[str, Probe]


def numeric(
    truth: Truth,
    *,
    expect: float | None = None,
    mistakes: Mistakes | None = None,
    tolerance: float | None = None,
    digits: int = 3,
) -> Numbers:
    """One number.  ``truth`` is an address, a function of the session, or None for a bet settled later.

    ``mistakes`` maps a misconception to the wrong answer it leads to.
    """
    return Numbers(
        (truth,),
        None if expect is None else (expect,),
        {name: (value,) for name, value in (mistakes or {}).items()},
        tolerance,
        digits,
    )


def numerics(
    truths: Sequence[Truth],
    *,
    expect: Sequence[float] | None = None,
    mistakes: Mapping[str, Sequence[Probe | None]] | None = None,
    tolerance: float | None = None,
    digits: int = 3,
) -> Numbers:
    """Several numbers in a row; in ``mistakes`` None stands for any value in that place."""
    for name, values in (mistakes or {}).items():
        if len(values) != len(truths):
            raise NnlabError(
                _(
                    "the mistake '{name}' has {n} values for {wanted} blanks",
                    name=name,
                    n=len(values),
                    wanted=len(truths),
                )
            )
    return Numbers(
        tuple(truths), None if expect is None else tuple(expect), dict(mistakes or {}), tolerance, digits
    )

"""Tasks whose answer is typed or picked: numbers, choices, an order.

A task computes its truth from the bench when its step is entered (:meth:`Task.prepare`, plain data
that is kept with the progress), judges an answer against it, and can produce the reference
attempts that must pass and the known wrong ones that must be diagnosed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.answers import close, parse_numbers, written
from nnlab.lesson.bench import Bench, Probe, read_probe


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody does at a step: action lines, then answers."""

    actions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ("",)


@dataclass(slots=True)
class Context:
    """What a task judges against.  ``memory`` is kept between answers and across restarts."""

    bench: Bench
    prepared: Any = None
    seen: set[str] = field(default_factory=set)
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``ok``: right so far; ``done``: nothing more is asked.  ``say`` names a prose text with ``values``."""

    ok: bool
    done: bool
    misconception: str = ""
    detail: str = ""
    say: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    given: str = ""


def right(given: str = "", detail: str = "") -> Judgement:
    return Judgement(True, True, given=given, detail=detail)


def wrong(misconception: str = "", detail: str = "", given: str = "") -> Judgement:
    return Judgement(False, False, misconception, detail, given=given)


class Task(Protocol):
    """One question.  ``answer_form`` tells a skin what to show: an input, a list, an editor, nothing."""

    @property
    def answer_form(self) -> str: ...

    def prepare(self, bench: Bench) -> Any:
        """The truth, as plain data (JSON), read from the bench."""

    def judge(self, answer: str, context: Context) -> Judgement: ...

    def reveal(self, context: Context) -> str:
        """The right answer, for the reveal of a prediction and after the third hint."""

    def solutions(self, context: Context) -> list[Attempt]: ...

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        """Pairs of (misconception that must be named, or "" for any failure, attempt)."""

    def texts(self) -> set[tuple[str, str]]:
        """The (field, name) texts that the prose must have."""

    def reference_lines(self) -> tuple[str, ...]:
        """The actions of a learner who does this task well; they lead to the next step's bench."""


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
        given = parse_numbers(answer)
        if len(given) != len(self.truths):
            raise NnlabError(
                _(
                    "{wanted} numbers are asked for and {n} were typed: '{text}'",
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


Right = str | Callable[[Any], str]


def pick(answer: str, options: Sequence[str]) -> str:
    """The option meant by a number (1…), a letter (a…) or its name; NnlabError otherwise."""
    text = answer.strip().strip("().").lower()
    if text in options:
        return text
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(options):
        return options[int(text) - 1]
    if len(text) == 1 and "a" <= text <= "z" and ord(text) - 97 < len(options):
        return options[ord(text) - 97]
    near = difflib.get_close_matches(text, options, 1)
    hint = _(" (did you mean '{near}'?)", near=near[0]) if near else ""
    raise NnlabError(
        _("'{text}' is none of the answers; type a number from 1 to {n}", text=answer.strip(), n=len(options))
        + hint
    )


def pick_many(answer: str, options: Sequence[str]) -> list[str]:
    """Several options: ``1 3``, ``a,c``, ``ac``, ``xor xnor``."""
    text = answer.strip()
    words = (
        text.replace(",", " ")
        .replace("，", " ")
        .replace("、", " ")
        .replace(";", " ")
        .replace(">", " ")
        .split()
    )
    if len(words) == 1 and words[0] not in options and len(words[0]) > 1 and words[0].isalnum():
        words = list(words[0])
    if not words:
        raise NnlabError(_("nothing was typed; type the numbers of your answers, such as 1 3"))
    return [pick(word, options) for word in words]


@dataclass(frozen=True, slots=True)
class Choice:
    """One or several of the options whose texts are ``### option NAME``."""

    options: tuple[str, ...]
    answer: Right | tuple[str, ...]
    mistakes: Mapping[str, str]
    many: bool

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "choices" if self.many else "choice"

    def prepare(self, bench: Bench) -> Any:
        answer = self.answer(bench) if callable(self.answer) else self.answer
        names = [answer] if isinstance(answer, str) else sorted(answer)
        for name in names:
            if name not in self.options:
                raise NnlabError(_("the right answer '{name}' is not among the options", name=name))
        return {"truth": names}

    def judge(self, answer: str, context: Context) -> Judgement:
        truth = context.prepared["truth"]
        if not self.many:
            option = pick(answer, self.options)
            return (
                right(option) if [option] == truth else wrong(self.mistakes.get(option, option), given=option)
            )
        picked = sorted(set(pick_many(answer, self.options)))
        if picked == truth:
            return right(", ".join(picked))
        too_many = [name for name in picked if name not in truth]
        if too_many:
            name = too_many[0]
            detail = _("{name} does not belong to it", name=self._number(name))
            return wrong(self.mistakes.get(name, name), detail, ", ".join(picked))
        return wrong("", _("answers still missing: {n}", n=len(truth) - len(picked)), ", ".join(picked))

    def _number(self, option: str) -> str:
        return str(self.options.index(option) + 1)

    def reveal(self, context: Context) -> str:
        return ", ".join(context.prepared["truth"])

    def solutions(self, context: Context) -> list[Attempt]:
        truth = context.prepared["truth"]
        return [
            Attempt(answers=(" ".join(truth),)),
            Attempt(answers=(" ".join(self._number(name) for name in truth),)),
        ]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        truth = context.prepared["truth"]
        others = [name for name in self.options if name not in truth]
        attempts = [(self.mistakes.get(name, name), Attempt(answers=(name,))) for name in others]
        if self.many and len(truth) > 1:
            attempts.append(("", Attempt(answers=(truth[0],))))
        return attempts

    def texts(self) -> set[tuple[str, str]]:
        needed = {("option", name) for name in self.options}
        if callable(self.answer):
            return needed
        truth = {self.answer} if isinstance(self.answer, str) else set(self.answer)
        return needed | {("mistake", self.mistakes.get(n, n)) for n in self.options if n not in truth}


def choose(options: Sequence[str], right: Right, mistakes: Mapping[str, str] | None = None) -> Choice:
    """One of the options; each wrong one is a misconception of its own name, or the one in ``mistakes``."""
    return Choice(tuple(options), right, dict(mistakes or {}), many=False)


def choose_all(
    options: Sequence[str], right: Sequence[str], mistakes: Mapping[str, str] | None = None
) -> Choice:
    """All options that apply."""
    return Choice(tuple(options), tuple(right), dict(mistakes or {}), many=True)


@dataclass(frozen=True, slots=True)
class Order:
    """Lines to put in order; ``lines`` is the order shown, ``accept`` the right ones."""

    lines: tuple[str, ...]
    accept: tuple[tuple[str, ...], ...]
    mistakes: Mapping[str, tuple[str, ...]]

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "order"

    def prepare(self, bench: Bench) -> Any:
        return None

    def judge(self, answer: str, context: Context) -> Judgement:
        given = tuple(pick_many(answer, self.lines))
        shown = " ".join(str(self.lines.index(name) + 1) for name in given)
        if given in self.accept:
            return right(shown)
        for name, lines in self.mistakes.items():
            if given == lines:
                return wrong(name, given=shown)
        if len(set(given)) != len(given):
            return wrong("", _("one line is used twice"), shown)
        if len(given) != len(self.accept[0]):
            return wrong(
                "",
                _("{wanted} lines belong in it, {n} were given", wanted=len(self.accept[0]), n=len(given)),
                shown,
            )
        good = max(_same_start(given, accepted) for accepted in self.accept)
        if good == 0:
            return wrong("", _("the very first line is another one"), shown)
        return wrong("", _("the first {n} are right; look at the next one", n=good), shown)

    def reveal(self, context: Context) -> str:
        return " ".join(str(self.lines.index(name) + 1) for name in self.accept[0])

    def solutions(self, context: Context) -> list[Attempt]:
        return [Attempt(answers=(" ".join(accepted),)) for accepted in self.accept]

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        backwards = tuple(reversed(self.accept[0]))
        known = [(name, Attempt(answers=(" ".join(lines),))) for name, lines in self.mistakes.items()]
        if backwards not in self.accept and backwards not in self.mistakes.values():
            known.append(("", Attempt(answers=(" ".join(backwards),))))
        return known

    def texts(self) -> set[tuple[str, str]]:
        return {("option", name) for name in self.lines} | {("mistake", name) for name in self.mistakes}


def _same_start(given: Sequence[str], accepted: Sequence[str]) -> int:
    count = 0
    for g, a in zip(given, accepted):
        if g != a:
            break
        count += 1
    return count


def arrange(
    lines: Sequence[str],
    right: Sequence[str] | Sequence[Sequence[str]],
    mistakes: Mapping[str, Sequence[str]] | None = None,
) -> Order:
    """Put ``lines`` (the order shown, texts are ``### option NAME``) into ``right``, or any of several."""
    accepted = (
        (tuple(map(str, right)),) if isinstance(right[0], str) else tuple(tuple(names) for names in right)
    )
    if any(set(names) - set(lines) for names in accepted):
        raise NnlabError(_("an accepted order uses a line that is not shown"))
    return Order(tuple(lines), accepted, {name: tuple(order) for name, order in (mistakes or {}).items()})

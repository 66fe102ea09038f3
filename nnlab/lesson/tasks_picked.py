"""Tasks whose answer is picked: one option, all that apply, or an order of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong
from nnlab.nearest import did_you_mean

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
    raise NnlabError(
        _("'{text}' is none of the answers; type a number from 1 to {n}", text=answer.strip(), n=len(options))
        + did_you_mean(text, options)
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

"""Named numbers in short texts: ``adam lr=0.03 beta1=0.9``, ``cosine 1000 floor=0.001``, ``normal:0.05``.

Optimisers, schedules, clipping and initialisers all are a word followed by numbers, given by name or by
place.  An :class:`Argument` says what one number may be; every refusal is one sentence with a way out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearest

# rule -> (what passes, how a person says it)
RULES: dict[str, tuple[Callable[[float], bool], Callable[[], str]]] = {
    "finite": (math.isfinite, lambda: _("a finite number")),
    "positive": (lambda x: math.isfinite(x) and x > 0, lambda: _("a positive number")),
    "non-negative": (lambda x: math.isfinite(x) and x >= 0, lambda: _("zero or a positive number")),
    "share": (lambda x: 0 <= x <= 1, lambda: _("from 0 to 1")),
    "fraction": (lambda x: 0 <= x < 1, lambda: _("at least 0 and below 1")),
    "factor": (lambda x: 0 < x <= 1, lambda: _("above 0 and at most 1")),
    "count": (lambda x: math.isfinite(x) and x >= 1 and x == int(x), lambda: _("a whole number from 1 on")),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One number: its name in texts, its symbol in formulas, its rule, an example, perhaps a default."""

    name: str
    symbol: str
    rule: str
    example: float
    default: float | None = None

    @property
    def label(self) -> str:
        return _("learning rate") if self.name == "lr" else self.name

    def check(self, value: float | str) -> float:
        """``value`` as a float; NnlabError where it is no number or breaks the rule."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise NnlabError(
                _(
                    "{label} needs a number, such as {example}, not “{value}”",
                    label=self.label,
                    example=plain(self.example),
                    value=value,
                )
            ) from None
        passes, description = RULES[self.rule]
        if not passes(number):
            raise NnlabError(
                _(
                    "{label} {value} cannot be used: it must be {rule}, such as {example}",
                    label=self.label,
                    value=plain(number),
                    rule=description(),
                    example=plain(self.example),
                )
            )
        return number


class Written:
    """What is known by its text: equal texts are equal things."""

    @property
    def text(self) -> str:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Written) and type(self) is type(other) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


def plain(value: float) -> str:
    """The shortest text that reads back as ``value``, without a trailing ``.0``."""
    return (
        str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(value)
    )


def split_words(text: str) -> list[str]:
    """Words of ``text``, with ``name = value`` drawn together."""
    return re.sub(r"\s*=\s*", "=", text).split()


def unknown(word: str, choices: Collection[str], message: str) -> NnlabError:
    """An error: ``message``, then the nearest of ``choices``, then all of them."""
    near = nearest(word, choices)
    names = ", ".join(choices)
    if near:
        return NnlabError(
            _(
                "{sentence}; did you mean “{near}”? There are: {names}",
                sentence=message,
                near=near,
                names=names,
            )
        )
    return NnlabError(_("{sentence}; there are: {names}", sentence=message, names=names))


def check_all(
    owner: str, arguments: Sequence[Argument], given: Mapping[str, float | str], glue: str = " "
) -> dict[str, float]:
    """Every argument's value in declared order, defaults filled in, each one checked.

    ``glue`` stands between the owner and its number in texts.
    """
    names = [a.name for a in arguments]
    for name in given:
        if name not in names:
            message = _("{owner} has no argument “{name}”", owner=owner, name=name)
            raise unknown(name, names, message) if names else NnlabError(message)
    values = {}
    for argument in arguments:
        value = given.get(argument.name, argument.default)
        if value is None:
            raise NnlabError(
                _(
                    "{owner} needs {label}, such as {owner}{glue}{example}",
                    owner=owner,
                    label=argument.label,
                    glue=glue,
                    example=plain(argument.example),
                )
            )
        values[argument.name] = argument.check(value)
    return values


def read_arguments(
    owner: str, arguments: Sequence[Argument], words: Iterable[str], glue: str = " "
) -> dict[str, float]:
    """Numbers written by place (``1000``) or by name (``floor=0.1``), checked and with defaults filled in."""
    given: dict[str, str] = {}
    names = ", ".join(a.name for a in arguments)
    place = 0
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            if place >= len(arguments):
                raise NnlabError(
                    _("{owner} takes {names}; “{word}” is one too many", owner=owner, names=names, word=word)
                    if arguments
                    else _("{owner} takes no numbers; leave out “{word}”", owner=owner, word=word)
                )
            name, value = arguments[place].name, word
            place += 1
        if name in given:
            raise NnlabError(_("{owner}: {name} is given twice", owner=owner, name=name))
        given[name] = value
    return check_all(owner, arguments, given, glue)

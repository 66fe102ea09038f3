"""The text that names a data set: ``moons n=200 noise=0.2 split=60/20/20``.

A spec is a name and options, ``option=value`` or ``option value``; quotes keep spaces together and a
doubled quote inside quotes is a quote.  Plain Python: completion and ``nnlab data list`` read it without
loading NumPy.  The ``help`` texts are English catalogue keys; show them through ``nnlab.i18n._``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

Value = int | float | str
Kind = Literal["int", "float", "choice", "split", "text"]

_PART = re.compile(r"[0-9]{1,12}(\.[0-9]{0,12})?|\.[0-9]{1,12}")


@dataclass(frozen=True)
class Option:
    """One option of a data set: how its text is read, what it may be, what it is without being given."""

    name: str
    kind: Kind
    default: Value
    help: str
    low: float = 0
    high: float = math.inf
    choices: tuple[str, ...] = ()

    @property
    def range_text(self) -> str:
        """What the option takes, in words."""
        if self.kind == "int":
            return _("a whole number from {low} to {high}", low=int(self.low), high=int(self.high))
        if self.kind == "float":
            return _("a number from {low} to {high}", low=number(self.low), high=number(self.high))
        if self.kind == "choice":
            return ", ".join(self.choices)
        if self.kind == "split":
            words = "".join(word + ", " for word in self.choices)
            return _("{words}percentages like 60/20/20, or row counts", words=words)
        return _("a text")

    def parse(self, text: str) -> Value:
        """The value that ``text`` means; NnlabError names the option, the text and the range."""
        if self.kind in ("int", "float"):
            return self._number(text)
        if self.kind == "split":
            return text.lower() if text.lower() in self.choices else parse_split(text)
        if self.kind == "choice":
            if text.lower() not in self.choices:
                raise NnlabError(
                    _(
                        "{name}={text} is not known{suggestion}; {name} is one of {known}",
                        name=self.name,
                        text=text,
                        suggestion=did_you_mean(text, self.choices),
                        known=self.range_text,
                    )
                )
            return text.lower()
        return text

    def _number(self, text: str) -> Value:
        try:
            value: int | float = int(text) if self.kind == "int" else float(text)
        except ValueError:
            value = math.nan
        if not self.low <= value <= self.high:
            raise NnlabError(
                _(
                    "{name}={text} cannot be used: {name} is {range}",
                    name=self.name,
                    text=text,
                    range=self.range_text,
                )
            )
        return value


@dataclass(frozen=True)
class DatasetSpec:
    """What is known of a data set before it is made.

    ``builder`` is ``module:function`` inside ``nnlab.data``, imported when the data are asked for
    (empty for the learner's own data, which have readers of their own).
    ``shape`` is that of one example and ``outputs`` the usual width of the last layer (1 for binary), both
    with every option at its default.  ``group`` is the family it is listed with.
    """

    name: str
    task: str
    help: str
    builder: str
    options: tuple[Option, ...]
    source: str
    licence: str
    citation: str = ""
    shape: tuple[int, ...] = (2,)
    outputs: int = 1
    group: str = "points"
    aliases: tuple[str, ...] = ()

    @property
    def defaults(self) -> dict[str, Value]:
        return {option.name: option.default for option in self.options}

    @property
    def usage(self) -> str:
        """``moons n=800 noise=0.2 …``: the name with every option that has a default at it."""
        shown = (f"{option.name}={show(option.default)}" for option in self.options if option.default != "")
        return " ".join([self.name, *shown])

    def parse(self, words: Sequence[str]) -> dict[str, Value]:
        """All options, from the words after the name; those not given have their default."""
        known = {option.name: option for option in self.options}
        given: dict[str, Value] = {}
        for name, text in pairs(words, known):
            if name not in known:
                raise NnlabError(
                    _(
                        "{dataset} has no option {word}{suggestion}; it takes {known}",
                        dataset=self.name,
                        word=repr(name),
                        suggestion=did_you_mean(name, known),
                        known=", ".join(known),
                    )
                )
            if name in given:
                raise NnlabError(_("{name} is given twice; give it once", name=name))
            given[name] = known[name].parse(text)
        return {**self.defaults, **given}

    def text(self, options: dict[str, Value], head: str | None = None) -> str:
        """The canonical spec: the name, then what differs from the defaults, in the table's order."""
        changed = [o for o in self.options if options[o.name] != o.default]
        return " ".join([head or self.name, *(f"{o.name}={quote(show(options[o.name]))}" for o in changed)])


def pairs(words: Sequence[str], known: Iterable[str]) -> list[tuple[str, str]]:
    """(option, value) from words ``option=value``, or ``option value`` where the option is known."""
    names, found, at = set(known), [], 0
    while at < len(words):
        name, equals, text = words[at].partition("=")
        if not equals:
            if name.lower() in names and at + 1 < len(words):
                at, text = at + 1, words[at + 1]
            else:
                raise NnlabError(
                    _(
                        "{word} is not an option; options are written name=value{suggestion}",
                        word=repr(name),
                        suggestion=did_you_mean(name, names),
                    )
                )
        if not text:
            raise NnlabError(_("{name}= has no value; write {name}=value", name=name))
        found.append((name.lower(), text))
        at += 1
    return found


def tokens(text: str) -> list[str]:
    """Words of a spec; a part in single or double quotes may hold spaces, a doubled quote is a quote."""
    words: list[str] = []
    word: list[str] | None = None
    quote_sign = ""
    at = 0
    while at < len(text):
        sign = text[at]
        if quote_sign:
            if sign != quote_sign:
                assert word is not None
                word.append(sign)
            elif text[at + 1 : at + 2] == quote_sign:
                assert word is not None
                word.append(sign)
                at += 1
            else:
                quote_sign = ""
        elif sign in "\"'":
            word, quote_sign = [] if word is None else word, sign
        elif sign.isspace():
            if word is not None:
                words.append("".join(word))
            word = None
        else:
            word = [] if word is None else word
            word.append(sign)
        at += 1
    if quote_sign:
        raise NnlabError(
            _("a quote {sign} is opened and never closed in: {text}", sign=quote_sign, text=text)
        )
    if word is not None:
        words.append("".join(word))
    return words


def quote(text: str) -> str:
    """``text`` so that ``tokens`` gives it back as one word."""
    if text and not any(sign.isspace() or sign in "\"'" for sign in text):
        return text
    return '"' + text.replace('"', '""') + '"'


def number(value: float) -> str:
    """The shortest text of a number: 2 for 2.0."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e16 else repr(float(value))


def show(value: Value) -> str:
    return value if isinstance(value, str) else number(value)


def parse_split(text: str) -> str:
    """``train/validation/test`` in normal form: three numbers, or ``all``.

    Percentages add up to 100 (fractions adding up to 1 are turned into percentages); anything else must be
    whole row counts, whose sum is compared with the rows when the split is made.  Two numbers leave the
    test part empty.
    """
    if text.lower() == "all":
        return "all"
    # Decimal text only: Fraction would also read 1e999999999 and take the memory for it.
    written = [part.strip() for part in text.split("/")]
    plain = all(_PART.fullmatch(part) for part in written)
    parts = [Fraction(part) for part in written] if plain else []
    if len(parts) == 2:
        parts.append(Fraction(0))
    whole = all(part.denominator == 1 for part in parts)
    total = sum(parts)
    if len(parts) != 3 or min(parts) < 0 or not (total in (1, 100) or whole):
        raise NnlabError(
            _(
                "split={text} cannot be read; write train/validation/test as percentages that add up to 100 "
                "(split=60/20/20), as row counts (split=12/100/100), or split=all",
                text=text,
            )
        )
    if total == 1:
        parts = [part * 100 for part in parts]
    if parts[0] == 0:
        raise NnlabError(
            _("split={text} leaves no rows to train on; the first part must be above 0", text=text)
        )
    return "/".join(number(float(part)) for part in parts)

"""Reading an action's words: every expectation is a method, every failure names the word and its place.

>>> words = Words("run 5 epochs")
>>> words.choice(["run"], "an action"), words.integer("a number", low=1), words.rest()
('run', 5, 'epochs')
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearest

_WORD = re.compile(r'(?:"[^"]*"|\S)+')


LONG = 60
"""Characters of a wrong word that are shown."""


class ActionError(NnlabError):
    """An action that cannot be read: ``word`` at ``position`` of ``text``; ``suggestion`` would work."""

    def __init__(
        self, message: str, *, text: str = "", position: int = 0, word: str = "", suggestion: str = ""
    ) -> None:
        if len(word) > LONG:  # what was pasted by mistake is not repeated in full
            bare = Word(word, position).bare
            message, word = message.replace(bare, bare[: LONG - 1] + "…"), word[:LONG]
        super().__init__(message)
        self.text = text
        self.position = position
        self.word = word
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Word:
    text: str
    start: int

    @property
    def bare(self) -> str:
        """The word without its quotes."""
        return self.text.replace('"', "")


def listing(valid: Sequence[str], limit: int = 12) -> str:
    """Words for a sentence: ``a, b, c …``."""
    return ", ".join(valid[:limit]) + (" …" if len(valid) > limit else "")


def number_text(value: float) -> str:
    """A number as an action writes it: the shortest text that reads back as the same float."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text


def quoted(text: str) -> str:
    """A path as one word."""
    return f'"{text}"' if re.search(r"\s|#", text) or not text else text


def options_text(options: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"{key}={quoted(value)}" for key, value in options)


class Words:
    """The words of one action line and a cursor among them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = [Word(m.group(), m.start()) for m in _WORD.finditer(text)]
        self.index = 0

    # -- looking --------------------------------------------------------------------------------

    @property
    def more(self) -> bool:
        return self.index < len(self.words)

    def peek(self) -> str:
        """The next word, or an empty text at the end."""
        return self.words[self.index].bare if self.more else ""

    @property
    def position(self) -> int:
        return self.words[self.index].start if self.more else len(self.text)

    # -- failing --------------------------------------------------------------------------------

    def fail(self, message: str, *, back: int = 0, suggestion: str = "") -> ActionError:
        """The error for the word ``back`` words before the cursor."""
        at = self.index - back
        word = self.words[at] if 0 <= at < len(self.words) else Word("", len(self.text))
        return ActionError(
            message, text=self.text, position=word.start, word=word.text, suggestion=suggestion
        )

    def missing(self, expected: str) -> ActionError:
        return self.fail(
            _("“{text}” ends too early: {expected} is missing", text=self.text.strip(), expected=expected)
        )

    def unknown(self, word: str, expected: str, valid: Sequence[str], back: int = 1) -> ActionError:
        """The error for a word that is none of ``valid``."""
        close = nearest(word, valid)
        place = self.index - back + 1
        if close:
            message = _(
                "“{word}” (word {place}) is not {expected}; did you mean “{close}”? There are: {valid}",
                word=word, place=place, expected=expected, close=close, valid=listing(valid),
            )  # fmt: skip
        else:
            message = _(
                "“{word}” (word {place}) is not {expected}; there are: {valid}",
                word=word, place=place, expected=expected, valid=listing(valid),
            )  # fmt: skip
        return self.fail(message, back=back, suggestion=close)

    # -- taking ---------------------------------------------------------------------------------

    def take(self, expected: str) -> str:
        if not self.more:
            raise self.missing(expected)
        self.index += 1
        return self.words[self.index - 1].bare

    def choice(self, valid: Sequence[str], expected: str) -> str:
        """The next word, which must be one of ``valid`` (upper and lower case are the same)."""
        if not self.more:
            raise self.missing(_("{expected} ({valid})", expected=expected, valid=listing(valid)))
        word = self.take(expected)
        for candidate in valid:
            if candidate.lower() == word.lower():
                return candidate
        raise self.unknown(word, expected, valid)

    def integer(self, expected: str, low: int | None = None, high: int | None = None) -> int:
        word = self.take(expected)
        try:
            value = int(word)
        except ValueError:
            raise self.fail(
                _(
                    "“{word}” stands where {expected} belongs: write a whole number",
                    word=word,
                    expected=expected,
                ),
                back=1,
            ) from None
        if low is not None and value < low:
            raise self.fail(
                _("{expected} must be at least {low}, not {value}", expected=expected, low=low, value=value),
                back=1,
            )
        if high is not None and value > high:
            raise self.fail(
                _("{expected} must be at most {high}, not {value}", expected=expected, high=high, value=word),
                back=1,
            )
        return value

    def number(self, expected: str, low: float | None = None, above: float | None = None) -> float:
        """A finite number, perhaps at least ``low`` or strictly ``above`` a bound."""
        word = self.take(expected)
        try:
            value = float(word.replace("−", "-"))
        except ValueError:
            raise self.fail(
                _("“{word}” stands where {expected} belongs: write a number", word=word, expected=expected),
                back=1,
            ) from None
        if not math.isfinite(value):
            raise self.fail(_("{expected} must be finite, not {word}", expected=expected, word=word), back=1)
        if low is not None and value < low:
            raise self.fail(
                _("{expected} must be at least {low}, not {word}", expected=expected, low=low, word=word),
                back=1,
            )
        if above is not None and value <= above:
            raise self.fail(
                _("{expected} must be above {low}, not {word}", expected=expected, low=above, word=word),
                back=1,
            )
        return value

    def share(self, expected: str) -> float:
        """A number from 0 to 1, or a percentage: 0.5 and 50% are the same."""
        word = self.take(expected)
        digits, per = (word[:-1], 100.0) if word.endswith("%") else (word, 1.0)
        try:
            value = float(digits.replace("−", "-")) / per
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise self.fail(
                _("“{word}” stands where {expected} belongs: write a number from 0 to 1, such as 0.5 or 50%",
                  word=word, expected=expected),
                back=1,
            )  # fmt: skip
        return value

    def address(self) -> str:
        """The address of one number, in its normal form ``name[i,j].part``."""
        from nnlab.engine.address import split_address

        # An index may hold spaces (dense1.W[0, 1]): glue words until the bracket closes.
        word = self.take(_("an address such as dense1.W[0,1]"))
        while "[" in word and "]" not in word and self.more:
            word += self.take("]")
        try:
            name, index, part = split_address(word)
        except NnlabError as error:
            raise self.fail(str(error), back=1) from None
        inside = "[" + ",".join(map(str, index)) + "]" if index else ""
        return f"{name}{inside}" + (f".{part}" if part else "")

    def options(self, valid: Sequence[str] | None = None) -> tuple[tuple[str, str], ...]:
        """All remaining words as ``key=value``; ``valid`` names the keys there are."""
        found: dict[str, str] = {}
        while self.more:
            word = self.take("")
            key, equals, value = word.partition("=")
            if not equals or not key or not value:
                raise self.fail(
                    _("“{word}” is not an option; write options as name=value", word=word), back=1
                )
            if valid is not None and key not in valid:
                raise self.unknown(key, _("an option here"), valid)
            if key in found:
                raise self.fail(_("the option “{key}” is given twice", key=key), back=1)
            found[key] = value
        return tuple(found.items())

    def rest(self) -> str:
        """Everything that is left, white space made single."""
        left = " ".join(w.text for w in self.words[self.index :])
        self.index = len(self.words)
        return left

    def end(self) -> None:
        """Nothing may be left."""
        if self.more:
            word = self.words[self.index].text
            raise self.fail(
                _("“{word}” (word {place}) is more than this action takes", word=word, place=self.index + 1)
            )

"""The arguments of a layer in the notation, and how each kind of them is read."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from nnlab.engine.values import shape_text as shape_text
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import nearest

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a layer in the notation: positional, or ``name=value`` where ``keyword`` is set.

    ``kind`` is a key of :data:`READERS`; ``choices`` are the words of a ``choice``.
    """

    name: str
    kind: str
    help: str
    default: Any = None
    required: bool = False
    keyword: bool = False
    choices: tuple[str, ...] = ()


def unknown_word(where: str, word: str, known: Sequence[str]) -> NnlabError:
    """The error for a word nobody knows, with the nearest one that exists."""
    near = nearest(word, known)
    if near:
        return NnlabError(
            _("{where}: “{word}” is unknown; did you mean {near}?", where=where, word=word, near=near)
        )
    return NnlabError(
        _("{where}: “{word}” is unknown; known are {known}", where=where, word=word, known=", ".join(known))
    )


def _count(argument: Argument, word: str, where: str) -> int:
    if not re.fullmatch(r"\d{1,15}", word) or int(word) < 1:
        raise NnlabError(
            _(
                "{where}: {name} must be a whole number from 1, not “{word}”",
                where=where,
                name=argument.name,
                word=word,
            )
        )
    return int(word)


def _size(argument: Argument, word: str, where: str) -> tuple[int, int]:
    """``3`` or ``3x5``: rows and columns."""
    found = re.fullmatch(r"(\d{1,6})(?:[x×](\d{1,6}))?", word)
    size = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
    if min(size) < 1:
        raise NnlabError(
            _(
                "{where}: {name} is written like 3x3 or 3, not “{word}”",
                where=where,
                name=argument.name,
                word=word,
            )
        )
    return size


def _shape(argument: Argument, word: str, where: str) -> Shape:
    """``4x4x8``: the length of every axis."""
    if not re.fullmatch(r"[1-9]\d{0,8}([x×][1-9]\d{0,8}){0,7}", word):
        raise NnlabError(
            _(
                "{where}: {name} is written like 4x4x8, not “{word}”",
                where=where,
                name=argument.name,
                word=word,
            )
        )
    return tuple(map(int, re.split("[x×]", word)))


def _place(argument: Argument, word: str, where: str) -> int:
    if not re.fullmatch(r"[-−]?\d{1,9}", word):
        raise NnlabError(
            _(
                "{where}: {name} is a whole number such as 0, or -1 for the last, not “{word}”",
                where=where,
                name=argument.name,
                word=word,
            )
        )
    return int(word.replace("−", "-"))


def _rate(argument: Argument, word: str, where: str) -> float:
    number = _float(word)
    if not 0 <= number < 1:
        raise NnlabError(
            _(
                "{where}: {name} must be a number from 0 to below 1, not “{word}”",
                where=where,
                name=argument.name,
                word=word,
            )
        )
    return number


def _number(argument: Argument, word: str, where: str) -> float:
    number = _float(word)
    if not math.isfinite(number):
        raise NnlabError(
            _("{where}: {name} must be a number, not “{word}”", where=where, name=argument.name, word=word)
        )
    return number


def _float(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        return math.nan


def _choice(argument: Argument, word: str, where: str) -> str:
    if word.lower() not in argument.choices:
        raise unknown_word(where, word, argument.choices)
    return word.lower()


def _init(argument: Argument, word: str, where: str) -> str:
    from nnlab.engine.initializers import Initializer

    Initializer.parse(word.lower())
    return word.lower()


def _name(argument: Argument, word: str, where: str) -> str:
    if not re.fullmatch(r"[A-Za-z_]\w{0,30}", word, re.ASCII):
        raise NnlabError(
            _(
                "{where}: “{word}” is not a name; a name is made of letters and digits, like skip1",
                where=where,
                word=word,
            )
        )
    return word


_FLAGS = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}


def _flag(argument: Argument, word: str, where: str) -> bool:
    if word.lower() not in _FLAGS:
        raise NnlabError(
            _("{where}: {name} is yes or no, not “{word}”", where=where, name=argument.name, word=word)
        )
    return _FLAGS[word.lower()]


def _switch(argument: Argument, word: str, where: str) -> bool:
    """The argument's name itself, as in ``attention 4 causal``; also ``causal=no``."""
    if word.lower() == argument.name:
        return True
    if word.lower() not in _FLAGS:
        raise unknown_word(where, word, (argument.name,))
    return _FLAGS[word.lower()]


READERS: dict[str, Callable[[Argument, str, str], Any]] = {
    "count": _count,
    "size": _size,
    "shape": _shape,
    "place": _place,
    "rate": _rate,
    "number": _number,
    "choice": _choice,
    "activation": _choice,
    "init": _init,
    "name": _name,
    "flag": _flag,
    "switch": _switch,
}
"""How the word of each kind of argument is read: (argument, word, where it stands) → value."""

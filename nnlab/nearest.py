"""The word that was meant: every room suggests the nearest known one in the same way."""

from __future__ import annotations

from collections.abc import Iterable

from nnlab.i18n import _

LIKE = 0.5
"""How alike two words must be, from 0 to 1, for one to be taken for the other."""


def nearby(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words closest to ``word``, closest first; those that begin with it where none is close."""
    import difflib  # only when something went wrong

    folded = {one.lower(): one for one in known}
    found = difflib.get_close_matches(word.lower(), list(folded), n=most, cutoff=LIKE)
    if not found and len(word) >= 2:
        found = sorted(one for one in folded if one.startswith(word.lower()))[:most]
    return [folded[one] for one in found]


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word closest to ``word``; empty where none is close."""
    return next(iter(nearby(word, known, 1)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``; did you mean “moons”?``, to stand at the end of a sentence, or nothing."""
    close = nearest(word, known)
    return _("; did you mean “{close}”?", close=close) if close else ""

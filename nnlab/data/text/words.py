"""Words, numbers, punctuation and single 汉字 as tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from nnlab.data.text.tokenizer import Tokenizer, most_frequent

_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = rf"[^\W{_HAN}]+"
_PIECE = re.compile(rf"\n|\[[a-z]+\]|[{_HAN}]+|{_LETTERS}(?:['’]{_LETTERS})*|[^\w\s]")
_CLOSING = frozenset(".,;:!?)]}%，。；：？！、）】》”…\n")
_OPENING = frozenset("({（【《“\n")
_IS_HAN = re.compile(rf"[{_HAN}]")
_IS_CHINESE = re.compile(rf"[{_HAN}，。；：？！、（）【】《》“”…]")


@dataclass(frozen=True)
class Words(Tokenizer):
    """Runs of letters and digits, and every other sign by itself; blanks only separate.

    ``don't`` is one token, and so is a special one such as ``[mask]``.  Chinese is written without blanks:
    at every place the longest word that the vocabulary has is taken, or else a single 汉字.  Putting tokens
    together follows the usual rules for blanks: a text comes back with its blanks set right.

    >>> Words.learn("The cat sat. The dog ran.").cut("The cat ran.")
    ['The', 'cat', 'ran', '.']
    """

    @classmethod
    def learn(cls, text: str, *special: str, size: int = 0) -> Words:
        """A vocabulary of ``special`` tokens and the words of ``text``, the most frequent first."""
        found = [token for token in most_frequent(cls(()).cut(text)) if token not in special]
        return cls((*special, *(found[: max(0, size - len(special))] if size else found)))

    def cut(self, text: str) -> list[str]:
        tokens: list[str] = []
        for piece in _PIECE.findall(text):
            tokens += self._segmented(piece) if _IS_HAN.match(piece) else [piece]
        return tokens

    @cached_property
    def _longest(self) -> int:
        return max((len(token) for token in self.vocabulary if _IS_HAN.match(token)), default=1)

    def _segmented(self, run: str) -> Iterator[str]:
        """A run of 汉字, cut from the left into the longest known words."""
        at = 0
        while at < len(run):
            lengths = range(min(self._longest, len(run) - at), 1, -1)
            length = next((k for k in lengths if run[at : at + k] in self.ids), 1)
            yield run[at : at + length]
            at += length

    def join(self, tokens: Sequence[str]) -> str:
        parts: list[str] = []
        for token in tokens:
            if parts and _apart(parts[-1], token):
                parts.append(" ")
            parts.append(token)
        return "".join(parts)


def _apart(left: str, right: str) -> bool:
    """Whether a blank is written between two tokens."""
    if left in _OPENING or right in _CLOSING:
        return False
    return not (_IS_CHINESE.match(left[-1]) and _IS_CHINESE.match(right))

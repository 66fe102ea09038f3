"""What every tokeniser can do: cut a text into tokens, number them, and put a text together again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nnlab.errors import NnlabError
from nnlab.i18n import _

PADDING = ""
"""The token that fills short rows up; a vocabulary that has it has it at id 0."""
UNKNOWN = "□"
"""Stands for every token that is not in the vocabulary, where the vocabulary has it."""


@dataclass(frozen=True)
class Tokenizer(ABC):
    """A vocabulary, id → token, and the rule that cuts a text into its tokens."""

    vocabulary: tuple[str, ...]

    @abstractmethod
    def cut(self, text: str) -> list[str]:
        """The tokens of ``text``, whether the vocabulary has them or not."""

    @abstractmethod
    def join(self, tokens: Sequence[str]) -> str:
        """The text that ``tokens`` stand for."""

    @cached_property
    def ids(self) -> dict[str, int]:
        """token → id."""
        return {token: k for k, token in enumerate(self.vocabulary)}

    def encode(self, text: str) -> NDArray[np.int64]:
        """The ids of the tokens of ``text``, (T,).

        A token the vocabulary lacks becomes ``□``, if it has that; else NnlabError names it.
        """
        tokens, ids, other = self.cut(text), self.ids, self.ids.get(UNKNOWN)
        found = [ids.get(token, other) for token in tokens]
        if None in found:
            raise NnlabError(
                _(
                    "{token} is not in the vocabulary of {count} tokens; it knows {some}",
                    token=repr(tokens[found.index(None)]),
                    count=len(self.vocabulary),
                    some=" ".join(repr(token)[1:-1] for token in self.vocabulary[:40] if token),
                )
            )
        return np.array(found, np.int64)

    def decode(self, ids: Iterable[int]) -> str:
        """The text of token ids, padding left out."""
        tokens = [self.vocabulary[k] for k in ids]
        return self.join([token for token in tokens if token != PADDING])


def spelled(ids: Iterable[int], vocabulary: Sequence[str], tokenizer: Tokenizer | None = None) -> str:
    """Token ids as text, padding left out; without a tokeniser signs stand side by side, words apart."""
    if tokenizer is not None:
        return tokenizer.decode(ids)
    between = "" if all(len(token) <= 1 for token in vocabulary) else " "
    return between.join(vocabulary[k] for k in ids if vocabulary[k] != PADDING)


def most_frequent(tokens: Iterable[str], size: int = 0) -> list[str]:
    """The different tokens, the most frequent first, equally frequent ones in order of their signs.

    ``size`` keeps only so many; 0 keeps all.
    """
    counts = Counter(tokens)
    ranked = sorted(counts, key=lambda token: (-counts[token], token))
    return ranked[:size] if size else ranked

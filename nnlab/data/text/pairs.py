"""Byte-pair encoding: start from single signs, and make the most frequent pair of neighbours one token.

Gage (1994) compressed bytes this way; Sennrich, Haddow, Birch (2016) cut words by it.  Here the first tokens
are signs, not bytes, so that every token can be read.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from nnlab.data.text.tokenizer import Tokenizer

# A word or a run of other signs, with the blank before it: merges never reach further.
_CHUNK = re.compile(r" ?[^\W_]+| ?[^\w\s]+|\s|_")

Pair = tuple[str, str]


@dataclass(frozen=True)
class Merge:
    """Two tokens that become one, and how often they stood side by side when that was decided."""

    left: str
    right: str
    count: int

    @property
    def token(self) -> str:
        return self.left + self.right


@dataclass(frozen=True)
class BytePairs(Tokenizer):
    """Merges learned from a text, carried out in the same order on every word.

    >>> words = {"cat": 5, "cats": 4, "bat": 3, "at": 2, "mats": 1}
    >>> [(merge.token, merge.count) for merge in BytePairs.learn_words(words, merges=3).merges]
    [('at', 15), ('cat', 9), ('cats', 4)]
    """

    merges: tuple[Merge, ...] = ()

    @classmethod
    def learn(cls, text: str, *special: str, size: int = 200) -> BytePairs:
        """From a text: its signs, then merges until there are ``size`` tokens or no pair comes twice."""
        signs = len(set(text)) + len(special)
        return cls.learn_words(Counter(_CHUNK.findall(text)), *special, merges=max(0, size - signs))

    @classmethod
    def learn_words(cls, words: Mapping[str, int], *special: str, merges: int) -> BytePairs:
        """From words and how often each occurs: at most ``merges`` merges.

        Of equally frequent pairs the first in the order of its signs is taken, so that the same words always
        give the same merges.
        """
        signs = sorted(set("".join(words)) - set(special))
        learned = _learn(words, merges)
        tokens = dict.fromkeys((*special, *signs, *(merge.token for merge in learned)))
        return cls(tuple(tokens), tuple(learned))

    @cached_property
    def ranks(self) -> dict[Pair, int]:
        """pair → when it was merged."""
        return {(merge.left, merge.right): k for k, merge in enumerate(self.merges)}

    def cut(self, text: str) -> list[str]:
        known: dict[str, list[str]] = {}
        tokens: list[str] = []
        for chunk in _CHUNK.findall(text):
            if chunk not in known:
                known[chunk] = self.steps(chunk)[-1]
            tokens += known[chunk]
        return tokens

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)

    def steps(self, word: str) -> list[list[str]]:
        """How a word is put together: its signs, then its tokens after every merge that changes them."""
        seen = [list(word)]
        while True:
            tokens = seen[-1]
            ranked = [self.ranks.get(pair, len(self.merges)) for pair in pairwise(tokens)]
            if min(ranked, default=len(self.merges)) == len(self.merges):
                return seen
            merge = self.merges[min(ranked)]
            seen.append(merged(tokens, (merge.left, merge.right)))


def merged(tokens: Sequence[str], pair: Pair) -> list[str]:
    """``tokens`` with every ``pair`` of neighbours made one token, from the left."""
    made: list[str] = []
    at = 0
    while at < len(tokens):
        if at + 1 < len(tokens) and (tokens[at], tokens[at + 1]) == pair:
            made.append(tokens[at] + tokens[at + 1])
            at += 2
        else:
            made.append(tokens[at])
            at += 1
    return made


def _learn(words: Mapping[str, int], most: int) -> list[Merge]:
    cut = {word: list(word) for word in words}
    counts: Counter[Pair] = Counter()
    inside: defaultdict[Pair, set[str]] = defaultdict(set)  # the words a pair stands in, perhaps no longer
    for word, times in words.items():
        for pair in pairwise(word):
            counts[pair] += times
            inside[pair].add(word)
    learned: list[Merge] = []
    while len(learned) < most and counts:
        pair, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if count < 2:
            break
        learned.append(Merge(*pair, count))
        for word in inside.pop(pair):
            before, after = cut[word], merged(cut[word], pair)
            for old in pairwise(before):
                counts[old] -= words[word]
                if not counts[old]:
                    del counts[old]
            for new in pairwise(after):
                counts[new] += words[word]
                inside[new].add(word)
            cut[word] = after
    return learned

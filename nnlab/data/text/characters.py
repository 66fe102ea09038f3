"""Every sign is a token: letters, blanks, 汉字, the end of a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.data.text.tokenizer import Tokenizer


@dataclass(frozen=True)
class Characters(Tokenizer):
    """Signs one by one; nothing is lost.

    >>> Characters.learn("我爱深度学习").encode("学习").tolist()
    [1, 0]
    """

    @classmethod
    def learn(cls, text: str, *special: str) -> Characters:
        """A vocabulary of ``special`` tokens and the signs of ``text`` in their order in Unicode."""
        return cls((*special, *sorted(set(text) - set(special))))

    def cut(self, text: str) -> list[str]:
        return list(text)

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)

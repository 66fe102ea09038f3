"""The action that lets a network write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.words import quoted

if TYPE_CHECKING:
    from nnlab.network.generate import Sampling
    from nnlab.session.session import Session
    from nnlab.session.words import Words

LONGEST = 10_000
_OPTION = re.compile(r"\w+=")
"""A word of a prompt that looks like an option stands in quotes."""
OPTIONS = {
    "temperature": N_("the temperature"),
    "top_k": N_("how many signs are kept"),
    "top_p": N_("the probability that is kept"),
    "length": N_("how many signs are written"),
    "seed": N_("the seed"),
    "candidates": N_("how many candidates are shown"),
}
"""What may be asked for, as completion and complaints call it."""


@register
@dataclass(frozen=True)
class Generate(Action):
    """Text from the trained network, sign by sign."""

    name = "generate"
    syntax = "generate [PROMPT] [temperature=1] [top_k=K] [top_p=P] [length=N] [seed=S] [candidates=N]"
    help = N_(
        "let the network write, behind a prompt or from a source text; temperature=0 takes the likeliest "
        "sign, candidates=3 shows the three likeliest at each place"
    )
    example = 'generate "the old " temperature=0.8'
    category = "looking"
    keywords = OPTIONS
    aliases = ("write",)
    undoable = False
    live = True

    prompt: str = ""
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    length: int = 0
    seed: int = 1
    candidates: int = 0

    @classmethod
    def parse(cls, words: Words) -> Generate:
        prompt: list[str] = []
        while words.more and not _OPTION.match(words.words[words.index].text):
            prompt.append(words.take(""))
        # An action is one line, in which blanks count once: so it is written, and so it reads back.
        made = cls(re.sub(" +", " ", " ".join(prompt)), **reading.options(words, _READERS))
        try:
            made.sampling()
        except NnlabError as error:
            raise words.fail(str(error), back=1) from None
        return made

    def sampling(self) -> Sampling:
        """How signs are chosen; raises NnlabError where a number is out of range."""
        from nnlab.network.generate import Sampling

        return Sampling(self.temperature, self.top_k, self.top_p)

    def __str__(self) -> str:
        options = reading.changed_options(self, Generate(), _READERS)
        prompt = f'"{self.prompt}"' if "=" in self.prompt else quoted(self.prompt) if self.prompt else ""
        return " ".join(filter(None, ("generate", prompt, options)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.writing import write

        text = write(session, self.prompt, self.sampling(), self.length, self.seed, self.candidates)
        return session.answer("text", text)

    def replay(self, session: Session) -> None:
        return


_READERS: reading.Readers = {
    "temperature": lambda words: words.number(_(OPTIONS["temperature"]), low=0),
    "top_k": lambda words: words.integer(_(OPTIONS["top_k"]), low=0, high=LONGEST),
    "top_p": lambda words: words.number(_(OPTIONS["top_p"]), above=0),
    "length": lambda words: words.integer(_(OPTIONS["length"]), low=1, high=LONGEST),
    "seed": lambda words: words.integer(_(OPTIONS["seed"]), low=0, high=2**63 - 1),
    "candidates": lambda words: words.integer(_(OPTIONS["candidates"]), low=0, high=100),
}

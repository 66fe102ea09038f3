"""What could stand next on an action line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.action import ACTIONS, Action, find
from nnlab.session.layer_offers import MOST, Offer
from nnlab.session.offers import KINDS

if TYPE_CHECKING:
    from nnlab.session.session import Session


@dataclass(frozen=True, slots=True)
class Completion:
    """``text`` may replace the line from ``start`` on; ``help`` says what it is."""

    text: str
    start: int
    help: str = ""


def complete(session: Session, text: str) -> list[Completion]:
    """Completions for the word at the end of ``text``; never raises."""
    before, word = _split(text)
    start = len(text) - len(word)
    registry: dict[str, type[Action]] = {**ACTIONS, **session.extensions}
    if not before:
        offers: list[Offer] = [(n, _(a.help)) for n, a in registry.items()]
    else:
        action = find(before[0], registry)
        try:
            offers = list(_behind(session, action, before, word)) if action else []
        except NnlabError:
            offers = []
    folded = word.lower()
    found = [Completion(t, start, h) for t, h in offers if t.lower().startswith(folded) and t != word]
    return found[:MOST]


def _split(text: str) -> tuple[list[str], str]:
    words = text.split()
    if not words or text[-1].isspace():
        return words, ""
    return words[:-1], words[-1]


def _behind(
    session: Session, action: type[Action], before: Sequence[str], word: str
) -> Iterator[Offer] | Iterable[Offer]:
    """What may follow ``before``: the argument of that place, and options that are not there yet."""
    if kind := _kind(action.arguments, len(before) - 1):
        yield from KINDS[kind](session, before, word)
    for name, help in action.keywords.items():
        if not any(w.startswith(f"{name}=") for w in before):
            yield f"{name}=", _(help)


def _kind(arguments: Sequence[str], place: int) -> str:
    """The kind of the argument at ``place``; a starred kind goes on to the end."""
    if place < len(arguments):
        return arguments[place].rstrip("*")
    return arguments[-1].rstrip("*") if arguments and arguments[-1].endswith("*") else ""

"""``card``: a card of the course, or the list of them, as an action of a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from nnlab.i18n import N_, _
from nnlab.lesson.cards import Card, find_cards, load_card
from nnlab.lesson.concepts import load_concepts
from nnlab.lesson.find import find_lessons
from nnlab.lesson.render import wrap
from nnlab.session.action import Action, Result
from nnlab.session.offers import KINDS
from nnlab.session.words import Words
from nnlab.width import columns

if TYPE_CHECKING:
    from nnlab.session.session import Session

Folders = Sequence[Path | str]
_FOLDERS: WeakKeyDictionary[Any, Folders] = WeakKeyDictionary()


def install_cards(session: Session, folders: Folders = ()) -> None:
    """Give ``session`` the action, with the cards of the course and of ``folders``."""
    _FOLDERS[session] = folders
    session.extensions[ShowCard.name] = ShowCard
    KINDS["card"] = _offers


def _offers(session: Session, before: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    """What may stand behind “card”."""
    for card in find_cards(_FOLDERS[session]):
        yield card.slug, card.title


def opens(card: Card, folders: Folders = ()) -> list[str]:
    """The actions that a card leads to, and the lessons there are which make a concept of it real."""
    here = {entry.id for entry in find_lessons(folders)}
    concepts = [c for c in load_concepts().concepts.values() if card.slug in c.places("card")]
    lessons = [f"lesson {lesson}" for c in concepts for lesson in c.lessons if lesson in here]
    return list(dict.fromkeys((*card.opens, *lessons)))


def card_lines(card: Card, lines: Sequence[str], width: int) -> list[str]:
    """A card as text, and the ``lines`` that it opens by their numbers."""
    numbered = [f"  {n}  {line}" for n, line in enumerate(lines, 1)]
    return [card.title, "", *wrap(card.text, width), "", _("To open:"), *numbered]


@dataclass(frozen=True)
class ShowCard(Action):
    """A card: a short text, and what it opens."""

    name = "card"
    syntax = "card [NAME]"
    help = N_("a card of the course: history, tools, frequent questions; without a name, list them")
    example = "card timeline"
    category = "session"
    arguments = ("card",)
    aliases = ("cards",)
    undoable = False
    logged = False

    card: str = ""

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(words.rest() if words.more else "")

    def __str__(self) -> str:
        return f"card {self.card}".rstrip()

    def apply(self, session: Session) -> Result:
        folders = _FOLDERS[session]
        if not self.card:
            cards = find_cards(folders)
            room = max((columns(card.slug) for card in cards), default=0)
            return Result([f"{card.slug:<{room}}  {card.title}" for card in cards])
        card = load_card(self.card, folders)
        lines = opens(card, folders)
        return Result(
            card_lines(card, lines, session.look.width), payload={"card": card.slug, "opens": lines}
        )

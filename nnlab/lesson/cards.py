"""Cards: short texts on history, people, tools and frequent questions, each with something that runs.

A card is two files of ``lessons/cards``, ``timeline.en.md`` and ``timeline.zh.md``::

    # From one neuron to GPT-3
    opens: zoo xor

    The text, as short as a screen of a lesson.

``opens`` is an action line; there may be several.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.find import lesson_folders
from nnlab.nearest import nearest


@dataclass(frozen=True, slots=True)
class Card:
    """One card in one language."""

    slug: str
    title: str
    text: str
    opens: tuple[str, ...]


def card_files(dirs: Sequence[Path | str] = ()) -> dict[str, Path]:
    """The English file of every card by its slug, in alphabetical order; a pack's hides the course's."""
    found: dict[str, Path] = {}
    for folder in lesson_folders(dirs):
        for path in sorted((folder / "cards").glob("*.en.md")):
            found.setdefault(path.name.removesuffix(".en.md"), path)
    return dict(sorted(found.items()))


def find_cards(dirs: Sequence[Path | str] = (), language: str = "") -> list[Card]:
    """All cards that can be read; English where there is no translation."""
    return _readable(card_files(dirs).items(), language or current_language())


def cards_of(slugs: Iterable[str], dirs: Sequence[Path | str] = (), language: str = "") -> list[Card]:
    """The cards ``slugs``, without those that are not there or cannot be read."""
    files = card_files(dirs)
    named = ((slug, files[slug]) for slug in dict.fromkeys(slugs) if slug in files)
    return _readable(named, language or current_language())


def _readable(files: Iterable[tuple[str, Path]], language: str) -> list[Card]:
    cards = []
    for slug, path in files:
        with suppress(NnlabError):  # the check tells what is wrong with a card; the others are shown
            cards.append(_card(slug, path, language))
    return cards


def load_card(slug: str, dirs: Sequence[Path | str] = (), language: str = "") -> Card:
    files = card_files(dirs)
    wanted = slug.strip().lower().replace("_", "-").replace(" ", "-")
    if wanted in files:
        return _card(wanted, files[wanted], language or current_language())
    near = nearest(wanted, list(files))
    if near:
        raise NnlabError(_("there is no card '{name}'; did you mean '{near}'?", name=slug, near=near))
    raise NnlabError(_("there is no card '{name}'; “card” lists them", name=slug))


def _card(slug: str, english: Path, language: str) -> Card:
    path = english.with_name(f"{slug}.{language}.md")
    return parse_card(slug, path if path.exists() else english)


def parse_card(slug: str, path: Path) -> Card:
    """One file; an error in it is told with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise NnlabError(_("the card {path} cannot be read: {reason}", path=path, reason=error)) from error
    if not lines or not lines[0].startswith("# "):
        raise NnlabError(_("{path}:1: a card begins with its title, '# …'", path=path))
    opens = tuple(line.removeprefix("opens:").strip() for line in lines if line.startswith("opens:"))
    text = "\n".join(line for line in lines[1:] if not line.startswith("opens:")).strip()
    if not opens or not all(opens):
        raise NnlabError(
            _("{path}:2: a card opens something that runs: 'opens: zoo xor' or another action", path=path)
        )
    if not text:
        raise NnlabError(_("{path}: a card says something below what it opens", path=path))
    return Card(slug, lines[0][2:].strip(), text, opens)


def lint_cards(dirs: Sequence[Path | str] = ()) -> Iterator[tuple[str, str]]:
    """(card, problem) of what can be said without running anything."""
    from nnlab.lesson.lint import length_problem, typed_numbers
    from nnlab.lesson.terms import lint_terms

    for slug, english in card_files(dirs).items():
        try:
            cards = {
                language: parse_card(slug, english.with_name(f"{slug}.{language}.md"))
                for language in ("en", "zh")
            }
        except NnlabError as error:
            yield slug, str(error)
            continue
        if cards["en"].opens != cards["zh"].opens:
            yield slug, _("the two languages open different things")
        for language, card in cards.items():
            problem = length_problem(card.text, language)
            if problem:
                yield f"{slug} [{language}]", problem
            for literal in typed_numbers(card.text):
                if not _is_year(literal):
                    yield (
                        f"{slug} [{language}]",
                        _(
                            "'{number}' looks measured; a card quotes no numbers that it cannot show",
                            number=literal,
                        ),
                    )
        for problem in lint_terms(cards["zh"].text, cards["en"].text):
            yield f"{slug} [zh]", problem


def _is_year(literal: str) -> bool:
    return literal.isdecimal() and 1600 <= int(literal) <= 2100

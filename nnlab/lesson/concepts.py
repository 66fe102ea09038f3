"""The inventory of the course: every concept and erratum, and the places where it becomes real.

``lessons/concepts.toml`` lists them; a step claims them with ``covers=("bias", "x04")``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.find import course_folder
from nnlab.lesson.prose import LANGUAGES

ERRATA = "errata"
PLACES = ("card", "zoo", "data")
"""What may make a concept real besides a lesson: ``"card timeline"``, ``"zoo xor"``, ``"data digits"``."""


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept, or one wrong statement that a lesson takes apart (``group`` is then :data:`ERRATA`)."""

    slug: str
    en: str
    zh: str
    group: str
    real: tuple[str, ...]

    @property
    def erratum(self) -> bool:
        return self.group == ERRATA

    @property
    def lessons(self) -> tuple[str, ...]:
        """Ids of the lessons that have to claim it."""
        return tuple(place for place in self.real if " " not in place)

    def places(self, kind: str) -> tuple[str, ...]:
        """Names of the cards, zoo models or data sets that make it real."""
        return tuple(place.split()[1] for place in self.real if place.startswith(f"{kind} "))

    def name(self, language: str = "") -> str:
        return self.zh if (language or current_language()) == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Inventory:
    """All concepts by slug, in the order of the file, and the titles of their groups."""

    concepts: Mapping[str, Concept]
    groups: Mapping[str, Mapping[str, str]]

    def of_lesson(self, lesson_id: str) -> list[Concept]:
        """What the lesson has to claim."""
        return [concept for concept in self.concepts.values() if lesson_id in concept.lessons]


def load_concepts(path: Path | None = None) -> Inventory:
    """The inventory of the course, or of the file ``path``; what is wrong in it is said with its place."""
    return _read(path or course_folder() / "concepts.toml")


@cache
def _read(path: Path) -> Inventory:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NnlabError(
            _("the concepts of the course cannot be read from {path}: {reason}", path=path, reason=error)
        ) from error
    concepts: dict[str, Concept] = {}
    for group, slug, entry in _entries(table):
        concept = _concept(path, group, slug, entry)
        if slug in concepts:
            raise NnlabError(_("{path}: there are two concepts named '{slug}'", path=path, slug=slug))
        concepts[slug] = concept
    groups = table.get("groups", {})
    for group in {concept.group for concept in concepts.values()} - {ERRATA}:
        if not all(isinstance(groups.get(group, {}).get(language), str) for language in LANGUAGES):
            raise NnlabError(
                _(
                    '{path}: the group \'{group}\' needs a title: {group} = {{ en = "…", zh = "…" }}',
                    path=path,
                    group=group,
                )
            )
    return Inventory(concepts, groups)


def _entries(table: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for group, members in table.get("concepts", {}).items():
        for slug, entry in members.items():
            yield group, slug, entry
    for slug, entry in table.get("errata", {}).items():
        yield ERRATA, slug, entry


def _concept(path: Path, group: str, slug: str, entry: Mapping[str, Any]) -> Concept:
    if not _is_entry(entry):
        raise NnlabError(
            _(
                '{path}: the concept \'{slug}\' needs en = "…", zh = "…" and real = ["…"]',
                path=path,
                slug=slug,
            )
        )
    real = tuple(entry["real"])
    for place in real:
        words = place.split()
        if len(words) not in (1, 2) or (len(words) == 2 and words[0] not in PLACES):
            raise NnlabError(
                _(
                    "{path}: '{place}' of the concept '{slug}' is no place; a lesson is written a1, "
                    "the others card NAME, zoo NAME or data NAME",
                    path=path,
                    place=place,
                    slug=slug,
                )
            )
    return Concept(slug, entry["en"], entry["zh"], group, real)


def _is_entry(entry: Any) -> bool:
    """Whether it has a name in both languages and a list of places."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("real"), list):
        return False
    texts = [*entry["real"], *(entry.get(language) for language in LANGUAGES)]
    return bool(entry["real"]) and all(isinstance(text, str) for text in texts)

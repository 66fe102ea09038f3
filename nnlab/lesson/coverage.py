"""Which step, card or model of the zoo makes each concept of the course real.

A step claims a concept with ``covers``; a ``read`` step claims nothing, for words alone are no proof.
Cards and models of the zoo are named by the inventory and count where they exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nnlab.i18n import _
from nnlab.lesson.concepts import Concept, Inventory
from nnlab.lesson.step import Lesson
from nnlab.width import columns


@dataclass(frozen=True, slots=True)
class Row:
    """One concept with what claims it, and the lessons that have to and do not."""

    concept: Concept
    claims: tuple[str, ...]
    lacking: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.claims


def coverage(
    lessons: Iterable[Lesson], inventory: Inventory, cards: Iterable[str], models: Iterable[str]
) -> list[Row]:
    """A row for every concept, in the order of the inventory; ``cards`` and ``models`` are what exists."""
    claims: dict[str, list[str]] = {slug: [] for slug in inventory.concepts}
    by_lesson: dict[str, set[str]] = {slug: set() for slug in inventory.concepts}
    for lesson in lessons:
        for step in lesson.steps:
            for slug in step.covers if step.kind != "read" else ():
                if slug in claims:
                    claims[slug].append(f"{lesson.id} {step.id}")
                    by_lesson[slug].add(lesson.id)
    known = {"card": set(cards), "zoo": set(models)}
    rows = []
    for slug, concept in inventory.concepts.items():
        placed = [
            f"{kind} {name}"
            for kind, names in known.items()
            for name in concept.places(kind)
            if name in names
        ]
        lacking = tuple(lesson for lesson in concept.lessons if lesson not in by_lesson[slug])
        rows.append(Row(concept, (*claims[slug], *placed), lacking))
    return rows


def course_coverage(lessons: Iterable[Lesson], dirs: Sequence[str] = ()) -> list[Row]:
    """The coverage of the course as it is installed."""
    from nnlab.lesson.cards import card_files
    from nnlab.lesson.concepts import load_concepts
    from nnlab.network.zoo import LEARNERS, ZOO

    return coverage(lessons, load_concepts(), card_files(dirs), (*ZOO, *LEARNERS))


def table(rows: Sequence[Row], inventory: Inventory, language: str) -> list[str]:
    """The table as text, a group after the other, and what is still empty."""
    width = max((columns(row.concept.slug) for row in rows), default=0)
    lines: list[str] = []
    group = ""
    for row in rows:
        if row.concept.group != group:
            group = row.concept.group
            title = _("Wrong statements") if row.concept.erratum else inventory.groups[group][language]
            lines += ["", title]
        claims = ", ".join(row.claims) or _("claimed by nothing")
        if row.lacking:
            claims += "  " + _("(not by {lessons} yet)", lessons=", ".join(row.lacking))
        lines.append(f"  {'✗' if row.empty else '✓'} {row.concept.slug:<{width}}  {claims}")
    return [*lines[1:], "", *summary(rows)]


def summary(rows: Sequence[Row]) -> list[str]:
    """How many concepts and errata are claimed, and the names of those that are not."""
    concepts = [row for row in rows if not row.concept.erratum]
    errata = [row for row in rows if row.concept.erratum]
    lines = [
        _(
            "{claimed} of {concepts} concepts and {found} of {errata} wrong statements are claimed by a step "
            "that is checked, a card that opens something, or a model of the zoo",
            claimed=sum(not row.empty for row in concepts),
            concepts=len(concepts),
            found=sum(not row.empty for row in errata),
            errata=len(errata),
        )
    ]
    empty = [row.concept.slug for row in rows if row.empty]
    if empty:
        lines.append(_("claimed by nothing: {slugs}", slugs=", ".join(empty)))
    return lines

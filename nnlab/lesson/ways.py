"""Ready-made ways through the course: which lessons, in which order, in how many sittings.

``lessons/paths.toml`` lists them.  A path is advice: it opens nothing and locks nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _, current_language
from nnlab.lesson.find import LessonEntry, course_folder, find_lessons
from nnlab.nearest import did_you_mean

if TYPE_CHECKING:
    from nnlab.store import Progress

CHOSEN = "path"
"""The note of the progress file that names the path the learner follows."""


@dataclass(frozen=True, slots=True)
class Way:
    """One path; ``sittings`` hold lesson ids in their order."""

    name: str
    sittings: tuple[tuple[str, ...], ...]
    titles: Mapping[str, str]
    abouts: Mapping[str, str]

    @property
    def lessons(self) -> tuple[str, ...]:
        return tuple(lesson for sitting in self.sittings for lesson in sitting)

    @property
    def title(self) -> str:
        return self.titles.get(current_language(), self.titles["en"])

    @property
    def about(self) -> str:
        return self.abouts.get(current_language(), self.abouts["en"])


@cache
def load_ways(path: Path | None = None) -> tuple[Way, ...]:
    """Every path of the course; none where there is no file.  NnlabError names what is wrong with it."""
    path = path or course_folder() / "paths.toml"
    if not path.is_file():
        return ()
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["path"]
        return tuple(
            Way(row["name"], tuple(map(tuple, row["lessons"])), row["title"], row["about"]) for row in rows
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NnlabError(_("{file} cannot be read: {reason}", file=path, reason=error)) from error


def find_way(name: str) -> Way:
    """The path of this name; NnlabError lists those there are."""
    ways = {way.name: way for way in load_ways()}
    if name not in ways:
        raise NnlabError(
            _("there is no path '{name}'; there are {names}", name=name, names=", ".join(ways))
            + did_you_mean(name, ways)
        )
    return ways[name]


def overview(folders: Sequence[str], progress: Progress) -> list[str]:
    """All paths with how far the learner is on each."""
    done = _done(folders, progress)
    lines = [_("Ways through the course"), ""]
    for way in load_ways():
        count = _(
            "{done} of {count} done", done=sum(id in done for id in way.lessons), count=len(way.lessons)
        )
        sign = ">" if progress.note(CHOSEN) == way.name else " "
        lines.append(f"{sign} {way.name:<12} {way.title}  ({count})")
    return [
        *lines,
        "",
        _("“nnlab lesson path NAME” shows one, “nnlab lesson path NAME --follow” follows it."),
    ]


def route(way: Way, folders: Sequence[str], progress: Progress) -> list[str]:
    """One path: its sittings, and the lesson that is next."""
    entries: dict[str, LessonEntry] = {entry.id: entry for entry in find_lessons(folders)}
    done = _done(folders, progress)
    lines = [way.title, way.about]
    for number, sitting in enumerate(way.sittings, 1):
        lines += ["", _("sitting {n}", n=number)] if len(way.sittings) > 1 else [""]
        for id in sitting:
            title = entries[id].title(current_language()) if id in entries else _("not here")
            lines.append(f"  {'✓' if id in done else ' '} {id:<4} {title}")
    following = next((id for id in way.lessons if id not in done and id in entries), "")
    if following:
        lines += ["", _("Next: nnlab lesson run {lesson}", lesson=following)]
    return lines


def _done(folders: Sequence[str], progress: Progress) -> set[str]:
    """Ids of the lessons that are done."""
    return {name.partition("_")[0] for name, row in progress.lessons().items() if row.finished}

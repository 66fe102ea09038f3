"""The course as Home shows it.

The first paint shows what Home showed last time (:func:`remembered`), or nothing at the very first start;
then come the titles (:func:`titles`: file names and first headings only), and at last the marks
(:func:`survey`: lesson scripts and the progress file, in a worker thread).  No NumPy, no Textual.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab import paths
from nnlab.errors import NnlabError
from nnlab.i18n import current_language

if TYPE_CHECKING:
    from nnlab.lesson.find import LessonEntry
    from nnlab.store import Progress


@dataclass(frozen=True, slots=True)
class StepMark:
    """One step of a lesson for the details: kind, title, open | passed | skipped."""

    kind: str
    title: str
    status: str = "open"


@dataclass(frozen=True, slots=True)
class Stop:
    """One lesson on the map; ``taken`` where a step of it was ever passed."""

    name: str
    id: str
    title: str
    track: str
    promise: str = ""
    objectives: tuple[str, ...] = ()
    misconception: str = ""
    minutes: int = 0
    needs: tuple[str, ...] = ()
    steps: tuple[StepMark, ...] = ()
    at: int = 0
    begun: bool = False
    finished: bool = False
    taken: bool = False
    touched: float = 0.0
    trouble: str = ""

    @property
    def passed(self) -> int:
        return sum(step.status == "passed" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Way:
    """A ready-made way through the course: lesson ids by sitting."""

    name: str
    title: str
    about: str
    sittings: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Atlas:
    """Every lesson there is, in order, and what there is to continue."""

    stops: tuple[Stop, ...] = ()
    due: int = 0
    warning: str = ""
    surveyed: bool = False
    latest: str = ""
    ways: tuple[Way, ...] = ()
    followed: str = ""
    """The name of the way that the learner follows."""

    def stop(self, name: str) -> Stop | None:
        return next((stop for stop in self.stops if stop.name == name), None)

    def way(self, name: str) -> Way | None:
        return next((way for way in self.ways if way.name == name), None)

    def route(self, way: Way) -> list[Stop]:
        """The lessons of a way that are here, in its order."""
        here = {stop.id.lower(): stop for stop in self.stops}
        return [here[id] for sitting in way.sittings for id in sitting if id in here]

    @property
    def next_stop(self) -> Stop | None:
        """The lesson to begin next: of the way that is followed, else the first of all that is not done."""
        way = self.way(self.followed)
        stops = self.route(way) if way is not None else self.stops
        return next((stop for stop in stops if not stop.finished), None)

    @property
    def tracks(self) -> list[str]:
        return list(dict.fromkeys(stop.track for stop in self.stops))


def _memory() -> Path:
    return paths.state_dir() / "home.json"


def _stop(kept: dict[str, Any]) -> Stop:
    steps = tuple(StepMark(**mark) for mark in kept["steps"])
    lists = {name: tuple(kept[name]) for name in ("needs", "objectives")}
    return Stop(**{**kept, **lists, "steps": steps})


def remembered() -> Atlas:
    """What Home showed last in this language; nothing where that is not known."""
    try:
        kept = json.loads(_memory().read_text(encoding="utf-8"))
        if kept["language"] != current_language():
            return Atlas()
        return Atlas(tuple(_stop(stop) for stop in kept["stops"]), latest=kept["latest"])
    except (OSError, ValueError, KeyError, TypeError):
        return Atlas()


def remember(atlas: Atlas) -> None:
    """Keep what Home shows for the next first paint; losing it loses nothing."""
    kept = {**asdict(atlas), "language": current_language()}
    with contextlib.suppress(OSError, NnlabError):
        paths.ensure(paths.state_dir())
        _memory().write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def titles(dirs: Sequence[Path | str] = ()) -> Atlas:
    """The course without any progress: cheap enough for the first paint."""
    from nnlab.lesson.find import find_lessons

    language = current_language()
    return Atlas(
        tuple(
            Stop(entry.name, entry.id.upper(), entry.title(language), entry.track)
            for entry in find_lessons(dirs)
        )
    )


def survey(progress: Progress, dirs: Sequence[Path | str] = (), now: float | None = None) -> Atlas:
    """The course with everything Home tells about it."""
    from nnlab.lesson.find import find_lessons
    from nnlab.lesson.packs import pack_troubles
    from nnlab.lesson.recall import due_recalls

    begun = progress.lessons()
    stops = []
    for entry in find_lessons(dirs):
        stop, ids = _load(entry)
        row = begun.get(entry.name)
        if row is not None and ids:
            kept = progress.steps(entry.name)
            marks = tuple(
                replace(mark, status=str(kept.get(id, {}).get("status", "open")))
                for id, mark in zip(ids, stop.steps)
            )
            at = ids.index(row.at_step) if row.at_step in ids else 0
            stop = replace(
                stop, steps=marks, at=at, begun=True, finished=bool(row.finished), touched=row.touched,
                taken=any(s.get("status") == "passed" or s.get("passed_before") for s in kept.values()),
            )  # fmt: skip
        stops.append(stop)
    open_ones = [stop for stop in stops if stop.begun and not stop.finished]
    latest = max(open_ones, key=lambda stop: stop.touched).name if open_ones else ""
    warning = progress.warning or next(iter(pack_troubles()), "")
    ways, followed = _ways(progress)
    due = len(due_recalls(progress, now))
    atlas = Atlas(tuple(stops), due, warning, True, latest, ways, followed)
    remember(atlas)
    return atlas


def _ways(progress: Progress) -> tuple[tuple[Way, ...], str]:
    """(every ready-made way, the name of the one that is followed); none where their file cannot be read."""
    from nnlab.lesson.ways import CHOSEN, load_ways

    try:
        ways = tuple(Way(way.name, way.title, way.about, way.sittings) for way in load_ways())
    except NnlabError:
        return (), ""
    return ways, progress.note(CHOSEN)


def _load(entry: LessonEntry) -> tuple[Stop, list[str]]:
    """The stop and its step ids; where the script cannot be read, the sentence that says why."""
    from nnlab.lesson.find import load_script
    from nnlab.lesson.prose import prose_path, read_prose

    language = current_language()
    stop = Stop(entry.name, entry.id.upper(), entry.title(language), entry.track)
    try:
        lesson = load_script(entry)
        path = prose_path(entry.path, language)
        prose = read_prose(path if path.exists() else prose_path(entry.path, "en"))
    except NnlabError as error:
        return replace(stop, trouble=str(error)), []
    marks = tuple(StepMark(step.kind, prose.step(step.id).title) for step in lesson.steps)
    loaded = replace(
        stop,
        promise=prose.promise,
        objectives=tuple(prose.objectives),
        misconception=prose.misconception,
        minutes=lesson.minutes,
        needs=tuple(lesson.needs),
        steps=marks,
    )
    return loaded, [step.id for step in lesson.steps]

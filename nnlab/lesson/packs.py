"""Lesson packs that are installed: packages that name a folder of lessons in an entry point.

In the ``pyproject.toml`` of a pack, where ``my_pack/lessons`` holds the scripts and their prose::

    [project.entry-points."nnlab.lessons"]
    my-pack = "my_pack.lessons"

A pack that cannot be found is told and left out; it never stops anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from nnlab.i18n import _

GROUP = "nnlab.lessons"


@dataclass(frozen=True, slots=True)
class Pack:
    """An installed pack by its entry point; ``reason`` is the error of a package that breaks."""

    name: str
    target: str
    folder: Path | None
    reason: str = ""

    @property
    def trouble(self) -> str:
        """What is wrong with the pack, as a sentence; "" where nothing is."""
        if self.folder is not None:
            return ""
        if self.reason:
            return _(
                "the lesson pack {name} is left out: {target} cannot be imported: {reason}",
                name=self.name,
                target=self.target,
                reason=self.reason,
            )
        return _(
            "the lesson pack {name} is left out: there is no package {target}",
            name=self.name,
            target=self.target,
        )


@cache
def packs() -> tuple[Pack, ...]:
    """Every pack that is installed, looked up once."""
    return tuple(_pack(point) for point in sorted(entry_points(group=GROUP), key=lambda point: point.name))


def pack_folders() -> list[Path]:
    return [pack.folder for pack in packs() if pack.folder is not None]


def pack_troubles() -> list[str]:
    return [pack.trouble for pack in packs() if pack.trouble]


def _pack(point: EntryPoint) -> Pack:
    """The folder of a package, found without running what is in it (its parents are imported)."""
    try:
        spec = find_spec(point.value)
    except Exception as error:  # a parent package may break in any way
        missing = isinstance(error, ModuleNotFoundError) and point.value.startswith(error.name or " ")
        return Pack(point.name, point.value, None, "" if missing else f"{type(error).__name__}: {error}")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    return Pack(point.name, point.value, Path(places[0]) if places else None)

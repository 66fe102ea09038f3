"""The learner's files that nnlab keeps a copy of: data sets with a name, beside those that come with it.

Beside the copy ``NAME.csv`` stands ``NAME.json`` with the options it was imported with, which are its
defaults from then on.  No NumPy here: they are listed and completed like all the others.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.data.registry import DATASETS, FILE, POINTS
from nnlab.data.spec import DatasetSpec, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.paths import data_dir, ensure

if TYPE_CHECKING:
    from nnlab.data.dataset import Dataset

NAME = re.compile(r"[^\W_][\w-]*")


@dataclass(frozen=True, slots=True)
class Imported:
    """A kept file: what it is called, where its copy is, and the options it was imported with."""

    name: str
    file: Path
    options: Mapping[str, Value]
    task: str
    rows: int
    shape: tuple[int, ...]
    outputs: int
    source: str

    @property
    def spec(self) -> DatasetSpec:
        options = tuple(replace(o, default=self.options.get(o.name, o.default)) for o in FILE.options)
        about = _("{n} rows, imported from {file}", n=self.rows, file=self.source)
        return replace(
            FILE,
            name=self.name,
            task=self.task,
            help=about,
            options=options,
            shape=self.shape,
            outputs=self.outputs,
        )


def folder() -> Path:
    return data_dir() / "datasets"


def imported() -> dict[str, Imported]:
    """All that were imported, by name; what cannot be read is left out."""
    with contextlib.suppress(OSError):
        return _read(tuple((path, path.stat().st_mtime_ns) for path in sorted(folder().glob("*.json"))))
    return {}


@lru_cache(maxsize=4)
def _read(files: tuple[tuple[Path, int], ...]) -> dict[str, Imported]:
    """What stands in ``files``, each with the time of its last change."""
    found = {}
    for path, _changed in files:
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            found[path.stem] = Imported(
                path.stem,
                path.with_name(str(kept["file"])),
                {str(name): value for name, value in kept["options"].items()},
                str(kept["task"]),
                int(kept["rows"]),
                tuple(kept["shape"]),
                int(kept["outputs"]),
                str(kept["source"]),
            )
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            continue
    return found


def catalogue() -> dict[str, DatasetSpec]:
    """Every data set there is, by name: those of nnlab, then the learner's."""
    return {**DATASETS, **{name: kept.spec for name, kept in imported().items() if name not in DATASETS}}


def check_name(name: str, replacing: bool) -> None:
    """Raises NnlabError where nothing can be imported under ``name``."""
    if not NAME.fullmatch(name):
        fit = re.sub(r"[^\w-]+", "_", name).strip("_-") or "mine"
        raise NnlabError(
            _(
                "“{name}” cannot be a name: use letters, digits, - and _, as in --name {fit}",
                name=name,
                fit=fit,
            )
        )
    taken = {alias for spec in DATASETS.values() for alias in (spec.name, *spec.aliases)}
    if name.lower() in (*taken, FILE.name, POINTS.name):
        raise NnlabError(
            _("“{name}” is a data set of nnlab; choose another name with --name", name=name.lower())
        )
    if name in imported() and not replacing:
        raise NnlabError(
            _(
                "there is a data set “{name}” already; choose another name with --name, or --replace it",
                name=name,
            )
        )


def keep(source: Path, name: str, options: Mapping[str, Value], data: Dataset) -> Imported:
    """Copy ``source``, which was read as ``data`` with ``options``, under ``name``.  Raises NnlabError."""
    place = ensure(folder())
    copy = place / f"{name}{source.suffix.lower()}"
    kept = {
        "file": copy.name,
        "options": {o: value for o, value in options.items() if value != FILE.defaults[o]},
        "task": data.task,
        "rows": data.n,
        "shape": data.input_shape,
        "outputs": data.outputs,
        "source": source.name,
    }
    try:
        if not (copy.exists() and copy.samefile(source)):
            shutil.copyfile(source, copy)
        (place / f"{name}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise NnlabError(
            _("a copy at {path} cannot be written: {reason}", path=copy, reason=error.strerror or error)
        ) from error
    return imported()[name]

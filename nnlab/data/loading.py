"""One text in, one data set out: ``load("moons n=200 noise=0.2")``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import cast

from nnlab.data.arrayfile import read_npy, read_npz
from nnlab.data.assemble import Raw, assemble
from nnlab.data.csvdata import read_csv
from nnlab.data.dataset import Dataset
from nnlab.data.drawn import points, read_point
from nnlab.data.registry import DATASETS, FILE, POINTS
from nnlab.data.spec import DatasetSpec, Value, nearest, tokens
from nnlab.errors import NnlabError
from nnlab.i18n import _

Builder = Callable[[str, Mapping[str, Value]], Raw]

TABLES = (".csv", ".tsv", ".txt", ".data")
ARRAYS = (".npz", ".npy")


def load(spec_text: str) -> Dataset:
    """The data set that a text names.

    >>> load("moons n=200 noise=0.1 split=60/20/20 seed=7 scale=standardize").split.sizes
    (120, 40, 40)

    A registered name with options; ``file:PATH`` with options (quote a path with spaces); or
    ``points 0,0:red 1,1:blue``.  ``Dataset.spec`` is the canonical text, which loads the same data again.
    """
    words = tokens(spec_text)
    if not words:
        raise NnlabError(
            _("name a data set, such as moons or digits; known: {known}", known=", ".join(DATASETS))
        )
    if words[0].lower().startswith("file:"):
        return _file(words[0][len("file:") :], words[1:])
    if words[0].lower() == POINTS.name:
        return _points(words[1:])
    spec = find(words[0])
    options = spec.parse(words[1:])
    module, function = spec.builder.split(":")
    builder = cast("Builder", getattr(import_module(f"nnlab.data.{module}"), function))
    return assemble(
        builder(spec.name, options),
        name=spec.name,
        split=str(options["split"]),
        seed=int(options["seed"]),
        scale=str(options["scale"]),
        spec=spec.text(options),
        source=spec.source,
        licence=spec.licence,
    )


def find(word: str) -> DatasetSpec:
    """The registered data set of a name or alias; case and hyphens do not matter."""
    names = {alias: spec for spec in DATASETS.values() for alias in (spec.name, *spec.aliases)}
    asked = word.lower().replace("-", "_")
    if asked in names:
        return names[asked]
    if Path(word).suffix.lower() in (*TABLES, *ARRAYS):
        raise NnlabError(_("{word} looks like a file; write file:{word}", word=word))
    raise NnlabError(
        _(
            "there is no data set {word}{suggestion}; known are {known}, points, and file:PATH for your own",
            word=repr(word),
            suggestion=nearest(asked, [*names, POINTS.name, FILE.name]),
            known=", ".join(DATASETS),
        )
    )


def _points(words: list[str]) -> Dataset:
    # A label may hold "=", so a point is known by its comma before any "=" or ":".
    drawn = [word for word in words if "," in word.partition("=")[0]]
    options = POINTS.parse([word for word in words if "," not in word.partition("=")[0]])
    return points(
        [read_point(word) for word in drawn],
        scale=str(options["scale"]),
        split=str(options["split"]),
        seed=int(options["seed"]),
    )


def _file(path: str, words: list[str]) -> Dataset:
    if not path:
        raise NnlabError(_("file: names no file; write file:PATH, with quotes around a path with spaces"))
    options = FILE.parse(words)
    suffix = Path(path).suffix.lower()
    shared = {"task": str(options["task"]), "scale": str(options["scale"]), "split": str(options["split"])}
    seed = int(options["seed"])
    if suffix in TABLES:
        return read_csv(
            path,
            str(options["target"]),
            header=str(options["header"]),
            delimiter=str(options["delimiter"]),
            missing=str(options["missing"]),
            ignore=[name for name in str(options["ignore"]).split(",") if name.strip()],
            seed=seed,
            **shared,
        )
    if suffix not in ARRAYS:
        raise NnlabError(
            _(
                "{path} ends in {suffix}, and nnlab reads {known}",
                path=path,
                suffix=suffix or _("nothing"),
                known=", ".join((*TABLES, *ARRAYS)),
            )
        )
    csv_only = ["header", "delimiter", "missing", "ignore", *(["target"] if suffix == ".npz" else [])]
    wrong = [name for name in csv_only if options[name] != FILE.defaults[name]]
    if wrong:
        raise NnlabError(
            _("{option} is for tables; {suffix} files have no use for it", option=wrong[0], suffix=suffix)
        )
    if suffix == ".npz":
        return read_npz(path, seed=seed, **shared)
    return read_npy(path, str(options["target"]), seed=seed, **shared)

"""One text in, one data set out: ``load("moons n=200 noise=0.2")``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import cast

from nnlab.data.arrayfile import read_npy, read_npz
from nnlab.data.assemble import Raw, assemble
from nnlab.data.csvdata import read_csv
from nnlab.data.csvfile import looks_like_table
from nnlab.data.dataset import Dataset
from nnlab.data.drawn import points, read_point
from nnlab.data.imported import catalogue, imported
from nnlab.data.owntext import read_text
from nnlab.data.registry import DATASETS, FILE, POINTS, TABLE_OPTIONS, TEXT_OPTIONS
from nnlab.data.spec import DatasetSpec, Value, tokens
from nnlab.errors import NnlabError
from nnlab.given import written
from nnlab.i18n import _
from nnlab.nearest import did_you_mean

Builder = Callable[[str, Mapping[str, Value]], Raw]

TABLES = (".csv", ".tsv", ".data")
ARRAYS = (".npz", ".npy")
TEXTS = (".txt", ".md")
SUFFIXES = (*TABLES, *ARRAYS, *TEXTS)


def load(spec_text: str) -> Dataset:
    """The data set that a text names.

    >>> load("moons n=200 noise=0.1 split=60/20/20 seed=7 scale=standardize").split.sizes
    (120, 40, 40)

    A registered name with options; ``file:PATH`` with options (quote a path with spaces); or
    ``points 0,0:red 1,1:blue``.  ``Dataset.spec`` is the canonical text, which loads the same data again.
    """
    words = tokens(written(_("the name of a data set"), spec_text, "moons n=200"))
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
    if not spec.builder:
        data = read_file(str(imported()[spec.name].file), options)
        return replace(data, name=spec.name, spec=spec.text(options))
    module, function = spec.builder.split(":")
    builder = cast("Builder", getattr(import_module(f"nnlab.data.{module}"), function))
    return assemble(
        builder(spec.name, options),
        name=spec.name,
        split=str(options.get("split", "all")),
        seed=int(options.get("seed", 1)),
        scale=str(options.get("scale", "none")),
        spec=spec.text(options),
        source=spec.source,
        licence=spec.licence,
    )


def find(word: str) -> DatasetSpec:
    """The registered data set of a name or alias; case and hyphens do not matter."""
    there = catalogue()
    names = {alias: spec for spec in there.values() for alias in (spec.name, *spec.aliases)}
    asked = word.lower()
    for name in (word, asked, asked.replace("-", "_"), asked.replace("_", "-")):
        if name in names:
            return names[name]
    if Path(word).suffix.lower() in SUFFIXES:
        raise NnlabError(_("{word} looks like a file; write file:{word}", word=word))
    raise NnlabError(
        _(
            "there is no data set {word}{suggestion}; known are {known}, points, and file:PATH for your own",
            word=repr(word),
            suggestion=did_you_mean(asked, [*names, POINTS.name, FILE.name]),
            known=", ".join(there),
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
        seed=int(options.get("seed", 1)),
    )


def _file(path: str, words: list[str]) -> Dataset:
    if not path:
        raise NnlabError(_("file: names no file; write file:PATH, with quotes around a path with spaces"))
    return read_file(path, FILE.parse(words))


def read_file(path: str, options: Mapping[str, Value]) -> Dataset:
    """The data in a file of any kind that nnlab reads, with every option of :data:`FILE`."""
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise NnlabError(
            _(
                "{path} ends in {suffix}, and nnlab reads {known}",
                path=path,
                suffix=suffix or _("nothing"),
                known=", ".join(SUFFIXES),
            )
        )
    given = [name for name, value in options.items() if value != FILE.defaults[name]]
    if suffix in TEXTS and _is_text(path, given):
        if wrong := [name for name in TABLE_OPTIONS if name in given]:
            raise NnlabError(_("a text has no use for the option {option}", option=wrong[0]))
        return read_text(
            path,
            tokens=str(options["tokens"]),
            context=int(options["context"]),
            stride=int(options["stride"]),
            vocabulary=int(options["vocabulary"]),
            split=str(options["split"]),
            seed=int(options.get("seed", 1)),
        )
    if wrong := [name for name in TEXT_OPTIONS if name in given]:
        raise NnlabError(_("a table has no use for the option {option}", option=wrong[0]))
    return _table(path, suffix, options, given)


def _is_text(path: str, given: list[str]) -> bool:
    """Of a ``.txt`` file: by the options there are, else by what it looks like."""
    if any(name in TEXT_OPTIONS for name in given):
        return True
    if any(name in TABLE_OPTIONS for name in given):
        return False
    return not looks_like_table(Path(path).expanduser())


def _columns(names: Value) -> list[str]:
    return [name for name in str(names).split(",") if name.strip()]


def _table(path: str, suffix: str, options: Mapping[str, Value], given: list[str]) -> Dataset:
    shared = {"task": str(options["task"]), "scale": str(options["scale"]), "split": str(options["split"])}
    seed = int(options["seed"])
    if suffix not in ARRAYS:
        return read_csv(
            path,
            str(options["target"]),
            header=str(options["header"]),
            delimiter=str(options["delimiter"]),
            missing=str(options["missing"]),
            ignore=_columns(options["ignore"]),
            onehot=_columns(options["onehot"]),
            seed=seed,
            **shared,
        )
    csv_only = [
        "header",
        "delimiter",
        "missing",
        "ignore",
        "onehot",
        *(["target"] if suffix == ".npz" else []),
    ]
    if wrong := [name for name in csv_only if name in given]:
        raise NnlabError(
            _("{option} is for tables; {suffix} files have no use for it", option=wrong[0], suffix=suffix)
        )
    if suffix == ".npz":
        return read_npz(path, seed=seed, **shared)
    return read_npy(path, str(options["target"]), seed=seed, **shared)

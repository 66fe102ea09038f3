"""``nnlab data``: list data sets, look at one, bring your own."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.cli import opening
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.paths import data_dir, ensure

if TYPE_CHECKING:
    from nnlab.session import Session


def list_(arguments: argparse.Namespace) -> int:
    """Every data set with its options, family by family."""
    from nnlab.data import DATASETS
    from nnlab.data.registry import OWN_LICENCE
    from nnlab.data.spec import show

    if getattr(arguments, "json", False):
        keys = ("name", "group", "task", "help", "shape", "outputs", "source", "licence")
        for spec in DATASETS.values():
            print(json.dumps({key: getattr(spec, key) for key in keys}))
        return 0
    width = max(len(name) for name in DATASETS)
    group = ""
    for spec in DATASETS.values():
        if spec.group != group:
            print(("\n" if group else "") + _(spec.group))
            group = spec.group
        print(f"  {spec.name:<{width}}  {spec.task:<10}  {_(spec.help)}")
        print(f"  {'':<{width}}  {'':<10}  {' '.join(f'{o.name}={show(o.default)}' for o in spec.options)}")
        if spec.licence != OWN_LICENCE:
            origin = _("from: {source}; licence: {licence}", source=_(spec.source), licence=_(spec.licence))
            print(f"  {'':<{width}}  {'':<10}  {origin}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Splits, classes and ranges of one data set."""
    session = opening.begin(arguments, None)
    session.execute("data " + " ".join(arguments.spec))
    result = session.execute("show data")
    changed = _changed(session, arguments.augment) if arguments.augment else []
    if arguments.json:
        print(json.dumps({**result.to_json(), **({"changed": changed} if changed else {})}))
    else:
        print("\n".join([*result.lines, *changed]))
    return 0


def _changed(session: Session, changes: str) -> list[str]:
    from nnlab.session.rows import render_changes

    data = session.need_data()
    row = int(data.split.train[0])
    return ["", *render_changes(data, changes, row, session.look, session.bench.setup.seed)]


def import_(arguments: argparse.Namespace) -> int:
    """Check the learner's file, keep a copy, and say how to use it."""
    source = Path(arguments.file)
    name = arguments.name or source.stem
    if not name.replace("_", "").replace("-", "").isalnum():
        raise NnlabError(_("“{name}” cannot be a name; use letters, digits, - and _", name=name))
    target = f" target={arguments.target}" if arguments.target else ""
    _check(f'file:"{source}"{target}')
    kept = ensure(data_dir() / "datasets") / f"{name}{source.suffix.lower()}"
    try:
        shutil.copyfile(source, kept)
    except shutil.SameFileError:
        pass
    except OSError as error:
        raise NnlabError(
            _("a copy at {path} cannot be written: {reason}", path=kept, reason=error.strerror or error)
        ) from error
    spec = f'file:"{kept}"{target}'
    data = _check(spec)
    if arguments.json:
        print(json.dumps({"name": name, "spec": spec, "rows": int(data.n), "task": data.task}))
        return 0
    print(_("{name}: {n} rows, {task}, kept in {path}", name=name, n=data.n, task=data.task, path=kept))
    for note in data.notes:
        print(f"  {note}")
    print(_("use it with: data {spec}", spec=spec))
    return 0


def _check(spec: str):  # type: ignore[no-untyped-def]
    from nnlab.data import load

    return load(spec)

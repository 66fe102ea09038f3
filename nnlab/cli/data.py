"""``nnlab data``: list data sets, look at one, bring your own."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.cli import opening
from nnlab.cli.listing import hanging, say
from nnlab.i18n import _
from nnlab.width import cut

if TYPE_CHECKING:
    from nnlab.session import Session


LONGEST = 40
"""Columns of an option with its default; pictures that are written out are longer."""


def list_(arguments: argparse.Namespace) -> int:
    """Every data set with its options, family by family."""
    from nnlab.data.imported import catalogue
    from nnlab.data.registry import OWN_LICENCE
    from nnlab.data.spec import show

    there = catalogue()
    if getattr(arguments, "json", False):
        keys = ("name", "group", "task", "help", "shape", "outputs", "source", "licence")
        for spec in there.values():
            print(json.dumps({key: getattr(spec, key) for key in keys}))
        return 0
    look, width = opening.look(arguments), max(len(name) for name in there)
    group = ""
    for spec in there.values():
        if spec.group != group:
            say([*([""] if group else []), _(spec.group)], look)
            group = spec.group
        told = [_(spec.help), " ".join(cut(f"{o.name}={show(o.default)}", LONGEST) for o in spec.options)]
        if spec.licence != OWN_LICENCE:
            told.append(
                _("from: {source}; licence: {licence}", source=_(spec.source), licence=_(spec.licence))
            )
        if look.accessible:
            say([f"{spec.name}, {spec.task}: {told[0]}", *told[1:]], look)
            continue
        head = f"  {spec.name:<{width}}  {spec.task:<10}  "
        for k, text in enumerate(told):
            say(hanging(head if k == 0 else " " * len(head), text, look), look)
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
    """Check the learner's file, keep a copy under a name, and say how to use it."""
    from nnlab.data import FILE, load
    from nnlab.data.imported import check_name, keep
    from nnlab.data.spec import quote, tokens

    source = Path(arguments.file).expanduser()
    name = arguments.name or source.stem
    check_name(name, arguments.replace)
    words = [word for text in arguments.options for word in tokens(text)]
    if arguments.target:
        words.append(f"target={arguments.target}")
    spec = " ".join([f"file:{quote(str(source))}", *map(quote, words)])
    own = keep(source, name, FILE.parse(words), load(spec))
    data = load(name)
    if arguments.json:
        print(json.dumps({"name": name, "spec": name, "rows": data.n, "task": data.task}))
        return 0
    print(_("{name}: {n} rows, {task}, kept in {path}", name=name, n=data.n, task=data.task, path=own.file))
    for note in data.notes:
        print(f"  {note}")
    print(_("use it with: data {spec}", spec=name))
    return 0

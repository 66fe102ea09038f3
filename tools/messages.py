"""The catalogues of nnlab: collect the texts of the source, compile the translations, say what is missing.

    python tools/messages.py            collect, compile, list what is not translated (exit code 1 if any)
    python tools/messages.py --check    the same, but write nothing; exit code 1 where the files are behind

Needs Babel, which the ``test`` extra brings; nnlab itself reads the compiled file with the standard library.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "nnlab"
MARKS = ("_", "N_")
LANGUAGES = ("zh",)
HEADER = """\
# Texts of nnlab. docs/translating.md says how to change them; tools/messages.py collects and compiles.
#"""


def folder(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES"


def marked(path: Path) -> Iterator[str]:
    """The texts in ``_("…")`` and ``N_("…")``, those inside f-strings too.  What cannot be read is refused.

    Texts that are passed on (``_(spec.help)``) were marked with ``N_`` where they are declared.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in MARKS
            and node.args
        ):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
            elif isinstance(first, ast.JoinedStr | ast.BinOp | ast.Constant):
                raise SystemExit(f"{path}:{node.lineno}: {node.func.id}() takes one plain string")


def collected() -> Catalog:
    """Every marked text, with the files it stands in."""
    files: dict[str, set[str]] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for text in marked(path):
            files.setdefault(text, set()).add(path.relative_to(ROOT).as_posix())
    catalogue = Catalog(project="nnlab", charset="utf-8", header_comment=HEADER)
    for text, places in files.items():
        # No line numbers: they would change with every edit and tell nobody anything.
        catalogue.add(text, locations=[(place, 0) for place in sorted(places)], flags=flags(text))
    return catalogue


def flags(text: str) -> tuple[str, ...]:
    """What ``msgfmt --check-format`` should compare."""
    if re.search(r"%(\(\w+\))?[srd]", text):
        return ("python-format",)
    return ("python-brace-format",) if re.search(r"\{\w+[^{}]*\}", text) else ()


def translated(language: str) -> Catalog:
    """The translations as they are kept."""
    with (folder(language) / "nnlab.po").open("rb") as file:
        return read_po(file, locale=language, domain="nnlab")


def merged(language: str) -> Catalog:
    """The texts of the source with their translations; those no longer used are dropped."""
    source, kept = collected(), translated(language)
    fresh = Catalog(
        locale=language, domain="nnlab", project="nnlab", version="", charset="utf-8", fuzzy=False,
        header_comment=HEADER, creation_date=kept.creation_date, revision_date=kept.revision_date,
        last_translator="nnlab", language_team="nnlab",
    )  # fmt: skip
    for entry in source:
        if entry.id:
            known = kept.get(entry.id)
            text = known.string if known and not known.fuzzy else ""
            fresh.add(entry.id, text, locations=entry.locations, flags=entry.flags)
    return fresh


def as_po(catalogue: Catalog) -> bytes:
    text = io.BytesIO()
    write_po(text, catalogue, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return text.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    return [str(entry.id) for entry in catalogue if entry.id and not entry.string]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    only_check = parser.parse_args().check
    behind = False
    for language in LANGUAGES:
        catalogue = merged(language)
        if not only_check:
            (folder(language) / "nnlab.po").write_bytes(as_po(catalogue))
            (folder(language) / "nnlab.mo").write_bytes(as_mo(catalogue))
        elif (folder(language) / "nnlab.mo").read_bytes() != as_mo(catalogue):
            # The .po is not compared: a text that moved to another file changes nothing that is read.
            behind = True
            print(f"{language}: nnlab.mo is behind")
        for text in missing(catalogue):
            behind = True
            print(f"{language}: not translated: {text!r}")
    return int(behind)


if __name__ == "__main__":
    sys.exit(main())

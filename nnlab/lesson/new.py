"""A new lesson to start from: three files that pass their check."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from string import Template

from nnlab.errors import NnlabError
from nnlab.i18n import _

TEMPLATE = {".py": "script.txt", ".en.md": "en.txt", ".zh.md": "zh.txt"}
"""The files of a lesson, and what each is made from; ``$title``, ``$id`` and ``$slug`` are filled in."""


def new_lesson(folder: Path | str, name: str) -> list[Path]:
    """Write ``x1_slug.py`` and its prose into ``folder``; returns the three paths.

    ``name`` is a slug (``my_lesson``, then the id is x1) or id and slug (``x3_my_lesson``).
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    match = re.fullmatch(r"(?:([a-z]{1,3}\d{1,3})_)?([a-z][a-z0-9_]*)", plain)
    if match is None:
        raise NnlabError(
            _(
                "'{name}' is not a name for a lesson; use small letters, digits and _, like x1_my_lesson",
                name=name,
            )
        )
    lesson_id, slug = match[1] or "x1", match[2]
    folder = Path(folder).expanduser()
    title = slug.replace("_", " ").capitalize()
    stem = f"{lesson_id}_{slug}"
    made_from = files("nnlab.lesson") / "template"
    texts = {
        folder / f"{stem}{ending}": Template((made_from / name).read_text(encoding="utf-8")).substitute(
            id=lesson_id, slug=slug, title=title
        )
        for ending, name in TEMPLATE.items()
    }
    for path in texts:
        if path.exists():
            raise NnlabError(_("{path} exists already; choose another name", path=path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NnlabError(
            _("{folder} cannot be written: {reason}", folder=folder, reason=error.strerror or error)
        ) from error
    return list(texts)

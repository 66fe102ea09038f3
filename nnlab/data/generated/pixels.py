"""Tiny pictures written by hand, a digit for each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Task
from nnlab.data.generated.draws import Options
from nnlab.data.generated.images import PICTURE
from nnlab.errors import NnlabError
from nnlab.i18n import _

MOST_PICTURES, MOST_SIDE = 50, 16
EXAMPLE = "upright:011/011/011,level:000/111/111"


def pixels(name: str, options: Options) -> Raw:
    """``name:00111/00111,name:…`` is (n, rows, columns, 1), a class for each picture, values 0 … 9.

    A picture without a name is called by its place.  Raises NnlabError where a picture is no rectangle of
    digits, pictures differ in size, or there are fewer than two.
    """
    words = [word.strip() for word in str(options["pictures"]).split(",")]
    if not 2 <= len(words) <= MOST_PICTURES:
        raise NnlabError(
            _("{n} pictures are written; write from 2 to {limit}, such as pictures={example}",
              n=len(words), limit=MOST_PICTURES, example=EXAMPLE)
        )  # fmt: skip
    named = [word.rpartition(":") for word in words]
    x = [_picture(lines) for _name, _colon, lines in named]
    odd = next((at for at, picture in enumerate(x) if picture.shape != x[0].shape), 0)
    if odd:
        raise NnlabError(
            _("picture {n} has {size} pixels and the first has {first}; all must have the same",
              n=odd + 1, size=_size(x[odd]), first=_size(x[0]))
        )  # fmt: skip
    names = tuple(title or str(at + 1) for at, (title, _colon, _lines) in enumerate(named))
    if len(set(names)) < len(names):
        raise NnlabError(_("two pictures have the same name; give each one of its own"))
    task: Task = "binary" if len(x) == 2 else "multiclass"
    return Raw(np.stack(x), np.arange(len(x)), task, (), names, ("picture",), axes=PICTURE)


def _picture(lines: str) -> NDArray[np.float32]:
    """(rows, columns, 1)"""
    rows = lines.split("/")
    good = all(row.isdecimal() and row.isascii() and len(row) == len(rows[0]) for row in rows)
    if not good or max(len(rows), len(rows[0])) > MOST_SIDE:
        raise NnlabError(
            _("{text} is no picture; write rows of digits with / between them, at most {side} wide and high, "
              "such as 011/011/011", text=repr(lines), side=MOST_SIDE)
        )  # fmt: skip
    return np.array([list(row) for row in rows], np.float32)[..., None]


def _size(picture: NDArray[np.float32]) -> str:
    return f"{picture.shape[0]}×{picture.shape[1]}"

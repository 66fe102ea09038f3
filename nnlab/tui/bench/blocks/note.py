"""A sentence or a formula, wrapped."""

from __future__ import annotations

from nnlab.session.figures import plain
from nnlab.session.scene import Note
from nnlab.tui.bench.blocks.desk import Desk, Size
from nnlab.tui.bench.page import wrap
from nnlab.tui.bench.spots import Sight
from nnlab.tui.cells import text
from nnlab.tui.glyphs import columns as width_of
from nnlab.tui.themes import Role

INKS = {
    "muted": Role.MUTED,
    "text": Role.TEXT,
    "formula": Role.PRIMARY,
    "good": Role.SUCCESS,
    "bad": Role.WARNING,
}


def sizes(note: Note, width: int, sight: Sight) -> list[Size]:
    lines = wrap(plain(note.text, sight.caps), width)
    return [Size(len(lines), max(map(width_of, lines), default=1))]


def draw(desk: Desk, note: Note, y: int, x: int, size: Size) -> None:
    for k, line in enumerate(wrap(plain(note.text, desk.sight.caps), size.width)):
        text(desk.cells, y + k, x, line, INKS[note.role])

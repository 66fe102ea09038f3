"""The builder: the network as a ledger of layers, a palette beside it, the notation below.

Every edit can be done with a key, with the mouse on the little buttons, or in the notation.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import numpy as np

from nnlab.i18n import _
from nnlab.network import LAYERS, shape_text
from nnlab.session.figures import plain
from nnlab.tui import pictures
from nnlab.tui.bench.draft import Draft, kinds
from nnlab.tui.bench.page import wrap
from nnlab.tui.bench.spots import PLAIN, Picture, Sight, Spot
from nnlab.tui.cells import Cells, blank, clip, fill, hline, paste, text, vline
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

if TYPE_CHECKING:
    from nnlab.data import Dataset

BUTTONS = ("-", "+", "up", "down", "x")


def draw(
    draft: Draft,
    data: Dataset | None,
    cursor: Hashable,
    height: int,
    width: int,
    sight: Sight = PLAIN,
    spoken: str = "",
    sought: str = "",
) -> Picture:
    """(height, width, 3).  Spots: ("layer", k), ("insert", kind), ("button", name, k), ("fix",), ("use",).

    ``spoken`` is what the notation field has to say: an error with the nearest word.  ``sought`` are the
    letters typed in the palette.
    """
    cells = blank(height, width)
    spots: list[Spot] = []
    if height < 5 or width < 30:
        return Picture(cells)
    side = 34 if width >= 84 else 18 if width >= 56 else 14
    table = width - side - 1
    _palette(cells, spots, table + 1, height, side, cursor, sight, sought)
    vline(cells, 0, table, height, caps=sight.caps)
    shape = data.input_shape if data is not None else (64,)
    bottom = _verdict(cells, spots, draft, data, shape, height, table, cursor, sight, spoken)
    _table(cells, spots, draft, data, shape, bottom, table, cursor, sight)
    return Picture(cells, tuple(spots))


def _put(
    cells: Cells,
    spots: list[Spot],
    y: int,
    x: int,
    string: str,
    ink: int,
    target: Hashable,
    cursor: Hashable,
    sight: Sight,
) -> int:
    """A word that can be stood on."""
    size = text(cells, y, x, string, ink)
    spots.append(Spot(y, x, size, target))
    if target == cursor:
        colours = (Role.CURSOR_TEXT, Role.CURSOR) if sight.focus else (Role.TEXT, Role.SELECTION)
        fill(cells, y, x, 1, size, None, *colours)
    return size


def _table(
    cells: Cells,
    spots: list[Spot],
    draft: Draft,
    data: Dataset | None,
    shape: tuple[int, ...],
    height: int,
    width: int,
    cursor: Hashable,
    sight: Sight,
) -> None:
    """A row for the input and for every layer."""
    unicode = sight.caps.unicode
    rows, _error = draft.rows(shape)
    names = list(draft.layers)
    longest = max([columns(n) for n in names] + [12])
    label = min(longest, max(12, width - 41))
    at_shape, at_count = 5 + label + 2, 5 + label + 10
    at_bar = at_count + 11
    buttons = width - at_bar >= 15
    text(cells, 0, 1, "#", Role.MUTED)
    text(cells, 0, 5, _("layer"), Role.MUTED)
    text(cells, 0, at_shape, _("shape"), Role.MUTED)
    text(cells, 0, at_count, _("parameters"), Role.MUTED, width=10, align="right")
    lines = max(1, height - 3)
    first = max(0, min(draft.at + 1 - lines // 2, len(names) + 1 - lines))
    total = 0
    for row in rows:
        total += row.parameters or 0
    widest = max([int(np.prod(shape))] + [int(np.prod(r.output_shape)) for r in rows if r.output_shape])
    for line, k in enumerate(range(first - 1, min(len(names), first - 1 + lines))):
        y = 1 + line
        focused = k == draft.at
        mark = ("▸" if unicode else ">") if focused else " "
        ink = Role.ACCENT if focused else Role.TEXT
        text(cells, y, 0, mark, Role.ACCENT)
        ledger_row = rows[k] if 0 <= k < len(rows) else None
        if k < 0:
            name = _("input") + (f"  {data.name}" if data is not None else "")
            size: tuple[int, ...] | None = shape
        else:
            name, size = names[k], ledger_row.output_shape if ledger_row else None
            text(cells, y, 1, str(k + 1), Role.MUTED, width=3)
        if ledger_row is not None and ledger_row.error:
            ink = Role.ERROR
        _put(cells, spots, y, 5, clip(name, label), ink, ("layer", k), cursor, sight)
        text(cells, y, at_shape, "?" if size is None else shape_text(size), Role.TEXT)
        if ledger_row is not None:
            count = "?" if ledger_row.parameters is None else f"{ledger_row.parameters:,}"
            text(cells, y, at_count, count, Role.TEXT, width=10, align="right")
        if focused and k >= 0 and buttons:
            x = at_bar
            for name in BUTTONS:
                shown = {"up": "↑", "down": "↓", "x": "✕", "-": "−"}.get(name, name) if unicode else name
                x += _put(cells, spots, y, x, f"[{shown}]", Role.PRIMARY, ("button", name, k), cursor, sight)
        elif size is not None and width - at_bar > 4:
            share = np.array([np.log1p(np.prod(size)) / np.log1p(widest)])
            room = min(20, width - at_bar - 2)
            paste(cells, y, at_bar, pictures.bars(share, room, 1.0, Role.FAINT, sight.caps))
    y = 1 + min(lines, len(names) + 1)
    hline(cells, y, 1, min(width - 2, at_count + 9), caps=sight.caps)
    text(cells, y + 1, 5, _("total"), Role.MUTED)
    text(cells, y + 1, at_count, f"{total:,}", Role.ACCENT, width=10, align="right")


def _verdict(
    cells: Cells,
    spots: list[Spot],
    draft: Draft,
    data: Dataset | None,
    shape: tuple[int, ...],
    height: int,
    width: int,
    cursor: Hashable,
    sight: Sight,
    spoken: str,
) -> int:
    """What is wrong and the fix, or that it can be used; answers the first row it takes."""
    if isinstance(cursor, tuple) and cursor[0] == "insert" and sight.focus:
        return _offer(cells, str(cursor[1]), height, width, sight)
    trouble = spoken or draft.trouble(shape, data)
    if not trouble:
        mark = "✓ " if sight.caps.unicode else "= "
        said = wrap(mark + _("this is a network; Enter uses it, training starts afresh"), width - 2)[:2]
        y = height - 1 - len(said)
        for k, line in enumerate(said):
            _put(cells, spots, y + k, 1 if not k else 3, line, Role.SUCCESS, ("use",), cursor, sight)
        return y - 1
    lines = wrap(plain(trouble, sight.caps), width - 4)[: max(1, height // 3)]
    fixed = draft.fix(shape, data)
    y = height - 1 - len(lines) - (fixed is not None)
    for k, line in enumerate(lines):
        text(cells, y + k, 1, ("! " if not k else "  ") + line, Role.ERROR)
    if fixed is not None:
        string = clip(_("fix (x): {network}", network=fixed.text), width - 4)
        _put(cells, spots, y + len(lines), 3, string, Role.WARNING, ("fix",), cursor, sight)
    return y - 1


def _offer(cells: Cells, word: str, height: int, width: int, sight: Sight) -> int:
    """What the layer under the palette's cursor is, and how it is written; answers the first row it takes."""
    kind = LAYERS[word]
    lines = [*wrap(plain(_(kind.help), sight.caps), width - 2)[: max(1, height // 3)], kind.sample or word]
    y = height - 1 - len(lines)
    for k, line in enumerate(lines):
        text(cells, y + k, 1, clip(line, width - 2), Role.PRIMARY if k == len(lines) - 1 else Role.TEXT)
    return y - 1


def _palette(
    cells: Cells,
    spots: list[Spot],
    x: int,
    height: int,
    width: int,
    cursor: Hashable,
    sight: Sight,
    sought: str,
) -> None:
    """Every kind of layer there is, or those found; Enter or a second click inserts it behind the cursor."""
    inside = isinstance(cursor, tuple) and cursor[0] == "insert" and sight.focus
    head = (sought or _("type to find")) if inside else _("insert (i)")
    text(cells, 0, x + 1, clip(head, width - 1), Role.ACCENT if sought else Role.MUTED)
    words = kinds(sought)
    rows = height - 2
    here = words.index(cursor[1]) if isinstance(cursor, tuple) and cursor[1:] and cursor[1] in words else 0
    first = max(0, min(here - rows // 2, len(words) - rows))
    for line, word in enumerate(words[first : first + rows]):
        y = 1 + line
        size = _put(cells, spots, y, x + 1, word, Role.PRIMARY, ("insert", word), cursor, sight)
        if width > 24:
            at = max(size + 3, 13)
            text(cells, y, x + at, clip(plain(_(LAYERS[word].help), sight.caps), width - at), Role.MUTED)
    if (more := len(words) - first - rows) > 0:
        text(cells, height - 1, x + 1, clip(_("{n} more below", n=more), width - 1), Role.MUTED)

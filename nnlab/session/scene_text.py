"""A scene as lines of text: the same facts for a plain terminal, a pipe and a screen reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from nnlab.i18n import _
from nnlab.session import lane_text
from nnlab.session.figures import UNICODE, Scale, Signs, aligned, full
from nnlab.session.formula_words import in_words
from nnlab.session.look import Look, bar, table, wrap
from nnlab.session.scene import (
    Beside,
    Block,
    Chart,
    Entry,
    Flow,
    Grid,
    Histogram,
    Lanes,
    Note,
    Points,
    Scene,
    Sheet,
    Table,
    Target,
    Wall,
    percents,
)
from nnlab.session.sparks import curve_text
from nnlab.width import columns, pad

NUMBERS = 2400
"""Numbers of a grid that are written one by one, more than a screen prints; of larger grids the range."""
ROWS = 24
"""Rows in which a chart is told."""


def render_scene(scene: Scene, look: Look | None = None, cursor: Target | None = None) -> list[str]:
    """Title, rule, and every block below it; ``cursor`` is the number that is pointed at."""
    look = look or Look()
    lines = [scene.title]
    if scene.rule:
        lines += wrap(in_words(scene.rule), max(40, look.width))
    for block in scene.blocks:
        lines += ["", *_block(block, look, cursor)]
    return lines


def _block(block: Block, look: Look, cursor: Target | None) -> list[str]:
    if isinstance(block, Beside):
        lines: list[str] = []
        for part in block.blocks:
            lines += ([""] if lines else []) + _block(part, look, cursor)
        return lines
    return _WRITERS[type(block)](block, look, cursor)


# -- grids --------------------------------------------------------------------------------------------


def _grid(grid: Grid, look: Look, cursor: Target | None) -> list[str]:
    lines = [f"{grid.title}:"] if grid.title else []
    note = wrap("  " + grid.note, max(40, look.width), "  ") if grid.note else []
    values = grid.values
    if values is None:
        return [*lines, "  " + _("not computed yet"), *note]
    if values.size <= NUMBERS and grid.most != "pixels":
        lines += _numbers(grid, values, look)
    else:
        lines.append("  " + _spread(values))
    found = None if cursor is None or grid.places is None else grid.places.find(cursor)
    if found is not None and cursor is not None and _inside(found, values):
        lines.append("  " + _("at the cursor: {what}", what=f"{cursor} = {full(float(values[found]))}"))
    return lines + note


def _inside(cell: tuple[int, int], values: Any) -> bool:
    return bool(cell[0] < values.shape[0] and cell[1] < values.shape[1])


@lru_cache(maxsize=64)
def words_of(grid: Grid) -> list[list[str]]:
    """Every cell as it is written, in the scale of the whole grid: shared by text and picture."""
    values = grid.values
    assert values is not None
    masked, padding = grid.marks.get("masked"), grid.marks.get("padding")
    if grid.words:
        words = [list(row) for row in grid.words]
    elif grid.kind == "share":
        whole = percents(np.where(masked, np.nan, values) if masked is not None else values)
        words = [["?" if np.isnan(v) else f"{v:.0f}" for v in row] for row in whole.tolist()]
    else:
        scale = Scale.of(values)
        signed = grid.kind == "signed"
        words = [[_figure(scale, v, signed) for v in row] for row in values.tolist()]
    for mask, sign in ((masked, "//"), (padding, "·")):
        if mask is not None:
            for r, c in zip(*np.nonzero(mask)):
                words[r][c] = sign
    return words


def _figure(scale: Scale, value: float, signed: bool) -> str:
    if value != value:
        return ""
    word = scale.bare(value)
    return word if signed or not word.startswith("+") else word[1:]


def head_of(grid: Grid) -> str:
    """``×10⁻³`` where the figures of the grid are scaled, ``%`` for shares."""
    return "%" if grid.kind == "share" else Scale.of(grid.values).head()


def _numbers(grid: Grid, values: Any, look: Look) -> list[str]:
    words = [list(row) for row in words_of(grid)]
    for name, sign in (("winner", "*"), ("path", "'")):
        mask = grid.marks.get(name)
        if mask is not None:
            for r, c in zip(*np.nonzero(mask)):
                words[r][c] += sign
    for frame in grid.frames:
        for r in range(frame.row, frame.row + frame.height):
            if 0 <= r < len(words):
                left, right = max(0, frame.column), min(len(words[r]), frame.column + frame.width) - 1
                if left <= right:
                    words[r][left] = "[" + words[r][left]
                    words[r][right] += "]"
    names = grid.rows or tuple(map(str, range(len(words)))) if len(words) > 1 or grid.rows else ("",)
    heads = grid.columns or tuple(map(str, range(values.shape[1])))
    scaled = head_of(grid)
    if look.accessible:
        lines = [
            f"  {name} " + ", ".join(f"{head} {word}" for head, word in zip(heads, row) if word)
            for name, row in zip(names, words)
        ]
    else:
        widths = [max(columns(head), *(columns(row[c]) for row in words)) for c, head in enumerate(heads)]
        margin = max(map(columns, names), default=0)
        top = " ".join(pad(head, width, True) for head, width in zip(heads, widths))
        lines = [f"  {' ' * margin} {top}".rstrip()]
        lines += [
            f"  {pad(name, margin)} " + " ".join(pad(w, n, True) for w, n in zip(row, widths)).rstrip()
            for name, row in zip(names, words)
        ]
    return [*lines, f"  {scaled}"] if scaled else lines


def _spread(values: Any) -> str:
    known = values[np.isfinite(values)]
    if not known.size:
        return _("no numbers")
    scale = Scale.of(known)
    return _(
        "{n} numbers from {low} to {high}, mean {mean}",
        n=values.size,
        low=scale.bare(float(known.min())),
        high=scale.bare(float(known.max())),
        mean=scale.bare(float(known.mean())),
    ) + (f" {scale.head()}" if scale.exponent else "")


def _wall(wall: Wall, look: Look, _cursor: Target | None) -> list[str]:
    lines = [f"{wall.title}:"]
    for k, grid in enumerate(wall.grids):
        mark = ">" if k == wall.chosen else " "
        told = _("not computed yet") if grid.values is None else _spread(grid.values)
        lines.append(f" {mark} {grid.title}: {told}" + (f"  {grid.note}" if grid.note else ""))
    return [*lines, *(wrap("  " + wall.note, max(40, look.width), "  ") if wall.note else [])]


# -- tables and sentences -----------------------------------------------------------------------------


def _table(block: Table, look: Look, cursor: Target | None) -> list[str]:
    figures = aligned((line.value for line in block.lines), block.digits)
    figures = ["" if line.speaks else f for line, f in zip(block.lines, figures)]
    rows = []
    for line, figure in zip(block.lines, figures):
        mark = ">" if line.role == "chosen" or (line.at is not None and line.at == cursor) else ""
        share = line.share if line.share is not None else line.value
        drawn = bar((share or 0) / (block.limit or 1), 16) if block.bars == "share" else ""
        curve = curve_text(line.curve, look)
        rows.append([mark, line.label, figure, drawn, curve, line.note, str(line.at or "")])
    used = [k for k in range(7) if any(row[k] for row in rows)]
    lines = [f"{block.title}:"] if block.title else []
    if look.accessible:
        return [*lines, *("  " + " ".join(row[k] for k in used if row[k] and k != 3) for row in rows)]
    heads = ["", "", _("value"), "", "", "", _("from")]
    body = table(look, [heads[k] for k in used], [[row[k] for k in used] for row in rows])
    return [*lines, *("  " + line for line in body[2:])]


def _note(note: Note, look: Look, _cursor: Target | None) -> list[str]:
    return wrap(note.text, max(40, look.width))


# -- sheets and flows ---------------------------------------------------------------------------------


def sheet_words(sheet: Sheet, entry: int, signs: Signs = UNICODE) -> tuple[str, list[str], str]:
    """How an entry is written: its name with the scale, a figure for every item, and the total."""
    own = sheet.entries[entry]
    if own.values is None:
        return own.name, ["?"] * len(sheet.items), "?" if own.total_at is not None else ""
    crossed = np.array([sheet.crossed(item, entry) for item in range(len(sheet.items))], bool)
    known = np.where(crossed, np.nan, np.asarray(own.values, float))
    if own.kind == "share":
        whole = percents(known[None])[0]
        words = ["" if w != w else f"{w:.0f}" for w in whole.tolist()]
        name, total = f"{own.name} %", f"{np.nansum(whole):.0f}"
    else:
        total_value = np.array([np.nan if own.total is None else own.total])
        scale, signed = Scale.of(known, total_value), own.kind == "signed"
        words = [_figure(scale, value, signed) for value in known.tolist()]
        name, total = (
            f"{own.name} {scale.head(signs)}".rstrip(),
            _figure(scale, float(total_value[0]), signed),
        )
    return name, ["//" if c else word for c, word in zip(crossed, words)], total if sheet.totals else ""


def _sheet(sheet: Sheet, look: Look, cursor: Target | None) -> list[str]:
    written = [sheet_words(sheet, k) for k in range(len(sheet.entries))]
    rows = [
        [">" if item == sheet.chosen else "", name, *(words[item] for _name, words, _total in written)]
        for item, name in enumerate(sheet.items)
    ]
    if sheet.totals:
        rows.append(["", "Σ", *(total for _name, _words, total in written)])
    heads = ["", "", *(name for name, _words, _total in written)]
    lines = [f"{sheet.title}:"] if sheet.title else []
    lines += ["  " + line for line in table(look, heads, rows, "  " + "r" * len(written))]
    lines += [
        "  " + _("{name}: from {first} to {last}", name=entry.name, first=places[0], last=places[-1])
        for entry in sheet.entries
        if (places := [place for place in entry.places if place is not None])
    ]
    if (told := _at_cursor(sheet.entries, cursor)) is not None:
        lines.append("  " + _("at the cursor: {what}", what=f"{cursor} = {told}"))
    return [*lines, *(wrap("  " + sheet.note, max(40, look.width), "  ") if sheet.note else [])]


def _at_cursor(entries: tuple[Entry, ...], cursor: Target | None) -> str | None:
    """The number under the cursor in full, where it is one of these."""
    for entry in entries:
        if cursor is not None and cursor in entry.places and entry.values is not None:
            return full(float(entry.values[entry.places.index(cursor)]))
        if cursor is not None and cursor == entry.total_at and entry.total is not None:
            return full(entry.total)
    return None


WAYS = {"through": "", "leaves": "├─ ", "beside": "│  ", "joins": "+  "}
"""How a stop stands to what goes past it, in a text."""


def _flow(block: Flow, look: Look, cursor: Target | None) -> list[str]:
    lines = [f"{block.title}:"]
    known = [stop.lengths for stop in block.stops if stop.lengths is not None]
    scale = Scale.of(*known)
    told = {"leaves": _("beside it"), "beside": _("beside it"), "joins": _("added"), "through": ""}
    rows = []
    for k, stop in enumerate(block.stops):
        mark = ">" if stop.target == cursor or (cursor is None and k == block.chosen) else ""
        figures = ["?"] * len(block.heads)
        if stop.lengths is not None:
            figures = [scale.bare(value).removeprefix("+") for value in stop.lengths.tolist()]
        name = f"{stop.label} {told[stop.way]}".rstrip() if look.accessible else WAYS[stop.way] + stop.label
        rows.append([mark, name, stop.shape, *figures, stop.note, str(stop.target)])
    heads = ["", _("part"), _("shape"), *block.heads, "", _("opened by")]
    lines += ["  " + line for line in table(look, heads, rows, "  r" + "r" * len(block.heads))]
    lines.append("  " + f"{_('length of the vector at each position')} {scale.head()}".rstrip())
    return [*lines, *(wrap("  " + block.note, max(40, look.width), "  ") if block.note else [])]


# -- charts -------------------------------------------------------------------------------------------


def _histogram(block: Histogram, look: Look, _cursor: Target | None) -> list[str]:
    scale = Scale.of(block.edges)
    heads = [_("from"), _("to"), *(name for name, _counts in block.counts)]
    rows = [
        [scale.bare(float(low)), scale.bare(float(high)), *(str(int(c[k])) for _name, c in block.counts)]
        for k, (low, high) in enumerate(zip(block.edges, block.edges[1:]))
    ]
    lines = [f"{block.title} {scale.head()}".rstrip() + ":"]
    lines += ["  " + line for line in table(look, heads, rows, "r" * len(heads))]
    return [*lines, *(wrap("  " + block.note, max(40, look.width), "  ") if block.note else [])]


def _chart(block: Chart, look: Look, _cursor: Target | None) -> list[str]:
    lines = [f"{block.title}:"]
    for curve in block.curves:
        n = len(curve.xs)
        if not n or curve.thin:
            continue
        picked = np.unique(np.rint(np.linspace(0, n - 1, min(n, ROWS))).astype(int))
        pairs = ", ".join(f"{curve.xs[k]:g}: {curve.ys[k]:.4g}" for k in picked)
        lines += wrap(f"  {curve.name} ({block.x_name}): {pairs}", max(40, look.width), "    ")
        known = curve.ys[np.isfinite(curve.ys)]
        if known.size:
            low, high = f"{known.min():.4g}", f"{known.max():.4g}"
            lines.append("    " + _("from {low} to {high}", low=low, high=high))
    lines += [f"  {label}: {x:g}" for x, label in block.marks]
    return [*lines, *(wrap("  " + block.note, max(40, look.width), "  ") if block.note else [])]


def _points(block: Points, look: Look, _cursor: Target | None) -> list[str]:
    lines = [f"{block.title}:"]
    kinds = None if block.kinds is None else np.asarray(block.kinds)
    if kinds is not None and block.kind_names and len(block.xy):
        for k, name in enumerate(block.kind_names):
            own = block.xy[kinds == k]
            if len(own):
                x, y = (f"{mean:.3g}" for mean in own.mean(0))
                told = _("{name}: {n} points around {x}, {y}", name=name, n=len(own), x=x, y=y)
                lines.append("  " + told)
    elif len(block.xy) and not block.names:
        (left, low), (right, high) = block.xy.min(0), block.xy.max(0)
        ends = {"left": f"{left:.3g}", "right": f"{right:.3g}", "low": f"{low:.3g}", "high": f"{high:.3g}"}
        lines.append(
            "  " + _("{n} points, across {left} to {right}, up {low} to {high}", n=len(block.xy), **ends)
        )
    if block.names:
        for k, (name, (x, y)) in enumerate(zip(block.names, block.xy.tolist())):
            mark = ">" if k == block.chosen else " "
            lines.append(f" {mark} {name}: {x:.3g}, {y:.3g}")
    return [*lines, *(wrap("  " + block.note, max(40, look.width), "  ") if block.note else [])]


_WRITERS: dict[type, Callable[[Any, Look, Target | None], list[str]]] = {
    Grid: _grid,
    Wall: _wall,
    Table: _table,
    Sheet: _sheet,
    Flow: _flow,
    Lanes: lane_text.lines_of,
    Note: _note,
    Histogram: _histogram,
    Chart: _chart,
    Points: _points,
}

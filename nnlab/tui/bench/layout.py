"""Where the columns of the network picture stand, and in which form each is shown.

A column is a *graph* column (a chip for every unit), *tiles* (a shaded cell for every unit, a matrix of
units) or a *histogram* (too many for a cell each); an input that is a picture is an *image*, and a layer
with a view of its own shows that in small (*view*).  In a sequence every step has a line, the same in all
layers: the input is *words*, and layers are a *strip* of lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from nnlab.i18n import _
from nnlab.session import views
from nnlab.session.columns import Column
from nnlab.session.moment import Moment
from nnlab.session.scene import Grid, Strip, Wall
from nnlab.session.views import planes
from nnlab.tui.bench.small_views import WIDTHS, Small, small
from nnlab.tui.bench.step_lines import SMALL, STRIPS, TILE, answer_width, input_width, lines_of, width_of_line
from nnlab.tui.capabilities import FULL, Capabilities

HEAD = 2  # rows above the units: name and kind
FOOT = 1  # the caption
ANSWER = 20  # columns of the answer beside the last layer
GAPS = ((ANSWER, 9), (15, 7), (13, 6), (13, 4), (0, 4))
GAPS_OF_STEPS = ((ANSWER, 9), (ANSWER, 3), (15, 3), (13, 3), (0, 3))
"""Columns of the answer, and at least between two layers; where steps lie in lines, nothing is written
there."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A column's place: left edge, width, form, and rows per unit (chips)."""

    column: Column
    x: int
    width: int
    form: str
    pitch: int = 1
    lines: int = 1  # text rows of a chip
    boxed: bool = False
    top: int = HEAD
    side: int = 1  # tiles or pixels in a row, steps in a line
    view: Small | None = None

    def row(self, unit: int) -> int:
        """The middle row of a unit's chip."""
        return self.top + unit * self.pitch + (self.lines + 2 * self.boxed - 1) // 2

    def tile(self, unit: int) -> tuple[int, int]:
        """(row, column) of a tile or pixel."""
        return self.top + unit // self.side, self.x + unit % self.side * TILE

    @property
    def right(self) -> int:
        return self.x + self.width


@dataclass(frozen=True)
class Layout:
    slots: tuple[Slot, ...]
    before: int  # columns scrolled away on the left
    after: int  # and on the right
    answer: int  # x of the answer, -1 where it is not shown
    answer_width: int
    reason: str

    def slot(self, name: str) -> Slot | None:
        return next((s for s in self.slots if s.column.name == name), None)


def plan(
    moment: Moment, height: int, width: int, focus: str, caps: Capabilities = FULL, unit: int = -1
) -> Layout:
    """The columns around ``focus`` that fit into (height, width), and what stands beside the last.

    The cursor is in ``unit`` of ``focus``.
    """
    columns = moment.columns
    body = max(1, height - HEAD - FOOT)
    names = [column.name for column in columns]
    middle = names.index(focus) if focus in names else 0
    blocks = {
        column.name: overview(moment, column, unit if k == middle else -1) for k, column in enumerate(columns)
    }
    sketch = _Sketch(moment, body, blocks, caps)
    forms = [sketch.form(column) for column in columns]
    sequence = "strip" in forms
    if sequence:
        want, (answer, first, last) = _of_steps(sketch, forms, middle, width)
    else:
        want, (answer, first, last) = _of_views(sketch, forms, middle, width)
    shown_answer = answer if last == len(columns) - 1 else 0
    inner = width - 2 - shown_answer
    spare = inner - sum(want[first : last + 1])
    gaps = last - first
    gap = min(26, spare // gaps) if gaps else 0
    used = sum(want[first : last + 1]) + gap * gaps + shown_answer
    x = 1 + max(0, (width - 2 - used) // 2)
    slots = []
    for i in range(first, last + 1):
        slots.append(sketch.slot(columns[i], forms[i], x, want[i]))
        x += want[i] + gap
    after = len(columns) - 1 - last
    at = x - gap if shown_answer else -1
    reason = _reason(columns, forms, body, middle, blocks[columns[middle].name])
    return Layout(tuple(slots), first, after, at, shown_answer, reason)


def _of_steps(
    sketch: _Sketch, forms: list[str], middle: int, width: int
) -> tuple[list[int], tuple[int, int, int]]:
    """Widths of the columns, and which are shown: lines of steps as short as the answer needs."""
    columns = sketch.moment.columns
    needed = min(ANSWER, max(13, answer_width(sketch.moment)))
    for sketch.most in STRIPS:
        want = [sketch.width(column, form) for column, form in zip(columns, forms)]
        answer, first, last = _fitting(want, middle, width, GAPS_OF_STEPS)
        if answer >= needed and last - first == len(columns) - 1:
            break
    return want, (answer, first, last)


def _of_views(
    sketch: _Sketch, forms: list[str], middle: int, width: int
) -> tuple[list[int], tuple[int, int, int]]:
    """Widths of the columns, and which are shown: own views as narrow as makes more of them fit."""
    columns = sketch.moment.columns
    found: tuple[int, list[int], tuple[int, int, int]] | None = None
    for wide in WIDTHS if "view" in forms else WIDTHS[:1]:
        sketch.wide = wide
        if [sketch.form(column) for column in columns] != forms:
            break
        want = [sketch.width(column, form) for column, form in zip(columns, forms)]
        shown = _fitting(want, middle, width, GAPS)
        if found is None or shown[2] - shown[1] > found[2][2] - found[2][1]:
            found = wide, want, shown
    assert found is not None
    sketch.wide = found[0]
    return found[1:]


def _fitting(
    want: list[int], middle: int, width: int, ways: tuple[tuple[int, int], ...]
) -> tuple[int, int, int]:
    """Columns of the answer, and the first and the last layer that fit beside it."""
    for answer, least in ways:
        first, last = _window(want, middle, width - 2, answer, least)
        if last - first == len(want) - 1:
            return answer, first, last
    answer = 15 if width >= 60 else 0
    return answer, *_window(want, middle, width - 2, answer, 7)


def overview(moment: Moment, column: Column, unit: int = -1) -> Grid | Wall | Strip | None:
    """The layer's own view in small, ``unit`` chosen; of an input of several channels those."""
    if column.name == "input":
        colours = len(column.shape) == 3 and moment.image is None
        return planes.small(moment, "input") if colours else None
    at = views.first_at(moment, column)
    if unit >= 0:
        return views.overview_of(moment, column, at.at(moment.row, *column.index(unit)))
    found = views.overview_of(moment, column, at)
    return replace(found, chosen=-1) if isinstance(found, Wall) else found


@dataclass
class _Sketch:
    """What the places of the columns are worked out from: ``body`` rows, the overviews of the layers by name,
    and how wide a strip may be at ``most``, or a view (``wide``)."""

    moment: Moment
    body: int
    blocks: dict[str, Grid | Wall | Strip | None]
    caps: Capabilities
    most: int = SMALL
    wide: int = WIDTHS[0]
    views: dict[tuple[str, int], Small | None] = field(default_factory=dict)

    @property
    def lined(self) -> int:
        """Rows for steps: two less where a layer has its answer below them."""
        strips = (block for block in self.blocks.values() if isinstance(block, Strip))
        return self.body - (2 if any(strip.answer_places is not None for strip in strips) else 0)

    def small(self, column: Column) -> Small | None:
        """The fullest form of the layer's own view in the space of a column."""
        key = column.name, self.wide
        if key not in self.views:
            block = self.blocks[column.name]
            self.views[key] = None
            if isinstance(block, (Grid, Wall)):
                self.views[key] = small(block, self.body, self.wide, self.caps)
        return self.views[key]

    def form(self, column: Column) -> str:
        image, body = self.moment.image, self.body
        if self.small(column) is not None:
            return "view"
        if column.name == "input" and self.moment.steps is not None:
            return "words"
        if isinstance(self.blocks[column.name], Strip):
            return "strip"
        if column.name == "input" and image and (image[0] + 1) // 2 <= body:
            return "image"
        if column.units <= body:
            return "graph"
        if column.units <= body * 16:
            return "matrix"
        return "histogram"

    def width(self, column: Column, form: str) -> int:
        moment, body, image, block = self.moment, self.body, self.moment.image, self.blocks[column.name]
        if form == "image" and image:
            return image[1] * _zoom(image, body)
        if form == "matrix":
            return TILE * tile_side(column.units, body)
        if form == "histogram":
            return 14
        if form == "words" and moment.steps is not None:
            return input_width(moment.steps, self.lined)
        if form == "strip" and isinstance(block, Strip):
            return width_of_line(block.size[1], self.most)
        if form == "view" and (view := self.small(column)) is not None:
            return view.size.width
        names = moment.data.feature_names if column.name == "input" else ()
        room = 10 if _chip(column, body)[1] else 8
        if column.name == "input" and len(names) == column.units:
            room = 7 + min(10, max(len(name) for name in names) + 1)
        return room

    def slot(self, column: Column, form: str, x: int, width: int) -> Slot:
        moment, body, image, block = self.moment, self.body, self.moment.image, self.blocks[column.name]
        if form == "image" and image:
            zoom = _zoom(image, body)
            rows = image[0] if zoom == 2 else (image[0] + 1) // 2
            weights = zoom == 2 and 2 * rows + 2 <= body
            top = HEAD + max(0, (body - (2 * rows + 2 if weights else rows)) // 2)
            return Slot(column, x, width, form, 1, rows, top=top, side=image[1])
        if form == "matrix":
            side = tile_side(column.units, body)
            rows = -(-column.units // side)
            return Slot(column, x, width, form, top=HEAD + (body - rows) // 2, lines=rows, side=side)
        if form in ("words", "strip"):
            steps = len(moment.steps.names) if moment.steps is not None else 0
            lines, per = lines_of(block.size[0] if isinstance(block, Strip) else steps, self.lined)
            return Slot(column, x, width, form, top=HEAD + (self.lined - lines) // 2, lines=lines, side=per)
        if form == "histogram":
            return Slot(column, x, width, form, lines=min(body, 12), top=HEAD + max(0, (body - 12) // 2))
        if form == "view" and (view := self.small(column)) is not None:
            tall = view.size.height
            return Slot(column, x, width, form, lines=tall, top=HEAD + (body - tall) // 2, view=view)
        units = max(1, column.units)
        tall, boxed, lines = _chip(column, body)
        pitch = tall if units == 1 else min(tall + 2, max(tall, (body - tall) // (units - 1)))
        used = pitch * (units - 1) + tall
        return Slot(column, x, width, form, pitch, lines, boxed, HEAD + max(0, (body - used) // 2))


def tile_side(units: int, body: int) -> int:
    """Tiles in a row: no higher than the body, about as wide as high."""
    side = 1
    while -(-units // side) > min(body, 16) or (side < 4 and units > 8 * side):
        side += 1
    return side


def _zoom(image: tuple[int, int], body: int) -> int:
    """Columns of cells for a pixel: 2 where a pixel gets a row of its own and there is room for weights."""
    return 2 if image[0] <= body and image[1] <= 16 else 1


def _window(want: list[int], middle: int, width: int, answer: int, least: int) -> tuple[int, int]:
    """First and last column that fit, ``middle`` among them; the answer comes with the last one."""

    def fits(first: int, last: int) -> bool:
        extra = answer if last == len(want) - 1 else 0
        return sum(want[first : last + 1]) + least * (last - first) + extra <= width

    first = last = middle
    grown = True
    while grown:
        grown = False
        if first > 0 and fits(first - 1, last):
            first, grown = first - 1, True
        if last < len(want) - 1 and fits(first, last + 1):
            last, grown = last + 1, True
    return first, last


def _chip(column: Column, body: int) -> tuple[int, bool, int]:
    """Rows of a unit's chip, whether it has a frame, and its text rows."""
    two, units = (2 if column.has_pre else 1), column.units
    if units * (two + 2) <= body:
        return two + 2, True, two
    if units * (two + 1) - 1 <= body or (two == 2 and units * two <= body - 2):
        return two, False, two
    return 1, False, 1


def _reason(
    columns: tuple[Column, ...],
    forms: list[str],
    body: int,
    focus: int,
    block: Grid | Wall | Strip | None,
) -> str:
    """Which of the pictures is showing, and why: where layers have their own, that of the cursor's layer."""
    if "words" in forms or "strip" in forms:
        return _("steps: time runs down, a line is a step in every layer")
    if "view" in forms:
        forms, columns = forms[focus : focus + 1], columns[focus : focus + 1]
    if forms == ["view"] and isinstance(block, Wall):
        size, n = "×".join(map(str, columns[0].shape[:-1])), len(block.grids)
        return _("{n} pictures of {size}, a shade for each number; x: in detail", n=n, size=size)
    if forms == ["view"]:
        return _("a shade for each of {n} numbers; x: in detail", n=columns[0].units)
    most = max(column.units for column in columns)
    if "histogram" in forms:
        large = max(c.units for c, f in zip(columns, forms) if f == "histogram")
        return _("histogram: {n} units are more than there are cells", n=large)
    if "matrix" in forms:
        large = max(c.units for c, f in zip(columns, forms) if f == "matrix")
        return _("matrix: {n} units are more than the {rows} rows; one shade each", n=large, rows=body)
    if "image" in forms:
        return _("graph: the input as its picture")
    return _("graph: at most {n} units in a layer", n=most)

"""What a view shows, before anybody has drawn it: blocks of numbers, each number with its address.

The app draws a :class:`Scene` in cells (:mod:`nnlab.tui.bench.blocks`), the plain form writes it as lines
(:mod:`nnlab.session.scene_text`); both print the same figures, so a view is written once.  A scene holds
what was read off a run and computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol, TypeAlias

import numpy as np

from nnlab.engine.address import Address
from nnlab.session.look import to_ascii

Array: TypeAlias = "np.ndarray[Any, Any]"


@dataclass(frozen=True, slots=True)
class Deed:
    """A place of a scene that does something: Enter on it performs the action ``line``.

    ``at`` is the number that a view turns to while the cursor stands there; ``name`` is what the place is
    called in words, where the action is no name for it.  ``keys`` are actions of other keys there, by the
    names of the keys (``raise``, ``lower``, ``remove``), and as ``write`` what Enter puts into the action
    line instead.  A place that has ``up``, ``down``, ``left`` and ``right`` is taken along by the arrows
    after Enter, until Enter or escape lets go.
    """

    line: str
    at: Address | None = None
    name: str = field(default="", compare=False)
    keys: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def moves(self) -> bool:
        """Whether the arrows can take it along."""
        return "up" in self.keys

    def __str__(self) -> str:
        return self.name or self.line


Target: TypeAlias = Address | Deed
"""What the cursor finds in a scene: a number, or something to do."""

# -- where the numbers of a grid stand ----------------------------------------------------------------


class Places(Protocol):
    """Which number stands in which cell of a grid, and the other way round."""

    def at(self, row: int, column: int) -> Target | None: ...

    def find(self, address: Target) -> tuple[int, int] | None: ...


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of a value that goes along the rows or the columns of a grid: index = start + step · cell."""

    along: str  # "rows" or "columns"
    start: int = 0
    step: int = 1


ROWS, COLUMNS = Axis("rows"), Axis("columns")


@dataclass(frozen=True, slots=True)
class Lattice:
    """``index`` has an :class:`Axis` where the value's index goes along with the grid, else a number.

    ``shape`` is that of the value: cells that fall outside it, such as those of padding, have no address.
    """

    value: str
    index: tuple[int | Axis, ...]
    shape: tuple[int, ...]
    part: str = ""

    def at(self, row: int, column: int) -> Address | None:
        index = tuple(
            i if isinstance(i, int) else i.start + i.step * (row if i.along == "rows" else column)
            for i in self.index
        )
        if all(0 <= i < n for i, n in zip(index, self.shape)):
            return Address(self.value, index, self.part)
        return None

    def find(self, address: Target) -> tuple[int, int] | None:
        if isinstance(address, Deed) or (address.value, address.part) != (self.value, self.part):
            return None
        if len(address.index) != len(self.index):
            return None
        cell = {"rows": 0, "columns": 0}
        for given, axis in zip(address.index, self.index):
            if isinstance(axis, int):
                if given != axis:
                    return None
                continue
            cell[axis.along], rest = divmod(given - axis.start, axis.step)
            if rest:
                return None
        return (cell["rows"], cell["columns"]) if min(cell.values()) >= 0 else None


@dataclass(frozen=True, slots=True)
class Folded:
    """A flat value shown as a grid of ``width`` columns, as a row of 64 pixels is shown as 8x8.

    ``head`` are the indices in front of the flat one, ``size`` how many numbers there are; number ``n`` of
    the grid has the index ``start + step · n``.
    """

    value: str
    width: int
    size: int
    head: tuple[int, ...] = ()
    part: str = ""
    start: int = 0
    step: int = 1

    def at(self, row: int, column: int) -> Address | None:
        flat = row * self.width + column
        if not 0 <= flat < self.size:
            return None
        return Address(self.value, (*self.head, self.start + self.step * flat), self.part)

    def find(self, address: Target) -> tuple[int, int] | None:
        if isinstance(address, Deed):
            return None
        if (address.value, address.part, address.index[:-1]) != (self.value, self.part, self.head):
            return None
        flat, rest = divmod(address.index[-1] - self.start, self.step)
        return divmod(flat, self.width) if not rest and 0 <= flat < self.size else None


@dataclass(frozen=True, slots=True)
class Listed:
    """Targets cell by cell, for grids put together from several values."""

    cells: tuple[tuple[Target | None, ...], ...]

    def at(self, row: int, column: int) -> Target | None:
        if 0 <= row < len(self.cells) and 0 <= column < len(self.cells[row]):
            return self.cells[row][column]
        return None

    def find(self, address: Target) -> tuple[int, int] | None:
        for r, line in enumerate(self.cells):
            if address in line:
                return r, line.index(address)
        return None


# -- blocks -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle of a grid's cells that is framed, such as the window of a convolution."""

    row: int
    column: int
    height: int
    width: int


@dataclass(frozen=True, eq=False)
class Grid:
    """A matrix (rows, columns): numbers where there is room, else shades.

    ``values`` is None where nothing is known yet (``size`` says how large it will be) and NaN in cells that
    have no number.  ``kind`` is ``signed`` (blue below zero, orange above), ``unsigned`` (grey: pixels,
    probabilities as shades) or ``share`` (percent, whole numbers that add up to 100 in a row).  ``limit`` is
    the number of full strength; None: the largest.  ``marks`` are masks (rows, columns) by name:
    ``masked`` (not looked at), ``padding``, ``winner``, ``path`` (what the cursor's number was made from),
    ``later`` (not reached yet).  ``least`` is the least the grid may be shrunk to: ``numbers``, ``tiles``
    (a shade for each), ``pixels``.  Where only shades are shown, the number under the cursor is told below.
    ``words`` (rows, columns) are written in place of the numbers, whose shades they stand on.
    """

    title: str
    values: Array | None
    places: Places | None = None
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    kind: str = "signed"
    limit: float | None = None
    size: tuple[int, int] = (0, 0)
    marks: Mapping[str, Array] = field(default_factory=dict)
    frames: tuple[Frame, ...] = ()
    note: str = ""
    most: str = "numbers"
    least: str = "pixels"
    words: tuple[tuple[str, ...], ...] = ()

    @property
    def shape(self) -> tuple[int, int]:
        return self.size if self.values is None else (self.values.shape[0], self.values.shape[1])


@dataclass(frozen=True)
class Wall:
    """Grids of one shape as small pictures side by side, ``chosen`` framed.

    ``picks[k]`` is the number the cursor goes to when picture ``k`` is chosen.  Without ``names`` pictures
    stand closer, for the small picture of a layer.
    """

    title: str
    grids: tuple[Grid, ...]
    chosen: int = -1
    picks: tuple[Target | None, ...] = ()
    note: str = ""
    names: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: label, number, where it stands, what is said of it.

    ``leads``: the number was made for this row, and ``at`` is the place it was made from.

    ``role`` is ``plain``, ``total`` (below a rule), ``chosen`` or ``faint``.  ``share`` is the length of the
    bar where that is not the number itself.  ``curve`` is a row of numbers drawn as one small line.
    """

    label: str
    value: float | None = None
    at: Target | None = None
    note: str = ""
    role: str = "plain"
    share: float | None = None
    curve: tuple[float, ...] = ()
    leads: bool = False

    @property
    def speaks(self) -> bool:
        """Whether the line has no number, known or unknown: it only says, or does, something."""
        return self.value is None and not isinstance(self.at, Address)


@dataclass(frozen=True)
class Table:
    """Labelled numbers below each other.  ``bars``: none, ``signed`` from a middle line, or ``share`` of
    ``limit`` (1 for probabilities).  ``digits`` of each number are shown."""

    title: str
    lines: tuple[Line, ...]
    bars: str = ""
    limit: float | None = None
    digits: int = 5


@dataclass(frozen=True)
class Lane:
    """A row over the steps of a sequence: ``values`` (steps,), None where nothing is known yet, NaN where a
    step has no number.

    ``kind`` is ``gate`` (0…1, a bar), ``signed``, or ``powers`` (over many powers of ten, such as gradients:
    two digits each, shades by the power).  ``limit`` is the number of full strength; None: the largest.
    ``leads``: the numbers were made from what stands at ``places``.
    """

    name: str
    values: Array | None
    places: tuple[Target | None, ...] = ()
    kind: str = "signed"
    limit: float | None = None
    leads: bool = False


@dataclass(frozen=True)
class Lanes:
    """Rows over the steps of a sequence, time to the right: numbers where there is room for all steps, else
    a shade for each and the number of the ``chosen`` step at the end.

    ``heads`` say what stands at each step.  ``marks`` are masks (steps,) by name: ``padding``, ``cut`` (no
    gradient goes from here to the step on the left, or on the right where ``leftward`` is read) and ``wall``
    (hardly any does).
    """

    title: str
    heads: tuple[str, ...]
    lanes: tuple[Lane, ...]
    chosen: int = 0
    marks: Mapping[str, Array] = field(default_factory=dict)
    leftward: bool = False
    note: str = ""


@dataclass(frozen=True)
class Stop:
    """A part of a layer in a :class:`Flow`: what it does, and how long the vectors (positions,) are that it
    answers; None while they are not known.

    ``way`` is how it stands to what goes past it: ``through`` (all goes through it), ``leaves`` (the first
    beside it), ``beside``, or ``joins`` (what went past is added).
    """

    label: str
    shape: str
    lengths: Array | None
    target: Target
    way: str = "through"
    note: str = ""


@dataclass(frozen=True)
class Flow:
    """The parts of a layer below each other, in the order in which numbers go through them.

    ``heads`` say what stands at each position; a length is drawn as a bar, full at the longest of all.
    """

    title: str
    stops: tuple[Stop, ...]
    heads: tuple[str, ...]
    chosen: int = -1
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One stage of a :class:`Sheet`: a number for every item.

    ``values`` (items,) is None while nothing is known, NaN where an item has no number.  ``places`` says
    where the numbers stand, ``total`` what they come to, which stands at ``total_at``.  ``kind`` is as for a
    :class:`Grid`; shares are written as whole percent.
    """

    name: str
    values: Array | None
    places: tuple[Target | None, ...] = ()
    total: float | None = None
    total_at: Target | None = None
    kind: str = "signed"

    def place(self, item: int) -> Target | None:
        return self.places[item] if item < len(self.places) else None


@dataclass(frozen=True)
class Sheet:
    """Items followed from stage to stage, such as the keys of a query from score to weight.

    Drawn with the items across or down, as there is room.  ``hidden`` (items,) are crossed out from the
    entry number ``hidden_from`` on.  Where not all items fit, the strongest of the last shares are shown.
    """

    title: str
    items: tuple[str, ...]
    entries: tuple[Entry, ...]
    chosen: int = -1
    hidden: Array | None = None
    hidden_from: int = 0
    note: str = ""

    def crossed(self, item: int, entry: int) -> bool:
        return self.hidden is not None and bool(self.hidden[item]) and entry >= self.hidden_from

    @property
    def totals(self) -> bool:
        return any(entry.total is not None or entry.total_at is not None for entry in self.entries)


@dataclass(frozen=True)
class Histogram:
    """How numbers are spread: counts (bins,) of one or more sets over common ``edges`` (bins + 1,)."""

    title: str
    edges: Array
    counts: tuple[tuple[str, Array], ...]
    note: str = ""


@dataclass(frozen=True)
class Curve:
    """One line of a chart, (n,) each.

    Lines of one ``kind`` have its colour, others one of their own; a ``thin`` one stays behind the others and
    has no name beside it.
    """

    name: str
    ys: Array
    xs: Array
    kind: int | None = None
    thin: bool = False


@dataclass(frozen=True)
class Chart:
    """Curves over a common axis, which upright goes over ``y_range``, or as far as they do; ``marks`` are (x,
    label)."""

    title: str
    curves: tuple[Curve, ...]
    x_name: str = ""
    marks: tuple[tuple[float, str], ...] = ()
    note: str = ""
    y_range: tuple[float, float] | None = None


@dataclass(frozen=True)
class Points:
    """Points (n, 2) on a plane, x to the right and y upwards.

    ``kinds`` (n,) chooses sign and colour, named in ``kind_names``; ``names`` are short labels drawn instead
    of signs; ``places`` what the cursor finds on each.  ``ground`` (rows, columns), first row at the top, is
    shaded below.  ``arrows`` (m, 4) go from x, y by dx, dy; ``edges`` (m, 2) join points.  ``field`` is the
    action that the mouse performs wherever it is pressed or dragged, with ``{x}`` and ``{y}`` in it.
    """

    title: str
    xy: Array
    kinds: Array | None = None
    kind_names: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[Target | None, ...] = ()
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    ground: Array | None = None
    arrows: Array | None = None
    edges: Array | None = None
    chosen: int = -1
    note: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or a formula.  ``role``: ``muted``, ``text``, ``formula``, ``good``, ``bad``."""

    text: str
    role: str = "muted"


@dataclass(frozen=True)
class Beside:
    """Blocks in one row with signs between them, as in x × W = product."""

    blocks: tuple[Block, ...]
    joints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strip:
    """A layer in the picture of a network that reads sequences: its steps below each other, in the lines of
    the steps of its neighbours, (steps, units).

    ``places`` says where the numbers stand.  ``answer`` (units,) is a line of its own below, for a layer that
    hands on less than its steps.
    """

    values: Array | None
    size: tuple[int, int]
    places: Places | None = None
    limit: float | None = None
    answer: Array | None = None
    answer_places: Places | None = None


Block: TypeAlias = "Grid | Wall | Table | Sheet | Flow | Lanes | Histogram | Chart | Points | Note | Beside"


@dataclass(frozen=True)
class Scene:
    """A whole view: its title, the rule it shows, and blocks in reading order, the most important first.

    ``home`` is the number the cursor begins on.  ``editable`` names parameters that are changed here by the
    keys that raise and lower.
    """

    title: str
    blocks: tuple[Block, ...]
    rule: str = ""
    home: Target | None = None
    editable: tuple[str, ...] = ()


SPELLED = (
    Scene,
    Sheet,
    Entry,
    Flow,
    Stop,
    Grid,
    Wall,
    Table,
    Line,
    Lanes,
    Lane,
    Histogram,
    Chart,
    Curve,
    Points,
    Note,
    Beside,
)
"""What has words in it."""


def flat(blocks: tuple[Block, ...]) -> list[Block]:
    """The blocks without :class:`Beside` around them."""
    found: list[Block] = []
    for block in blocks:
        found += flat(block.blocks) if isinstance(block, Beside) else [block]
    return found


def in_ascii(part: Any) -> Any:
    """A scene, or a part of one, in 7-bit signs; addresses and what is chosen by name stay."""
    if isinstance(part, str):
        return to_ascii(part)
    if isinstance(part, tuple):
        return tuple(in_ascii(each) for each in part)
    if not isinstance(part, SPELLED):
        return part
    kept = {
        "kind",
        "role",
        "bars",
        "most",
        "least",
        "places",
        "picks",
        "at",
        "home",
        "marks",
        "total_at",
        "way",
        "target",
        "editable",
        "field",
    }
    changed = {f.name: in_ascii(getattr(part, f.name)) for f in fields(part) if f.name not in kept}
    return replace(part, **changed)


def percents(values: Array) -> Array:
    """Shares (rows, columns) in whole percent that add up to what the row adds up to (100 for a
    distribution): the largest remainders are rounded up (Hamilton's method).  NaN stays NaN."""
    exact = 100 * np.asarray(values, float)
    found = np.floor(exact + 1e-9)
    for row, (line, whole) in enumerate(zip(exact, found)):
        known = np.isfinite(line)
        lacking = round(float(line[known].sum() - whole[known].sum()))
        if lacking > 0:
            rest = np.where(known, line - whole, -1.0)
            found[row, np.argsort(-rest, kind="stable")[:lacking]] += 1
    return found

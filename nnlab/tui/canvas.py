"""The widget that shows a picture made of cells.

``canvas.commit(cells)`` replaces the picture; only what differs reaches the terminal when the app has
:class:`nnlab.tui.output.OutputModel`.  A bare canvas (no border, padding or opacity; put those on a
container) skips Textual's per-line styling altogether.  Importing this module loads no NumPy: the
encoder comes with the first picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from rich.console import Console
from rich.segment import Segment
from textual import events
from textual.cache import FIFOCache
from textual.geometry import Region
from textual.strip import Strip
from textual.theme import Theme
from textual.widget import Widget

from nnlab.tui.capabilities import Capabilities, detect
from nnlab.tui.themes import canvas_colors

if TYPE_CHECKING:
    from textual.app import App

    from nnlab.tui.encoder import Cells, Frame, Run
    from nnlab.tui.palette import Palette


def preload() -> None:
    """Load NumPy and the drawing code; call from a worker thread after the first paint."""
    import nnlab.tui.curves
    import nnlab.tui.encoder
    import nnlab.tui.pictures  # noqa: F401


@lru_cache(maxsize=1)
def _detected() -> Capabilities:
    return detect()


def capabilities_of(app: App[object]) -> Capabilities:
    """What the app's terminal can do: the app's own answer, or the environment's."""
    own = getattr(app, "capabilities", None)
    return own if isinstance(own, Capabilities) else _detected()


class CellStrip(Strip):
    """Columns ``x0`` to ``x0 + cell_length`` of row ``y`` of a frame.

    Textual crops and divides it in O(1); segments exist only when a screenshot or a filter asks.
    """

    __slots__ = ("_made", "frame", "x0", "y")

    def __init__(self, frame: Frame, y: int, x0: int, x1: int) -> None:
        # The base initialiser is skipped: its eight caches cost more than drawing the row does.
        self.frame = frame
        self.y = y
        self.x0 = x0
        self._cell_length = x1 - x0
        self._made: list[Segment] | None = None
        self._render_cache = None
        self._cell_count = None
        self._link_ids = None

    def __getattr__(self, name: str) -> object:
        if name.endswith("_cache"):  # a slot not filled yet
            cache: FIFOCache[object, object] = FIFOCache(4)
            setattr(self, name, cache)
            return cache
        raise AttributeError(name)

    @property
    def _segments(self) -> list[Segment]:  # type: ignore[override]
        if self._made is None:
            from nnlab.tui.glyphs import character

            style = self.frame.palette.style
            segments: list[Segment] = []
            text: list[str] = []
            last: tuple[int, int] | None = None
            for g, f, b in self.cells().tolist():
                if (f, b) != last:
                    if last is not None:
                        segments.append(Segment("".join(text), style(*last)))
                    text, last = [], (f, b)
                text.append(character(g))
            if last is not None:
                segments.append(Segment("".join(text), style(*last)))
            self._made = segments
        return self._made

    @property
    def whole(self) -> bool:
        """Whether this is the full row of its frame."""
        return self.x0 == 0 and self._cell_length == self.frame.width

    def cells(self) -> Cells:
        """(cell_length, 3)"""
        from nnlab.tui.encoder import crop_row

        return crop_row(self.frame.cells[self.y], self.x0, self.x0 + (self._cell_length or 0))

    def _part(self, start: int, end: int) -> CellStrip:
        return CellStrip(self.frame, self.y, self.x0 + start, self.x0 + end)

    def crop(self, start: int, end: int | None = None) -> Strip:
        length = self._cell_length or 0
        start = max(0, start)
        end = length if end is None else min(end, length)
        return self if (start, end) == (0, length) else self._part(start, max(start, end))

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        length = self._cell_length or 0
        inside = [cut for cut in cuts if cut <= length]
        if inside == [length]:
            return (self,)
        parts: list[Strip] = []
        at = 0
        for cut in inside:
            parts.append(self._part(at, cut))
            at = cut
        return parts

    def render(self, console: Console) -> str:
        if self.whole:
            return self.frame.row(self.y)
        return self.frame.part(self.y, self.x0, self.x0 + (self._cell_length or 0))

    def changes_from(self, old: CellStrip) -> Sequence[Run] | None:
        """[(x, text)] that turn ``old``, on screen in the same place, into this; None: draw it whole."""
        frame = self.frame
        if old.y == self.y and old.x0 == self.x0:
            if old.frame is frame:
                return ()
            if old.frame is frame.previous and self.whole:
                return frame.runs().get(self.y, ())
        before, now = old.cells(), self.cells()
        if before.shape != now.shape or old.frame.palette is not frame.palette:
            return None
        from nnlab.tui.encoder import changed_runs

        return changed_runs(before[None], now[None], frame.palette).get(0, ())


class CellCanvas(Widget):
    """A picture. Commit cells from outside, or subclass and give :meth:`picture`."""

    ALLOW_SELECT: ClassVar[bool] = False
    DEFAULT_CSS = """
    CellCanvas { width: 1fr; height: 1fr; }
    """

    _frame: Frame | None = None
    _source: Cells | None = None
    _palette: Palette | None = None

    def picture(self, width: int, height: int) -> Cells | None:
        """The picture at this size; None: nothing to show yet. Called by :meth:`redraw`, on resize too."""
        return None

    def redraw(self) -> bool:
        """Draw :meth:`picture` afresh and commit it; whether there was one."""
        width, height = self.size
        cells = self.picture(width, height) if width and height else None
        if cells is not None:
            self.commit(cells)
        return cells is not None

    def commit(self, cells: Cells) -> None:
        """Show ``cells`` (height, width, 3) at the next paint. The canvas owns the array from now on."""
        from nnlab.tui.encoder import Frame

        self._source = cells
        self._frame = Frame(cells, self.palette, self._frame)
        self.refresh()

    @property
    def cells(self) -> Cells | None:
        """The picture as committed."""
        return self._source

    @property
    def capabilities(self) -> Capabilities:
        return capabilities_of(self.app)

    @property
    def palette(self) -> Palette:
        """Colours of the app's theme at its terminal's depth."""
        if self._palette is None:
            from nnlab.tui.palette import palette

            self._palette = palette(canvas_colors(self.app.current_theme), self.capabilities.color)
        return self._palette

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._theme_changed)

    def _theme_changed(self, theme: Theme) -> None:
        self.colors_changed()

    def colors_changed(self) -> None:
        """The theme or the number of colours is another: same picture, new colours."""
        self._palette = None
        if not self.redraw() and self._source is not None:
            self.commit(self._source)

    def on_resize(self, event: events.Resize) -> None:
        self.redraw()

    @property
    def _bare(self) -> bool:
        gutter = self.gutter
        return not (gutter.width or gutter.height or self.styles.has_rule("tint")) and self.opacity == 1.0

    def render_lines(self, crop: Region) -> list[Strip]:
        if self._frame is None or not self._bare:
            return super().render_lines(crop)
        frame = self._sized_frame(*self.size)
        x0, x1 = crop.column_span
        if crop.bottom > frame.height or x1 > frame.width:
            return super().render_lines(crop)
        return [CellStrip(frame, y, x0, x1) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """The dressed path (border, padding, opacity): Textual styles what this returns."""
        width, height = self.size
        if self._frame is None or y >= height:
            return Strip.blank(width, self.rich_style)
        frame = self._sized_frame(width, height)
        return CellStrip(frame, y, 0, width)

    def _sized_frame(self, width: int, height: int) -> Frame:
        """The frame at the widget's size: after a resize the old picture is cut or padded until redrawn."""
        from nnlab.tui.encoder import Frame, fit

        frame = self._frame
        assert frame is not None
        if (frame.height, frame.width) != (height, width) and self._source is not None:
            frame = self._frame = Frame(fit(self._source, height, width), self.palette, frame)
        return frame

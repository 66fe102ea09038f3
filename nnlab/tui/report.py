"""Report charts by plotext: finished things, drawn once and not on the frame path.

plotext (0.2 s to import) is loaded with the first chart, through its public face only.  A chart is a
list of lines with colour codes; :func:`strips` makes them Textual's, :func:`plain` makes them text.
Live curves are :mod:`nnlab.tui.curves`: a plotext redraw costs 20 ms and more.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from nnlab.tui import ticks
from nnlab.tui.canvas import capabilities_of
from nnlab.tui.capabilities import FULL, Capabilities, ColorDepth
from nnlab.tui.palette import CATEGORY, Palette, palette
from nnlab.tui.themes import canvas_colors
from nnlab.width import columns, cut

Array = NDArray[np.floating]
RGB = tuple[int, int, int]

_lock = threading.Lock()  # plotext draws on one figure for the whole process
_TO_ASCII = str.maketrans("─│┌┐└┘├┤┬┴┼█▀▄▌▐", "-|+++++++++#####")
_SGR = re.compile(r"\x1b\[([0-9;]*)m")


def _figure(width: int, height: int, title: str, x_name: str) -> tuple[Any, Any]:
    """plotext and its emptied figure at this size."""
    import plotext

    plotext.terminal.limit(False, False)  # else clamped to the size of the real terminal
    figure = plotext.figure
    figure.clear.data()
    figure.clear.settings()
    figure.clear.pixels()
    figure.theme("colorless")
    figure.canvas("default")  # else painted white
    figure.plot_size(width, height)
    if title:
        figure.title(title)
    if x_name:
        figure.label(x_name, 0)
    return plotext, figure


def _axis(figure: Any, axis: int, low: float, high: float, most: int) -> None:
    """Round numbers on an axis; plotext's own are cut into equal parts."""
    positions = ticks.ticks(low, high, most)
    step = ticks.nice_step(high - low, most)
    if len(positions) < 2:  # no two round numbers in sight: what the ends are
        positions, step = [low, high], ticks.nice_step(high - low, 15)
    ruler = figure.ruler(axis)
    ruler.lim(low, high)
    ruler.ticks(positions, ticks.labels(positions, step))


def _lines(figure: Any, caps: Capabilities) -> list[str]:
    text = str(figure.build().string())
    lines = text.rstrip("\n").split("\n")
    return lines if caps.unicode else [line.translate(_TO_ASCII) for line in lines]


def histogram(
    values: Array,
    width: int,
    height: int,
    *,
    bins: int = 30,
    title: str = "",
    x_name: str = "",
    color: RGB | None = None,
    caps: Capabilities = FULL,
) -> list[str]:
    """How ``values`` (any shape) are spread; numbers that are not finite are left out."""
    flat = np.asarray(values, float).ravel()
    flat = flat[np.isfinite(flat)]
    counts, edges = np.histogram(flat if len(flat) else np.zeros(1), bins=bins)
    if not len(flat):
        counts = np.zeros_like(counts)
    with _lock:
        plt, figure = _figure(width, height, title, x_name)
        marker = plt.marker("full", plt.pixel(color) if color else None)
        centres = ((edges[:-1] + edges[1:]) / 2).tolist()
        figure.draw(figure.bar(centres, counts.tolist(), marker=marker, width=1))
        _axis(figure, 0, float(edges[0]), float(edges[-1]), max(2, width // 12))
        _axis(figure, 1, 0.0, float(max(1, counts.max(initial=0))), max(2, height // 4))
        return _lines(figure, caps)


def comparison(
    runs: Mapping[str, tuple[Array, Array]],
    width: int,
    height: int,
    *,
    title: str = "",
    x_name: str = "",
    colors: Sequence[RGB] = (),
    caps: Capabilities = FULL,
) -> list[str]:
    """Finished runs over each other: name to (x, y), each (n,); long ones are thinned to their extremes.

    The first line is the title with the names.
    """
    kept = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in runs.items()}
    kept = {name: (x[np.isfinite(y)], y[np.isfinite(y)]) for name, (x, y) in kept.items()}
    kept = {name: xy for name, xy in kept.items() if len(xy[0])}
    marks = [_mark(i, caps) for i in range(len(kept))]
    inks = [colors[i % len(colors)] if colors else None for i in range(len(kept))]
    with _lock:
        plt, figure = _figure(width, height - 1, "", x_name)
        for (x, y), mark, ink in zip(kept.values(), marks, inks):
            at = extremes(y, 2 * width)
            marker = plt.marker(mark, plt.pixel(ink) if ink else None)
            signal = figure.signal(x[at].tolist(), y[at].tolist(), marker=marker)
            signal.lines()
            figure.draw(signal)
        if kept:
            low_x = min(float(x.min()) for x, _ in kept.values())
            high_x = max(float(x.max()) for x, _ in kept.values())
            low_y = min(float(y.min()) for _, y in kept.values())
            high_y = max(float(y.max()) for _, y in kept.values())
            _axis(figure, 0, low_x, high_x if high_x > low_x else low_x + 1, max(2, width // 12))
            _axis(figure, 1, low_y, high_y if high_y > low_y else low_y + 1, max(2, height // 4))
        return [_legend(title, list(zip(kept, marks, inks)), width, caps), *_lines(figure, caps)]


def _mark(place: int, caps: Capabilities) -> str:
    """How plotext draws a run: fine where colours tell runs apart, else in a sign of its own."""
    fine = caps.unicode and (caps.color is not ColorDepth.NONE or place == 0)
    return "braille" if fine else "*+o#x@%="[place % 8]


def _legend(title: str, runs: list[tuple[str, str, RGB | None]], width: int, caps: Capabilities) -> str:
    """The title, and the runs in their ink on the right: plotext's own legend would cover the curves.

    Runs that do not fit are left out, the last ones first.
    """
    names = [(f"{'⠒⠒' if mark == 'braille' else 2 * mark} {name}", ink) for name, mark, ink in runs]
    while names and columns(title) + sum(columns(name) + 2 for name, _ink in names) > width:
        names.pop()
    blanks = width - columns(title) - sum(columns(name) + 2 for name, _ink in names)
    shown = [f"\x1b[38;2;{ink[0]};{ink[1]};{ink[2]}m{name}\x1b[0m" if ink else name for name, ink in names]
    return cut(title, width) + " " * max(0, blanks) + "".join(f"  {name}" for name in shown)


def confusion(matrix: NDArray[np.integer], labels: Sequence[str], caps: Capabilities = FULL) -> list[str]:
    """Counts (true, predicted) as text lines. Not by plotext: its matrix prints shares without counts."""
    from nnlab.tui import pictures
    from nnlab.tui.cells import rows_of

    widest = max([len(str(int(n))) for n in matrix.ravel()] + [len(name) for name in labels], default=1)
    return [row.rstrip() for row in rows_of(pictures.confusion(matrix, list(labels), widest + 2, caps))]


def extremes(values: Array, columns: int) -> NDArray[np.intp]:
    """Indices of at most about ``columns`` points of ``values`` (n,) that keep every peak."""
    n = len(values)
    block = 2 * -(-n // columns)
    if block <= 2:
        return np.arange(n)
    whole = n // block * block
    parts = values[:whole].reshape(-1, block)
    picked = np.stack((parts.argmin(axis=1), parts.argmax(axis=1)), axis=1)
    picked.sort(axis=1)
    picked += np.arange(len(parts))[:, None] * block
    return np.unique(np.concatenate((picked.ravel(), np.arange(whole, n))))


def plain(lines: Sequence[str]) -> list[str]:
    """The chart without colour codes."""
    return [_SGR.sub("", line).rstrip() for line in lines]


def strips(lines: Sequence[str], width: int) -> list[Strip]:
    """The chart as Textual strips of ``width`` columns."""
    out = []
    style = Style.null()
    for line in lines:
        segments = []
        parts = _SGR.split(line)  # text, codes, text, codes, ... text
        for i, part in enumerate(parts):
            if i % 2:
                style = _sgr(style, part)
            elif part:
                segments.append(Segment(part, style))
        out.append(Strip(segments).adjust_cell_length(width))
    return out


@lru_cache(maxsize=1024)
def _sgr(style: Style, codes: str) -> Style:
    """``style`` after an SGR sequence; of what plotext writes: reset, weight, and the three colour forms."""
    numbers = iter([int(code or 0) for code in codes.split(";")])
    for code in numbers:
        if code == 0:
            style = Style.null()
        elif code in (1, 2, 3, 4):
            style += Style(bold=code == 1, dim=code == 2, italic=code == 3, underline=code == 4)
        elif code in (38, 48):
            if next(numbers, 5) == 5:
                color = Color.from_ansi(next(numbers, 0))
            else:
                color = Color.from_rgb(next(numbers, 0), next(numbers, 0), next(numbers, 0))
            style += Style(color=color) if code == 38 else Style(bgcolor=color)
        elif 30 <= code % 60 <= 37:
            style += Style(color=Color.from_ansi(code - 30 if code < 90 else code - 82))
    return style


class Report(Widget):
    """A report chart at the widget's size: ``build(width, height, colours, caps)`` gives its lines."""

    DEFAULT_CSS = """
    Report { width: 1fr; height: 1fr; }
    """

    Build = Callable[[int, int, list[RGB], Capabilities], list[str]]

    def __init__(self, build: Build | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._build = build
        self._drawn: tuple[tuple[int, int], str] | None = None
        self._strips: list[Strip] = []

    def show(self, build: Build) -> None:
        """Another chart."""
        self._build = build
        self._drawn = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        now = ((width, height), self.app.theme)
        if self._build is not None and self._drawn != now and width > 10 and height > 4:
            caps = capabilities_of(self.app)
            table = palette(canvas_colors(self.app.current_theme), caps.color)
            lines = strips(self._build(width, height, category_rgb(table), caps), width)
            self._strips = [line.apply_style(self.rich_style) for line in lines]
            self._drawn = now
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self.rich_style)


def category_rgb(table: Palette) -> list[RGB]:
    """The eight category colours."""
    return [(int(r), int(g), int(b)) for r, g, b in table.rgb[CATEGORY : CATEGORY + 8]]

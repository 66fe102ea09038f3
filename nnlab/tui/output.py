"""What the terminal already shows, so that only the difference is sent.

Textual sends every dirty row again (research/02 A3.2); this keeps, for each line, what is on screen
where, and sends the runs of cells that differ.  It is the one file that leans on Textual's private
parts: the app's ``_display`` and ``_driver``, the compositor's ``ChopsUpdate``.  :func:`fits` checks that
they are still as expected; if not, or if drawing a difference ever fails, Textual's own way is used:
the same picture, only heavier.
"""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import textual
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual.filter import LineFilter, Monochrome, NoColor
from textual.strip import Strip

from nnlab.tui.canvas import CellStrip
from nnlab.tui.capabilities import ColorDepth

if TYPE_CHECKING:
    from textual.app import App
    from textual.color import Color
    from textual.screen import Screen

    _Base = App[Any]
else:
    _Base = object

RESET = "\x1b[m"
CURSOR_REPORT = "\x1b[6n"
VERSIONS = ("8.2.",)

COLOR_SYSTEMS = {
    ColorDepth.NONE: ColorSystem.STANDARD,
    ColorDepth.ANSI16: ColorSystem.STANDARD,
    ColorDepth.ANSI256: ColorSystem.EIGHT_BIT,
    ColorDepth.TRUE: ColorSystem.TRUECOLOR,
}

# On screen at (line, x): where it ends, and the canvas strip or the text that was sent.
Line = dict[int, tuple[int, CellStrip | str]]

try:
    from textual._compositor import ChopsUpdate, CompositorUpdate
except ImportError:
    ChopsUpdate = CompositorUpdate = None  # type: ignore[assignment,misc]


@lru_cache(maxsize=1)
def fits() -> bool:
    """Whether this Textual has the private parts as they were when this was written.

    Asked after the first paint: Textual finds its version through importlib.metadata, 20 ms of imports.
    """
    if ChopsUpdate is None or not textual.__version__.startswith(VERSIONS):
        return False
    from textual.app import App

    def names(function: object) -> list[str]:
        return list(inspect.signature(function).parameters) if callable(function) else []

    return (
        names(getattr(App, "_display", None)) == ["self", "screen", "renderable"]
        and names(ChopsUpdate.__init__) == ["self", "chops", "spans", "chop_ends"]
        and names(ChopsUpdate.render_segments) == ["self", "console"]
    )


class Difference(CompositorUpdate or object):  # type: ignore[misc]
    """A compositor update that sends what differs from ``model``, and brings ``model`` up to date."""

    def __init__(self, update: ChopsUpdate, model: dict[int, Line], meter: Meter) -> None:
        self.update = update
        self.model = model
        self.meter = meter

    def render_segments(self, console: Console) -> str:
        try:
            text = self._difference(console)
        except Exception as error:
            textual.log.error("sending whole rows instead of differences:", repr(error))
            self.model.clear()
            self.meter.broken = True
            text = self.update.render_segments(console)
        self.meter.count(len(text.encode()))
        return text

    def _difference(self, console: Console) -> str:
        out: list[str] = []
        colored = False  # colours are set and not yet reset: Textual's own text starts from none
        spans: dict[int, list[tuple[int, int]]] = {}
        for y, start, stop in self.update.spans:
            spans.setdefault(y, []).append((start, stop))
        for y, dirty in spans.items():
            line = self.model.setdefault(y, {})
            for end, (x, strip) in zip(self.update.chop_ends[y], self.update.chops[y].items()):
                if strip is None or not any(start < end and stop > x for start, stop in dirty):
                    continue
                runs = _changes(line.get(x), end, strip)
                if runs is not None:
                    for offset, text in runs:
                        out.append(f"\x1b[{y + 1};{x + offset + 1}H{text}")
                        colored = True
                    line[x] = (end, strip)  # type: ignore[assignment]
                    continue
                text = strip.render(console)
                if line.get(x) == (end, text):
                    continue
                for other in [k for k, (e, _) in line.items() if k < end and e > x]:
                    del line[other]
                line[x] = (end, strip if isinstance(strip, CellStrip) else text)
                out.append(f"{RESET if colored else ''}\x1b[{y + 1};{x + 1}H{text}")
                colored = False
        if colored:
            out.append(RESET)
        return "".join(out)


def _changes(shown: tuple[int, CellStrip | str] | None, end: int, strip: Strip) -> Any:
    """Runs from what is shown to ``strip``, when both are canvas and lie in the same columns; else None."""
    if shown is None or shown[0] != end or not isinstance(strip, CellStrip):
        return None
    return strip.changes_from(shown[1]) if isinstance(shown[1], CellStrip) else None


_SEVEN_BIT = str.maketrans(
    "−–·•…×≤≥≈≠√→←↑↓′‘’“”│┃─━✓✗▸▶◀▏▕▔▎▍▌▋▊▉█▁▂▃▄▅▆▇",
    "--.*~x<>~#v><^v'''\"\"||--*x>><||-##############",
)


class AsciiFilter(LineFilter):
    """One 7-bit sign for each other one, so that nothing moves; wide characters are no signs and stay."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(_seven_bit(segment.text), segment.style, segment.control)
            for segment in segments
        ]


@lru_cache(maxsize=1024)
def _seven_bit(text: str) -> str:
    signs = text.translate(_SEVEN_BIT)
    return "".join(c if c.isascii() or cell_len(c) != 1 else "?" for c in signs)


class Meter:
    """Bytes sent to the terminal."""

    def __init__(self) -> None:
        self.bytes = 0
        self.frames = 0
        self.last = 0
        self.broken = False

    def count(self, size: int) -> None:
        self.bytes += size
        self.frames += 1
        self.last = size


class OutputModel(_Base):
    """App mixin, left of ``App``: sends differences; where :func:`fits` says no, Textual's own output."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._on_screen: dict[int, Line] = {}
        self.meter = Meter()
        super().__init__(*args, **kwargs)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if ChopsUpdate is not None and isinstance(renderable, ChopsUpdate):
            if fits() and not self.meter.broken:
                renderable = Difference(renderable, self._on_screen, self.meter)
        elif renderable is not None:
            self._on_screen.clear()  # everything is painted again: forget
        super()._display(screen, renderable)

    def set_color_depth(self, depth: ColorDepth) -> None:
        """How many colours Textual's own widgets are sent with; at none its NoColor filter takes them out.

        Textual itself decides this once, from the environment, and knows no depth but NO_COLOR's.
        """
        self.console._color_system = COLOR_SYSTEMS[depth]
        self.no_color = depth is ColorDepth.NONE
        kept = [line for line in self._filters if not isinstance(line, NoColor | Monochrome)]
        self._filters = [*kept, NoColor()] if self.no_color else kept

    def set_ascii(self, on: bool) -> None:
        """Keep Textual's own widgets to 7-bit signs: what no sentence or picture has put in ASCII already."""
        kept = [line for line in self._filters if not isinstance(line, AsciiFilter)]
        self._filters = [*kept, AsciiFilter()] if on else kept

    def broke(self, error: BaseException | None) -> str:
        """The sentence to leave behind when a bug ends the app; none prints Textual's traceback."""
        return ""

    def _fatal_error(self) -> None:
        if sentence := self.broke(self._exception):
            self.panic(sentence)
        else:
            super()._fatal_error()

    def forget_screen(self) -> None:
        """Send everything again: the terminal was scribbled on (line noise, another program)."""
        self._on_screen.clear()
        self.refresh(layout=True, repaint=True)
        self.screen.refresh()

    def ask_cursor(self) -> None:
        """Ask the terminal to answer once it has taken everything sent so far."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(CURSOR_REPORT)

    @property
    def writes_waiting(self) -> int:
        """Writes not yet handed to the operating system; 30 of them block Textual's event loop."""
        thread = getattr(self._driver, "_writer_thread", None)
        queue = getattr(thread, "_queue", None)
        return int(queue.qsize()) if queue is not None else 0

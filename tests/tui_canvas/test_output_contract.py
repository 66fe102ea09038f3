"""The promise of output.py: what the terminal shows is what the compositor meant, cell by cell."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pty_screen import PtyScreen
from rich.cells import cell_len

from nnlab.tui import output

APP = Path(__file__).with_name("canvas_app.py")
ROOT = APP.parents[2]
Open = Callable[..., PtyScreen]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Open]:
    opened: list[PtyScreen] = []

    def start(color: str = "true", columns: int = 110, rows: int = 32) -> PtyScreen:
        env = {
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "NNLAB_TEST_DUMP": str(tmp_path / "dump.json"),
        }
        screen = PtyScreen([sys.executable, str(APP), color], columns, rows, env)
        opened.append(screen)
        assert screen.wait(lambda: screen.shows("tick 5")), "the app did not start"
        return screen

    yield start
    for screen in opened:
        screen.close()


def mismatches(screen: PtyScreen, dump: Path) -> list[str]:
    """Cells of the terminal that differ from the compositor's."""
    assert screen.wait(dump.exists), "no dump"
    screen.read(0.3)
    found = json.loads(dump.read_text())
    assert not found["broken"]
    wrong = []
    for y, row in enumerate(found["rows"]):
        x = 0
        for text, fg, bg in row:
            for character in text:
                width = cell_len(character)
                if width and x < screen.screen.columns:
                    cell = screen.screen.buffer[y][x]
                    shown_fg, shown_bg = (cell.bg, cell.fg) if cell.reverse else (cell.fg, cell.bg)
                    same = cell.data == character or (character in " \xa0" and cell.data in " \xa0")
                    inked = character not in " \xa0"
                    if not (
                        same
                        and (not inked or fg is None or shown_fg == fg)
                        and (bg is None or shown_bg == bg)
                    ):
                        wrong.append(
                            f"{y},{x}: {character!r} {fg} {bg} shown {cell.data!r} {shown_fg} {shown_bg}"
                        )
                x += width
    return wrong


def test_this_textual_has_the_private_parts_we_use() -> None:
    assert output.fits()


def test_toast_modal_side_bar_theme_and_resize_leave_the_screen_right(terminal: Open, tmp_path: Path) -> None:
    screen = terminal()
    screen.send("n")
    assert screen.wait(lambda: screen.shows("notification")), "no toast"
    screen.send("m")
    assert screen.wait(lambda: screen.shows("模态对话框")), "no modal"
    screen.read(0.5)
    screen.send("\x1b")
    assert screen.wait(lambda: not screen.shows("模态对话框")), "the modal stays"
    screen.send("s")
    screen.read(0.3)
    screen.send("t")
    screen.resize(90, 26)
    screen.read(0.6)
    screen.send("s")
    screen.read(0.4)
    assert screen.wait(lambda: not screen.shows("notification")), "the toast stays"
    screen.send("p")
    screen.read(0.3)
    screen.send("d")
    assert mismatches(screen, tmp_path / "dump.json") == []
    assert screen.queries > 5, "no frame was paced by the terminal's echo"


@pytest.mark.parametrize("color", ["256", "none"])
def test_a_modal_opened_while_paused_leaves_the_screen_right(
    terminal: Open, tmp_path: Path, color: str
) -> None:
    screen = terminal(color)
    screen.send("p")
    screen.read(0.2)
    screen.send("m")
    assert screen.wait(lambda: screen.shows("模态对话框")), "no modal"
    screen.send("\x1b")
    assert screen.wait(lambda: not screen.shows("模态对话框")), "the modal stays"
    screen.send("\x0c")  # ctrl+l
    screen.read(0.3)
    screen.send("d")
    assert mismatches(screen, tmp_path / "dump.json") == []
    if color == "none":
        colored = [sgr for sgr in screen.received.split(b"\x1b[") if sgr.startswith((b"38;", b"48;"))]
        assert colored == []

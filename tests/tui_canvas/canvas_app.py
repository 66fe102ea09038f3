"""An app with a live canvas among ordinary widgets; run on a pty by the contract test.

Keys: n toast, m modal, escape closes it, s side bar, t theme, p pause, d dump the compositor's own cells
to the file named by NNLAB_TEST_DUMP.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, ClassVar

import numpy as np
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Header, Label, Static

from nnlab.tui import cells, pictures
from nnlab.tui.canvas import CellCanvas
from nnlab.tui.capabilities import detect
from nnlab.tui.drawing import DrawingApp
from nnlab.tui.quantise import Quantiser


class Live(CellCanvas):
    """5 % of the pixels change each frame; a wide-glyph label wanders over them."""

    def on_mount(self) -> None:
        self.random = np.random.default_rng(0)
        self.field = self.random.normal(size=(60, 60))
        self.quantiser = Quantiser(33)
        self.count = 0

    def picture(self, width: int, height: int) -> cells.Cells:
        picture = pictures.heatmap(self.field, height, width, 3.0, self.capabilities, self.quantiser)
        cells.text(picture, self.count % max(1, height), self.count % 17, "权重 dense1.W 好", fg=3, bg=2)
        cells.text(picture, 3, width - 5, "右边界溢出", fg=3, bg=2)
        return picture

    def step(self) -> None:
        self.count += 1
        at = self.random.integers(0, 60, (2, 180))
        self.field[at[0], at[1]] = self.random.normal(size=180)
        self.redraw()


class Question(ModalScreen[None]):
    CSS = "Question { align: center middle; } #box { width: 50; height: 10; border: thick $accent; }"
    BINDINGS: ClassVar = [("escape", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        with Vertical(id="box"):
            yield Label("模态对话框 modal over a live picture")
            yield Button("OK")


class CanvasApp(DrawingApp):
    CSS = ".side { width: 24; border: round green; } .side.hide { display: none; }"
    BINDINGS: ClassVar = [
        ("n", "note", "Notify"),
        ("m", "modal", "Modal"),
        ("s", "side", "Side"),
        ("t", "next_theme", "Theme"),
        ("p", "pause", "Pause"),
        ("d", "dump", "Dump"),
    ]

    def compose(self) -> ComposeResult:
        yield Header()
        with Horizontal():
            yield Static("侧边栏 sidebar\n" * 6, classes="side")
            self.live = Live()
            yield self.live
            self.count = Static("tick 0")
            self.count.styles.width = 18
            yield self.count
        yield Footer()

    def on_ready(self) -> None:
        self.paused = False
        self.set_interval(1 / 20, self.tick)

    def tick(self) -> None:
        if not self.paused:
            self.request_frame("live", self.frame)

    def frame(self) -> None:
        self.live.step()
        self.count.update(f"tick {self.live.count}", layout=False)

    def action_note(self) -> None:
        self.notify("通知 notification over the picture", timeout=0.6)

    def action_modal(self) -> None:
        self.push_screen(Question())

    def action_side(self) -> None:
        self.query_one(".side").toggle_class("hide")

    def action_next_theme(self) -> None:
        self.theme = "nnlab-light" if self.theme == "nnlab-dark" else "nnlab-dark"

    def action_pause(self) -> None:
        self.paused = True

    def action_dump(self) -> None:
        self.set_timer(0.3, self.dump)

    def dump(self) -> None:
        system = self.console._color_system
        rows = [
            [piece(*segment[:2], system) for segment in strip]
            for strip in self.screen._compositor.render_strips()
        ]
        path = os.environ["NNLAB_TEST_DUMP"]
        with open(path + ".part", "w") as file:
            json.dump({"rows": rows, "bytes": self.meter.bytes, "broken": self.meter.broken}, file)
        os.replace(path + ".part", path)


def piece(text: str, style: Any, system: Any) -> list[Any]:
    def name(color: Any, foreground: bool) -> str | None:
        if color is None or color.is_default:
            return None
        return "".join(f"{c:02x}" for c in color.downgrade(system).get_truecolor(foreground=foreground))

    if not style:
        return [text, None, None]
    fg, bg = name(style.color, True), name(style.bgcolor, False)
    return [text, bg, fg] if style.reverse else [text, fg, bg]


if __name__ == "__main__":
    CanvasApp(capabilities=detect(sys.argv[1] if len(sys.argv) > 1 else "auto")).run()

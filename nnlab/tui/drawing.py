"""The app base that draws: themes, output differences, paced frames, capabilities in one class."""

from __future__ import annotations

import os
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType

from nnlab.i18n import _
from nnlab.tui.capabilities import Capabilities, ColorDepth, detect
from nnlab.tui.output import OutputModel
from nnlab.tui.pacing import PacedFrames
from nnlab.tui.themes import DEFAULT_THEME, THEMES


class DrawingApp(PacedFrames, OutputModel, App[None]):
    """Textual's ``App`` with nnlab's drawing.

    ``capabilities`` decide the colours and glyphs of every canvas and of Textual's own widgets.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "repaint", _("repaint"), show=False, id="app.repaint"),
    ]

    def __init__(
        self,
        *,
        capabilities: Capabilities | None = None,
        theme: str = DEFAULT_THEME,
        link: str = "auto",
        **kwargs: Any,
    ) -> None:
        self.capabilities = capabilities or detect()
        colourless = self.capabilities.color is ColorDepth.NONE
        # Textual reads the variable once, here; what was asked for with --color goes before it.
        if colourless:
            os.environ["NO_COLOR"] = "1"
        else:
            os.environ.pop("NO_COLOR", None)
        super().__init__(link=link, ansi_color=True if colourless else None, **kwargs)
        for ours in THEMES.values():
            self.register_theme(ours)
        self.theme = theme
        self.set_color_depth(self.capabilities.color)

    def action_repaint(self) -> None:
        """Paint the whole screen again, whatever is thought to be on it."""
        self.forget_screen()
